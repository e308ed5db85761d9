import type { PendingVendorChange, SyncVendorsResult, VendorChange, VendorRecord } from '../contracts/vendor-master.js';
import type { Queryable } from './database.js';

/** What became of one change in Concur. */
export interface VendorChangeResult {
  state: 'done' | 'refused';
  /** Concur's words, for people; always given for a refusal. */
  message?: string;
  /** What Concur held differently and was overwritten, by property (S19). */
  overwritten?: Record<string, { old?: string; new?: string }>;
}

/** One run of the comparison, for people. */
export interface VendorRun {
  run: string;
  startedAt: Date;
  /** Left out while something is still to be written, and of a run that a later one has overtaken. */
  finishedAt?: Date;
  dryRun: boolean;
  forced: boolean;
  by: string;
  result: SyncVendorsResult;
}

/** One difference between the ERP and Concur, and its reason (S126). */
export interface VendorReportLine {
  /** Left out where the ERP's row does not say it. */
  account?: string;
  name?: string;
  /** `refused`: cannot be told, or Concur refused it; `waiting`: about to be written; `held-back`: nobody writes it. */
  state: 'refused' | 'waiting' | 'held-back';
  kind?: VendorChange['kind'];
  changed: string[];
  /** A sentence for an accountant. */
  message: string;
}

/** Changes of a run that are still to be written, with what Concur took before, in the order of the accounts. */
export async function nextPendingChanges(db: Queryable, run: string, limit: number): Promise<PendingVendorChange[]> {
  const { rows } = await db.query<VendorChange & { told: VendorRecord | null }>(
    `select c.kind, c.account, c.hash, c.record, c.changed, t.record as told
     from vendor_changes c join vendor_runs r on r.id = c.run
       left join vendors_told t on (t.connection, t.erp, t.company, t.account) = (r.connection, r.erp, r.company, c.account)
     where c.run = $1 and c.state = 'pending' order by c.account limit $2`,
    [run, limit],
  );
  if (rows.length === 0) await finishRun(db, run);
  return rows.map(({ told, ...change }) => ({ ...change, ...(told === null ? {} : { told }) }));
}

/**
 * From now until their result is stored nobody knows what Concur holds of these vendors: a write may have come through of which
 * nothing is heard, so that the next run must not take what was told before for what stands there.
 */
export async function markUncertain(db: Queryable, run: string, accounts: readonly string[]): Promise<void> {
  await db.query(
    `update vendors_told t set hash = null from vendor_runs r where r.id = $1
       and (t.connection, t.erp, t.company) = (r.connection, r.erp, r.company) and t.account = any($2)`,
    [run, accounts],
  );
}

/** How many changes of a run are still to be written. */
export async function remainingChanges(db: Queryable, run: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `select count(*)::int as count from vendor_changes where run = $1 and state = 'pending'`,
    [run],
  );
  return rows[0]?.count ?? 0;
}

/**
 * Stores what became of one change, and with it what Concur was last told. May be repeated: returns true the first time only.
 * If a later run was planned meanwhile, what Concur holds is no longer certain, and the next run tells the vendor again.
 */
export async function recordChangeResult(
  db: Queryable,
  run: string,
  account: string,
  { state, message, overwritten }: VendorChangeResult,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `with open_change as (
       select run, account, state as was from vendor_changes
       where run = $1 and account = $2 and (state = 'pending' or (state = 'superseded' and $3 = 'done')) for update
     ), changed as (
       update vendor_changes c set state = $3, message = $4, overwritten = $5, at = now() from open_change o
       where c.run = o.run and c.account = o.account returning c.run, c.account, c.record, c.hash, o.was
     )
     insert into vendors_told as told
       (connection, erp, company, account, record, hash, state, message, refused_hash)
     select r.connection, r.erp, r.company, c.account, case when $3 = 'done' then c.record end,
       case when $3 = 'done' and c.was = 'pending' then c.hash end,
       case when $3 = 'done' then 'synced' else 'refused' end, $4, case when $3 = 'refused' then c.hash end
     from changed c join vendor_runs r on r.id = c.run
     on conflict (connection, erp, company, account) do update set
       record = coalesce(excluded.record, told.record),
       hash = case when excluded.state = 'synced' then excluded.hash else told.hash end,
       state = excluded.state, message = excluded.message, refused_hash = excluded.refused_hash, told_at = now()`,
    [run, account, state, message ?? null, overwritten === undefined ? null : JSON.stringify(overwritten)],
  );
  await finishRun(db, run);
  return rowCount === 1;
}

