import { setMaxListeners } from 'node:events';
import { ExternalSystemError } from '../../clients/http/errors.js';
import { SettingsError } from '../../config/settings-error.js';
import { Unreachable } from '../failure.js';

/** How grave a finding is; only `fail` makes the doctor fail. */
export type Verdict = 'ok' | 'warn' | 'fail';

/** What one check has brought to light, in sentences for people. Never a secret, a token or data of the company. */
export interface Finding {
  /** What was checked. */
  check: string;
  status: Verdict;
  found: string;
  /** What people miss because of it. */
  switchesOff?: string;
  /** What to do. */
  remedy?: string;
}

/** Findings about the installation as a whole, or about one connection. */
export interface AreaReport {
  area: string;
  findings: Finding[];
}

type Advice = Pick<Finding, 'switchesOff' | 'remedy'>;

export const ok = (check: string, found: string): Finding => ({ check, status: 'ok', found });
export const warn = (check: string, found: string, advice: Advice = {}): Finding => ({
  check,
  status: 'warn',
  found,
  ...advice,
});
export const fail = (check: string, found: string, advice: Advice = {}): Finding => ({
  check,
  status: 'fail',
  found,
  ...advice,
});

/** Milliseconds that one check may take (B7): a service that hangs must not hide what the others say. */
export const checkLimitMs = 20_000;

/**
 * Runs one check by itself: whatever it throws, and no end within the limit, becomes a finding, so that the other checks go
 * on. Work that heeds the signal ends with the limit, other work is left behind.
 */
export async function examine(
  check: string,
  work: (signal: AbortSignal) => Promise<Finding | Finding[]>,
  limitMs = checkLimitMs,
): Promise<Finding[]> {
  const controller = new AbortController();
  // The calls of one check all heed this signal: many listeners are no leak here.
  setMaxListeners(0, controller.signal);
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<Finding[]>((resolve) => {
    timer = setTimeout(() => {
      resolve([fail(check, `No answer came within ${Math.ceil(limitMs / 1_000)} s.`)]);
      controller.abort();
    }, limitMs);
  });
  try {
    return await Promise.race([findingsOf(check, work(controller.signal)), limit]);
  } finally {
    clearTimeout(timer);
  }
}

const findingsOf = (check: string, work: Promise<Finding | Finding[]>): Promise<Finding[]> =>
  work.then(
    (found) => [found].flat(),
    (error: unknown) => [fail(check, reasonOf(error))],
  );

/** A failure in words that are safe to publish: texts of drivers and libraries name hosts, users and values. */
export function reasonOf(error: unknown): string {
  if (error instanceof ExternalSystemError || error instanceof Unreachable || error instanceof SettingsError) {
    return error.message;
  }
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (!(error instanceof Error)) return 'It failed for an unknown reason.';
  const code: unknown = Reflect.get(error, 'code');
  const detail = typeof code === 'string' || typeof code === 'number' ? `, code ${code}` : '';
  return `It failed (${error.name}${detail}).`;
}
