import { timingSafeEqual } from 'node:crypto';
import { isWebhookSet } from '../contracts/webhooks.js';
import type { KnownWebhook, StoredNotification } from '../store/webhook-inbox.js';
import { webhookDigest } from '../store/webhook-store.js';
import type { HookItem } from './hook-message.js';

/** What becomes of the notifications of one message, each for itself (S56). */
export interface HookVerdict {
  accepted: StoredNotification[];
  /** Items that are put aside, counted by reason. */
  refused: Map<string, number>;
}

/** Judges each notification by the client state of its own subscription; a wrong one takes no other with it. */
export function judgeHookItems(items: readonly HookItem[], known: readonly KnownWebhook[], now: Date): HookVerdict {
  const verdict: HookVerdict = { accepted: [], refused: new Map() };
  for (const item of items) {
    const judged = judgeItem(item, known, now);
    if (typeof judged !== 'string') verdict.accepted.push(judged);
    else verdict.refused.set(judged, (verdict.refused.get(judged) ?? 0) + 1);
  }
  return verdict;
}

function judgeItem(item: HookItem, known: readonly KnownWebhook[], now: Date): StoredNotification | string {
  const { resource, changeType } = item;
  const webhook = known.find((each) => isMeant(each, item));
  if (!webhook) return 'the subscription is not known';
  if (!isKnownState(item.clientState, webhook.stateDigests)) return 'the client state is wrong';
  if (resource === undefined || !isWebhookSet(resource.set)) return 'the resource is not understood';
  if (resource.companyId !== webhook.companyId?.toLowerCase() || resource.set !== webhook.set) {
    return 'the resource is not that of the subscription';
  }
  // A notification that names no record is about all of them, whatever it calls itself.
  const isWhole = changeType === 'collection' || resource.recordId === '';
  return {
    company: webhook.company,
    set: webhook.set,
    recordId: isWhole ? '' : resource.recordId,
    changeType,
    changedAt: item.changedAt ?? now,
    changedSince: isWhole ? (resource.changedSince ?? null) : null,
  };
}

/** The one of that id, or the one of that resource whose creation has not been answered yet: its id is not known so far. */
function isMeant(webhook: KnownWebhook, { subscriptionId, resource }: HookItem): boolean {
  if (webhook.subscriptionId !== null) return webhook.subscriptionId === subscriptionId;
  return resource?.companyId === webhook.companyId?.toLowerCase() && resource?.set === webhook.set;
}

/**
 * Compares in constant time, and with all states that may be in use, so that nothing can be learned from how long it takes.
 * Digests are compared, which are of one length.
 */
export function isKnownState(clientState: string, digests: readonly string[]): boolean {
  const given = Buffer.from(webhookDigest(clientState), 'hex');
  let isKnown = false;
  for (const digest of digests) {
    const expected = Buffer.from(digest, 'hex');
    const isSame = expected.length === given.length && timingSafeEqual(given, expected);
    isKnown = isSame || isKnown;
  }
  return isKnown;
}
