import type { HoldReason } from '../contracts/hold-reasons.js';
import type { ChangeMeaning, CompanyNews, WebhookSet } from '../contracts/webhooks.js';
import { isWebhookSet, meaningOfSet } from '../contracts/webhooks.js';
import type { Queryable } from './database.js';

/** Whose records these are. */
export interface ChangedSet {
  connection: string;
  company: string;
  set: WebhookSet;
}

/** A record that was changed, or that is gone. */
export interface SeenRecord {
  id: string;
  changedAt: Date;
  isDeleted: boolean;
  /** Changed before anybody followed the set: remembered for later comparisons, and no news. */
  isBaseline?: boolean;
}

const keyOf = ({ connection, company, set }: ChangedSet): string[] => [connection, company, set];

/**
 * Remembers changes that were seen; the same change seen again, by whichever way, is none. Returns how many were news. They stay
 * news until {@link markNewsTold}, so that none is lost with the process that found it.
 */
export async function rememberChanges(
  db: Queryable,
  of: ChangedSet,
  foundBy: 'notification' | 'sweep',
  records: readonly SeenRecord[],
): Promise<number> {
  // A set that changes while its pages are read may show a record twice: the last one counts.
  const distinct = [...new Map(records.map((record) => [record.id, record])).values()];
  if (distinct.length === 0) return 0;
  const { rows } = await db.query<{ isNews: boolean }>(
    `insert into erp_changes (connection, company, entity_set, found_by, record_id, changed_at, is_deleted, told_at)
     select $1, $2, $3, $4, r.id, r.changed_at, r.is_deleted, case when r.is_baseline then now() end
     from unnest($5::text[], $6::timestamptz[], $7::boolean[], $8::boolean[]) as r (id, changed_at, is_deleted, is_baseline)
     on conflict (connection, company, entity_set, record_id) do update
       set changed_at = excluded.changed_at, is_deleted = excluded.is_deleted, found_by = excluded.found_by, found_at = now(),
         seq = nextval('erp_changes_seq'), told_at = null
       where erp_changes.is_deleted <> excluded.is_deleted
         or (not excluded.is_deleted and erp_changes.changed_at < excluded.changed_at)
     returning told_at is null as "isNews"`,
    [
      ...keyOf(of),
      foundBy,
      distinct.map(({ id }) => id),
      distinct.map(({ changedAt }) => changedAt),
      distinct.map(({ isDeleted }) => isDeleted),
      distinct.map(({ isBaseline }) => isBaseline === true),
    ],
  );
  return rows.filter(({ isNews }) => isNews).length;
}

/** Ids of the records of a set that were seen and, as far as is known, still exist. */
export async function seenRecords(db: Queryable, of: ChangedSet): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `select record_id as id from erp_changes
     where connection = $1 and company = $2 and entity_set = $3 and not is_deleted`,
    keyOf(of),
  );
  return rows.map(({ id }) => id);
}

/** What documents have not been told yet, by company. */
export async function untoldNews(db: Queryable, connection: string): Promise<CompanyNews[]> {
  const { rows } = await db.query<{ company: string; sets: string[]; upTo: string }>(
    `select company, array_agg(distinct entity_set) as sets, max(seq)::text as "upTo" from erp_changes
     where connection = $1 and told_at is null group by company order by company`,
    [connection],
  );
  return rows.map(({ company, sets, upTo }) => ({ company, meanings: meaningsOf(sets), upTo }));
}

const meaningsOf = (sets: readonly string[]): ChangeMeaning[] => [
  ...new Set(sets.filter(isWebhookSet).map(meaningOfSet)),
];

/** Documents have been told of everything up to the mark; what was found since stays news. */
export async function markNewsTold(
  db: Queryable,
  connection: string,
  { company, upTo }: Pick<CompanyNews, 'company' | 'upTo'>,
): Promise<void> {
  await db.query(
    'update erp_changes set told_at = now() where connection = $1 and company = $2 and told_at is null and seq <= $3',
    [connection, company, upTo],
  );
}

/** Open documents of which something goes to one ERP company, and that are held for one of these reasons. */
export async function heldDocuments(
  db: Queryable,
  erp: string,
  company: string,
  reasons: readonly HoldReason[],
): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `select id from documents d
     where hold_reason = any($3) and outcome is null and started_at is not null and ((erp = $1 and company = $2)
       or exists (select 1 from erp_documents e where e.document_id = d.id and e.erp = $1 and e.company = $2))`,
    [erp, company, reasons],
  );
  return rows.map(({ id }) => id);
}
