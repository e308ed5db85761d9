import type { DocType, DocumentKey } from './documents.js';
import type { HoldReason } from './hold-reasons.js';
import type { ReturnRules } from './leaving.js';
import type { ErpTarget } from './mapping-rules.js';
import type { Outcome } from './stages.js';

/** Arguments and results of workflows and activities: plain JSON, one object in, one object out. */

/** Why a document waits, in words that an accountant understands. */
export interface Hold {
  reason: HoldReason;
  message: string;
  /** Vendor questions that `resolveVendor` can answer; empty for other reasons. */
  vendorKeys: string[];
  /** The same without advice to operators, one sentence per finding: what an employee may read in Concur. */
  findings?: string[];
  /** Alerts of holds with the same cause are one; the message where it is left out. */
  cause?: string;
  /** The connector looks in the ERP for what is missing; the document goes on by itself when it appears. */
  watched?: true;
}

/**
 * A business answer never fails an activity: it is done, or it holds, or it ends the document, or the document has to leave the
 * ERP first, as the store knows (see `Leaving`).
 */
export type StepResult<T> =
  | ({ status: 'done' } & T)
  | { status: 'hold'; hold: Hold; target?: ErpTarget }
  | { status: 'leaving' }
  | { status: 'ended'; outcome: Outcome; detail: string };

/** Durations in seconds that a document workflow needs; passed as argument, since a workflow never reads configuration. */
export interface DocumentTimings {
  selfCheckSeconds: number;
  holdReminderSeconds: number;
  holdLimitSeconds: number;
  postingDeadlineSeconds: number;
  retryMaximumSeconds: number;
}

export interface ProcessDocumentInput {
  documentId: string;
  key: DocumentKey;
  queuePrefix: string;
  businessId: string;
  humanNumber: string;
  payeeCode: string;
  amount: string;
  currency: string;
  /** Workflow id of the earlier document of the same report, invoice or advance. */
  predecessor?: string;
  returns: ReturnRules;
  timings: DocumentTimings;
}

export interface ProcessDocumentResult {
  outcome: Outcome;
  detail: string;
  erpDocuments: { company: string; number: string; postedOn: string }[];
}

export interface DocumentStep {
  documentId: string;
}

/** One ERP document of a plan, and where it goes. */
export interface PlannedPart extends ErpTarget {
  part: number;
}

/** What the plan tells the workflow: enough to decide, nothing to leak. */
export interface PlanSummary {
  /** The company that pays; its part is written last, so that nobody is paid for costs that another company refuses (B37). */
  erp: string;
  company: string;
  /** In the order of writing; empty where a document has no amounts and Concur is to be told so. */
  parts: PlannedPart[];
  documentOn: string;
  postingOn: string;
  postingDeadlineSeconds: number;
  /** A person has to release the plan before it is written. */
  awaitsRelease: boolean;
  /** True where the ERP owes somebody money for the document and Concur takes a payment confirmation for its type. */
  awaitsPayment: boolean;
  noPaymentReason: string;
}

export interface ErpDocumentNumber {
  company: string;
  number: string;
  postedOn: string;
}

export interface PostResult {
  posted: boolean;
  /** Numbers of what is posted so far. */
  erpDocuments: ErpDocumentNumber[];
  /** When the last part was written to the ERP (ISO instant): deadlines count from here, also after a reset. */
  writtenAt: string;
  /** Where a person finds the unposted document, for example journal numbers. */
  waitingFor: string;
}

export interface PaymentResult {
  state: 'open' | 'partly-paid' | 'paid';
  detail: string;
}

export interface PollInput {
  connection: string;
  docTypes: DocType[];
  queuePrefix: string;
  maximumPasses: number;
  maximumPages: number;
  retryMaximumSeconds: number;
}

export interface HandOffInput {
  connection: string;
  queuePrefix: string;
  targetSeconds: number;
}

/** One page of the poll. */
export interface CollectedPage {
  found: number;
  fresh: number;
  /** More than zero while stored documents wait for their workflow. */
  unstarted: number;
  isLast: boolean;
  /** Paid documents whose payment was taken back; counted with page 0 where Concur is to be told. */
  takenBack?: number;
}

export interface PollResult {
  found: number;
  fresh: number;
  started: number;
}

export interface WatchInput {
  erp: string;
  company: string;
  queuePrefix: string;
  retryMaximumSeconds: number;
}

export interface WatchResult {
  watched: number;
  found: number;
  told: number;
}

export interface KeepTokenInput {
  connection: string;
  queuePrefix: string;
  /** Rotations after which the keeper continues as new. */
  rotationsPerRun: number;
  /** What people asked for while the run before was ending. */
  carried?: KeepTokenAsk;
}

/** What the token keeper was asked for since it last looked. */
export interface KeepTokenAsk {
  /** Renew although the token is still fresh (`refreshNow`). */
  renew?: boolean;
  /** Forget why the connection is parked and try once more (`reauthorise`). */
  again?: boolean;
}

/** State of a Concur connection's credentials: never a token. */
export type TokenState =
  | {
      status: 'active';
      version: number;
      accessExpiresAt: string;
      refreshExpiresAt: string;
      renewAt: string;
      /** Origin that every call goes to (S25). */
      dataCentre: string;
      /** Names of scopes that the configuration needs and Concur has not granted (S31). */
      missingScopes: string[];
    }
  | {
      status: 'parked';
      reason: string;
      remedy: string;
      /** Concur's code, or our own word for what happened; absent where nothing was refused. */
      code?: string;
      /** ISO instant. */
      since?: string;
    };
