import type { Queryable } from './database.js';

/** How long documents took from the first poll that saw them to the posting that Concur was told of, in seconds. */
export interface HandOffTimes {
  connection: string;
  docType: string;
  documents: number;
  medianSeconds: number;
  /** 95 of 100 documents took no longer. */
  p95Seconds: number;
  slowestSeconds: number;
}

/** Times of the documents confirmed in the last days, per Concur connection and document type (S105). */
export async function handOffTimes(db: Queryable, days: number): Promise<HandOffTimes[]> {
  const { rows } = await db.query<HandOffTimes>(
    `select connection, doc_type as "docType", count(*)::int as documents,
       percentile_cont(0.5) within group (order by taken)::float8 as "medianSeconds",
       percentile_cont(0.95) within group (order by taken)::float8 as "p95Seconds",
       max(taken)::float8 as "slowestSeconds"
     from (select connection, doc_type, extract(epoch from posting_confirmed_at - discovered_at) as taken
           from documents where posting_confirmed_at > now() - make_interval(days => $1)) as confirmed
     group by connection, doc_type order by connection, doc_type`,
    [days],
  );
  return rows;
}

/** Open documents of which Concur has not heard within the target; `oldest` is the number that people know. */
export async function lateHandOffs(
  db: Queryable,
  connection: string,
  targetSeconds: number,
): Promise<{ count: number; oldest: string | null; since: Date | null }> {
  const { rows } = await db.query<{ count: number; oldest: string | null; since: Date | null }>(
    `select count(*)::int as count, (array_agg(human_number order by discovered_at))[1] as oldest,
       min(discovered_at) as since
     from documents where connection = $1 and outcome is null and posting_confirmed_at is null
       and discovered_at < now() - make_interval(secs => $2)`,
    [connection, targetSeconds],
  );
  return rows[0] ?? { count: 0, oldest: null, since: null };
}
