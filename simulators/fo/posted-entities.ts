import { defineEntity } from './entity-definition.js';

/** Vendor subledger: invoices, payments, credits (section 8). */
export const vendTransBiEntities = defineEntity({
  set: 'VendTransBiEntities',
  entityType: 'VendTransBiEntity',
  keys: 'dataAreaId SourceKey',
  strings: `AccountNum Invoice Voucher DocumentNum CurrencyCode LastSettleVoucher LastSettleAccountNum LastSettleCompany
    JournalNum PaymMode PaymId PaymReference CompanyBankAccountId PostingProfile PaymTermId Txt SysDataAreaId SysCreatedBy`,
  decimals: 'AmountCur AmountMST SettleAmountCur SettleAmountMST ExchRate',
  dates: 'TransDate DocumentDate DueDate Closed LastSettleDate InvoiceReleaseDate ApprovedDate',
  datetimes: 'SysModifiedDateTime CreatedOn',
  int64s: 'SourceKey OffsetRecid',
  int32s: 'SysRecVersion',
  enums: {
    TransType: 'LedgerTransType',
    Approved: 'NoYes',
    Cancel: 'NoYes',
    Correct: 'NoYes',
    Prepayment: 'NoYes',
    Settlement: 'NoYes',
  },
  indexes: 'SourceKey AccountNum Invoice Voucher JournalNum',
});

/** Who settled what; one row for each side (section 8). */
export const vendSettlementBiEntities = defineEntity({
  set: 'VendSettlementBiEntities',
  entityType: 'VendSettlementBiEntity',
  keys: 'dataAreaId SourceKey',
  strings: 'AccountNum OffsetAccountNum OffsetTransVoucher TransCompany OffsetCompany SettlementVoucher SysDataAreaId',
  decimals: 'SettleAmountCur SettleAmountMST UtilizedCashDisc PennyDiff ExchAdjustment',
  dates: 'TransDate DueDate ClosedDate',
  datetimes: 'CreatedOn',
  int64s: 'SourceKey TransRecId OffsetRecid SettlementGroup TransOpen',
  enums: { TransType: 'LedgerTransType', CanBeReversed: 'NoYes' },
  indexes: 'SourceKey TransRecId OffsetRecid OffsetTransVoucher',
});

/** Posted general ledger, one row per voucher; no dataAreaId (section 2, company scope). */
export const generalJournalEntryBiEntities = defineEntity({
  set: 'GeneralJournalEntryBiEntities',
  entityType: 'GeneralJournalEntryBiEntity',
  keys: 'JournalNumber FiscalCalendarYear Ledger',
  strings:
    'SubledgerVoucher SubledgerVoucherDataAreaId DocumentNumber LedgerPostingJournal LedgerPostingJournalDataAreaId',
  dates: 'AccountingDate DocumentDate AcknowledgementDate',
  datetimes: 'CreatedOn',
  int64s: 'FiscalCalendarYear Ledger SourceKey FiscalCalendarPeriod SubledgerJournalEntry',
  enums: { PostingLayer: 'CurrentOperationsTax', JournalCategory: 'LedgerTransType' },
  indexes: 'SubledgerVoucher SourceKey LedgerPostingJournal',
});

/** Posted general ledger, one row per account. */
export const generalJournalAccountEntryBiEntities = defineEntity({
  set: 'GeneralJournalAccountEntryBiEntities',
  entityType: 'GeneralJournalAccountEntryBiEntity',
  keys: 'SourceKey',
  strings: 'LedgerAccount TransactionCurrencyCode Text PaymentReference LedgerDimensionValuesJson',
  decimals: 'TransactionCurrencyAmount AccountingCurrencyAmount ReportingCurrencyAmount Quantity',
  int64s: 'SourceKey GeneralJournalEntry MainAccount',
  enums: { IsCredit: 'NoYes', IsCorrection: 'NoYes', PostingType: 'LedgerPostingType' },
  indexes: 'GeneralJournalEntry',
});

/** Payment journal lines: what a payment run leaves besides vendor transactions; MarkedInvoice stays empty (section 8). */
export const vendorPaymentJournalLines = defineEntity({
  set: 'VendorPaymentJournalLines',
  entityType: 'VendorPaymentJournalLine',
  keys: 'dataAreaId JournalBatchNumber LineNumber',
  strings: `Voucher AccountDisplayValue OffsetAccountDisplayValue MarkedInvoice CurrencyCode PaymentMethodName
    PaymentReference CheckNumber PaymentId TransactionText VendorName Company OffsetCompany`,
  decimals: 'LineNumber DebitAmount CreditAmount ExchangeRate',
  dates: 'TransactionDate',
  enums: {
    AccountType: 'LedgerJournalAcType',
    OffsetAccountType: 'LedgerJournalAcType',
    SettleVoucher: 'SettlementType',
  },
  indexes: 'Voucher JournalBatchNumber',
});
