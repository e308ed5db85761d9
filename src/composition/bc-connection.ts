import { createBcAdapter } from '../clients/dynamics-nav/adapter.js';
import type { BcAddress, BcAdapterOptions } from '../clients/dynamics-nav/options.js';
import { createBasicAuth } from '../clients/http/basic-auth.js';
import { assertAllowedBaseUrl } from '../clients/http/hosts.js';
import type { CallAuth, HttpClient } from '../clients/http/types.js';
import type { BcConnection } from '../config/bc-schema.js';
import { SettingsError } from '../config/settings-error.js';
import type { ErpPort } from '../contracts/erp-port.js';
import { secretOf } from './concur-connection.js';
import { entraAuth, erpHttp, type EntraUse } from './erp-http.js';
import { auditObserver, type Parts } from './parts.js';
import { postingLease } from './posting-lease.js';

/** The port of one Business Central connection, online or on-premises. No call is made here. */
export function bcPort(parts: Parts, bc: BcConnection): ErpPort {
  return createBcAdapter(bcOptions(parts, bc), bcHttp(parts, bc));
}

/** The HTTP client of the workers of one Business Central connection. Throws `HostNotAllowed`. */
export function bcHttp(parts: Parts, bc: BcConnection): HttpClient {
  const auth = bcAuth(parts, bc, { observe: auditObserver(parts.db, parts.logger) });
  return erpHttp(parts, bc, { auth, correlationHeader: 'request-id' });
}

/** What the adapter of Business Central is made with. */
export function bcOptions(parts: Parts, bc: BcConnection): BcAdapterOptions {
  const firstLookMs = (parts.connections.file.timings.bcLookAgainSeconds[0] ?? 30) * 1_000;
  return {
    name: bc.name,
    ...bcAddress(bc),
    ledgerPages: bc.ledgerPages,
    sharing: { waitMilliseconds: bc.shareCallsMilliseconds, stopping: parts.stopping },
    companies: Object.fromEntries(
      bc.companies.map(({ company, paymentSource, journalTemplate }) => [
        company,
        {
          paymentSource,
          ...(journalTemplate === undefined ? {} : { journalTemplate }),
          proveTries: 4,
          proveWaitMs: firstLookMs / 4,
          postingLease: postingLease(parts, bc.name, company),
        },
      ]),
    ),
  };
}

/**
 * Where the API stands below the host (NAV spec 2).
 * @throws SettingsError where something is missing that the schema does not let through
 */
export function bcAddress(bc: BcConnection): BcAddress {
  const { tenant, environment } = bc;
  if (bc.deployment === 'online') {
    if (tenant !== undefined && environment !== undefined) return { tenant, environment };
    throw new SettingsError([`ERP connection ${bc.name} names no tenant and environment`]);
  }
  const serverPath = new URL(bc.baseUrl).pathname.replace(/\/+$/, '');
  return { serverPath, ...(bc.serverTenant === undefined ? {} : { serverTenant: bc.serverTenant }) };
}

/**
 * Signs in by Entra ID, or by user and web service access key (NAV spec 3). Throws `HostNotAllowed` before any secret is sent.
 * @throws SettingsError
 */
export function bcAuth(parts: Parts, bc: BcConnection, use: Omit<EntraUse, 'baseUrl' | 'scope'>): CallAuth {
  const baseUrl = assertAllowedBaseUrl(bc.baseUrl, bc.hostAllow);
  const { type, user } = bc.auth;
  if (type === 'entra') return entraAuth(parts, bc, { ...use, baseUrl, scope: bc.scope });
  if (user === undefined) throw new SettingsError([`ERP connection ${bc.name} names no user to sign in with`]);
  return createBasicAuth(baseUrl, user, () => secretOf(parts, bc.name));
}
