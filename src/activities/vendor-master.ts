import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { Rejected } from '../clients/http/errors.js';
import type {
  PlanVendorSyncInput,
  ReadVendorMasterInput,
  VendorPlan,
  VendorSyncRules,
} from '../contracts/vendor-master.js';
import { heldBackBecause } from '../mapping/vendor-master/change-cap.js';
import { compareVendors } from '../mapping/vendor-master/compare-vendors.js';
import { planVendorRun } from '../store/vendor-plan-store.js';
import { beginVendorReading, offeredAccounts, storeVendorReading } from '../store/vendor-reading-store.js';
import type { ErpDependencies, VendorPlanDependencies } from './dependencies.js';
import { runUnattended } from './run-step.js';

/** The part of the vendor sync that asks the ERP; on its queue. */
export function createVendorReadActivities(deps: ErpDependencies) {
  const { db, port } = deps;
  return {
    /**
     * Reads all vendors of one company and stores them under the run, in place of what an earlier attempt has stored. A read that
     * is not complete stores nothing: from a part, nobody may conclude that a vendor is gone (F&O spec 11). What Concur offers and
     * the ERP does not show is asked for once more, since it would be blocked.
     */
    async readVendorMaster(input: ReadVendorMasterInput): Promise<{ read: number; unreadable: number }> {
      return runUnattended(deps, `${port.name}/${input.company}`, async () => {
        const begunAt = await beginVendorReading(db);
        const offered = await offeredAccounts(db, input);
        const reading = await port.readVendors(input.company, cancellationSignal(), heartbeat, offered);
        await storeVendorReading(db, input, reading, begunAt);
        return { read: reading.vendors.length, unreadable: reading.unreadable.length };
      });
    },
  };
}

/** The part of the vendor sync that decides; on the queue `documents`. */
export function createVendorPlanActivities(deps: VendorPlanDependencies) {
  return {
    /**
     * Compares what was read in the run with what Concur was last told, and stores what has to change; calls nobody. A run that is
     * planned keeps its plan. Dry runs and runs that would change too much are held back: their changes are only shown.
     */
    async planVendorSync(input: PlanVendorSyncInput): Promise<VendorPlan> {
      const { erp, company } = input;
      return runUnattended(deps, `${erp}/${company}`, async () => {
        const rules = rulesOf(deps, input);
        return planVendorRun(deps.db, input, (known) => {
          const comparison = compareVendors({ ...known, company, rules });
          const heldBack = heldBackBecause(input, comparison.tooMany);
          return { ...comparison, ...(heldBack === undefined ? {} : { heldBack }) };
        });
      });
    },
  };
}

function rulesOf(
  { vendorSync }: VendorPlanDependencies,
  { concur, erp, company }: PlanVendorSyncInput,
): VendorSyncRules {
  const section = vendorSync[`${erp}/${company}`];
  if (section?.concur === concur) return section.rules;
  throw new Rejected(
    `The connections file does not say that Concur connection ${concur} is told of the vendors of ${company} in ${erp}.`,
    { system: 'connector', operation: 'vendors.plan' },
    'vendor-sync-off',
  );
}
