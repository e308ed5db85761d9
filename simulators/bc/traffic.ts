import { z } from 'zod';
import type { Operation, SimResponse } from '../harness/server.js';
import { errorBody, faultBody } from './errors.js';
import type { World } from './world.js';

const windowMs = 5 * 60_000;
/** Requests of one user at a time; more wait (section 5). */
const atOnce = 5;
/** Connections of one user, those that wait with them. */
const connections = 100;

/** What shapes the traffic of the one user. */
export const trafficSettingsSchema = z.strictObject({
  /** Requests in five minutes: 6,000 in reality. No limit unless given: a sandbox squeezes days into minutes. */
  requestLimit: z.int().min(1).optional(),
  /** How long a posting action takes, milliseconds; 0 unless given. */
  postingMs: z.int().min(0).optional(),
});

/** Settings of the traffic. */
export type TrafficSettings = z.output<typeof trafficSettingsSchema>;

/** One request under way. */
interface Visit {
  ended: boolean;
  running: boolean;
  /** Called when it is its turn. */
  start?: () => void;
}

/**
 * Limits of the user of the connector (section 5): requests in a sliding window, five at a time, the others in a queue; and
 * posting in one company, which locks number series and entry tables so that a second posting deadlocks.
 */
export class Traffic {
  readonly #world: World;
  settings: TrafficSettings;
  readonly #visits = new Set<Visit>();
  /** Postings under way, by company in the path. */
  readonly #postings = new Map<string, Visit>();
  #arrivals: number[] = [];
  /** Most requests that were under way together. */
  #peak = 0;

  constructor(world: World, settings: TrafficSettings) {
    this.#world = world;
    this.settings = settings;
  }

  /** Most requests that ran and waited together so far. */
  get peak(): number {
    return this.#peak;
  }

  /** The operation under these limits. `company` is the company of a posting action, undefined for everything else. */
  admitted(operation: Operation, company: string | undefined): Operation {
    const refusal = this.#refusal();
    if (refusal !== undefined) return { name: operation.name, kind: operation.kind, execute: () => refusal };
    const visit: Visit = { ended: false, running: false };
    return {
      ...operation,
      before: async () => {
        await this.#turn(visit);
        await operation.before?.();
        if (company !== undefined) await this.#beginPosting(company, visit);
      },
      execute: () =>
        company !== undefined && this.#isDeadlocked(company, visit)
          ? { status: 409, body: faultBody(409) }
          : operation.execute(),
      after: () => {
        this.#leave(visit);
        operation.after?.();
      },
    };
  }

  #refusal(): SimResponse | undefined {
    if (this.#visits.size >= connections) return tooMany(this.#visits.size + 1, connections, {});
    const limit = this.settings.requestLimit;
    if (limit === undefined) return undefined;
    const now = this.#world.nowMs();
    this.#arrivals = this.#arrivals.filter((at) => at > now - windowMs);
    const [oldest] = this.#arrivals;
    if (oldest !== undefined && this.#arrivals.length >= limit) {
      const seconds = Math.ceil((oldest + windowMs - now) / 1_000);
      return tooMany(this.#arrivals.length + 1, limit, { 'retry-after': String(seconds) });
    }
    this.#arrivals.push(now);
    return undefined;
  }

  async #turn(visit: Visit): Promise<void> {
    if (visit.ended) return;
    this.#visits.add(visit);
    this.#peak = Math.max(this.#peak, this.#visits.size);
    const running = [...this.#visits].filter((each) => each.running).length;
    if (running >= atOnce) await new Promise<void>((resolve) => (visit.start = resolve));
    visit.running = true;
  }

  #leave(visit: Visit): void {
    visit.ended = true;
    this.#visits.delete(visit);
    // One that waits for its turn and has gone needs none.
    visit.start?.();
    for (const [company, posting] of this.#postings) if (posting === visit) this.#postings.delete(company);
    const running = [...this.#visits].filter((each) => each.running).length;
    const next = [...this.#visits].find((each) => each.start !== undefined && !each.running);
    if (running < atOnce && next !== undefined) {
      next.running = true;
      next.start?.();
    }
  }

  async #beginPosting(company: string, visit: Visit): Promise<void> {
    if (visit.ended || this.#postings.has(company)) return;
    this.#postings.set(company, visit);
    const { postingMs = 0 } = this.settings;
    if (postingMs > 0) await new Promise((resolve) => setTimeout(resolve, postingMs));
  }

  #isDeadlocked(company: string, visit: Visit): boolean {
    const posting = this.#postings.get(company);
    return posting !== undefined && posting !== visit;
  }
}

function tooMany(actual: number, maximum: number, headers: Record<string, string>): SimResponse {
  const message = `Too many requests reached. Actual (${actual}). Maximum (${maximum}).`;
  return { status: 429, headers, body: errorBody('Application_TooManyRequests', message) };
}
