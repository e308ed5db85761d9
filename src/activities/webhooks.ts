import { cancellationSignal } from '@temporalio/activity';
import type { BcRecordChanges } from '../clients/dynamics-nav/record-changes.js';
import type { BcSubscriptionClient } from '../clients/dynamics-nav/subscriptions.js';
import type { CompanyNews, FollowedChanges, WebhookSet, WebhookState } from '../contracts/webhooks.js';
import type { Sealer } from '../store/envelope-encryption.js';
import { markNewsTold } from '../store/erp-change-store.js';
import { deleteOldNotifications } from '../store/webhook-inbox.js';
import type { SharedDependencies } from './dependencies.js';
import { followNotifications, sweepDueSets } from './follow-changes.js';
import { careForWebhooks } from './keep-webhooks.js';
import { runUnattended } from './run-step.js';

export interface WebhookDependencies extends SharedDependencies {
  /** Name of the Business Central connection. */
  connection: string;
  /** Address of the receiver as Business Central reaches it, without a slash at its end. */
  publicUrl: string;
  companies: readonly string[];
  sets: readonly WebhookSet[];
  /** How often the subscriptions are looked after at least. */
  checkSeconds: number;
  subscriptions: BcSubscriptionClient;
  changes: BcRecordChanges;
  sealer: Sealer;
}

const keptDays = 7;

/** Activities that keep the webhooks of one Business Central connection and follow what they tell; on its queue. */
export function createWebhookActivities(deps: WebhookDependencies) {
  const subject = `the webhooks of ${deps.connection}`;
  return {
    /** See {@link careForWebhooks}. */
    async keepWebhooks(asked: { renewAll?: true }): Promise<WebhookState> {
      return runUnattended(deps, subject, async () => {
        const state = await careForWebhooks(deps, cancellationSignal(), asked);
        await deleteOldNotifications(deps.db, deps.connection, keptDays);
        return state;
      });
    },

    /** See {@link sweepDueSets}. */
    async sweepChanges(_input: object): Promise<FollowedChanges> {
      return runUnattended(deps, subject, () => sweepDueSets(deps, cancellationSignal()));
    },

    /** See {@link followNotifications}. */
    async followNotifications(_input: object): Promise<FollowedChanges> {
      return runUnattended(deps, subject, () => followNotifications(deps, cancellationSignal()));
    },

    /** The documents of a company have been told of its news. */
    async markNewsTold(news: Pick<CompanyNews, 'company' | 'upTo'>): Promise<object> {
      await markNewsTold(deps.db, deps.connection, news);
      return {};
    },
  };
}
