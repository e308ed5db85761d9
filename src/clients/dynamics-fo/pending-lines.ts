import type { DimensionValue, FoPendingInvoice, FoPendingInvoiceLine } from '../../contracts/erp-documents.js';
import { defaultDimensionDisplay, type DimensionFormat } from './dimension-format.js';
import { companyId, decimalNumber, noon } from './odata-literals.js';

/** A pending vendor invoice as it shall stand in F&O. */
export interface PlannedInvoice {
  document: FoPendingInvoice;
  /** Display value; absent where nothing is meant. */
  dimensions?: string;
  lines: PlannedInvoiceLine[];
}

/** One line as it shall stand in F&O. */
export interface PlannedInvoiceLine {
  line: FoPendingInvoiceLine;
  currency: string;
  dimensions?: string;
}

/** Builds everything before anything is written; throws `Rejected` where a display value cannot be built. */
export function planInvoice(document: FoPendingInvoice, format: DimensionFormat): PlannedInvoice {
  const displayed = (values: readonly DimensionValue[]): { dimensions?: string } =>
    values.length === 0 ? {} : { dimensions: defaultDimensionDisplay(format, values) };
  return {
    document,
    ...displayed(document.dimensions),
    lines: document.lines.map((line) => ({ line, currency: document.currency, ...displayed(line.dimensions) })),
  };
}

/** The JSON of a header. Accounts are plain here, not display values; only what is meant is sent (F&O spec 6.4). */
export function headerBody({ document, dimensions }: PlannedInvoice): Record<string, unknown> {
  const orders = new Set(
    document.lines.flatMap(({ goods }) => ('purchaseOrder' in goods ? [goods.purchaseOrder] : [])),
  );
  const [order] = orders;
  return {
    dataAreaId: companyId(document.company),
    HeaderReference: document.headerReference,
    InvoiceAccount: document.vendorAccount,
    VendorAccount: document.vendorAccount,
    InvoiceNumber: document.invoiceNumber,
    InvoiceDate: noon(document.documentOn),
    Date: noon(document.postingOn),
    ...(document.dueOn === undefined ? {} : { DueDate: noon(document.dueOn) }),
    Currency: document.currency,
    // The automation of F&O compares it with the lines before it submits the invoice (F&O spec 14).
    ImportedAmount: decimalNumber(document.amount),
    InvoiceDescription: document.description,
    DocumentNumber: document.documentNumber,
    ...(dimensions === undefined ? {} : { DimensionDisplayValue: dimensions }),
    ...(order === undefined || orders.size > 1 ? {} : { PurchaseOrderNumber: order }),
  };
}

/** The JSON of a line. */
export function pendingLineBody(
  { document }: PlannedInvoice,
  reference: string,
  { line, currency, dimensions }: PlannedInvoiceLine,
): Record<string, unknown> {
  return {
    dataAreaId: companyId(document.company),
    HeaderReference: reference,
    InvoiceLineNumber: line.lineNumber,
    ...goodsBody(line.goods),
    LineDescription: line.text,
    ReceiveNow: decimalNumber(line.quantity),
    UnitPrice: decimalNumber(line.unitPrice),
    NetAmount: decimalNumber(line.amount),
    Currency: currency,
    ...(dimensions === undefined ? {} : { DimensionDisplayValue: dimensions }),
  };
}

function goodsBody(goods: FoPendingInvoiceLine['goods']): Record<string, unknown> {
  return 'category' in goods
    ? {
        ProcurementCategoryName: goods.category,
        ProcurementCategoryHierarchyName: goods.hierarchy,
        Unit: goods.unit,
      }
    : { PurchaseOrder: goods.purchaseOrder, PurchLineNumber: decimalNumber(goods.purchaseLine) };
}
