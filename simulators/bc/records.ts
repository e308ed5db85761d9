import type { AccountRole } from '../harness/types.js';

/** What every kept record has. `createdAt` is in epoch milliseconds; `modifiedAt` is an ISO instant. */
export interface Stored {
  id: string;
  version: number;
  createdAt: number;
  modifiedAt: string;
}

/** One dimension with its value, both as codes. */
export interface DimensionPair {
  code: string;
  value: string;
}

/** Row of the chart of accounts. */
export interface AccountRow extends Stored {
  number: string;
  displayName: string;
  role: AccountRole;
  blocked: boolean;
  directPosting: boolean;
  accountType: string;
}

/** A blank is "not blocked"; `Payment` may be invoiced but is never paid. */
export type VendorBlocked = ' ' | 'Payment' | 'All';

/** Vendor; a blank currency code is local currency. */
export interface VendorRow extends Stored {
  number: string;
  displayName: string;
  blocked: VendorBlocked;
  currencyCode: string;
}

/** Dimension, for example a cost centre. */
export interface DimensionRow extends Stored {
  code: string;
}

/** One value of a dimension. */
export interface DimensionValueRow extends Stored {
  code: string;
  dimensionCode: string;
  dimensionId: string;
}

/** Line of a general journal batch. Amounts are decimal strings, debit positive; dates `YYYY-MM-DD`. */
export interface JournalLineRow extends Stored {
  journalId: string;
  lineNumber: number;
  accountType: string;
  accountNumber: string;
  postingDate: string;
  documentNumber: string;
  externalDocumentNumber: string;
  amount: string;
  description: string;
  comment: string;
  taxCode: string;
  balanceAccountType: string;
  balancingAccountNumber: string;
  dimensions: DimensionPair[];
}

/** General journal batch with its lines; the lines are replaced, never changed in place. */
export interface JournalRow extends Stored {
  code: string;
  displayName: string;
  templateDisplayName: string;
  lines: JournalLineRow[];
  /** Epoch milliseconds of the last posting, 0 before the first. */
  postedAt: number;
}

/** Purchase invoice line; `unitCost` and `quantity` are decimal strings. */
export interface InvoiceLineRow extends Stored {
  documentId: string;
  sequence: number;
  lineType: string;
  accountNumber: string;
  description: string;
  description2: string;
  unitCost: string;
  quantity: string;
  taxCode: string;
  dimensions: DimensionPair[];
}

/** Purchase invoice, draft or posted: the id stays, the number changes at posting. */
export interface InvoiceRow extends Stored {
  draftNumber: string;
  /** Empty while the invoice is a draft. */
  postedNumber: string;
  /** Epoch milliseconds, 0 while the invoice is a draft. */
  postedAt: number;
  vendorNumber: string;
  payToVendorNumber: string;
  vendorInvoiceNumber: string;
  invoiceDate: string;
  postingDate: string;
  dueDate: string;
  /** Blank is local currency. */
  currencyCode: string;
  /** Addresses and other free texts, by property name. */
  texts: Record<string, string>;
  dimensions: DimensionPair[];
  lines: InvoiceLineRow[];
  /** Record id of the vendor ledger entry, empty while the invoice is a draft. */
  vendorEntryId: string;
}

/** Posted G/L entry. `amount` is local currency, `documentAmount` the document's own; debit positive. */
export interface GlEntryRow extends Stored {
  entryNumber: number;
  transaction: number;
  postingDate: string;
  documentNumber: string;
  documentType: string;
  accountNumber: string;
  description: string;
  amount: string;
  documentAmount: string;
  /** Filled for the payables leg of a vendor; not readable through the API. */
  vendorNumber: string;
  dimensions: DimensionPair[];
}

/** Detailed vendor ledger entry: the initial entry, or one side of an application. */
export interface DetailRow extends Stored {
  entryNo: number;
  entryType: 'Initial Entry' | 'Application';
  postingDate: string;
  documentType: string;
  documentNo: string;
  amount: string;
  amountLcy: string;
  applicationNo: number;
  appliedEntryNo: number;
}

/** Vendor ledger entry with its detailed entries; credits (what is owed) are negative. */
export interface VendorEntryRow extends Stored {
  entryNo: number;
  transaction: number;
  vendorNumber: string;
  documentType: string;
  documentNumber: string;
  postingDate: string;
  documentDate: string;
  dueDate: string;
  open: boolean;
  closedAtDate: string;
  currencyCode: string;
  /** Empty for journals and payments. */
  invoiceId: string;
  /** Epoch milliseconds of posting or of the last part payment: the payment run counts from here. */
  movedAt: number;
  /** Payments still planned; 0 until the payment run has decided. */
  partsLeft: number;
  details: DetailRow[];
}

/** One posted document as the checker is told; lives on even if a client deletes the document itself. */
export interface PostedRow extends Stored {
  transaction: number;
  documentNumber: string;
  mark: string;
  currency: string;
}

/** A posting that was scheduled instead of done (job queue). */
export interface ScheduledPosting {
  company: string;
  kind: 'journal' | 'invoice';
  id: string;
}
