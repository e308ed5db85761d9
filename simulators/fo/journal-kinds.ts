import type { EntityDefinition } from './entity-definition.js';
import {
  ledgerJournalHeaders,
  ledgerJournalLines,
  vendInvoiceJournalHeaders,
  vendInvoiceJournalLines,
} from './journal-entities.js';

/** What differs between general journals and vendor invoice journals, which are one table inside F&O. */
export interface JournalKind {
  headers: EntityDefinition;
  lines: EntityDefinition;
  /** The type as JournalNames and LedgerJournalTable show it. */
  journalType: string;
  /** True where the client chooses LineNumber (section 6.3), false where the server does (section 6.2). */
  clientNumbersLines: boolean;
  voucherPrefix: string;
  /** TransType of the vendor transactions that posting makes; readers must not filter on it (section 8). */
  transType: string;
  /** Whether posting checks for an invoice number that the vendor used before. */
  checksInvoiceNumber: boolean;
  fields: { debit: string; credit: string; currency: string; date: string; text: string; offsetText: string };
}

/** General journals: LedgerJournalHeaders and LedgerJournalLines. */
export const generalJournals: JournalKind = {
  headers: ledgerJournalHeaders,
  lines: ledgerJournalLines,
  journalType: 'Daily',
  clientNumbersLines: false,
  voucherPrefix: 'GNJL',
  transType: 'GeneralJournal',
  checksInvoiceNumber: false,
  fields: {
    debit: 'DebitAmount',
    credit: 'CreditAmount',
    currency: 'CurrencyCode',
    date: 'TransDate',
    text: 'Text',
    offsetText: 'OffsetText',
  },
};

/** Vendor invoice journals: VendInvoiceJournalHeaders and VendInvoiceJournalLines. */
export const invoiceJournals: JournalKind = {
  headers: vendInvoiceJournalHeaders,
  lines: vendInvoiceJournalLines,
  journalType: 'PurchaseLedger',
  clientNumbersLines: true,
  voucherPrefix: 'APIN',
  transType: 'Vend',
  checksInvoiceNumber: true,
  fields: {
    debit: 'Debit',
    credit: 'Credit',
    currency: 'Currency',
    date: 'Date',
    text: 'Description',
    offsetText: 'OffsetTransactionText',
  },
};

/** Both kinds. */
export const journalKinds: readonly JournalKind[] = [generalJournals, invoiceJournals];

/** Kind of a set of headers. */
export function kindOfHeaders(set: string): JournalKind | undefined {
  return journalKinds.find((kind) => kind.headers.set === set);
}

/** Kind of a set of lines. */
export function kindOfLines(set: string): JournalKind | undefined {
  return journalKinds.find((kind) => kind.lines.set === set);
}

/** Kind of a journal by its type in LedgerJournalTableBiEntities. */
export function kindOfType(journalType: string | null | undefined): JournalKind {
  return journalType === invoiceJournals.journalType ? invoiceJournals : generalJournals;
}
