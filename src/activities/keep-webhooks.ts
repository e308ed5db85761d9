import type { BcSubscription, BcSubscriptionOrder } from '../clients/dynamics-nav/subscriptions.js';
import { resourceOf } from '../clients/dynamics-nav/subscriptions.js';
import { ExternalSystemError, GrantRevoked, RateLimited, Rejected, Unauthorized } from '../clients/http/errors.js';
import type { WebhookGroup, WebhookState } from '../contracts/webhooks.js';
import { webhookGroupOf, webhookGroups } from '../contracts/webhooks.js';
import { clearAlertCause } from '../store/alert-store.js';
import type { WantedWebhook } from '../store/webhook-store.js';
import {
  addClientState,
  closeHandshake,
  isKnownPathToken,
  markHeld,
  markLost,
  markMissed,
  newWebhookSecret,
  openHandshake,
  readWebhooks,
  setCompanyId,
  wantWebhooks,
  webhookDigest,
  webhookPathToken,
} from '../store/webhook-store.js';
import { beginWatermark } from './follow-changes.js';
import { reportWebhooks } from './report-webhooks.js';
import { alert } from './run-step.js';
import { isPolled, isSweepDue, nextLookAt, renewalReason } from './webhook-times.js';
import type { WebhookDependencies } from './webhooks.js';

/** For how long a handshake may be answered; the call that asks for it takes no longer. */
const handshakeWindowMs = 120_000;

/** Path of the receiver below which notifications come in. */
const hookPath = '/hooks/nav/';

/**
 * Looks after all subscriptions of a connection (NAV spec 18): makes those that are missing, renews those that are a day old or
 * near their end, each with a new client state, and removes what is ours and not wanted. One at a time over all workers, by a
 * lease; safe to repeat, since it begins with the list. What cannot be made or renewed is a miss and not a failure: polling
 * finds the changes of that set until it succeeds (S55).
 * @throws ExternalSystemError where the list itself cannot be had, or nothing can be called for now
 */
export async function careForWebhooks(
  deps: WebhookDependencies,
  signal: AbortSignal,
  asked: { renewAll?: true } = {},
): Promise<WebhookState> {
  const lease = await deps.leases.acquire(`webhooks:${deps.connection}`, 1, signal);
  try {
    const check = await beginCheck(deps, signal).catch((error: unknown) => tellRefusal(deps, error));
    for (const webhook of check.wanted) await keepOne(check, webhook, asked.renewAll === true);
    await removeUnwanted(check);
    return await stateOf(deps, check);
  } finally {
    await lease.release();
  }
}

const refusalCause = ({ connection }: WebhookDependencies): string => `webhooks-refused: ${connection}`;

/** A server without webhooks, or a user who may not see them (C18): nothing more can be done, and polling goes on. */
async function tellRefusal(deps: WebhookDependencies, error: unknown): Promise<never> {
  if (error instanceof Rejected) {
    const message = `Business Central (${deps.connection}) does not let its webhooks be looked after, so that changes are found by polling: ${error.message} Take the section webhooks out of the connection if this server has none.`;
    await alert(deps, refusalCause(deps), message, undefined);
  }
  throw error;
}

/** What one check knows and has done. */
interface Check {
  deps: WebhookDependencies;
  signal: AbortSignal;
  companyIds: ReadonlyMap<string, string>;
  listed: readonly BcSubscription[];
  urls: Record<WebhookGroup, string>;
  wanted: readonly WantedWebhook[];
  /** Ids of the subscriptions that stand and are wanted. */
  kept: Set<string>;
  /** By company id; what can be followed is asked for only where something has to be made. */
  supported: Map<string, ReadonlySet<string> | undefined>;
  /** What Business Central said where it was to call us and nobody came. */
  unreached: string | undefined;
}

