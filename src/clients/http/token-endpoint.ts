import type { Dispatcher } from 'undici';
import { createHttpClient } from './http-client.js';
import type { CallAuth, CallGate, CallObserver, HttpClient } from './types.js';

/** What a token client needs besides the credentials. */
export interface TokenEndpointOptions {
  system: string;
  userAgent: string;
  timeoutMs: number;
  observe: CallObserver;
  correlationHeader: string;
  sendCorrelationId: boolean;
  now: () => Date;
}

/** Token endpoints are called one at a time by the owner of the token: no leases. */
const OPEN_GATE: CallGate = {
  enter: () => Promise.resolve(() => Promise.resolve()),
  pauseUntil: () => Promise.resolve(),
};

/** An HTTP client for a token endpoint: secrets travel in the form body, so there is no authorization header. */
export function createTokenEndpoint(
  origin: string,
  options: TokenEndpointOptions,
  dispatcher: Dispatcher | undefined,
): HttpClient {
  const auth: CallAuth = {
    authorize: () => Promise.resolve({ baseUrl: origin, headers: {} }),
    renew: () => Promise.resolve(),
  };
  return createHttpClient({ ...options, auth, gate: OPEN_GATE }, dispatcher);
}
