import type { SystemName } from './types.js';

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
  'entity-changed',
  'deadlocked',
] as const;
export type FaultKind = (typeof faultKinds)[number];
/** Kinds that a handler asks for while it works; the others hit a request as a whole. */
export type ItemFaultKind = Extract<
  FaultKind,
  'item-failure' | 'item-missing' | 'older-envelope' | 'document-as-text' | 'entity-changed'
>;