async function beginCheck(deps: WebhookDependencies, signal: AbortSignal): Promise<Check> {
  const { db, connection, companies, sets, publicUrl, sealer } = deps;
  const now = deps.now();
  for (const company of companies) for (const set of sets) await beginWatermark(deps, company, set, now);
  const urlOf = async (group: WebhookGroup): Promise<string> =>
    `${publicUrl}${hookPath}${await webhookPathToken(db, sealer, connection, group)}`;
  const [documents, masterData] = webhookGroups;
  const urls = { [documents]: await urlOf(documents), [masterData]: await urlOf(masterData) };
  const pairs = companies.flatMap((company) => sets.map((set) => ({ company, set, group: webhookGroupOf(set) })));
  return {
    deps,
    signal,
    companyIds: await deps.subscriptions.companyIds(signal),
    listed: await deps.subscriptions.list(signal),
    urls,
    wanted: await wantWebhooks(db, connection, pairs, now),
    kept: new Set(),
    supported: new Map(),
    unreached: undefined,
  };
}

async function keepOne(check: Check, webhook: WantedWebhook, isAsked: boolean): Promise<void> {
  const { db } = check.deps;
  const companyId = check.companyIds.get(webhook.company);
  if (companyId === undefined) {
    // Its subscription is left alone: a company that is not listed may be so by mistake.
    if (webhook.subscriptionId !== null) check.kept.add(webhook.subscriptionId);
    await markMissed(db, webhook, 'Business Central lists no such company.', false);
    return;
  }
  const standing = standingOf(check, webhook, companyId);
  if (webhook.subscriptionId !== null && standing?.id !== webhook.subscriptionId) {
    const isMoved = webhook.companyId?.toLowerCase() !== companyId.toLowerCase();
    await markLost(db, webhook, isMoved ? 'the company has another id' : 'Business Central does not list it any more');
  }
  await setCompanyId(db, webhook, companyId);
  if (standing === undefined) {
    await make(
      check,
      webhook,
      companyId,
      webhook.subscriptionId === null ? 'there was none' : 'the former one is gone',
    );
    return;
  }
  check.kept.add(standing.id);
  const reason = isAsked ? 'it was asked for' : renewalReason(webhook, standing, check.deps.now());
  if (reason !== undefined) await renew(check, webhook, companyId, standing, reason);
}

/** The one that we know, else the one that lives longest: an attempt whose answer was lost may have made it. */
function standingOf(
  { listed, urls }: Check,
  { set, group, subscriptionId }: WantedWebhook,
  companyId: string,
): BcSubscription | undefined {
  const resource = resourceOf(companyId, set);
  const ours = listed.filter((each) => each.notificationUrl === urls[group] && each.resource === resource);
  const [longest] = [...ours].sort((left, right) => right.expiresAt.getTime() - left.expiresAt.getTime());
  return ours.find(({ id }) => id === subscriptionId) ?? longest;
}

async function make(check: Check, webhook: WantedWebhook, companyId: string, because: string): Promise<void> {
  const { deps, signal } = check;
  if (!(await canBeFollowed(check, webhook, companyId))) {
    await markMissed(deps.db, webhook, `Business Central does not let anybody follow ${webhook.set}.`, false);
    return;
  }
  const why = { did: 'created', because, isGap: true } as const;
  await attempt(check, webhook, companyId, why, (order) => deps.subscriptions.create(order, signal));
}

async function renew(
  check: Check,
  webhook: WantedWebhook,
  companyId: string,
  { id, expiresAt }: BcSubscription,
  because: string,
): Promise<void> {
  const { deps, signal } = check;
  const why = { did: 'renewed', because, isGap: webhook.subscriptionId !== id || expiresAt <= deps.now() } as const;
  const outcome = await attempt(check, webhook, companyId, why, (order) => deps.subscriptions.renew(id, order, signal));
  if (outcome !== 'gone') return;
  check.kept.delete(id);
  await markLost(deps.db, webhook, 'it was gone when it was to be renewed');
  await make(check, webhook, companyId, 'the former one is gone');
}

/**
 * Sends one creation or renewal. The client state is known before it leaves, and a handshake is answered only until the call
 * has ended: one that comes too late fails, so that nothing is made that nobody knows of.
 */
