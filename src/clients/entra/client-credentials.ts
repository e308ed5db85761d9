import { randomUUID } from 'node:crypto';
import type { Dispatcher } from 'undici';
import { z } from 'zod';
import { ContractViolation, RateLimited, Unavailable, type FailedCall } from '../http/errors.js';
import { assertAllowedBaseUrl } from '../http/hosts.js';
import { createTokenEndpoint } from '../http/token-endpoint.js';
import type { CallAuth, CallObserver, HttpClient } from '../http/types.js';
import { tokenRefusal } from './entra-errors.js';

/** One application in one tenant, asking for one resource. */
export interface EntraTokenOptions {
  /** For example `https://login.microsoftonline.com`; https, or http on a loopback address. */
  authority: string;
  /** Id or domain of the tenant; never `common` or `organizations` (F&O spec 1). */
  tenant: string;
  clientId: string;
  /** Read at every request, so that a rotated secret is used without a restart. */
  clientSecret: () => string;
  /** `{environmentUrl}/.default` for F&O, a constant for Business Central (decisions 10). */
  scope: string;
  now: () => Date;
  dispatcher?: Dispatcher;
  /** Name in errors and in the audit trail; `entra` unless given. */
  system?: string;
  userAgent?: string;
  /** Longest time for one answer; 30 s unless given. */
  timeoutMs?: number;
  /** Told of every request; the records hold neither secret nor tenant. */
  observe?: CallObserver;
}

/** Hands out a bearer token that is not about to expire. */
export interface EntraTokenSource {
  /**
   * Resolves with a token from the cache, or asks for one; callers at the same time share one request. Throws
   * `GrantRevoked` (with remedy) for a wrong client, secret or scope, `Unavailable` otherwise. May be called any time.
   */
  token(signal: AbortSignal | undefined): Promise<string>;
  /** Forgets the token if it is still the cached one (after a 401). */
  invalidate(token: string): void;
}

interface CachedToken {
  value: string;
  renewAt: number;
  expiresAt: number;
}

const OPERATION = 'entra.token';
const RENEW_BEFORE_EXPIRY_MS = 300_000;

/** Any host, because the authority is chosen by the administrator and differs between clouds; https is still required. */
const ANY_HOST = ['https://[^/]+'];

const grantSchema = z.object({
  access_token: z.string().min(1),
  expires_in: z.union([z.string(), z.number()]).transform(Number).pipe(z.number().positive()),
});

/**
 * Makes the token source of one application and resource (decisions 10). Tokens live in memory only; they are renewed
 * at 80 % of their life or 300 s before expiry, whichever is earlier. While Entra is away, a token that still lives is
 * handed out. Throws `HostNotAllowed` at once if the authority is neither https nor a loopback address.
 */
export function createEntraTokenSource(options: EntraTokenOptions): EntraTokenSource {
  const endpoint = endpointOf(options);
  let cached: CachedToken | undefined;
  let flight: Promise<CachedToken> | undefined;

  async function renewed(): Promise<CachedToken> {
    try {
      cached = await requestToken(endpoint, options);
      return cached;
    } catch (error) {
      if (error instanceof Unavailable && cached !== undefined && cached.expiresAt > options.now().getTime())
        return cached;
      throw error;
    } finally {
      flight = undefined;
    }
  }

  return {
    async token(signal) {
      signal?.throwIfAborted();
      if (cached !== undefined && options.now().getTime() < cached.renewAt) return cached.value;
      // The shared request has its own time limit: one caller giving up must not take the token from the others.
      flight ??= renewed();
      return (await unlessAborted(flight, signal)).value;
    },
    invalidate(token) {
      if (cached?.value === token) cached = undefined;
    },
  };
}

/** Authorizes calls to one base URL with tokens of the source; a 401 throws the rejected token away (S30). */
export function createEntraAuth(baseUrl: string, tokenSource: EntraTokenSource): CallAuth {
  let lastIssued: string | undefined;
  return {
    async authorize(signal) {
      const token = await tokenSource.token(signal);
      lastIssued = token;
      return { baseUrl, headers: { authorization: `Bearer ${token}` } };
    },
    renew() {
      if (lastIssued !== undefined) tokenSource.invalidate(lastIssued);
      return Promise.resolve();
    },
  };
}

function endpointOf(options: EntraTokenOptions): HttpClient {
  const system = options.system ?? 'entra';
  const origin = assertAllowedBaseUrl(options.authority, ANY_HOST, { system, operation: OPERATION });
  const settings = {
    system,
    userAgent: options.userAgent ?? 'concur-dynamics',
    timeoutMs: options.timeoutMs ?? 30_000,
    observe: options.observe ?? ((): void => undefined),
    correlationHeader: 'client-request-id',
    sendCorrelationId: false,
    now: options.now,
  };
  // The tenant belongs to the base, so that the path in the audit trail is the same for every customer.
  return createTokenEndpoint(`${origin}/${encodeURIComponent(options.tenant)}`, settings, options.dispatcher);
}

async function requestToken(endpoint: HttpClient, options: EntraTokenOptions): Promise<CachedToken> {
  const correlationId = randomUUID();
  const call: FailedCall = { system: options.system ?? 'entra', operation: OPERATION, correlationId };
  const askedAt = options.now().getTime();
  const response = await endpoint
    .send({
      operation: OPERATION,
      method: 'POST',
      path: '/oauth2/v2.0/token',
      headers: { 'client-request-id': correlationId, 'return-client-request-id': 'true' },
      form: {
        grant_type: 'client_credentials',
        client_id: options.clientId,
        client_secret: options.clientSecret(),
        scope: options.scope,
      },
      // Asking again for a token changes nothing: a lost answer is repeated like a read.
      kind: 'read',
      acceptStatus: [401],
    })
    .catch((error: unknown) => {
      if (!(error instanceof RateLimited)) throw error;
      throw new Unavailable(error.message, error.call, error.retryAfterMs);
    });
  if (response.status !== 200) throw tokenRefusal(response, { ...call, status: response.status });
  const grant = grantSchema.safeParse(response.json());
  if (!grant.success) throw new ContractViolation(`${call.system} ${OPERATION} answered without a token.`, call);
  const lifeMs = grant.data.expires_in * 1_000;
  // The margin may not eat the whole life of a short token.
  const marginMs = lifeMs > 2 * RENEW_BEFORE_EXPIRY_MS ? Math.max(RENEW_BEFORE_EXPIRY_MS, lifeMs * 0.2) : lifeMs * 0.2;
  const expiresAt = askedAt + lifeMs;
  return { value: grant.data.access_token, renewAt: expiresAt - marginMs, expiresAt };
}

/** Waits for shared work, but no longer than the caller's signal lets; the work itself goes on. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
