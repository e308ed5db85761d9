/** Wait after a 429 that names none (`dynamics-finance-operations.md` 3). */
export const DEFAULT_RETRY_AFTER_MS = 30_000;

/** Shortest wait ever told: services send `Retry-After: 0` and dates in the past (`concur-platform.md` 6, trap 29). */
export const MINIMUM_RETRY_AFTER_MS = 1_000;

/** A day is longer than any service means; a connection may not be paused for ever by one header. */
const MAXIMUM_RETRY_AFTER_MS = 24 * 60 * 60 * 1_000;

/**
 * Reads a Retry-After value, as seconds or as an HTTP date, into milliseconds to wait from `now`. Zero and past dates
 * give one second; an absent or unreadable value gives undefined. The wait is never shorter than told (S44),
 * up to a day.
 */
export function parseRetryAfter(value: string | undefined, now: Date): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return bounded(Math.ceil(Number(text) * 1_000));
  // Every HTTP date form begins with the name of a day; Date.parse alone would also take "-5" for a date.
  if (!/^[A-Za-z]{3,9},? /.test(text)) return undefined;
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? undefined : bounded(instant - now.getTime());
}

function bounded(waitMs: number): number {
  return Math.min(Math.max(waitMs, MINIMUM_RETRY_AFTER_MS), MAXIMUM_RETRY_AFTER_MS);
}
