import type { Database, Queryable } from './database.js';
import { inTransaction } from './database.js';

export interface Alert {
  cause: string;
  message: string;
  documentIds: string[];
}

/**
 * Adds a document to the alert of a cause. Returns true when the cause is new, had been cleared, or was last told a day ago:
 * the caller notifies then, and only then (S87: one alert per cause, and a reminder, not one per document or poll).
 */
export async function raiseAlert(
  db: Database,
  alert: { cause: string; message: string; documentId?: string },
): Promise<boolean> {
  return inTransaction(db, async (client) => {
    const ids = alert.documentId === undefined ? [] : [alert.documentId];
    const { rows } = await client.query<{ fresh: boolean }>(
      `insert into alerts (cause, message, document_ids, notified_at) values ($1, $2, $3, now())
       on conflict (cause) do update set last_at = now(),
         document_ids = case when alerts.cleared_at is not null then excluded.document_ids
           else (select array(select distinct unnest(alerts.document_ids || excluded.document_ids))) end,
         first_at = case when alerts.cleared_at is not null then now() else alerts.first_at end,
         notified_at = case when alerts.cleared_at is not null or alerts.notified_at < now() - interval '1 day' then now()
           else alerts.notified_at end,
         message = excluded.message, cleared_at = null
       returning (notified_at = now()) as fresh`,
      [alert.cause, alert.message, ids],
    );
    return rows[0]?.fresh ?? false;
  });
}

/** Causes that one successful step does not end: they are about time, and end with the document or with their own cause. */
const lastingCauses = ['posting-overdue: %', 'hold-overdue: %', 'payment-held: %'];

/**
 * Takes a document off its alerts; an alert without documents is cleared. Alerts about lateness stay unless `all` is asked for.
 */
export async function clearAlerts(db: Queryable, documentId: string, all = false): Promise<void> {
  await db.query(
    `update alerts set document_ids = array_remove(document_ids, $1),
       cleared_at = case when cardinality(array_remove(document_ids, $1)) = 0 then now() end
     where cleared_at is null and $1 = any(document_ids) and ($2 or not cause like any($3))`,
    [documentId, all, lastingCauses],
  );
}

/** Clears an alert that belongs to no document, such as a credential alert. */
export async function clearAlertCause(db: Queryable, cause: string): Promise<void> {
  await db.query('update alerts set cleared_at = now() where cause = $1 and cleared_at is null', [cause]);
}

/** Clears open alerts of one kind, named by the beginning of their causes, that were not met again since an instant. */
export async function clearAlertsNotMetSince(db: Queryable, prefix: string, since: Date): Promise<void> {
  await db.query(
    'update alerts set cleared_at = now() where cleared_at is null and starts_with(cause, $1) and last_at < $2',
    [prefix, since],
  );
}

export async function openAlerts(db: Queryable): Promise<(Alert & { firstAt: Date; lastAt: Date })[]> {
  const { rows } = await db.query<Alert & { firstAt: Date; lastAt: Date }>(
    `select cause, message, document_ids as "documentIds", first_at as "firstAt", last_at as "lastAt" from alerts
     where cleared_at is null order by first_at`,
  );
  return rows;
}
