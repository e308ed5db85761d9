import assert from 'node:assert/strict';
import { createVendorPlanActivities, createVendorReadActivities } from '../../src/activities/vendor-master.js';
import { defaultVendorSyncRules } from '../../src/contracts/vendor-master.js';
import type { ErpVendor, VendorPlan } from '../../src/contracts/vendor-master.js';
import { nextPendingChanges, recordChangeResult, vendorReport } from '../../src/store/vendor-master-store.js';
import { readingOf } from '../unit/vendor-master-fixtures.js';
import type { FakeErp } from './fake-erp.js';
import type { Stage } from './stage.js';
import { inActivity } from './stage.js';

export const concur = 'acme';
export const erpName = 'fo-test';

/** A company of one test's own, synced with Concur run by run. */
export function vendorCompany({ stage, erp }: { stage: Stage; erp: FakeErp }, name: string, connection = concur) {
  let runs = 0;
  const section = { concur: connection, rules: defaultVendorSyncRules };
  const plans = createVendorPlanActivities({ ...stage, vendorSync: { [`${erpName}/${name}`]: section } });
  const reads = createVendorReadActivities(erp.dependencies(stage));
  const inputOf = (run: string) => ({ erp: erpName, company: name, run });
  const plan = (run: string, given: { dryRun?: boolean; force?: boolean; by?: string } = {}): Promise<VendorPlan> =>
    inActivity(() =>
      plans.planVendorSync({ ...inputOf(run), concur: connection, dryRun: false, force: false, ...given }),
    );
  const read = (run: string, ...vendors: ErpVendor[]) => {
    erp.vendors.set(name, readingOf(...vendors));
    return inActivity(() => reads.readVendorMaster(inputOf(run)));
  };
  return {
    name,
    read,
    plan,
    report: () => vendorReport(stage.db, connection, erpName, name),
    /** Reads and plans a run. */
    async run(vendors: ErpVendor[], given: Parameters<typeof plan>[1] = {}) {
      const run = `${connection}/${name}/${(runs += 1)}`;
      await read(run, ...vendors);
      return { run, plan: await plan(run, given) };
    },
  };
}

/** Concur takes everything that a run has to write. */
export async function takeAllChanges({ db }: Stage, run: string): Promise<string[]> {
  const told = [];
  for (const { kind, account } of await nextPendingChanges(db, run, 500)) {
    assert.equal(await recordChangeResult(db, run, account, { state: 'done' }), true);
    told.push(`${kind} ${account}`);
  }
  return told;
}
