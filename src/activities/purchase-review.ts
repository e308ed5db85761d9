import type { PurchaseOrder } from '../clients/concur/purchase-order-client-values.js';
import type { MappingRules } from '../contracts/mapping-rules.js';
import { mappingVersionOf } from '../contracts/mapping-rules.js';
import type { IgnoreDocument } from '../contracts/messages.js';
import type {
  DecideChange,
  PurchaseOrderRules,
  PurchaseOrderSummary,
  PurchaseOrderTodo,
  PurchaseRequestOutcome,
  PurchaseRequestReview,
  PurchaseRequestStep,
} from '../contracts/purchase-orders.js';
import type { StepResult } from '../contracts/steps.js';
import type { PlanRefusal } from '../mapping/plan-types.js';
import { orderTarget } from '../mapping/purchase-order/order-target.js';
import { purchaseOrderToNav, type OrderSurroundings } from '../mapping/purchase-order/purchase-order-to-nav.js';
import { clearAlertCause, clearAlerts } from '../store/alert-store.js';
import type { Queryable } from '../store/database.js';
import { decideOrderChange, openOrderChange, readOrderChanges } from '../store/purchase-change-store.js';
import type { StoredPurchaseOrder } from '../store/purchase-order-store.js';
import { ordersThatMayStand, planPurchaseOrder, readPurchaseOrders } from '../store/purchase-order-store.js';
import type { StoredPurchaseRequest } from '../store/purchase-request-store.js';
import {
  closePurchaseRequest,
  closePurchaseRequestAs,
  reachPurchaseStage,
  readPurchaseRequest,
} from '../store/purchase-request-store.js';
import { readResolutions } from '../store/vendor-store.js';
import type { SharedDependencies } from './dependencies.js';
import { holdOf } from './plan-document.js';
import { changeCause, recordPurchaseRelease, runPurchaseStep } from './purchase-step.js';
import { alert } from './run-step.js';

export interface PurchaseReviewDependencies extends SharedDependencies {
  rules: MappingRules;
  purchaseOrders: PurchaseOrderRules[];
}

type Order = StoredPurchaseOrder<PurchaseOrder>;

/** Activities for purchase requests on the queue `documents`: our own store and the mapping; no remote call. */
export function createPurchaseReviewActivities(deps: PurchaseReviewDependencies) {
  const { db } = deps;
  return {
    /**
     * Plans what is not written yet, opens a change record for what a person has removed in the ERP, says what is to be done
     * next, and closes the request once nothing of it is left. Holds only when nothing else can be done first.
     */
    async reviewPurchaseRequest({ id }: PurchaseRequestStep): Promise<StepResult<PurchaseRequestReview>> {
      return runPurchaseStep(deps, id, 'document-inconsistent', () => review(deps, id));
    },

    /** Records a person's decision about a change, or says why it cannot be. Writes to no other system (S113). */
    async decidePurchaseOrderChange({
      id,
      ...decision
    }: PurchaseRequestStep & DecideChange): Promise<{ accepted: true } | { accepted: false; why: string }> {
      const why = await decideOrderChange(db, id, decision);
      const changes = await readOrderChanges(db, id);
      const decided = changes.find((change) => change.id === decision.change);
      const isOpen = changes.some((each) => each.orderNumber === decided?.orderNumber && each.decision === null);
      if (decided && !isOpen) await clearAlertCause(db, changeCause(id, decided.orderNumber));
      return why === undefined ? { accepted: true } : { accepted: false, why };
    },

    /** Stops following a request, and says what is left where; nothing is taken out of the ERP or told to Concur. */
    async ignorePurchaseRequest({ id, by, reason }: PurchaseRequestStep & IgnoreDocument): Promise<End> {
      const left = await closePurchaseRequestAs(db, id, 'ignored', (client) => leftInErp(client, id), { by, reason });
      await clearAlerts(db, id, true);
      const orders = await readPurchaseOrders(db, id);
      for (const { orderNumber } of orders) await clearAlertCause(db, changeCause(id, orderNumber));
      return endOf(await readPurchaseRequest(db, id), left);
    },

    /** A request is held for longer than the limit: a person should decide (C14). */
    async alertPurchaseRequestOverdue({ id }: PurchaseRequestStep): Promise<object> {
      const { requestNumber, requestId, holdReason, holdMessage } = await readPurchaseRequest(db, id);
      const message = `Purchase request ${requestNumber ?? requestId} has been on hold for too long (${holdReason ?? 'no reason recorded'}). ${holdMessage ?? ''}`;
      await alert(deps, `hold-overdue: ${id}`, message.trim(), id);
      return {};
    },
  };
}

