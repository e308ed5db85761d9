import type { CompanyCodes, ConcurLedgerLine } from './ledger-types.js';

/**
 * What all simulators share. Nothing here or below `simulators/` imports anything from `src`: simulators are written from
 * the specifications and are the witness against the connector, never its mirror.
 */

import type { NavSettings } from '../nav/settings.js';

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
  /** Causes of all alerts that the connector has raised. Absent if nobody asked. */
  alerts?: string[];
  /** Code tables of the ERP companies; absent where the sandbox did not tell them. */
  codes?: CompanyCodes[];
  /** HTTP requests per system and operation. */
  calls: Record<string, Record<string, number>>;
  /** Injected faults per system and kind. */
  faults: Record<string, Record<string, number>>;
}

/** What a company does with an invoice number that the vendor used before. */
export type InvoiceNumberCheck = 'NoDuplicate' | 'NoDuplicateInYear' | 'AcceptDuplicate' | 'WarnDuplicate';

/** A confirmed purchase order. Quantities and prices are decimal strings. */
export interface PurchaseOrder {
  company: string;
  number: string;
  /** Vendor account. */
  vendor: string;
  lines: {
    line: number;
    /** Name of a procurement category; a line has either this or an item. */
    category?: string;
    item?: string;
    quantity: string;
    unitPrice: string;
    /** Quantity of the product receipts. If given, no more than this is invoiced (three-way matching). */
    received?: string;
  }[];
}

/** A vendor of a company of F&O. What is not given is empty there, or as each comment says. */
export interface FoVendor {
  account: string;
  name: string;
  /** Default `10`. */
  group?: string;
  /** Member of CustVendorBlocked; default `No`. */
  onHold?: string;
  /** Day on which the hold ends, `YYYY-MM-DD`. */
  holdUntil?: string;
  /** Default: the company's own. */
  currency?: string;
  /** Default `Net30`. */
  paymentTerms?: string;
  /** Default `ELEC`. */
  paymentMethod?: string;
  taxId?: string;
  email?: string;
  /** A person instead of an organization. */
  isPerson?: boolean;
  isOneTime?: boolean;
  address?: {
    street?: string;
    city?: string;
    state?: string;
    zip?: string;
    /** Three letters, as F&O keeps countries. */
    country?: string;
    /** Two letters. */
    countryIso?: string;
  };
}

/** Master data of the simulated F&O environment; posted to `/control/master-data` as `{ fo, bc, concur }`. */
export interface FoMasterData {
  companies: {
    company: string;
    name: string;
    currency: string;
    /** Journal batch number may be chosen by the client (strong mode possible). */
    manualJournalNumbers: boolean;
    journalNames: { name: string; type: 'Daily' | 'VendInvoiceRecording' | 'Payment' }[];
    vendors: FoVendor[];
    /** First open day, `YYYY-MM-DD`; earlier posting dates are refused at posting. */
    openFrom?: string;
    /** A month that is closed besides, `YYYY-MM`. */
    closedMonth?: string;
    /** `VendorParameters.IsCheckInvoiceNumberUsed`; NoDuplicate unless given. */
    invoiceNumberCheck?: InvoiceNumberCheck;
    /** Pending vendor invoices are submitted to workflow and posted without people; yes unless false. */
    invoiceAutomation?: boolean;
    /** The customer's posting service is deployed for this company; no unless true. */
    postingService?: boolean;
  }[];
  mainAccounts: { account: string; name: string; role: AccountRole; suspended?: boolean }[];
  /** Procurement categories with the main account that posting set-up gives each of them. */
  procurementCategories?: { hierarchy: string; name: string; account: string }[];
  /** Items with the main account of their posting group; only items that are not stocked may stand on a line without order. */
  items?: { number: string; account: string; stocked?: boolean }[];
  purchaseOrders?: PurchaseOrder[];
  /** Order of the ledger dimension format after MainAccount. */
  dimensions: { name: string; values: { value: string; suspended?: boolean }[] }[];
  delimiter?: string;
}

/** Default dimension of an account or a vendor of Business Central, with what posting asks of it. */
export interface BcDefaultDimension {
  dimension: string;
  value?: string;
  validation?: ' ' | 'Code Mandatory' | 'Same Code' | 'No Code';
}

export interface BcMasterData {
  companies: {
    name: string;
    currency: string;
    allowPostingFrom?: string;
    allowPostingTo?: string;
    vendors: {
      number: string;
      displayName: string;
      blocked?: 'All' | 'Payment';
      currencyCode?: string;
      /** Nothing can be posted to the vendor. */
      withoutPostingGroup?: boolean;
      defaultDimensions?: BcDefaultDimension[];
    }[];
    accounts: {
      number: string;
      displayName: string;
      role: AccountRole;
      blocked?: boolean;
      directPosting?: boolean;
      accountType?: string;
      defaultDimensions?: BcDefaultDimension[];
    }[];
    dimensions: {
      code: string;
      blocked?: boolean;
      /** Only values of the type Standard, which is the default, can be posted. */
      values: { code: string; blocked?: boolean; valueType?: string }[];
    }[];
    /** Pairs of dimensions that must not stand on one entry. */
    blockedCombinations?: [string, string][];
    employees?: {
      number: string;
      givenName?: string;
      surname?: string;
      jobTitle?: string;
      email?: string;
      iban?: string;
      status?: 'Active' | 'Inactive' | 'Terminated';
    }[];
  }[];
}

export interface ConcurMasterData {
  companyUuid: string;
  clientId: string;
  clientSecret: string;
  requestToken: string;
}

