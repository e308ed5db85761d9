import type { OpenSpan } from '../contracts/posting-periods.js';
import type { Queryable } from './database.js';

/** What an ERP said about its periods counts for so long; a period that a person opens must count soon. */
const validSeconds = 60;

/** Remembers on which days an ERP company takes postings, as it just said. */
export async function rememberOpenSpans(
  db: Queryable,
  { erp, company }: { erp: string; company: string },
  spans: readonly OpenSpan[],
): Promise<void> {
  await db.query(
    `insert into open_periods (erp, company, spans, read_at) values ($1, $2, $3, now())
     on conflict (erp, company) do update set spans = excluded.spans, read_at = excluded.read_at
     where open_periods.spans is distinct from excluded.spans or open_periods.read_at < now() - interval '20 seconds'`,
    [erp, company, JSON.stringify(spans)],
  );
}

/** What ERP companies said within the last minute, by `erp/company`; a company that did not is left out. */
export async function readOpenSpans(db: Queryable): Promise<Record<string, OpenSpan[]>> {
  const { rows } = await db.query<{ erp: string; company: string; spans: OpenSpan[] }>(
    `select erp, company, spans from open_periods where read_at > now() - make_interval(secs => $1)`,
    [validSeconds],
  );
  return Object.fromEntries(rows.map(({ erp, company, spans }) => [`${erp}/${company}`, spans]));
}
