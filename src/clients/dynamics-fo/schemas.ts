import { z } from 'zod';

// Unset texts come as "", unset enumerations as null (F&O spec 2). Enumerations stay open texts, because unknown members
// must not crash the reader. Numbers arrive as strings of their literals: the HTTP client parses losslessly.
export const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
export const yes = text.transform((value) => value === 'Yes');
export const decimal = z.string().regex(/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/);
export const wholeNumber = z.string().regex(/^-?\d+$/);

/** Columns of a journal header, the same in both kinds of journal. */
export const headerColumns = ['dataAreaId', 'JournalBatchNumber', 'JournalName', 'Description', 'IsPosted'] as const;
export const headerSchema = z
  .object({ JournalBatchNumber: z.string().min(1), JournalName: text, Description: text, IsPosted: yes })
  .transform((row) => ({
    journal: row.JournalBatchNumber,
    journalName: row.JournalName,
    description: row.Description,
    posted: row.IsPosted,
  }));
/** A journal header as F&O keeps it. */
export type JournalHeader = z.infer<typeof headerSchema>;

/** One line of a journal of either kind, under the connector's own names; amounts are decimal strings. */
export interface WrittenLine {
  journal: string;
  lineNumber: string;
  voucher: string;
  accountType: string;
  account: string;
  defaultDimensions: string;
  debit: string;
  credit: string;
  currency: string;
  postingOn: string;
  documentOn: string;
  dueOn: string;
  invoice: string;
  document: string;
  text: string;
}

const lineBase = {
  JournalBatchNumber: z.string().min(1),
  LineNumber: decimal,
  Voucher: text,
  AccountType: text,
  AccountDisplayValue: text,
  DefaultDimensionDisplayValue: text,
  DueDate: text,
  Invoice: text,
  Document: text,
};
type LineBase = z.infer<z.ZodObject<typeof lineBase>>;

function commonFields(row: LineBase) {
  return {
    journal: row.JournalBatchNumber,
    lineNumber: row.LineNumber,
    voucher: row.Voucher,
    accountType: row.AccountType,
    account: row.AccountDisplayValue,
    defaultDimensions: row.DefaultDimensionDisplayValue,
    dueOn: row.DueDate,
    invoice: row.Invoice,
    document: row.Document,
  };
}

/** Row of `LedgerJournalLines`. */
export const generalLineSchema = z
  .object({
    ...lineBase,
    DebitAmount: decimal,
    CreditAmount: decimal,
    CurrencyCode: text,
    TransDate: text,
    DocumentDate: text,
    Text: text,
  })
  .transform((row): WrittenLine => ({
    ...commonFields(row),
    debit: row.DebitAmount,
    credit: row.CreditAmount,
    currency: row.CurrencyCode,
    postingOn: row.TransDate,
    documentOn: row.DocumentDate,
    text: row.Text,
  }));

/** Row of `VendInvoiceJournalLines`: the same table under other field names. */
export const invoiceLineSchema = z
  .object({
    ...lineBase,
    Debit: decimal,
    Credit: decimal,
    Currency: text,
    Date: text,
    InvoiceDate: text,
    Description: text,
  })
  .transform((row): WrittenLine => ({
    ...commonFields(row),
    debit: row.Debit,
    credit: row.Credit,
    currency: row.Currency,
    postingOn: row.Date,
    documentOn: row.InvoiceDate,
    text: row.Description,
  }));

export const journalDetailColumns = [
  'dataAreaId',
  'JournalNum',
  'WorkflowApprovalStatus',
  'SystemBlocked',
  'InUseBy',
  'Log',
  'NumOfLines',
  'ParentJournalNum',
] as const;
/** Status columns that the public header hides (F&O spec 7). */
export const journalDetailSchema = z.object({
  JournalNum: z.string().min(1),
  WorkflowApprovalStatus: text,
  SystemBlocked: yes,
  InUseBy: text,
  Log: text,
  NumOfLines: wholeNumber,
  /** The journal out of which *Post and transfer* has moved this one. */
  ParentJournalNum: text,
});
export type JournalDetail = z.infer<typeof journalDetailSchema>;

export const vendTransColumns = [
  'dataAreaId',
  'SourceKey',
  'AccountNum',
  'Invoice',
  'Voucher',
  'JournalNum',
  'TransType',
  'TransDate',
  'AmountCur',
  'CurrencyCode',
] as const;
/** Vendor subledger row; invoices are negative (trap 18). */
export const vendTransSchema = z.object({
  SourceKey: wholeNumber,
  AccountNum: text,
  Invoice: text,
  Voucher: text,
  JournalNum: text,
  TransType: text,
  TransDate: text,
  AmountCur: decimal,
  CurrencyCode: text,
});
export type VendTrans = z.infer<typeof vendTransSchema>;

