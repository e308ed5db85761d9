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
import { alert } from './run-step.js';

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
    const keys = await orders.write(order, request.knownAt.toISOString(), context);
    await markOrderWritten(db, id, orderNumber, keys);
    await tellUnawaited(deps, id, order, keys.number);
  } catch (error) {
    await releaseOrderWrite(db, id, orderNumber);
    throw error;
  }
  return { status: 'done' };
}

/** A person has ended the request, or taken the order over, while it was being written: now there is an order to be told of. */
async function tellUnawaited(
  deps: ErpDependencies,
  id: string,
  { erp, company, requestId, orderNumber }: ErpPurchaseOrder,
  erpNumber: string,
): Promise<void> {
  const { outcome, requestNumber } = await readPurchaseRequest(deps.db, id);
  const row = (await readPurchaseOrders(deps.db, id)).find((each) => each.orderNumber === orderNumber);
  if (outcome === null && row?.state !== 'left') return;
  const message = `Order ${erpNumber} of ${company} (${erp}) was written for order ${orderNumber} of purchase request ${requestNumber ?? requestId} while a person ended that request or took the order over. It stays as it is; remove it there by hand if it is not wanted.`;
  await alert(deps, `purchase-order-unawaited: ${id}/${orderNumber}`, message, undefined);
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
