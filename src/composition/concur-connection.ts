import type { ConcurDependencies } from '../activities/dependencies.js';
import type { TokenDependencies } from '../activities/tokens.js';
import { createFisClient } from '../clients/concur/fis-client.js';
import { createInvoicePaymentClient } from '../clients/concur/invoice-payment-client.js';
import { createPaymentRequestClient } from '../clients/concur/payment-request-client.js';
import { createConcurTokenClient } from '../clients/concur/token-client.js';
import { createHttpClient } from '../clients/http/http-client.js';
import type { ConcurConnection } from '../config/connections-schema.js';
import { createSealer } from '../store/envelope-encryption.js';
import type { TokenStore } from '../store/token-store.js';
import { createTokenStore } from '../store/token-store.js';
import type { RefreshRequest } from './concur-auth.js';
import { concurAuth } from './concur-auth.js';
import { unobservablePayments } from './document-dependencies.js';
import type { Parts } from './parts.js';
import { auditObserver, gateOf, sideFailureLog, userAgent } from './parts.js';

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
    auth: concurAuth(concur.name, tokens, requestRefresh, parts.shared.now),
    gate: gateOf(parts.leases, concur.name, concur.parallelism),
    observe,
    timeoutMs: 60_000,
    userAgent,
    correlationHeader: 'concur-correlationid',
    sendCorrelationId: true,
    defaultRetryAfterMs: parts.connections.file.timings.throttledWaitSeconds * 1_000,
    onSideFailure: sideFailureLog(parts.logger, concur.name),
  });
  return {
    concur: {
      ...parts.shared,
      connection: concur.name,
      systemId: concur.systemId,
      pageLimit: concur.pageLimit,
      invoicePaymentMethod: concur.invoicePaymentMethod,
      lookAgainSeconds: parts.connections.file.timings.concurLookAgainSeconds,
      fis: createFisClient(http),
      invoicePayments: createInvoicePaymentClient(http),
      paymentRequests: createPaymentRequestClient(http),
      paidStatuses: concur.paidStatuses,
      unobservablePayments: unobservablePayments(parts.connections.file),
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
