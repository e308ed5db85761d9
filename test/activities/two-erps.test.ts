import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createConcurActivities } from '../../src/activities/concur.js';
import { createDocumentActivities } from '../../src/activities/documents.js';
import { createErpActivities } from '../../src/activities/erp.js';
import type { MappingRules } from '../../src/contracts/mapping-rules.js';
import { erpQueue } from '../../src/contracts/task-queues.js';
import type { StoredDocument } from '../../src/store/document-store.js';
import { bcMapping, changed, foMapping } from '../unit/mapping-fixtures.js';
import { fakeConcur, systemId } from './fake-concur.js';
import { fakeErp } from './fake-erp.js';
import type { Stage } from './stage.js';
import { discover, inActivity, onlyRow, openStage, documentDependencies } from './stage.js';

let stage: Stage;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());

const bc = {
  ...bcMapping,
  accounts: { ...bcMapping.accounts, byCode: { 6100: '8100', 6110: '8110', 6140: '8140', 1910: '1910' } },
};
const fo = { erp: foMapping.erp, company: foMapping.company };
const targets = { DE01: fo, US01: { erp: bc.erp, company: bc.company } };
/** One Concur company, whose ledger code says which of the two ERPs a report belongs to. */
const rules: MappingRules = {
  version: 'test',
  legalEntity: [{ path: 'report.ledgerCode', codes: targets }],
  companies: [foMapping, bc],
};

test('S129: one Concur company feeds F&O for one legal entity and Business Central for another, each by its own rules', async () => {
  const concur = fakeConcur();
  const erps = { [fo.erp]: fakeErp(), [bc.erp]: fakeErp() };
  const plans = createDocumentActivities(documentDependencies(stage, { rules }));
  const posted = new Map<string, Awaited<ReturnType<typeof onlyRow>>>();

  for (const ledger of Object.keys(targets)) {
    const text = changed(
      'expense-split-with-tax',
      ['A1B2C3D4E5F6A7B8C9D0', `REPORT ${ledger}`],
      ['"DE01"', `"${ledger}"`],
    );
    const document: StoredDocument = await discover(stage.db, ledger, 'expense-split-with-tax', text);
    concur.holds(document);
    const step = { documentId: document.id };
    const inConcur = createConcurActivities(concur.dependencies(stage));
    await inActivity(() => inConcur.acknowledgeInConcur(step));
    const plan = await inActivity(() => plans.planErpDocuments(step));
    assert.ok(plan.status === 'done', JSON.stringify(plan));
    const erp = erps[plan.erp];
    assert.ok(erp);
    erp.postAtOnce();
    const dependencies = erp.dependencies(stage);
    const inErp = createErpActivities({ ...dependencies, port: { ...dependencies.port, name: plan.erp } });
    assert.equal((await inActivity(() => inErp.postToErp({ ...step, part: 1 }))).status, 'done');
    const told = await inActivity(() => inConcur.confirmPostingInConcur(step));
    assert.ok(told.status === 'done' && told.posted);
    assert.deepEqual(
      told.erpDocuments.map(({ company }) => company),
      [plan.company],
    );
    assert.equal(concur.documents.get(document.fiId)?.erpSystemId, systemId);
    posted.set(ledger, await onlyRow(stage.db, document.id));
  }

  const [inFo, inBc] = [posted.get('DE01')?.document, posted.get('US01')?.document];
  assert.deepEqual([inFo?.route, inFo?.erp, inFo?.company], ['fo-general-journal', fo.erp, fo.company]);
  assert.deepEqual([inBc?.route, inBc?.erp, inBc?.company], ['bc-general-journal', bc.erp, bc.company]);
  for (const { journals } of Object.values(erps)) assert.equal(journals.size, 1, 'each ERP holds its own and no other');
  assert.ok(JSON.stringify(inFo).includes('"610000"') && !JSON.stringify(inFo).includes('"8100"'));
  assert.ok(JSON.stringify(inBc).includes('"8100"') && !JSON.stringify(inBc).includes('"610000"'));
  assert.notEqual(erpQueue('', fo.erp), erpQueue('', bc.erp), 'each has limits of its own');
});
