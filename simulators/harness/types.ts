import type { CompanyCodes, ConcurLedgerLine } from './ledger-types.js';

/**
 * What all simulators share. Nothing here or below `simulators/` imports anything from `src`: simulators are written from
 * the specifications and are the witness against the connector, never its mirror.
 */

export type SystemName = 'concur' | 'entra' | 'fo' | 'bc' | 'nav';
/** The simulated ERPs. */
export type ErpName = 'fo' | 'bc' | 'nav';
export type FaultLevel = 'none' | 'realistic' | 'brutal';

/** Role of an account in the sandbox's chart of accounts: what the checker sums. */
export type AccountRole = 'cost' | 'tax' | 'advance' | 'liability';

/** One write as the simulator saw it. `key` is what makes it unique for the remote service (document, mark, line …). */
export interface RemoteWrite {
  seq: number;
  system: SystemName;
  operation: string;
  key: string;
  at: string;
  outcome: 'applied' | 'repeat' | 'refused';
  /** When the answer was sent; absent when the answer was deliberately lost or the client went away before it. */
  answeredAt?: string;
  detail?: string;
}

/** A rule of the real service that the connector broke. */
export interface Violation {
  system: SystemName;
  operation: string;
  at: string;
  message: string;
  /** For repeats: when the first call was answered; absent if it never was. The checker forgives by kills. */
  firstAnsweredAt?: string;
}

/** One posted ERP document, as posted entries tell it. */
export interface PostedErpDocument {
  erp: ErpName;
  company: string;
  currency: string;
  /** Voucher, or posted document number. */
  documentNumber: string;
  /** The connector's mark as the ERP holds it: journal description, document number or invoice number with vendor. */
  mark: string;
  postedAt: string;
  /** Signed, debit positive, decimal strings. Vendor legs have role `liability` and the vendor account as account. */
  entries: {
    account: string;
    role: AccountRole;
    vendor?: boolean;
    dimensions: Record<string, string>;
    amount: string;
  }[];
  /** What the ERP has paid on it so far, positive decimal string, and what it will pay in all. */
  paid: string;
  payable: string;
  /** Payments that were taken back again: positive decimal strings, with the instant. */
  reversals?: { amount: string; at: string }[];
}

/** One financial document as Concur sees it. */
export interface ConcurDocumentState {
  id: string;
  docType: string;
  businessId: string;
  status: string;
  currency: string;
  /** The document's own gross total, computed by the simulator from the document. */
  gross: string;
  /** `erp/company` where the sandbox's rule expects it; absent where the sandbox did not say. */
  expected?: string;
  /** Trouble that the sandbox planted on purpose, for the report. */
  planted?: string;
  /** The supplier's number of an invoice. */
  reference?: string;
  /** The employee of a report and what this employee is owed after cash advances, decimal string. */
  employee?: { id: string; due: string };
  /** FI document id of the corrected document that comes after a failed posting or a recall. */
  corrected?: string;
  /** FI document id of the failed or recalled document that this one corrects. */
  supersedes?: string;
  /** The journal that it stands for, for documents whose posting was confirmed. */
  ledger?: ConcurLedgerLine[];
  postingDocs: { companyId: string; documentNumber: string; fiscalYear?: string; postingDate?: string }[];
  payments: {
    status: string;
    amount: string;
    currency: string;
    paymentRef: string;
    date: string;
    receiverId?: string;
  }[];
  invoicePayments: { paymentStatus: string; paymentAmount: string; date: string }[];
}

/** Answer of `GET /control/journal`: everything the checker needs. */
export interface Journal {
  concur: ConcurDocumentState[];
  posted: PostedErpDocument[];
  /** Drafts and journals that exist unposted. */
  unposted: {
    erp: ErpName;
    company: string;
    mark: string;
    /** What else names the document to a person. */
    text?: string;
    lines?: number;
    /** Why the ERP does not post it; empty where it has said nothing. */
    log?: string;
  }[];
  /** Subscriptions of Business Central that stand. */
  subscriptions?: { company: string; set: string }[];
  /** Lines without a header, as sentences. */
  strayLines?: string[];
  writes: RemoteWrite[];
  violations: Violation[];
  /** Worker kills reported by the launcher, ISO instants. */
  kills: string[];
  /** What the connector itself says of its documents: hold reason or outcome by FI document id. Absent if nobody asked. */
  held?: Record<string, string>;
  /** What the connector tells people about documents that are held, by FI document id. Absent if nobody asked. */
  messages?: Record<string, string>;
  /** Changes that the connector wants to be told of. Absent if nobody asked. */
  wantedSubscriptions?: { company: string; set: string }[];
  /** Causes of all alerts that the connector has raised. Absent if nobody asked. */
  alerts?: string[];
  /** Code tables of the ERP companies; absent where the sandbox did not tell them. */
  codes?: CompanyCodes[];
  /** HTTP requests per system and operation. */
  calls: Record<string, Record<string, number>>;
  /** Reads that came inside batch requests, per system and operation; their requests stand in `calls`. */
  batched?: Record<string, Record<string, number>>;
  /** Injected faults per system and kind. */
  faults: Record<string, Record<string, number>>;
}
