import type { Queryable } from './database.js';

/**
 * How a remote write ended; `unknown` is never written: an intent without a result says so. `withdrawn`: what it brought about,
 * if anything, is out of the ERP again.
 */
export type WriteOutcome = 'done' | 'rejected' | 'found' | 'not-executed' | 'withdrawn';

/** What is known about earlier writes under one key, read before anything is looked for in the remote system. */
export interface EarlierWrites {
  /** The newest of them; a write that begins later than this was not ours. */
  newestId: string;
  /** One whose outcome is unknown, with the time since its answer was lost. */
  open: { ageMs: number } | undefined;
  /** Whether one of them may have taken effect: was not refused. */
  mayHaveWorked: boolean;
}

/** Reads the earlier writes; an attempt that died without a word counts as lost from now on. */
export async function earlierWrites(db: Queryable, operation: string, key: string): Promise<EarlierWrites> {
  const lost = await db.query<{ ageMs: number }>(
    `update remote_writes set lost_at = coalesce(lost_at, now()) where operation = $1 and key = $2 and outcome is null
     returning (extract(epoch from now() - lost_at) * 1000)::float8 as "ageMs"`,
    [operation, key],
  );
  const newest = await db.query<{ id: string; mayHaveWorked: boolean }>(
    `select coalesce(max(id), 0) as id, coalesce(bool_or(outcome is distinct from 'rejected'), false) as "mayHaveWorked"
     from remote_writes where operation = $1 and key = $2`,
    [operation, key],
  );
  const { id = '0', mayHaveWorked = false } = newest.rows[0] ?? {};
  return { newestId: id, open: lost.rows[0], mayHaveWorked };
}

/**
 * Writes the intent row before the call, unless another attempt has written since `newestId` was read: then undefined, and the
 * caller must look again. Undefined, too, where the document has been taken off the way that the write belongs to, where the
 * purchase request is closed, and where people have taken over its order. This is the fence against an attempt that was cut off
 * and comes back late.
 */
export async function recordIntent(
  db: Queryable,
  write: { documentId: string; operation: string; key: string; payloadSha256: string; newestId: string },
): Promise<string | undefined> {
  const { rows } = await db.query<{ id: string }>(
    `insert into remote_writes (document_id, operation, key, payload_sha256)
     select $1, $2, $3, $4
     where (select coalesce(max(id), 0) from remote_writes where operation = $2 and key = $3) = $5::bigint
       and ($6::boolean is null or exists (
         select 1 from documents where id = $1 and outcome is null and (leaving is not null) = $6 for share))
       and ($2 not like 'purchase-order.%' or exists (
         select 1 from purchase_requests where id = $1 and outcome is null for share))
       and ($2 <> 'purchase-order.create' or exists (
         select 1 from purchase_orders where request = $1 and right($3, length(order_number) + 1) = '/' || order_number
           and state = 'writing' for share))
     on conflict do nothing returning id`,
    [write.documentId, write.operation, write.key, write.payloadSha256, write.newestId, needsLeaving(write.operation)],
  );
  return rows[0]?.id;
}

/**
 * True for a write that takes a document out of the ERP or back to Concur, false for one that carries it on: neither begins
 * while the document goes the other way, or is closed. Null for a write that both ways need.
 */
function needsLeaving(operation: string): boolean | null {
  if (/^(fo|bc|nav)\.withdraw-|^fis\.confirm-posting-error$/.test(operation)) return true;
  return /^(fo|bc|nav)\.|^fis\.confirm-posting$/.test(operation) ? false : null;
}

/** The answer to a write was lost: its outcome is unknown from now on. */
export async function recordLost(db: Queryable, id: string): Promise<void> {
  await db.query('update remote_writes set lost_at = now() where id = $1 and outcome is null', [id]);
}

export async function recordResult(db: Queryable, id: string, outcome: WriteOutcome): Promise<void> {
  await db.query('update remote_writes set finished_at = now(), outcome = $2 where id = $1 and outcome is null', [
    id,
    outcome,
  ]);
}

/** Settles every open intent under this key once the truth is known. */
export async function settleWrites(
  db: Queryable,
  operation: string,
  key: string,
  outcome: WriteOutcome,
): Promise<void> {
  await db.query(
    'update remote_writes set finished_at = now(), outcome = $3 where operation = $1 and key = $2 and outcome is null',
    [operation, key, outcome],
  );
}

