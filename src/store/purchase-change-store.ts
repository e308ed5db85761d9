import type { ChangeDecision } from '../contracts/purchase-orders.js';
import { appendAudit } from './audit-store.js';
import type { Database, Queryable } from './database.js';
import { inTransaction } from './database.js';
import { isOrderUnderWay } from './remote-write-store.js';

/** A change of an order that stands in an ERP: what was found, when, and who has decided what about it (S113). */
export interface PurchaseOrderChange {
  id: string;
  request: string;
  orderNumber: string;
  kind: 'changed-in-concur' | 'removed-in-erp';
  sentences: string[];
  seenAt: Date;
  decision: ChangeDecision | 'superseded' | 'taken-back' | null;
  decidedBy: string | null;
  decidedAt: Date | null;
  note: string | null;
}

const columns = `id::text, request, order_number as "orderNumber", kind, sentences, seen_at as "seenAt", decision,
  decided_by as "decidedBy", decided_at as "decidedAt", note`;

/** All change records of a request, oldest first. */
export async function readOrderChanges(db: Queryable, request: string): Promise<PurchaseOrderChange[]> {
  const { rows } = await db.query<PurchaseOrderChange>(
    `select ${columns} from purchase_order_changes where request = $1 order by id`,
    [request],
  );
  return rows;
}

/** Change records that wait for a decision, over all requests, oldest first. */
export async function openOrderChanges(db: Queryable): Promise<(PurchaseOrderChange & { requestId: string })[]> {
  const { rows } = await db.query<PurchaseOrderChange & { requestId: string }>(
    `select ${columns.replace('id::text', 'c.id::text')}, (select request_id from purchase_requests r where r.id = c.request) as "requestId"
     from purchase_order_changes c where decided_at is null order by c.id`,
  );
  return rows;
}

interface FoundChange {
  request: string;
  orderNumber: string;
  kind: PurchaseOrderChange['kind'];
  digest: string;
  reading?: unknown;
  sentences: string[];
}

/**
 * Opens a change record, in place of an open one of the same kind that says something else. The same change opens no second
 * one. Returns true if the record is new: then people are to be told.
 */
export async function openOrderChange(db: Database, change: FoundChange): Promise<boolean> {
  const { request, orderNumber, kind, digest, reading, sentences } = change;
  return inTransaction(db, async (client) => {
    await lockOrder(client, request, orderNumber);
    const { rows } = await client.query<{ digest: string }>(
      `select digest from purchase_order_changes
       where request = $1 and order_number = $2 and kind = $3 and decided_at is null`,
      [request, orderNumber, kind],
    );
    if (rows[0]?.digest === digest) return false;
    await settleOpen(client, { request, orderNumber, kind, decision: 'superseded' });
    await client.query(
      `insert into purchase_order_changes (request, order_number, kind, digest, reading, sentences)
       values ($1, $2, $3, $4, $5, $6)`,
      [request, orderNumber, kind, digest, reading === undefined ? null : JSON.stringify(reading), sentences],
    );
    const data = { purchaseOrder: orderNumber, change: kind, sentences };
    await appendAudit(client, { documentId: request, kind: 'state', actor: 'connector', data });
    return true;
  });
}

/** Concur shows an order again as it was agreed: an open change of it asks nobody for anything any more. */
export async function takeBackOrderChange(db: Database, request: string, orderNumber: string): Promise<boolean> {
  return inTransaction(db, async (client) =>
    settleOpen(client, { request, orderNumber, kind: 'changed-in-concur', decision: 'taken-back' }),
  );
}

async function settleOpen(
  client: Queryable,
  {
    request,
    orderNumber,
    kind,
    decision,
  }: Pick<FoundChange, 'request' | 'orderNumber' | 'kind'> & { decision: string },
): Promise<boolean> {
  const { rows } = await client.query<{ id: string }>(
    `update purchase_order_changes set decision = $4, decided_by = 'connector', decided_at = now()
     where request = $1 and order_number = $2 and kind = $3 and decided_at is null returning id::text`,
    [request, orderNumber, kind, decision],
  );
  const [settled] = rows;
  if (!settled) return false;
  const data = { purchaseOrder: orderNumber, change: settled.id, decision };
  await appendAudit(client, { documentId: request, kind: 'state', actor: 'connector', data });
  return true;
}

/**
 * Records what a person has decided about an open change. What changed in Concur is agreed from then on; an order that was
 * replaced is left to people. Nothing is written to Concur or to the ERP. Answers why that cannot be, if it cannot.
 */
export async function decideOrderChange(
  db: Database,
  request: string,
  decision: { change: string; decision: ChangeDecision; by: string; note: string },
): Promise<string | undefined> {
  return inTransaction(db, async (client) => {
    const { rows } = await client.query<{ orderNumber: string; kind: string; decision: string | null }>(
      `select order_number as "orderNumber", kind, decision from purchase_order_changes
       where id = $1 and request = $2 for update`,
      [decision.change, request],
    );
    const [change] = rows;
    if (!change) return `There is no change record ${decision.change} of this request.`;
    if (change.decision === decision.decision) return undefined;
    if (change.decision !== null) return `Change ${decision.change} is ${change.decision} already.`;
    if (change.kind === 'removed-in-erp' && decision.decision === 'amended') {
      return 'The order is gone from the ERP: say that it was replaced, or dismiss the change.';
    }
    // No write begins while the row is locked: an order that is left to people is created by nobody afterwards.
    await lockOrder(client, request, change.orderNumber);
    if (await isOrderUnderWay(client, request, change.orderNumber)) {
      return `Order ${change.orderNumber} is just being written to the ERP, and its number is not known yet. Decide once it is shown.`;
    }
    await client.query(
      `update purchase_order_changes set decision = $2, decided_by = $3, decided_at = now(), note = $4 where id = $1`,
      [decision.change, decision.decision, decision.by, decision.note],
    );
    await client.query(
      `update purchase_orders o set reading = coalesce(c.reading, o.reading),
         digest = case when c.reading is null then o.digest else c.digest end,
         state = case when $2 = 'replaced' then 'left' else o.state end
       from purchase_order_changes c
       where c.id = $1 and o.request = c.request and o.order_number = c.order_number`,
      [decision.change, decision.decision],
    );
    const { change: id, by, ...facts } = decision;
    const data = { purchaseOrder: change.orderNumber, change: id, ...facts };
    await appendAudit(client, { documentId: request, kind: 'message', actor: by, data });
    return undefined;
  });
}

/** Two attempts of one step must not open two records; an intent row is written under a share of this lock. */
async function lockOrder(client: Queryable, request: string, orderNumber: string): Promise<void> {
  await client.query('select 1 from purchase_orders where request = $1 and order_number = $2 for update', [
    request,
    orderNumber,
  ]);
}
