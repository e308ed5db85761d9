import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { createHttpClient } from '../../src/clients/http/http-client.js';
import type { CallAuth, CallRecord, HttpClient, HttpClientOptions } from '../../src/clients/http/types.js';

export interface ReceivedRequest {
  method: string;
  url: string;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

export type Handler = (request: ReceivedRequest, response: ServerResponse, nth: number) => void;

/** A real server on a loopback port that records what it got; closed with its connections after the test. */
export async function serve(
  t: TestContext,
  handler: Handler,
): Promise<{ origin: string; received: ReceivedRequest[]; server: Server }> {
  const received: ReceivedRequest[] = [];
  const server = createServer((incoming: IncomingMessage, response: ServerResponse) => {
    let body = '';
    incoming.setEncoding('utf8');
    incoming.on('data', (chunk: string) => (body += chunk));
    incoming.on('end', () => {
      const { method = '', url = '', headers } = incoming;
      received.push({ method, url, headers, body });
      handler(received.at(-1)!, response, received.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received, server };
}

/** Answers with JSON text as it is given, so that number literals stay what the test wrote. */
export function answer(
  response: ServerResponse,
  status: number,
  json = '{}',
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(json);
}

export interface Harness {
  http: HttpClient;
  records: CallRecord[];
  /** What happened at the gate and at the authorization, in order. */
  events: string[];
  pauses: Date[];
}

/** An HTTP client with a recording gate, observer and authorization. */
export function harness(baseUrl: string, overrides: Partial<HttpClientOptions> = {}): Harness {
  const records: CallRecord[] = [];
  const events: string[] = [];
  const pauses: Date[] = [];
  let version = 1;
  const auth: CallAuth = {
    authorize: () => {
      events.push('authorize');
      return Promise.resolve({ baseUrl, headers: { authorization: `Bearer secret-token-${version}` } });
    },
    renew: () => {
      events.push('renew');
      version += 1;
      return Promise.resolve();
    },
  };
  const http = createHttpClient({
    system: 'test-system',
    auth,
    gate: {
      enter: () => {
        events.push('enter');
        return Promise.resolve(() => {
          events.push('release');
          return Promise.resolve();
        });
      },
      pauseUntil: (at) => {
        pauses.push(at);
        return Promise.resolve();
      },
    },
    observe: (record) => {
      records.push(record);
    },
    timeoutMs: 5_000,
    userAgent: 'concur-dynamics-test',
    correlationHeader: 'concur-correlationid',
    sendCorrelationId: true,
    ...overrides,
  });
  return { http, records, events, pauses };
}

/** Everything that could be published of an error, its causes and its stack included. */
export function published(error: unknown): string {
  const seen: string[] = [];
  for (let current: unknown = error; current instanceof Error; current = current.cause) {
    seen.push(current.name, current.message, current.stack ?? '', JSON.stringify(current));
  }
  return seen.join('\n');
}