/** How often writes under this key were refused within the last hour. */
export async function refusalsWithinHour(db: Queryable, operation: string, key: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `select count(*)::int as count from remote_writes
     where operation = $1 and key = $2 and outcome = 'rejected' and finished_at > now() - interval '1 hour'`,
    [operation, key],
  );
  return rows[0]?.count ?? 0;
}

/** True once a write under this key is known to have taken effect. */
export async function isWriteDone(db: Queryable, operation: string, key: string): Promise<boolean> {
  const { rows } = await db.query(
    `select 1 from remote_writes where operation = $1 and key = $2 and outcome in ('done', 'found') limit 1`,
    [operation, key],
  );
  return rows.length > 0;
}

/** SQL condition on a `remote_writes` row: it has, or may have, taken effect. */
const mayHaveTakenEffect = `(outcome is null or outcome in ('done', 'found'))`;

/** SQL condition on a `remote_writes` row: it has put, or may have put, something into the ERP. */
export const mayHaveReachedErp = `(operation like 'fo.%' or operation like 'bc.%' or operation like 'nav.%')
  and ${mayHaveTakenEffect}`;

/** True if the ERP holds, or may hold, something of a document: then its plan and its keys must stay what they are. */
export async function mayBeInErp(db: Queryable, documentId: string): Promise<boolean> {
  const { rows } = await db.query(
    `select 1 from remote_writes where document_id = $1 and ${mayHaveReachedErp} limit 1`,
    [documentId],
  );
  return rows.length > 0;
}

/**
 * Milliseconds since the answers to ERP writes of a document were lost, the latest first; an attempt that died without a word
 * counts as lost from now on.
 */
export async function lostErpWrites(db: Queryable, documentId: string): Promise<number[]> {
  const { rows } = await db.query<{ ageMs: number }>(
    `update remote_writes set lost_at = coalesce(lost_at, now())
     where document_id = $1 and outcome is null and ${mayHaveReachedErp}
     returning (extract(epoch from now() - lost_at) * 1000)::float8 as "ageMs"`,
    [documentId],
  );
  return rows.map((row) => row.ageMs).sort((left, right) => left - right);
}

/** The ERP was read back and holds nothing of the document any more: none of its writes counts as being there. */
export async function markWritesWithdrawn(db: Queryable, documentId: string): Promise<void> {
  const outcome: WriteOutcome = 'withdrawn';
  await db.query(
    `update remote_writes set outcome = $2, finished_at = coalesce(finished_at, now())
     where document_id = $1 and ${mayHaveReachedErp}`,
    [documentId, outcome],
  );
}

/** True once a write under this key was begun, whatever became of it. */
export async function hasBegun(db: Queryable, operation: string, key: string): Promise<boolean> {
  const { rows } = await db.query('select 1 from remote_writes where operation = $1 and key = $2 limit 1', [
    operation,
    key,
  ]);
  return rows.length > 0;
}

/** True while a write under this key has, or may have, taken effect. */
export async function mayHaveWorked(db: Queryable, operation: string, key: string): Promise<boolean> {
  const { rows } = await db.query(
    `select 1 from remote_writes where operation = $1 and key = $2 and ${mayHaveTakenEffect} limit 1`,
    [operation, key],
  );
  return rows.length > 0;
}

/** SQL condition on a `purchase_orders` row `o`: the ERP has, or may have, got the order. */
export const orderMayStand = `exists (select 1 from remote_writes where document_id = o.request
  and operation = 'purchase-order.create' and right(key, length(o.order_number) + 1) = '/' || o.order_number
  and ${mayHaveTakenEffect})`;

/** True while it is open whether the ERP has got an order: a write is under way, or its answer was lost. */
export async function isOrderUnderWay(db: Queryable, request: string, orderNumber: string): Promise<boolean> {
  const { rows } = await db.query(
    `select 1 from remote_writes where document_id = $1 and operation = 'purchase-order.create'
       and right(key, length($2) + 1) = '/' || $2 and outcome is null limit 1`,
    [request, orderNumber],
  );
  return rows.length > 0;
}

/** True once something of a document has, or may have, been deleted in an ERP. */
export async function hasBegunToLeave(db: Queryable, documentId: string): Promise<boolean> {
  const { rows } = await db.query(
    `select 1 from remote_writes where document_id = $1 and operation ~ '^(fo|bc|nav)[.]withdraw-'
       and ${mayHaveTakenEffect} limit 1`,
    [documentId],
  );
  return rows.length > 0;
}