interface End {
  outcome: PurchaseRequestOutcome;
  detail: string;
}

/** What stands in the ERP, and what may: an answer that was lost, or an order that was written otherwise than it was meant. */
async function leftInErp(db: Queryable, id: string): Promise<string> {
  const orders = await readPurchaseOrders(db, id);
  const standing = orders.filter(({ erpNumber }) => erpNumber !== null).map(placeOf);
  const numbers = await ordersThatMayStand(db, id);
  const doubtful = orders
    .filter(({ orderNumber }) => numbers.includes(orderNumber))
    .map(({ orderNumber, erp, company }) => `${orderNumber} in ${company ?? ''} (${erp ?? ''})`);
  if (standing.length === 0 && doubtful.length === 0) return 'Nothing of it is in an ERP.';
  const sentences = [
    ...(standing.length === 0 ? [] : [`What stands in the ERP stays: ${standing.join(', ')}.`]),
    ...(doubtful.length === 0
      ? []
      : [
          `An order may have been written whose number is not known here: ${doubtful.join(', ')}. Look there for an order that names this request.`,
        ]),
  ];
  return sentences.join(' ');
}

const endOf = ({ outcome }: StoredPurchaseRequest, detail: string): End => ({
  outcome: outcome ?? 'completed',
  detail,
});

async function review(deps: PurchaseReviewDependencies, id: string): Promise<StepResult<PurchaseRequestReview>> {
  const { db } = deps;
  const request = await readPurchaseRequest(db, id);
  const refusals = request.outcome === null ? await planOrders(deps, request) : [];
  const orders = await readPurchaseOrders<PurchaseOrder>(db, id);
  await raiseRemovals(deps, request, orders);
  const todos = request.outcome === null ? orders.flatMap((order) => todoOf(deps, request, order)) : [];
  if (todos.length === 0 && refusals.length > 0) return { status: 'hold', hold: holdOf(refusals) };
  if (todos.length === 0) await recordPurchaseRelease(deps, id);
  const open = (await readOrderChanges(db, id)).filter(({ decision }) => decision === null);
  const isOver = orders.length > 0 && todos.length === 0 && open.length === 0 && orders.every(isAtEnd);
  const detail = orders.map((order) => `${placeOf(order)}: ${order.state}`).join('; ');
  if (isOver) {
    await closePurchaseRequest(db, id, 'completed', detail);
    await clearAlerts(db, id, true);
  } else if (orders.some(({ erpNumber }) => erpNumber !== null) && todos.length === 0) {
    await reachPurchaseStage(db, id, 'in-erp');
  }
  const after = await readPurchaseRequest(db, id);
  return {
    status: 'done',
    orders: orders.map(summaryOf),
    todos,
    openChanges: open.map((change) => ({
      change: change.id,
      orderNumber: change.orderNumber,
      sentences: change.sentences,
      seenAt: change.seenAt.toISOString(),
    })),
    ...(after.outcome === null ? {} : { ended: endOf(after, detail) }),
  };
}

const isAtEnd = ({ state }: Order): boolean => state === 'completed' || state === 'removed' || state === 'left';

const placeOf = ({ orderNumber, erp, company, erpNumber }: StoredPurchaseOrder): string =>
  erpNumber === null ? orderNumber : `${orderNumber} as ${erpNumber} in ${company ?? ''} (${erp ?? ''})`;

function summaryOf({ orderNumber, state, erp, company, erpNumber }: Order): PurchaseOrderSummary {
  return {
    orderNumber,
    state,
    ...(erp === null ? {} : { erp }),
    ...(company === null ? {} : { company }),
    ...(erpNumber === null ? {} : { erpNumber }),
  };
}

