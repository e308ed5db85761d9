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
  /** `analytics` reads vendor ledger entries; `status-only` never reports a settlement (decisions 21). */
  paymentSource: 'analytics' | 'status-only';
  /** General journal template of the connector's batches; the one that Business Central chooses where it is left out. */
  journalTemplate?: string;
  /** How often posted entries are asked for right after posting. @default 10 */
  proveTries?: number;
  /** Pause between two of these questions. @default 30000 */
  proveWaitMs?: number;
  /** Absent where a single worker posts, for example in tests. */
  postingLease?: PostingLease;
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
