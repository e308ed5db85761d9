import type { Database } from '../../store/database.js';

/** Documents that were written to an ERP connection at any time, by route. */
export async function documentsByRoute(db: Database, erp: string): Promise<Record<string, number>> {
  const { rows } = await db.query<{ route: string; documents: number }>(
    `select document ->> 'route' as route, count(*)::int as documents from erp_documents
     where erp = $1 and written_at is not null group by 1`,
    [erp],
  );
  return Object.fromEntries(rows.map(({ route, documents }) => [route, documents]));
}

/** Causes of all alerts that have ever been raised, also of those that are cleared. */
export async function alertCauses(db: Database): Promise<string[]> {
  const { rows } = await db.query<{ cause: string }>('select cause from alerts order by cause');
  return rows.map(({ cause }) => cause);
}
