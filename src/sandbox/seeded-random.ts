/** A small pseudo-random generator: the same seed gives the same documents on every machine. */
export interface SeededRandom {
  /** Whole number, both bounds included. */
  between(low: number, high: number): number;
  chance(percent: number): boolean;
  pick<const A extends readonly [unknown, ...unknown[]]>(items: A): A[number];
  /** Lower-case hex characters. */
  hex(length: number): string;
}

/** Mulberry32: 32 bits of state, enough for test data, never for secrets. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const between = (low: number, high: number): number => low + (next() % (high - low + 1));
  return {
    between,
    chance: (percent) => between(0, 9_999) < percent * 100,
    pick: (items) => items[between(0, items.length - 1)] ?? items[0],
    hex: (length) => Array.from({ length }, () => (next() >>> 28).toString(16)).join(''),
  };
}
