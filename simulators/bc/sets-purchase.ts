import { documentAmounts, lineAmounts, taxPercent } from './purchase-amounts.js';
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
  type Field,
  type View,
} from './odata-fields.js';
import type { PurchaseDocumentRow, PurchaseLineRow, VendorRow } from './records.js';
import { dimensionPart } from './sets-dimensions.js';
import { accountId } from './sets-journals.js';
import { currencyId, shortcutDimension } from './sets-master.js';
import { plain } from './wire.js';
import { EMPTY_GUID } from './world.js';

/** Line types; only the first two can be posted in the simulated companies. */
export const LINE_TYPES = ['Comment', 'Account', 'Item', 'Resource', 'Fixed Asset', 'Charge'] as const;

type Fields<Row> = Record<string, Field<Row>>;

const none = fixed<PurchaseLineRow>(plainField('decimal', () => '0'));

/** Lines of one kind of document: one net amount each, tax computed. `own` are the fields of this kind alone. */
export function lineSet(
  names: { name: string; type: string; parentType: string; price: 'unitCost' | 'directUnitCost' },
  own: Fields<PurchaseLineRow>,
): EntitySet<PurchaseLineRow> {
  const { name, type, parentType, price } = names;
  const computed = (read: (row: PurchaseLineRow) => string): Field<PurchaseLineRow> =>
    fixed(plainField('decimal', read));
  return {
    name,
    type,
    fields: {
      id: idField(),
      documentId: plainField('guid', (row) => row.documentId),
      sequence: plainField('integer', (row) => row.sequence),
      itemId: fixed(plainField('guid', () => EMPTY_GUID)),
      accountId: plainField('guid', (row, view) => accountId(view.company, 'G/L Account', row.accountNumber)),
      lineType: option(LINE_TYPES, (row) => row.lineType),
      lineObjectNumber: code(20, (row) => row.accountNumber),
      description: text(100, (row) => row.description),
      unitOfMeasureCode: fixed(code(10, () => '')),
      [price]: plainField<PurchaseLineRow>('decimal', (row) => row.unitCost),
      quantity: plainField('decimal', (row) => row.quantity),
      ...{ discountAmount: none, discountPercent: none },
      discountAppliedBeforeTax: fixed(plainField('flag', () => false)),
      amountExcludingTax: computed((row) => plain(lineAmounts(row).net)),
      taxCode: code(50, (row) => row.taxCode),
      taxPercent: computed((row) => String(taxPercent(row.taxCode))),
      totalTaxAmount: computed((row) => plain(lineAmounts(row).tax)),
      amountIncludingTax: computed((row) => plain(lineAmounts(row).gross)),
      netAmount: computed((row) => plain(lineAmounts(row).net)),
      netTaxAmount: computed((row) => plain(lineAmounts(row).tax)),
      netAmountIncludingTax: computed((row) => plain(lineAmounts(row).gross)),
      ...own,
    },
    parts: { dimensionSetLines: dimensionPart(parentType) },
    order: (left, right) => byText(left.documentId, right.documentId) || left.sequence - right.sequence,
    lagging: false,
    parent: { field: 'documentId', message: 'You must specify an Id or a Document Id to get the lines.' },
  };
}

/** Free texts of the header that are only kept. */
const buyFrom = {
  ...{ buyFromAddressLine1: 100, buyFromAddressLine2: 50, buyFromCity: 30, buyFromCountry: 10 },
  ...{ buyFromState: 30, buyFromPostCode: 20, purchaser: 20 },
};
const shipTo = {
  ...{ shipToName: 100, shipToContact: 100, shipToAddressLine1: 100, shipToAddressLine2: 50 },
  ...{ shipToCity: 30, shipToCountry: 10, shipToState: 30, shipToPostCode: 20 },
};
const payTo = {
  ...{ payToAddressLine1: 100, payToAddressLine2: 50, payToCity: 30 },
  ...{ payToCountry: 10, payToState: 30, payToPostCode: 20 },
};

/** Names of all header texts of all kinds. */
export const HEADER_TEXT_NAMES = Object.keys({ ...buyFrom, ...shipTo, ...payTo });

/** Texts of invoices, orders and receipts. */
export const delivered: Record<string, number> = { ...buyFrom, ...shipTo };
/** Texts of credit memos. */
export const credited: Record<string, number> = { ...buyFrom, ...payTo };

/** Free texts that are kept with the document. */
export function textFields<Row extends { texts: Record<string, string> }>(
  lengths: Record<string, number>,
): Fields<Row> {
  const names = Object.entries(lengths);
  return Object.fromEntries(names.map(([name, length]) => [name, text<Row>(length, (row) => row.texts[name] ?? '')]));
}

function vendorOf(view: View, number: string): VendorRow | undefined {
  return view.company.vendors.find((row) => row.number === number);
}

function dimensionValueOf(row: PurchaseDocumentRow, view: View, position: number): string {
  const dimension = shortcutDimension(view.company, position);
  return row.dimensions.find((pair) => pair.code === dimension)?.value ?? '';
}

/** Vendor, pay-to vendor and texts. */
export function partyFields<Row extends PurchaseDocumentRow>(texts: Record<string, number>): Fields<Row> {
  return {
    vendorId: plainField('guid', (row, view) => vendorOf(view, row.vendorNumber)?.id ?? EMPTY_GUID),
    vendorNumber: code(20, (row) => row.vendorNumber),
    vendorName: fixed(text(100, (row, view) => vendorOf(view, row.vendorNumber)?.displayName ?? '')),
    payToName: fixed(text(100, (row, view) => vendorOf(view, row.payToVendorNumber)?.displayName ?? '')),
    payToVendorId: plainField('guid', (row, view) => vendorOf(view, row.payToVendorNumber)?.id ?? EMPTY_GUID),
    payToVendorNumber: code(20, (row) => row.payToVendorNumber),
    ...textFields<Row>(texts),
  };
}

/** Shortcut dimensions, currency and totals. */
export function amountFields<Row extends PurchaseDocumentRow>(): Fields<Row> {
  return {
    shortcutDimension1Code: code(20, (row, view) => dimensionValueOf(row, view, 1)),
    shortcutDimension2Code: code(20, (row, view) => dimensionValueOf(row, view, 2)),
    currencyId: plainField('guid', (row) => currencyId(row.currencyCode)),
    currencyCode: code(10, (row, view) => row.currencyCode || view.company.currency),
    pricesIncludeTax: fixed(plainField('flag', () => false)),
    discountAmount: fixed(plainField('decimal', () => '0')),
    discountAppliedBeforeTax: fixed(plainField('flag', () => true)),
    totalAmountExcludingTax: fixed(plainField('decimal', (row) => plain(documentAmounts(row.lines).net))),
    totalTaxAmount: fixed(plainField('decimal', (row) => plain(documentAmounts(row.lines).tax))),
    totalAmountIncludingTax: fixed(plainField('decimal', (row) => plain(documentAmounts(row.lines).gross))),
    lastModifiedDateTime: modifiedField(),
  };
}
