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
  /** Addresses and other free texts, by property name; absent is empty. */
  texts?: Record<string, string>;
  paymentTermsId?: string;
  paymentMethodId?: string;
  /** Nothing can be posted to a vendor without posting groups; the API does not show them. */
  withoutPostingGroup?: boolean;
}

/** Employee; personal data as far as the API shows it. */
export interface EmployeeRow extends Stored {
  number: string;
  status: string;
  /** Names, addresses and the like, by property name. */
  texts: Record<string, string>;
}

/** Dimension, for example a cost centre. */
export interface DimensionRow extends Stored {
  code: string;
  blocked?: boolean;
}

/** One value of a dimension. The API shows neither the block nor the type: a heading looks usable. */
export interface DimensionValueRow extends Stored {
  code: string;
  dimensionCode: string;
  dimensionId: string;
  blocked?: boolean;
  /** `Standard` unless given; nothing else can be posted. */
  valueType?: string;
}

/** What posting asks of a dimension on the entries of an account or a vendor. */
export const postingValidations = [' ', 'Code Mandatory', 'Same Code', 'No Code'] as const;

/** Default dimension of an account or a vendor; a blank value code is "no value". */
export interface DefaultDimensionRow extends Stored {
  parentType: 'Account' | 'Vendor';
  parentId: string;
  dimensionCode: string;
  valueCode: string;
  postingValidation: (typeof postingValidations)[number];
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

/** Line of a purchase document; `unitCost` and the quantities are decimal strings. */
export interface PurchaseLineRow extends Stored {
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
  /** Orders only. */
  receivedQuantity?: string;
  invoicedQuantity?: string;
}

/** What all purchase documents have. */
export interface PurchaseDocumentRow extends Stored {
  draftNumber: string;
  vendorNumber: string;
  payToVendorNumber: string;
  postingDate: string;
  /** Blank is local currency. */
  currencyCode: string;
  /** Addresses and other free texts, by property name. */
  texts: Record<string, string>;
  dimensions: DimensionPair[];
  lines: PurchaseLineRow[];
}

/** How a posted document ended by a document that cancels it, or what it cancels. */
export type Ending = 'Canceled' | 'Corrective';

/** Invoice or credit memo, draft or posted: the id stays, the number changes at posting. */
export interface PostableRow extends PurchaseDocumentRow {
  /** Empty while the document is a draft. */
  postedNumber: string;
  /** Epoch milliseconds, 0 while the document is a draft. */
  postedAt: number;
  dueDate: string;
  /** Record id of the vendor ledger entry, empty while the document is a draft. */
  vendorEntryId: string;
  ending?: Ending;
}

/** Purchase invoice. */
export interface InvoiceRow extends PostableRow {
  vendorInvoiceNumber: string;
  invoiceDate: string;
  /** Id and number of the order that was invoiced; absent for others. */
  order?: { id: string; number: string };
}

/** Purchase credit memo; its amounts are positive, its entries have the other sign. */
export interface CreditMemoRow extends PostableRow {
  vendorCreditMemoNumber: string;
  creditMemoDate: string;
  /** Id of the posted invoice that posting applies it to, or empty. */
  invoiceId: string;
}

/** Purchase order; `released` is the status Open. */
export interface OrderRow extends PurchaseDocumentRow {
  orderDate: string;
  requestedReceiptDate: string;
  paymentTermsId: string;
  released: boolean;
}

/** Posted receipt of an order; `quantity` of its lines is what was received. */
export interface ReceiptRow extends PurchaseDocumentRow {
  orderNumber: string;
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
  /** Of a payment that will be taken back: when, epoch milliseconds; 0 otherwise and afterwards. */
  bouncesAt?: number;
  /** Of an entry that a payment on it was chosen to be taken back from; what is paid again stands. */
  hasBounced?: boolean;
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
  kind: 'journal' | 'invoice' | 'credit-memo';
  id: string;
}
