import { cancellationSignal } from '@temporalio/activity';
import type { PurchaseOrderClient } from '../clients/concur/purchase-order-client.js';
import type { PurchaseOrder } from '../clients/concur/purchase-order-client-values.js';
import type { PurchaseRequestClient, PurchaseRequestState } from '../clients/concur/purchase-request-client.js';
import { Rejected } from '../clients/http/errors.js';
import type { PurchaseOrderStep, PurchaseRequestRead, PurchaseRequestStep } from '../contracts/purchase-orders.js';
import type { StepResult } from '../contracts/steps.js';
import { orderDifferences, orderDigest, orderFacts } from '../mapping/purchase-order/order-facts.js';
import { clearAlertCause } from '../store/alert-store.js';
import { openOrderChange, takeBackOrderChange } from '../store/purchase-change-store.js';
import type { StoredOrderState, StoredPurchaseOrder } from '../store/purchase-order-store.js';
import { markClosedInConcur, readPurchaseOrders, storeOrderReading } from '../store/purchase-order-store.js';
import { readPurchaseRequest, recordRequestRead } from '../store/purchase-request-store.js';
import type { SharedDependencies } from './dependencies.js';
import { createGuardedWrites } from './guarded-writes.js';
import { changeCause, runPurchaseStep } from './purchase-step.js';
import { alert } from './run-step.js';

/** Purchase requests are read and nothing else (S11); an order is closed in Concur only where that is configured. */
export interface PurchaseRequestDependencies extends SharedDependencies {
  connection: string;
  lookAgainSeconds: number[];
  requests: Pick<PurchaseRequestClient, 'read'>;
  orders: Pick<PurchaseOrderClient, 'read' | 'update'>;
}

/** Activities for purchase requests on the queue of one Concur connection. Each may run twice. */
export function createPurchaseRequestActivities(deps: PurchaseRequestDependencies) {
  return {
    /**
     * Reads a request by its id and the orders that Concur has made of it, one by one: the request itself has no lines (C5). An
     * order that differs from what stands in the ERP opens a change record; nothing is changed anywhere (S113).
     */
    async readPurchaseRequestFromConcur({ id }: PurchaseRequestStep): Promise<StepResult<PurchaseRequestRead>> {
      return runPurchaseStep(deps, id, 'concur-refused', () => readRequest(deps, id, cancellationSignal()));
    },

    /** Closes an order in Concur that a person has removed in the ERP. It is never deleted (S110). */
    async closePurchaseOrderInConcur({ id, orderNumber }: PurchaseOrderStep): Promise<StepResult<object>> {
      return runPurchaseStep(deps, id, 'concur-refused', () => closeOrder(deps, id, orderNumber, cancellationSignal()));
    },
  };
}

async function readRequest(
  deps: PurchaseRequestDependencies,
  id: string,
  signal: AbortSignal,
): Promise<StepResult<PurchaseRequestRead>> {
  const { db } = deps;
  const { requestId } = await readPurchaseRequest(db, id);
  const state = await deps.requests.read({ id: requestId, signal });
  const { number: requestNumber, queueStatus, workflowStatus } = state;
  await recordRequestRead(db, id, { requestNumber, queueStatus, workflowStatus });
  refuseFailed(state);
  const known = await readPurchaseOrders<PurchaseOrder>(db, id);
  const approved = isApproved(state) ? state.purchaseOrderNumbers : [];
  const ended = known.filter((row) => isEnded(row.state)).map((row) => row.orderNumber);
  const numbers = [...new Set([...known.map((row) => row.orderNumber), ...approved])];
  for (const number of numbers.filter((each) => !ended.includes(each))) {
    const order = await deps.orders.read({ number, signal });
    await takeReading(deps, id, number, order);
  }
  const watched = known.filter((row) => row.state === 'open' || row.state === 'received');
  return {
    status: 'done',
    watchedIn: [...new Set(watched.flatMap(({ erp }) => (erp === null ? [] : [erp])))],
    ...(requestNumber === undefined ? {} : { requestNumber }),
    ...(numbers.length > 0 ? {} : { waitingFor: waitingFor(state) }),
  };
}

