import type { Dispatcher } from 'undici';
import { z } from 'zod';
import {
  ContractViolation,
  GrantRevoked,
  Rejected,
  Unavailable,
  type ExternalSystemError,
  type FailedCall,
} from '../http/errors.js';
import { assertAllowedBaseUrl } from '../http/hosts.js';
import { createTokenEndpoint } from '../http/token-endpoint.js';
import type { CallAuth, CallObserver, HttpClient, HttpResponse } from '../http/types.js';
import { CONCUR_CORRELATION_HEADER } from './concur-answers.js';
import { readTokenRefusal } from './token-errors.js';

export interface AppTokenOptions {
  /** Base URL of the data center whose event service is called: the token must come from there (platform spec 2.1). */
  dataCenter: string;
  /** Patterns of origins that may receive the client secret (decisions 9). */
  geolocationAllow: readonly string[];
  clientId: string;
  /** The secrets of the app in the order in which they are tried; read at every request, so that a rotation needs no restart. */
  clientSecrets: () => readonly [current: string, next?: string];
  now: () => Date;
  dispatcher?: Dispatcher;
  userAgent?: string;
  /** Longest time for one answer; 60 s unless given. */
  timeoutMs?: number;
  observe?: CallObserver;
}

/**
 * Authorizes calls with a token of the application (`client_credentials`), which opens the event service and nothing of a
 * company (C19). There is no refresh token: the token lives in this process only and is asked for anew at 80 % of its life,
 * or once after a 401. Callers at the same time share one request. `authorize` throws `GrantRevoked` with a remedy for wrong
 * credentials, `Unavailable`, `RateLimited`, `ContractViolation`; making the object throws `HostNotAllowed`.
 */
export function createAppTokenAuth(options: AppTokenOptions): CallAuth {
  const origin = assertAllowedBaseUrl(options.dataCenter, options.geolocationAllow);
  const endpoint = endpointOf(origin, options);
  let cached: { header: string; renewAt: number } | undefined;
  let flight: Promise<string> | undefined;

  async function renewed(): Promise<string> {
    try {
      const askedAt = options.now().getTime();
      const { token, lifeMs } = await requestToken(endpoint, options);
      cached = { header: `Bearer ${token}`, renewAt: askedAt + lifeMs * renewAtShare };
      return cached.header;
    } finally {
      flight = undefined;
    }
  }

  return {
    async authorize(signal) {
      signal?.throwIfAborted();
      if (cached !== undefined && options.now().getTime() < cached.renewAt) {
        return { baseUrl: origin, headers: { authorization: cached.header } };
      }
      // The shared request has its own time limit: one caller giving up must not take the token from the others.
      flight ??= renewed();
      return { baseUrl: origin, headers: { authorization: await flight } };
    },
    renew(_signal, rejected) {
      // Refused was perhaps an older token: its successor is not to be blamed.
      if (cached?.header === rejected['authorization']) cached = undefined;
      return Promise.resolve();
    },
  };
}

const renewAtShare = 0.8;
const operation = 'concur.app-token';

const grantSchema = z.object({
  access_token: z.string().min(1),
  expires_in: z.union([z.string(), z.number()]).transform(Number).pipe(z.number().positive()),
});

function endpointOf(origin: string, options: AppTokenOptions): HttpClient {
  const settings = {
    system: 'concur',
    userAgent: options.userAgent ?? 'concur-dynamics',
    timeoutMs: options.timeoutMs ?? 60_000,
    observe: options.observe ?? ((): void => undefined),
    correlationHeader: CONCUR_CORRELATION_HEADER,
    sendCorrelationId: true,
    now: options.now,
  };
  return createTokenEndpoint(origin, settings, options.dispatcher);
}

/** Concur's code for a wrong client secret: the other one may be right while a secret is being changed (spec 1.7). */
const wrongSecret = '64';

async function requestToken(
  endpoint: HttpClient,
  options: AppTokenOptions,
): Promise<{ token: string; lifeMs: number }> {
  const [current, next] = options.clientSecrets();
  const first = await ask(endpoint, options.clientId, current);
  const isOutdated = first.status !== 200 && readTokenRefusal(first).code === wrongSecret && next !== undefined;
  const response = isOutdated ? await ask(endpoint, options.clientId, next) : first;
  const call: FailedCall = { system: 'concur', operation, status: response.status };
  if (response.status !== 200) throw failureOf(response.status, readTokenRefusal(response).code, call);
  const grant = grantSchema.safeParse(response.json());
  if (!grant.success) throw new ContractViolation(`Concur ${operation} answered without a token.`, call);
  return { token: grant.data.access_token, lifeMs: grant.data.expires_in * 1_000 };
}

function ask(endpoint: HttpClient, clientId: string, clientSecret: string): Promise<HttpResponse> {
  return endpoint.send({
    operation,
    method: 'POST',
    path: '/oauth2/v0/token',
    form: { client_id: clientId, client_secret: clientSecret, grant_type: 'client_credentials' },
    // Asking again changes nothing: a lost answer is repeated like a read.
    kind: 'read',
    acceptStatus: [401, 500, 503],
  });
}

const remedies: Readonly<Record<string, string>> = {
  '53': 'The application is not enabled: ask SAP Concur.',
  '54': 'The application is not registered for its scopes: ask SAP Concur to add events.topic.read and FISVC.',
  '59': 'The application is disabled in Concur: ask SAP Concur to enable it.',
  '60': 'The application may not use this grant: ask SAP Concur to enable client_credentials for it.',
  '61': 'Concur does not know the client id: check it, and whether it belongs to this data center.',
  '64': 'The client secret is wrong: enter the current secret of the application.',
};

/** Decided by Concur's code, never by its text (spec 1.6); nothing here concerns the company's own token. */
function failureOf(status: number, code: string | undefined, call: FailedCall): ExternalSystemError {
  if (code === '134' || status >= 500 || (status === 400 && code === undefined)) {
    return new Unavailable(`Concur could not issue an app token (${code ?? status}).`, call);
  }
  if (status === 404 && code === undefined) {
    return new Rejected('There is no token endpoint at the data center: check events.dataCenter.', call, '404');
  }
  const reason = code ?? String(status);
  const remedy = remedies[reason] ?? 'Check client id, client secret and grants of the application in Concur.';
  return new GrantRevoked(`Concur refused an app token for events (code ${reason}). ${remedy}`, call, reason);
}
