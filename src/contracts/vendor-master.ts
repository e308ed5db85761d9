/** One vendor as an ERP company holds it (F&O spec 12). Texts are trimmed; what is empty in the ERP is left out. */
export interface ErpVendor {
  account: string;
  name: string;
  group?: string;
  /** ISO 4217. */
  currency?: string;
  paymentTerms?: string;
  paymentMethod?: string;
  taxId?: string;
  email?: string;
  street?: string;
  city?: string;
  state?: string;
  postalCode?: string;
  /** Two upper-case letters. */
  countryCode?: string;
  /** New documents in Concur may name it; false where postings to it would be refused (F&O spec 12, table OnHoldStatus). */
  offered: boolean;
  /** The ERP's own word for the state: F&O `OnHoldStatus`, Business Central `blocked`. */
  hold: string;
}

/** What Concur shall know of a vendor: one address of a vendor code (concur-platform 3). All texts within Concur's limits. */
export interface VendorRecord {
  vendorCode: string;
  addressCode: string;
  vendorName: string;
  countryCode?: string;
  currencyCode?: string;
  taxId?: string;
  address1?: string;
  city?: string;
  state?: string;
  postalCode?: string;
  contactEmail?: string;
  paymentTerms?: string;
  paymentMethodType?: string;
  approved: boolean;
  /** Vendor group in Concur by which a legal entity sees its own vendors only; left out where none is configured. */
  group?: string;
}

/** A vendor row that could not be read. Without an account nobody can say which vendor it is. */
export interface UnreadableVendor {
  account?: string;
  /** A sentence for an accountant; no secrets, no host. */
  message: string;
}

/** All vendors of one company as one complete read gave them, one-time vendors left out. */
export interface VendorReading {
  vendors: ErpVendor[];
  unreadable: UnreadableVendor[];
}

/** How the vendors of one ERP company are told to one Concur connection. */
export interface VendorSyncRules {
  /**
   * Address code of a vendor that is new to Concur: `{COMPANY}`, `{company}` and `{account}` stand for the ERP company in
   * upper case, as it is written, and the account. A vendor that was told before keeps its codes. Default `{COMPANY}-{account}`.
   */
  addressCode: string;
  /** Vendor group in Concur; left out where legal entities share their vendors. */
  group?: string;
  /** How the firm pays; never a method that makes Concur pay (decisions 22). Default CLIENT. */
  paymentMethodType: 'CLIENT' | 'CARD' | 'WIRE';
  /** ERP vendor groups that are told; left out: all. A vendor that leaves them is blocked in Concur. */
  vendorGroups?: string[];
  /** Percent of the vendors that Concur knows which one run may change or block. Default 20. */
  maximumSharePercent: number;
  /** Up to so many may change or be blocked whatever share that is. Default 20. */
  minimumChanges: number;
}

/** What the rules are where nothing is configured. */
export const defaultVendorSyncRules: VendorSyncRules = {
  addressCode: '{COMPANY}-{account}',
  paymentMethodType: 'CLIENT',
  maximumSharePercent: 20,
  minimumChanges: 20,
};

/**
 * One difference between the ERP and what Concur was last told. Stored, never part of a workflow's history. The kind says what
 * it means for people. The writer looks into Concur first: a record that is not there is created, one that is there is changed;
 * but a `block` of a record that Concur does not hold needs no write and is done.
 */
export interface VendorChange {
  kind: 'create' | 'update' | 'block';
  account: string;
  /** Digest of `record`: what the next run compares with. */
  hash: string;
  record: VendorRecord;
  /** Which properties changed since Concur was last told, for people; all of them for a vendor that is new. */
  changed: string[];
}

/** A change that is about to be told. */
export interface PendingVendorChange extends VendorChange {
  /** What Concur took last; left out where it never took any. */
  told?: VendorRecord;
}

/** A vendor that is not told to Concur, and why. */
export interface VendorRefusal {
  /** Left out where the row itself does not say it. */
  account?: string;
  name?: string;
  /** A sentence for an accountant. */
  message: string;
}

/** What Concur was last told of one account of a company. */
export interface ToldVendor {
  account: string;
  /** What Concur took; left out where it never took any. */
  record?: VendorRecord;
  /** Digest of what Concur holds; left out where that is nothing, or not certain. */
  hash?: string;
  /** Digest of what Concur refused last; left out where it took what it was told last. */
  refusedHash?: string;
}

/** A vendor that another company has told to the same Concur connection, or is about to. */
export interface VendorElsewhere {
  erp: string;
  company: string;
  vendorCode: string;
  addressCode: string;
  /** As that company's newest read has it, else as Concur was told. */
  name: string;
  approved: boolean;
}

/** What a comparison of a complete read with what Concur was last told comes to. */
export interface VendorComparison {
  read: number;
  unchanged: number;
  changes: VendorChange[];
  refusals: VendorRefusal[];
  /** More would change than one run may change: a sentence for the person who decides. */
  tooMany?: string;
}

/** Input of `readVendorMaster`, on the queue of the ERP. */
export interface ReadVendorMasterInput {
  erp: string;
  company: string;
  /** Names the run in the store: the same in every attempt, never used for another run. */
  run: string;
}

/** Input of `planVendorSync`, on the queue `documents`. */
export interface PlanVendorSyncInput extends ReadVendorMasterInput {
  concur: string;
  dryRun: boolean;
  force: boolean;
  /** Who asked for the run; left out for a scheduled one. */
  by?: string;
}

/** Input of `writeVendorChanges`, on the queue of the Concur connection. */
export interface WriteVendorChangesInput {
  concur: string;
  run: string;
}

/** What `planVendorSync` found; numbers of vendors. */
export interface VendorPlan {
  read: number;
  unchanged: number;
  create: number;
  update: number;
  block: number;
  refused: number;
  /** Changes that `writeVendorChanges` has to write: 0 in a run that is held back. */
  pending: number;
  heldBack?: string;
}

export interface SyncVendorsInput {
  concur: string;
  erp: string;
  company: string;
  queuePrefix: string;
  /** Plans and reports; writes nothing to Concur. */
  dryRun: boolean;
  /** A person has seen that more than the allowed share changes and wants it all the same. */
  force: boolean;
  /** Who asked for the run; left out for a scheduled one. */
  by?: string;
  /** Vendors that Concur knows and the ERP does not are looked for as well (C9); left out where that is switched off. */
  fromConcur?: true;
  retryMaximumSeconds: number;
}

/** Numbers of a run. In one that is held back, `created`, `updated` and `blocked` say what it would have done. */
export interface SyncVendorsResult {
  read: number;
  unchanged: number;
  created: number;
  updated: number;
  blocked: number;
  /** Vendors that cannot be told to Concur, or that Concur refused; each has its sentence in the report. */
  refused: number;
  /** Why nothing was written although there are changes (dry run, or more changes than one run may make). */
  heldBack?: string;
}

/** Input of `reportVendorSync`, on the queue `documents`: what a live run has come to. */
export interface VendorSyncOutcome {
  concur: string;
  erp: string;
  company: string;
  result: SyncVendorsResult;
}
