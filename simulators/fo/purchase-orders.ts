import { Decimal } from 'decimal.js';
import type { FoMasterData, PurchaseOrder } from '../harness/master-data.js';
import { vendInvoiceTransBiEntities } from './pending-entities.js';
import type { Company, FoStore } from './store.js';
import { sum, text } from './values.js';

/** A line of a purchase order with the order that it belongs to. */
export interface OrderLine {
  order: PurchaseOrder;
  line: PurchaseOrder['lines'][number];
}

/** Purchase order of a company by its number. */
export function findOrder(master: FoMasterData, company: Company, number: string): PurchaseOrder | undefined {
  return master.purchaseOrders?.find(
    (order) =>
      order.company.toLowerCase() === company.company.toLowerCase() &&
      order.number.toLowerCase() === number.toLowerCase(),
  );
}

/** Quantity that posted invoices have taken from an order line. */
function invoicedQuantity(store: FoStore, { order, line }: OrderLine): Decimal {
  const rows = [...(store.table(vendInvoiceTransBiEntities.set).candidates('PurchID', order.number) ?? [])];
  const own = rows.filter(
    (row) => row['dataAreaId'] === order.company.toLowerCase() && row['PurchaseLineLineNumber'] === String(line.line),
  );
  return sum(own.map((row) => text(row, 'Qty')));
}

/** Says why a quantity cannot be invoiced on top of what is invoiced: more than ordered, or less than nothing. */
export function overReceipt(store: FoStore, orderLine: OrderLine, quantity: Decimal): string | undefined {
  const { order, line } = orderLine;
  const invoiced = invoicedQuantity(store, orderLine);
  const after = invoiced.plus(quantity);
  if (after.lessThanOrEqualTo(line.quantity) && !after.isNegative()) return undefined;
  const remaining = new Decimal(line.quantity).minus(invoiced).toFixed();
  const place = `line ${String(line.line)} of purchase order ${order.number}`;
  return `The quantity ${quantity.toFixed()} exceeds the remaining quantity ${remaining} on ${place}.`;
}

/** Says that product receipts do not cover what would be invoiced then (three-way matching). */
export function unreceived(store: FoStore, orderLine: OrderLine, quantity: Decimal): string | undefined {
  const { order, line } = orderLine;
  if (line.received === undefined) return undefined;
  const after = invoicedQuantity(store, orderLine).plus(quantity);
  if (after.lessThanOrEqualTo(line.received)) return undefined;
  const place = `line ${String(line.line)} of purchase order ${order.number}`;
  return `Invoice matching: the invoiced quantity ${after.toFixed()} on ${place} exceeds the received quantity ${line.received}.`;
}