/** Body of `POST /control/concur/documents`. */
export interface LoadDocuments {
  documents: {
    docType: string;
    id: string;
    document: unknown;
    companyId?: string;
    entityId?: string;
    expected?: string;
    planted?: string;
    /** Comes with the same business id after the posting has failed, or after a recall. */
    corrected?: { id: string; document: unknown };
    /** Recalled by the processor once it has been listed, before it can be acknowledged. */
    recallBefore?: boolean;
  }[];
}

/** A call to be held: `commit` does the work and keeps the answer, `before` does nothing yet. */
export interface Stall {
  id: string;
  system: SystemName;
  operation: string;
  when: 'before' | 'commit';
  /** Requests caught so far and still waiting. */
  caught: number;
}

/** One-shot or repeated faults ordered by a test: `POST /control/faults`. */
export interface OrderedFault {
  system: SystemName;
  /** Operation name, or `*`. */
  operation: string;
  kind: FaultKind;
  times: number;
  /** For 429/503: header value, as given (seconds or HTTP date). */
  retryAfter?: string;
}

export const faultKinds = [
  'rate-limited',
  'unavailable',
  'server-error-before',
  'server-error-after',
  'reset-before',
  'reset-after',
  'delay',
  'truncated',
  'token-expired',
  'slow-down-400',
  'item-failure',
  'item-missing',
  'older-envelope',
  'document-as-text',
] as const;
export type FaultKind = (typeof faultKinds)[number];
/** Kinds that a handler asks for while it works; the others hit a request as a whole. */
export type ItemFaultKind = Extract<FaultKind, 'item-failure' | 'item-missing' | 'older-envelope' | 'document-as-text'>;

/** Start-up settings of the simulator process: the JSON file named by `--config`. */
export interface SimulatorSettings {
  /** 0 takes a free port. */
  ports: Record<Exclude<SystemName, 'nav'> | 'control', number> & { nav?: number | undefined };
  /** State is kept here as JSON, written atomically, so that a restart goes on. */
  stateFolder: string;
  seed: number;
  faults: FaultLevel;
  /** Services to which chance faults are limited; all unless given. */
  faultsIn?: readonly SystemName[] | undefined;
  fo: {
    clientId: string;
    clientSecret: string;
    tenant: string;
    /** A journal is posted by the batch once it is at least this old and complete. */
    postingDelayMs: number;
    batchEveryMs: number;
    paymentDelayMs: number;
    /** Share of payable documents paid in two parts, 0…1. */
    partShare: number;
    /** How long a pending vendor invoice stays in the approval workflow; default 0. */
    workflowDelayMs?: number | undefined;
    /**
     * Share of journals that posting refuses for good, and of pending invoices that the workflow rejects, 0…1; default 0.
     * Journals are chosen by their description, invoices by their document number, so that every run chooses the same.
     */
    refuseShare?: number | undefined;
    /** Share of payments, chosen by vendor and invoice number, that are made by cheque and reversed once; default 0. */
    reverseShare?: number | undefined;
    /** From such a payment to its reversal; default 0. */
    reverseDelayMs?: number | undefined;
  };
  bc: {
    clientId: string;
    clientSecret: string;
    tenant: string;
    environment: string;
    scope: string;
    paymentDelayMs: number;
    partShare: number;
    /** How Business Central sends notifications; what is not given is as in reality. */
    webhooks?: BcWebhookSettings | undefined;
    /** The same tenant as a server of the customer's own, below `/{instance}`, with a user's web service access key. */
    onPremises?: { instance: string; user: string; accessKey: string } | undefined;
    /** Requests of the user in five minutes, 6,000 in reality; no limit unless given. */
    requestLimit?: number | undefined;
    /** How long a posting action takes; two at a time in one company deadlock. 0 unless given. */
    postingMs?: number | undefined;
  };
  /** The server of classic NAV; settings of its own unless given. */
  nav?: NavSettings | undefined;
  concur: {
    accessTokenSeconds: number;
    /** How long after the posting confirmation an invoice becomes Extracted; default 300. */
    extractedLagMs?: number;
    /** From a failed posting or a recall to the corrected document; default 1,000. */
    correctionLagMs?: number;
    /** How events are delivered; seconds in the sandbox where reality has minutes and days. */
    events?: EventTiming;
  };
}

/** How Business Central sends notifications; times in milliseconds. */
export interface BcWebhookSettings {
  enabled?: boolean | undefined;
  lifeMs?: number | undefined;
  handshakeMs?: number | undefined;
  delayMs?: number | undefined;
  answerMs?: number | undefined;
  retryFactor?: number | undefined;
  threshold?: number | undefined;
  maximum?: number | undefined;
  lostShare?: number | undefined;
  doubledShare?: number | undefined;
  lateShare?: number | undefined;
  lateMs?: number | undefined;
}

/** Times of the event service, in milliseconds. */
export interface EventTiming {
  /** From a document's READY to the delivery of its event. */
  lagMs: number;
  /** How long after its publication an event is still delivered; 72 hours in reality. */
  retentionMs: number;
  /** Wait before the first retry; it doubles with each further one. */
  backoffMs: number;
  backoffLimitMs: number;
  /** How long an answer is awaited; 60 seconds in reality. */
  timeoutMs: number;
}

/** First line on stdout of the simulator process once it listens, as JSON. */
export interface SimulatorsReady {
  ready: true;
  pid: number;
  urls: Record<SystemName | 'control', string>;
}
