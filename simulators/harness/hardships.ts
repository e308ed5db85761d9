import type { RemoteWrite, SystemName } from './types.js';

/** What a brutal ERP does to its callers besides chance: every write loses its first answer, and 429s come in bursts. */
export interface ErpHardship {
  /** Operations that do much at once, and are hit harder. */
  large: RegExp;
  /** Share of these that fail before anything is done. */
  failure: number;
  /** Share of the lost answers of these that are a 5xx after the commit; all others end with a broken connection. */
  lostTo5xx: number;
  /** A gateway before the service answers 504, also where nothing was done. */
  hasGateway: boolean;
}

/** The ERPs that are hard to their callers; Concur and Entra ID have troubles of their own. */
export const erpHardships: Partial<Record<SystemName, ErpHardship>> = {
  fo: { large: /^batch$/, failure: 0.1, lostTo5xx: 0.5, hasGateway: false },
  bc: { large: /^batch$|\.post$/, failure: 0.05, lostTo5xx: 0.25, hasGateway: true },
  nav: { large: /^ConcurConnector\./, failure: 0.05, lostTo5xx: 0.25, hasGateway: true },
};

/** Requests that a burst of throttling refuses after its first one, at least and at most. */
const burst = { least: 3, most: 8 };
/** A burst is over after this time at the latest: a client that waits has not to wait for each refusal anew. */
const burstMs = 1_500;

/** A web server that is busy for a while: one 429 is followed by more of them, whoever asks (F&O spec 3, NAV spec 5). */
export class ThrottleBurst {
  #left = 0;
  #endsAt = 0;

  /** Begins a burst; `chance` in [0, 1) tells how long. */
  begin(now: Date, chance: number): void {
    this.#left = burst.least + Math.floor(chance * (burst.most - burst.least + 1));
    this.#endsAt = now.getTime() + burstMs;
  }

  /** True if the request of this moment is refused as well. */
  goesOn(now: Date): boolean {
    if (this.#left === 0 || now.getTime() >= this.#endsAt) return false;
    this.#left -= 1;
    return true;
  }
}

/** Lets the first answer to every write that was done get lost: nobody is told that it was, until he looks. */
export class LostAnswers {
  readonly #lost = new Set<string>();

  /** True if the request did something for the first time. Repeats and refusals are answered. */
  loses(writes: readonly Pick<RemoteWrite, 'operation' | 'key' | 'outcome'>[]): boolean {
    const fresh = writes
      .filter(({ outcome }) => outcome === 'applied')
      .map(({ operation, key }) => `${operation}\n${key}`)
      .filter((name) => !this.#lost.has(name));
    for (const name of fresh) this.#lost.add(name);
    return fresh.length > 0;
  }
}