/** Numbers of a run as they stand now. @throws Error for a run that was never planned */
export async function runSummary(db: Queryable, run: string): Promise<SyncVendorsResult> {
  const { rows } = await db.query<RunRow>(`${runQuery} where r.id = $1 and r.planned_at is not null`, [run]);
  const row = rows[0];
  if (!row) throw new Error(`The vendor run ${run} has no plan.`);
  return resultOf(row);
}

/** The newest planned run of a company, and each difference that it has left with its reason; no run: nothing is known. */
export async function vendorReport(
  db: Queryable,
  connection: string,
  erp: string,
  company: string,
): Promise<{ run?: VendorRun; lines: VendorReportLine[] }> {
  const { rows: runs } = await db.query<RunRow>(
    `${runQuery} where r.connection = $1 and r.erp = $2 and r.company = $3 and r.planned_at is not null
     order by r.planned_at desc limit 1`,
    [connection, erp, company],
  );
  const newest = runs[0];
  if (!newest) return { lines: [] };
  const { rows: refusals } = await db.query<{ account: string | null; name: string | null; message: string }>(
    'select account, name, message from vendor_refusals where run = $1 order by position',
    [newest.run],
  );
  const { rows: changes } = await db.query<ChangeRow>(
    `select account, record->>'vendorName' as name, kind, changed, state, message from vendor_changes
     where run = $1 and state <> 'done' order by account`,
    [newest.run],
  );
  const refused = refusals.map(({ account, name, message }): VendorReportLine => {
    return { ...named(account, name), state: 'refused', changed: [], message };
  });
  return { run: runOf(newest), lines: [...refused, ...changes.map((change) => lineOf(change, newest.heldBack))] };
}

interface RunRow {
  run: string;
  startedAt: Date;
  finishedAt: Date | null;
  dryRun: boolean;
  forced: boolean;
  by: string;
  read: number;
  unchanged: number;
  created: number;
  updated: number;
  blocked: number;
  refused: number;
  heldBack: string | null;
}

interface ChangeRow {
  account: string;
  name: string;
  kind: VendorChange['kind'];
  changed: string[];
  state: string;
  message: string | null;
}

const countOf = (kind: VendorChange['kind']): string =>
  `(select count(*)::int from vendor_changes c where c.run = r.id and c.kind = '${kind}' and c.state in ('done', 'planned'))`;

const runQuery = `select r.id as run, r.started_at as "startedAt", r.finished_at as "finishedAt", r.dry_run as "dryRun",
  r.forced, r.started_by as by, r.read_count as read, r.unchanged_count as unchanged, ${countOf('create')} as created,
  ${countOf('update')} as updated, ${countOf('block')} as blocked, r.refused_count
    + (select count(*)::int from vendor_changes c where c.run = r.id and c.state = 'refused') as refused,
  r.held_back as "heldBack" from vendor_runs r`;

function resultOf({ read, unchanged, created, updated, blocked, refused, heldBack }: RunRow): SyncVendorsResult {
  return { read, unchanged, created, updated, blocked, refused, ...(heldBack === null ? {} : { heldBack }) };
}

function runOf(row: RunRow): VendorRun {
  const { run, startedAt, finishedAt, dryRun, forced, by } = row;
  return { run, startedAt, ...(finishedAt === null ? {} : { finishedAt }), dryRun, forced, by, result: resultOf(row) };
}

const named = (account: string | null, name: string | null): Pick<VendorReportLine, 'account' | 'name'> => ({
  ...(account === null ? {} : { account }),
  ...(name === null ? {} : { name }),
});

const waitingMessages: Record<string, string> = {
  pending: 'The change is about to be written to Concur.',
  superseded: 'A later run has taken over this change.',
};

function lineOf(
  { account, name, kind, changed, state, message }: ChangeRow,
  heldBack: string | null,
): VendorReportLine {
  const line = { ...named(account, name), kind, changed };
  if (state === 'refused') return { ...line, state: 'refused', message: message ?? 'Concur refused the change.' };
  if (state === 'planned') return { ...line, state: 'held-back', message: heldBack ?? 'The run is held back.' };
  return { ...line, state: 'waiting', message: waitingMessages[state] ?? state };
}

/** A run is finished when nothing of it is left to write. */
async function finishRun(db: Queryable, run: string): Promise<void> {
  await db.query(
    `update vendor_runs set finished_at = now() where id = $1 and planned_at is not null and finished_at is null
       and not exists (select 1 from vendor_changes where run = $1 and state = 'pending')`,
    [run],
  );
}
