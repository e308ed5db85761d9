import { Decimal } from 'decimal.js';
import {
  byText,
  code,
  fixed,
  idField,
  modifiedField,
  option,
  plainField,
  text,
  type EntitySet,
} from './odata-fields.js';
import type { OrderRow, PurchaseLineRow, ReceiptRow } from './records.js';
import { dimensionPart } from './sets-dimensions.js';
import { amountFields, delivered, lineSet, partyFields } from './sets-purchase.js';
import { plain } from './wire.js';
import { EMPTY_GUID } from './world.js';

/** What is still to come of a line's quantity. */
export function outstanding(line: PurchaseLineRow, done: 'receivedQuantity' | 'invoicedQuantity'): Decimal {
  return new Decimal(line.quantity).minus(line[done] ?? 0);
}

/** Order lines: the price is called otherwise than on invoices. */
export const purchaseOrderLines = lineSet(
  {
    name: 'purchaseOrderLines',
    type: 'purchaseOrderLine',
    parentType: 'Purchase Order Line',
    price: 'directUnitCost',
  },
  {
    description2: text<PurchaseLineRow>(50, (row) => row.description2),
    receivedQuantity: fixed(plainField<PurchaseLineRow>('decimal', (row) => row.receivedQuantity ?? '0')),
    invoicedQuantity: fixed(plainField<PurchaseLineRow>('decimal', (row) => row.invoicedQuantity ?? '0')),
    receiveQuantity: fixed(
      plainField<PurchaseLineRow>('decimal', (row) => plain(outstanding(row, 'receivedQuantity'))),
    ),
    invoiceQuantity: fixed(
      plainField<PurchaseLineRow>('decimal', (row) => plain(outstanding(row, 'invoicedQuantity'))),
    ),
  },
);

/** True once everything has come; comments do not count. */
export function isFullyReceived(order: OrderRow): boolean {
  const goods = order.lines.filter(({ lineType }) => lineType !== 'Comment');
  return goods.length > 0 && goods.every((line) => outstanding(line, 'receivedQuantity').isZero());
}

/** Purchase orders; no field for a reference of ours, and gone once all is invoiced (section 13). */
export const purchaseOrders: EntitySet<OrderRow> = {
  name: 'purchaseOrders',
  type: 'purchaseOrder',
  fields: {
    id: idField(),
    number: fixed(code(20, (row) => row.draftNumber)),
    orderDate: plainField('date', (row) => row.orderDate),
    postingDate: plainField('date', (row) => row.postingDate),
    ...partyFields<OrderRow>(delivered),
    ...amountFields<OrderRow>(),
    paymentTermsId: plainField('guid', (row) => row.paymentTermsId),
    shipmentMethodId: fixed(plainField('guid', () => EMPTY_GUID)),
    requestedReceiptDate: plainField('date', (row) => row.requestedReceiptDate),
    fullyReceived: fixed(plainField('flag', isFullyReceived)),
    status: fixed(option(['Draft', 'In Review', 'Open'], (row) => (row.released ? 'Open' : 'Draft'))),
  },
  parts: {
    purchaseOrderLines: { set: purchaseOrderLines, rows: (row) => row.lines },
    dimensionSetLines: dimensionPart('Purchase Order'),
  },
  order: (left, right) => Number(left.draftNumber) - Number(right.draftNumber),
  lagging: true,
};

/** Lines of posted receipts. */
export const purchaseReceiptLines: EntitySet<PurchaseLineRow> = {
  name: 'purchaseReceiptLines',
  type: 'purchaseReceiptLine',
  fields: {
    id: idField(),
    documentId: plainField('guid', (row) => row.documentId),
    sequence: plainField('integer', (row) => row.sequence),
    lineType: option(['Comment', 'Account', 'Item'], (row) => row.lineType),
    lineObjectNumber: code(20, (row) => row.accountNumber),
    description: text(100, (row) => row.description),
    unitCost: plainField('decimal', (row) => row.unitCost),
    quantity: plainField('decimal', (row) => row.quantity),
  },
  parts: { dimensionSetLines: dimensionPart('Purchase Receipt Line') },
  order: (left, right) => byText(left.documentId, right.documentId) || left.sequence - right.sequence,
  lagging: false,
  parent: { field: 'documentId', message: 'You must specify an Id or a Document Id to get the lines.' },
};

/** Posted receipts; read-only. */
export const purchaseReceipts: EntitySet<ReceiptRow> = {
  name: 'purchaseReceipts',
  type: 'purchaseReceipt',
  fields: {
    id: idField(),
    number: fixed(code(20, (row) => row.draftNumber)),
    postingDate: plainField('date', (row) => row.postingDate),
    ...partyFields<ReceiptRow>(delivered),
    currencyCode: code(10, (row, view) => row.currencyCode || view.company.currency),
    orderNumber: fixed(code(20, (row) => row.orderNumber)),
    lastModifiedDateTime: modifiedField(),
  },
  parts: {
    purchaseReceiptLines: { set: purchaseReceiptLines, rows: (row) => row.lines },
    dimensionSetLines: dimensionPart('Purchase Receipt'),
  },
  order: (left, right) => Number(left.draftNumber) - Number(right.draftNumber),
  lagging: true,
};
