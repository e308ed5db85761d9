import type { Queryable } from './database.js';

/** What has come in at the endpoint of one connection, as far as it is kept. */
export interface EventCounts {
  verified: number;
  unverified: number;
  quarantined: number;
  /** Deliveries of events that were here already. */
  repeated: number;
  /** Outside the quarantine and not handled yet. */
  waiting: number;
  ignored: number;
  lastReceivedAt: Date | null;
  /** Algorithm and key of the newest verified event. */
  lastVerifiedBy: string | null;
}

export async function countEvents(db: Queryable, connection: string): Promise<EventCounts> {
  const { rows } = await db.query<EventCounts>(
    `select count(*) filter (where verdict = 'verified')::int as verified,
       count(*) filter (where verdict = 'unverified')::int as unverified,
       count(*) filter (where verdict = 'quarantined')::int as quarantined,
       coalesce(sum(duplicates), 0)::int as repeated,
       count(*) filter (where verdict <> 'quarantined' and handled_at is null)::int as waiting,
       count(*) filter (where handled_note like 'ignored:%')::int as ignored,
       max(received_at) as "lastReceivedAt",
       (array_agg(verdict_detail order by id desc) filter (where verdict = 'verified'))[1] as "lastVerifiedBy"
     from concur_events where connection = $1`,
    [connection],
  );
  const [counts] = rows;
  if (!counts) throw new Error('An aggregate without groups answers one row.');
  return counts;
}

/** Events of the last 24 hours at the endpoint of one connection whose sender is not proven. */
export async function countUntrusted(db: Queryable, connection: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `select count(*)::int as count from concur_events
     where connection = $1 and verdict <> 'verified' and received_at > now() - interval '24 hours'`,
    [connection],
  );
  return rows[0]?.count ?? 0;
}

/** What the poll found and what was announced for one company within the last hours. */
export interface AnnouncedDocuments {
  /** Events about the company outside the quarantine, at whichever endpoint they came in. */
  announced: number;
  /** Events in quarantine at the connection's endpoint. */
  quarantined: number;
  /** Documents of the connection that were found more recently than `hours` less one. */
  found: number;
}

/**
 * Compares the two ways by which documents become known. A document is found a moment after its event: the first hour of the
 * time is left out for documents, so that one at its edge does not count as unannounced.
 */
export async function announcedDocuments(
  db: Queryable,
  connection: string,
  companyUuid: string,
  hours: number,
): Promise<AnnouncedDocuments> {
  const { rows } = await db.query<AnnouncedDocuments>(
    `select
       (select count(*)::int from concur_events where company_uuid = lower($2) and verdict <> 'quarantined'
          and received_at > now() - $3 * interval '1 hour') as announced,
       (select count(*)::int from concur_events where connection = $1 and verdict = 'quarantined'
          and received_at > now() - $3 * interval '1 hour') as quarantined,
       (select count(*)::int from documents where connection = $1
          and discovered_at > now() - $3 * interval '1 hour' + interval '1 hour') as found`,
    [connection, companyUuid, hours],
  );
  return rows[0] ?? { announced: 0, quarantined: 0, found: 0 };
}
