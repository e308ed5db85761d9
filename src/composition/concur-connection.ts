import type { ConcurDependencies } from '../activities/dependencies.js';
import type { TokenDependencies } from '../activities/tokens.js';
import { createFisClient } from '../clients/concur/fis-client.js';
import { createInvoicePaymentClient } from '../clients/concur/invoice-payment-client.js';
import { createPaymentRequestClient } from '../clients/concur/payment-request-client.js';
import { createConcurTokenClient } from '../clients/concur/token-client.js';
import { Unavailable } from '../clients/http/errors.js';
import { createHttpClient } from '../clients/http/http-client.js';
import type { CallAuth } from '../clients/http/types.js';
import type { ConcurConnection } from '../config/connections-schema.js';
import { createSealer } from '../store/envelope-encryption.js';
import type { StoredTokens, TokenStore } from '../store/token-store.js';
import { createTokenStore } from '../store/token-store.js';
import type { Parts } from './parts.js';
import { auditObserver, gateOf, userAgent } from './parts.js';

/** Asks the keeper to renew now: a signal, so that there is one writer only (decisions 28). */
export type RefreshRequest = (connection: string) => Promise<void>;

/** Builds what the activities of one Concur connection need. */
export function connectConcur(
  parts: Parts,
  concur: ConcurConnection,
  requestRefresh: RefreshRequest,
): { concur: ConcurDependencies; tokens: TokenDependencies } {
  const observe = auditObserver(parts.db, parts.logger);
  const tokens = createTokenStore(parts.db, createSealer(parts.connections.encryptionKey.reveal()));
  const http = createHttpClient({
    system: 'concur',
    auth: concurAuth(concur.name, tokens, requestRefresh),
    gate: gateOf(parts.leases, concur.name, concur.parallelism),
    observe,
    timeoutMs: 60_000,
    userAgent,
    correlationHeader: 'concur-correlationid',
    sendCorrelationId: true,
  });
  return {
    concur: {
      ...parts.shared,
      connection: concur.name,
      systemId: concur.systemId,
      pageLimit: concur.pageLimit,
      maximumPages: concur.maximumPages,
      invoicePaymentMethod: concur.invoicePaymentMethod,
      lookAgainSeconds: parts.connections.file.timings.concurLookAgainSeconds,
      fis: createFisClient(http),
      invoicePayments: createInvoicePaymentClient(http),
      paymentRequests: createPaymentRequestClient(http),
      paidStatuses: concur.paidStatuses,
    },
    tokens: tokenDependencies(parts, concur, tokens),
  };
}

/** What the token keeper's activity needs; the command `credentials concur` uses the same. */
export function tokenDependencies(parts: Parts, concur: ConcurConnection, tokens: TokenStore): TokenDependencies {
  return {
    ...parts.shared,
    connection: concur.name,
    companyUuid: concur.companyUuid,
    tokenUrl: concur.tokenUrl,
    clientId: concur.clientId,
    clientSecret: () => secretOf(parts, concur.name),
    tokens,
    tokenClient: createConcurTokenClient({
      geolocationAllow: concur.geolocationAllow,
      now: parts.shared.now,
      userAgent,
      observe: auditObserver(parts.db, parts.logger),
    }),
  };
}

export function secretOf(parts: Parts, connection: string): string {
  const secret = parts.connections.clientSecrets[connection];
  if (!secret) throw new Error(`No client secret is loaded for connection ${connection}.`);
  return secret.reveal();
}

/** Reads the newest token from the store at call time; a refused one is reported and waited for, once (S30). */
function concurAuth(connection: string, tokens: TokenStore, requestRefresh: RefreshRequest): CallAuth {
  let last: StoredTokens | undefined;
  const usable = async (): Promise<StoredTokens | undefined> => {
    const stored = await tokens.read(connection);
    const alive = stored && !stored.rejected && stored.parkedReason === null && stored.accessExpiresAt.getTime() > Date.now();
    return alive ? stored : undefined;
  };
  return {
    authorize: async () => {
      last = await usable();
      if (!last) {
        await requestRefresh(connection);
        throw new Unavailable(
          `Concur connection ${connection} has no valid access token; the token keeper has been asked for one.`,
          { system: 'concur', operation: 'authorize' },
          2_000,
        );
      }
      return { baseUrl: last.geolocation, headers: { authorization: `Bearer ${last.accessToken}` } };
    },
    renew: async (signal) => {
      if (last) await tokens.reject(connection, last.version);
      await requestRefresh(connection);
      for (let tries = 0; tries < 20 && !(await usable()); tries += 1) {
        signal?.throwIfAborted();
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    },
  };
}
