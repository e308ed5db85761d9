import type { DocType } from './documents.js';
import type { PollInput } from './steps.js';

/** Topic of the ready-for-integration events, the only one that the connector follows (platform spec 2.2). */
export const readyTopic = 'public.concur.financialintegration';

/**
 * Ways in which the body of an event may be signed. SAP publishes none; `pss-sha256` is what the authors' own listener uses,
 * and the others are there so that a surprise is a setting and not a release (platform spec 2.5).
 */
export const signatureAlgorithms = [
  'pss-sha256',
  'pss-sha384',
  'pss-sha512',
  'pkcs1-sha256',
  'pkcs1-sha384',
  'pkcs1-sha512',
] as const;
export type SignatureAlgorithm = (typeof signatureAlgorithms)[number];

/** A public key of Concur; the id is the SHA-256 of its SPKI form in base64, by which published keys can be compared. */
export interface EventKey {
  id: string;
  pem: string;
}

/** What one event says of one document type. */
export const readyEventType = (docType: DocType): string => `${docType}.readyForIntegration`;

/**
 * One filter for all document types, since a subscription has one topic and one regular expression (S76). Whether Concur
 * matches the whole event type or searches in it is not said: this means the same in both, and uses nothing but groups.
 */
export function readyEventFilter(docTypes: readonly DocType[]): string {
  const names = [...new Set(docTypes)].sort();
  return String.raw`^(${names.join('|')})\.readyForIntegration$`;
}

/** Argument of the signal `eventReceived`: events only ever hint that documents of these types may be ready. */
export interface EventReceived {
  docTypes: DocType[];
}

/** Argument of `pollOnHint`: how to poll; `docTypes` are those that may be polled at all. */
export interface PollOnHintInput extends PollInput {
  /** Polls that one run makes at most before it continues as new. */
  maximumRounds: number;
  /** Types that an earlier run of this chain was told of and has not polled yet. */
  hinted: DocType[];
}

export interface KeepSubscriptionsInput {
  connection: string;
  queuePrefix: string;
  retryMaximumSeconds: number;
}

/** How the event subscription of one Concur connection stands; never a token or an address. */
export type SubscriptionState =
  | { status: 'active'; subscriptionId: string }
  /** The subscription stands; its events begin once the Concur company is connected. */
  | { status: 'awaiting-connect'; subscriptionId: string }
  | { status: 'needs-person'; subscriptionId: string; reason: string };
