import type { Database, Queryable } from './database.js';

/** What is known about the sender of an event. */
export type EventVerdict =
  | { verdict: 'verified' | 'unverified'; detail: string }
  | { verdict: 'quarantined'; detail: string; quarantinedFor: 'signature' | 'certificate' };

/** An event as it came in. */
export interface ReceivedEvent {
  /** Connection of the endpoint at which it came in. */
  connection: string;
  eventId: string;
  eventType: string | null;
  docType: string | null;
  businessId: string | null;
  /** In lower case. */
  companyUuid: string | null;
  correlationId: string | null;
  /** The bytes as received; null where they were too many. */
  body: Buffer | null;
  bodySha256: string;
  signature: string | null;
  verdict: EventVerdict;
  keySet: string;
}

/** Events that may be work, by what decides about it. */
export interface EventGroup {
  connection: string;
  companyUuid: string | null;
  docType: string | null;
  eventType: string | null;
  ids: string[];
}

/** How far an event is trusted; a repeat that is trusted more replaces the first one. */
const trust: Record<EventVerdict['verdict'], number> = { quarantined: 0, unverified: 1, verified: 2 };

/** The id of an event that is known by its body alone. */
export const eventIdByDigest = (bodySha256: string): string => `sha256:${bodySha256}`;

/**
 * Stores an event once per connection, event id and body. A repeat is counted and is no work, unless the first one was trusted
 * less: a forged event must not keep away the true one that has the same id. Neither may it be kept away by one that is trusted
 * alike or more and says something else: another body under a known id is an event of its own, by the digest of that body.
 */
export async function storeEvent(db: Queryable, event: ReceivedEvent): Promise<'fresh' | 'duplicate' | 'replaced'> {
  const { rows } = await db.query<{ fresh: boolean; same: boolean; verdict: EventVerdict['verdict'] }>(
    `insert into concur_events (connection, event_id, event_type, doc_type, business_id, company_uuid, correlation_id, body,
       body_sha256, signature, verdict, verdict_detail, quarantined_for, key_set)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
     on conflict (connection, event_id) do update
       set duplicates = concur_events.duplicates + (concur_events.body_sha256 = excluded.body_sha256)::int
     returning (xmax = 0) as fresh, body_sha256 = $9 as same, verdict`,
    valuesOf(event),
  );
  const row = rows[0];
  if (row === undefined || row.fresh) return 'fresh';
  if (trust[event.verdict.verdict] <= trust[row.verdict]) {
    return row.same ? 'duplicate' : storeEvent(db, { ...event, eventId: eventIdByDigest(event.bodySha256) });
  }
  const { rowCount } = await db.query(
    `update concur_events set event_type = $3, doc_type = $4, business_id = $5, company_uuid = $6, correlation_id = $7, body = $8,
       body_sha256 = $9, signature = $10, verdict = $11, verdict_detail = $12, quarantined_for = $13, key_set = $14,
       received_at = now(), handled_at = null, handled_note = null
     where connection = $1 and event_id = $2 and verdict = $15`,
    [...valuesOf(event), row.verdict],
  );
  // Somebody else has replaced it meanwhile: that one is compared with.
  return rowCount === 1 ? 'replaced' : storeEvent(db, event);
}

function valuesOf(event: ReceivedEvent): unknown[] {
  const { verdict } = event;
  return [
    event.connection,
    event.eventId,
    event.eventType,
    event.docType,
    event.businessId,
    event.companyUuid,
    event.correlationId,
    event.body,
    event.bodySha256,
    event.signature,
    verdict.verdict,
    verdict.detail,
    verdict.verdict === 'quarantined' ? verdict.quarantinedFor : null,
    event.keySet,
  ];
}

/** The newest quarantined event of a connection; undefined where there is none. */
export async function newestQuarantinedEvent(db: Queryable, connection: string): Promise<string | undefined> {
  const { rows } = await db.query<{ id: string }>(
    `select id from concur_events where connection = $1 and verdict = 'quarantined' order by id desc limit 1`,
    [connection],
  );
  return rows[0]?.id;
}

/**
 * Quarantined events whose signature was judged with another set of keys than this one, oldest first.
 * @param range ids after the first and up to the second one
 */
export async function quarantinedEvents(
  db: Queryable,
  connection: string,
  keySet: string,
  range: { after: string; upTo: string; limit: number },
): Promise<{ id: string; body: Buffer | null; signature: string | null }[]> {
  const { rows } = await db.query<{ id: string; body: Buffer | null; signature: string | null }>(
    `select id, body, signature from concur_events
     where connection = $1 and verdict = 'quarantined' and quarantined_for = 'signature' and key_set <> $2
       and id > $3 and id <= $4
     order by id limit $5`,
    [connection, keySet, range.after, range.upTo, range.limit],
  );
  return rows;
}

/** Notes a later verdict about a quarantined event; one that leaves the quarantine waits to be handled. */
export async function rejudgeEvent(db: Queryable, id: string, verdict: EventVerdict, keySet: string): Promise<void> {
  await db.query(
    `update concur_events set verdict = $2, verdict_detail = $3, quarantined_for = $4, key_set = $5
     where id = $1 and verdict = 'quarantined'`,
    [id, verdict.verdict, verdict.detail, verdict.verdict === 'quarantined' ? verdict.quarantinedFor : null, keySet],
  );
}

/**
 * Events outside the quarantine that nobody has handled yet, the oldest `limit` of them, grouped.
 * @param besides companies, in lower case, whose events are left out
 */
export async function unhandledEvents(
  db: Queryable,
  limit: number,
  besides: readonly string[] = [],
): Promise<EventGroup[]> {
  const { rows } = await db.query<EventGroup>(
    `select connection, company_uuid as "companyUuid", doc_type as "docType", event_type as "eventType",
       array_agg(id::text) as ids
     from (select * from concur_events where handled_at is null and verdict <> 'quarantined'
             and (company_uuid is null or company_uuid <> all($2::text[]))
           order by id limit $1) as waiting
     group by connection, company_uuid, doc_type, event_type`,
    [limit, besides],
  );
  return rows;
}

/** Ends events: they were hinted on, or ignored for the reason in `note`. */
export async function markHandled(db: Queryable, ids: readonly string[], note: string): Promise<void> {
  await db.query(
    'update concur_events set handled_at = now(), handled_note = $2 where id = any($1::bigint[]) and handled_at is null',
    [ids, note],
  );
}

/**
 * Deletes events that came in before the given age and are ended or in quarantine, in bounded steps. Unhandled ones stay.
 * @returns how many were deleted
 */
export async function deleteOldEvents(db: Database, days: number, batch = 1_000, batches = 100): Promise<number> {
  let deleted = 0;
  for (let turn = 0; turn < batches; turn += 1) {
    const { rowCount } = await db.query(
      `delete from concur_events where id in (select id from concur_events
         where received_at < now() - make_interval(days => $1) and (handled_at is not null or verdict = 'quarantined')
         order by received_at limit $2)`,
      [days, batch],
    );
    deleted += rowCount ?? 0;
    if ((rowCount ?? 0) < batch) break;
  }
  return deleted;
}
