import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { alert } from '../../src/activities/run-step.js';
import { openAlerts } from '../../src/store/alert-store.js';
import { documentsWaitingFor, setVendorWaits, waitedVendors } from '../../src/store/vendor-store.js';
import { vendor } from '../unit/vendor-master-fixtures.js';
import { fakeErp } from './fake-erp.js';
import type { Stage } from './stage.js';
import { discover, openStage } from './stage.js';
import { erpName, takeAllChanges, vendorCompany } from './vendor-stage.js';

let stage: Stage;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());

test('S15, C9: each side sees the change of the other once: what Concur asks for is proposed to a person, and nothing bounces back', async () => {
  const erp = fakeErp();
  const at = vendorCompany({ stage, erp }, 'both ways');
  const first = await at.run([vendor('A')]);
  assert.deepEqual(await takeAllChanges(stage, first.run), ['create A']);

  // Concur → ERP: documents name a vendor that the ERP does not know. One work item, however many ask.
  const vendorKey = `${erpName}/both ways/supplier/N`;
  const asking = [await discover(stage.db, 'asks first'), await discover(stage.db, 'asks second')];
  for (const { id } of asking) {
    await setVendorWaits(stage.db, id, [{ vendorKey, vendorAccount: 'N' }]);
    await alert(stage, `vendor-missing: ${vendorKey}`, 'Vendor N does not exist in both ways.', id);
  }
  const [proposal, ...others] = (await openAlerts(stage.db)).filter(({ cause }) => cause.includes(vendorKey));
  assert.deepEqual([proposal?.documentIds.length, others.length], [2, 0]);
  const waited = await waitedVendors(stage.db, erpName, 'both ways');
  assert.deepEqual(waited, [{ vendorKey, vendorAccount: 'N' }]);
  assert.deepEqual((await documentsWaitingFor(stage.db, [vendorKey])).sort(), asking.map(({ id }) => id).sort());

  // A person creates it there. ERP → Concur: told once, with the change of another one, and nothing comes back from it.
  const second = await at.run([vendor('A', { city: 'Husum' }), vendor('N')]);
  assert.deepEqual(await takeAllChanges(stage, second.run), ['update A', 'create N']);
  const third = await at.run([vendor('A', { city: 'Husum' }), vendor('N')]);
  assert.deepEqual([third.plan.unchanged, third.plan.pending], [2, 0]);
  assert.equal(erp.vendors.get('both ways')?.vendors.length, 2, 'the sync has created nothing in the ERP');
});
