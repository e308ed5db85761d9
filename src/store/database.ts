import { readdir, readFile } from 'node:fs/promises';
import pg from 'pg';

/** Anything that runs SQL: the pool, or a client inside a transaction. */
export type Queryable = Pick<pg.Pool, 'query'>;
export type Database = pg.Pool;

/** A database that is away must fail a step in time, so that Temporal repeats it, instead of holding a worker's slot. */
const connectLimitMs = 10_000;
const queryLimitMs = 120_000;

const { DATE, NUMERIC } = pg.types.builtins;
const keptAsText = [DATE, NUMERIC];

/** Opens a pool. `numeric` and `date` stay strings, so that no amount becomes a float and no date shifts a zone. */
export function openDatabase(url: string, options: { max?: number; onError?: (error: Error) => void } = {}): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 20,
    connectionTimeoutMillis: connectLimitMs,
    query_timeout: queryLimitMs,
    keepAlive: true,
    types: {
      getTypeParser: (oid, format): unknown =>
        keptAsText.includes(oid) ? (value: string) => value : pg.types.getTypeParser(oid, format),
    },
  });
  // An idle connection that breaks (database restarted) must not end the process; the next query reconnects.
  pool.on('error', (error) => options.onError?.(error));
  return pool;
}

/** Runs `work` in one transaction; rolls back on any error. */
export async function inTransaction<T>(db: Database, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await db.connect();
  let isBroken = false;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    // A connection that cannot even roll back may still be busy with the query that was too slow: it is not used again.
    await client.query('rollback').catch(() => (isBroken = true));
    throw error;
  } finally {
    client.release(isBroken);
  }
}

/** Applies every migration that is not yet applied, in name order, one process at a time. Safe to repeat. */
export async function migrate(db: Database): Promise<string[]> {
  const folder = new URL('./migrations/', import.meta.url);
  const files = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  return inTransaction(db, async (client) => {
    await client.query('select pg_advisory_xact_lock(72171)');
    await client.query(
      'create table if not exists schema_migrations (name text primary key, applied_at timestamptz not null default now())',
    );
    const { rows } = await client.query<{ name: string }>('select name from schema_migrations');
    const applied = new Set(rows.map((row) => row.name));
    const fresh = files.filter((name) => !applied.has(name));
    for (const name of fresh) {
      await client.query(await readFile(new URL(name, folder), 'utf8'));
      await client.query('insert into schema_migrations (name) values ($1)', [name]);
    }
    return fresh;
  });
}