export const payableEntryColumns = [...vendTransColumns, 'Approved', 'InvoiceReleaseDate', 'Closed'] as const;
/** The same row with what keeps a posted invoice from being paid (F&O spec 8, trap 17). */
export const payableEntrySchema = vendTransSchema.extend({ Approved: text, InvoiceReleaseDate: text, Closed: text });
export type PayableEntry = z.infer<typeof payableEntrySchema>;

export const ledgerEntryColumns = [
  'SourceKey',
  'SubledgerVoucher',
  'SubledgerVoucherDataAreaId',
  'DocumentNumber',
  'AccountingDate',
] as const;
/** Posted general ledger, one row for each voucher; its company is that of the voucher. */
export const ledgerEntrySchema = z.object({
  SourceKey: wholeNumber,
  SubledgerVoucher: text,
  SubledgerVoucherDataAreaId: text,
  DocumentNumber: text,
  AccountingDate: text,
});
export type LedgerEntry = z.infer<typeof ledgerEntrySchema>;

export const accountEntryColumns = [
  'SourceKey',
  'GeneralJournalEntry',
  'LedgerAccount',
  'LedgerDimensionValuesJson',
  'PostingType',
  'TransactionCurrencyAmount',
  'TransactionCurrencyCode',
] as const;
/** Posted general ledger, one row for each booking; amounts are signed, debit positive. */
export const accountEntrySchema = z.object({
  GeneralJournalEntry: wholeNumber,
  LedgerAccount: text,
  LedgerDimensionValuesJson: text,
  PostingType: text,
  TransactionCurrencyAmount: decimal,
  TransactionCurrencyCode: text,
});
export type AccountEntry = z.infer<typeof accountEntrySchema>;

export const vendSettlementColumns = [
  'dataAreaId',
  'SourceKey',
  'TransRecId',
  'OffsetRecid',
  'OffsetTransVoucher',
  'OffsetCompany',
  'TransDate',
  'SettleAmountCur',
  'UtilizedCashDisc',
] as const;
/** Who settled what; amounts in the currency of the `TransRecId` side (trap 26). */
export const vendSettlementSchema = z.object({
  SourceKey: wholeNumber,
  TransRecId: wholeNumber,
  OffsetRecid: wholeNumber,
  OffsetTransVoucher: text,
  OffsetCompany: text,
  TransDate: text,
  SettleAmountCur: decimal,
  UtilizedCashDisc: decimal,
});
export type VendSettlement = z.infer<typeof vendSettlementSchema>;

export const vendorColumns = ['dataAreaId', 'VendorAccountNumber', 'OnHoldStatus'] as const;
export const vendorSchema = z.object({ VendorAccountNumber: z.string(), OnHoldStatus: text });

export const ledgerColumns = ['LegalEntityId', 'ChartOfAccounts'] as const;
export const ledgerSchema = z.object({ LegalEntityId: z.string(), ChartOfAccounts: text });

export const mainAccountColumns = [
  'ChartOfAccounts',
  'MainAccountId',
  'MainAccountType',
  'IsSuspended',
  'ActiveFrom',
  'ActiveTo',
  'DoNotAllowManualEntry',
] as const;
export const mainAccountSchema = z.object({
  MainAccountId: z.string(),
  MainAccountType: text,
  IsSuspended: yes,
  ActiveFrom: text,
  ActiveTo: text,
  DoNotAllowManualEntry: yes,
});
export type MainAccount = z.infer<typeof mainAccountSchema>;

export const dimensionValueColumns = [
  'FinancialDimension',
  'LegalEntityId',
  'DimensionValue',
  'IsSuspended',
  'IsBlockedForManualEntry',
  'IsTotal',
  'ActiveFrom',
  'ActiveTo',
] as const;
export const dimensionValueSchema = z.object({
  FinancialDimension: z.string(),
  LegalEntityId: text,
  DimensionValue: z.string(),
  IsSuspended: yes,
  IsBlockedForManualEntry: yes,
  IsTotal: yes,
  ActiveFrom: text,
  ActiveTo: text,
});
export type DimensionValueRow = z.infer<typeof dimensionValueSchema>;

export const journalNameColumns = [
  'dataAreaId',
  'Name',
  'Type',
  'NewVoucher',
  'VoucherAllocationAtPosting',
  'DeleteLinesAfterPosting',
  'DetailLevel',
] as const;
export const journalNameSchema = z.object({
  Name: z.string(),
  Type: text,
  NewVoucher: text,
  VoucherAllocationAtPosting: yes,
  DeleteLinesAfterPosting: yes,
  DetailLevel: text,
});
export type JournalNameRow = z.infer<typeof journalNameSchema>;

export const formatColumns = [
  'DimensionFormatName',
  'DimensionFormatType',
  'FinancialDimensionFormat',
  'IsActive',
] as const;
export const formatSchema = z.object({ DimensionFormatType: text, FinancialDimensionFormat: text, IsActive: yes });

export const dimensionParametersColumns = ['Key', 'DimensionSegmentDelimiter'] as const;
export const dimensionParametersSchema = z.object({ DimensionSegmentDelimiter: text });
