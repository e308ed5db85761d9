import type { Call } from './calls.js';
import { checkVendor } from './checks.js';
import { withDimensions } from './dimension-lines.js';
import { businessError } from './errors.js';
import { checkedBody } from './odata-body.js';
import type { Scalar } from './odata-fields.js';
import { refuseReleased } from './purchase-documents.js';
import { blankHeader, changedHeader, refuseOtherVendor, requiredVendor } from './purchase-headers.js';
import { orderMark, purchaseKinds } from './purchase-kinds.js';
import { addLine } from './purchase-lines.js';
import type { OrderRow } from './records.js';
import { purchaseOrders } from './sets-orders.js';
import { paymentTermsRows } from './sets-payment.js';
import { EMPTY_DATE, EMPTY_GUID, nextNumber, type Company } from './world.js';

/**
 * POST of an order. Its parts come in the other order than on invoices: the lines are made before the header has its
 * dimensions, so that no line inherits those (section 4).
 */
export function createOrder(call: Call, json: unknown): OrderRow {
  const { values, parts } = checkedBody(purchaseOrders, json);
  const { company, world } = call;
  const vendor = requiredVendor(company, values);
  call.key = `${company.name}/${vendor.number}`;
  checkVendor(vendor, 'create');
  const blank = blankHeader(call, vendor, String(nextNumber(company, 'order')));
  const { dimensions: inBody, ...header } = changedHeader(company, blank, values);
  const order = company.orders.insert({
    ...{ ...blank, ...header },
    ...{ orderDate: world.today(), requestedReceiptDate: EMPTY_DATE, paymentTermsId: EMPTY_GUID, released: false },
    ...changedOrder(company, values),
    dimensions: inBody,
  });
  for (const line of parts['purchaseOrderLines'] ?? []) addLine(call, purchaseKinds.purchaseOrders, order, line);
  const dimensions = withDimensions(call, order.dimensions, parts['dimensionSetLines'] ?? []);
  company.orders.update(order, { dimensions });
  call.key = `${company.name}/${orderMark(order)}`;
  const isTwin = company.orders.all().some((other) => other.id !== order.id && orderMark(other) === orderMark(order));
  if (isTwin) call.repeatMessage = `a second order ${orderMark(order)} was created`;
  return order;
}

/** PATCH of an order that is not released. */
export function updateOrder(call: Call, order: OrderRow, json: unknown): OrderRow {
  call.key = purchaseKinds.purchaseOrders.key(call.company, order);
  refuseReleased(order);
  const { values } = checkedBody(purchaseOrders, json);
  refuseOtherVendor(call.company, order, values);
  return call.company.orders.update(order, {
    ...changedHeader(call.company, order, values),
    ...changedOrder(call.company, values),
  });
}

/** Receiving and invoicing are for people: the API cannot set the invoice number that it needs (section 13). */
export function refuseReceiveAndInvoice(call: Call, order: OrderRow): never {
  call.world.desk.violation(call.operation, `order ${order.draftNumber} received and invoiced by the connector`);
  throw businessError(
    'You need to enter the document number of the document from the vendor in the Vendor Invoice No. field, so that this document stays linked to the original.',
  );
}

function changedOrder(company: Company, values: Record<string, Scalar>): Partial<OrderRow> {
  const patch: Partial<OrderRow> = {};
  for (const name of ['orderDate', 'requestedReceiptDate'] as const) {
    if (values[name] !== undefined) patch[name] = String(values[name]);
  }
  const terms = values['paymentTermsId'];
  if (terms === undefined) return patch;
  if (terms !== EMPTY_GUID && !paymentTermsRows(company).some(({ id }) => id === terms)) {
    throw businessError('The "paymentTermsId" does not match to a Payment Terms.');
  }
  return { ...patch, paymentTermsId: String(terms) };
}
