import { MINIMUM_RETRY_AFTER_MS } from './retry-after.js';

const CEILING_MS = 5 * 60_000;

/** Waits after refusals for load that name no wait of their own (S45). */
export interface Backoff {
  /** The wait from `now` for one more refusal. */
  next(now: Date): number;
  /** A call went through: the next refusal begins with the first wait again. */
  reset(): void;
}

/**
 * The first wait is `firstMs`; each refusal after a wait has passed doubles it and adds up to a fifth of jitter, to at
 * most five minutes (or `firstMs`, if longer). Refusals of parallel calls during a wait count once: they get its rest.
 */
export function createBackoff(firstMs: number): Backoff {
  const first = Math.max(firstMs, MINIMUM_RETRY_AFTER_MS);
  const ceiling = Math.max(first, CEILING_MS);
  let refusals = 0;
  let until = 0;
  return {
    next(now) {
      if (now.getTime() >= until) {
        const base = first * 2 ** Math.min(refusals, 20);
        const waitMs = refusals === 0 ? first : Math.round(Math.min(base * (1 + Math.random() / 5), ceiling));
        refusals += 1;
        until = now.getTime() + waitMs;
        return waitMs;
      }
      return Math.max(until - now.getTime(), MINIMUM_RETRY_AFTER_MS);
    },
    reset() {
      refusals = 0;
      until = 0;
    },
  };
}
