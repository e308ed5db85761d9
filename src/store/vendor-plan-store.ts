import type {
  PlanVendorSyncInput,
  ToldVendor,
  VendorChange,
  VendorComparison,
  VendorElsewhere,
  VendorPlan,
  VendorReading,
  VendorRecord,
} from '../contracts/vendor-master.js';
import type { Database, Queryable } from './database.js';
import { inTransaction } from './database.js';
import { insertRows, readVendorReading } from './vendor-reading-store.js';

/** What a comparison starts from: the complete read of the run, and what Concur was told. */
export interface VendorComparisonInput {
  reading: VendorReading;
  told: ToldVendor[];
  elsewhere: VendorElsewhere[];
}

/**
 * Plans a run once: gives what is known to `compare` and stores what comes of it. A run that is planned already keeps its plan.
 * Changes of earlier runs of the same company that are still pending are left to this one, unless it is held back. Plans of one
 * Concur connection are made one after the other, since companies share vendor codes.
 * @throws Error if nothing was read for the run
 */
export async function planVendorRun(
  db: Database,
  input: PlanVendorSyncInput,
  compare: (known: VendorComparisonInput) => VendorComparison & { heldBack?: string },
): Promise<VendorPlan> {
  const { run, concur, erp, company } = input;
  return inTransaction(db, async (client) => {
    await client.query('select pg_advisory_xact_lock(72172, hashtext($1))', [concur]);
    const { rows } = await client.query<{ planned: boolean }>(
      `select planned_at is not null as planned from vendor_runs
       where id = $1 and erp = $2 and company = $3 and (read_at is not null or planned_at is not null) for update`,
      [run, erp, company],
    );
    if (!rows[0]) throw new Error(`The vendors of ${company} were not read for the run ${run}.`);
    if (!rows[0].planned) {
      const known = {
        reading: await readVendorReading(client, run),
        told: await toldVendors(client, concur, erp, company),
        elsewhere: await vendorsElsewhere(client, concur, erp, company),
      };
      await storePlan(client, input, compare(known));
    }
    return readPlan(client, run);
  });
}

async function toldVendors(db: Queryable, concur: string, erp: string, company: string): Promise<ToldVendor[]> {
  const { rows } = await db.query<ToldRow>(
    `select account, record, hash, refused_hash as "refusedHash" from vendors_told
     where connection = $1 and erp = $2 and company = $3`,
    [concur, erp, company],
  );
  return rows.map(({ account, record, hash, refusedHash }) => ({
    account,
    ...(record === null ? {} : { record }),
    ...(hash === null ? {} : { hash }),
    ...(refusedHash === null ? {} : { refusedHash }),
  }));
}

interface ToldRow {
  account: string;
  record: VendorRecord | null;
  hash: string | null;
  refusedHash: string | null;
}

/**
 * Other companies' vendors under the same Concur connection, with the names that their newest reads have. Two queries: joined in
 * the database, tables of which it has no statistics yet took minutes.
 */
async function vendorsElsewhere(
  db: Queryable,
  concur: string,
  erp: string,
  company: string,
): Promise<VendorElsewhere[]> {
  const { rows: others } = await db.query<VendorElsewhere & { account: string }>(
    `with theirs as (
       select erp, company, account, record from vendors_told where connection = $1 and record is not null
       union all
       select r.erp, r.company, c.account, c.record from vendor_changes c join vendor_runs r on r.id = c.run
       where r.connection = $1 and c.state = 'pending' and c.kind = 'create'
     )
     select erp, company, account, record->>'vendorCode' as "vendorCode", record->>'addressCode' as "addressCode",
       record->>'vendorName' as name, (record->'approved')::boolean as approved
     from theirs where (erp, company) <> ($2, $3) order by erp, company, account`,
    [concur, erp, company],
  );
  if (others.length === 0) return [];
  const { rows: reads } = await db.query<{ erp: string; company: string; account: string; name: string }>(
    `with newest as (
       select distinct on (erp, company) id, erp, company from vendor_runs r where read_at is not null
         and exists (select 1 from vendor_snapshots s where s.run = r.id) order by erp, company, read_at desc
     )
     select n.erp, n.company, s.account, s.vendor->>'name' as name from newest n join vendor_snapshots s on s.run = n.id
     where s.vendor is not null and (n.erp, n.company) <> ($1, $2)`,
    [erp, company],
  );
  const keyOf = (one: { erp: string; company: string; account: string }): string =>
    JSON.stringify([one.erp, one.company, one.account]);
  const names = new Map(reads.map((read) => [keyOf(read), read.name]));
  return others.map((other) => ({ ...other, name: names.get(keyOf(other)) ?? other.name }));
}

