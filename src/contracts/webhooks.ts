/** Webhooks of Business Central (NAV spec 18): what is followed, and what goes between workflows and activities. */

/** Entity sets whose changes can be followed and concern the connector. */
export const webhookSets = [
  'vendors',
  'purchaseInvoices',
  'dimensions',
  'accounts',
  'journals',
  'generalLedgerEntries',
] as const;
export type WebhookSet = (typeof webhookSets)[number];

/** What is followed unless told otherwise; journals and ledger entries change with every posting of the company. */
export const usualWebhookSets = ['vendors', 'purchaseInvoices', 'dimensions', 'accounts'] as const;

/** Notification addresses of one connection: one bad answer costs the subscriptions of one address only. */
export const webhookGroups = ['documents', 'master-data'] as const;
export type WebhookGroup = (typeof webhookGroups)[number];

/** What a change of a set may mean to documents: a vendor that is waited for, a posting or payment, a code that was refused. */
export type ChangeMeaning = 'vendors' | 'documents' | 'master-data';

const meanings: Record<WebhookSet, ChangeMeaning> = {
  vendors: 'vendors',
  purchaseInvoices: 'documents',
  journals: 'documents',
  generalLedgerEntries: 'documents',
  dimensions: 'master-data',
  accounts: 'master-data',
};

export const meaningOfSet = (set: WebhookSet): ChangeMeaning => meanings[set];

/** Address at which the notifications of a set come in. */
export const webhookGroupOf = (set: WebhookSet): WebhookGroup =>
  meanings[set] === 'documents' ? 'documents' : 'master-data';

export const isWebhookSet = (name: string): name is WebhookSet => webhookSets.some((set) => set === name);

/** A company that has changed in some way since its documents were last told. */
export interface CompanyNews {
  company: string;
  meanings: ChangeMeaning[];
  /** Marks how far the news reach; handed back once the documents have been told. */
  upTo: string;
}

/** Result of following notifications, and of a sweep: counts and companies only. */
export interface FollowedChanges {
  /** Changes that nobody knew before. */
  fresh: number;
  news: CompanyNews[];
  /** More is waiting. */
  isMore: boolean;
}

/** Argument of `followChanges`. */
export interface FollowChangesInput {
  connection: string;
  queuePrefix: string;
  retryMaximumSeconds: number;
  /** Rounds that one run makes at most before it continues as new. */
  maximumRounds: number;
  /** Shortest time between two rounds: a burst of changes wakes its company once. */
  paceSeconds: number;
  /** Set where the run before had not come to the end. */
  isMore?: true;
}

/** Argument of `keepWebhooks`. */
export interface KeepWebhooksInput {
  connection: string;
  queuePrefix: string;
  retryMaximumSeconds: number;
  /** Checks after which the keeper continues as new. */
  checksPerRun: number;
  /** Set where the run before was asked to renew while it was ending. */
  carried?: true;
}

/** How the webhooks of one Business Central connection stand; never a client state, nor an address. */
export interface WebhookState {
  /** Subscriptions that stand. */
  held: number;
  /** Sets of companies whose changes are found by polling alone for now, each with the reason. */
  polled: { company: string; set: WebhookSet; reason: string }[];
  /** When the first of the subscriptions would expire (ISO instant); absent where none stands. */
  firstExpiry?: string;
  /** When to look again (ISO instant). */
  nextCheckAt: string;
  isSweepDue: boolean;
}
