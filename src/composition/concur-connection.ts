import type { ConcurDependencies } from '../activities/dependencies.js';
import { createInvoicePaymentMethods } from '../activities/invoice-payment-methods.js';
import { shareFisCalls, shareInvoicePayments } from '../activities/shared-concur-calls.js';
import type { PurchaseRequestDependencies } from '../activities/purchase-requests.js';
import type { TokenDependencies } from '../activities/tokens.js';
import type { ListItemDependencies } from '../activities/list-items.js';
import type { ProposalRules, VendorProposalDependencies } from '../activities/vendor-proposals.js';
import type { VendorWriteDependencies } from '../activities/vendor-round.js';
import { createFisClient } from '../clients/concur/fis-client.js';
import { createInvoicePaymentClient } from '../clients/concur/invoice-payment-client.js';
import { createListItemClient } from '../clients/concur/list-item-client.js';
import { createPaymentRequestClient } from '../clients/concur/payment-request-client.js';
import { createPurchaseOrderClient } from '../clients/concur/purchase-order-client.js';
import { createPurchaseRequestClient } from '../clients/concur/purchase-request-client.js';
import { createConcurTokenRefusals } from '../clients/concur/token-refusals.js';
import { createConcurTokenClient } from '../clients/concur/token-client.js';
import { createVendorClient } from '../clients/concur/vendor-client.js';
import { createHttpClient } from '../clients/http/http-client.js';
import type { HttpClient } from '../clients/http/types.js';
import type { ConcurConnection, ConnectionsFile } from '../config/connections-schema.js';
import { dimensionRulesOf } from '../config/dimension-sync-schema.js';
import { purchaseOrderRules } from '../config/purchase-requests-schema.js';
import type { ConcurFeature } from '../contracts/concur-scopes.js';
import { createSealer } from '../store/envelope-encryption.js';
import type { TokenStore } from '../store/token-store.js';
import { createTokenStore } from '../store/token-store.js';
import type { RefreshRequest } from './concur-auth.js';
import { concurAuth } from './concur-auth.js';
import { unobservablePayments } from './document-dependencies.js';
import type { Parts } from './parts.js';
import { auditObserver, gateOf, sideFailureLog, userAgent } from './parts.js';
import { withThrottleNotice } from './throttle-notice.js';

/** Builds what the activities of one Concur connection need. */
export function connectConcur(
  parts: Parts,
  concur: ConcurConnection,
  requestRefresh: RefreshRequest,
): {
  concur: ConcurDependencies;
  tokens: TokenDependencies;
  vendors: VendorWriteDependencies;
  proposals: VendorProposalDependencies;
  lists: ListItemDependencies;
  purchases: PurchaseRequestDependencies;
} {
  const tokens = createTokenStore(parts.db, createSealer(parts.connections.encryptionKey.reveal()));
  const http = concurHttp(parts, concur, requestRefresh);
  const vendors = createVendorClient(http, { version: concur.vendorsVersion });
  const sharing = { waitMilliseconds: concur.shareCallsMilliseconds, stopping: parts.stopping };
  return {
    concur: {
      ...parts.shared,
      connection: concur.name,
      systemId: concur.systemId,
      pageLimit: concur.pageLimit,
      paymentMethods: createInvoicePaymentMethods({
        connection: concur.name,
        vendors,
        allowed: concur.invoicePaymentMethods,
        fallback: concur.invoicePaymentMethod,
        lacksScope: async () => {
          const granted = (await tokens.facts(concur.name))?.scopes ?? [];
          // An answer that named no scopes tells nothing: then the 403 is believed.
          return granted.length === 0 || !granted.includes('INVVEN');
        },
        now: parts.shared.now,
      }),
      paymentReversals: concur.paymentReversals,
      zeroDocuments: parts.connections.file.rules.zeroDocuments,
      lookAgainSeconds: parts.connections.file.timings.concurLookAgainSeconds,
      fis: shareFisCalls(createFisClient(http), sharing),
      invoicePayments: shareInvoicePayments(createInvoicePaymentClient(http), sharing),
      paymentRequests: createPaymentRequestClient(http),
      paidStatuses: concur.paidStatuses,
      unobservablePayments: unobservablePayments(parts.connections.file),
    },
    tokens: tokenDependencies(parts, concur, tokens),
    vendors: {
      ...parts.shared,
      connection: concur.name,
      vendors,
      lookAgainSeconds: parts.connections.file.timings.concurLookAgainSeconds,
    },
    proposals: {
      ...parts.shared,
      connection: concur.name,
      vendors,
      proposalRules: proposalRulesOf(parts.connections, concur.name),
    },
    lists: {
      ...parts.shared,
      connection: concur.name,
      lists: createListItemClient(http),
      dimensionSync: dimensionRulesOf(parts.connections.file, concur.name),
    },
    purchases: {
      ...parts.shared,
      connection: concur.name,
      lookAgainSeconds: parts.connections.file.timings.concurLookAgainSeconds,
      requests: createPurchaseRequestClient(http),
      orders: createPurchaseOrderClient(http),
    },
  };
}

