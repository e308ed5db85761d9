import type { Database, Queryable } from './database.js';

/** A business event of F&O as it is kept: what it hints at, and no more of it (F&O spec 13). */
export interface ReceivedBusinessEvent {
  /** Connection of the endpoint at which it came in. */
  connection: string;
  eventId: string;
  /** Null where the body could not be read. */
  businessEventId: string | null;
  /** In lower case; null where the event names none. */
  company: string | null;
  happenedAt: Date | null;
  /** Schedules, without the queue prefix, of the watches that it hints at. */
  awaits: readonly string[];
  /** Why it hints at none. */
  note: string | null;
  /** The bytes as received, of what could not be read; null for the others, and where they were too many. */
  body: Buffer | null;
}

/** A watch that events hint at and that nobody has told yet. */
export interface AwaitedWatch {
  watch: string;
  ids: string[];
}

/** Stores an event once per connection and event id (decisions 12). A repeat is counted and hints at nothing. */
export async function storeBusinessEvent(db: Queryable, event: ReceivedBusinessEvent): Promise<'fresh' | 'duplicate'> {
  const { rows } = await db.query<{ fresh: boolean }>(
    `insert into fo_business_events (connection, event_id, business_event_id, company, happened_at, awaits, note, body)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (connection, event_id) do update set duplicates = fo_business_events.duplicates + 1
     returning (xmax = 0) as fresh`,
    [
      event.connection,
      event.eventId,
      event.businessEventId,
      event.company,
      event.happenedAt,
      event.awaits,
      event.note,
      event.body,
    ],
  );
  return rows[0]?.fresh === false ? 'duplicate' : 'fresh';
}

/**
 * Watches that are to be told, by the oldest `limit` hints.
 * @param besides watches that are left out
 */
export async function awaitedWatches(
  db: Queryable,
  limit: number,
  besides: readonly string[] = [],
): Promise<AwaitedWatch[]> {
  const { rows } = await db.query<AwaitedWatch>(
    `select watch, array_agg(id::text) as ids
     from (select id, watch from fo_business_events cross join unnest(awaits) as watch
           where awaits <> '{}' and watch <> all($2::text[])
           order by id limit $1) as waiting
     group by watch`,
    [limit, besides],
  );
  return rows;
}

/** Ends the hints of these events at one watch: it was told, or it is not told for the reason in `note`. Safe to repeat. */
export async function endHints(db: Queryable, { watch, ids }: AwaitedWatch, note: string | null = null): Promise<void> {
  await db.query(
    `update fo_business_events set awaits = array_remove(awaits, $1), note = coalesce($3, note)
     where id = any($2::bigint[]) and awaits @> array[$1]`,
    [watch, ids, note],
  );
}

/**
 * Deletes events that came in before the given age and hint at nothing any more, in bounded steps.
 * @returns how many were deleted
 */
export async function deleteOldBusinessEvents(
  db: Database,
  days: number,
  batch = 1_000,
  batches = 100,
): Promise<number> {
  let deleted = 0;
  for (let turn = 0; turn < batches; turn += 1) {
    const { rowCount } = await db.query(
      `delete from fo_business_events where id in (select id from fo_business_events
         where received_at < now() - make_interval(days => $1) and awaits = '{}' order by received_at limit $2)`,
      [days, batch],
    );
    deleted += rowCount ?? 0;
    if ((rowCount ?? 0) < batch) break;
  }
  return deleted;
}

/** What has come in at the endpoint of one connection, as far as it is kept. */
export interface BusinessEventCounts {
  received: number;
  /** Deliveries of events that were here already. */
  repeated: number;
  /** Bodies that could not be read. */
  putAside: number;
  /** Events whose hint has not been given yet. */
  waiting: number;
  /** Events that hint at nothing that is followed. */
  ignored: number;
  lastReceivedAt: Date | null;
  /** Id in the catalogue of the newest event. */
  lastEvent: string | null;
}

export async function countBusinessEvents(db: Queryable, connection: string): Promise<BusinessEventCounts> {
  const { rows } = await db.query<BusinessEventCounts>(
    `select count(*)::int as received, coalesce(sum(duplicates), 0)::int as repeated,
       count(*) filter (where business_event_id is null)::int as "putAside",
       count(*) filter (where awaits <> '{}')::int as waiting,
       count(*) filter (where business_event_id is not null and note like 'ignored:%')::int as ignored,
       max(received_at) as "lastReceivedAt",
       (array_agg(business_event_id order by id desc) filter (where business_event_id is not null))[1]
         as "lastEvent"
     from fo_business_events where connection = $1`,
    [connection],
  );
  const [counts] = rows;
  if (!counts) throw new Error('An aggregate without groups answers one row.');
  return counts;
}

/** Events that came in at the endpoint of one connection within 24 hours. */
export async function countRecentBusinessEvents(db: Queryable, connection: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `select count(*)::int as count from fo_business_events
     where connection = $1 and received_at > now() - interval '24 hours'`,
    [connection],
  );
  return rows[0]?.count ?? 0;
}
