import { createEntraAuth, createEntraTokenSource } from '../../clients/entra/client-credentials.js';
import { assertAllowedBaseUrl } from '../../clients/http/hosts.js';
import { createHttpClient } from '../../clients/http/http-client.js';
import type { HttpClient } from '../../clients/http/types.js';
import { secretOf } from '../../composition/concur-connection.js';
import { gateOf, sideFailureLog, userAgent } from '../../composition/parts.js';
import type { Parts } from '../../composition/parts.js';
import type { FoConnection } from '../../config/connections-schema.js';
import { clockAhead } from './probe-http.js';

const answerLimitMs = 15_000;

/**
 * The HTTP client with which the doctor asks an F&O environment: a token of its own from Entra ID, no alert, no line in the
 * audit trail, and nothing but GET leaves (S127). Parallelism and pauses of the connection count for it as for everybody.
 * Throws `HostNotAllowed` before any secret is sent.
 * @param tell gets the difference of the clocks with each answer
 */
export function probeErpHttp(parts: Parts, fo: FoConnection, tell: (aheadMs: number) => void): HttpClient {
  const baseUrl = assertAllowedBaseUrl(fo.baseUrl, fo.hostAllow);
  const source = createEntraTokenSource({
    authority: fo.authority,
    tenant: fo.tenant,
    clientId: fo.clientId,
    clientSecret: () => secretOf(parts, fo.name),
    scope: `${baseUrl}/.default`,
    now: parts.shared.now,
    timeoutMs: answerLimitMs,
    userAgent,
  });
  const http = createHttpClient({
    system: fo.name,
    auth: createEntraAuth(baseUrl, source),
    gate: gateOf(parts.leases, fo.name, fo.parallelism),
    observe: () => undefined,
    timeoutMs: answerLimitMs,
    userAgent,
    correlationHeader: 'ms-dyn-aid',
    sendCorrelationId: false,
    onSideFailure: sideFailureLog(parts.logger, fo.name),
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
