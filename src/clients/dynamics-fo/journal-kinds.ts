import type { z } from 'zod';
import type { ErpDocument, FoGeneralJournal, FoVendorInvoiceJournal } from '../../contracts/erp-documents.js';
import type { WritableSet } from './entity-sets.js';
import { generalLineSchema, invoiceLineSchema, type WrittenLine } from './schemas.js';

/** A planned document that this adapter can write. */
export type FoJournal = FoGeneralJournal | FoVendorInvoiceJournal;

/** The two kinds of journal are one table under two pairs of entities with different field names (F&O spec 5, 6). */
export interface JournalKind {
  headers: WritableSet;
  lines: WritableSet;
  /** Whether the client chooses the line numbers; otherwise the server does and refuses ours (F&O spec 6.2). */
  clientLineNumbers: boolean;
  fields: {
    debit: string;
    credit: string;
    currency: string;
    postingDate: string;
    documentDate: string;
    text: string;
  };
  line: z.ZodType<WrittenLine>;
}

const generalJournal: JournalKind = {
  headers: 'LedgerJournalHeaders',
  lines: 'LedgerJournalLines',
  clientLineNumbers: false,
  fields: {
    debit: 'DebitAmount',
    credit: 'CreditAmount',
    currency: 'CurrencyCode',
    postingDate: 'TransDate',
    documentDate: 'DocumentDate',
    text: 'Text',
  },
  line: generalLineSchema,
};

const vendorInvoiceJournal: JournalKind = {
  headers: 'VendInvoiceJournalHeaders',
  lines: 'VendInvoiceJournalLines',
  clientLineNumbers: true,
  fields: {
    debit: 'Debit',
    credit: 'Credit',
    currency: 'Currency',
    postingDate: 'Date',
    documentDate: 'InvoiceDate',
    text: 'Description',
  },
  line: invoiceLineSchema,
};

/** Both kinds by route. */
export const journalKinds: Record<FoJournal['route'], JournalKind> = {
  'fo-general-journal': generalJournal,
  'fo-vendor-invoice-journal': vendorInvoiceJournal,
};

/** Tells whether a planned document goes into an F&O journal. */
export const isFoJournal = (document: ErpDocument): document is FoJournal => document.route in journalKinds;

/** The columns of a journal line that are read back. */
export const lineColumns = ({ fields }: JournalKind): string[] => [
  'dataAreaId',
  'JournalBatchNumber',
  'LineNumber',
  'Voucher',
  'AccountType',
  'AccountDisplayValue',
  'DefaultDimensionDisplayValue',
  'DueDate',
  'Invoice',
  'Document',
  ...Object.values(fields),
];
