import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';

/** Answers a request for which nothing is there. */
export type UnknownAddress = (request: FastifyRequest, reply: FastifyReply) => FastifyReply;

/** A flood of wrong addresses must not fill the log. */
const sayEveryMs = 60_000;

/** Tells the sender to come again: 503 is an answer after which Concur does. */
export const sendAgain = (reply: FastifyReply, afterSeconds: number): FastifyReply =>
  reply.code(503).header('retry-after', String(afterSeconds)).send();

/**
 * A wrong address is a fault of ours, in the subscription, in the proxy or in the connections file, and no reason to lose events:
 * whatever is posted is answered 503, so that it comes in for three days and is told here. Anything else is answered 404.
 */
export function createUnknownAddress(logger: Logger, now: () => number): UnknownAddress {
  let quietUntil = -Infinity;
  return (request, reply) => {
    if (request.method !== 'POST') return reply.code(404).send();
    if (now() >= quietUntil) {
      quietUntil = now() + sayEveryMs;
      // Without the query, which may hold a token.
      const path = request.raw.url?.split('?')[0]?.slice(0, 200);
      logger.warn({ path }, 'something was posted to an address that belongs to no connection; see events.endpoint');
    }
    return sendAgain(reply, 60);
  };
}
