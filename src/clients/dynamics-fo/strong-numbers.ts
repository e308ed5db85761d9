import { createHash } from 'node:crypto';

/** How often another number is derived when the chosen one belongs to somebody else's journal. */
const SALTS = 4;
const DIGITS = 8;

/**
 * The journal numbers that a document may take in strong mode, in order of preference: the planned one, then numbers
 * with the same prefix and a salted hash of the key seed (F&O spec 10). Always the same for the same document.
 */
export function candidateNumbers(planned: string, keySeed: string): string[] {
  const prefix = planned.slice(0, Math.max(planned.length - DIGITS, 0));
  const salted = Array.from({ length: SALTS - 1 }, (_, index) => {
    const hash = createHash('sha256')
      .update(`${keySeed}/${index + 1}`)
      .digest();
    const digits = (hash.readBigUInt64BE() % 36n ** BigInt(DIGITS)).toString(36).padStart(DIGITS, '0');
    return `${prefix}${digits.toUpperCase()}`;
  });
  return [planned, ...salted];
}
