import { Agent, request } from 'undici';
import type { Desk } from '../harness/server.js';
import { eventBody, eventGuid, testBody, type BusinessEvent } from './business-event-bodies.js';
import {
  endpointSchema,
  eventStateSchema,
  noEvents,
  type Endpoint,
  type EventCounts,
  type EventDelivery,
  type EventState,
} from './business-event-state.js';

const retries = 3;
/** Messages under way at the same time, at most. */
const atOnce = 4;
const answerLimitMs = 10_000;
/** Control numbers leave out up to this many. */
const widestGap = 4;

/** Answer of `GET /control/fo/business-events`. */
export interface BusinessEventReport extends EventCounts {
  endpoint: Endpoint | null;
  test: EventState['test'];
  pending: number;
  errorLog: EventState['errorLog'];
}

/**
 * Business events of the simulated environment (section 13): what is activated is sent late, in no order, sometimes twice
 * and sometimes not at all; an endpoint that does not take a message gets it three times more, then it goes to the error log.
 */
export class BusinessEvents {
  readonly #desk: Desk;
  readonly #state: EventState;
  readonly #agent = new Agent({ connections: atOnce });
  readonly #closing = new AbortController();
  readonly #running = new Map<EventDelivery, Promise<void>>();

  /** `state` is a snapshot of an earlier run, or undefined. */
  constructor(desk: Desk, state: unknown) {
    this.#desk = desk;
    this.#state = state === undefined ? noEvents() : eventStateSchema.parse(state);
  }

  snapshot(): EventState {
    return this.#state;
  }

  report(): BusinessEventReport {
    const { endpoint = null, test, counters, deliveries, errorLog } = this.#state;
    return { endpoint, test, ...counters, pending: deliveries.length, errorLog };
  }

  /** Saves the one endpoint with its events, in place of the one before, and sends it the test message. Throws ZodError. */
  activate(order: unknown): void {
    this.#state.endpoint = endpointSchema.parse(order);
    this.#state.test = 'pending';
    const ids = { eventId: '', businessEventId: '' };
    this.#state.deliveries.push({ ...ids, body: testBody(), isTest: true, dueAt: this.#now(), attempts: 0 });
    this.#desk.changed();
  }

  /** Tells of an event if it is activated for the company. */
  publish(event: BusinessEvent): void {
    const { endpoint, counters } = this.#state;
    if (endpoint === undefined || !isActive(endpoint, event)) return;
    const { random } = this.#desk;
    this.#state.controlNumber += 1 + Math.floor(random() * widestGap);
    counters.published += 1;
    const eventId = eventGuid(random);
    const envelope = { eventId, controlNumber: this.#state.controlNumber, at: this.#desk.now() };
    const body = eventBody(event, { ...envelope, hasParents: random() < 0.5 });
    const isLost = random() < endpoint.lostShare;
    const isDoubled = random() < endpoint.doubledShare;
    if (isLost) counters.lost += 1;
    else if (isDoubled) counters.doubled += 1;
    for (let copy = isLost ? 0 : isDoubled ? 2 : 1; copy > 0; copy -= 1) {
      const dueAt = this.#now() + Math.floor(random() * endpoint.lagMs);
      this.#state.deliveries.push({ eventId, businessEventId: event.id, body, isTest: false, dueAt, attempts: 0 });
    }
    this.#desk.changed();
  }

  /** To be called often; sends what is due. */
  tick(): void {
    const { endpoint, deliveries } = this.#state;
    if (endpoint === undefined || this.#closing.signal.aborted) return;
    const due = deliveries.filter((delivery) => !this.#running.has(delivery) && delivery.dueAt <= this.#now());
    due.sort((left, right) => left.dueAt - right.dueAt);
    for (const delivery of due.slice(0, atOnce - this.#running.size)) {
      this.#running.set(delivery, this.#deliver(endpoint, delivery));
    }
  }

  /** Breaks off what is under way, which stays pending, and resolves when nothing runs any more. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#running.values());
    await this.#agent.destroy();
  }

  async #deliver(endpoint: Endpoint, delivery: EventDelivery): Promise<void> {
    const problem = await this.#attempt(endpoint.url, delivery.body);
    this.#running.delete(delivery);
    if (this.#closing.signal.aborted && problem !== undefined) return;
    if (problem === undefined) this.#delivered(delivery);
    else if (delivery.attempts < retries) {
      delivery.attempts += 1;
      delivery.dueAt = this.#now() + endpoint.retryMs;
    } else this.#givenUp(delivery, problem);
    this.#desk.changed();
  }

  /** Undefined if the endpoint took the message, else why not. */
  async #attempt(url: string, body: string): Promise<string | undefined> {
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(answerLimitMs)]);
    const headers = { 'content-type': 'application/json' };
    try {
      const answer = await request(url, { method: 'POST', dispatcher: this.#agent, headers, body, signal });
      // The status alone is the acknowledgement; a body that breaks off changes nothing.
      await answer.body.dump().catch(() => undefined);
      const { statusCode } = answer;
      return statusCode >= 200 && statusCode < 300 ? undefined : `status ${String(statusCode)}`;
    } catch {
      return 'no answer';
    }
  }

  #delivered(delivery: EventDelivery): void {
    if (delivery.isTest) this.#state.test = 'delivered';
    else this.#state.counters.sent += 1;
    this.#remove(delivery);
  }

  #givenUp(delivery: EventDelivery, reason: string): void {
    const { eventId, businessEventId, isTest } = delivery;
    if (isTest) this.#state.test = 'failed';
    else {
      this.#state.counters.failed += 1;
      this.#state.errorLog.push({ eventId, businessEventId, reason });
    }
    this.#remove(delivery);
  }

  #remove(delivery: EventDelivery): void {
    this.#state.deliveries = this.#state.deliveries.filter((other) => other !== delivery);
  }

  #now(): number {
    return this.#desk.now().getTime();
  }
}

function isActive({ events, companies }: Endpoint, { id, company }: BusinessEvent): boolean {
  return events.includes(id) && (companies === undefined || companies.includes(company.toLowerCase()));
}
