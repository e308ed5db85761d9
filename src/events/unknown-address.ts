import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';

/** Answers a request for which nothing is there. */
export type UnknownAddress = (request: FastifyRequest, reply: FastifyReply) => FastifyReply;

/** A flood of wrong addresses must not fill the log. */
const sayEveryMs = 60_000;
/** Longer parts of an address are not shown: only a secret needs more. */
const shownCharacters = 20;

/** Tells the sender to come again: 503 is an answer after which Concur does. */
export const sendAgain = (reply: FastifyReply, afterSeconds: number): FastifyReply =>
  reply.code(503).header('retry-after', String(afterSeconds)).send();

/**
 * A wrong address is a fault of ours, in the subscription, in the proxy or in the connections file, and no reason to lose events:
 * whatever is posted is answered 503, so that it comes in for three days and is told here. Anything else is answered 404.
 */
export function createUnknownAddress(logger: Logger, now: () => number): UnknownAddress {
  let quietUntil = -Infinity;
  let posted = 0;
  return (request, reply) => {
    if (request.method !== 'POST') return reply.code(404).send();
    posted += 1;
    if (now() >= quietUntil) {
      quietUntil = now() + sayEveryMs;
      const path = shown(request.raw.url ?? '');
      const advice = 'see events.endpoint for Concur, and businessEvents.pathSecret for F&O';
      logger.warn({ path, posted }, `something was posted to an address that belongs to no connection; ${advice}`);
      posted = 0;
    }
    return sendAgain(reply, 60);
  };
}

/**
 * An address without what may be secret in it: the query; in the addresses of the ERPs all that follows the connection; and elsewhere,
 * for a proxy may have changed the address, every part that is longer than a word.
 */
function shown(url: string): string {
  const path = (url.split('?')[0] ?? '').slice(0, 200);
  return path
    .replace(/(\/dynamics\/+fo\/+events\/+[^/]*\/|hooks\/+nav\/+).*$/i, '$1…')
    .split('/')
    .map((part) => (part.length > shownCharacters ? '…' : part))
    .join('/');
}
