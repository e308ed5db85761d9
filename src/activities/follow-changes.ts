import type { ChangedRecord } from '../clients/dynamics-nav/record-changes.js';
import { ContractViolation, ExternalSystemError, RateLimited, Rejected } from '../clients/http/errors.js';
import type { CompanyNews, FollowedChanges, WebhookSet } from '../contracts/webhooks.js';
import { clearAlertCause } from '../store/alert-store.js';
import { rememberChanges, seenRecords, untoldNews } from '../store/erp-change-store.js';
import type { StoredNotification } from '../store/webhook-inbox.js';
import { markFollowed, unfollowedNotifications } from '../store/webhook-inbox.js';
import { markSwept, readWebhooks } from '../store/webhook-store.js';
import { advanceWatermark, readWatermark } from '../store/watermark-store.js';
import { alert } from './run-step.js';
import { isSweepDue } from './webhook-times.js';
import type { WebhookDependencies } from './webhooks.js';

/** Business Central stamps a change before it can be read, and its clock is not ours (NAV spec 8). */
const overlapMs = 5 * 60_000;
const notificationsAtOnce = 500;

/** Instant up to which a sweep has seen every change of a set. */
const watermarkOf = ({ connection }: WebhookDependencies, company: string, set: string): string =>
  `changes/${connection}/${company}/${set}`;

/** Before a set is followed for the first time: what was changed earlier is no news. */
export async function beginWatermark(
  deps: WebhookDependencies,
  company: string,
  set: WebhookSet,
  at: Date,
): Promise<void> {
  const name = watermarkOf(deps, company, set);
  if ((await readWatermark(deps.db, name)) === undefined) await advanceWatermark(deps.db, name, at);
}

/**
 * Reads what was changed since the last seen change in every set that is due: after a gap, and regularly (S59). A set that
 * cannot be read is told to people and stays due; the others are read all the same. Safe to repeat.
 * @throws ExternalSystemError for what a later attempt may cure
 */
export async function sweepDueSets(deps: WebhookDependencies, signal: AbortSignal): Promise<FollowedChanges> {
  const due = (await readWebhooks(deps.db, deps.connection)).filter((each) => isSweepDue(each, deps.now()));
  const companyIds = due.length === 0 ? new Map<string, string>() : await deps.subscriptions.companyIds(signal);
  const reading = startReading(deps, companyIds);
  for (const webhook of due) {
    const startedAt = deps.now();
    const isRead = await reading.of(webhook.company, webhook.set, (companyId) =>
      sweep(deps, { ...webhook, companyId }, undefined, signal),
    );
    if (isRead) await markSwept(deps.db, webhook, startedAt);
  }
  const { isIncomplete, ...swept } = await reading.end();
  return { ...swept, isMore: isIncomplete };
}

/**
 * Follows notifications that came in: each means "read this record again", whatever else it says (NAV spec 18). Many of one
 * set become one read; a notification about a whole set becomes a sweep. Safe to repeat.
 * @throws ExternalSystemError for what a later attempt may cure
 */
export async function followNotifications(deps: WebhookDependencies, signal: AbortSignal): Promise<FollowedChanges> {
  const waiting = await unfollowedNotifications(deps.db, deps.connection, notificationsAtOnce);
  const companyIds = waiting.length === 0 ? new Map<string, string>() : await deps.subscriptions.companyIds(signal);
  const reading = startReading(deps, companyIds);
  for (const group of bySet(waiting)) {
    const [{ company, set }] = group;
    const isDone = await reading.of(company, set, (companyId) => {
      const whole = group.filter(({ recordId }) => recordId === '');
      const of = { company, set, companyId };
      return whole.length > 0 ? sweep(deps, of, whole, signal) : readNamed(deps, of, group, signal);
    });
    // Also where it cannot be read: the sweeps try it again, and the documents are looked after by polling.
    if (isDone || reading.isRefused(company, set)) {
      await markFollowed(
        deps.db,
        group.map(({ id }) => id),
      );
    }
  }
  const { isIncomplete, ...followed } = await reading.end();
  return { ...followed, isMore: isIncomplete || waiting.length === notificationsAtOnce };
}

type Group = [Waiting, ...Waiting[]];
type Waiting = StoredNotification & { id: string };

function bySet(waiting: readonly Waiting[]): Group[] {
  const groups = new Map<string, Group>();
  for (const each of waiting) {
    const key = JSON.stringify([each.company, each.set]);
    const group = groups.get(key);
    if (group) group.push(each);
    else groups.set(key, [each]);
  }
  return [...groups.values()];
}

interface SetOfCompany {
  company: string;
  set: WebhookSet;
  companyId: string;
}

