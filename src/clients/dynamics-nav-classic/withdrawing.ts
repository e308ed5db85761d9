import { ChangedMeanwhile, gone, type Gone } from '../dynamics-nav/withdrawing.js';
import { ContractViolation } from '../http/errors.js';
import type { NavRecord } from './odata.js';
import type { NavParts } from './parts.js';
import { isNavRefusal } from './refusals.js';

/**
 * DELETE under the etag of the look, so that a record that was changed or posted since then is left alone. One that is not there
 * counts as deleted. Throws `ChangedMeanwhile` for a stale etag, `Rejected` for a refusal.
 */
export async function removeUnder({ odata }: NavParts, call: NavRecord): Promise<Gone> {
  if (call.etag === '') {
    const facts = { system: odata.system, operation: call.operation };
    throw new ContractViolation('NAV gave no etag for a record that is to be deleted.', facts);
  }
  try {
    await odata.remove(call);
  } catch (error) {
    if (isNavRefusal(error, 'entity-changed'))
      throw new ChangedMeanwhile(error.message, { ...error.call, cause: error });
    if (!isNavRefusal(error, 'not-found')) throw error;
  }
  return gone;
}
