import type { HoldReason } from './hold-reasons.js';
import type { Outcome } from './stages.js';
import type { DocumentStep } from './steps.js';

/**
 * Why a document has to leave the ERP again, recorded in the store before anything is done, so that a reset keeps it: a person
 * or a rule sends it back to Concur, or Concur itself has recalled it (FIS spec 5.1, 5.2).
 */
export interface Leaving {
  outcome: 'returned' | 'recalled';
  /** `connector`, or the person who asked. */
  by: string;
  /** For employee and processor, one finding per line. */
  reason: string;
  /** Stable code that Concur keeps with the reason. */
  code: string;
  /** Posted `company/number` → number of the entry by which a person has reversed it; on that person's word. */
  reversals?: Record<string, string>;
  /** A person says that the ERP holds nothing of a document for which nothing was planned. */
  erpIsEmpty?: true;
}

/** Which holds send a document back to Concur without a person (requirements C14, B5). */
export interface ReturnRules {
  reasons: HoldReason[];
  /** Also every hold that reaches its limit. */
  atHoldLimit: boolean;
}

/** Somebody, or a rule, wants a document back in Concur. */
export interface ReturnRequest extends DocumentStep {
  by: string;
  reason: string;
  reversals?: Record<string, string>;
  erpIsEmpty?: true;
  /** A rule asks: the reason is made readable for employees, and what is posted is left alone. */
  isAutomatic: boolean;
}

export type ReturnAnswer = { accepted: true } | { accepted: false; why: string };

/** What has to happen before a document has left: the parts that are, or may be, in an ERP. */
export interface LeavingPlan {
  outcome: Leaving['outcome'];
  parts: { part: number; erp: string; company: string }[];
}

/** How a document ended, in one sentence. */
export interface DocumentEnd {
  outcome: Outcome;
  detail: string;
}
