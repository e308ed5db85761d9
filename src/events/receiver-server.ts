import type { Readable } from 'node:stream';
import Fastify from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Database } from '../store/database.js';
import { storeEvent } from '../store/event-store.js';
import type { Admission, AdmissionLimits } from './admission.js';
import { createAdmission } from './admission.js';
import type { OnConnect } from './connect-page.js';
import { addConnectPage } from './connect-page.js';
import { bareEnvelope, readEventEnvelope } from './event-envelope.js';
import type { EventJudge } from './event-judge.js';
import type { ReceivedBody } from './received-body.js';
import { readReceivedBody } from './received-body.js';

/** One Concur connection that receives events. */
export interface ReceiverEndpoint {
  connection: string;
  companyUuid: string;
  judge: EventJudge;
  /** Whether Concur's App Center may send administrators to the landing page of this connection. */
  appCenter: boolean;
}

export interface ReceiverOptions {
  db: Database;
  endpoints: readonly ReceiverEndpoint[];
  logger: Logger;
  /** Called after an event was stored that is no repeat; must return at once. */
  onStored: () => void;
  onConnect: OnConnect;
  limits?: AdmissionLimits;
  /** Longest time for storing an event before the sender is told to come again; Concur wants an answer within seconds. */
  storeLimitMs?: number;
  bodyCapBytes?: number;
}

const defaultLimits: AdmissionLimits = { perSecond: 500, atOnce: 100 };
const defaultStoreLimitMs = 4_000;
const defaultBodyCap = 256 * 1_024;
/** Longer than the minute after which Concur gives up by itself: 408 is an answer after which it never tries again. */
const requestLimitMs = 120_000;

/**
 * The web server that Concur sends events to (platform spec 2.4). It stores first and answers then; work follows elsewhere. Its
 * answers follow correction C20: 2xx for everything that could be stored, whatever it is and whoever sent it; 503 for our own
 * faults, so that Concur sends again; nothing in between, since Concur drops an event for good after any other 4xx.
 */
export function createReceiver(options: ReceiverOptions): FastifyInstance {
  const app = Fastify({
    // The address of the landing page holds a request token: no request is ever logged.
    logger: false,
    requestTimeout: requestLimitMs,
    // Following a link in advance must not spend a request token.
    exposeHeadRoutes: false,
    routerOptions: { ignoreTrailingSlash: true },
    // An address that cannot be read is an unknown one.
    frameworkErrors: (_error, _request, reply) => void reply.raw.writeHead(404).end(),
  });
  const admit = createAdmission(options.limits ?? defaultLimits, () => performance.now());
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request: FastifyRequest, payload: Readable) =>
    readReceivedBody(payload, options.bodyCapBytes ?? defaultBodyCap),
  );
  app.setErrorHandler((error, request, reply) => {
    // Never a 4xx of the framework's own; the route's pattern, for the address may hold a token.
    options.logger.error({ err: nameOf(error), route: request.routeOptions.url }, 'a request failed');
    void reply.code(503).header('retry-after', '5').send();
  });
  app.get('/healthz', () => ({ alive: true }));
  addEventRoute(app, options, admit);
  addConnectPage(app, { ...options, admit });
  return app;
}

function addEventRoute(app: FastifyInstance, options: ReceiverOptions, admit: Admission): void {
  const endpoints = new Map(options.endpoints.map((endpoint) => [endpoint.connection, endpoint]));
  const seen = new Set<string>();

  /** The first event by each key and algorithm, and the first without, tell how Concur really signs. */
  function noteFirst(connection: string, verdict: string, detail: string): void {
    const fact = `${connection} ${verdict} ${detail}`;
    if (seen.has(fact)) return;
    seen.add(fact);
    const level = verdict === 'verified' ? 'info' : 'warn';
    options.logger[level]({ connection, verdict, detail }, 'the first event of this kind since the start');
  }

  async function receive(endpoint: ReceiverEndpoint, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { bytes, sha256, isAbandoned } = request.body as ReceivedBody;
    const envelope = bytes === undefined ? bareEnvelope(sha256) : readEventEnvelope(bytes);
    const signature = headerOf(request, 'concur-signature')?.slice(0, 4_096);
    const verdict = endpoint.judge.judge(bytes, signature, (name) => headerOf(request, name));
    noteFirst(endpoint.connection, verdict.verdict, verdict.detail);
    const { connection } = endpoint;
    const outcome = await withinLimit(
      storeEvent(options.db, {
        ...envelope,
        connection,
        body: bytes ?? null,
        bodySha256: sha256,
        signature: signature ?? null,
        verdict,
        keySet: endpoint.judge.keySet,
      }),
      options.storeLimitMs ?? defaultStoreLimitMs,
    );
    if (isAbandoned) void reply.header('connection', 'close');
    const isUnderstood = envelope.docType !== null || bytes === undefined || verdict.verdict === 'quarantined';
    await reply.code(isUnderstood ? 202 : 200).send();
    if (outcome !== 'duplicate' && verdict.verdict !== 'quarantined') options.onStored();
  }

  app.post<{ Params: { connection: string } }>(
    '/concur/events/:connection',
    {
      onRequest: async (request, reply) => {
        if (!endpoints.has(request.params.connection)) return reply.code(404).send();
        const leave = admit();
        if (leave === undefined) return reply.code(503).header('retry-after', '1').send();
        reply.raw.once('close', leave);
        // Whatever a sender calls its body, the bytes are read: the framework would refuse an odd content type with 415.
        request.raw.headers['content-type'] = 'application/octet-stream';
        return undefined;
      },
    },
    async (request, reply) => {
      const endpoint = endpoints.get(request.params.connection);
      if (endpoint === undefined) return reply.code(404).send();
      await receive(endpoint, request, reply);
      return reply;
    },
  );
}

const headerOf = (request: FastifyRequest, name: string): string | undefined => {
  const value = request.headers[name.toLowerCase()];
  return Array.isArray(value) ? value.join(',') : value;
};

/** Waits no longer than the limit; what comes later is a repeat when the sender comes again, and that is harmless. */
async function withinLimit<T>(work: Promise<T>, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new StoringTookTooLong('the event could not be stored in time'));
    }, limitMs);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}

class StoringTookTooLong extends Error {
  override readonly name = 'StoringTookTooLong';
}

/** Texts of database errors name hosts and values; the kind is enough. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const code: unknown = Reflect.get(error, 'code');
  return typeof code === 'string' ? `${error.name} ${code}` : error.name;
}
