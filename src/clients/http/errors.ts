/** Facts about a failed call that are safe to publish: never a body, a token, a host or a query string. */
export interface FailedCall {
  system: string;
  operation: string;
  status?: number;
  correlationId?: string;
  cause?: unknown;
}

/** Base of everything a client throws (house style B5). The message is a sentence that is safe to publish. */
export abstract class ExternalSystemError extends Error {
  readonly call: FailedCall;
  constructor(message: string, call: FailedCall) {
    super(message, call.cause === undefined ? undefined : { cause: call.cause });
    this.name = new.target.name;
    this.call = call;
  }
}

/** Refused connection, DNS, 5xx or timeout on a read, maintenance: nothing happened, repeat later. */
export class Unavailable extends ExternalSystemError {
  readonly retryAfterMs: number | undefined;
  constructor(message: string, call: FailedCall, retryAfterMs?: number) {
    super(message, call);
    this.retryAfterMs = retryAfterMs;
  }
}

/** 429, or 503 with Retry-After: nothing was done; wait at least that long (S44, C25). */
export class RateLimited extends ExternalSystemError {
  readonly retryAfterMs: number;
  constructor(message: string, call: FailedCall, retryAfterMs: number) {
    super(message, call);
    this.retryAfterMs = retryAfterMs;
  }
}

/** 401 after a renewed token. */
export class Unauthorized extends ExternalSystemError {}

/** The connection was lost, or timed out, or the server failed, during a write: it may have happened (decisions 7). */
export class OutcomeUnknown extends ExternalSystemError {
  readonly retryAfterMs: number | undefined;
  constructor(message: string, call: FailedCall, retryAfterMs?: number) {
    super(message, call);
    this.retryAfterMs = retryAfterMs;
  }
}

/** The service refused for a business or programming reason; repeating changes nothing. `code` is the service's own code. */
export class Rejected extends ExternalSystemError {
  readonly code: string;
  constructor(message: string, call: FailedCall, code: string) {
    super(message, call);
    this.code = code;
  }
}

/** The record exists and is not ours, or differs from what was meant. */
export class Conflict extends ExternalSystemError {}

/** The answer does not have the shape that the contract promises. Names paths, never values. */
export class ContractViolation extends ExternalSystemError {}

/** The grant is gone (refresh token revoked, client disabled): a person must connect again. */
export class GrantRevoked extends ExternalSystemError {
  readonly code: string;
  constructor(message: string, call: FailedCall, code: string) {
    super(message, call);
    this.code = code;
  }
}
