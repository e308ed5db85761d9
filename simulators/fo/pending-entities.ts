import { defineEntity } from './entity-definition.js';

/** Pending vendor invoices (section 6.4); HeaderReference is chosen by the client. */
export const vendorInvoiceHeaders = defineEntity({
  set: 'VendorInvoiceHeaders',
  entityType: 'VendorInvoiceHeader',
  keys: 'dataAreaId HeaderReference',
  strings: `InvoiceAccount VendorAccount VendorName InvoiceNumber Currency InvoiceDescription DocumentNumber
    DimensionDisplayValue TermsOfPayment MethodOfPayment PaymentId PostingProfile PurchaseOrderNumber SalesTaxGroup Log`,
  decimals: 'ImportedAmount ImportedSalesTax',
  dates: 'InvoiceDate Date DueDate',
  enums: {
    IsApproved: 'NoYes',
    IsOnHold: 'NoYes',
    IsPricesIncludeSalesTax: 'NoYes',
    OverrideSalesTax: 'NoYes',
    IgnoreCalculatedSalesTax: 'NoYes',
    CreditCorrection: 'NoYes',
    VendorInvoiceReviewStatus: 'VendInvoiceRequestStatus',
  },
  indexes: 'HeaderReference InvoiceNumber InvoiceAccount DocumentNumber',
  required: 'HeaderReference InvoiceAccount InvoiceNumber',
  readOnly: 'VendorName VendorInvoiceReviewStatus Log',
});

/** Lines of pending vendor invoices; InvoiceLineNumber is chosen by the client. */
export const vendorInvoiceLines = defineEntity({
  set: 'VendorInvoiceLines',
  entityType: 'VendorInvoiceLine',
  keys: 'dataAreaId HeaderReference InvoiceLineNumber',
  strings: `InvoiceAccount VendorAccount LineDescription ItemNumber ProcurementCategoryName
    ProcurementCategoryHierarchyName Unit Currency DimensionDisplayValue MainAccountDisplayValue SalesTaxGroup ItemSalesTax
    PurchaseOrder Tax1099Box`,
  decimals: 'InvoiceLineNumber LineNumber ReceiveNow UnitPrice NetAmount Amount Tax1099Amount',
  int64s: 'PurchLineNumber',
  enums: {
    OverrideSalesTax: 'NoYes',
    Tax1099Type: 'Tax1099Type',
    VendorInvoiceLineReviewStatus: 'VendInvoiceRequestStatus',
  },
  indexes: 'HeaderReference PurchaseOrder',
  required: 'HeaderReference InvoiceLineNumber Currency',
  readOnly: 'InvoiceAccount VendorAccount VendorInvoiceLineReviewStatus',
});

/** The attachment of a pending vendor invoice: one for each, on its header. */
export const vendorInvoiceDocumentAttachments = defineEntity({
  set: 'VendorInvoiceDocumentAttachments',
  entityType: 'VendorInvoiceDocumentAttachment',
  keys: 'dataAreaId HeaderReference',
  strings: 'Name FileName FileType TypeId Notes',
  binaries: 'FileContents',
  enums: { Restriction: 'DocuRestriction', DefaultAttachment: 'NoYes' },
  required: 'HeaderReference TypeId',
});

/** Status columns that the header entity hides (section 7); the link to the header is not among them. */
export const vendInvoiceInfoTableBiEntities = defineEntity({
  set: 'VendInvoiceInfoTableBiEntities',
  entityType: 'VendInvoiceInfoTableBiEntity',
  keys: 'dataAreaId TableRefId ParmId',
  strings: `Num InvoiceAccount OrderAccount PurchId DocumentNum Description CurrencyCode Payment PaymMode Log SysDataAreaId
    SysCreatedBy`,
  decimals: 'ImportedAmount',
  dates: 'DocumentDate TransDate FixedDueDate',
  datetimes: 'CreatedOn',
  int64s: 'SourceKey',
  int32s: 'SysRecVersion',
  enums: {
    RequestStatus: 'VendInvoiceRequestStatus',
    AutomationStatus: 'VendInvoiceAutomationStatus',
    IncludeInAutomatedProcessing: 'NoYes',
    MatchStatus: 'VendInvoiceMatchStatus',
    VendInvoiceSaveStatus: 'VendInvoiceSaveStatus',
    ParmJobStatus: 'ParmJobStatus',
    DocumentOrigin: 'DocumentOrigin',
    Hold: 'NoYes',
    Approved: 'NoYes',
  },
  indexes: 'Num InvoiceAccount DocumentNum ParmId $reference',
});

/** Posted vendor invoices, from pending invoices and orders only. */
export const vendInvoiceJourBiEntities = defineEntity({
  set: 'VendInvoiceJourBiEntities',
  entityType: 'VendInvoiceJourBiEntity',
  keys: 'dataAreaId SourceKey',
  strings: `InvoiceId InvoiceAccount OrderAccount LedgerVoucher CurrencyCode ParmId InternalInvoiceId DocumentNum
    Description PurchId SysDataAreaId`,
  decimals: 'InvoiceAmount InvoiceAmountMST',
  dates: 'InvoiceDate DocumentDate DueDate',
  datetimes: 'SysModifiedDateTime CreatedOn',
  int64s: 'SourceKey',
  indexes: 'InvoiceId InvoiceAccount LedgerVoucher DocumentNum $reference',
});

/** Lines of posted vendor invoices: what is invoiced of an order. */
export const vendInvoiceTransBiEntities = defineEntity({
  set: 'VendInvoiceTransBiEntities',
  entityType: 'VendInvoiceTransBiEntity',
  keys: 'dataAreaId SourceKey',
  strings: 'InvoiceId InternalInvoiceId PurchID ItemId Name CurrencyCode SysDataAreaId',
  decimals: 'LineNum Qty PurchPrice LineAmount',
  dates: 'InvoiceDate',
  datetimes: 'CreatedOn',
  int64s: 'SourceKey PurchaseLineLineNumber',
  indexes: 'InternalInvoiceId PurchID',
});
