import { codeunitVersionOperation } from '../../clients/dynamics-nav-classic/codeunit.js';
import { createBasicAuth } from '../../clients/http/basic-auth.js';
import { assertAllowedBaseUrl } from '../../clients/http/hosts.js';
import { createHttpClient } from '../../clients/http/http-client.js';
import type { CallAuth, HttpClient, HttpRequest } from '../../clients/http/types.js';
import { bcAuth } from '../../composition/bc-connection.js';
import { secretOf } from '../../composition/concur-connection.js';
import { entraAuth } from '../../composition/erp-http.js';
import { gateOf, sideFailureLog, userAgent } from '../../composition/parts.js';
import type { Parts } from '../../composition/parts.js';
import type { BcConnection } from '../../config/bc-schema.js';
import type { FoConnection } from '../../config/fo-schema.js';
import type { NavConnection } from '../../config/nav-schema.js';
import { clockAhead } from './probe-http.js';

const answerLimitMs = 15_000;

/**
 * The HTTP client with which the doctor asks an ERP: signed in by itself, no alert, no line in the audit trail, and nothing but
 * GET leaves (S127). Parallelism and pauses of the connection count for it as for everybody. Throws `HostNotAllowed` before any
 * secret is sent.
 * @param tell gets the difference of the clocks with each answer
 */
export function probeErpHttp(
  parts: Parts,
  erp: FoConnection | BcConnection,
  tell: (aheadMs: number) => void,
): HttpClient {
  return readingClient(parts, erp, authOf(parts, erp), tell);
}

/**
 * The same for the OData or the SOAP service of classic NAV. A SOAP call is a POST whatever it does: only the one that asks the
 * codeunit for its version leaves.
 */
export function probeNavHttp(
  parts: Parts,
  nav: NavConnection,
  serviceUrl: string,
  tell: (aheadMs: number) => void,
): HttpClient {
  const baseUrl = assertAllowedBaseUrl(serviceUrl, nav.hostAllow);
  const auth = createBasicAuth(baseUrl, nav.auth.user, () => secretOf(parts, nav.name));
  return readingClient(parts, nav, auth, tell);
}

const isRead = ({ method, operation }: HttpRequest): boolean =>
  method === 'GET' || (method === 'POST' && operation === codeunitVersionOperation);

function readingClient(
  parts: Parts,
  erp: FoConnection | BcConnection | NavConnection,
  auth: CallAuth,
  tell: (aheadMs: number) => void,
): HttpClient {
  const http = createHttpClient({
    system: erp.name,
    auth,
    gate: gateOf(parts.leases, erp.name, erp.parallelism),
    observe: () => undefined,
    timeoutMs: answerLimitMs,
    userAgent,
    correlationHeader: erp.kind === 'dynamics-fo' ? 'ms-dyn-aid' : 'request-id',
    sendCorrelationId: false,
    onSideFailure: sideFailureLog(parts.logger, erp.name),
  });
  return {
    send: async (request) => {
      if (!isRead(request)) {
        throw new RangeError(`the doctor never sends ${request.method} ${request.operation}`);
      }
      const sentAt = Date.now();
      const response = await http.send(request);
      const aheadMs = clockAhead(response, sentAt);
      if (aheadMs !== undefined) tell(aheadMs);
      return response;
    },
  };
}

function authOf(parts: Parts, erp: FoConnection | BcConnection): CallAuth {
  if (erp.kind === 'business-central') return bcAuth(parts, erp, { timeoutMs: answerLimitMs });
  const baseUrl = assertAllowedBaseUrl(erp.baseUrl, erp.hostAllow);
  return entraAuth(parts, erp, { baseUrl, scope: `${baseUrl}/.default`, timeoutMs: answerLimitMs });
}
