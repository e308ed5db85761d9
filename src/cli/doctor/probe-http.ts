import type { HttpClient, HttpRequest, HttpResponse } from '../../clients/http/types.js';
import { createHttpClient } from '../../clients/http/http-client.js';
import { assertAllowedBaseUrl } from '../../clients/http/hosts.js';
import { Unavailable } from '../../clients/http/errors.js';
import { gateOf, sideFailureLog, userAgent } from '../../composition/parts.js';
import type { Parts } from '../../composition/parts.js';
import type { ConcurConnection } from '../../config/connections-schema.js';
import type { TokenStore } from '../../store/token-store.js';

const answerLimitMs = 15_000;

/** Facts of one answer that are no data of the company. */
export interface Exchange {
  status: number;
  /** Concur says that the company is not at this data centre. */
  isCompanyUnknown: boolean;
  /** By how much the clock of Concur is ahead of ours, in milliseconds; absent without a date. */
  aheadMs?: number;
}

/**
 * The HTTP client of the doctor: the stored token as it is, which is neither renewed nor blamed for a 401, no alert and no line
 * in the audit trail. Parallelism and pauses of the connection count for it as for everybody.
 */
export function probeHttp(parts: Parts, concur: ConcurConnection, tokens: Pick<TokenStore, 'read'>): HttpClient {
  return createHttpClient({
    system: 'concur',
    auth: {
      authorize: async () => {
        const call = { system: 'concur', operation: 'authorize' };
        const stored = await tokens.read(concur.name);
        if (!stored) throw new Unavailable(`Concur connection ${concur.name} has no token.`, call);
        const baseUrl = assertAllowedBaseUrl(stored.geolocation, concur.geolocationAllow, call);
        return { baseUrl, headers: { authorization: `Bearer ${stored.accessToken}` } };
      },
      renew: () => Promise.resolve(),
    },
    gate: gateOf(parts.leases, concur.name, concur.parallelism),
    observe: () => undefined,
    timeoutMs: answerLimitMs,
    userAgent,
    correlationHeader: 'concur-correlationid',
    sendCorrelationId: true,
    onSideFailure: sideFailureLog(parts.logger, concur.name),
  });
}

/** Lets nothing but reads out (S127), and tells of each answer. @throws RangeError for anything that could be a write */
export function readOnly(http: HttpClient, tell: (exchange: Exchange) => void): HttpClient {
  return {
    send: async (request) => {
      if (!isRead(request)) throw new RangeError(`the doctor never sends ${request.method} ${request.operation}`);
      const sentAt = Date.now();
      // With a 401 among the accepted ones it is told as it is, instead of being repeated.
      const acceptStatus = [...(request.acceptStatus ?? []), 401];
      const response = await http.send({ ...request, acceptStatus });
      const aheadMs = clockAhead(response, sentAt);
      tell({
        status: response.status,
        isCompanyUnknown: response.status >= 400 && /company does not exist/i.test(response.text),
        ...(aheadMs === undefined ? {} : { aheadMs }),
      });
      return response;
    },
  };
}

/** The date of an answer is cut to seconds. */
const halfSecondMs = 500;

/** By how much the clock of the service is ahead of ours, by an answer that has just come; undefined without a date. */
export function clockAhead({ headers }: HttpResponse, sentAt: number): number | undefined {
  const date = Date.parse(headers['date'] ?? '');
  return Number.isNaN(date) ? undefined : date + halfSecondMs - (sentAt + Date.now()) / 2;
}

/** A search of Identity is a POST that changes nothing. */
const isRead = ({ kind, method, path }: HttpRequest): boolean =>
  kind === 'read' && (method === 'GET' || (method === 'POST' && path.endsWith('/.search')));
