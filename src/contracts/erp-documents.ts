import type { DocType } from './documents.js';

export interface DimensionValue {
  dimension: string;
  value: string;
}

/** What every planned ERP document carries. Each one exists exactly once in the ERP (decisions 14). */
export interface ErpDocumentBase {
  /** 1…n within the Concur document; part of every key (decisions 2). */
  part: number;
  docType: DocType;
  erp: string;
  company: string;
  /** 16 upper-case hex characters from FI document id + ERP company + part: the seed of all keys. */
  keySeed: string;
  /** The number that a person knows (report id, request id, supplier's invoice number). */
  reference: string;
  currency: string;
  /** Dates `YYYY-MM-DD` in the company's time zone. */
  documentOn: string;
  postingOn: string;
  dueOn?: string;
  /**
   * Sum of the debit side, decimal string; of a pending invoice its amount without sign, since the posted invoice states no
   * more.
   */
  debitTotal: string;
  /** What the ERP will pay for this document; absent where nobody is owed money by the ERP. Amount > 0. */
  payable?: { vendorAccount: string; amount: string; invoiceNumber: string };
}

/** F&O general journal: one journal, one voucher (F&O spec 5, 6.1, 6.2). */
export interface FoGeneralJournal extends ErpDocumentBase {
  route: 'fo-general-journal';
  journalName: string;
  /** Strong mode's own number (≤ 10); recovery mode lets the number sequence choose. */
  journalBatchNumber: string;
  /** Recovery mark: `Concur EXP <keySeed> <business id>`, at most 60 characters (F&O spec 6.1). */
  description: string;
  lines: FoJournalLine[];
}

export interface FoJournalLine {
  accountType: 'Vend' | 'Ledger';
  /** Vendor account or main account, unescaped; the adapter builds the display value. */
  account: string;
  dimensions: DimensionValue[];
  /** Exactly one of the two, positive decimal string. */
  debit?: string;
  credit?: string;
  /** At most 60 characters, unique within the document: the fingerprint of recovery mode (F&O spec 10). */
  text: string;
  /** On the vendor line: at most 20 characters. */
  invoice?: string;
  /** At most 20 characters. */
  document: string;
}

/** F&O vendor invoice journal: vendor line without offset, then ledger lines, client line numbers (F&O spec 6.3). */
export interface FoVendorInvoiceJournal extends ErpDocumentBase {
  route: 'fo-vendor-invoice-journal';
  journalName: string;
  journalBatchNumber: string;
  description: string;
  lines: (FoJournalLine & { lineNumber: number })[];
}

/**
 * F&O pending vendor invoice: header and lines under a reference of our own (F&O spec 6.4). F&O matches, approves and posts it,
 * and its posting set-up chooses the ledger accounts.
 */
export interface FoPendingInvoice extends ErpDocumentBase {
  route: 'fo-pending-invoice';
  /** UUID, lower case: key of the header, and with the line number of each line. A second create fails on it. */
  headerReference: string;
  /** Plain account number; this route knows no display values for accounts. */
  vendorAccount: string;
  /** At most 20 characters. */
  invoiceNumber: string;
  /** `Concur INV <keySeed> <business id>`, at most 60 characters. */
  description: string;
  /** The key seed, at most 20 characters: the mark that the posted invoice still carries. */
  documentNumber: string;
  /** Signed total of the lines: negative on a credit note. */
  amount: string;
  /** What all lines have in common; F&O takes it for the vendor's side. */
  dimensions: DimensionValue[];
  lines: FoPendingInvoiceLine[];
}

/** One line of a pending vendor invoice: goods without an order, or a line of a purchase order. */
export interface FoPendingInvoiceLine {
  /** 1, 2, 3 …: part of the line's key. */
  lineNumber: number;
  /** What is invoiced. The unit of an order's line is the order's own. */
  goods: { category: string; hierarchy: string; unit: string } | { purchaseOrder: string; purchaseLine: string };
  /** Signed like the amount. */
  quantity: string;
  /** Never negative. */
  unitPrice: string;
  /** Quantity times price in the currency's precision; negative on a credit note. */
  amount: string;
  dimensions: DimensionValue[];
  /** At most 60 characters. */
  text: string;
}

/**
 * General journal in a batch of its own (NAV spec 10), for Business Central and classic NAV, which are one family: routes that
 * begin with `bc-` serve both. Business Central takes it in local currency only; classic NAV writes the currency on each line.
 */
export interface BcGeneralJournal extends ErpDocumentBase {
  route: 'bc-general-journal';
  /** `C` + 9 characters. */
  batchCode: string;
  batchDisplayName: string;
  /** `CX` + 13 characters, upper case. */
  documentNumber: string;
  /** At most 35 characters. */
  externalDocumentNumber: string;
  lines: BcJournalLine[];
}

export interface BcJournalLine {
  lineNumber: number;
  accountType: 'G/L Account' | 'Vendor';
  accountNumber: string;
  /** Signed: debit positive. */
  amount: string;
  /** At most 100 characters. */
  description: string;
  dimensions: DimensionValue[];
}

/** Business Central purchase invoice (NAV spec 12). */
export interface BcPurchaseInvoice extends ErpDocumentBase {
  route: 'bc-purchase-invoice';
  vendorNumber: string;
  /** At most 35 characters, upper case, trimmed. */
  vendorInvoiceNumber: string;
  /** Text of the first comment line: `CONCUR <keySeed> <business id>`; how we know our own draft. */
  marker: string;
  lines: { accountNumber: string; description: string; amount: string; dimensions: DimensionValue[] }[];
}

/**
 * Business Central purchase credit memo: an invoice that takes money back (NAV spec 17). Signs are those of the credit memo:
 * a line that the supplier credits is positive, one that he still charges is negative.
 */
export interface BcPurchaseCreditMemo extends ErpDocumentBase {
  route: 'bc-purchase-credit-memo';
  vendorNumber: string;
  /** The supplier's own number of the credit: at most 35 characters, upper case, trimmed. Required to post. */
  vendorCreditMemoNumber: string;
  /** Text of the first comment line, as of a purchase invoice. */
  marker: string;
  lines: { accountNumber: string; description: string; amount: string; dimensions: DimensionValue[] }[];
}

export type ErpDocument =
  | FoGeneralJournal
  | FoVendorInvoiceJournal
  | FoPendingInvoice
  | BcGeneralJournal
  | BcPurchaseInvoice
  | BcPurchaseCreditMemo;
export type ErpRoute = ErpDocument['route'];
