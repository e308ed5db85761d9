import { proxyActivities, setCurrentDetails } from '@temporalio/workflow';
import type { createSubscriptionActivities } from '../activities/index.js';
import type { KeepSubscriptionsInput, SubscriptionState } from '../contracts/events.js';
import { concurQueue } from '../contracts/task-queues.js';
import { concurCall } from './activity-options.js';

/** Daily care of the event subscription of one Concur connection: Concur deletes unused and broken ones (platform spec 2.1). */
export async function keepSubscriptions(input: KeepSubscriptionsInput): Promise<SubscriptionState> {
  const concur = proxyActivities<ReturnType<typeof createSubscriptionActivities>>(
    concurCall(concurQueue(input.queuePrefix, input.connection), input.retryMaximumSeconds),
  );
  const state = await concur.keepSubscriptions({});
  setCurrentDetails(
    `### Event subscription ${state.subscriptionId}: ${state.status}\n${'reason' in state ? state.reason : ''}`,
  );
  return state;
}
