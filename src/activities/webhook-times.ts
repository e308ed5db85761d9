import { createHash } from 'node:crypto';
import type { WantedWebhook } from '../store/webhook-store.js';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** A subscription lives three days (NAV spec 18). */
const renewBeforeExpiryMs = 36 * hourMs;
const renewAtAgeMs = 24 * hourMs;
/** Renewals are spread by as much as this, earlier or later. */
const jitterMs = 2 * hourMs;
/** Waits after a failed attempt; a lost answer is looked for before anything is made again (NAV spec 16). */
const retryAfterMs = [minuteMs, 5 * minuteMs, hourMs];
/** So many failed attempts in a row, and a set counts as polled. */
const mostMisses = 3;
/** Webhooks are lost silently: a set is read this often although its subscription stands (NAV spec 18). */
const regularSweepMs = 6 * hourMs;

/** Whether the changes of a set are found by polling for now, whatever may still come in. */
export const isPolled = ({ subscriptionId, misses }: WantedWebhook): boolean =>
  subscriptionId === null || misses >= mostMisses;

/** Whether people have to know: it was tried several times, or no attempt can help. */
export const needsPerson = ({ misses, trouble }: WantedWebhook): boolean =>
  misses >= mostMisses || (misses === 0 && trouble !== null);

/** Why a subscription that stands is to be renewed now; undefined where it is not. */
export function renewalReason(
  webhook: WantedWebhook,
  standing: { id: string; expiresAt: Date },
  now: Date,
): string | undefined {
  if (standing.id !== webhook.subscriptionId || webhook.renewedAt === null) {
    return 'it stands, although its answer was lost';
  }
  if (webhook.misses > 0) return 'the last attempt had failed';
  if (standing.expiresAt.getTime() - now.getTime() < renewBeforeExpiryMs) return 'it ends within 36 hours';
  return renewalDueAt(webhook, webhook.renewedAt) <= now.getTime() ? 'it is a day old' : undefined;
}

/** A day after the last time, earlier or later by up to two hours; the same whenever it is asked. */
export function renewalDueAt(
  { connection, company, set }: Pick<WantedWebhook, 'connection' | 'company' | 'set'>,
  renewedAt: Date,
): number {
  const seed = JSON.stringify([connection, company, set, renewedAt.getTime()]);
  const share = createHash('sha256').update(seed).digest().readUInt32BE(0) / 0xffff_ffff;
  return renewedAt.getTime() + renewAtAgeMs + Math.round((2 * share - 1) * jitterMs);
}

/** When to look at a subscription again: at every check, and sooner where it is due or has just failed. */
export function nextLookAt(webhook: WantedWebhook, now: Date, checkMs: number): number {
  const { misses, renewedAt } = webhook;
  const nextCheckAt = now.getTime() + checkMs;
  if (misses > 0) return Math.min(nextCheckAt, now.getTime() + (retryAfterMs[misses - 1] ?? hourMs));
  const dueAt = renewedAt === null ? Infinity : renewalDueAt(webhook, renewedAt);
  return Math.min(nextCheckAt, Math.max(dueAt, now.getTime() + minuteMs));
}

/** Whether a set has to be read although nobody has told of a change; a polled one as often as it is looked after. */
export function isSweepDue(webhook: WantedWebhook, now: Date): boolean {
  const everyMs = isPolled(webhook) ? hourMs : regularSweepMs;
  return webhook.isSweepDue || now.getTime() - webhook.sweptAt.getTime() >= everyMs;
}
