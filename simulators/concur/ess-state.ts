import type { EventTiming } from '../harness/settings-types.js';
import type { SigningKeys } from './ess-signature.js';

/** Sandbox times; in reality events are kept for 72 hours and an answer is awaited for 60 seconds. */
export const defaultEventTiming: EventTiming = {
  lagMs: 200,
  retentionMs: 60_000,
  backoffMs: 250,
  backoffLimitMs: 5_000,
  timeoutMs: 10_000,
};

/** One webhook subscription of the application (concur-platform.md 2.1). */
export interface Subscription {
  id: string;
  topic: string;
  /** Regular expression over the event type. */
  filter: string;
  endpoint: string;
  /** Companies whose events are delivered. The service fills it, the client cannot. */
  companyIds: string[];
  /** Deletion is asynchronous: it is gone after the next background round. */
  markedForDeletion: boolean;
}

/**
 * How a delivery is signed: as it should be; with the key before the current one; not at all; rightly, but the body was
 * altered by one byte afterwards; or with bytes that are no signature.
 */
export const signatureKinds = ['valid', 'retired', 'none', 'altered', 'garbage'] as const;
export type SignatureKind = (typeof signatureKinds)[number];

/** An event on its way to one subscription. */
export interface Delivery {
  subscriptionId: string;
  body: string;
  correlationId: string;
  /** Null sends no Content-Type header. */
  contentType: string | null;
  signature: SignatureKind;
  /** Copies still to be sent one after another, this one included. */
  copiesLeft: number;
  /** Failed attempts of the current copy. */
  attempts: number;
  /** Milliseconds since 1970. */
  publishedAt: number;
  /** Milliseconds since 1970. */
  dueAt: number;
  /** Random: of all that are due the least goes first, so that no order can be relied on. */
  order: number;
}

/** Sums since the state folder was new. */
export interface EventCounters {
  published: number;
  delivered: number;
  /** Deliveries planned beyond the first of the same event to the same subscription. */
  duplicates: number;
  lost: number;
  /** Attempts by HTTP status, `timeout` or `error`. */
  byStatus: Record<string, number>;
}

/** State of the Event Subscription Service; JSON-safe. */
export interface EventState {
  subscriptions: Subscription[];
  deliveries: Delivery[];
  counters: EventCounters;
  /** Guide and contract disagree on what GET by id answers. */
  byIdAs: 'array' | 'object';
  /** Absent until somebody needs it: making RSA keys is slow. */
  keys?: SigningKeys;
}

export function emptyEvents(): EventState {
  return {
    subscriptions: [],
    deliveries: [],
    counters: { published: 0, delivered: 0, duplicates: 0, lost: 0, byStatus: {} },
    byIdAs: 'array',
  };
}
