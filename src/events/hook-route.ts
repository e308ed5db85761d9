import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Database } from '../store/database.js';
import type { Sealer } from '../store/envelope-encryption.js';
import type { PutAside, WebhookAddress } from '../store/webhook-inbox.js';
import { answerHandshake, findWebhookAddress, knownWebhooks, storeWebhookMessage } from '../store/webhook-inbox.js';
import { webhookDigest } from '../store/webhook-store.js';
import type { AdmissionLimits } from './admission.js';
import { createAdmission } from './admission.js';
import { judgeHookItems } from './hook-judge.js';
import { readHookMessage } from './hook-message.js';
import type { ReceivedBody } from './received-body.js';
import { readReceivedBody } from './received-body.js';
import { sendAgain } from './unknown-address.js';
import { withinLimit } from './within-limit.js';
import { takeIn } from './take-in.js';

/** Notifications of Business Central. */
export interface HookOptions {
  /** Connections that have webhooks; addresses of others are unknown. */
  connections: readonly string[];
  sealer: Sealer;
  /** Called after notifications were stored that nobody has followed yet; must return at once. */
  onStored: () => void;
  /** @default the system's clock */
  now?: () => Date;
  limits?: AdmissionLimits;
  /** Longest time for storing; Business Central has to be answered within two seconds (NAV spec 18). */
  storeLimitMs?: number;
  /** A larger body is put aside by its digest and size alone. */
  bodyCapBytes?: number;
}

interface HookRouteOptions extends HookOptions {
  db: Database;
  logger: Logger;
}

/** Business Central sends 20 messages at once at most, and what is turned away comes again. */
const defaultLimits: AdmissionLimits = { perSecond: 30, atOnce: 60 };
/** Room for several thousand notifications; more than a thousand of one subscription come as one. */
const defaultBodyCap = 4 * 1_024 * 1_024;
const defaultStoreLimitMs = 1_800;
const sayEveryMs = 60_000;

/**
 * Where Business Central posts its notifications and handshakes (NAV spec 18). Any answer besides 2xx, 408, 429 and 5xx would
 * cost every subscription with this address (S57, C20): what was stored or put aside is answered 200, whatever it is, and our
 * own faults and unknown addresses 503. Never a redirect. A handshake is answered with its token, but only while a creation or
 * renewal of ours waits for it, so that nobody can have words of his choice said by this address.
 */
export function addHookRoute(app: FastifyInstance, options: HookRouteOptions): void {
  const { db, sealer, logger, onStored, now = () => new Date() } = options;
  const served = new Set(options.connections);
  const admit = createAdmission(options.limits ?? defaultLimits, () => performance.now());
  const say = rarely(logger);
  const limitMs = options.storeLimitMs ?? defaultStoreLimitMs;

  /** Undefined for an address that belongs to no connection. */
  async function take(tokenDigest: string, body: ReceivedBody): Promise<{ fresh: number } | undefined> {
    const address = await findWebhookAddress(db, tokenDigest);
    if (address === undefined || !served.has(address.connection)) return undefined;
    return { fresh: await store(address, body) };
  }

  async function store(address: WebhookAddress, body: ReceivedBody): Promise<number> {
    const items = body.bytes && readHookMessage(body.bytes);
    const at = now();
    const { accepted, refused } =
      items === undefined
        ? { accepted: [], refused: new Map([[body.bytes ? 'the message is none' : 'the message is too large', 1]]) }
        : judgeHookItems(items, await knownWebhooks(db, address, at), at);
    const aside = [...refused].map(([reason, count]): PutAside => {
      return { reason, items: count, bodySha256: body.sha256, size: body.size, body: body.bytes };
    });
    for (const { reason } of aside) say({ connection: address.connection, reason }, 'a notification was put aside');
    return storeWebhookMessage(db, sealer, address, { notifications: accepted, aside });
  }

  async function isExpected(tokenDigest: string, validationToken: string): Promise<boolean> {
    const address = await findWebhookAddress(db, tokenDigest);
    if (address === undefined || !served.has(address.connection) || !isEchoable(validationToken)) return false;
    return answerHandshake(db, tokenDigest, now());
  }

  async function shake(reply: FastifyReply, tokenDigest: string, validationToken: string): Promise<FastifyReply> {
    if (!(await withinLimit(isExpected(tokenDigest, validationToken), limitMs))) {
      say({}, 'a handshake of a webhook was refused: nothing was being created or renewed at its address');
      return sendAgain(reply, 60);
    }
    // As bytes, so that nothing is added to the content type.
    return reply
      .code(200)
      .headers({ 'content-type': 'text/plain', 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' })
      .send(Buffer.from(validationToken, 'utf8'));
  }

  void app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request: FastifyRequest, payload: Readable) =>
      readReceivedBody(payload, options.bodyCapBytes ?? defaultBodyCap),
    );
    scope.post<{ Params: { pathToken: string } }>(
      '/hooks/nav/:pathToken',
      {
        onRequest: async (request, reply) => takeIn(admit, request, reply),
      },
      async (request, reply): Promise<FastifyReply> => {
        const tokenDigest = webhookDigest(request.params.pathToken);
        const validationToken = validationTokenOf(request.raw.url ?? '');
        if (validationToken !== undefined) return shake(reply, tokenDigest, validationToken);
        const body = (request.body as ReceivedBody | undefined) ?? emptyBody;
        const taken = await withinLimit(take(tokenDigest, body), limitMs);
        if (body.isAbandoned) void reply.header('connection', 'close');
        if (taken === undefined) {
          say(
            {},
            'something was posted to an address of webhooks that belongs to no connection; see webhooks.publicUrl',
          );
          return sendAgain(reply, 60);
        }
        await reply.code(200).send();
        if (taken.fresh > 0) onStored();
        return reply;
      },
    );
    done();
  });
}

const emptyBody: ReceivedBody = { bytes: Buffer.alloc(0), sha256: webhookDigest(''), size: 0, isAbandoned: false };

/** The token as it was written: a plus sign stands for itself. Undefined where there is none. */
function validationTokenOf(url: string): string | undefined {
  const [, raw] = /[?&]validationToken=([^&#]*)/i.exec(url) ?? [];
  if (raw === undefined) return undefined;
  try {
    return decodeURIComponent(raw);
  } catch {
    return raw;
  }
}

/** Something that a server may have made up as a token, and nothing else. */
const isEchoable = (token: string): boolean => /^[\x21-\x7e]{1,1024}$/.test(token);

/** A flood must not fill the log. */
function rarely(logger: Logger): (facts: object, message: string) => void {
  const quietUntil = new Map<string, number>();
  return (facts, message) => {
    const key = `${message} ${JSON.stringify(facts)}`;
    if (performance.now() < (quietUntil.get(key) ?? -Infinity)) return;
    quietUntil.set(key, performance.now() + sayEveryMs);
    logger.warn(facts, message);
  };
}
