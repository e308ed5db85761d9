import { cancellationSignal, heartbeat } from '@temporalio/activity';
import type { PurchaseOrder } from '../clients/concur/purchase-order-client-values.js';
import { Rejected } from '../clients/http/errors.js';
import type { MasterDataRequest, PurchaseOrderPort } from '../contracts/erp-port.js';
import { vendorKey } from '../contracts/mapping-rules.js';
import type { ErpPurchaseOrder, PurchaseOrderStep, PurchaseRequestStep } from '../contracts/purchase-orders.js';
import type { Hold, StepResult } from '../contracts/steps.js';
import type { StoredPurchaseOrder } from '../store/purchase-order-store.js';
import {
  beginOrderWrite,
  markOrderWritten,
  readPurchaseOrders,
  recordOrderState,
  releaseOrderWrite,
} from '../store/purchase-order-store.js';
import { reachPurchaseStage, readPurchaseRequest } from '../store/purchase-request-store.js';
import type { ErpDependencies } from './dependencies.js';
import { createGuardedWrites } from './guarded-writes.js';
import { holdOf } from './master-data.js';
import { runPurchaseStep } from './purchase-step.js';

/** Activities for purchase orders on the queue of one ERP connection. Each may run twice for the same order. */
export function createPurchaseOrderActivities(deps: ErpDependencies) {
  const { db, port } = deps;
  return {
    /**
     * Writes one planned order as a draft. What an earlier attempt has written is found and adopted; an order that stands in the
     * ERP is never written again, also after a reset (S6).
     */
    async writePurchaseOrderToErp({ id, orderNumber }: PurchaseOrderStep): Promise<StepResult<object>> {
      return runPurchaseStep(deps, id, 'erp-refused', () => writeOrder(deps, id, orderNumber));
    },

    /** Asks what has become of the orders of a request that stand in this ERP. */
    async checkPurchaseOrdersInErp({ id }: PurchaseRequestStep): Promise<StepResult<object>> {
      return runPurchaseStep(deps, id, 'erp-refused', async () => {
        for (const row of await readPurchaseOrders(db, id)) {
          const { orderNumber, company, erpId, erpNumber } = row;
          const isWatched = row.erp === port.name && (row.state === 'open' || row.state === 'received');
          if (!isWatched || company === null || erpId === null || erpNumber === null) continue;
          const keys = { id: erpId, number: erpNumber };
          const state = await purchaseOrdersOf(deps).look(company, keys, cancellationSignal());
          await recordOrderState(db, id, orderNumber, state);
        }
        return { status: 'done' };
      });
    },
  };
}

async function writeOrder(deps: ErpDependencies, id: string, orderNumber: string): Promise<StepResult<object>> {
  const { db, port } = deps;
  const request = await readPurchaseRequest(db, id);
  const row = (await readPurchaseOrders<PurchaseOrder>(db, id)).find((each) => each.orderNumber === orderNumber);
  const order = row?.document;
  const isDue = row?.state === 'planned' || row?.state === 'writing';
  if (request.outcome !== null || row === undefined || !isDue) return { status: 'done' };
  if (order === null || order === undefined || order.erp !== port.name) {
    throw new Error(`Purchase order ${orderNumber} of ${id} is not planned for ${port.name}.`);
  }
  const orders = purchaseOrdersOf(deps);
  if (row.state === 'planned') {
    const hold = await masterDataHold(deps, row, order);
    if (hold) return { status: 'hold', hold };
    await reachPurchaseStage(db, id, 'posting');
    await beginOrderWrite(db, id, orderNumber);
  }
  const writes = createGuardedWrites({ db, documentId: id, lookAgainSeconds: deps.lookAgainSeconds });
  const context = { writes, signal: cancellationSignal(), heartbeat };
  try {
    await markOrderWritten(db, id, orderNumber, await orders.write(order, request.knownAt.toISOString(), context));
  } catch (error) {
    await releaseOrderWrite(db, id, orderNumber);
    throw error;
  }
  return { status: 'done' };
}

/** Vendors, accounts and dimensions are looked at before anything is written (S84, S93, S94). */
async function masterDataHold(
  { port }: ErpDependencies,
  { reading }: StoredPurchaseOrder<PurchaseOrder>,
  order: ErpPurchaseOrder,
): Promise<Hold | undefined> {
  const findings = await port.checkMasterData(masterDataOf(order), cancellationSignal());
  const isVendor = findings.some(({ kind }) => kind === 'vendor-missing' || kind === 'vendor-blocked');
  const key = vendorKey(order.erp, order.company, 'supplier', reading.vendorCode ?? '');
  const held = holdOf(findings, isVendor ? [key] : []);
  if (held === undefined) return undefined;
  // Nobody watches for the vendor of an order: the request tries again by itself, but at its reminders only.
  const { watched: _watched, ...hold } = held;
  return hold;
}

function masterDataOf({ company, vendorNumber, lines }: ErpPurchaseOrder): MasterDataRequest {
  const values = lines.flatMap(({ dimensions }) => dimensions);
  return {
    company,
    vendors: [vendorNumber],
    accounts: [...new Set(lines.map(({ accountNumber }) => accountNumber))],
    dimensions: [...new Map(values.map((value) => [`${value.dimension}=${value.value}`, value])).values()],
    journalNames: [],
  };
}

function purchaseOrdersOf({ port }: ErpDependencies): PurchaseOrderPort {
  if (port.purchaseOrders) return port.purchaseOrders;
  throw new Rejected(
    `The connector cannot write purchase orders to ERP connection ${port.name}. Enter the order there by hand and ignore the request here.`,
    { system: port.name, operation: 'purchase-order.create' },
    'unsupported-document',
  );
}
