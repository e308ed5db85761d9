import { cancellationSignal } from '@temporalio/activity';
import type {
  EventSubscription,
  EventSubscriptionClient,
  SubscriptionOrder,
} from '../clients/concur/event-subscription-client.js';
import { GrantRevoked, Rejected, Unauthorized } from '../clients/http/errors.js';
import { readyTopic } from '../contracts/events.js';
import type { SubscriptionState } from '../contracts/events.js';
import { clearAlertCause } from '../store/alert-store.js';
import { announcedDocuments } from '../store/event-reports.js';
import { deleteOldEvents } from '../store/event-store.js';
import { advanceWatermark, readWatermark } from '../store/watermark-store.js';
import type { SharedDependencies } from './dependencies.js';
import { alert, runUnattended } from './run-step.js';

export interface SubscriptionDependencies extends SharedDependencies {
  connection: string;
  companyUuid: string;
  subscriptions: EventSubscriptionClient;
  wanted: SubscriptionOrder;
  silentAfterHours: number;
  /** Whether the Concur company has been connected: before that no events can come. */
  isConnected: () => Promise<boolean>;
}

/** Concur takes no more per application, over all its connections and installations (S75). */
export const mostSubscriptions = 5;
const keptEventDays = 35;

/** Activities that keep the event subscription of one Concur connection. */
export function createSubscriptionActivities(deps: SubscriptionDependencies) {
  return {
    /** See {@link careForSubscription}; the connection is that of the queue. */
    async keepSubscriptions(_input: object): Promise<SubscriptionState> {
      return runUnattended(deps, `the events of Concur connection ${deps.connection}`, async () => {
        const state = await careForSubscription(deps, cancellationSignal());
        await deleteOldEvents(deps.db, keptEventDays);
        return state;
      });
    },
  };
}

/**
 * Makes or renews the subscription (Concur deletes it after 30 days without company or delivery), and looks whether our
 * company's events can and do come: the answer 200 alone says neither (trap 8). What a person must mend is an alert and a
 * state, not a failure. Safe to repeat.
 * @throws ExternalSystemError for what a later attempt may cure
 */
export async function careForSubscription(
  deps: SubscriptionDependencies,
  signal: AbortSignal,
): Promise<SubscriptionState> {
  const { connection, wanted } = deps;
  const causes = causesOf(deps);
  try {
    const trouble = (await topicTrouble(deps, signal)) ?? (await subscribe(deps, signal));
    await clearAlertCause(deps.db, causes.credentials);
    if (trouble !== undefined) return await needsPerson(deps, trouble.cause, trouble.reason);
    await clearAlertCause(deps.db, causes.setUp);
  } catch (error) {
    if (error instanceof GrantRevoked || error instanceof Unauthorized) {
      const reason = `${error.message} Events of ${connection} are not looked after until then; the poll goes on.`;
      return await needsPerson(deps, causes.credentials, reason);
    }
    if (!(error instanceof Rejected)) throw error;
    const reason = `Concur refused the event subscription ${wanted.id}: ${error.message} Its id may belong to another application: choose another events.subscriptionId.`;
    return await needsPerson(deps, causes.setUp, reason);
  }
  return lookAtCompany(deps, signal);
}

const causesOf = ({ connection }: SubscriptionDependencies) => ({
  credentials: `concur-app-credentials: ${connection}`,
  setUp: `events-subscription: ${connection}`,
  deleted: `events-subscription-deleted: ${connection}`,
  company: `events-company-missing: ${connection}`,
  silent: `events-silent: ${connection}`,
});

interface Trouble {
  cause: string;
  reason: string;
}

/** A missing scope shows only as a missing topic (trap 35). */
async function topicTrouble(deps: SubscriptionDependencies, signal: AbortSignal): Promise<Trouble | undefined> {
  const topics = await deps.subscriptions.topics({ signal });
  if (topics.includes(readyTopic)) return undefined;
  const reason = `The application of Concur connection ${deps.connection} may not follow the topic ${readyTopic}: ask SAP Concur to add the scopes events.topic.read and FISVC to it.`;
  return { cause: causesOf(deps).setUp, reason };
}