async function storePlan(
  db: Queryable,
  { run, concur, erp, company, dryRun, force, by }: PlanVendorSyncInput,
  { read, unchanged, changes, refusals, heldBack }: VendorComparison & { heldBack?: string },
): Promise<void> {
  const isLive = heldBack === undefined;
  await db.query('delete from vendor_refusals where run = $1', [run]);
  await db.query(`delete from vendor_changes where run = $1 and state in ('planned', 'pending', 'superseded')`, [run]);
  if (isLive) await takeOver(db, { run, concur, erp, company }, changes);
  await insertRows(db, changes, (json) => [
    `insert into vendor_changes (run, account, kind, hash, record, changed, state)
     select $1, account, kind, hash, record, changed, $3
     from jsonb_to_recordset($2) as rows (account text, kind text, hash text, record jsonb, changed text[])
     on conflict (run, account) do update set kind = excluded.kind, hash = excluded.hash, record = excluded.record,
       changed = excluded.changed, state = excluded.state, message = null, overwritten = null, at = now()`,
    [run, json, isLive ? 'pending' : 'planned'],
  ]);
  const positioned = refusals.map((refusal, position) => ({ ...refusal, position }));
  await insertRows(db, positioned, (json) => [
    `insert into vendor_refusals (run, position, account, name, message) select $1, position, account, name, message
     from jsonb_to_recordset($2) as rows (position int, account text, name text, message text)`,
    [run, json],
  ]);
  await db.query(
    `update vendor_runs set connection = $2, planned_at = now(), dry_run = $3, forced = $4, started_by = $5,
       read_count = $6, unchanged_count = $7, refused_count = $8, held_back = $9, finished_at = case when $10 then now() end
     where id = $1`,
    [
      run,
      concur,
      dryRun,
      force,
      by ?? 'schedule',
      read,
      unchanged,
      refusals.length,
      heldBack ?? null,
      !isLive || changes.length === 0,
    ],
  );
}

/** From now on this run says what becomes of the company's vendors; a refusal is over where nothing differs any more. */
async function takeOver(
  db: Queryable,
  { run, concur, erp, company }: Pick<PlanVendorSyncInput, 'run' | 'concur' | 'erp' | 'company'>,
  changes: readonly VendorChange[],
): Promise<void> {
  await db.query(
    `update vendor_changes c set state = 'superseded', at = now() from vendor_runs r
     where r.id = c.run and r.connection = $1 and r.erp = $2 and r.company = $3 and r.id <> $4 and c.state = 'pending'`,
    [concur, erp, company, run],
  );
  await db.query(
    `update vendors_told set state = 'synced', message = null, refused_hash = null
     where connection = $1 and erp = $2 and company = $3 and state = 'refused' and record is not null
       and account <> all($4)`,
    [concur, erp, company, changes.map(({ account }) => account)],
  );
}

async function readPlan(db: Queryable, run: string): Promise<VendorPlan> {
  const { rows } = await db.query<Omit<VendorPlan, 'heldBack'> & { heldBack: string | null }>(
    `select r.read_count as read, r.unchanged_count as unchanged, r.refused_count as refused, r.held_back as "heldBack",
       (count(*) filter (where c.kind = 'create'))::int as create, (count(*) filter (where c.kind = 'update'))::int as update,
       (count(*) filter (where c.kind = 'block'))::int as block,
       (count(*) filter (where c.state = 'pending'))::int as pending
     from vendor_runs r left join vendor_changes c on c.run = r.id where r.id = $1 group by r.id`,
    [run],
  );
  const row = rows[0];
  if (!row) throw new Error(`The vendor run ${run} has no plan.`);
  const { heldBack, ...plan } = row;
  return { ...plan, ...(heldBack === null ? {} : { heldBack }) };
}
