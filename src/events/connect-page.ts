import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Logger } from 'pino';
import { createAdmission } from './admission.js';
import { createConnectAdmission } from './connect-admission.js';

/** Exchanges a company request token for this connection; the message is for the administrator in front of the browser. */
export type OnConnect = (
  connection: string,
  companyUuid: string,
  requestToken: string,
) => Promise<{ connected: boolean; message: string }>;

interface ConnectPageOptions {
  endpoints: readonly { connection: string; companyUuid: string; appCenter: boolean }[];
  onConnect: OnConnect;
  logger: Logger;
}

/** Openings of the page, which call nobody by themselves: strangers take nothing from the events. */
const openings = { perSecond: 5, atOnce: 20 };
/** Longer than any request token; what exceeds it is not one. */
const tokenLimit = 2_000;

/**
 * Landing page of Concur's App Center (platform spec 1.2): the browser of an administrator brings the company UUID and a request
 * token, which is exchanged for this connection. Only the configured company can be connected; whoever knows its UUID can try,
 * so that attempts have an admission of their own. The query is never logged, repeated in the page, or put into an error.
 */
export function addConnectPage(app: FastifyInstance, { endpoints, onConnect, logger }: ConnectPageOptions): void {
  const open = new Map(
    endpoints.filter(({ appCenter }) => appCenter).map((endpoint) => [endpoint.connection, endpoint]),
  );
  const admit = createAdmission(openings, () => performance.now());
  const admitAttempt = createConnectAdmission(() => performance.now());
  app.get<{ Params: { connection: string } }>('/concur/connect/:connection', async (request, reply) => {
    const endpoint = open.get(request.params.connection);
    if (endpoint === undefined) return reply.code(404).send();
    const leave = admit();
    if (leave === undefined) return tooBusy(reply, 1);
    reply.raw.once('close', leave);
    const given = parametersOf(request.url);
    const companyUuid = given.get('id') ?? '';
    const requestToken = given.get('requesttoken') ?? '';
    if (companyUuid === '' || requestToken === '' || requestToken.length > tokenLimit) {
      return page(
        reply,
        400,
        'Not connected',
        'The link is not complete. Start again in the App Center of SAP Concur.',
      );
    }
    if (companyUuid.toLowerCase() !== endpoint.companyUuid.toLowerCase()) {
      logger.warn({ connection: endpoint.connection }, 'the App Center tried to connect another company');
      const advice = 'This address belongs to another company. Ask whoever runs the connector for the right one.';
      return page(reply, 403, 'Not connected', advice);
    }
    const attempt = admitAttempt(endpoint.connection);
    if ('retryAfterSeconds' in attempt) return tooBusy(reply, attempt.retryAfterSeconds);
    try {
      const { connected, message } = await onConnect(endpoint.connection, endpoint.companyUuid, requestToken);
      return await page(reply, connected ? 200 : 409, connected ? 'Connected' : 'Not connected', message);
    } catch (error) {
      const kind = error instanceof Error ? error.name : 'unknown';
      logger.error({ connection: endpoint.connection, err: kind }, 'the connect page failed');
      const advice = 'Something went wrong here. The link stays good for 24 hours: reload this page in a few minutes.';
      return await page(reply, 503, 'Not connected yet', advice);
    } finally {
      // Not when the browser goes away: the attempt goes on without it.
      attempt.leave();
    }
  });
}

/** Query parameters by lower-case name: Concur spells `userId` and `userID`. The first of a name counts. */
function parametersOf(url: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of new URL(url, 'http://receiver.invalid').searchParams) {
    if (!found.has(name.toLowerCase())) found.set(name.toLowerCase(), value.trim());
  }
  return found;
}

function tooBusy(reply: FastifyReply, retryAfterSeconds: number): FastifyReply {
  const advice = `Please reload this page in ${retryAfterSeconds} seconds.`;
  return page(reply.header('retry-after', String(retryAfterSeconds)), 503, 'Too busy', advice);
}

function page(reply: FastifyReply, status: number, title: string, text: string): FastifyReply {
  const [heading, paragraph] = [title, text].map(escaped);
  return reply
    .code(status)
    .headers({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
      // The address of this page holds the request token.
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
    .send(
      `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${heading}</title></head>` +
        `<body style="font-family:sans-serif;margin:4em auto;max-width:40em"><h1>${heading}</h1><p>${paragraph}</p></body></html>`,
    );
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
