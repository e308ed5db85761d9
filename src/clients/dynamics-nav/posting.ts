import type { ErpWriteContext } from '../../contracts/erp-port.js';
import type { BcCompany } from './options.js';
import type { BcParts } from './parts.js';

/** Longer than the server's own 8 minutes, so that the server decides (NAV spec 5). */
const postTimeoutMs = 540_000;
const heartbeatMs = 10_000;
const defaultProveTries = 10;
const defaultProveWaitMs = 30_000;

/** Runs the work under the company's posting lease: parallel posts deadlock (NAV spec 5). */
export function alone<T>(company: BcCompany, work: () => Promise<T>): Promise<T> {
  const { postingLease } = company.settings;
  return postingLease === undefined ? work() : postingLease(work);
}

/**
 * Calls the bound action `post`: empty body, 204, irreversible. Its answer proves nothing either way (NAV spec trap 6).
 * @param path the record, for example `companies(…)/journals(…)`
 */
export async function callPost(
  { odata }: BcParts,
  operation: string,
  path: string,
  { signal, heartbeat }: ErpWriteContext,
): Promise<void> {
  heartbeat();
  const beating = setInterval(heartbeat, heartbeatMs);
  try {
    await odata.act('POST', { operation, path: `${path}/Microsoft.NAV.post`, timeoutMs: postTimeoutMs, signal });
  } finally {
    clearInterval(beating);
  }
  heartbeat();
}

/** Asks until there is an answer or the tries are used up; a company may post by job queue (NAV spec 10, step 8). */
export async function askRepeatedly<T>(
  { clock }: BcParts,
  { settings }: BcCompany,
  { signal, heartbeat }: ErpWriteContext,
  ask: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const tries = settings.proveTries ?? defaultProveTries;
  for (let attempt = 1; ; attempt += 1) {
    const answer = await ask();
    if (answer !== undefined || attempt >= tries) return answer;
    await clock.sleep(settings.proveWaitMs ?? defaultProveWaitMs, signal);
    heartbeat();
  }
}
