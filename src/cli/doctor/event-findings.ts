import type { SubscriptionDependencies } from '../../activities/subscriptions.js';
import { mostSubscriptions } from '../../activities/subscriptions.js';
import type { EventSubscription } from '../../clients/concur/event-subscription-client.js';
import { readyTopic } from '../../contracts/events.js';
import { announcedDocuments, countEvents } from '../../store/event-reports.js';
import type { Finding } from './findings.js';
import { checkLimitMs, examine, fail, ok, warn } from './findings.js';

const switchesOff = 'documents are found by the poll only';
const hourMs = 3_600_000;

/** Access of the application, subscription and deliveries of one connection; only reads leave (C19, S75). */
export async function eventFindings(events: SubscriptionDependencies, limitMs = checkLimitMs): Promise<Finding[]> {
  const { subscriptions, wanted, companyUuid, connection } = events;
  const parts = await Promise.all([
    examine('app token', async (signal) => topicFinding(await subscriptions.topics({ signal })), limitMs),
    examine(
      'event subscription',
      async (signal) => subscriptionFindings(await subscriptions.list({ signal }), { wanted, companyUuid, connection }),
      limitMs,
    ),
    examine('events received', () => receivedFindings(events), limitMs),
  ]);
  return parts.flat().map((finding) => (finding.status === 'fail' ? { switchesOff, ...finding } : finding));
}

/** A missing scope shows as a missing topic, not as a refusal (trap 35). */
function topicFinding(topics: readonly string[]): Finding {
  if (topics.includes(readyTopic)) return ok('app token', `Granted; it shows the topic ${readyTopic}.`);
  return fail('app token', `Granted, but it does not show the topic ${readyTopic}.`, {
    remedy: 'Have SAP Concur add the scopes events.topic.read and FISVC to the app.',
  });
}

/** Compares what stands at Concur with what the configuration wants; that it stands says little (trap 8). */
export function subscriptionFindings(
  all: readonly EventSubscription[],
  { wanted, companyUuid, connection }: Pick<SubscriptionDependencies, 'wanted' | 'companyUuid' | 'connection'>,
): Finding[] {
  const check = 'event subscription';
  const subscribe = `Run \`concur-dynamics events subscribe --connection ${connection}\`.`;
  const ours = all.find(({ id }) => id === wanted.id);
  const count = `${all.length} of ${mostSubscriptions} of the application are in use`;
  if (ours === undefined) {
    const isFull = all.length >= mostSubscriptions;
    const remedy = isFull
      ? 'Look with `concur-dynamics events list` for one that nobody needs, and remove it; or share one (events.subscriptionId).'
      : subscribe;
    return [fail(check, `${wanted.id} does not stand at Concur; ${count}.`, { remedy })];
  }
  const findings = [ok(check, `${wanted.id} stands; ${count}.`)];
  if (ours.endpoint !== wanted.endpoint) {
    const found = `It delivers to another address than events.endpoint of the connections file.`;
    findings.push(fail('event endpoint', found, { remedy: `If the file is right: ${subscribe}` }));
  }
  if (ours.topic !== wanted.topic || ours.filter !== wanted.filter) {
    const found = 'Its topic or filter is not the one of the polled document types.';
    findings.push(warn('event filter', found, { switchesOff: 'events of some document types', remedy: subscribe }));
  }
  const isCovered = ours.companyIds.some((id) => id === '.*' || id.toLowerCase() === companyUuid.toLowerCase());
  if (isCovered) return [...findings, ok('event companies', 'Events of the company are delivered to it.')];
  const found = 'Concur delivers no events of the company to it: the company was connected before it stood.';
  const remedy = `Enter a new company request token: \`concur-dynamics credentials concur --connection ${connection}\`.`;
  return [...findings, fail('event companies', found, { remedy })];
}

/** What our own receiver has stored; whether the address can be reached from outside nobody here can tell. */
async function receivedFindings(events: SubscriptionDependencies): Promise<Finding[]> {
  const { db, connection, companyUuid, silentAfterHours, now } = events;
  const check = 'events received';
  const { lastReceivedAt } = await countEvents(db, connection);
  const seen = await announcedDocuments(db, connection, companyUuid, silentAfterHours);
  const quarantined =
    seen.quarantined === 0
      ? []
      : [
          warn('event quarantine', `${seen.quarantined} events of the last ${silentAfterHours} hours are put aside.`, {
            remedy: 'Concur has probably changed its key: add the new one to events.keys and restart the receiver.',
          }),
        ];
  const last =
    lastReceivedAt === null
      ? 'No event has come in at this connection'
      : `The last event came in ${Math.floor((now().getTime() - lastReceivedAt.getTime()) / hourMs)} hours ago`;
  if (seen.announced > 0 || seen.found === 0) return [ok(check, `${last}.`), ...quarantined];
  const found = `${last}, while the poll found ${seen.found} documents within ${silentAfterHours} hours.`;
  const remedy =
    'Look whether events.endpoint can be reached from the internet and leads to the receiver, and whether it runs.';
  return [warn(check, found, { switchesOff, remedy }), ...quarantined];
}
