import type { Call } from './calls.js';
import { businessError, fieldError } from './errors.js';
import type { Scalar } from './odata-fields.js';
import { isPosted, purchaseKinds } from './purchase-kinds.js';
import type { OrderRow, PurchaseDocumentRow } from './records.js';

type Values = Record<string, Scalar>;

/** Dates `YYYY-MM-DD`. */
export interface DocumentDates {
  date: string;
  dueDate: string;
}

/** DELETE of a document. The service really deletes a posted one, which no connector may ask for. */
export function deleteDocument(call: Call, set: keyof typeof purchaseKinds, document: PurchaseDocumentRow): void {
  const kind = purchaseKinds[set];
  call.key = kind.key(call.company, document);
  const what = kind.name.replace('Purchase ', '').toLowerCase();
  if (isPosted(document)) {
    call.world.desk.violation(call.operation, `posted ${what} ${document.postedNumber} deleted`);
  }
  if (set === 'purchaseOrders') {
    call.world.desk.violation(call.operation, `order ${document.draftNumber} deleted: orders are never deleted`);
  }
  kind.table(call.company).remove(document);
}

/** Refuses a change of a posted document, and records it. */
export function refusePosted(call: Call, document: PurchaseDocumentRow): void {
  if (!isPosted(document)) return;
  const what = 'vendorInvoiceNumber' in document ? 'invoice' : 'credit memo';
  call.world.desk.violation(call.operation, `change of the posted ${what} ${document.postedNumber}`);
  throw businessError(`The ${what} has been posted and can no longer be modified.`);
}

/** Refuses changes of what is posted or released. */
export function refuseClosed(call: Call, document: PurchaseDocumentRow): void {
  refusePosted(call, document);
  if ('released' in document) refuseReleased(document as OrderRow);
}

/** Refuses changes of an order that has been released. */
export function refuseReleased(order: OrderRow): void {
  if (!order.released) return;
  throw fieldError(
    `Status must be equal to 'Open' in Purchase Header: Document Type=Order, No.=${order.draftNumber}. Current value is 'Released'.`,
  );
}

/** True if another document of the vendor has the same number of the vendor's own. */
export function hasTwin<Row extends PurchaseDocumentRow>(rows: readonly Row[], row: Row, number: keyof Row): boolean {
  return rows.some(
    (other) => other.id !== row.id && other.vendorNumber === row.vendorNumber && other[number] === row[number],
  );
}

/** Document date and due date of a new document: today, and the document date, unless they are given. */
export function newDates(values: Values, name: 'invoiceDate' | 'creditMemoDate', today: string): DocumentDates {
  const date = String(values[name] ?? today);
  return { date, dueDate: String(values['dueDate'] ?? date) };
}

/** The due date after a change: a new document date moves it, unless it is given. */
export function changedDates(
  values: Values,
  name: 'invoiceDate' | 'creditMemoDate',
  before: DocumentDates,
): DocumentDates {
  if (values[name] === undefined) return { ...before, dueDate: String(values['dueDate'] ?? before.dueDate) };
  return newDates(values, name, before.date);
}
