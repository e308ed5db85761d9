import type { VendorSyncOutcome } from '../contracts/vendor-master.js';
import { clearAlertCause } from '../store/alert-store.js';
import type { SharedDependencies } from './dependencies.js';
import { alert, runUnattended } from './run-step.js';

/** The part of the vendor sync that tells people; on the queue `documents`. */
export function createVendorOutcomeActivities(deps: SharedDependencies) {
  return {
    /** Alerts where a run was held back, or left vendors that cannot be told; ends what an earlier run had alerted. */
    async reportVendorSync(outcome: VendorSyncOutcome): Promise<object> {
      const { concur, erp, company, result } = outcome;
      return runUnattended(deps, `${erp}/${company}`, async () => {
        const { heldBack, refused } = result;
        const place = `${concur}: ${erp}/${company}`;
        const look = 'Each vendor stands in `concur-dynamics vendors report`.';
        await raiseOrClear(
          `vendor-sync-held-back: ${place}`,
          heldBack && `The vendors of ${erp}/${company} are not told to Concur company ${concur}. ${heldBack} ${look}`,
        );
        // What a run that was held back refuses is only part of the truth.
        if (heldBack !== undefined) return {};
        await raiseOrClear(
          `vendors-not-told: ${place}`,
          refused > 0
            ? `${refused} vendors of ${erp}/${company} are not, or not rightly, in Concur company ${concur}. ${look}`
            : undefined,
        );
        return {};
      });
    },
  };

  async function raiseOrClear(cause: string, message: string | undefined): Promise<void> {
    if (message === undefined) await clearAlertCause(deps.db, cause);
    else await alert(deps, cause, message, undefined);
  }
}
