import { createOData } from '../../clients/dynamics-nav/odata.js';
import type { BcSubscription } from '../../clients/dynamics-nav/subscriptions.js';
import { createBcSubscriptions } from '../../clients/dynamics-nav/subscriptions.js';
import type { HttpClient } from '../../clients/http/types.js';
import { Rejected } from '../../clients/http/errors.js';
import { bcOptions } from '../../composition/bc-connection.js';
import type { Parts } from '../../composition/parts.js';
import type { BcConnection } from '../../config/bc-schema.js';
import { openAlerts } from '../../store/alert-store.js';
import { countPutAside, lastNotificationAt } from '../../store/webhook-inbox.js';
import type { WantedWebhook } from '../../store/webhook-store.js';
import { readWebhooks } from '../../store/webhook-store.js';
import type { Finding } from './findings.js';
import { examine, fail, ok, warn } from './findings.js';

const hourMs = 3_600_000;
/** The keeper renews two days before the end: so late, it has failed or does not run. */
const lateMs = 30 * hourMs;
const nearMs = 12 * hourMs;

const switchesOff = 'notifications: changes of these sets are found by polling only';
const check = 'webhooks';

/** What is known of the webhooks of one connection. */
export interface WebhookFacts {
  connection: string;
  publicUrl: string;
  now: Date;
  /** As the store knows them. */
  webhooks: readonly WantedWebhook[];
  /** As Business Central lists them; those of other applications are among them. */
  listed: readonly BcSubscription[];
  /** Business Central was asked to call the receiver, and nobody answered. */
  isUnreached: boolean;
  putAside: readonly { reason: string; count: number }[];
  lastNotificationAt: Date | undefined;
}

/** Looks at the webhooks of one connection, in our store and in Business Central (S58, C20). Only reads leave. */
export function webhookFindings(parts: Parts, bc: BcConnection, http: HttpClient, limitMs: number): Promise<Finding[]> {
  if (bc.webhooks === undefined) {
    return Promise.resolve([ok(check, 'Not configured: changes in Business Central are found by polling only.')]);
  }
  const { publicUrl } = bc.webhooks;
  return examine(check, (signal) => looksAt(parts, { connection: bc.name, publicUrl }, bc, http, signal), limitMs);
}

async function looksAt(
  { db, shared, ...parts }: Parts,
  of: { connection: string; publicUrl: string },
  bc: BcConnection,
  http: HttpClient,
  signal: AbortSignal,
): Promise<Finding[]> {
  const { connection } = of;
  const subscriptions = createBcSubscriptions(createOData(bcOptions({ db, shared, ...parts }, bc), http));
  const listed = await subscriptions.list(signal).catch((error: unknown) => {
    if (error instanceof Rejected) return error;
    throw error;
  });
  if (listed instanceof Rejected) {
    const remedy =
      'Take the section webhooks out of the connection if this server has none (API Services must be on, and the user must see subscriptions); else ask its administrator.';
    return [
      fail(check, `Business Central does not show its subscriptions. ${listed.message}`, { switchesOff, remedy }),
    ];
  }
  const unreached = `webhooks-unreached: ${connection}`;
  return judgeWebhooks({
    ...of,
    listed,
    now: shared.now(),
    webhooks: await readWebhooks(db, connection),
    isUnreached: (await openAlerts(db)).some(({ cause }) => cause === unreached),
    putAside: await countPutAside(db, connection),
    lastNotificationAt: await lastNotificationAt(db, connection),
  });
}

/** Says what stands, what is missing or ends soon, whether the receiver is reached, and what was put aside. */
export function judgeWebhooks(facts: WebhookFacts): Finding[] {
  const { connection, webhooks } = facts;
  const renew = `\`concur-dynamics webhooks renew --connection ${connection}\``;
  if (webhooks.length === 0) {
    const remedy = `Let the bootstrap (process schedule) run once: it starts the keeper. See that a worker runs, too; or ${renew}.`;
    return [
      fail(check, 'The keeper has not looked after them yet: no subscription is known.', { switchesOff, remedy }),
    ];
  }
  return [
    reachFinding(facts),
    ...webhooks.flatMap((each) => standingFindings(facts, each, renew)),
    ...asideFindings(facts, renew),
  ];
}

