import { invoiceAmounts, lineAmounts, taxPercent } from './invoice-amounts.js';
import {
  byText,
  code,
  fixed,
  idField,
  modifiedField,
  option,
  plainField,
  sees,
  text,
  type EntitySet,
  type Field,
  type View,
} from './odata-fields.js';
import type { InvoiceLineRow, InvoiceRow, VendorRow } from './records.js';
import { dimensionPart } from './sets-dimensions.js';
import { accountId } from './sets-journals.js';
import { currencyId, shortcutDimension } from './sets-master.js';
import { plain } from './wire.js';
import { EMPTY_GUID } from './world.js';

/** Line types; only the first two can be posted in the simulated companies. */
export const INVOICE_LINE_TYPES = ['Comment', 'Account', 'Item', 'Resource', 'Fixed Asset', 'Charge'] as const;

/** Purchase invoice lines: one net amount each, tax computed. */
export const purchaseInvoiceLines: EntitySet<InvoiceLineRow> = {
  name: 'purchaseInvoiceLines',
  type: 'purchaseInvoiceLine',
  fields: {
    id: idField(),
    documentId: plainField('guid', (row) => row.documentId),
    sequence: plainField('integer', (row) => row.sequence),
    itemId: fixed(plainField('guid', () => EMPTY_GUID)),
    accountId: plainField('guid', (row, view) => accountId(view.company, 'G/L Account', row.accountNumber)),
    lineType: option(INVOICE_LINE_TYPES, (row) => row.lineType),
    lineObjectNumber: code(20, (row) => row.accountNumber),
    description: text(100, (row) => row.description),
    description2: text(50, (row) => row.description2),
    unitOfMeasureCode: fixed(code(10, () => '')),
    unitCost: plainField('decimal', (row) => row.unitCost),
    quantity: plainField('decimal', (row) => row.quantity),
    discountAmount: fixed(plainField('decimal', () => '0')),
    discountPercent: fixed(plainField('decimal', () => '0')),
    discountAppliedBeforeTax: fixed(plainField('flag', () => false)),
    amountExcludingTax: fixed(plainField('decimal', (row) => plain(lineAmounts(row).net))),
    taxCode: code(50, (row) => row.taxCode),
    taxPercent: fixed(plainField('decimal', (row) => String(taxPercent(row.taxCode)))),
    totalTaxAmount: fixed(plainField('decimal', (row) => plain(lineAmounts(row).tax))),
    amountIncludingTax: fixed(plainField('decimal', (row) => plain(lineAmounts(row).gross))),
    netAmount: fixed(plainField('decimal', (row) => plain(lineAmounts(row).net))),
    netTaxAmount: fixed(plainField('decimal', (row) => plain(lineAmounts(row).tax))),
    netAmountIncludingTax: fixed(plainField('decimal', (row) => plain(lineAmounts(row).gross))),
  },
  parts: { dimensionSetLines: dimensionPart('Purchase Invoice Line') },
  order: (left, right) => byText(left.documentId, right.documentId) || left.sequence - right.sequence,
  lagging: false,
  parent: { field: 'documentId', message: 'You must specify an Id or a Document Id to get the lines.' },
};

/** Free texts of the header that are only kept. */
const HEADER_TEXTS: Record<string, number> = {
  shipToName: 100,
  shipToContact: 100,
  buyFromAddressLine1: 100,
  buyFromAddressLine2: 50,
  buyFromCity: 30,
  buyFromCountry: 10,
  buyFromState: 30,
  buyFromPostCode: 20,
  shipToAddressLine1: 100,
  shipToAddressLine2: 50,
  shipToCity: 30,
  shipToCountry: 10,
  shipToState: 30,
  shipToPostCode: 20,
  purchaser: 20,
};

/** Names of the header texts. */
export const HEADER_TEXT_NAMES = Object.keys(HEADER_TEXTS);

