import type { ErpDimensionValue } from './dimension-sync.js';
import type { ErpKind } from './erp-capabilities.js';
import type { DimensionValue, ErpDocument } from './erp-documents.js';
import type { OpenSpan } from './posting-periods.js';
import type { NewErpVendor, SimilarVendor } from './proposals.js';
import type { ErpOrderKeys, ErpOrderState, ErpPurchaseOrder } from './purchase-orders.js';
import type { VendorReading } from './vendor-master.js';

/** What a document needs from the ERP company before anything may be written. */
export interface MasterDataRequest {
  company: string;
  vendors: string[];
  accounts: string[];
  dimensions: DimensionValue[];
  journalNames: string[];
  /** What is to be posted where; absent as long as the document is not planned in full. */
  lines?: MasterDataLine[];
}

/** A line of a planned document, as far as rules about the dimensions of its account concern it. */
export interface MasterDataLine {
  account: string;
  /** The account is a vendor's. */
  vendor: boolean;
  dimensions: DimensionValue[];
  /** Vendor whose default dimensions the line takes over: on the lines of a purchase document. */
  inheritsFrom?: string;
}

/** One thing that is not there or may not be used. Found before any write (S84, S93, S94). */
export interface MasterDataFinding {
  kind:
    | 'vendor-missing'
    | 'vendor-blocked'
    | 'account-missing'
    | 'account-blocked'
    | 'dimension-missing'
    | 'dimension-blocked'
    | 'setup';
  /** The ERP code concerned: vendor account, account, `Dimension=Value`, or the name of the setting. */
  code: string;
  /** A sentence for an accountant; no secrets, no host. */
  message: string;
}

/**
 * Runs remote writes between an intent row and a result row and never repeats one whose outcome is unknown before the
 * look-again waits have passed (decisions 7, F&O spec 10, NAV spec 16).
 */
export interface GuardedWrites {
  /**
   * Looks first, adopts what `look` finds, else creates. `look` must return undefined only when the ERP says "not there".
   * `create` runs at most once per known outcome. Throws `OutcomeUnknown` (retryable) while it is too early to decide.
   * @param write.operation stable name, for example `fo.journal-header`
   * @param write.key what makes the write unique within the operation, for example the journal's mark
   */
  create<T>(write: {
    operation: string;
    key: string;
    payload: unknown;
    look: () => Promise<T | undefined>;
    create: () => Promise<T>;
  }): Promise<{ value: T; adopted: boolean }>;
}

export interface ErpWriteContext {
  writes: GuardedWrites;
  signal: AbortSignal;
  /** Tells Temporal that a long step is alive. */
  heartbeat: () => void;
}

/** Numbers by which the ERP knows a written document. */
export interface ErpKeys {
  /** F&O journal batch number, or Business Central journal batch code. */
  journal?: string;
  /** Business Central id of a purchase invoice or of a journal, or header reference of an F&O pending invoice (GUID). */
  id?: string;
  /** Invoice number by which a person finds an F&O pending invoice. */
  invoice?: string;
  /** What the log of an F&O journal said just before its last line was there: a complaint about a half-filled journal. */
  earlierLog?: string;
}

/** Evidence that the ERP has posted a document, read back from posted entries (S100, C15). */
export interface PostingProof {
  part: number;
  /** Voucher (F&O) or posted document number (Business Central). */
  documentNumber: string;
  postedOn: string;
  fiscalYear: string;
  /** Posted debit total and currency as the ERP states them; the caller compares them with the plan. */
  debitTotal: string;
  currency: string;
  /** ERP identity of the vendor entry that payments settle: F&O SourceKey, Business Central vleEntryNo. */
  vendorEntryKey?: string;
  vendorAmount?: string;
  /** In what the posting differs from the plan: place, what was meant, what stands there. Absent where nothing differs (B9). */
  differences?: string[];
  /** Number of the entry by which the ERP had reversed the posting again when it was proven. */
  reversedBy?: string;
}

/** What the ERP says about a document that is written but not (yet) posted. */
export type PostingState =
  | { state: 'waiting'; part: number; reason?: string }
  | { state: 'refused'; part: number; reason: string }
  | { state: 'missing'; part: number; reason: string }
  | { state: 'posted'; part: number; proof: PostingProof };

export interface WriteResult {
  keys: ErpKeys;
  adopted: boolean;
  posting: PostingState;
}

/** A document as the store knows it, given to the bulk reads. `documentId` is the caller's own id and is handed back. */
export interface TrackedErpDocument {
  documentId: string;
  document: ErpDocument;
  keys: ErpKeys;
  proof?: PostingProof;
  /** Why the ERP refused to post it, as it was last told. */
  refusal?: string;
}

/**
 * One settlement row of a posted document. Amounts positive; what takes a settlement back is negative. A `reversal` settles the
 * document by the entry that reverses its posting: nobody is paid by it.
 */
export interface Settlement {
  documentId: string;
  part: number;
  /** Unique and stable in the ERP company: the source of Concur's paymentRef (FIS spec 5.3). */
  settlementKey: string;
  kind: 'payment' | 'credit' | 'discount' | 'reversal' | 'other';
  amount: string;
  currency: string;
  settledOn: string;
  /** Payment voucher or document number. */
  reference: string;
  /** Number of the cheque, where it was paid by one and the ERP tells. */
  chequeNumber?: string;
  fiscalYear: string;
}

