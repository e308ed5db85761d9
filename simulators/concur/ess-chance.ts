import type { FaultLevel } from '../harness/types.js';
import type { SignatureKind } from './ess-state.js';

/** Something that arrives besides the event itself: the same event badly signed, an event of a new type, or half of one. */
export type Intruder = { what: 'copy'; signature: SignatureKind } | { what: 'unknown-type' } | { what: 'malformed' };

const duplicateShare: Record<FaultLevel, number> = { none: 0, realistic: 0.1, brutal: 0.5 };
const intruders: readonly (readonly [share: number, Intruder])[] = [
  [0.05, { what: 'copy', signature: 'altered' }],
  [0.04, { what: 'copy', signature: 'garbage' }],
  [0.04, { what: 'copy', signature: 'retired' }],
  [0.04, { what: 'copy', signature: 'none' }],
  [0.05, { what: 'unknown-type' }],
  [0.05, { what: 'malformed' }],
];

/**
 * How often an event is delivered: strands run side by side, the copies of a strand one after another. `[1]` is once,
 * `[3, 2]` five times and two at once.
 */
export function strandsByChance(level: FaultLevel, random: () => number): number[] {
  if (duplicateShare[level] === 0 || random() >= duplicateShare[level]) return [1];
  if (random() < 0.5) return [1, 1];
  return level === 'brutal' ? [3, 2] : [2];
}

/** What arrives besides an event; only at the level `brutal`. */
export function intrudersByChance(level: FaultLevel, random: () => number): Intruder[] {
  if (level !== 'brutal') return [];
  return intruders.filter(([share]) => random() < share).map(([, intruder]) => intruder);
}

/** Splits so many copies into strands of nearly the same length. */
export function strandsOf(times: number, parallel: number): number[] {
  const strands = Math.min(times, parallel);
  return Array.from({ length: strands }, (_, index) => Math.floor((times + strands - 1 - index) / strands));
}
