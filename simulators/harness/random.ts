/** Deterministic numbers whose position can be saved, so that a restarted simulator does not repeat ids and faults. */
export interface RandomStream {
  /** Next number in [0, 1). */
  next: () => number;
  /** Unsigned 32-bit position; `randomStream(position())` goes on from here. */
  position: () => number;
}

/** Mulberry32: small, fast, good enough for faults and made-up ids. */
export function randomStream(position: number): RandomStream {
  let state = position >>> 0;
  return {
    next: () => {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
    },
    position: () => state,
  };
}

/** 32-bit hash (FNV-1a) for orders and seeds that depend on a name only. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  return hash >>> 0;
}

/** A new array in random order. */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const keyed = items.map((item) => ({ item, order: random() }));
  return keyed.sort((left, right) => left.order - right.order).map(({ item }) => item);
}
