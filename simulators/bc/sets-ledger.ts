import { Decimal } from 'decimal.js';
import { code, fixed, idField, modifiedField, option, plainField, text, type EntitySet } from './odata-fields.js';
import type { DetailRow, GlEntryRow, Stored, VendorEntryRow } from './records.js';
import { dimensionPart } from './sets-dimensions.js';
import { plain } from './wire.js';
import { EMPTY_DATE, EMPTY_GUID, type Company } from './world.js';

const DOCUMENT_TYPES = [' ', 'Payment', 'Invoice', 'Credit Memo', 'Finance Charge Memo', 'Reminder', 'Refund'] as const;

/** Posted G/L entries; read-only, and without external document number or vendor. */
export const generalLedgerEntries: EntitySet<GlEntryRow> = {
  name: 'generalLedgerEntries',
  type: 'generalLedgerEntry',
  fields: {
    id: idField(),
    entryNumber: fixed(plainField('integer', (row) => row.entryNumber)),
    postingDate: plainField('date', (row) => row.postingDate),
    documentNumber: code(20, (row) => row.documentNumber),
    documentType: option(DOCUMENT_TYPES, (row) => row.documentType),
    accountId: plainField('guid', (row, view) => {
      return view.company.accounts.find((account) => account.number === row.accountNumber)?.id ?? EMPTY_GUID;
    }),
    accountNumber: code(20, (row) => row.accountNumber),
    description: text(100, (row) => row.description),
    debitAmount: plainField('decimal', (row) => plain(Decimal.max(row.amount, 0))),
    creditAmount: plainField('decimal', (row) => plain(Decimal.max(new Decimal(row.amount).neg(), 0))),
    additionalCurrencyDebitAmount: plainField('decimal', () => '0'),
    additionalCurrencyCreditAmount: plainField('decimal', () => '0'),
    lastModifiedDateTime: modifiedField(),
  },
  parts: { dimensionSetLines: dimensionPart('General Ledger Entry') },
  order: (left, right) => left.entryNumber - right.entryNumber,
  lagging: true,
};

/** One row of the analytics query: a detailed entry with its vendor ledger entry. */
export interface AnalyticsRow extends Stored {
  entry: VendorEntryRow;
  detail: DetailRow;
  invoiceNumber: string;
}

/** Query of the analytics API: one row per detailed entry (dynamics-nav.md section 15). */
export const vendorLedgerEntries: EntitySet<AnalyticsRow> = {
  name: 'vendorLedgerEntries',
  type: 'vendorLedgerEntry',
  keyless: true,
  fields: {
    vleEntryNo: plainField('integer', (row) => row.entry.entryNo),
    vleDueDate: plainField('date', (row) => row.entry.dueDate),
    vleOpen: plainField('flag', (row) => row.entry.open),
    vlePostingDate: plainField('date', (row) => row.entry.postingDate),
    vleDocumentDate: plainField('date', (row) => row.entry.documentDate),
    vleDimensionSetID: plainField('integer', () => 0),
    vleClosedAtDate: plainField('date', (row) => row.entry.closedAtDate),
    vleReasonCode: code(10, () => ''),
    dvleEntryNo: plainField('integer', (row) => row.detail.entryNo),
    dvlePostingDate: plainField('date', (row) => row.detail.postingDate),
    dvleLedgerEntryAmount: plainField('flag', (row) => row.detail.entryType === 'Initial Entry'),
    dvleEntryType: option(['Initial Entry', 'Application'], (row) => row.detail.entryType),
    dvleDocumentType: option(DOCUMENT_TYPES, (row) => row.detail.documentType),
    dvleDocumentNo: code(20, (row) => row.detail.documentNo),
    dvleInitialEntryDueDate: plainField('date', (row) => row.entry.dueDate),
    dvleAmountLCY: plainField('decimal', (row) => row.detail.amountLcy),
    dvleVendorNo: code(20, (row) => row.entry.vendorNumber),
    dvleApplicationNo: plainField('integer', (row) => row.detail.applicationNo),
    dvleAppliedVendLedgerEntryNo: plainField('integer', (row) => row.detail.appliedEntryNo),
    purchInvHeaderDocumentNo: code(20, (row) => row.invoiceNumber),
    purchInvHeaderPaymentTermsCode: code(10, () => ''),
    purchInvHeaderPmtDiscountDate: plainField('date', () => EMPTY_DATE),
  },
  parts: {},
  order: (left, right) => left.entry.entryNo - right.entry.entryNo || left.detail.entryNo - right.detail.entryNo,
  lagging: true,
};

/** Rows of the query: each detailed entry is joined to the posted invoice that has the detailed entry's document number. */
export function analyticsRows(company: Company): AnalyticsRow[] {
  const numbers = new Set(company.invoices.all().map((invoice) => invoice.postedNumber));
  return company.vendorEntries.all().flatMap((entry) =>
    entry.details.map((detail) => ({
      ...detail,
      entry,
      detail,
      invoiceNumber: detail.documentNo !== '' && numbers.has(detail.documentNo) ? detail.documentNo : '',
    })),
  );
}
