import { OutcomeUnknown, RateLimited, Unavailable, type ExternalSystemError, type FailedCall } from './errors.js';
import { errorCode, safeCause } from './redaction.js';
import type { CallRecord, HttpRequest } from './types.js';

/** Codes of failures before the first byte of the request left: no peer, no name, no route, no TLS session. */
const NOTHING_SENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/**
 * The failure of a call whose answer did not arrive, or not wholly: a write that may have left is an unknown outcome.
 * @param outageWaitMs the wait for a read that has timed out
 */
export function lostAnswer(
  kind: HttpRequest['kind'],
  call: FailedCall,
  thrown: unknown,
  outageWaitMs?: number,
): ExternalSystemError {
  const code = errorCode(thrown);
  const cause = safeCause(thrown);
  const failed = { ...call, cause };
  const where = `${call.system} ${call.operation}`;
  if (code !== undefined && NOTHING_SENT.has(code)) {
    return new Unavailable(`${where} could not reach the service (${code}); nothing was sent.`, failed);
  }
  return kind === 'read'
    ? new Unavailable(
        `${where} got no complete answer (${cause.message}).`,
        failed,
        isTimeout(thrown) ? outageWaitMs : undefined,
      )
    : new OutcomeUnknown(`${where} got no complete answer (${cause.message}); it may have been done.`, failed);
}

const isTimeout = (thrown: unknown): boolean => thrown instanceof Error && thrown.name === 'TimeoutError';

/**
 * What a status means before any client looks at the body; undefined where the client decides.
 * @param retryAfterMs the wait that the answer asks for; always given with a 429
 * @param outageWaitMs the wait for a read that met a 503 without one
 */
export function statusFailure(
  request: HttpRequest,
  status: number,
  call: FailedCall,
  retryAfterMs: number | undefined,
  outageWaitMs?: number,
): ExternalSystemError | undefined {
  const where = `${call.system} ${call.operation}`;
  if (retryAfterMs !== undefined && (status === 429 || status === 503)) {
    const seconds = Math.ceil(retryAfterMs / 1_000);
    return new RateLimited(`${where} was asked to wait ${seconds} s (${status}).`, call, retryAfterMs);
  }
  if (request.acceptStatus?.includes(status) === true) return undefined;
  if (status !== 408 && status < 500) return undefined;
  return request.kind === 'read'
    ? new Unavailable(`${where} answered ${status}.`, call, retryAfterMs ?? (status === 503 ? outageWaitMs : undefined))
    : new OutcomeUnknown(`${where} answered ${status}; it may have been done.`, call, retryAfterMs);
}

/** The word for the audit trail. */
export function outcomeOf(failure: ExternalSystemError | undefined, status: number): CallRecord['outcome'] {
  if (failure instanceof RateLimited) return 'rate-limited';
  if (failure instanceof OutcomeUnknown) return 'outcome-unknown';
  if (failure instanceof Unavailable) return 'unavailable';
  if (failure !== undefined) return 'contract-violation';
  if (status === 401) return 'unauthorized';
  return status < 300 ? 'ok' : 'rejected';
}
