import type { Journal } from '../harness/types.js';

/** Changes of which Business Central tells nobody at the end although the connector wants to know of them, as sentences. */
export function findDeadSubscriptions({
  subscriptions = [],
  wantedSubscriptions = [],
}: Pick<Journal, 'subscriptions' | 'wantedSubscriptions'>): string[] {
  return wantedSubscriptions
    .filter((wanted) => !subscriptions.some(({ company, set }) => company === wanted.company && set === wanted.set))
    .map(({ company, set }) => `bc/${company}: nobody is told any more when ${set} change.`);
}