/**
 * What became of a document that had to leave the ERP. `gone` says that the ERP was read back and holds nothing of it; `posted`
 * and `blocked` leave it as it is, with a sentence that tells a person what to do. A `voucher` is posted without a proof that
 * can be read: a person may say that it is reversed.
 */
export type Withdrawal =
  { state: 'gone' } | { state: 'posted'; proof: PostingProof } | { state: 'blocked'; reason: string; voucher?: string };

/** What an ERP connection does with purchase orders. Orders are never released, received, invoiced or deleted. */
export interface PurchaseOrderPort {
  /**
   * Looks for the order by its marker, else creates it as a draft, reads it back and compares all of it, dimensions included.
   * May be repeated.
   * @param knownSince ISO instant before which nothing of the order can stand in the ERP
   */
  write(
    order: ErpPurchaseOrder,
    knownSince: string,
    context: ErpWriteContext,
  ): Promise<ErpOrderKeys & { adopted: boolean }>;
  /** Asks what has become of a written order. */
  look(company: string, keys: ErpOrderKeys, signal: AbortSignal): Promise<ErpOrderState>;
}

/** What an ERP connection does to create vendors. Nothing is ever changed or deleted by it (C9). */
export interface ErpVendorCreation {
  /** Vendors that have the account, the tax number or the name of the wanted one. */
  look(company: string, vendor: NewErpVendor, signal: AbortSignal): Promise<SimilarVendor[]>;
  /** Creates the vendor, blocked for payment. Not to be repeated after an unknown outcome without a look. */
  create(company: string, vendor: NewErpVendor, signal: AbortSignal): Promise<{ account: string }>;
}

/** One adapter per kind of ERP. Every method may be repeated. Throws only `ExternalSystemError`s. */
export interface ErpPort {
  readonly name: string;
  readonly kind: ErpKind;
  checkMasterData(request: MasterDataRequest, signal: AbortSignal): Promise<MasterDataFinding[]>;
  /**
   * Days on which a company takes postings now, at most a minute old; undefined where the ERP does not tell (B10). A set-up of the
   * poster's own is not seen: the ERP judges when it posts.
   */
  readOpenSpans?(company: string, signal: AbortSignal): Promise<OpenSpan[] | undefined>;
  /** Looks, creates or completes, reads back and compares; posts where the ERP has an action for it. */
  write(document: ErpDocument, context: ErpWriteContext): Promise<WriteResult>;
  /**
   * Takes an unposted document of ours out of the ERP again, drafts and journal lines included, and reads back that nothing is
   * left (FIS spec 5.1: all or nothing). Looks first; never touches a posted document nor what is not ours (S9, S10).
   */
  withdraw(document: TrackedErpDocument, context: ErpWriteContext): Promise<Withdrawal>;
  /** Asks in bulk whether written documents of one company are posted. */
  findPostings(
    company: string,
    documents: TrackedErpDocument[],
    signal: AbortSignal,
  ): Promise<(PostingState & { documentId: string })[]>;
  /**
   * Asks in bulk for settlements of posted documents of one company that changed since `since` (ISO instant; overlap is the
   * caller's business). With `since` undefined it asks for all settlements of the given documents (self-check).
   */
  findSettlements(
    company: string,
    documents: TrackedErpDocument[],
    since: string | undefined,
    signal: AbortSignal,
  ): Promise<Settlement[]>;
  /**
   * Reads all vendors of one company, since neither ERP stamps every change (decisions 13). What is missing from the answer is
   * not in the ERP: it throws rather than giving a part. A single row that cannot be read is told beside the vendors.
   * @param expected accounts from whose absence the caller concludes something: an ERP whose pages may lose rows is asked for
   *   those of them that are missing once more
   */
  readVendors(
    company: string,
    signal: AbortSignal,
    heartbeat: () => void,
    expected?: readonly string[],
  ): Promise<VendorReading>;
  /**
   * Asks an ERP that posts on call once more to post a written document that it has not posted; absent where none does. Never
   * throws for a refusal: the state says it.
   */
  postAgain?(document: TrackedErpDocument, context: ErpWriteContext): Promise<PostingState>;
  /** Creates vendors; absent where the ERP offers no way to do it safely (NAV spec 8). */
  readonly vendorCreation?: ErpVendorCreation;
  /**
   * Reads all values of one dimension of a company. What is missing from the answer is not in the ERP: it throws rather than
   * giving a part. Absent where the connector does not read them.
   */
  readDimensionValues?(
    company: string,
    dimension: string,
    signal: AbortSignal,
    heartbeat: () => void,
  ): Promise<ErpDimensionValue[]>;
  /** What the connection does with purchase orders; absent where it has none to offer (NAV spec 13). */
  readonly purchaseOrders?: PurchaseOrderPort;
  /**
   * Why the ERP will not pay posted documents as things stand: a missing approval, a hold. One sentence for each document that
   * has a reason; absent where the ERP tells none.
   */
  findPaymentObstacles?(
    company: string,
    documents: TrackedErpDocument[],
    signal: AbortSignal,
  ): Promise<{ documentId: string; part: number; reason: string }[]>;
}
