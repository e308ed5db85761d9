import { createBasicAuth } from '../clients/http/basic-auth.js';
import { assertAllowedBaseUrl } from '../clients/http/hosts.js';
import type { HttpClient } from '../clients/http/types.js';
import type { NavConnection } from '../config/nav-schema.js';
import { SettingsError } from '../config/settings-error.js';
import type { ErpPort } from '../contracts/erp-port.js';
import { secretOf } from './concur-connection.js';
import { erpHttp } from './erp-http.js';
import type { Parts } from './parts.js';

/** The port of one classic NAV connection (NAV spec 19). No call is made here. */
export function navPort(_parts: Parts, { name }: NavConnection): ErpPort {
  throw new SettingsError([`ERP connection ${name} is of kind dynamics-nav, which this build does not post to`]);
}

/**
 * The HTTP client of the workers for the OData or the SOAP service of one classic NAV connection; both share its parallelism and
 * its pauses. Paths of requests begin at the origin. Throws `HostNotAllowed` before any secret is sent.
 */
export function navHttp(parts: Parts, nav: NavConnection, serviceUrl: string): HttpClient {
  const baseUrl = assertAllowedBaseUrl(serviceUrl, nav.hostAllow);
  const auth = createBasicAuth(baseUrl, nav.auth.user, () => secretOf(parts, nav.name));
  return erpHttp(parts, nav, { auth, correlationHeader: 'request-id' });
}
