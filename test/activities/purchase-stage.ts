import {
  createPurchaseOrderActivities,
  createPurchaseRequestActivities,
  createPurchaseReviewActivities,
} from '../../src/activities/index.js';
import type { PurchaseOrder } from '../../src/clients/concur/purchase-order-client.js';
import type { PurchaseRequestState } from '../../src/clients/concur/purchase-request-client.js';
import { OutcomeUnknown, Rejected } from '../../src/clients/http/errors.js';
import type { ErpPort, MasterDataFinding } from '../../src/contracts/erp-port.js';
import type { CompanyMapping } from '../../src/contracts/mapping-rules.js';
import type { ErpOrderState, ErpPurchaseOrder, PurchaseOrderRules } from '../../src/contracts/purchase-orders.js';
import { purchaseRequestWorkflowId } from '../../src/contracts/purchase-orders.js';
import { openAlerts } from '../../src/store/alert-store.js';
import { readOrderChanges } from '../../src/store/purchase-change-store.js';
import { readPurchaseOrders } from '../../src/store/purchase-order-store.js';
import { readPurchaseRequest, storePurchaseRequest } from '../../src/store/purchase-request-store.js';
import { bcMapping } from '../unit/mapping-fixtures.js';
import { concurOrder, rules } from '../unit/purchase-order-fixtures.js';
import { inActivity, type Stage } from './stage.js';

/** A Concur that knows one request and its orders, and writes down what is done to it. */
export function fakeConcurPurchases() {
  const state: { request: Partial<PurchaseRequestState>; orders: Map<string, PurchaseOrder> } = {
    request: { number: '100231', queueStatus: 'CREATED', workflowStatus: 'Approved', purchaseOrderNumbers: ['PO-77'] },
    orders: new Map([['PO-77', concurOrder()]]),
  };
  const writes: string[] = [];
  const reads: string[] = [];
  return {
    state,
    writes,
    reads,
    requests: {
      read: ({ id }: { id: string }): Promise<PurchaseRequestState> => {
        reads.push(`request ${id}`);
        return Promise.resolve({
          id,
          queueStatus: 'CREATED',
          purchaseOrderNumbers: [],
          exceptions: [],
          ...state.request,
        });
      },
    },
    orders: {
      read: ({ number }: { number: string }): Promise<PurchaseOrder> => {
        reads.push(`order ${number}`);
        const order = state.orders.get(number);
        const call = { system: 'concur', operation: 'purchase-order.read', status: 404 };
        return order ? Promise.resolve(order) : Promise.reject(new Rejected(`no order ${number}`, call, '404'));
      },
      update: ({ order }: { order: PurchaseOrder }): Promise<void> => {
        writes.push(`PUT ${order.purchaseOrderNumber} ${order.status ?? ''}`);
        state.orders.set(order.purchaseOrderNumber, order);
        return Promise.resolve();
      },
    },
  };
}

/** An ERP that holds one order per marker, and can lose an answer or refuse. */
export function fakeErpOrders() {
  const held = new Map<string, { id: string; number: string; order: ErpPurchaseOrder; state: ErpOrderState }>();
  const faults: ('lost-after' | 'lost-before' | Error)[] = [];
  const findings: MasterDataFinding[] = [];
  const lost = new OutcomeUnknown('lost', { system: 'bc', operation: 'bc.orders.create' });
  /** What happens while the ERP is looked into, and while it creates. */
  const meanwhile: Record<'look' | 'create', () => Promise<unknown>> = {
    look: () => Promise.resolve(),
    create: () => Promise.resolve(),
  };
  const port = {
    name: bcMapping.erp,
    kind: 'business-central',
    checkMasterData: () => Promise.resolve(findings),
    purchaseOrders: {
      write: async (order, _since, { writes }) => {
        const key = order.markers.join();
        const { value, adopted } = await writes.create({
          operation: 'purchase-order.create',
          key: `${order.erp}/${order.company}/${order.requestId}/${order.orderNumber}`,
          payload: order,
          look: async () => {
            const found = held.get(key);
            await meanwhile.look();
            return found;
          },
          create: async () => {
            await meanwhile.create();
            const fault = faults.shift();
            if (fault instanceof Error) throw fault;
            if (fault === 'lost-before') throw lost;
            const number = String(106_026 + held.size);
            const made = { id: `id-${number}`, number, order, state: 'open' as const };
            if (held.has(key)) throw new Error('the ERP would hold two orders of one marker');
            held.set(key, made);
            if (fault === 'lost-after') throw lost;
            return made;
          },
        });
        return { id: value.id, number: value.number, adopted };
      },
      look: (_company, { id }) =>
        Promise.resolve([...held.values()].find((each) => each.id === id)?.state ?? 'removed'),
    },
  } satisfies Pick<ErpPort, 'name' | 'kind' | 'checkMasterData' | 'purchaseOrders'>;
  return { held, faults, findings, meanwhile, port: port as unknown as ErpPort };
}

