import type { Withdrawal } from '../../contracts/erp-port.js';
import { ContractViolation, Rejected, Unavailable } from '../http/errors.js';
import type { BcWrite } from './odata.js';
import type { BcParts } from './parts.js';
import { isRefusal } from './refusals.js';

/** The record is no longer what the last look showed, and nothing was deleted: look again. */
export class ChangedMeanwhile extends Unavailable {}

/** What a guarded delete brings about. */
export interface Gone {
  gone: true;
}
export const gone: Gone = { gone: true };

/** How often records may change under our hands before the caller has to try again. */
const attempts = 3;

/** Runs a withdrawal again from its first look for as long as something moves meanwhile, a few times. */
export async function lookingAgain(withdraw: () => Promise<Withdrawal>): Promise<Withdrawal> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await withdraw();
    } catch (error) {
      if (!(error instanceof ChangedMeanwhile) || attempt === attempts) throw error;
    }
  }
}

/**
 * DELETE under the etag of the record that was looked at, so that one changed or posted since then is left alone (NAV spec 4,
 * 12). A record that is not there counts as deleted. Throws `ChangedMeanwhile` for a stale etag, `Rejected` for a refusal.
 */
export async function deleteUnder({ odata }: BcParts, etag: string, call: Omit<BcWrite, 'ifMatch'>): Promise<Gone> {
  try {
    await odata.act('DELETE', { ...call, ifMatch: etag });
  } catch (error) {
    if (isRefusal(error, 'entity-changed')) throw new ChangedMeanwhile(error.message, { ...error.call, cause: error });
    if (!isRefusal(error, 'not-found')) throw error;
  }
  return gone;
}

/** The etag of a record that may be deleted; throws `ContractViolation` where Business Central gave none. */
export function requiredEtag(
  { odata }: BcParts,
  record: { '@odata.etag'?: string | undefined },
  operation: string,
): string {
  const etag = record['@odata.etag'];
  if (etag !== undefined && etag !== '') return etag;
  throw new ContractViolation('Business Central gave no etag for a record that is to be deleted.', {
    system: odata.system,
    operation,
  });
}

/** The refusal that ended the deletes, if there was one: what is left is then asked, not concluded from it. */
export async function refusalIn(deletes: () => Promise<void>): Promise<Rejected | undefined> {
  try {
    await deletes();
    return undefined;
  } catch (error) {
    if (error instanceof Rejected) return error;
    throw error;
  }
}

export const blocked = (reason: string): Withdrawal => ({ state: 'blocked', reason });