const isApproved = ({ workflowStatus = '' }: PurchaseRequestState): boolean => /^approved$/i.test(workflowStatus);

const isEnded = (state: StoredOrderState): boolean => ['completed', 'removed', 'left'].includes(state);

/** Accepted is not created: Concur may refuse a request later (trap 27). */
function refuseFailed({ id, queueStatus, exceptions }: PurchaseRequestState): void {
  if (queueStatus !== 'CREATE_FAILED') return;
  const reasons = exceptions.map(({ message }) => message).filter((message) => message !== '');
  throw new Rejected(
    `Concur could not create purchase request ${id}. ${reasons.join(' ')}`.trim(),
    { system: 'concur', operation: 'purchase-request.read' },
    'concur-refused',
  );
}

function waitingFor(state: PurchaseRequestState): string {
  if (state.queueStatus === 'PENDING_CREATION') return 'Concur is still creating the request.';
  if (!isApproved(state)) return `The request is not approved in Concur (${state.workflowStatus ?? 'no state'}).`;
  return 'Concur has made no purchase order of the approved request yet.';
}

/** Stores what Concur says of an order now, and opens, keeps or takes back its change record. */
async function takeReading(
  deps: PurchaseRequestDependencies,
  id: string,
  orderNumber: string,
  reading: PurchaseOrder,
): Promise<void> {
  const { db } = deps;
  const facts = orderFacts(reading);
  const digest = orderDigest(facts);
  const stored = await storeOrderReading(db, { request: id, orderNumber, reading, digest });
  if (stored.digest === digest) {
    if (await takeBackOrderChange(db, id, orderNumber)) await clearAlertCause(db, changeCause(id, orderNumber));
    return;
  }
  const sentences = orderDifferences(orderFacts(stored.reading), facts);
  const change = { request: id, orderNumber, kind: 'changed-in-concur', digest, reading, sentences } as const;
  if (await openOrderChange(db, change))
    await alert(deps, changeCause(id, orderNumber), changed(stored, sentences), undefined);
}

function changed({ orderNumber, erp, company, erpNumber }: StoredPurchaseOrder, sentences: string[]): string {
  const there =
    erpNumber === null ? `${company ?? ''} (${erp ?? ''})` : `order ${erpNumber} of ${company ?? ''} (${erp ?? ''})`;
  return `Purchase order ${orderNumber} was changed in Concur, and ${there} was not: ${sentences.join(' ')} Change or replace the order in the ERP by hand, then say so with \`concur-dynamics purchase-requests decide\`.`;
}

async function closeOrder(
  deps: PurchaseRequestDependencies,
  id: string,
  orderNumber: string,
  signal: AbortSignal,
): Promise<StepResult<object>> {
  const { db, connection, lookAgainSeconds, orders } = deps;
  const row = (await readPurchaseOrders(db, id)).find((each) => each.orderNumber === orderNumber);
  const { outcome } = await readPurchaseRequest(db, id);
  if (outcome !== null || row?.state !== 'removed' || row.closedInConcurAt !== null) return { status: 'done' };
  await createGuardedWrites({ db, documentId: id, lookAgainSeconds }).create({
    operation: 'purchase-order.close-in-concur',
    key: `${connection}/${orderNumber}`,
    payload: { orderNumber, status: 'Closed' },
    look: async () => {
      const { status = '' } = await orders.read({ number: orderNumber, signal });
      return /^closed$/i.test(status) ? { closed: true } : undefined;
    },
    create: async () => {
      const order = await orders.read({ number: orderNumber, signal });
      await sendClosed(deps, order, signal);
      return { closed: true };
    },
  });
  await markClosedInConcur(db, id, orderNumber);
  return { status: 'done' };
}

/** Concur wants the whole order, and may have given one that it would not take back. */
async function sendClosed(
  { orders }: PurchaseRequestDependencies,
  order: PurchaseOrder,
  signal: AbortSignal,
): Promise<void> {
  try {
    await orders.update({ order: { ...order, status: 'Closed' }, signal });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const call = { system: 'concur', operation: 'purchase-order.update', cause: error };
    throw new Rejected(
      `The order cannot be closed in Concur: ${error.message}. Close it there by hand.`,
      call,
      'concur-refused',
    );
  }
}
