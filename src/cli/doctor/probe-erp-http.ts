import { assertAllowedBaseUrl } from '../../clients/http/hosts.js';
import { createHttpClient } from '../../clients/http/http-client.js';
import type { CallAuth, HttpClient } from '../../clients/http/types.js';
import { bcAuth } from '../../composition/bc-connection.js';
import { entraAuth } from '../../composition/erp-http.js';
import { gateOf, sideFailureLog, userAgent } from '../../composition/parts.js';
import type { Parts } from '../../composition/parts.js';
import type { BcConnection } from '../../config/bc-schema.js';
import type { FoConnection } from '../../config/fo-schema.js';
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
  const http = createHttpClient({
    system: erp.name,
    auth: authOf(parts, erp),
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
      if (request.method !== 'GET') {
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
