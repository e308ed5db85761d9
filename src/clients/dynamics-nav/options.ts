import type { Sharing } from '../http/shared-calls.js';

/** Runs the work alone among all workers: one posting at a time per company (NAV spec 5). */
export type PostingLease = <T>(work: () => Promise<T>) => Promise<T>;

/** Time as the adapter sees it; replaced in tests. */
export interface BcClock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after the time has passed; rejects when the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export interface BcCompanyOptions {
  /**
   * Where the vendor ledger is read: the analytics API or published pages; `status-only` never reports a settlement (decisions 21).
   */
  paymentSource: 'analytics' | 'pages' | 'status-only';
  /** General journal template of the connector's batches; the one that Business Central chooses where it is left out. */
  journalTemplate?: string;
  /** How often posted entries are asked for right after posting. @default 10 */
  proveTries?: number;
  /** Pause between two of these questions. @default 30000 */
  proveWaitMs?: number;
  /** Absent where a single worker posts, for example in tests. */
  postingLease?: PostingLease;
}

/** Service names under which the pages of the vendor ledger are published (NAV spec 15, source 4). */
export interface LedgerPageNames {
  /** Page 29. */
  entries: string;
  /** Page 574. */
  details: string;
}

/** Where a Business Central stands below its host (NAV spec 2). */
export type BcAddress =
  /** Online. `tenant`: Entra tenant id or domain, first segment of every URL. */
  | { tenant: string; environment: string }
  /** On-premises. `serverPath`: what precedes `/api`, for example `/BC`; `serverTenant` only where the server has several. */
  | { serverPath: string; serverTenant?: string };

export type BcAdapterOptions = BcAddress & {
  /** Name of the ERP connection; `system` in failures and audit. */
  name: string;
  /** By company name as Business Central spells it. A company that is not listed is never called (S50). */
  companies: Record<string, BcCompanyOptions>;
  /** Called only for companies whose payment source is `pages`. @default VendorLedgerEntries, DetailedVendorLedgerEntries */
  ledgerPages?: LedgerPageNames;
  /** How long reads wait for those of other documents with which they can be joined; left out, none is joined. */
  sharing?: Sharing;
  /** @default the system clock */
  clock?: BcClock;
};

/** One company of the connection, resolved from its name. */
export interface BcCompany {
  name: string;
  /** Path segment `companies(<id>)`. */
  path: string;
  settings: BcCompanyOptions;
}
