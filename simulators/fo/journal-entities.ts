import { defineEntity } from './entity-definition.js';

/** General journals (sections 5 and 6.1). */
export const ledgerJournalHeaders = defineEntity({
  set: 'LedgerJournalHeaders',
  entityType: 'LedgerJournalHeader',
  keys: 'dataAreaId JournalBatchNumber',
  strings: 'AccountingCurrency JournalName IntegrationKey Description',
  decimals: 'JournalTotalCredit JournalTotalDebit',
  enums: { PostingLayer: 'CurrentOperationsTax', IsPosted: 'NoYes' },
  indexes: 'JournalBatchNumber Description',
  required: 'JournalName',
  readOnly: 'AccountingCurrency IsPosted JournalTotalDebit JournalTotalCredit',
  createOnly: 'JournalName',
});

/** General journal lines; LineNumber is given by the server (section 6.2). */
export const ledgerJournalLines = defineEntity({
  set: 'LedgerJournalLines',
  entityType: 'LedgerJournalLine',
  keys: 'dataAreaId JournalBatchNumber LineNumber',
  strings: `Voucher Text AccountDisplayValue OffsetAccountDisplayValue OffsetText DefaultDimensionDisplayValue
    OffsetDefaultDimensionDisplayValue Document Invoice CurrencyCode PaymentReference PaymentMethod PaymentId PostingProfile
    CashDiscount SalesTaxGroup ItemSalesTaxGroup SalesTaxCode TaxExemptNumber Company OffsetCompany FinTagDisplayValue
    OffsetFinTagDisplayValue ChineseVoucher ChineseVoucherType ItemWithholdingTaxGroupCode`,
  decimals: `LineNumber DebitAmount CreditAmount ExchRate ExchRateSecond ReportingCurrencyExchRate Quantity
    ReportingCurrencyExchRateSecondary CashDiscountAmount DiscountPercentage`,
  dates: 'TransDate DocumentDate DueDate CashDiscountDate ReverseDate',
  enums: {
    AccountType: 'LedgerJournalAcType',
    OffsetAccountType: 'LedgerJournalAcType',
    OverrideSalesTax: 'NoYes',
    ReverseEntry: 'NoYes',
    IsWithholdingCalculationEnabled: 'NoYes',
  },
  indexes: 'JournalBatchNumber Invoice Voucher Document',
  required: 'JournalBatchNumber AccountDisplayValue',
  readOnly: 'Voucher LineNumber',
});

/** Vendor invoice journals (sections 5 and 6.1). */
export const vendInvoiceJournalHeaders = defineEntity({
  set: 'VendInvoiceJournalHeaders',
  entityType: 'VendInvoiceJournalHeader',
  keys: 'dataAreaId JournalBatchNumber',
  strings: 'JournalName Description',
  decimals: 'JournalTotalCredit JournalTotalDebit',
  enums: { OverrideSalesTax: 'NoYes', IsPosted: 'NoYes', SalesTaxIncluded: 'NoYes' },
  indexes: 'JournalBatchNumber Description',
  required: 'JournalName',
  readOnly: 'IsPosted JournalTotalDebit JournalTotalCredit',
  createOnly: 'JournalName',
});

/** Vendor invoice journal lines; LineNumber is chosen by the client (section 6.3). */
export const vendInvoiceJournalLines = defineEntity({
  set: 'VendInvoiceJournalLines',
  entityType: 'VendInvoiceJournalLine',
  keys: 'dataAreaId JournalBatchNumber LineNumber',
  strings: `Voucher Description AccountDisplayValue OffsetAccountDisplayValue OffsetTransactionText
    DefaultDimensionDisplayValue OffsetDefaultDimensionDisplayValue Document Invoice Currency TermsOfPayment MethodOfPayment
    PaymId PaymentSpecification PostingProfile CashDiscount SalesTaxGroup ItemSalesTaxGroup SalesTaxCode TaxExemptNumber
    ApproverNumber BankAccountId CustVendBankAccountId Company OffsetCompany FullPrimaryRemittanceAddress
    RemittanceAddressStreet RemittanceAddressCity RemittanceAddressZipCode RemittanceAddressState RemittanceAddressCountry
    RemittanceAddressCountryISOCode RemittanceAddressDescription RemittanceAddressLocationId FinTagDisplayValue
    OffsetFinTagDisplayValue ChineseVoucher ChineseVoucherType ItemWithholdingTaxGroupCode InvoiceDeclarationId`,
  decimals: 'LineNumber Debit Credit ExchRate ExchRateSecond ReportingCurrencyExchRate CashDiscountAmount',
  dates: 'Date InvoiceDate DueDate CashDiscountDate DeliveryDate',
  int64s: 'Tax1099Fields',
  enums: {
    AccountType: 'LedgerJournalAcType',
    OffsetAccountType: 'LedgerJournalAcType',
    TransactionType: 'LedgerTransType',
    OverrideSalesTax: 'NoYes',
    Approved: 'NoYes',
    IsWithholdingTaxCalculate: 'NoYes',
  },
  indexes: 'JournalBatchNumber Invoice Voucher Document',
  required: 'JournalBatchNumber LineNumber AccountDisplayValue Currency',
  readOnly: `Voucher TransactionType FullPrimaryRemittanceAddress RemittanceAddressStreet RemittanceAddressCity
    RemittanceAddressZipCode RemittanceAddressState RemittanceAddressCountry RemittanceAddressCountryISOCode
    RemittanceAddressDescription RemittanceAddressLocationId`,
});

/** Status columns of all journals (section 7, "Recognising posted"). */
export const ledgerJournalTableBiEntities = defineEntity({
  set: 'LedgerJournalTableBiEntities',
  entityType: 'LedgerJournalTableBiEntity',
  keys: 'dataAreaId JournalNum',
  strings: `JournalName Name Log InUseBy ParentJournalNum OriginalJournalNum IntegrationKey CurrencyCode DocumentNum
    UserBlockId GroupBlockId RejectedBy ReportedAsReadyBy SysDataAreaId SysCreatedBy SysModifiedBy`,
  decimals: 'JournalTotalDebit JournalTotalCredit JournalBalance',
  datetimes: 'PostedDateTime',
  int32s: 'NumOfLines SysRecVersion',
  int64s: 'SourceKey',
  enums: {
    JournalType: 'LedgerJournalType',
    Posted: 'NoYes',
    SystemBlocked: 'NoYes',
    WorkflowApprovalStatus: 'LedgerJournalWFApprovalStatus',
    CurrentOperationsTax: 'CurrentOperationsTax',
  },
  indexes: 'JournalNum Name',
});