function headerTexts(): Record<string, Field<InvoiceRow>> {
  const names = Object.entries(HEADER_TEXTS);
  return Object.fromEntries(
    names.map(([name, length]) => [name, text<InvoiceRow>(length, (row) => row.texts[name] ?? '')]),
  );
}

/** The replica may still show a draft that has just been posted. */
function isDraft(row: InvoiceRow, view: View): boolean {
  return row.postedAt === 0 || !sees(view, row.postedAt);
}

function statusOf(row: InvoiceRow, view: View): string {
  if (isDraft(row, view)) return 'Draft';
  return view.company.vendorEntries.get(row.vendorEntryId)?.open === false ? 'Paid' : 'Open';
}

function vendorOf(view: View, number: string): VendorRow | undefined {
  return view.company.vendors.find((row) => row.number === number);
}

function dimensionValueOf(row: InvoiceRow, view: View, position: number): string {
  const dimension = shortcutDimension(view.company, position);
  return row.dimensions.find((pair) => pair.code === dimension)?.value ?? '';
}

/** Purchase invoices, drafts and posted together. */
export const purchaseInvoices: EntitySet<InvoiceRow> = {
  name: 'purchaseInvoices',
  type: 'purchaseInvoice',
  fields: {
    id: idField(),
    number: fixed(code(20, (row, view) => (isDraft(row, view) ? row.draftNumber : row.postedNumber))),
    invoiceDate: plainField('date', (row) => row.invoiceDate),
    postingDate: plainField('date', (row) => row.postingDate),
    dueDate: plainField('date', (row) => row.dueDate),
    vendorInvoiceNumber: code(35, (row) => row.vendorInvoiceNumber),
    vendorId: plainField('guid', (row, view) => vendorOf(view, row.vendorNumber)?.id ?? EMPTY_GUID),
    vendorNumber: code(20, (row) => row.vendorNumber),
    vendorName: fixed(text(100, (row, view) => vendorOf(view, row.vendorNumber)?.displayName ?? '')),
    payToName: fixed(text(100, (row, view) => vendorOf(view, row.payToVendorNumber)?.displayName ?? '')),
    payToContact: fixed(text(100, () => '')),
    payToVendorId: plainField('guid', (row, view) => vendorOf(view, row.payToVendorNumber)?.id ?? EMPTY_GUID),
    payToVendorNumber: code(20, (row) => row.payToVendorNumber),
    ...headerTexts(),
    shortcutDimension1Code: code(20, (row, view) => dimensionValueOf(row, view, 1)),
    shortcutDimension2Code: code(20, (row, view) => dimensionValueOf(row, view, 2)),
    currencyId: plainField('guid', (row) => currencyId(row.currencyCode)),
    currencyCode: code(10, (row, view) => row.currencyCode || view.company.currency),
    orderId: fixed(plainField('guid', () => EMPTY_GUID)),
    orderNumber: fixed(code(20, () => '')),
    pricesIncludeTax: fixed(plainField('flag', () => false)),
    discountAmount: fixed(plainField('decimal', () => '0')),
    discountAppliedBeforeTax: fixed(plainField('flag', () => true)),
    totalAmountExcludingTax: fixed(plainField('decimal', (row) => plain(invoiceAmounts(row.lines).net))),
    totalTaxAmount: fixed(plainField('decimal', (row) => plain(invoiceAmounts(row.lines).tax))),
    totalAmountIncludingTax: fixed(plainField('decimal', (row) => plain(invoiceAmounts(row.lines).gross))),
    status: fixed(option(['Draft', 'In Review', 'Open', 'Paid', 'Canceled', 'Corrective'], statusOf)),
    lastModifiedDateTime: modifiedField(),
  },
  parts: {
    purchaseInvoiceLines: { set: purchaseInvoiceLines, rows: (row) => row.lines },
    dimensionSetLines: dimensionPart('Purchase Invoice'),
  },
  order: (left, right) => Number(left.draftNumber) - Number(right.draftNumber),
  lagging: true,
};
