import { randomUUID } from 'node:crypto';
import { Agent, request } from 'undici';

/** Messages under way at the same time, at most (section 18). */
const parallelJobs = 20;

/** True for addresses of this machine: the simulator talks to nobody else. */
export function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return ['http:', 'https:'].includes(protocol) && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
}

/** The calls that the service makes to the receivers of notifications. Follows no redirect. */
export class WebhookSender {
  readonly #agent = new Agent({ connections: parallelJobs });
  readonly #closing = new AbortController();

  /** True once calls are broken off. */
  get closing(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Undefined if the receiver returned the token as it has to, else what was wrong. */
  async handshake(notificationUrl: string, limitMs: number): Promise<string | undefined> {
    if (!isLoopback(notificationUrl)) return 'the address cannot be reached';
    const token = randomUUID().replaceAll('-', '');
    const url = new URL(notificationUrl);
    url.searchParams.set('validationToken', token);
    const answer = await this.#post(url.href, '', limitMs);
    if (answer === undefined) return 'no answer in time';
    if (answer.status !== 200) return `answer ${String(answer.status)}`;
    if (!answer.contentType.toLowerCase().startsWith('text/plain')) return `content type ${answer.contentType}`;
    return answer.text === token ? undefined : 'the validation token was not returned';
  }

  /** Status of the answer; undefined if there was none. */
  async send(url: string, message: unknown, limitMs: number): Promise<number | undefined> {
    return (await this.#post(url, JSON.stringify(message), limitMs))?.status;
  }

  /** Breaks off what is under way. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#agent.destroy();
  }

  async #post(
    url: string,
    body: string,
    limitMs: number,
  ): Promise<{ status: number; contentType: string; text: string } | undefined> {
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(limitMs)]);
    const headers = {
      'content-type': 'application/json',
      clientRequestId: randomUUID(),
      'x-ms-correlation-id': randomUUID(),
    };
    try {
      const answer = await request(url, { method: 'POST', dispatcher: this.#agent, headers, body, signal });
      const text = await answer.body.text();
      return { status: answer.statusCode, contentType: String(answer.headers['content-type'] ?? ''), text };
    } catch {
      return undefined;
    }
  }
}
