import type {
  DimensionPlace,
  ErpDimensionValue,
  ListRefusal,
  ReadDimensionValuesInput,
  SyncListItemsInput,
  SyncListResult,
  ToldListItem,
} from '../contracts/dimension-sync.js';
import type { Database, Queryable } from './database.js';
import { inTransaction } from './database.js';

/** One difference that a run has left, or would make, and its reason. */
export interface ListReportLine extends ListRefusal {
  kind: 'create' | 'update' | 'restore' | 'remove' | 'refused';
}

/** The newest finished run of one dimension, for people. */
export interface DimensionRun {
  run: string;
  startedAt: Date;
  finishedAt: Date;
  dryRun: boolean;
  forced: boolean;
  by: string;
  result: SyncListResult;
  lines: ListReportLine[];
}

/** Stores the complete read of a run, in place of an earlier attempt's. Runs are kept for 90 days, the newest for ever. */
export async function storeDimensionReading(
  db: Database,
  { concur, erp, company, dimension, list, run }: ReadDimensionValuesInput,
  values: readonly ErpDimensionValue[],
): Promise<void> {
  await inTransaction(db, async (client) => {
    await client.query(
      `insert into dimension_runs (id, connection, erp, company, dimension, list, reading) values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (id, connection, dimension, list) do update
         set reading = excluded.reading, finished_at = null, result = null, lines = null`,
      [run, concur, erp, company, dimension, list, JSON.stringify(values)],
    );
    await client.query(
      `delete from dimension_runs r where (connection, erp, company, dimension, list) = ($1, $2, $3, $4, $5)
         and started_at < now() - interval '90 days' and exists (select 1 from dimension_runs l where l.finished_at > r.started_at
           and (l.connection, l.erp, l.company, l.dimension, l.list) = ($1, $2, $3, $4, $5))`,
      [concur, erp, company, dimension, list],
    );
  });
}

/**
 * What a run has read and, where it is finished, what it has come to.
 * @throws Error for a run that nothing was read for: an empty list would remove every item
 */
export async function readDimensionRun(
  db: Queryable,
  { concur, dimension, list, run }: SyncListItemsInput,
): Promise<{ values: ErpDimensionValue[]; result?: SyncListResult }> {
  const { rows } = await db.query<{ reading: ErpDimensionValue[] | null; result: SyncListResult | null }>(
    'select reading, result from dimension_runs where (id, connection, dimension, list) = ($1, $2, $3, $4)',
    [run, concur, dimension, list],
  );
  const row = rows[0];
  if (row?.reading == null && row?.result == null) {
    throw new Error(`The values of ${dimension} were not read for the run ${run}.`);
  }
  return { values: row.reading ?? [], ...(row.result === null ? {} : { result: row.result }) };
}

export async function finishDimensionRun(
  db: Queryable,
  { concur, dimension, list, run, dryRun, force, by }: SyncListItemsInput,
  result: SyncListResult,
  lines: readonly ListReportLine[],
): Promise<void> {
  await db.query(
    `update dimension_runs set reading = null, finished_at = now(), dry_run = $5, forced = $6, started_by = $7, result = $8,
       lines = $9 where (id, connection, dimension, list) = ($1, $2, $3, $4)`,
    [run, concur, dimension, list, dryRun, force, by ?? 'schedule', JSON.stringify(result), JSON.stringify(lines)],
  );
}

/** The newest finished run; undefined where there is none yet. */
export async function newestDimensionRun(db: Queryable, place: DimensionPlace): Promise<DimensionRun | undefined> {
  const { rows } = await db.query<DimensionRun>(
    `select id as run, started_at as "startedAt", finished_at as "finishedAt", dry_run as "dryRun", forced,
       started_by as by, result, lines from dimension_runs
     where (connection, erp, company, dimension, list) = ($1, $2, $3, $4, $5) and finished_at is not null
     order by finished_at desc limit 1`,
    placeValues(place),
  );
  return rows[0];
}

/** What Concur was last told of the values of one dimension. */
export async function listToldItems(db: Queryable, place: DimensionPlace): Promise<ToldListItem[]> {
  const { rows } = await db.query<ToldListItem>(
    `select code, item_code as "itemCode", name, offered from list_items_told
     where (connection, erp, company, dimension, list) = ($1, $2, $3, $4, $5) order by code`,
    placeValues(place),
  );
  return rows;
}

/** Remembers what stands in Concur; may be repeated. */
export async function storeToldItems(
  db: Queryable,
  place: DimensionPlace,
  items: readonly ToldListItem[],
): Promise<void> {
  if (items.length === 0) return;
  await db.query(
    `insert into list_items_told as told (connection, erp, company, dimension, list, code, item_code, name, offered)
     select $1, $2, $3, $4, $5, code, "itemCode", name, offered
     from jsonb_to_recordset($6) as rows (code text, "itemCode" text, name text, offered boolean)
     on conflict (connection, erp, company, dimension, list, code) do update
       set item_code = excluded.item_code, name = excluded.name, offered = excluded.offered, told_at = now()
       where (told.item_code, told.name, told.offered) <> (excluded.item_code, excluded.name, excluded.offered)`,
    [...placeValues(place), JSON.stringify(items)],
  );
}

const placeValues = ({ concur, erp, company, dimension, list }: DimensionPlace): string[] => [
  ...[concur, erp, company, dimension, list],
];
