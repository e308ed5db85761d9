import type { ErpVendor, ReadVendorMasterInput, UnreadableVendor, VendorReading } from '../contracts/vendor-master.js';
import type { Database, Queryable } from './database.js';
import { inTransaction } from './database.js';

/** Rows per insert: keeps a statement small, however many vendors a company has. */
const rowsAtOnce = 1_000;

/** The database's clock before a read begins, for {@link storeVendorReading}. */
export async function beginVendorReading(db: Queryable): Promise<string> {
  const { rows } = await db.query<{ now: string }>('select clock_timestamp()::text as now');
  return rows[0]?.now ?? '-infinity';
}

/** Accounts of an ERP company that a Concur connection was told of and may offer: one that is missing from a read is blocked. */
export async function offeredAccounts(
  db: Queryable,
  { erp, company }: Pick<ReadVendorMasterInput, 'erp' | 'company'>,
): Promise<string[]> {
  const { rows } = await db.query<{ account: string }>(
    `select distinct account from vendors_told where erp = $1 and company = $2 and (record->'approved')::boolean`,
    [erp, company],
  );
  return rows.map(({ account }) => account);
}

/**
 * Stores the complete read of a run, in place of one that an earlier attempt stored; the run has to be planned again. Reads
 * that nobody needs any more go: the newest of each company stays, and what younger runs may still be working on.
 * @param begunAt when the read began. One that another attempt of the run has overtaken stores nothing: its workflow has gone on,
 *   and the plan that is being written would be gone
 */
export async function storeVendorReading(
  db: Database,
  { run, erp, company }: ReadVendorMasterInput,
  reading: VendorReading,
  begunAt: string,
): Promise<void> {
  await inTransaction(db, async (client) => {
    const { rowCount } = await client.query(
      `insert into vendor_runs as r (id, erp, company, read_at) values ($1, $2, $3, clock_timestamp())
       on conflict (id) do update set read_at = clock_timestamp(), planned_at = null, finished_at = null
         where r.read_at is null or r.read_at <= $4::timestamptz`,
      [run, erp, company, begunAt],
    );
    if (rowCount === 0) return;
    await client.query('delete from vendor_snapshots where run = $1', [run]);
    const rows = [
      ...reading.vendors.map((vendor) => ({ account: vendor.account, vendor })),
      ...reading.unreadable.map(({ account, message }) => ({ account, problem: message })),
    ].map((row, position) => ({ ...row, position }));
    await insertRows(client, rows, (json) => [
      `insert into vendor_snapshots (run, position, account, vendor, problem) select $1, position, account, vendor, problem
       from jsonb_to_recordset($2) as rows (position int, account text, vendor jsonb, problem text)`,
      [run, json],
    ]);
    await prune(client, erp, company);
  });
}

/** The complete read of a run as it was stored. */
export async function readVendorReading(db: Queryable, run: string): Promise<VendorReading> {
  const { rows } = await db.query<{ account: string | null; vendor: ErpVendor | null; problem: string | null }>(
    'select account, vendor, problem from vendor_snapshots where run = $1 order by position',
    [run],
  );
  return {
    vendors: rows.flatMap(({ vendor }) => (vendor === null ? [] : [vendor])),
    unreadable: rows.flatMap(({ account, problem }): UnreadableVendor[] =>
      problem === null ? [] : [{ ...(account === null ? {} : { account }), message: problem }],
    ),
  };
}

/** Inserts many rows from JSON, so many per statement; `statement` reads them by `jsonb_to_recordset`. */
export async function insertRows(
  db: Queryable,
  rows: readonly unknown[],
  statement: (json: string) => [sql: string, values: unknown[]],
): Promise<void> {
  for (let at = 0; at < rows.length; at += rowsAtOnce) {
    const [sql, values] = statement(JSON.stringify(rows.slice(at, at + rowsAtOnce)));
    await db.query(sql, values);
  }
}

/**
 * Runs and their changes are kept for 90 days, the newest plan of each company for ever. A run whose read goes has none from then
 * on: planned without it, every vendor would count as removed from the ERP.
 */
async function prune(db: Queryable, erp: string, company: string): Promise<void> {
  await db.query(
    `with gone as (
       update vendor_runs r set read_at = null where r.erp = $1 and r.company = $2
         and (r.finished_at is not null or r.read_at < now() - interval '1 day')
         and r.id <> (select id from vendor_runs where erp = $1 and company = $2 order by read_at desc nulls last limit 1)
       returning r.id
     )
     delete from vendor_snapshots s using gone where s.run = gone.id`,
    [erp, company],
  );
  await db.query(
    `delete from vendor_runs r where r.erp = $1 and r.company = $2 and r.started_at < now() - interval '90 days'
       and not exists (select 1 from vendor_snapshots s where s.run = r.id)
       and (r.planned_at is null or exists (select 1 from vendor_runs l
         where l.connection = r.connection and l.erp = r.erp and l.company = r.company and l.planned_at > r.planned_at))`,
    [erp, company],
  );
}
