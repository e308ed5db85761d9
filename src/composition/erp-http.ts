import { createEntraAuth, createEntraTokenSource } from '../clients/entra/client-credentials.js';
import { createHttpClient } from '../clients/http/http-client.js';
import type { CallAuth, CallObserver, HttpClient } from '../clients/http/types.js';
import type { ErpConnection } from '../config/connections-schema.js';
import { SettingsError } from '../config/settings-error.js';
import { secretOf } from './concur-connection.js';
import type { Parts } from './parts.js';
import { auditObserver, gateOf, sideFailureLog, userAgent } from './parts.js';
import { withThrottleNotice } from './throttle-notice.js';

/** How one ERP connection is called. */
export interface ErpHttpOptions {
  auth: CallAuth;
  /** Header under which the ERP returns its correlation id. */
  correlationHeader: string;
}

/** The HTTP client of the workers of one ERP connection: parallelism, pauses and audit over the whole fleet. */
export function erpHttp(parts: Parts, erp: ErpConnection, { auth, correlationHeader }: ErpHttpOptions): HttpClient {
  return createHttpClient({
    system: erp.name,
    auth,
    ...withThrottleNotice(parts.shared, `ERP connection ${erp.name}`, {
      gate: gateOf(parts.leases, erp.name, erp.parallelism),
      observe: auditObserver(parts.db, parts.logger),
    }),
    timeoutMs: 60_000,
    userAgent,
    correlationHeader,
    sendCorrelationId: false,
    defaultRetryAfterMs: parts.connections.file.timings.throttledWaitSeconds * 1_000,
    onSideFailure: sideFailureLog(parts.logger, erp.name),
  });
}

/** An application of Entra ID, as a connection names it. */
export interface EntraSettings {
  name: string;
  authority: string;
  tenant?: string | undefined;
  clientId?: string | undefined;
}

export interface EntraUse {
  baseUrl: string;
  scope: string;
  /** Told of every token request; the doctor asks without an audit trail. */
  observe?: CallObserver;
  timeoutMs?: number;
}

/**
 * Signs in by the client credentials of a connection (S34, S49).
 * @throws SettingsError where the connection names no application, which its schema does not let through
 */
export function entraAuth(parts: Parts, settings: EntraSettings, use: EntraUse): CallAuth {
  const { name, authority, tenant, clientId } = settings;
  if (tenant === undefined || clientId === undefined) {
    throw new SettingsError([`ERP connection ${name} names no tenant and clientId to sign in with`]);
  }
  const { baseUrl, scope, ...rest } = use;
  const source = createEntraTokenSource({
    authority,
    tenant,
    clientId,
    clientSecret: () => secretOf(parts, name),
    scope,
    now: parts.shared.now,
    userAgent,
    ...rest,
  });
  return createEntraAuth(baseUrl, source);
}
