import type { Desk } from '../harness/server.js';
import type { EventTiming } from '../harness/settings-types.js';
import type { FaultLevel } from '../harness/types.js';
import { intrudersByChance, strandsByChance, strandsOf, type Intruder } from './ess-chance.js';
import { DeliveryQueue } from './ess-deliveries.js';
import { correlationIdIn, cutShort, eventMessage, type EventMessage, type EventSource } from './ess-event-bodies.js';
import { newSigningKeys, rotated, type SigningKeys } from './ess-signature.js';
import type { Delivery, EventCounters, EventState, SignatureKind, Subscription } from './ess-state.js';

/** An event that a test publishes itself. */
export interface EventOrder {
  /** Sent byte for byte, whether it is JSON or not. */
  body: string;
  signature: SignatureKind;
  /** How often each subscription gets it. */
  times: number;
  /** How many of them side by side. */
  parallel: number;
  contentType: string | null;
  /** Only this subscription; without it all, whatever their filters and companies. */
  subscription?: string;
}

/** Answer of `GET /control/concur/events`. */
export interface EventReport extends EventCounters {
  pending: number;
}

/** The simulated Event Subscription Service: publishes events and lets tests interfere. */
export class EventService {
  readonly state: EventState;
  readonly #desk: Desk;
  readonly #lagMs: number;
  readonly #faultLevel: () => FaultLevel;
  readonly #queue: DeliveryQueue;

  constructor(options: { desk: Desk; state: EventState; timing: EventTiming; faultLevel: () => FaultLevel }) {
    this.state = options.state;
    this.#desk = options.desk;
    this.#lagMs = options.timing.lagMs;
    this.#faultLevel = options.faultLevel;
    this.#queue = new DeliveryQueue({ ...options, keys: () => this.#signingKeys() });
  }

  /** A document has become READY: `{docType}.readyForIntegration` goes to whoever subscribed to it for its company. */
  documentReady(document: { docType: string; businessId: string; entityId: string }, companyUuid: string): void {
    const { docType, businessId, entityId } = document;
    const eventType = `${docType}.readyForIntegration`;
    this.#published();
    const targets = this.state.subscriptions.filter(
      ({ filter, companyIds }) => companyIds.includes(companyUuid) && matchesWhole(filter, eventType),
    );
    if (targets.length === 0) return;
    const source = { eventType, docType, businessId, entityId, companyUuid, at: this.#desk.now() };
    const message = eventMessage(source, this.#desk.random);
    for (const target of targets) {
      const strands = strandsByChance(this.#faultLevel(), this.#desk.random);
      this.#send(target, message, 'valid', strands);
    }
    for (const intruder of intrudersByChance(this.#faultLevel(), this.#desk.random)) {
      this.#intrude(intruder, targets, message, source);
    }
  }

  /**
   * A company token was issued by the password grant: the company joins the subscriptions that exist at this moment, and no
   * later one (concur-platform.md 2.1).
   */
  companyConnected(companyUuid: string): void {
    for (const { companyIds } of this.state.subscriptions) {
      if (!companyIds.includes(companyUuid)) companyIds.push(companyUuid);
    }
    this.#desk.changed();
  }

  /** Publishes what a test ordered; says how many deliveries that makes. */
  publish(order: EventOrder): { deliveries: number } {
    const { body, signature, contentType, subscription } = order;
    const targets = this.state.subscriptions.filter(({ id }) => subscription === undefined || id === subscription);
    const message = { body, contentType, correlationId: correlationIdIn(body) };
    this.#published();
    for (const target of targets) this.#send(target, message, signature, strandsOf(order.times, order.parallel));
    return { deliveries: targets.length * order.times };
  }

  report(): EventReport {
    const pending = this.state.deliveries.reduce((sum, { copiesLeft }) => sum + copiesLeft, 0);
    return { ...this.state.counters, pending };
  }

  /** Public keys as PEM, the current one and those before. */
  publicKeys(): { current: string; retired: string[] } {
    const { current, retired } = this.#signingKeys();
    return { current: current.publicPem, retired: retired.map(({ publicPem }) => publicPem) };
  }

  /** A new key signs from now on; also what is still to be delivered. */
  rotateKeys(): void {
    this.state.keys = rotated(this.#signingKeys());
    this.#desk.changed();
  }

  /** Takes a subscription away at once, as the service does with broken and unused ones. False if there is none. */
  removeSubscription(id: string): boolean {
    const before = this.state.subscriptions.length;
    this.state.subscriptions = this.state.subscriptions.filter((subscription) => subscription.id !== id);
    this.#desk.changed();
    return this.state.subscriptions.length < before;
  }

  /** Empties the companies of a subscription: it looks alive and no event comes. False if there is none. */
  silenceSubscription(id: string): boolean {
    const subscription = this.state.subscriptions.find((candidate) => candidate.id === id);
    if (subscription === undefined) return false;
    subscription.companyIds = [];
    this.#desk.changed();
    return true;
  }

  /** What GET by id answers from now on. */
  answerByIdAs(shape: EventState['byIdAs']): void {
    this.state.byIdAs = shape;
    this.#desk.changed();
  }

  /** Background round: what was marked for deletion goes. */
  tick(): void {
    if (!this.state.subscriptions.some(({ markedForDeletion }) => markedForDeletion)) return;
    this.state.subscriptions = this.state.subscriptions.filter(({ markedForDeletion }) => !markedForDeletion);
    this.#desk.changed();
  }

  /** Ends all deliveries; those under way stay pending for the next run. */
  async close(): Promise<void> {
    await this.#queue.close();
  }

  #intrude(intruder: Intruder, targets: Subscription[], message: EventMessage, source: EventSource): void {
    this.#published();
    switch (intruder.what) {
      case 'copy':
        for (const target of targets) this.#send(target, message, intruder.signature, [1]);
        return;
      case 'malformed':
        for (const target of targets) this.#send(target, cutShort(message), 'valid', [1]);
        return;
      case 'unknown-type': {
        const eventType = `${source.eventType}Preview`;
        const unknown = eventMessage({ ...source, eventType }, this.#desk.random);
        // Whether a filter is anchored is documented nowhere: here it is not.
        const open = targets.filter(({ filter }) => new RegExp(filter).test(eventType));
        for (const target of open) this.#send(target, unknown, 'valid', [1]);
      }
    }
  }

  #send(target: Subscription, message: EventMessage, signature: SignatureKind, strands: number[]): void {
    const publishedAt = this.#desk.now().getTime();
    const deliveries = strands.map((copies): Delivery => ({
      ...message,
      subscriptionId: target.id,
      signature,
      copiesLeft: copies,
      attempts: 0,
      publishedAt,
      dueAt: publishedAt + this.#lagMs,
      order: this.#desk.random(),
    }));
    this.state.counters.duplicates += strands.reduce((sum, copies) => sum + copies, 0) - 1;
    this.#queue.add(deliveries);
  }

  #published(): void {
    this.state.counters.published += 1;
    this.#desk.changed();
  }

  #signingKeys(): SigningKeys {
    if (this.state.keys === undefined) {
      this.state.keys = newSigningKeys();
      this.#desk.changed();
    }
    return this.state.keys;
  }
}

/** The strict reading: who relies on an unanchored search gets nothing. */
function matchesWhole(filter: string, eventType: string): boolean {
  return new RegExp(`^(?:${filter})$`).test(eventType);
}
