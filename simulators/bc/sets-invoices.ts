import { code, fixed, idField, option, plainField, sees, text, type EntitySet, type View } from './odata-fields.js';
import type { CreditMemoRow, InvoiceRow, PostableRow, PurchaseLineRow } from './records.js';
import { dimensionPart } from './sets-dimensions.js';
import { amountFields, credited, delivered, lineSet, partyFields } from './sets-purchase.js';
import { EMPTY_GUID } from './world.js';

/** Purchase invoice lines. */
export const purchaseInvoiceLines = lineSet(
  {
    name: 'purchaseInvoiceLines',
    type: 'purchaseInvoiceLine',
    parentType: 'Purchase Invoice Line',
    price: 'unitCost',
  },
  { description2: text<PurchaseLineRow>(50, (row) => row.description2) },
);

/** Credit memo lines; amounts are positive. */
export const purchaseCreditMemoLines = lineSet(
  {
    name: 'purchaseCreditMemoLines',
    type: 'purchaseCreditMemoLine',
    parentType: 'Purchase Credit Memo Line',
    price: 'unitCost',
  },
  {},
);

/** The replica may still show a draft that has just been posted. */
function isDraft(row: PostableRow, view: View): boolean {
  return row.postedAt === 0 || !sees(view, row.postedAt);
}

/** `Paid` only says that the vendor ledger entry is closed; a cancelling document wins over it (section 15). */
function statusOf(row: PostableRow, view: View): string {
  if (isDraft(row, view)) return 'Draft';
  if (row.ending !== undefined) return row.ending;
  return view.company.vendorEntries.get(row.vendorEntryId)?.open === false ? 'Paid' : 'Open';
}

function numberOf(row: PostableRow, view: View): string {
  return isDraft(row, view) ? row.draftNumber : row.postedNumber;
}

/** Purchase invoices, drafts and posted together. */
export const purchaseInvoices: EntitySet<InvoiceRow> = {
  name: 'purchaseInvoices',
  type: 'purchaseInvoice',
  fields: {
    id: idField(),
    number: fixed(code(20, numberOf)),
    invoiceDate: plainField('date', (row) => row.invoiceDate),
    postingDate: plainField('date', (row) => row.postingDate),
    dueDate: plainField('date', (row) => row.dueDate),
    vendorInvoiceNumber: code(35, (row) => row.vendorInvoiceNumber),
    ...partyFields<InvoiceRow>(delivered),
    payToContact: fixed(text(100, () => '')),
    orderId: fixed(plainField('guid', (row) => row.order?.id ?? EMPTY_GUID)),
    orderNumber: fixed(code(20, (row) => row.order?.number ?? '')),
    ...amountFields<InvoiceRow>(),
    status: fixed(option(['Draft', 'In Review', 'Open', 'Paid', 'Canceled', 'Corrective'], statusOf)),
  },
  parts: {
    purchaseInvoiceLines: { set: purchaseInvoiceLines, rows: (row) => row.lines },
    dimensionSetLines: dimensionPart('Purchase Invoice'),
  },
  order: (left, right) => Number(left.draftNumber) - Number(right.draftNumber),
  lagging: true,
};

/** Purchase credit memos, drafts and posted together. */
export const purchaseCreditMemos: EntitySet<CreditMemoRow> = {
  name: 'purchaseCreditMemos',
  type: 'purchaseCreditMemo',
  fields: {
    id: idField(),
    number: fixed(code(20, numberOf)),
    creditMemoDate: plainField('date', (row) => row.creditMemoDate),
    postingDate: plainField('date', (row) => row.postingDate),
    dueDate: plainField('date', (row) => row.dueDate),
    vendorCreditMemoNumber: code(35, (row) => row.vendorCreditMemoNumber),
    ...partyFields<CreditMemoRow>(credited),
    ...amountFields<CreditMemoRow>(),
    invoiceId: plainField('guid', (row) => row.invoiceId || EMPTY_GUID),
    invoiceNumber: code(20, (row, view) => view.company.invoices.get(row.invoiceId)?.postedNumber ?? ''),
    status: fixed(option(['Draft', 'In Review', 'Open', 'Canceled', 'Corrective', 'Paid'], statusOf)),
  },
  parts: {
    purchaseCreditMemoLines: { set: purchaseCreditMemoLines, rows: (row) => row.lines },
    dimensionSetLines: dimensionPart('Purchase Credit Memo'),
  },
  order: (left, right) => Number(left.draftNumber) - Number(right.draftNumber),
  lagging: true,
};
