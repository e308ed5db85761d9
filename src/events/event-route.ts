import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Database } from '../store/database.js';
import { countUntrusted } from '../store/event-reports.js';
import type { EventVerdict } from '../store/event-store.js';
import { storeEvent } from '../store/event-store.js';
import type { Admission } from './admission.js';
import { bareEnvelope, readEventEnvelope } from './event-envelope.js';
import type { EventJudge } from './event-judge.js';
import type { ReceivedBody } from './received-body.js';
import type { UnknownAddress } from './unknown-address.js';
import { sendAgain } from './unknown-address.js';
import { createUntrustedQuota } from './untrusted-quota.js';
import { withinLimit } from './within-limit.js';
import { takeIn } from './take-in.js';

export interface EventRouteOptions {
  db: Database;
  endpoints: readonly { connection: string; judge: EventJudge }[];
  logger: Logger;
  onStored: () => void;
  storeLimitMs: number;
  untrustedPerDay?: number;
  admit: Admission;
  answerUnknown: UnknownAddress;
}

/** Far above what a company approves in a day, and small for the database. */
const defaultUntrustedPerDay = 20_000;
/** A spent quota is free again an event at a time, over a day. */
const spentRetrySeconds = 600;

/** Where Concur posts its events: judged, stored, and only then answered. */
export function addEventRoute(app: FastifyInstance, options: EventRouteOptions): void {
  const { db, logger, admit, answerUnknown } = options;
  const endpoints = new Map(options.endpoints.map((endpoint) => [endpoint.connection, endpoint]));
  const endpointOf = (name: string) => endpoints.get(name.toLowerCase());
  const noteFirst = firstOfEachKind(logger);
  const quota = createUntrustedQuota({
    most: options.untrustedPerDay ?? defaultUntrustedPerDay,
    count: (connection) => countUntrusted(db, connection),
    now: () => performance.now(),
  });

  /** Undefined where too many events of unproven senders were stored already. */
  async function store(connection: string, judge: EventJudge, given: GivenEvent) {
    const { body, signature, verdict } = given;
    const isTrusted = verdict.verdict === 'verified';
    if (!isTrusted && (await quota.isSpent(connection))) return undefined;
    const envelope = body.bytes === undefined ? bareEnvelope(body.sha256) : readEventEnvelope(body.bytes);
    const outcome = await storeEvent(db, {
      ...envelope,
      connection,
      body: body.bytes ?? null,
      bodySha256: body.sha256,
      signature: signature ?? null,
      verdict: body.bytes === undefined ? withSize(verdict, body) : verdict,
      keySet: judge.keySet,
    });
    if (!isTrusted && outcome === 'fresh') quota.add(connection);
    return { outcome, isUnderstood: envelope.docType !== null || body.bytes === undefined };
  }

  app.post<{ Params: { connection: string } }>(
    '/concur/events/:connection',
    {
      onRequest: async (request, reply) => {
        if (!endpointOf(request.params.connection)) return answerUnknown(request, reply);
        return takeIn(admit, request, reply);
      },
    },
    async (request, reply): Promise<FastifyReply> => {
      const endpoint = endpointOf(request.params.connection);
      if (endpoint === undefined) return answerUnknown(request, reply);
      const { connection, judge } = endpoint;
      const body = request.body as ReceivedBody;
      const signature = headerOf(request, 'concur-signature')?.slice(0, 4_096);
      const verdict = judge.judge(body.bytes, signature, (name) => headerOf(request, name));
      noteFirst(connection, verdict);
      const work = store(connection, judge, { body, signature, verdict });
      const stored = await withinLimit(work, options.storeLimitMs);
      if (body.isAbandoned) void reply.header('connection', 'close');
      if (stored === undefined) {
        sayQuotaIsSpent(connection);
        return sendAgain(reply, spentRetrySeconds);
      }
      const isPutAside = verdict.verdict === 'quarantined';
      await reply.code(stored.isUnderstood || isPutAside ? 202 : 200).send();
      if (stored.outcome !== 'duplicate' && !isPutAside) options.onStored();
      return reply;
    },
  );

  let quietUntil = -Infinity;
  function sayQuotaIsSpent(connection: string): void {
    if (performance.now() < quietUntil) return;
    quietUntil = performance.now() + spentRetrySeconds * 1_000;
    const advice = 'too many events that nobody can verify came in within a day; more are answered 503 for now';
    logger.error({ connection }, advice);
  }
}

interface GivenEvent {
  body: ReceivedBody;
  signature: string | undefined;
  verdict: EventVerdict;
}

/** Of a body that is not kept the size is all that is left to look at. */
const withSize = (verdict: EventVerdict, { size, isAbandoned }: ReceivedBody): EventVerdict => ({
  ...verdict,
  detail: `${verdict.detail}; ${isAbandoned ? 'more than ' : ''}${size} bytes were not kept`,
});

/** The first event by each key and algorithm, and the first without, tell how Concur really signs. */
function firstOfEachKind(logger: Logger): (connection: string, verdict: EventVerdict) => void {
  const seen = new Set<string>();
  return (connection, { verdict, detail }) => {
    const fact = `${connection} ${verdict} ${detail}`;
    if (seen.has(fact)) return;
    seen.add(fact);
    const level = verdict === 'verified' ? 'info' : 'warn';
    logger[level]({ connection, verdict, detail }, 'the first event of this kind since the start');
  };
}

const headerOf = (request: FastifyRequest, name: string): string | undefined => {
  const value = request.headers[name.toLowerCase()];
  return Array.isArray(value) ? value.join(',') : value;
};
