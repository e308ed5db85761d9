import { setTimeout as delay } from 'node:timers/promises';

/**
 * Asks again until the answer is not `undefined`, and returns that answer.
 *
 * @param limitMs - after this time `onLimit` makes the error that is thrown
 */
export const waitUntil = async <T>(
  ask: () => T | undefined | Promise<T | undefined>,
  options: { limitMs: number; everyMs?: number; onLimit: () => Error },
): Promise<T> => {
  const deadline = Date.now() + options.limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() >= deadline) throw options.onLimit();
    await delay(options.everyMs ?? 100);
  }
};
