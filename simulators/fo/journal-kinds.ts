import type { FoMasterData } from '../harness/types.js';
import type { EntityDefinition } from './entity-definition.js';
import {
  ledgerJournalHeaders,
  ledgerJournalLines,
  vendInvoiceJournalHeaders,
  vendInvoiceJournalLines,
} from './journal-entities.js';

type JournalNameType = FoMasterData['companies'][number]['journalNames'][number]['type'];

/** What differs between general journals and vendor invoice journals, which are one table inside F&O. */
export interface JournalKind {
  headers: EntityDefinition;
  lines: EntityDefinition;
  journalNameType: JournalNameType;
  /** The type as LedgerJournalTable shows it. */
  journalType: string;
  /** True where the client chooses LineNumber (section 6.3), false where the server does (section 6.2). */
  clientNumbersLines: boolean;
  /** True: one voucher for the whole journal; false: a new one once the current one balances. */
  oneVoucher: boolean;
  voucherPrefix: string;
  /** TransType of the vendor transactions that posting makes; readers must not filter on it (section 8). */
  transType: string;
  /** Whether posting checks for an invoice number that the vendor used before. */
  checksInvoiceNumber: boolean;
  fields: { debit: string; credit: string; currency: string; date: string; text: string; offsetText: string };
  /** Fields that the server fills; a body that has one of them is refused. */
  neverSent: readonly string[];
}

/** General journals: LedgerJournalHeaders and LedgerJournalLines. */
export const generalJournals: JournalKind = {
  headers: ledgerJournalHeaders,
  lines: ledgerJournalLines,
  journalNameType: 'Daily',
  journalType: 'Daily',
  clientNumbersLines: false,
  oneVoucher: true,
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
  neverSent: ['Voucher', 'LineNumber'],
};

/** Vendor invoice journals: VendInvoiceJournalHeaders and VendInvoiceJournalLines. */
export const invoiceJournals: JournalKind = {
  headers: vendInvoiceJournalHeaders,
  lines: vendInvoiceJournalLines,
  journalNameType: 'VendInvoiceRecording',
  journalType: 'PurchaseLedger',
  clientNumbersLines: true,
  oneVoucher: false,
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
  neverSent: [
    'Voucher',
    'TransactionType',
    'FullPrimaryRemittanceAddress',
    ...Object.keys(vendInvoiceJournalLines.fields).filter((field) => field.startsWith('RemittanceAddress')),
  ],
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
