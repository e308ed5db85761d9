import type { ErpOrderKeys, ErpOrderState, ErpPurchaseOrder } from '../contracts/purchase-orders.js';
import { appendAudit } from './audit-store.js';
import type { Database, Queryable } from './database.js';
import { inTransaction } from './database.js';
import { orderMayStand } from './remote-write-store.js';

/** Where an order stands. See the table: from `writing` on, its reading and its plan are kept as they are. */
export type StoredOrderState = 'planned' | 'writing' | ErpOrderState | 'left';

/** One purchase order of a request. `reading` is the order of Concur as it was last agreed. */
export interface StoredPurchaseOrder<Reading = unknown> {
  request: string;
  orderNumber: string;
  foundAt: Date;
  reading: Reading;
  digest: string;
  erp: string | null;
  company: string | null;
  document: ErpPurchaseOrder | null;
  mappingVersion: string | null;
  state: StoredOrderState;
  erpId: string | null;
  erpNumber: string | null;
  writtenAt: Date | null;
  lookedAt: Date | null;
  closedInConcurAt: Date | null;
}

const columns = `request, order_number as "orderNumber", found_at as "foundAt", reading, digest, erp, company, document,
  mapping_version as "mappingVersion", state, erp_id as "erpId", erp_number as "erpNumber", written_at as "writtenAt",
  looked_at as "lookedAt", closed_in_concur_at as "closedInConcurAt"`;

/** All orders of a request, by their numbers in Concur. */
export async function readPurchaseOrders<Reading>(
  db: Queryable,
  request: string,
): Promise<StoredPurchaseOrder<Reading>[]> {
  const { rows } = await db.query<StoredPurchaseOrder<Reading>>(
    `select ${columns} from purchase_orders where request = $1 order by order_number`,
    [request],
  );
  return rows;
}

/**
 * Stores an order as it was read, or renews one of which nothing can be in an ERP yet. Returns the row that counts: where it
 * keeps another digest, the order has changed after it was written.
 */
export async function storeOrderReading<Reading>(
  db: Database,
  order: { request: string; orderNumber: string; reading: Reading; digest: string },
): Promise<StoredPurchaseOrder<Reading>> {
  const { request, orderNumber, reading, digest } = order;
  return inTransaction(db, async (client) => {
    const { rowCount } = await client.query(
      `insert into purchase_orders (request, order_number, reading, digest) values ($1, $2, $3, $4)
       on conflict (request, order_number) do update set reading = excluded.reading, digest = excluded.digest, document = null
         where purchase_orders.state = 'planned' and purchase_orders.digest <> excluded.digest`,
      [request, orderNumber, JSON.stringify(reading), digest],
    );
    if (rowCount === 1) {
      const data = { purchaseOrder: orderNumber, read: digest };
      await appendAudit(client, { documentId: request, kind: 'state', actor: 'connector', data });
    }
    const { rows } = await client.query<StoredPurchaseOrder<Reading>>(
      `select ${columns} from purchase_orders where request = $1 and order_number = $2`,
      [request, orderNumber],
    );
    const [stored] = rows;
    if (!stored) throw new Error(`Purchase order ${orderNumber} of ${request} is not in the store.`);
    return stored;
  });
}

/** Keeps the plan of an order of which nothing can be in an ERP yet; another plan of the same order is replaced. */
export async function planPurchaseOrder(
  db: Queryable,
  request: string,
  document: ErpPurchaseOrder,
  mappingVersion: string,
): Promise<void> {
  await db.query(
    `update purchase_orders set erp = $3, company = $4, document = $5, mapping_version = $6
     where request = $1 and order_number = $2 and state = 'planned'`,
    [request, document.orderNumber, document.erp, document.company, JSON.stringify(document), mappingVersion],
  );
}

/** From now on something of the order may be in the ERP: its plan stays what it is. */
export async function beginOrderWrite(db: Queryable, request: string, orderNumber: string): Promise<void> {
  await db.query(
    `update purchase_orders set state = 'writing' where request = $1 and order_number = $2 and state = 'planned'`,
    [request, orderNumber],
  );
}

/**
 * The attempt has failed. Where the ERP cannot hold anything of it, the order may be planned anew: what a person mends in Concur
 * or in the mapping must count.
 */
export async function releaseOrderWrite(db: Queryable, request: string, orderNumber: string): Promise<void> {
  await db.query(
    `update purchase_orders o set state = 'planned'
     where request = $1 and order_number = $2 and state = 'writing' and not ${orderMayStand}`,
    [request, orderNumber],
  );
}

/** Orders of a request that the ERP has, or may have, got without a number that is known here; by their numbers in Concur. */
export async function ordersThatMayStand(db: Queryable, request: string): Promise<string[]> {
  const { rows } = await db.query<{ orderNumber: string }>(
    `select order_number as "orderNumber" from purchase_orders o
     where request = $1 and erp_number is null and ${orderMayStand} order by order_number`,
    [request],
  );
  return rows.map(({ orderNumber }) => orderNumber);
}

/**
 * The order stands in the ERP. Said again, it changes nothing. An attempt that comes back after people have taken the order over
 * leaves it to them, and keeps its number all the same.
 */
export async function markOrderWritten(
  db: Database,
  request: string,
  orderNumber: string,
  keys: ErpOrderKeys & { adopted: boolean },
): Promise<void> {
  await inTransaction(db, async (client) => {
    const { rows } = await client.query<{ erp: string; company: string; version: string }>(
      `update purchase_orders set state = case when state = 'writing' then 'open' else state end, erp_id = $3,
         erp_number = $4, written_at = now()
       where request = $1 and order_number = $2 and state in ('writing', 'left') and erp_number is null
       returning erp, company, mapping_version as version`,
      [request, orderNumber, keys.id, keys.number],
    );
    const [row] = rows;
    if (!row) return;
    const data = {
      purchaseOrder: orderNumber,
      ...row,
      keys: { id: keys.id, number: keys.number },
      adopted: keys.adopted,
    };
    await appendAudit(client, { documentId: request, kind: 'write', actor: 'connector', data });
  });
}

/** Keeps what has become of an order in the ERP. Ends are final; a change of state is one audit line. */
export async function recordOrderState(
  db: Database,
  request: string,
  orderNumber: string,
  state: ErpOrderState,
): Promise<void> {
  await inTransaction(db, async (client) => {
    await client.query('update purchase_orders set looked_at = now() where request = $1 and order_number = $2', [
      request,
      orderNumber,
    ]);
    const { rowCount } = await client.query(
      `update purchase_orders set state = $3
       where request = $1 and order_number = $2 and state in ('open', 'received') and state <> $3`,
      [request, orderNumber, state],
    );
    if (rowCount !== 1) return;
    const data = { purchaseOrder: orderNumber, inErp: state };
    await appendAudit(client, { documentId: request, kind: 'state', actor: 'connector', data });
  });
}

/** Concur was told to close an order that is gone from the ERP. */
export async function markClosedInConcur(db: Database, request: string, orderNumber: string): Promise<void> {
  await inTransaction(db, async (client) => {
    const { rowCount } = await client.query(
      `update purchase_orders set closed_in_concur_at = now()
       where request = $1 and order_number = $2 and closed_in_concur_at is null`,
      [request, orderNumber],
    );
    if (rowCount !== 1) return;
    const data = { purchaseOrder: orderNumber, closedInConcur: true };
    await appendAudit(client, { documentId: request, kind: 'write', actor: 'connector', data });
  });
}
