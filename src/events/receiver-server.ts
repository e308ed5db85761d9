import type { Readable } from 'node:stream';
import Fastify from 'fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Database } from '../store/database.js';
import type { AdmissionLimits } from './admission.js';
import { createAdmission } from './admission.js';
import type { BusinessEventEndpoint } from './business-event-route.js';
import { addBusinessEventRoute } from './business-event-route.js';
import type { OnConnect } from './connect-page.js';
import { addConnectPage } from './connect-page.js';
import type { EventJudge } from './event-judge.js';
import { addEventRoute } from './event-route.js';
import type { HookOptions } from './hook-route.js';
import { addHookRoute } from './hook-route.js';
import { readReceivedBody } from './received-body.js';
import { createUnknownAddress, sendAgain } from './unknown-address.js';

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
  /** F&O connections that send business events, and what is called after one was stored that hints at something. */
  businessEvents?: { endpoints: readonly BusinessEventEndpoint[]; onStored: () => void; mostPerDay?: number };
  /** Notifications of Business Central; left out where no connection has webhooks. */
  hooks?: HookOptions;
  limits?: AdmissionLimits;
  /** Longest time for storing an event before the sender is told to come again; Concur wants an answer within seconds. */
  storeLimitMs?: number;
  /** A larger body is stored by its digest and size alone. */
  bodyCapBytes?: number;
  /** Events of one connection, within 24 hours, that are stored although nobody can tell who sent them. */
  untrustedPerDay?: number;
}

const defaultStoreLimitMs = 4_000;
/** Concur sends 24 events at once at most, and what is turned away comes again: a flood is what this is for. */
const defaultLimits: AdmissionLimits = { perSecond: 30, atOnce: 100 };
/**
 * A posting batch of F&O tells of each invoice within seconds, and what is turned away thrice waits for a person there; whoever
 * sends it was told a secret.
 */
const businessEventLimits: AdmissionLimits = { perSecond: 200, atOnce: 100 };
/** Events have one or two KB. */
const defaultBodyCap = 32 * 1_024;
/** Longer than the minute after which Concur gives up by itself: 408 is an answer after which it never tries again. */
const requestLimitMs = 120_000;

/**
 * The web server that Concur and F&O send events to (platform spec 2.4, F&O spec 13). It stores first and answers then; work
 * follows elsewhere. Its answers follow correction C20: 2xx for everything that could be stored, whatever it is and whoever sent
 * it; 503 for our own faults and for what came to a wrong address, so that Concur sends again; nothing in between, since Concur
 * drops an event for good after any other 4xx. What is no HTTP is answered by the end of the connection, after which Concur
 * sends again, too.
 */
export function createReceiver(options: ReceiverOptions): FastifyInstance {
  const answerUnknown = createUnknownAddress(options.logger, () => performance.now());
  const app = Fastify({
    // The addresses of the landing page and of F&O hold secrets: no request is ever logged.
    logger: false,
    requestTimeout: requestLimitMs,
    // Following a link in advance must not spend a request token.
    exposeHeadRoutes: false,
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true, caseSensitive: false },
    // Node would answer 400 by itself, behind the back of every handler here.
    http: { requireHostHeader: false },
    // An address that cannot be read is an unknown one.
    frameworkErrors: (_error, request, reply) => void answerUnknown(request, reply),
    // Node would answer 400, 408 or 431.
    clientErrorHandler: (_error, socket) => {
      socket.destroy();
    },
  });
  // Node would answer 417 to whoever expects something; what was meant is in the body all the same.
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));
  const storeLimitMs = options.storeLimitMs ?? defaultStoreLimitMs;
  const admission = (limits: AdmissionLimits) => createAdmission(options.limits ?? limits, () => performance.now());
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request: FastifyRequest, payload: Readable) =>
    readReceivedBody(payload, options.bodyCapBytes ?? defaultBodyCap),
  );
  app.setErrorHandler((error, request, reply) => {
    // Never a 4xx of the framework's own; the route's pattern, for the address may hold a secret.
    options.logger.error({ err: nameOf(error), route: request.routeOptions.url }, 'a request failed');
    void sendAgain(reply, 5);
  });
  // Before the body is looked at: the framework would refuse an odd content type with 415.
  app.addHook('onRequest', async (request, reply) => (request.is404 ? answerUnknown(request, reply) : undefined));
  app.get('/healthz', () => ({ alive: true }));
  addEventRoute(app, { ...options, admit: admission(defaultLimits), answerUnknown, storeLimitMs });
  if (options.businessEvents) {
    const { db, logger, businessEvents } = options;
    // An admission of its own: a flood from one side turns nobody of the other away.
    const admit = admission(businessEventLimits);
    addBusinessEventRoute(app, { db, logger, ...businessEvents, admit, answerUnknown, storeLimitMs });
  }
  addConnectPage(app, options);
  if (options.hooks) addHookRoute(app, { ...options.hooks, db: options.db, logger: options.logger });
  return app;
}

/** Texts of database errors name hosts and values; the kind is enough. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const code: unknown = Reflect.get(error, 'code');
  return typeof code === 'string' ? `${error.name} ${code}` : error.name;
}
