import type { z } from 'zod';
import type { BcPurchaseCreditMemo, BcPurchaseInvoice, ErpDocument } from '../../contracts/erp-documents.js';
import { purchaseCreditMemoSchema, purchaseInvoiceSchema, type PurchaseRecord } from './schemas.js';

/** Documents that name a vendor, post by the same steps and differ in their entity (NAV spec 12, 17). */
export type PurchaseDocument = BcPurchaseInvoice | BcPurchaseCreditMemo;

/** What is different between purchase invoices and purchase credit memos. */
export interface PurchaseKind {
  set: 'purchaseInvoices' | 'purchaseCreditMemos';
  lineSet: 'purchaseInvoiceLines' | 'purchaseCreditMemoLines';
  numberField: 'vendorInvoiceNumber' | 'vendorCreditMemoNumber';
  dateField: 'invoiceDate' | 'creditMemoDate';
  /** Document type of its ledger entries. */
  entryType: 'Invoice' | 'Credit Memo';
  /** First part of the names of calls, and of guarded writes. */
  calls: 'bc.invoices' | 'bc.credit-memos';
  write: 'bc.invoice' | 'bc.credit-memo';
  withdrawal: 'bc.withdraw-invoice' | 'bc.withdraw-credit-memo';
  /** In sentences. */
  noun: 'invoice' | 'credit memo';
  record: z.ZodType<PurchaseRecord>;
}

const kinds: Record<PurchaseDocument['route'], PurchaseKind> = {
  'bc-purchase-invoice': {
    set: 'purchaseInvoices',
    lineSet: 'purchaseInvoiceLines',
    numberField: 'vendorInvoiceNumber',
    dateField: 'invoiceDate',
    entryType: 'Invoice',
    calls: 'bc.invoices',
    write: 'bc.invoice',
    withdrawal: 'bc.withdraw-invoice',
    noun: 'invoice',
    record: purchaseInvoiceSchema,
  },
  'bc-purchase-credit-memo': {
    set: 'purchaseCreditMemos',
    lineSet: 'purchaseCreditMemoLines',
    numberField: 'vendorCreditMemoNumber',
    dateField: 'creditMemoDate',
    entryType: 'Credit Memo',
    calls: 'bc.credit-memos',
    write: 'bc.credit-memo',
    withdrawal: 'bc.withdraw-credit-memo',
    noun: 'credit memo',
    record: purchaseCreditMemoSchema,
  },
};

/** The entity that a document is written as. */
export function kindOf({ route }: PurchaseDocument): PurchaseKind {
  return kinds[route];
}

export function isPurchase(document: ErpDocument): document is PurchaseDocument {
  return document.route in kinds;
}

/** The supplier's own number, as it was planned. */
export function supplierNumberOf(document: PurchaseDocument): string {
  return document.route === 'bc-purchase-invoice' ? document.vendorInvoiceNumber : document.vendorCreditMemoNumber;
}
