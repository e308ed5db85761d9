import type { DocType, DocumentKey } from './documents.js';
import type { HoldReason } from './hold-reasons.js';
import type { ErpTarget } from './mapping-rules.js';
import type { Outcome } from './stages.js';

/** Arguments and results of workflows and activities: plain JSON, one object in, one object out. */

/** Why a document waits, in words that an accountant understands. */
export interface Hold {
  reason: HoldReason;
  message: string;
  /** Vendor questions that `resolveVendor` can answer; empty for other reasons. */
  vendorKeys: string[];
  /** The connector looks in the ERP for what is missing; the document goes on by itself when it appears. */
  watched?: true;
}

/** A business answer never fails an activity: it is done, or it holds, or it ends the document. */
export type StepResult<T> =
  | ({ status: 'done' } & T)
  | { status: 'hold'; hold: Hold; target?: ErpTarget }
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

/** What the plan tells the workflow: enough to decide, nothing to leak. */
export interface PlanSummary {
  erp: string;
  company: string;
  parts: number[];
  postingOn: string;
  postingDeadlineSeconds: number;
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

/** One page of the poll. */
export interface CollectedPage {
  found: number;
  fresh: number;
  /** More than zero while stored documents wait for their workflow. */
  unstarted: number;
  isLast: boolean;
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
}

/** State of a Concur connection's credentials: never a token. */
export type TokenState =
  | { status: 'active'; version: number; accessExpiresAt: string; refreshExpiresAt: string; renewAt: string }
  | { status: 'parked'; reason: string; remedy: string };
