import { readdir } from 'node:fs/promises';
import type { Queryable } from './database.js';

/** Migrations of this version that the database has not seen, in their order. Applies none. */
export async function pendingMigrations(db: Queryable): Promise<string[]> {
  const names = (await readdir(new URL('./migrations/', import.meta.url)))
    .filter((name) => name.endsWith('.sql'))
    .sort();
  const { rows: tables } = await db.query<{ exists: boolean }>(
    `select to_regclass('schema_migrations') is not null as exists`,
  );
  if (tables[0]?.exists !== true) return names;
  const { rows } = await db.query<{ name: string }>('select name from schema_migrations');
  const applied = new Set(rows.map(({ name }) => name));
  return names.filter((name) => !applied.has(name));
}

/** Names of leases for which no slot is given for a while, with the end of the pause. */
export async function currentPauses(db: Queryable): Promise<{ name: string; notBefore: Date }[]> {
  const { rows } = await db.query<{ name: string; notBefore: Date }>(
    'select name, not_before as "notBefore" from throttles where not_before > now() order by name',
  );
  return rows;
}

/** Journals of one ERP company that are written and not known to be posted, the oldest first. */
export async function unpostedJournals(
  db: Queryable,
  erp: string,
  company: string,
  limit: number,
): Promise<{ journal: string; writtenAt: Date }[]> {
  const { rows } = await db.query<{ journal: string; writtenAt: Date }>(
    `select keys ->> 'journal' as journal, written_at as "writtenAt" from erp_documents
     where erp = $1 and company = $2 and state = 'written' and settled_at is null and keys ? 'journal'
     order by written_at limit $3`,
    [erp, company, limit],
  );
  return rows;
}
