import { defineEntity, type EntityDefinition } from './entity-definition.js';

/**
 * Sets of the pending-invoice route (section 6.4). The simulator has no such route: the sets are there to be asked, are
 * always empty and refuse writes.
 */
export const pendingInvoiceEntities: readonly EntityDefinition[] = [
  defineEntity({
    set: 'VendorInvoiceHeaders',
    entityType: 'VendorInvoiceHeader',
    keys: 'dataAreaId HeaderReference',
    strings: `InvoiceAccount VendorAccount InvoiceNumber Currency InvoiceDescription DocumentNumber DimensionDisplayValue
      TermsOfPayment MethodOfPayment PaymentId PurchaseOrderNumber SalesTaxGroup Log`,
    decimals: 'ImportedAmount ImportedSalesTax',
    dates: 'InvoiceDate Date DueDate',
    enums: { IsOnHold: 'NoYes', IsPricesIncludeSalesTax: 'NoYes', CreditCorrection: 'NoYes' },
  }),
  defineEntity({
    set: 'VendorInvoiceLines',
    entityType: 'VendorInvoiceLine',
    keys: 'dataAreaId HeaderReference InvoiceLineNumber',
    strings: `LineDescription ItemNumber ProcurementCategoryName ProcurementCategoryHierarchyName Unit Currency
      DimensionDisplayValue MainAccountDisplayValue SalesTaxGroup ItemSalesTax PurchaseOrder Tax1099Box`,
    decimals: 'InvoiceLineNumber LineNumber ReceiveNow UnitPrice NetAmount Amount Tax1099Amount',
    int64s: 'PurchLineNumber',
  }),
  defineEntity({
    set: 'VendInvoiceJourBiEntities',
    entityType: 'VendInvoiceJourBiEntity',
    keys: 'dataAreaId SourceKey',
    strings: 'InvoiceId InvoiceAccount OrderAccount LedgerVoucher CurrencyCode ParmId InternalInvoiceId DocumentNum',
    decimals: 'InvoiceAmount',
    dates: 'InvoiceDate DueDate',
    datetimes: 'SysModifiedDateTime',
    int64s: 'SourceKey',
  }),
];