/** Maps every order of which nothing can be in an ERP yet; what is refused is answered, all of it at once (S93). */
async function planOrders(deps: PurchaseReviewDependencies, request: StoredPurchaseRequest): Promise<PlanRefusal[]> {
  const { db, rules } = deps;
  const resolvedVendors = await readResolutions(db);
  const refusals: PlanRefusal[] = [];
  const orders = await readPurchaseOrders<PurchaseOrder>(db, request.id);
  for (const { state, reading, orderNumber } of orders) {
    if (state !== 'planned') continue;
    const order = { ...reading, purchaseOrderNumber: orderNumber };
    const planned = mapOrder(deps, request, order, { resolvedVendors, isOnlyOrder: orders.length === 1 });
    if ('refusals' in planned) refusals.push(...planned.refusals);
    else await planPurchaseOrder(db, request.id, planned.order, mappingVersionOf(rules, planned.order));
  }
  return refusals;
}

function mapOrder(
  { rules, purchaseOrders }: PurchaseReviewDependencies,
  { connection, requestId }: StoredPurchaseRequest,
  reading: PurchaseOrder,
  given: Pick<OrderSurroundings, 'resolvedVendors' | 'isOnlyOrder'>,
): ReturnType<typeof purchaseOrderToNav> {
  const target = orderTarget(
    reading,
    purchaseOrders.filter(({ concur }) => concur === connection),
  );
  if ('refusal' in target) return { refusals: [target.refusal] };
  const { erp, company } = target.rules;
  const mapping = rules.companies.find((each) => each.erp === erp && each.company === company);
  if (mapping === undefined) throw new Error(`${erp}/${company} has rules for purchase orders and no mapping.`);
  return purchaseOrderToNav(reading, { ...given, requestId, rules: target.rules, mapping });
}

function todoOf(
  { purchaseOrders }: PurchaseReviewDependencies,
  { connection }: StoredPurchaseRequest,
  { state, document, orderNumber, erp, company, closedInConcurAt }: Order,
): PurchaseOrderTodo[] {
  if (document === null || erp === null) return [];
  if (state === 'planned' || state === 'writing') return [{ what: 'write', orderNumber, erp }];
  const policy = policyOf(purchaseOrders, connection, erp, company);
  const mustClose = state === 'removed' && policy === 'close' && closedInConcurAt === null;
  return mustClose ? [{ what: 'close-in-concur', orderNumber, erp }] : [];
}

/** Where the section was taken out meanwhile, a person is asked. */
function policyOf(
  rules: readonly PurchaseOrderRules[],
  connection: string,
  erp: string,
  company: string | null,
): PurchaseOrderRules['removedInErp'] {
  const own = rules.find((each) => each.concur === connection && each.erp === erp && each.company === company);
  return own?.removedInErp ?? 'raise';
}

/** An order that a person has removed in the ERP lives on in Concur: somebody has to say what becomes of it (S110). */
async function raiseRemovals(
  deps: PurchaseReviewDependencies,
  { id, connection, outcome }: StoredPurchaseRequest,
  orders: readonly Order[],
): Promise<void> {
  const known = await readOrderChanges(deps.db, id);
  for (const order of orders) {
    const { state, orderNumber, erp, company, erpNumber } = order;
    const isKnown = known.some((change) => change.orderNumber === orderNumber && change.kind === 'removed-in-erp');
    if (outcome !== null || state !== 'removed' || isKnown) continue;
    if (policyOf(deps.purchaseOrders, connection, erp ?? '', company) === 'close') continue;
    const sentence = `Order ${erpNumber ?? ''} is gone from ${company ?? ''} (${erp ?? ''}) and no invoice names it: a person has removed it. In Concur it stands as ${orderNumber}; Concur deletes no orders, so close it there if it is not wanted any more.`;
    const kind = 'removed-in-erp';
    const isNew = await openOrderChange(deps.db, {
      request: id,
      orderNumber,
      kind,
      digest: 'removed',
      sentences: [sentence],
    });
    if (isNew) await alert(deps, changeCause(id, orderNumber), sentence, undefined);
  }
}