/** The records that notifications name: those that are not there any more are gone. */
async function readNamed(
  deps: WebhookDependencies,
  { company, set, companyId }: SetOfCompany,
  notifications: readonly StoredNotification[],
  signal: AbortSignal,
): Promise<number> {
  const named = new Map(notifications.map(({ recordId, changedAt }) => [recordId, changedAt]));
  const found = await deps.changes.byIds(companyId, set, [...named.keys()], signal);
  const existing = new Map(found.map((record) => [record.id, record]));
  const records = [...named].map(([id, changedAt]) => {
    const record = existing.get(id);
    return { id, changedAt: record?.changedAt ?? changedAt, isDeleted: record === undefined };
  });
  return rememberChanges(deps.db, { connection: deps.connection, company, set }, 'notification', records);
}

/**
 * Reads a set since the last seen change, with an overlap, or since a notification says that it has changed, if that is earlier;
 * in full where one says that records are gone, because no filter finds those.
 */
async function sweep(
  deps: WebhookDependencies,
  { company, set, companyId }: SetOfCompany,
  told: readonly StoredNotification[] | undefined,
  signal: AbortSignal,
): Promise<number> {
  const name = watermarkOf(deps, company, set);
  const seenUpTo = (await readWatermark(deps.db, name)) ?? deps.now();
  const overlapped = new Date(seenUpTo.getTime() - overlapMs);
  const isFull = told?.some(({ changedSince }) => changedSince === null) === true;
  const sinces = told?.flatMap(({ changedSince }) => changedSince ?? []) ?? [];
  const from = new Date(Math.min(overlapped.getTime(), ...sinces.map((since) => since.getTime())));
  const rows = await deps.changes.since(companyId, set, isFull ? undefined : from, signal);
  const of = { connection: deps.connection, company, set };
  const gone = isFull ? await recordsGone(deps, of, rows) : [];
  const existing = rows.map((row) => ({ ...row, isDeleted: false, isBaseline: row.changedAt < from }));
  const fresh = await rememberChanges(deps.db, of, 'sweep', [...existing, ...gone]);
  const newest = rows.reduce<Date | undefined>(
    (latest, { changedAt }) => (latest === undefined || changedAt > latest ? changedAt : latest),
    undefined,
  );
  if (newest !== undefined) await advanceWatermark(deps.db, name, newest);
  return fresh;
}

async function recordsGone(
  deps: WebhookDependencies,
  of: { connection: string; company: string; set: WebhookSet },
  rows: readonly ChangedRecord[],
) {
  const existing = new Set(rows.map(({ id }) => id));
  const gone = (await seenRecords(deps.db, of)).filter((id) => !existing.has(id));
  return gone.map((id) => ({ id, changedAt: deps.now(), isDeleted: true }));
}

/** Reads set after set; what keeps one from being read keeps no other waiting. */
function startReading(deps: WebhookDependencies, companyIds: ReadonlyMap<string, string>) {
  let fresh = 0;
  let trouble: ExternalSystemError | undefined;
  const refused = new Set<string>();
  const causeOf = (company: string, set: string): string => `webhook-sweep: ${deps.connection}/${company}/${set}`;

  async function refuse(company: string, set: string, reason: string): Promise<false> {
    refused.add(causeOf(company, set));
    const message = `Changes of ${set} in ${company} (${deps.connection}) cannot be read: ${reason} Documents are looked after by polling alone.`;
    await alert(deps, causeOf(company, set), message, undefined);
    return false;
  }

  return {
    /** Whether it was read. */
    of: async (company: string, set: string, read: (companyId: string) => Promise<number>): Promise<boolean> => {
      const companyId = companyIds.get(company);
      if (companyId === undefined) return refuse(company, set, 'Business Central lists no such company.');
      try {
        fresh += await read(companyId);
        await clearAlertCause(deps.db, causeOf(company, set));
        return true;
      } catch (error) {
        if (error instanceof Rejected || error instanceof ContractViolation) {
          return refuse(company, set, error.message);
        }
        if (!(error instanceof ExternalSystemError)) throw error;
        if (!(trouble instanceof RateLimited)) trouble = error;
        return false;
      }
    },
    isRefused: (company: string, set: string): boolean => refused.has(causeOf(company, set)),
    /**
     * What is news now, also from attempts that came to no end.
     * @throws ExternalSystemError where a set could not be read for now and there is nothing else to tell
     */
    end: async (): Promise<{ fresh: number; news: CompanyNews[]; isIncomplete: boolean }> => {
      const news = await untoldNews(deps.db, deps.connection);
      if (trouble !== undefined && news.length === 0) throw trouble;
      return { fresh, news, isIncomplete: trouble !== undefined };
    },
  };
}
