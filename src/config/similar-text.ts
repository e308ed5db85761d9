/** Words without case, accents and punctuation. */
function plainWords(text: string): string[] {
  const plain = text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  return plain.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
}

function pairsOf(words: string[]): string[] {
  return words.flatMap((word) => {
    const padded = ` ${word} `;
    return Array.from({ length: padded.length - 1 }, (_, index) => padded.slice(index, index + 2));
  });
}

/**
 * How alike two names are, from 0 to 1: the share of pairs of letters that both have (Dice). The order of words, accents, case
 * and punctuation do not count, so that `Müller, Anna` is `Anna Mueller` in part and `Anna Müller` in full.
 */
export function similarity(left: string, right: string): number {
  const [ours, theirs] = [pairsOf(plainWords(left)), pairsOf(plainWords(right))];
  if (ours.length === 0 || theirs.length === 0) return 0;
  const rest = new Map<string, number>();
  for (const pair of theirs) rest.set(pair, (rest.get(pair) ?? 0) + 1);
  let shared = 0;
  for (const pair of ours) {
    const left = rest.get(pair) ?? 0;
    if (left === 0) continue;
    rest.set(pair, left - 1);
    shared += 1;
  }
  return (2 * shared) / (ours.length + theirs.length);
}

/** The most alike of many, best first; those below `least` are left out. Equal ones keep their order. */
export function mostSimilar<T>(
  name: string,
  candidates: readonly T[],
  nameOf: (candidate: T) => string,
  { least = 0.6, limit = 3 }: { least?: number; limit?: number } = {},
): { candidate: T; similarity: number }[] {
  return candidates
    .map((candidate) => ({ candidate, similarity: similarity(name, nameOf(candidate)) }))
    .filter((each) => each.similarity >= least)
    .sort((one, other) => other.similarity - one.similarity)
    .slice(0, limit);
}

/** A hint at the name that was probably meant; empty where none is near. */
export function didYouMean(name: string, known: readonly string[]): string {
  const [best] = mostSimilar(name, known, (each) => each, { least: 0.5, limit: 1 });
  return best === undefined ? '' : `did you mean ${best.candidate}?`;
}