function reachFinding({ publicUrl, isUnreached, webhooks, lastNotificationAt: last, now }: WebhookFacts): Finding {
  const name = 'webhook receiver';
  const wasReached = webhooks.some(({ renewedAt }) => renewedAt !== null);
  const heard =
    last === undefined
      ? 'No notification has come in within seven days'
      : `The last notification came in ${Math.floor((now.getTime() - last.getTime()) / hourMs)} hours ago`;
  if (!isUnreached && wasReached) return ok(name, `Business Central reaches it. ${heard}.`);
  const found = wasReached
    ? 'Business Central was asked to call it, and did not get through.'
    : 'It has never answered a handshake of Business Central.';
  return fail(name, found, {
    switchesOff,
    remedy: `See that ${publicUrl} can be reached from the internet over TLS with a publicly trusted certificate and without redirect, that what is posted below /hooks/nav/ comes in at the receiver within five seconds, and that the process receiver runs with the same database and encryption key.`,
  });
}

function standingFindings({ listed, publicUrl, now }: WebhookFacts, webhook: WantedWebhook, renew: string): Finding[] {
  const { company, set, subscriptionId, expiresAt, misses, trouble } = webhook;
  const name = `webhook ${set}, ${company}`;
  const tried = trouble === null ? '' : ` ${trouble}`;
  if (subscriptionId === null || expiresAt === null) {
    return [
      fail(name, `There is no subscription.${tried}`, {
        switchesOff,
        remedy: `Look at the finding about the receiver; then ${renew}. The keeper tries again every hour.`,
      }),
    ];
  }
  const standing = listed.find(({ id }) => id === subscriptionId);
  if (standing === undefined) {
    return [
      fail(name, 'Business Central does not list its subscription any more: it has expired, or was deleted.', {
        switchesOff,
        remedy: `${renew} makes it anew at once, and reads what was changed meanwhile; the keeper does so within the hour if it runs.`,
      }),
    ];
  }
  if (!standing.notificationUrl.startsWith(`${publicUrl}/`)) {
    return [
      warn(name, 'It delivers to another address than webhooks.publicUrl of the connections file.', {
        switchesOff,
        remedy: `If the file is right: ${renew}.`,
      }),
    ];
  }
  const leftMs = standing.expiresAt.getTime() - now.getTime();
  const hours = Math.floor(leftMs / hourMs);
  if (leftMs >= lateMs) return [ok(name, `It stands for ${hours} more hours.`)];
  const found = `It ends in ${hours} hours and was not renewed${misses === 0 ? '' : ` (${misses} attempts)`}.${tried}`;
  const remedy = `See in Temporal that the workflow webhooks:… of this connection runs and that a worker serves its queue; ${renew} renews it now.`;
  return [leftMs < nearMs ? fail(name, found, { switchesOff, remedy }) : warn(name, found, { switchesOff, remedy })];
}

function asideFindings({ putAside }: WebhookFacts, renew: string): Finding[] {
  const name = 'webhook quarantine';
  if (putAside.length === 0) return [ok(name, 'Nothing was put aside within 24 hours.')];
  const reasons = putAside.map(({ reason, count }) => `${reason} (${count})`).join('; ');
  const isState = putAside.some(({ reason }) => /client state/.test(reason));
  const remedy = isState
    ? `Somebody knows the address and not its secret, or the database was restored: ${renew} gives every subscription a new one.`
    : `If it goes on, ${renew} makes all subscriptions agree with the store again.`;
  return [warn(name, `Put aside within 24 hours, without any effect: ${reasons}.`, { remedy })];
}
