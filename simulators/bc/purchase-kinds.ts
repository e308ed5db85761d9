import type { EntitySet } from './odata-fields.js';
import type {
  CreditMemoRow,
  InvoiceRow,
  OrderRow,
  PostableRow,
  PurchaseDocumentRow,
  PurchaseLineRow,
} from './records.js';
import {
  purchaseCreditMemoLines,
  purchaseCreditMemos,
  purchaseInvoiceLines,
  purchaseInvoices,
} from './sets-invoices.js';
import { purchaseOrderLines, purchaseOrders } from './sets-orders.js';
import type { Table } from './table.js';
import type { Company } from './world.js';

/** One kind of purchase document: where it is kept, how it is shown and what it is called. */
export interface PurchaseKind {
  /** As messages name it. */
  name: 'Purchase Invoice' | 'Purchase Credit Memo' | 'Purchase Order';
  set: EntitySet;
  lines: EntitySet<PurchaseLineRow>;
  table(company: Company): Table<PurchaseDocumentRow>;
  /** Key of a document for the desk; drafts with the same key are one document twice. */
  key(company: Company, document: PurchaseDocumentRow): string;
}

/** Key of an invoice: company, vendor and the vendor's own number. */
export function invoiceKey(
  company: Company,
  { vendorNumber, vendorInvoiceNumber }: Pick<InvoiceRow, 'vendorNumber' | 'vendorInvoiceNumber'>,
): string {
  return `${company.name}/${vendorNumber}/${vendorInvoiceNumber}`;
}

/** Key of a credit memo: company, vendor and the number of the credit memo. */
export function creditMemoKey(
  company: Company,
  { vendorNumber, vendorCreditMemoNumber }: Pick<CreditMemoRow, 'vendorNumber' | 'vendorCreditMemoNumber'>,
): string {
  return `${company.name}/${vendorNumber}/${vendorCreditMemoNumber}`;
}

/** Mark of an order: the text of its first comment line, which is all that the API leaves for it (section 13). */
export function orderMark({ lines, vendorNumber, draftNumber }: OrderRow): string {
  const comment = lines.find(({ lineType }) => lineType === 'Comment')?.description ?? '';
  return comment === '' ? `${vendorNumber}/${draftNumber}` : comment;
}

/** All kinds by the entity set of the header. */
export const purchaseKinds: Record<'purchaseInvoices' | 'purchaseCreditMemos' | 'purchaseOrders', PurchaseKind> = {
  purchaseInvoices: {
    name: 'Purchase Invoice',
    set: purchaseInvoices,
    lines: purchaseInvoiceLines,
    table: (company) => company.invoices,
    key: (company, document) => invoiceKey(company, document as InvoiceRow),
  },
  purchaseCreditMemos: {
    name: 'Purchase Credit Memo',
    set: purchaseCreditMemos,
    lines: purchaseCreditMemoLines,
    table: (company) => company.creditMemos,
    key: (company, document) => creditMemoKey(company, document as CreditMemoRow),
  },
  purchaseOrders: {
    name: 'Purchase Order',
    set: purchaseOrders,
    lines: purchaseOrderLines,
    table: (company) => company.orders,
    key: (company, document) => `${company.name}/${orderMark(document as OrderRow)}`,
  },
};

/** The document with this id, whatever its kind. */
export function kindOfDocument(
  company: Company,
  id: string,
): { kind: PurchaseKind; document: PurchaseDocumentRow } | undefined {
  for (const kind of Object.values(purchaseKinds)) {
    const document = kind.table(company).get(id);
    if (document !== undefined) return { kind, document };
  }
  return undefined;
}

/** True for posted invoices and credit memos. */
export function isPosted(document: PurchaseDocumentRow): document is PostableRow {
  return ((document as Partial<PostableRow>).postedAt ?? 0) > 0;
}