/** What is done with the vendors of this Concur connection that a company does not know, by `erp/company` (C9). */
function proposalRulesOf({ file, rules }: Parts['connections'], concur: string): Record<string, ProposalRules> {
  const mappedIn = (erp: string, company: string): string[] => {
    const mapping = rules.companies.find((one) => one.erp === erp && one.company === company);
    const { byCode = {}, dated = [] } = mapping?.vendors ?? {};
    return [...Object.keys(byCode), ...dated.map((row) => row.concur)];
  };
  return Object.fromEntries(
    file.erp.flatMap(({ name, companies }) =>
      companies.flatMap(({ company, vendorSync }) => {
        if (vendorSync?.concur !== concur) return [];
        const { fromConcur, group, minimumChanges: maximumCreated } = vendorSync;
        const mappedCodes = mappedIn(name, company);
        const section = { fromConcur, maximumCreated, mappedCodes, ...(group === undefined ? {} : { group }) };
        return [[`${name}/${company}`, section] as const];
      }),
    ),
  );
}

/** The HTTP client of one Concur connection, authorized with its newest stored token; workers and commands use the same. */
export function concurHttp(parts: Parts, concur: ConcurConnection, requestRefresh: RefreshRequest): HttpClient {
  const tokens = createTokenStore(parts.db, createSealer(parts.connections.encryptionKey.reveal()));
  return createHttpClient({
    system: 'concur',
    auth: concurAuth(concur.name, tokens, requestRefresh, parts.shared.now),
    tokenRefusals: createConcurTokenRefusals(parts.shared.now),
    ...withThrottleNotice(parts.shared, `concur connection ${concur.name}`, {
      gate: gateOf(parts.leases, concur.name, concur.parallelism),
      observe: auditObserver(parts.db, parts.logger),
    }),
    timeoutMs: 60_000,
    userAgent,
    correlationHeader: 'concur-correlationid',
    sendCorrelationId: true,
    defaultRetryAfterMs: parts.connections.file.timings.throttledWaitSeconds * 1_000,
    outageWaitMs: (parts.connections.file.timings.concurLookAgainSeconds[0] ?? 300) * 1_000,
    onSideFailure: sideFailureLog(parts.logger, concur.name),
  });
}

/** What the token keeper's activity needs; the command `credentials concur` uses the same. */
export function tokenDependencies(parts: Parts, concur: ConcurConnection, tokens: TokenStore): TokenDependencies {
  return {
    ...parts.shared,
    connection: concur.name,
    companyUuid: concur.companyUuid,
    tokenUrl: concur.tokenUrl,
    clientId: concur.clientId,
    clientSecrets: () => secretsOf(parts, concur.name),
    tokens,
    usedFeatures: usedFeatures(concur, parts.connections.file),
    onSideFailure: (failure) => {
      parts.logger.error({ err: failure, connection: concur.name }, 'a duty beside a renewal of the tokens failed');
    },
    tokenClient: createConcurTokenClient({
      geolocationAllow: concur.geolocationAllow,
      now: parts.shared.now,
      userAgent,
      observe: auditObserver(parts.db, parts.logger),
    }),
  };
}

/** The client secret of a Concur connection, and the next one while it is being changed. */
export function secretsOf(parts: Parts, connection: string): readonly [current: string, next?: string] {
  const next = parts.connections.nextClientSecrets[connection];
  return next ? [secretOf(parts, connection), next.reveal()] : [secretOf(parts, connection)];
}

/** What the connection is configured to do in Concur; only scopes of these are required. */
export function usedFeatures(
  {
    name,
    documentTypes,
    invoicePaymentMethod,
  }: Pick<ConcurConnection, 'name' | 'documentTypes' | 'invoicePaymentMethod'>,
  { erp }: Pick<ConnectionsFile, 'erp'>,
): ReadonlySet<ConcurFeature> {
  const takesInvoices = documentTypes.includes('invoice');
  // Without a method of its own the connection looks at each supplier's before it confirms a payment (decisions 22).
  const asksSuppliers = takesInvoices && invoicePaymentMethod === undefined;
  const isToldDimensions = erp.some(({ companies }) =>
    companies.some(({ dimensionSync = [] }) => dimensionSync.some(({ concur }) => concur === name)),
  );
  const isToldVendors = erp.some(({ companies }) => companies.some(({ vendorSync }) => vendorSync?.concur === name));
  return new Set([
    'documents',
    ...(takesInvoices ? (['invoice-payments'] as const) : []),
    ...(isToldDimensions ? (['lists'] as const) : []),
    ...(asksSuppliers || isToldVendors ? (['vendors'] as const) : []),
    ...(purchaseOrderRules({ erp }).some(({ concur }) => concur === name) ? (['purchase-orders'] as const) : []),
  ]);
}

export function secretOf(parts: Parts, connection: string): string {
  const secret = parts.connections.clientSecrets[connection];
  if (!secret) throw new Error(`No client secret is loaded for connection ${connection}.`);
  return secret.reveal();
}
