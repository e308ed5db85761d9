/** Remembers good answers for a short time; what is missing or blocked is asked again every time. */
export interface PositiveCache {
  has(key: string): boolean;
  add(key: string): void;
}

/** Bounds the memory of a long-running worker; far more codes than one company uses in a minute. */
const MAX_ENTRIES = 20_000;

/** Makes a cache whose entries live for `ttlMs`. */
export function createPositiveCache(ttlMs: number, now: () => number): PositiveCache {
  const until = new Map<string, number>();
  return {
    has: (key) => (until.get(key) ?? 0) > now(),
    add(key) {
      if (until.size >= MAX_ENTRIES) until.clear();
      until.set(key, now() + ttlMs);
    },
  };
}
