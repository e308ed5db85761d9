import { z } from 'zod';
import { decimal, text, wholeNumber, yes } from './schemas.js';

export const pendingHeaderColumns = [
  'dataAreaId',
  'HeaderReference',
  'InvoiceAccount',
  'VendorAccount',
  'InvoiceNumber',
  'InvoiceDate',
  'Date',
  'DueDate',
  'Currency',
  'InvoiceDescription',
  'DocumentNumber',
  'DimensionDisplayValue',
  'VendorInvoiceReviewStatus',
  'IsOnHold',
  'Log',
] as const;
/** Row of `VendorInvoiceHeaders`: a vendor invoice that is not posted (F&O spec 6.4). */
export const pendingHeaderSchema = z
  .object({
    HeaderReference: z.string().min(1),
    InvoiceAccount: text,
    VendorAccount: text,
    InvoiceNumber: text,
    InvoiceDate: text,
    Date: text,
    DueDate: text,
    Currency: text,
    InvoiceDescription: text,
    DocumentNumber: text,
    DimensionDisplayValue: text,
    VendorInvoiceReviewStatus: text,
    IsOnHold: yes,
    Log: text,
  })
  .transform((row) => ({
    reference: row.HeaderReference,
    account: row.InvoiceAccount,
    orderAccount: row.VendorAccount,
    number: row.InvoiceNumber,
    documentOn: row.InvoiceDate,
    postingOn: row.Date,
    dueOn: row.DueDate,
    currency: row.Currency,
    description: row.InvoiceDescription,
    document: row.DocumentNumber,
    dimensions: row.DimensionDisplayValue,
    review: row.VendorInvoiceReviewStatus,
    onHold: row.IsOnHold,
    log: row.Log,
  }));
/** A pending vendor invoice as F&O keeps it. */
export type PendingHeader = z.infer<typeof pendingHeaderSchema>;

export const pendingLineColumns = [
  'dataAreaId',
  'HeaderReference',
  'InvoiceLineNumber',
  'ProcurementCategoryName',
  'ProcurementCategoryHierarchyName',
  'PurchaseOrder',
  'PurchLineNumber',
  'LineDescription',
  'ReceiveNow',
  'Unit',
  'NetAmount',
  'Currency',
  'DimensionDisplayValue',
] as const;
/** Row of `VendorInvoiceLines`; numbers are decimal strings. */
export const pendingLineSchema = z
  .object({
    HeaderReference: z.string().min(1),
    InvoiceLineNumber: decimal,
    ProcurementCategoryName: text,
    ProcurementCategoryHierarchyName: text,
    PurchaseOrder: text,
    PurchLineNumber: wholeNumber.nullish().transform((value) => value ?? '0'),
    LineDescription: text,
    ReceiveNow: decimal,
    Unit: text,
    NetAmount: decimal,
    Currency: text,
    DimensionDisplayValue: text,
  })
  .transform((row) => ({
    reference: row.HeaderReference,
    number: row.InvoiceLineNumber,
    category: row.ProcurementCategoryName,
    hierarchy: row.ProcurementCategoryHierarchyName,
    purchaseOrder: row.PurchaseOrder,
    purchaseLine: row.PurchLineNumber,
    text: row.LineDescription,
    quantity: row.ReceiveNow,
    unit: row.Unit,
    amount: row.NetAmount,
    currency: row.Currency,
    dimensions: row.DimensionDisplayValue,
  }));
/** A line of a pending vendor invoice as F&O keeps it. */
export type PendingLine = z.infer<typeof pendingLineSchema>;

export const postedInvoiceColumns = [
  'dataAreaId',
  'SourceKey',
  'InvoiceId',
  'InvoiceAccount',
  'LedgerVoucher',
  'InvoiceDate',
  'InvoiceAmount',
  'CurrencyCode',
  'DocumentNum',
] as const;
/** Row of `VendInvoiceJourBiEntities`: a posted vendor invoice; an invoice is positive, a credit note negative. */
export const postedInvoiceSchema = z
  .object({
    SourceKey: wholeNumber,
    InvoiceId: text,
    InvoiceAccount: text,
    LedgerVoucher: text,
    InvoiceDate: text,
    InvoiceAmount: decimal,
    CurrencyCode: text,
    DocumentNum: text,
  })
  .transform((row) => ({
    number: row.InvoiceId,
    account: row.InvoiceAccount,
    voucher: row.LedgerVoucher,
    documentOn: row.InvoiceDate,
    amount: row.InvoiceAmount,
    currency: row.CurrencyCode,
    document: row.DocumentNum,
  }));
/** A posted vendor invoice as F&O keeps it. */
export type PostedInvoice = z.infer<typeof postedInvoiceSchema>;

export const pendingStatusColumns = [
  'dataAreaId',
  'TableRefId',
  'ParmId',
  'Num',
  'InvoiceAccount',
  'RequestStatus',
  'AutomationStatus',
  'ParmJobStatus',
  'Hold',
  'Log',
] as const;
/** Row of `VendInvoiceInfoTableBiEntities`: status columns that the public header hides (F&O spec 7). */
export const pendingStatusSchema = z.object({
  TableRefId: text,
  ParmId: text,
  Num: text,
  InvoiceAccount: text,
  RequestStatus: text,
  AutomationStatus: text,
  ParmJobStatus: text,
  Hold: yes,
  Log: text,
});
export type PendingStatus = z.infer<typeof pendingStatusSchema>;