async function attempt(
  check: Check,
  webhook: WantedWebhook,
  companyId: string,
  why: { did: 'created' | 'renewed'; because: string; isGap: boolean },
  send: (order: BcSubscriptionOrder) => Promise<BcSubscription | undefined>,
): Promise<'held' | 'missed' | 'gone'> {
  const { db, connection } = check.deps;
  const { group, set } = webhook;
  const clientState = newWebhookSecret();
  const stateDigest = webhookDigest(clientState);
  await addClientState(db, webhook, stateDigest, check.deps.now());
  await openHandshake(db, connection, group, new Date(check.deps.now().getTime() + handshakeWindowMs));
  let result: BcSubscription | undefined;
  try {
    result = await send({ notificationUrl: check.urls[group], resource: resourceOf(companyId, set), clientState });
  } catch (error) {
    await miss(check, webhook, error, await closeHandshake(db, connection, group));
    return 'missed';
  }
  await closeHandshake(db, connection, group);
  if (result === undefined) return 'gone';
  check.kept.add(result.id);
  const held = { subscriptionId: result.id, companyId, expiresAt: result.expiresAt, stateDigest };
  await markHeld(db, webhook, held, why, check.deps.now());
  return 'held';
}

/** One that cannot be made keeps no other from being renewed, unless nothing can be called at all. */
async function miss(check: Check, webhook: WantedWebhook, error: unknown, isAnswered: boolean): Promise<void> {
  const isGeneral = error instanceof RateLimited || error instanceof Unauthorized || error instanceof GrantRevoked;
  if (!(error instanceof ExternalSystemError) || isGeneral) throw error;
  const isRefused = error instanceof Rejected && error.code !== 'permission';
  if (isRefused && !isAnswered) check.unreached = error.message;
  await markMissed(check.deps.db, webhook, error.message);
}

async function canBeFollowed(check: Check, { set }: WantedWebhook, companyId: string): Promise<boolean> {
  if (!check.supported.has(companyId)) {
    check.supported.set(companyId, await check.deps.subscriptions.supportedSets(companyId, check.signal));
  }
  const supported = check.supported.get(companyId);
  return supported === undefined || supported.has(set);
}

/** Removes doubles, sets that are not wanted any more, and what leads to an address that nobody answers for. */
async function removeUnwanted({ deps, signal, listed, urls, kept }: Check): Promise<void> {
  const prefix = `${deps.publicUrl}${hookPath}`;
  const own = new Set(Object.values(urls));
  for (const { id, notificationUrl } of listed) {
    if (kept.has(id) || !notificationUrl.startsWith(prefix)) continue;
    const isOurs = own.has(notificationUrl);
    // Another connection of this installation looks after its own.
    if (!isOurs && (await isKnownPathToken(deps.db, notificationUrl.slice(prefix.length)))) continue;
    try {
      await deps.subscriptions.remove(id, signal);
    } catch (error) {
      // It ends by itself within three days.
      if (!(error instanceof Rejected)) throw error;
    }
  }
}

async function stateOf(deps: WebhookDependencies, check: Check): Promise<WebhookState> {
  const webhooks = await readWebhooks(deps.db, deps.connection);
  await clearAlertCause(deps.db, refusalCause(deps));
  await reportWebhooks(deps, webhooks, check.unreached);
  const now = deps.now();
  const ends = webhooks.flatMap(({ expiresAt }) => expiresAt?.getTime() ?? []);
  return {
    held: ends.length,
    polled: webhooks
      .filter(isPolled)
      .map(({ company, set, trouble }) => ({ company, set, reason: trouble ?? 'It was not made yet.' })),
    ...(ends.length === 0 ? {} : { firstExpiry: new Date(Math.min(...ends)).toISOString() }),
    nextCheckAt: new Date(
      Math.min(...webhooks.map((each) => nextLookAt(each, now, deps.checkSeconds * 1_000))),
    ).toISOString(),
    isSweepDue: webhooks.some((each) => isSweepDue(each, now)),
  };
}
