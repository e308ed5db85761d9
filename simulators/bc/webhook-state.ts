import { z } from 'zod';
import type { Stored } from './records.js';
import type { ChangeKind } from './table.js';

const milliseconds = z.int().min(0);
const share = z.number().min(0).max(1);

/** Entity sets that can be subscribed, of those that are simulated (section 18). */
export const supportedSets = [
  'accounts',
  'dimensions',
  'employees',
  'generalLedgerEntries',
  'journals',
  'paymentMethods',
  'paymentTerms',
  'purchaseInvoices',
  'vendors',
] as const;

/** How notifications are sent; times in milliseconds. The defaults are those of the real service (section 18). */
export const webhookSettingsSchema = z.strictObject({
  /** False: the server has no webhooks at all. */
  enabled: z.boolean().default(true),
  /** From creation or renewal to expiry. */
  lifeMs: milliseconds.default(3 * 24 * 3_600_000),
  /** How long the handshake waits for its answer. */
  handshakeMs: milliseconds.default(5_000),
  /** From the first change to the message. */
  delayMs: milliseconds.default(30_000),
  /** How long an answer is awaited. */
  answerMs: milliseconds.default(30_000),
  /** Multiplies the waits before retries. */
  retryFactor: z.number().min(0).default(1),
  /** More changes than this of one subscription come as one `collection` item. */
  threshold: z.int().min(0).default(1_000),
  /** Most subscriptions of the environment. */
  maximum: z.int().min(1).default(200),
  lostShare: share.default(0),
  doubledShare: share.default(0),
  lateShare: share.default(0),
  /** A late message comes up to this much later. */
  lateMs: milliseconds.default(30_000),
});

/** Settings with all defaults filled in. */
export type WebhookSettings = z.output<typeof webhookSettingsSchema>;

/** A subscription; the record id is the subscription id, 32 hexadecimal digits. */
export interface SubscriptionRow extends Stored {
  notificationUrl: string;
  /** As the client wrote it. */
  resource: string;
  clientState: string;
  /** Epoch milliseconds. */
  expiresAt: number;
  /** Id of the company that the resource names. */
  company: string;
  set: string;
}

/** What is to be told of one record to one subscription; changes of the same record are merged. */
export interface PendingItem {
  subscription: string;
  record: string;
  kind: ChangeKind;
  /** Instant of the first and of the last change. */
  firstAt: string;
  at: string;
}

/** What waits for one notification URL: all its subscriptions share one message. */
export interface Mailbox {
  url: string;
  /** Epoch milliseconds. */
  dueAt: number;
  /** Failed attempts so far. */
  attempts: number;
  items: PendingItem[];
  /** Items of the message that is under way. */
  sending: PendingItem[];
}

/** How it went so far; for tests and for the report. */
export interface WebhookCounts {
  /** Messages that were taken. */
  sent: number;
  /** Attempts that are made again later. */
  failed: number;
  /** Items nobody is ever told of. */
  lost: number;
  doubled: number;
  late: number;
  /** Subscriptions deleted because of an answer, after the last retry, or by expiry. */
  deletedByAnswer: number;
  deletedAfterRetries: number;
  expired: number;
  /** How often an administrator deleted some. */
  deletedByPeople: number;
}

/** State of the webhooks, JSON-safe. */
export interface WebhookState {
  settings: WebhookSettings;
  subscriptions: SubscriptionRow[];
  mailboxes: Mailbox[];
  counts: WebhookCounts;
}

/** Nothing counted yet. */
export function noCounts(): WebhookCounts {
  return {
    ...{ sent: 0, failed: 0, lost: 0, doubled: 0, late: 0 },
    ...{ deletedByAnswer: 0, deletedAfterRetries: 0, expired: 0, deletedByPeople: 0 },
  };
}
