import type { Journal, Violation } from '../harness/types.js';

const forgivenMs = 3_000;

/**
 * Violations without those repeats that a kill excuses: the answer to the first call left at most three seconds before a
 * reported kill, so the killed worker may not have saved it.
 */
export function unforgivenViolations(journal: Pick<Journal, 'violations' | 'kills'>): {
  violations: Violation[];
  forgiven: number;
} {
  const kills = journal.kills.map((at) => new Date(at).getTime());
  const violations = journal.violations.filter(({ firstAnsweredAt }) => {
    if (firstAnsweredAt === undefined) return true;
    const answeredAt = new Date(firstAnsweredAt).getTime();
    return !kills.some((kill) => kill >= answeredAt && kill <= answeredAt + forgivenMs);
  });
  return { violations, forgiven: journal.violations.length - violations.length };
}
