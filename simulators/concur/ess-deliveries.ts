import { Agent, request } from 'undici';
import type { Desk } from '../harness/server.js';
import type { EventTiming } from '../harness/settings-types.js';
import { signedBody, type SigningKeys } from './ess-signature.js';
import type { Delivery, EventState } from './ess-state.js';

/** Deliveries under way at the same time, at most (concur-platform.md 2.4). */
const atOnce = 24;

/** Outcome of one attempt: the HTTP status, or why there is none. */
type Attempt = number | 'timeout' | 'error';

/**
 * Delivers what stands in the state: side by side, in no order, again after 5xx, 401, 403, 429 and I/O errors until the
 * retention has passed. Any other answer but 2xx loses the event for good. Goes on with what an earlier run left over.
 */
export class DeliveryQueue {
  readonly #desk: Desk;
  readonly #state: EventState;
  readonly #timing: EventTiming;
  readonly #keys: () => SigningKeys;
  readonly #agent = new Agent({ connections: atOnce });
  readonly #closing = new AbortController();
  readonly #running = new Map<Delivery, Promise<void>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: { desk: Desk; state: EventState; timing: EventTiming; keys: () => SigningKeys }) {
    this.#desk = options.desk;
    this.#state = options.state;
    this.#timing = options.timing;
    this.#keys = options.keys;
    this.#wakeIn(0);
  }

  add(deliveries: readonly Delivery[]): void {
    this.#state.deliveries.push(...deliveries);
    this.#desk.changed();
    this.#wakeIn(0);
  }

  /** Breaks off what is under way, which stays pending, and resolves when nothing runs any more. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#closing.abort();
    await Promise.all(this.#running.values());
    await this.#agent.destroy();
  }

  #wakeIn(milliseconds: number): void {
    clearTimeout(this.#timer);
    if (this.#closing.signal.aborted) return;
    this.#timer = setTimeout(() => {
      this.#wake();
    }, milliseconds).unref();
  }

  #wake(): void {
    let waiting = this.#waiting();
    while (this.#running.size < atOnce) {
      const now = this.#now();
      const due = waiting.filter(({ dueAt }) => dueAt <= now);
      if (due.length === 0) break;
      this.#start(due.reduce((least, next) => (next.order < least.order ? next : least)));
      waiting = this.#waiting();
    }
    // With all places taken the end of any attempt wakes the queue.
    if (waiting.length === 0 || this.#running.size === atOnce) return;
    const earliest = waiting.reduce((least, { dueAt }) => Math.min(least, dueAt), Infinity);
    this.#wakeIn(Math.max(1, earliest - this.#now()));
  }

  #waiting(): Delivery[] {
    return this.#state.deliveries.filter((delivery) => !this.#running.has(delivery));
  }

  #start(delivery: Delivery): void {
    const subscription = this.#state.subscriptions.find(({ id }) => id === delivery.subscriptionId);
    if (subscription === undefined || this.#now() > delivery.publishedAt + this.#timing.retentionMs) {
      this.#lose(delivery, delivery.copiesLeft);
      return;
    }
    const ended = this.#attempt(delivery, subscription.endpoint).then(
      (attempt) => {
        this.#ended(delivery, attempt);
      },
      (error: unknown) => {
        this.#desk.violation('simulator', `delivery of an event failed: ${String(error)}`);
        this.#running.delete(delivery);
        this.#lose(delivery, delivery.copiesLeft);
      },
    );
    this.#running.set(delivery, ended);
  }

  async #attempt(delivery: Delivery, endpoint: string): Promise<Attempt> {
    const { bytes, signature } = signedBody(this.#keys(), delivery.body, delivery.signature);
    const patience = AbortSignal.timeout(this.#timing.timeoutMs);
    const headers = {
      'concur-correlationid': delivery.correlationId,
      ...(delivery.contentType === null ? {} : { 'content-type': delivery.contentType }),
      ...(signature === undefined ? {} : { 'concur-signature': signature }),
    };
    try {
      const signal = AbortSignal.any([this.#closing.signal, patience]);
      const answer = await request(endpoint, { method: 'POST', dispatcher: this.#agent, headers, body: bytes, signal });
      // The status alone is the acknowledgement; a body that breaks off changes nothing.
      await answer.body.dump().catch(() => undefined);
      return answer.statusCode;
    } catch {
      return patience.aborted ? 'timeout' : 'error';
    }
  }

  #ended(delivery: Delivery, attempt: Attempt): void {
    this.#running.delete(delivery);
    if (this.#closing.signal.aborted && typeof attempt !== 'number') return;
    const { counters } = this.#state;
    counters.byStatus[attempt] = (counters.byStatus[attempt] ?? 0) + 1;
    this.#desk.changed();
    if (typeof attempt === 'number' && attempt >= 200 && attempt < 300) {
      counters.delivered += 1;
      this.#nextCopy(delivery, 1);
    } else if (isRetried(attempt)) this.#retryLater(delivery);
    else this.#lose(delivery, 1);
    this.#wakeIn(0);
  }

  #retryLater(delivery: Delivery): void {
    const { backoffMs, backoffLimitMs, retentionMs } = this.#timing;
    delivery.dueAt = this.#now() + Math.min(backoffMs * 2 ** delivery.attempts, backoffLimitMs);
    delivery.attempts += 1;
    if (delivery.dueAt > delivery.publishedAt + retentionMs) this.#lose(delivery, delivery.copiesLeft);
  }

  #lose(delivery: Delivery, copies: number): void {
    this.#state.counters.lost += copies;
    this.#nextCopy(delivery, copies);
  }

  #nextCopy(delivery: Delivery, done: number): void {
    delivery.copiesLeft -= done;
    delivery.attempts = 0;
    delivery.dueAt = this.#now();
    if (delivery.copiesLeft === 0) {
      this.#state.deliveries = this.#state.deliveries.filter((other) => other !== delivery);
    }
    this.#desk.changed();
  }

  #now(): number {
    return this.#desk.now().getTime();
  }
}

function isRetried(attempt: Attempt): boolean {
  return typeof attempt === 'string' || attempt >= 500 || attempt === 401 || attempt === 403 || attempt === 429;
}
