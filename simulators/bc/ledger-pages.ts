import { code, plainField, text, type EntitySet } from './odata-fields.js';
import { originalOf, remainingOf } from './ledger-amounts.js';
import type { DetailRow, VendorEntryRow } from './records.js';
import type { RootSet } from './root-sets.js';

/** Page 29 as a web service: one row per vendor ledger entry, options as captions (dynamics-nav.md section 15, source 4). */
const vendorLedgerEntries: EntitySet<VendorEntryRow> = {
  name: 'VendorLedgerEntries',
  type: 'VendorLedgerEntries',
  fields: {
    Entry_No: plainField('integer', (row) => row.entryNo),
    Posting_Date: plainField('date', (row) => row.postingDate),
    Document_Date: plainField('date', (row) => row.documentDate),
    Due_Date: plainField('date', (row) => row.dueDate),
    Document_Type: text(20, (row) => row.documentType),
    Document_No: code(20, (row) => row.documentNumber),
    External_Document_No: code(
      35,
      (row, { company }) => company.invoices.get(row.invoiceId)?.vendorInvoiceNumber ?? '',
    ),
    Vendor_No: code(20, (row) => row.vendorNumber),
    Description: text(100, () => ''),
    Currency_Code: code(10, (row) => row.currencyCode),
    Original_Amount: plainField('decimal', (row) => originalOf(row).amount.toFixed()),
    Remaining_Amount: plainField('decimal', (row) => remainingOf([row]).amount.toFixed()),
    Remaining_Amt_LCY: plainField('decimal', (row) => remainingOf([row]).lcy.toFixed()),
    Open: plainField('flag', (row) => row.open),
    Closed_at_Date: plainField('date', (row) => row.closedAtDate),
    Reversed: plainField('flag', () => false),
  },
  parts: {},
  order: (left, right) => left.entryNo - right.entryNo,
  lagging: false,
};

interface PageDetail extends DetailRow {
  entry: VendorEntryRow;
}

/** Page 574: the detailed entries, in the currency of their documents. */
const detailedVendorLedgerEntries: EntitySet<PageDetail> = {
  name: 'DetailedVendorLedgerEntries',
  type: 'DetailedVendorLedgerEntries',
  fields: {
    Entry_No: plainField('integer', (row) => row.entryNo),
    Vendor_Ledger_Entry_No: plainField('integer', (row) => row.entry.entryNo),
    Entry_Type: text(50, (row) => row.entryType),
    Document_Type: text(20, (row) => row.documentType),
    Document_No: code(20, (row) => row.documentNo),
    Posting_Date: plainField('date', (row) => row.postingDate),
    Vendor_No: code(20, (row) => row.entry.vendorNumber),
    Currency_Code: code(10, (row) => row.entry.currencyCode),
    Amount: plainField('decimal', (row) => row.amount),
    Amount_LCY: plainField('decimal', (row) => row.amountLcy),
    Unapplied: plainField('flag', (row) => isTakenBack(row)),
  },
  parts: {},
  order: (left, right) => left.entryNo - right.entryNo,
  lagging: false,
};

/** Pages that an administrator has published, by service name. */
export const publishedPages: Record<string, RootSet> = {
  VendorLedgerEntries: { set: vendorLedgerEntries, rows: ({ company }) => company.vendorEntries.all() },
  DetailedVendorLedgerEntries: {
    set: detailedVendorLedgerEntries,
    rows: ({ company }): PageDetail[] =>
      company.vendorEntries.all().flatMap((entry) => entry.details.map((detail) => ({ ...detail, entry }))),
  },
};

/** Both rows of an application that was undone say so. */
function isTakenBack({ entry, entryType, applicationNo }: PageDetail): boolean {
  const rows = entry.details.filter((row) => row.entryType === 'Application' && row.applicationNo === applicationNo);
  return entryType === 'Application' && rows.length > 1;
}
