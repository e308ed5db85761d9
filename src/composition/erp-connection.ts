import type { ErpDependencies } from '../activities/dependencies.js';
import { createBcAdapter } from '../clients/dynamics-nav/adapter.js';
import { entitySetNames } from '../clients/dynamics-fo/entity-sets.js';
import { createFoAdapter } from '../clients/dynamics-fo/fo-adapter.js';
import { createEntraAuth, createEntraTokenSource } from '../clients/entra/client-credentials.js';
import { Unavailable } from '../clients/http/errors.js';
import { assertAllowedBaseUrl } from '../clients/http/hosts.js';
import { createHttpClient } from '../clients/http/http-client.js';
import type { HttpClient } from '../clients/http/types.js';
import type { BcConnection, ErpConnection, FoConnection } from '../config/connections-schema.js';
import { SettingsError } from '../config/settings-error.js';
import type { ErpPort } from '../contracts/erp-port.js';
import { secretOf } from './concur-connection.js';
import { journalRoutes } from './fo-journal-names.js';
import type { Parts } from './parts.js';
import { auditObserver, gateOf, sideFailureLog, userAgent } from './parts.js';
import { withThrottleNotice } from './throttle-notice.js';

/** Builds what the activities of one ERP connection need. No call is made here. */
export function connectErp(parts: Parts, erp: ErpConnection): ErpDependencies {
  const { timings } = parts.connections.file;
  return {
    ...parts.shared,
    port: erp.kind === 'dynamics-fo' ? foPort(parts, erp) : bcPort(parts, erp),
    lookAgainSeconds: erp.kind === 'dynamics-fo' ? timings.foLookAgainSeconds : timings.bcLookAgainSeconds,
    overlapSeconds: timings.paymentOverlapSeconds,
  };
}

/** A misspelt name would silently replace nothing. @throws SettingsError */
export function assertKnownSets({ name, entitySets }: FoConnection): void {
  const known: readonly string[] = entitySetNames;
  const unknown = Object.keys(entitySets).filter((set) => !known.includes(set));
  if (unknown.length === 0) return;
  throw new SettingsError([
    `entitySets of ERP connection ${name} names ${unknown.join(', ')}, which the connector does not read; the usual names are ${known.join(', ')}`,
  ]);
}

function foPort(parts: Parts, fo: FoConnection): ErpPort {
  const baseUrl = assertAllowedBaseUrl(fo.baseUrl, fo.hostAllow);
  assertKnownSets(fo);
  return createFoAdapter(
    {
      name: fo.name,
      companies: Object.fromEntries(
        fo.companies.map((company) => [
          company.company,
          {
            mode: company.mode,
            journalNames: journalRoutes(company),
            ...(company.postingService === undefined ? {} : { postingService: company.postingService }),
          },
        ]),
      ),
      entitySets: fo.entitySets,
      shareCallsMilliseconds: fo.shareCallsMilliseconds,
    },
    erpHttp(parts, fo, baseUrl, `${baseUrl}/.default`),
  );
}

function bcPort(parts: Parts, bc: BcConnection): ErpPort {
  const baseUrl = assertAllowedBaseUrl(bc.baseUrl, bc.hostAllow);
  const firstLookMs = (parts.connections.file.timings.bcLookAgainSeconds[0] ?? 30) * 1_000;
  return createBcAdapter(
    {
      name: bc.name,
      tenant: bc.tenant,
      environment: bc.environment,
      companies: Object.fromEntries(
        bc.companies.map(({ company, paymentSource }) => [
          company,
          {
            paymentSource,
            proveTries: 4,
            proveWaitMs: firstLookMs / 4,
            postingLease: postingLease(parts, bc.name, company),
          },
        ]),
      ),
    },
    erpHttp(parts, bc, baseUrl, bc.scope),
  );
}

/**
 * One posting at a time per company over all workers: postings lock number series and ledger tables (NAV spec 5). A process
 * that is to end does not wait for its turn any more.
 */
function postingLease(parts: Parts, erp: string, company: string) {
  return async <T>(work: () => Promise<T>): Promise<T> => {
    const lease = await parts.leases.acquire(`posting:${erp}/${company}`, 1, parts.stopping).catch((error: unknown) => {
      if (!parts.stopping.aborted) throw error;
      throw new Unavailable('The worker is shutting down.', { system: erp, operation: 'posting-lease' }, 1_000);
    });
    try {
      return await work();
    } finally {
      await lease.release();
    }
  };
}

function erpHttp(parts: Parts, erp: ErpConnection, baseUrl: string, scope: string): HttpClient {
  const observe = auditObserver(parts.db, parts.logger);
  const source = createEntraTokenSource({
    authority: erp.authority,
    tenant: erp.tenant,
    clientId: erp.clientId,
    clientSecret: () => secretOf(parts, erp.name),
    scope,
    now: parts.shared.now,
    userAgent,
    observe,
  });
  return createHttpClient({
    system: erp.name,
    auth: createEntraAuth(baseUrl, source),
    ...withThrottleNotice(parts.shared, `ERP connection ${erp.name}`, {
      gate: gateOf(parts.leases, erp.name, erp.parallelism),
      observe,
    }),
    timeoutMs: 60_000,
    userAgent,
    correlationHeader: erp.kind === 'dynamics-fo' ? 'ms-dyn-aid' : 'request-id',
    sendCorrelationId: false,
    defaultRetryAfterMs: parts.connections.file.timings.throttledWaitSeconds * 1_000,
    onSideFailure: sideFailureLog(parts.logger, erp.name),
  });
}
