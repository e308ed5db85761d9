import type { OrderReference } from '../contracts/ledger.js';
import type { ErpDraft } from './erp-draft.js';
import { unsupported } from './erp-draft.js';
import { groupedBy } from './grouping.js';
import { amountOf, isDecimal, plain, roundedTo } from './money.js';
import type { PlannedLine } from './planned-lines.js';

const remedy =
  'Enter the invoice in F&O against the order and confirm it in Concur by hand, or choose the invoice journal for these documents.';

/**
 * Refuses lines that F&O could not match against their purchase order. FIS documents number and line of the order, but no
 * published document fills them (FIS spec 9.2): an order without its line is no identity, and is not booked around the order.
 */
export function refuseUnknownOrderLines({ document, lines, refusals }: ErpDraft): void {
  const ordered = lines.details.flatMap((line) => (line.order === undefined ? [] : [{ line, order: line.order }]));
  const refuse = (code: string, message: string): void => refusals.add(unsupported(code, message, remedy));
  if (document.purchaseOrder !== undefined && ordered.length === 0) {
    const message = `The invoice belongs to purchase order ${document.purchaseOrder}, but Concur names a line of the order on none of its lines; F&O matches invoices line by line.`;
    refuse('order-line-unknown', message);
  }
  for (const [, group] of groupedBy(ordered, ({ order }) => String(order.item))) {
    const [first] = group;
    if (first === undefined) continue;
    const problem = group.length > 1 ? split(first.order) : problemOf(first.line, first.order, document.currency);
    if (problem !== undefined) refuse(problem.code, problem.message);
  }
}

interface Problem {
  code: string;
  message: string;
}

const nameOf = ({ item, purchaseOrder }: OrderReference): string =>
  `Line ${item} of the invoice belongs to purchase order ${purchaseOrder}`;

function split(order: OrderReference): Problem {
  const message = `${nameOf(order)} and is divided into several allocations; F&O takes one invoice line per line of the order.`;
  return { code: 'order-line-split', message };
}

function problemOf({ amount }: PlannedLine, order: OrderReference, currency: string): Problem | undefined {
  const { line, quantity, unitPrice } = order;
  if (line === undefined || !isDecimal(line) || !amountOf(line).isInteger()) {
    const found = line === undefined ? 'delivers no line of the order' : `calls the line of the order "${line}"`;
    const message = `${nameOf(order)}, but Concur ${found}; F&O needs its number.`;
    return { code: 'order-line-unknown', message };
  }
  if (quantity !== undefined && unitPrice !== undefined && isDecimal(quantity) && isDecimal(unitPrice)) {
    const product = amountOf(quantity).times(unitPrice).abs();
    if (!product.isZero() && roundedTo(product, currency).equals(amount.abs())) return undefined;
  }
  const message = `${nameOf(order)}, but its amount ${plain(amount)} is not quantity times price (${quantity ?? 'none'} × ${unitPrice ?? 'none'}), which F&O compares with the order.`;
  return { code: 'order-price', message };
}

/** Quantity and price without sign, for lines that {@link refuseUnknownOrderLines} has let pass. */
export function orderQuantities({ quantity = '0', unitPrice = '0' }: OrderReference): {
  quantity: string;
  unitPrice: string;
} {
  return { quantity: plain(amountOf(quantity).abs()), unitPrice: plain(amountOf(unitPrice).abs()) };
}
