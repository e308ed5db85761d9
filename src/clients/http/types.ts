/** Ports of the HTTP core, so that clients stay free of Temporal and PostgreSQL. */

/** Holds back calls over the whole fleet: parallelism and `notBefore` of one remote connection (decisions 6). */
export interface CallGate {
  /** Waits for a free slot and for `notBefore`; the returned function frees the slot. */
  enter(signal: AbortSignal | undefined): Promise<() => Promise<void>>;
  /** No call of this connection leaves any worker before the instant (429, Retry-After). */
  pauseUntil(at: Date): Promise<void>;
}

/** One remote call as the audit trail wants it: no bodies, no secrets, no hosts. */
export interface CallRecord {
  system: string;
  operation: string;
  method: string;
  /** Path without host and query. */
  path: string;
  kind: 'read' | 'write';
  status?: number;
  outcome:
    'ok' | 'rejected' | 'rate-limited' | 'unavailable' | 'unauthorized' | 'outcome-unknown' | 'contract-violation';
  durationMs: number;
  correlationId?: string;
  /** SHA-256 of the request body; absent without a body. */
  requestDigest?: string;
  responseDigest?: string;
}

export type CallObserver = (record: CallRecord) => void | Promise<void>;

export interface HttpRequest {
  /** Stable name for logs and audit, for example `fis.acknowledge`. */
  operation: string;
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Absolute path below the base URL, already encoded. */
  path: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  /** JSON value (lossless numbers allowed), form fields, or raw text with its own content type. */
  json?: unknown;
  form?: Record<string, string>;
  text?: string;
  /** A lost answer to a read is repeated; a lost answer to a write is an unknown outcome. */
  kind: 'read' | 'write';
  timeoutMs?: number;
  signal?: AbortSignal;
  /**
   * Statuses that resolve although they would be thrown, for services that refuse with a 500 (OData business refusals);
   * the client looks at the body itself. A 401 listed here is not repeated. Has no effect on 429 and on a 503 with
   * Retry-After.
   */
  acceptStatus?: number[];
}

export interface HttpResponse {
  status: number;
  headers: Record<string, string>;
  /** Raw body text. */
  text: string;
  /** Lossless parse: every JSON number literal becomes its string, so that no amount passes through a float. */
  json(): unknown;
}

/** Gives the bearer token and the base URL of each call; `renew` is called once after a 401 (S30). */
export interface CallAuth {
  authorize(signal: AbortSignal | undefined): Promise<{ baseUrl: string; headers: Record<string, string> }>;
  /** Called with the headers that were rejected, and the status (401 unless given); resolves when a newer token may exist. */
  renew(signal: AbortSignal | undefined, rejected: Record<string, string>, status?: number): Promise<void>;
}

export interface HttpClient {
  /**
   * Sends one request with authorization, content length, correlation id and time limit; never retries except one
   * repetition after a 401 with a renewed token. Resolves with any status below 500 other than 401, 408 and 429;
   * throws `RateLimited`, `Unavailable`, `OutcomeUnknown` or `Unauthorized` otherwise.
   */
  send(request: HttpRequest): Promise<HttpResponse>;
}

/**
 * Which answers say that the token is refused, for services that say so in other ways than by 401 alone. Such an answer is met
 * with a renewed token and one repetition, like a 401.
 */
export interface TokenRefusals {
  isRefusal(request: HttpRequest, response: HttpResponse): boolean;
  /** A renewed token was answered likewise: it is not the token that is refused. The client of the service decides then. */
  outlastedRenewal(request: HttpRequest): void;
  /** A request was taken: the token of this moment is good. */
  accepted(): void;
}

export interface HttpClientOptions {
  system: string;
  auth: CallAuth;
  gate: CallGate;
  observe: CallObserver;
  /** Longest time for one answer. */
  timeoutMs: number;
  userAgent: string;
  /** Header names under which the service returns its correlation id. */
  correlationHeader: string;
  /** Sent with every request under `correlationHeader` as a fresh UUID where true. */
  sendCorrelationId: boolean;
  /** First wait after a 429 without Retry-After, doubled while refused; `DEFAULT_RETRY_AFTER_MS` unless given. */
  defaultRetryAfterMs?: number;
  /** Wait told to reads after a 503 or a timeout that names none (maintenance); the caller's own unless given. */
  outageWaitMs?: number;
  /** Answers besides 401 that a renewed token may cure; none unless given. */
  tokenRefusals?: TokenRefusals;
  /** Clock, for Retry-After dates and durations; the system's clock unless given. */
  now?: () => Date;
  /** Told when the observer or the gate failed beside a call; such a failure never changes the outcome of the call. */
  onSideFailure?: (during: 'observe' | 'gate-release' | 'gate-pause', failure: unknown) => void;
}
