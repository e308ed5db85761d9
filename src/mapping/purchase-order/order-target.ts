import type { PurchaseOrder } from '../../clients/concur/purchase-order-client-values.js';
import type { PurchaseOrderRules } from '../../contracts/purchase-orders.js';
import { filled } from '../coded-fields.js';
import type { PlanRefusal } from '../plan-types.js';

/**
 * The ERP company to which an order goes: the one whose codes name it, or the only one that takes all orders of the connection.
 * Nothing is guessed (decisions 18).
 */
export function orderTarget(
  order: PurchaseOrder,
  candidates: readonly PurchaseOrderRules[],
): { rules: PurchaseOrderRules } | { refusal: PlanRefusal } {
  const matching = candidates.filter(
    ({ when }) => when === undefined || when.codes.includes(codeOf(order, when.field)),
  );
  const [rules, other] = matching;
  if (rules !== undefined && other === undefined) return { rules };
  const seen = candidates.flatMap(({ when }) => (when === undefined ? [] : [when.field]));
  const codes = [...new Set(seen)].map((field) => `${field} = ${codeOf(order, field) || '(empty)'}`).join('; ');
  const message =
    matching.length > 1
      ? `Purchase order ${order.purchaseOrderNumber} would belong to ${matching.map(nameOf).join(' and ')}.`
      : `No company takes purchase order ${order.purchaseOrderNumber}${codes === '' ? '' : `: ${codes}`}.`;
  const remedy = 'Correct the sections purchaseRequests of the ERP companies in the connections file.';
  return { refusal: { hold: 'legal-entity-unresolved', code: 'order-company', message, remedy } };
}

const nameOf = ({ erp, company }: PurchaseOrderRules): string => `${erp}/${company}`;

/** The code of a field of the header, for example `ledgerCode` or `custom3`; empty where there is none. */
function codeOf(order: PurchaseOrder, field: string): string {
  return filled(Object.entries(order).find(([name]) => name === field)?.[1]) ?? '';
}
