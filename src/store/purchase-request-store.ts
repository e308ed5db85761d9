import type { HoldReason } from '../contracts/hold-reasons.js';
import type { PurchaseRequestOutcome, PurchaseRequestStage } from '../contracts/purchase-orders.js';
import { appendAudit } from './audit-store.js';
import type { Database, Queryable } from './database.js';
import { inTransaction } from './database.js';

/** A purchase request that the connector was told of. */
export interface StoredPurchaseRequest {
  /** Workflow id. */
  id: string;
  connection: string;
  requestId: string;
  /** The number that people know; null until Concur has created the request. */
  requestNumber: string | null;
  queueStatus: string | null;
  workflowStatus: string | null;
  knownAt: Date;
  knownBy: string;
  startedAt: Date | null;
  readAt: Date | null;
  stage: PurchaseRequestStage;
  holdReason: HoldReason | null;
  holdMessage: string | null;
  heldSince: Date | null;
  outcome: PurchaseRequestOutcome | null;
  closedAt: Date | null;
}

const columns = `id, connection, request_id as "requestId", request_number as "requestNumber", queue_status as "queueStatus",
  workflow_status as "workflowStatus", known_at as "knownAt", known_by as "knownBy", started_at as "startedAt",
  read_at as "readAt", stage, hold_reason as "holdReason", hold_message as "holdMessage", held_since as "heldSince",
  outcome, closed_at as "closedAt"`;

/** Stores a request unless it is known. Returns true if it was new. */
export async function storePurchaseRequest(
  db: Database,
  request: { id: string; connection: string; requestId: string; by: string },
): Promise<boolean> {
  return inTransaction(db, async (client) => {
    const { rowCount } = await client.query(
      `insert into purchase_requests (id, connection, request_id, known_by) values ($1, $2, $3, $4) on conflict do nothing`,
      [request.id, request.connection, request.requestId, request.by],
    );
    if (rowCount !== 1) return false;
    const data = { stage: 'discovered', requestId: request.requestId };
    await appendAudit(client, { documentId: request.id, kind: 'state', actor: request.by, data });
    return true;
  });
}

/** Requests of a connection that nothing was started for yet, oldest first. */
export async function unstartedPurchaseRequests(db: Queryable, connection: string): Promise<StoredPurchaseRequest[]> {
  const { rows } = await db.query<StoredPurchaseRequest>(
    `select ${columns} from purchase_requests where connection = $1 and started_at is null order by known_at, id`,
    [connection],
  );
  return rows;
}

export async function markPurchaseRequestStarted(db: Queryable, id: string): Promise<void> {
  await db.query('update purchase_requests set started_at = coalesce(started_at, now()) where id = $1', [id]);
}

/** @throws Error if the request is unknown: a workflow never runs without its row */
export async function readPurchaseRequest(db: Queryable, id: string): Promise<StoredPurchaseRequest> {
  const { rows } = await db.query<StoredPurchaseRequest>(`select ${columns} from purchase_requests where id = $1`, [
    id,
  ]);
  const [request] = rows;
  if (!request) throw new Error(`Purchase request ${id} is not in the store.`);
  return request;
}

/** Finds requests by workflow id, request id, the number people know, or the number of an order in Concur or in the ERP. */
export async function searchPurchaseRequests(db: Queryable, term: string): Promise<StoredPurchaseRequest[]> {
  const { rows } = await db.query<StoredPurchaseRequest>(
    `select ${columns} from purchase_requests where id = $1 or request_id = $1 or request_number = $1
       or id in (select request from purchase_orders where order_number = $1 or erp_number = $1)
     order by known_at limit 50`,
    [term],
  );
  return rows;
}

/** All requests for lists, newest first. */
export async function listPurchaseRequests(db: Queryable, limit: number): Promise<StoredPurchaseRequest[]> {
  const { rows } = await db.query<StoredPurchaseRequest>(
    `select ${columns} from purchase_requests order by known_at desc, id limit $1`,
    [limit],
  );
  return rows;
}

/** Keeps what Concur says of a request. */
export async function recordRequestRead(
  db: Queryable,
  id: string,
  read: { requestNumber: string | undefined; queueStatus: string; workflowStatus: string | undefined },
): Promise<void> {
  await db.query(
    `update purchase_requests set request_number = coalesce($2, request_number), queue_status = $3, workflow_status = $4,
       read_at = now() where id = $1`,
    [id, read.requestNumber ?? null, read.queueStatus, read.workflowStatus ?? null],
  );
}

/** Reaches a stage; said again, it changes nothing and writes no audit line. A closed request stays closed. */
export async function reachPurchaseStage(db: Database, id: string, stage: PurchaseRequestStage): Promise<void> {
  await inTransaction(db, async (client) => {
    const { rowCount } = await client.query(
      'update purchase_requests set stage = $2 where id = $1 and outcome is null and stage <> $2',
      [id, stage],
    );
    if (rowCount === 1)
      await appendAudit(client, { documentId: id, kind: 'state', actor: 'connector', data: { stage } });
  });
}

/** Closes a request with its outcome, once; `who` is named where a person ended it. */
export async function closePurchaseRequest(
  db: Database,
  id: string,
  outcome: PurchaseRequestOutcome,
  detail: string,
  who?: { by: string; reason: string },
): Promise<void> {
  await closePurchaseRequestAs(db, id, outcome, () => Promise.resolve(detail), who);
}

/**
 * Closes a request as {@link closePurchaseRequest} does, with what `tell` finds while nobody can begin a write for it: see
 * `recordIntent`. Answers the detail.
 */
export async function closePurchaseRequestAs(
  db: Database,
  id: string,
  outcome: PurchaseRequestOutcome,
  tell: (client: Queryable) => Promise<string>,
  who?: { by: string; reason: string },
): Promise<string> {
  return inTransaction(db, async (client) => {
    await client.query('select 1 from purchase_requests where id = $1 for update', [id]);
    const detail = await tell(client);
    const { rowCount } = await client.query(
      `update purchase_requests set stage = 'closed', outcome = $2, closed_at = now(), hold_reason = null,
         hold_message = null, held_since = null where id = $1 and outcome is null`,
      [id, outcome],
    );
    if (rowCount !== 1) return detail;
    const data = { stage: 'closed', outcome, detail, ...(who === undefined ? {} : { reason: who.reason }) };
    await appendAudit(client, { documentId: id, kind: 'state', actor: who?.by ?? 'connector', data });
    return detail;
  });
}
