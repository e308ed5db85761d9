import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Logger } from 'pino';
import { countRecentBusinessEvents, storeBusinessEvent } from '../store/business-event-store.js';
import type { ReceivedBusinessEvent } from '../store/business-event-store.js';
import type { Database } from '../store/database.js';
import { eventIdByDigest } from '../store/event-store.js';
import type { Admission } from './admission.js';
import type { BusinessEvent, BusinessEventReading } from './business-event-envelope.js';
import { readBusinessEvent } from './business-event-envelope.js';
import type { ReceivedBody } from './received-body.js';
import type { UnknownAddress } from './unknown-address.js';
import { sendAgain } from './unknown-address.js';
import { createUntrustedQuota } from './untrusted-quota.js';
import { withinLimit } from './within-limit.js';
import { takeIn } from './take-in.js';

/** One F&O connection that takes business events as hints. */
export interface BusinessEventEndpoint {
  connection: string;
  /** SHA-256 of the secret in the path; the secret itself is needed nowhere. */
  secretSha256: Buffer;
  /** Schedules of the watches that an event hints at; none where its company is not followed. */
  watchesOf: (event: Pick<BusinessEvent, 'businessEventId' | 'company'>) => string[];
}

export interface BusinessEventRouteOptions {
  db: Database;
  endpoints: readonly BusinessEventEndpoint[];
  logger: Logger;
  /** Called after an event was stored that hints at something; must return at once. */
  onStored: () => void;
  admit: Admission;
  answerUnknown: UnknownAddress;
  storeLimitMs: number;
  /** Events of one connection, within 24 hours, that are stored. */
  mostPerDay?: number;
}

/** F&O tells of all invoices of an environment, not of ours alone. */
const defaultMostPerDay = 100_000;
const spentRetrySeconds = 600;

interface Params {
  connection: string;
  secret: string;
}

/**
 * Where F&O posts business events of the endpoint type HTTPS (F&O spec 13). Nothing is signed: the secret in the path says that
 * the sender was told the address, and a body is a hint at most (S46). It is stored before it is answered; 2xx for all that
 * could be stored, whatever it is, since F&O tries again three times only and then waits for a person; 503 for our own faults.
 */
export function addBusinessEventRoute(app: FastifyInstance, options: BusinessEventRouteOptions): void {
  const { db, logger, admit, answerUnknown } = options;
  const endpointOf = endpointFinder(options.endpoints);
  const quota = createUntrustedQuota({
    most: options.mostPerDay ?? defaultMostPerDay,
    count: (connection) => countRecentBusinessEvents(db, connection),
    now: () => performance.now(),
  });

  /** Undefined where too much was stored already. */
  async function store(event: ReceivedBusinessEvent): Promise<'fresh' | 'duplicate' | undefined> {
    if (await quota.isSpent(event.connection)) return undefined;
    const outcome = await storeBusinessEvent(db, event);
    if (outcome === 'fresh') quota.add(event.connection);
    return outcome;
  }

  app.post<{ Params: Params }>(
    '/dynamics/fo/events/:connection/:secret',
    {
      onRequest: async (request, reply) => {
        if (!endpointOf(request.params)) return answerUnknown(request, reply);
        return takeIn(admit, request, reply);
      },
    },
    async (request, reply): Promise<FastifyReply> => {
      const endpoint = endpointOf(request.params);
      if (endpoint === undefined) return answerUnknown(request, reply);
      const body = request.body as ReceivedBody;
      if (body.isAbandoned) void reply.header('connection', 'close');
      const reading = readingOf(body);
      if (reading.kind === 'test') return reply.code(200).send();
      const event = rowOf(endpoint, reading, body);
      const outcome = await withinLimit(store(event), options.storeLimitMs);
      if (outcome === undefined) {
        sayQuotaIsSpent(endpoint.connection);
        return sendAgain(reply, spentRetrySeconds);
      }
      if (reading.kind === 'unreadable' && outcome === 'fresh') {
        logger.warn({ connection: endpoint.connection, reason: reading.reason }, 'a business event was put aside');
      }
      await reply.code(reading.kind === 'event' ? 202 : 200).send();
      if (outcome === 'fresh' && event.awaits.length > 0) options.onStored();
      return reply;
    },
  );

  let quietUntil = -Infinity;
  function sayQuotaIsSpent(connection: string): void {
    if (performance.now() < quietUntil) return;
    quietUntil = performance.now() + spentRetrySeconds * 1_000;
    logger.error({ connection }, 'too many business events came in within a day; more are answered 503 for now');
  }
}

/** Takes as long for a wrong name or secret as for the right ones. */
function endpointFinder(
  given: readonly BusinessEventEndpoint[],
): (params: Params) => BusinessEventEndpoint | undefined {
  const endpoints = new Map(given.map((endpoint) => [endpoint.connection, endpoint]));
  const nobody = randomBytes(32);
  return ({ connection, secret }) => {
    const endpoint = endpoints.get(connection.toLowerCase());
    const digest = createHash('sha256').update(secret).digest();
    return timingSafeEqual(digest, endpoint?.secretSha256 ?? nobody) ? endpoint : undefined;
  };
}

function readingOf({ bytes, sha256, size, isAbandoned }: ReceivedBody): BusinessEventReading {
  if (bytes !== undefined) return readBusinessEvent(bytes);
  const reason = `${isAbandoned ? 'more than ' : ''}${size} bytes were not kept`;
  return { kind: 'unreadable', eventId: eventIdByDigest(sha256), reason };
}

function rowOf(
  { connection, watchesOf }: BusinessEventEndpoint,
  reading: Exclude<BusinessEventReading, { kind: 'test' }>,
  body: ReceivedBody,
): ReceivedBusinessEvent {
  if (reading.kind === 'unreadable') {
    const { eventId, reason } = reading;
    const unknown = { businessEventId: null, company: null, happenedAt: null, awaits: [] };
    return { connection, eventId, ...unknown, note: `put aside: ${reason}`, body: body.bytes ?? null };
  }
  const awaits = watchesOf(reading.event);
  const note = awaits.length === 0 ? 'ignored: its company is not followed' : null;
  return { connection, ...reading.event, awaits, note, body: null };
}
