import type { Dispatcher } from 'undici';
import type { FailedCall } from '../http/errors.js';
import { assertAllowedBaseUrl } from '../http/hosts.js';
import { createTokenEndpoint, type TokenEndpointOptions } from '../http/token-endpoint.js';
import type { CallObserver, HttpResponse } from '../http/types.js';
import { CONCUR_CORRELATION_HEADER } from './concur-answers.js';
import { readTokenRefusal, tokenFailure, type TokenGrantKind } from './token-errors.js';
import { readTokenGrant, type GrantReading, type TokenGrant } from './token-grant.js';

export type { TokenGrant } from './token-grant.js';

export interface ConcurTokenClientOptions {
  /** Patterns of origins that may receive the client secret (decisions 9). */
  geolocationAllow: readonly string[];
  now: () => Date;
  dispatcher?: Dispatcher;
  /** Name in errors and in the audit trail; `concur` unless given. */
  system?: string;
  userAgent?: string;
  /** Longest time for one answer; 60 s unless given (FIS spec 2.1). */
  timeoutMs?: number;
  observe?: CallObserver;
}

/** A company request token that is to be exchanged within 24 hours of its making. */
export interface RequestTokenExchange {
  /** Any URL on the host of the first exchange; the token path is added (S26: the host is a setting). */
  tokenUrl: string;
  companyUuid: string;
  requestToken: string;
  clientId: string;
  clientSecret: string;
  signal?: AbortSignal;
}

export interface TokenRefresh {
  /** The stored geolocation. */
  geolocation: string;
  refreshToken: string;
  clientId: string;
  clientSecret: string;
  signal?: AbortSignal;
}

/** The two company-level grants of Concur's token endpoint (`concur-platform.md` 1). */
export interface ConcurTokenClient {
  /**
   * Exchanges a company request token for the first grant. May be repeated within 24 hours, so that a lost answer is
   * `Unavailable`. Throws `GrantRevoked` with `code` and a sentence for an administrator, `Rejected`
   * (`NOT_COMPANY_LEVEL`, `HOST_NOT_ALLOWED`), `RateLimited`, `ContractViolation`.
   */
  exchangeRequestToken(exchange: RequestTokenExchange): Promise<TokenGrant>;
  /**
   * Renews access and refresh token. One writer per company (spec 1.3). Throws as above, and `OutcomeUnknown` where the
   * answer was lost: the refresh token may have been replaced. A grant with `hostProblem` must be stored, too.
   */
  refreshToken(refresh: TokenRefresh): Promise<TokenGrant>;
}

const TOKEN_PATH = '/oauth2/v0/token';

/** Makes the token client; it keeps nothing between calls. */
export function createConcurTokenClient(options: ConcurTokenClientOptions): ConcurTokenClient {
  return {
    exchangeRequestToken: ({ tokenUrl, companyUuid, requestToken, clientId, clientSecret, signal }) =>
      grant(options, 'request-token', tokenUrl, signal, {
        client_id: clientId,
        client_secret: clientSecret,
        grant_type: 'password',
        // Without credtype Concur takes the request token for a user's password (trap 1).
        credtype: 'authtoken',
        username: companyUuid,
        password: requestToken,
      }),
    refreshToken: ({ geolocation, refreshToken, clientId, clientSecret, signal }) =>
      grant(options, 'refresh-token', geolocation, signal, {
        client_id: clientId,
        client_secret: clientSecret,
        grant_type: 'refresh_token',
        refresh_token: refreshToken,
      }),
  };
}

async function grant(
  options: ConcurTokenClientOptions,
  kind: TokenGrantKind,
  host: string,
  signal: AbortSignal | undefined,
  form: Record<string, string>,
): Promise<TokenGrant> {
  const operation = kind === 'request-token' ? 'concur.exchange-request-token' : 'concur.refresh-token';
  const call: FailedCall = { system: options.system ?? 'concur', operation };
  let origin = assertAllowedBaseUrl(host, options.geolocationAllow, call);
  let response = await post(options, kind, origin, call, signal, form);
  let refusal = response.status === 200 ? {} : readTokenRefusal(response);
  if (refusal.code === '16' && refusal.geolocation !== undefined) {
    // The company lives elsewhere. The client secret goes there, so that the host is checked like any other (spec 1.6).
    origin = assertAllowedBaseUrl(refusal.geolocation, options.geolocationAllow, call);
    response = await post(options, kind, origin, call, signal, form);
    refusal = response.status === 200 ? {} : readTokenRefusal(response);
  }
  const answered = { ...call, status: response.status, ...correlationOf(response) };
  if (response.status !== 200) throw tokenFailure(kind, response.status, refusal, answered);
  const reading: GrantReading = {
    allow: options.geolocationAllow,
    now: options.now(),
    ...(kind === 'refresh-token' ? { refreshedAt: origin } : {}),
  };
  return readTokenGrant(response, reading, answered);
}

function post(
  options: ConcurTokenClientOptions,
  kind: TokenGrantKind,
  origin: string,
  call: FailedCall,
  signal: AbortSignal | undefined,
  form: Record<string, string>,
): Promise<HttpResponse> {
  const settings: TokenEndpointOptions = {
    system: call.system,
    userAgent: options.userAgent ?? 'concur-dynamics',
    timeoutMs: options.timeoutMs ?? 60_000,
    observe: options.observe ?? ((): void => undefined),
    correlationHeader: CONCUR_CORRELATION_HEADER,
    sendCorrelationId: true,
    now: options.now,
  };
  return createTokenEndpoint(origin, settings, options.dispatcher).send({
    operation: call.operation,
    method: 'POST',
    path: TOKEN_PATH,
    form,
    kind: kind === 'refresh-token' ? 'write' : 'read',
    // Concur's own failures: no token was issued. 408, 502 and 504 come from between, where an answer can get lost.
    acceptStatus: [401, 500, 503],
    ...(signal === undefined ? {} : { signal }),
  });
}

function correlationOf(response: HttpResponse): { correlationId?: string } {
  const correlationId = response.headers[CONCUR_CORRELATION_HEADER];
  return correlationId === undefined ? {} : { correlationId };
}
