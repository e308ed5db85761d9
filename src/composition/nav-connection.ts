import { createNavAdapter } from '../clients/dynamics-nav-classic/adapter.js';
import type { NavAdapterOptions } from '../clients/dynamics-nav-classic/options.js';
import { createBasicAuth } from '../clients/http/basic-auth.js';
import { assertAllowedBaseUrl } from '../clients/http/hosts.js';
import type { HttpClient } from '../clients/http/types.js';
import type { NavConnection } from '../config/nav-schema.js';
import type { ErpPort } from '../contracts/erp-port.js';
import { secretOf } from './concur-connection.js';
import { erpHttp } from './erp-http.js';
import type { Parts } from './parts.js';
import { postingLease } from './posting-lease.js';

/** The port of one classic NAV connection (NAV spec 19). No call is made here. Throws `HostNotAllowed`. */
export function navPort(parts: Parts, nav: NavConnection): ErpPort {
  const soap = nav.soapUrl === undefined ? {} : { soap: navHttp(parts, nav, nav.soapUrl) };
  return createNavAdapter(navOptions(parts, nav), { odata: navHttp(parts, nav, nav.odataUrl), ...soap });
}

/** What the adapter of classic NAV is made with. */
export function navOptions(parts: Parts, nav: NavConnection): NavAdapterOptions {
  const { codeunit, soapUrl, serverTenant } = nav;
  return {
    name: nav.name,
    odataPath: pathOf(nav.odataUrl),
    ...(codeunit === undefined || soapUrl === undefined
      ? {}
      : { codeunit: { service: codeunit, path: pathOf(soapUrl) } }),
    ...(serverTenant === undefined ? {} : { serverTenant }),
    services: nav.services,
    companies: Object.fromEntries(
      nav.companies.map(({ company, currency, paymentSource, journalTemplate }) => [
        company,
        { currency, paymentSource, journalTemplate, postingLease: postingLease(parts, nav.name, company) },
      ]),
    ),
  };
}

const pathOf = (url: string): string => new URL(url).pathname.replace(/\/+$/, '');

/**
 * The HTTP client of the workers for the OData or the SOAP service of one classic NAV connection; both share its parallelism and
 * its pauses. Paths of requests begin at the origin. Throws `HostNotAllowed` before any secret is sent.
 */
export function navHttp(parts: Parts, nav: NavConnection, serviceUrl: string): HttpClient {
  const baseUrl = assertAllowedBaseUrl(serviceUrl, nav.hostAllow);
  const auth = createBasicAuth(baseUrl, nav.auth.user, () => secretOf(parts, nav.name));
  return erpHttp(parts, nav, { auth, correlationHeader: 'request-id' });
}
