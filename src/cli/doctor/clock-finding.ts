import type { Finding } from './findings.js';
import { fail, ok, warn } from './findings.js';

const warnMs = 60_000;
const failMs = 5 * 60_000;

/**
 * Compares our clock with the dates of a service's answers: tokens are renewed by our clock, and certificates are judged by it.
 * @param aheadMs how far the clock of the service was ahead of ours with each answer; the smallest difference counts, since the
 * others hold waiting times
 */
export function clockFinding(aheadMs: readonly number[], service = 'Concur'): Finding {
  const check = 'clock';
  const [first] = aheadMs;
  if (first === undefined) return ok(check, `Not compared: no answer of ${service} has told its time.`);
  const nearest = aheadMs.reduce((best, each) => (Math.abs(each) < Math.abs(best) ? each : best), first);
  const seconds = Math.round(Math.abs(nearest) / 1_000);
  if (seconds * 1_000 <= warnMs) return ok(check, `The clocks of this machine and of ${service} agree to the minute.`);
  const found = `This machine is ${seconds} s ${nearest > 0 ? 'behind' : 'ahead of'} ${service}.`;
  const advice = {
    switchesOff: 'tokens are renewed too early or too late, and days of documents may be wrong around midnight',
    remedy: 'Have the clock of this machine, and of all workers, set by NTP.',
  };
  return Math.abs(nearest) > failMs ? fail(check, found, advice) : warn(check, found, advice);
}