let next = 0;

/** One imported request with its own id, and everything that its workflow would call. */
export async function purchaseStage(
  stage: Stage,
  given: { rules?: Partial<PurchaseOrderRules>; mapping?: Partial<CompanyMapping> } = {},
) {
  next += 1;
  const requestId = `request-${next}`;
  const id = purchaseRequestWorkflowId({ connection: 'emea', requestId });
  await storePurchaseRequest(stage.db, { id, connection: 'emea', requestId, by: 'A. Buyer' });
  const concur = fakeConcurPurchases();
  const erp = fakeErpOrders();
  const mapping = { ...bcMapping, ...given.mapping };
  const settings = {
    rules: { version: 'v1', legalEntity: [], companies: [mapping] },
    purchaseOrders: [rules(given.rules)],
  };
  const lookAgainSeconds = [60];
  const concurActivities = createPurchaseRequestActivities({
    ...stage,
    connection: 'emea',
    lookAgainSeconds,
    ...concur,
  });
  const erpActivities = createPurchaseOrderActivities({
    ...stage,
    port: erp.port,
    lookAgainSeconds,
    overlapSeconds: 0,
  });
  const review = createPurchaseReviewActivities({ ...stage, ...settings });
  const step = { id };
  return {
    id,
    requestId,
    concur,
    erp,
    mapping,
    read: () => inActivity(() => concurActivities.readPurchaseRequestFromConcur(step)),
    review: () => inActivity(() => review.reviewPurchaseRequest(step)),
    write: (orderNumber = 'PO-77') => inActivity(() => erpActivities.writePurchaseOrderToErp({ id, orderNumber })),
    check: () => inActivity(() => erpActivities.checkPurchaseOrdersInErp(step)),
    close: (orderNumber = 'PO-77') =>
      inActivity(() => concurActivities.closePurchaseOrderInConcur({ id, orderNumber })),
    decide: (change: string, decision: 'amended' | 'replaced' | 'dismissed') =>
      inActivity(() =>
        review.decidePurchaseOrderChange({ id, change, decision, by: 'A. Buyer', note: 'done by hand' }),
      ),
    ignore: () => inActivity(() => review.ignorePurchaseRequest({ id, by: 'A. Buyer', reason: 'not needed' })),
    row: () => readPurchaseRequest(stage.db, id),
    order: async () => (await readPurchaseOrders<PurchaseOrder>(stage.db, id))[0],
    changes: () => readOrderChanges(stage.db, id),
    alerts: async () =>
      (await openAlerts(stage.db)).filter(({ cause }) => cause.includes(id)).map(({ message }) => message),
  };
}

export type PurchaseStage = Awaited<ReturnType<typeof purchaseStage>>;

/** Reads, plans and writes, as the first round of the workflow does. */
export async function bringToErp(of: PurchaseStage): Promise<void> {
  await of.read();
  await of.review();
  await of.write();
  await of.review();
}