/** Saves the subscription, a new one only while Concur would take it. */
async function subscribe(deps: SubscriptionDependencies, signal: AbortSignal): Promise<Trouble | undefined> {
  const { wanted, subscriptions } = deps;
  const all = await subscriptions.list({ signal });
  const isListed = all.some(({ id }) => id === wanted.id);
  if (!isListed && all.length >= mostSubscriptions) {
    return { cause: causesOf(deps).setUp, reason: fullMessage(deps, all) };
  }
  await subscriptions.save({ ...wanted, signal });
  const since = await readWatermark(deps.db, watermarkOf(deps));
  if (isListed && since !== undefined) return undefined;
  await advanceWatermark(deps.db, watermarkOf(deps), deps.now());
  if (!isListed && since !== undefined) {
    const message = `Concur had deleted the event subscription ${wanted.id} of ${deps.connection}; it was made again. Companies that were connected before may be missing from it: ${repairOf(deps)}`;
    await alert(deps, causesOf(deps).deleted, message, undefined);
  }
  return undefined;
}

/** Remembers since when the subscription stands, as far as we know. */
const watermarkOf = ({ wanted }: SubscriptionDependencies): string => `events-subscription:${wanted.id}`;

function fullMessage({ wanted }: SubscriptionDependencies, all: readonly EventSubscription[]): string {
  const listed = all.map(({ id, topic, companyIds }) => `${id} (${topic}, ${companyIds.length} companies)`);
  return `Concur takes ${mostSubscriptions} event subscriptions per application, and ${all.length} stand, so that ${wanted.id} was not asked for: ${listed.join('; ')}. Remove one that nobody needs with \`concur-dynamics events remove\`, or let connections share one: give them the same events.subscriptionId, endpoint and dataCenter.`;
}

/** Whether events of our company are delivered to the subscription, and whether any come. */
async function lookAtCompany(deps: SubscriptionDependencies, signal: AbortSignal): Promise<SubscriptionState> {
  const { wanted, companyUuid } = deps;
  const causes = causesOf(deps);
  if (!(await deps.isConnected())) return { status: 'awaiting-connect', subscriptionId: wanted.id };
  const companyIds = (await deps.subscriptions.read({ id: wanted.id, signal }))?.companyIds ?? [];
  const isCovered = companyIds.some((id) => id === '.*' || id.toLowerCase() === companyUuid.toLowerCase());
  if (!isCovered) {
    const reason = `Concur delivers no events of company ${companyUuid} to the subscription ${wanted.id}, because the company was connected before the subscription stood. Documents are found by the poll only. Repair: ${repairOf(deps)}`;
    return needsPerson(deps, causes.company, reason);
  }
  await clearAlertCause(deps.db, causes.company);
  await clearAlertCause(deps.db, causes.deleted);
  const silence = await silenceOf(deps);
  if (silence !== undefined) return needsPerson(deps, causes.silent, silence);
  await clearAlertCause(deps.db, causes.silent);
  return { status: 'active', subscriptionId: wanted.id };
}

/** Only issuing a company token adds the company to a subscription, and only to one that stands by then (platform spec 2.1). */
const repairOf = ({ connection }: SubscriptionDependencies): string =>
  `create a new company request token in Concur and enter it with \`concur-dynamics credentials concur --connection ${connection}\`.`;

/** Documents that the poll finds although no event has announced any for a long time. */
async function silenceOf(deps: SubscriptionDependencies): Promise<string | undefined> {
  const { connection, companyUuid, silentAfterHours, wanted } = deps;
  const since = await readWatermark(deps.db, watermarkOf(deps));
  if (since === undefined || deps.now().getTime() - since.getTime() < silentAfterHours * 3_600_000) return undefined;
  const seen = await announcedDocuments(deps.db, connection, companyUuid, silentAfterHours);
  if (seen.announced > 0 || seen.found === 0) return undefined;
  const advice =
    seen.quarantined > 0
      ? `${seen.quarantined} events are in quarantine: Concur has probably changed its key; add the new one to events.keys and restart the receiver.`
      : `Look whether ${wanted.endpoint} can be reached from the internet and leads to the receiver.`;
  return `No event has come in for Concur connection ${connection} for ${silentAfterHours} hours, while the poll found ${seen.found} documents. ${advice}`;
}

async function needsPerson(deps: SubscriptionDependencies, cause: string, reason: string): Promise<SubscriptionState> {
  await alert(deps, cause, reason, undefined);
  return { status: 'needs-person', subscriptionId: deps.wanted.id, reason };
}
