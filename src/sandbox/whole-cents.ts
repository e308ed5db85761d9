import type { SeededRandom } from './seeded-random.js';

/** `cents × part ÷ whole` rounded half up, exact; cents are whole numbers and not negative. */
export function shareOf(cents: number, part: number, whole: number): number {
  const doubled = (BigInt(cents) * BigInt(part) * 2n) / BigInt(whole);
  return Number((doubled + 1n) / 2n);
}

/**
 * The JSON number of an amount in smallest units: written as digits, so that no arithmetic happens on a float.
 * @param decimals digits after the point of its currency
 */
export function jsonAmount(cents: number, decimals: 0 | 2 | 3 = 2): number {
  const digits = String(Math.abs(cents)).padStart(decimals + 1, '0');
  const point = digits.length - decimals;
  return Number(`${cents < 0 ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`);
}

const splits = [[100_00], [60_00, 40_00], [33_33, 33_33, 33_34], [25_00, 25_00, 50_00]] as const;

/** Splits an amount by percentages (in hundredths); the last share takes the rounding remainder. */
export function splitCents(random: SeededRandom, cents: number): { percent: number; cents: number }[] {
  return splitBy(random.chance(70) ? splits[0] : random.pick(splits), cents);
}

/** Splits an amount by the given percentages (in hundredths); the last share takes the rounding remainder. */
export function splitBy(parts: readonly number[], cents: number): { percent: number; cents: number }[] {
  let rest = cents;
  return parts.map((part, index) => {
    const share = index === parts.length - 1 ? rest : shareOf(cents, part, 100_00);
    rest -= share;
    return { percent: jsonAmount(part), cents: share };
  });
}
