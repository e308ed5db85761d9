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
  /** How often posted entries are asked for right after posting. @default 10 */
  proveTries?: number;
  /** Pause between two of these questions. @default 30000 */
  proveWaitMs?: number;
  /** Absent where a single worker posts, for example in tests. */
  postingLease?: PostingLease;
}

export interface BcAdapterOptions {
  /** Name of the ERP connection; `system` in failures and audit. */
  name: string;
  /** Entra tenant id or domain: first segment of every URL. */
  tenant: string;
  environment: string;
  /** By company name as Business Central spells it. A company that is not listed is never called (S50). */
  companies: Record<string, BcCompanyOptions>;
  /** @default the system clock */
  clock?: BcClock;
}

/** One company of the connection, resolved from its name. */
export interface BcCompany {
  name: string;
  /** Path segment `companies(<id>)`. */
  path: string;
  settings: BcCompanyOptions;
}
