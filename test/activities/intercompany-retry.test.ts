import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDocumentActivities } from '../../src/activities/documents.js';
import { createErpActivities } from '../../src/activities/erp.js';
import type { CompanyMapping, MappingRules } from '../../src/contracts/mapping-rules.js';
import type { OpenSpan } from '../../src/contracts/posting-periods.js';
import { reachStage } from '../../src/store/document-store.js';
import { readErpDocuments } from '../../src/store/erp-document-store.js';
import { changed, foMapping } from '../unit/mapping-fixtures.js';
import { systemId } from './fake-concur.js';
import { useLeaving } from './leaving-stage.js';
import { discover, documentDependencies } from './stage.js';

const at = useLeaving();

const home = { erp: 'fo-test', company: 'demf' };
const abroad = { erp: 'fo-test', company: 'frrt' };
const accounts = (partner: typeof home) => [{ partner, dueFrom: '139000', dueTo: '239000' }];
const companies: CompanyMapping[] = [
  { ...foMapping, intercompany: accounts(abroad) },
  {
    ...foMapping,
    ...abroad,
    journalNames: { ...foMapping.journalNames, general: 'CNQRIC' },
    intercompany: accounts(home),
  },
];
const rules: MappingRules = {
  version: 'test',
  legalEntity: [{ path: 'expenseEntry.allocation.allocationCustom1Code', codes: { 'BU-10': home, 'BU-20': abroad } }],
  payingEntity: [{ path: 'report.ledgerCode', codes: { DE01: home } }],
  companies,
};

test('B37, B10: a period that closes after one part is posted does not hold up the part of another company', async () => {
  const text = changed('expense-split-with-tax', ['A1B2C3D4E5F6A7B8C9D0', 'REPORT closes']);
  const document = await discover(at.stage.db, 'closes', 'expense-split-with-tax', text);
  at.concur.holds(document, 'ACKNOWLEDGED', { erpSystemId: systemId });
  await reachStage(at.stage.db, document.id, 'acknowledged', { acknowledged: true });
  const inStore = createDocumentActivities(documentDependencies(at.stage, { rules }));
  const plan = await at.run(() => inStore.planErpDocuments({ documentId: document.id }));
  assert.deepEqual(plan.status === 'done' ? plan.parts.map(({ company }) => company) : plan, ['frrt', 'demf']);
  const spans: Record<string, OpenSpan[]> = { demf: [{}], frrt: [{}] };
  const given = at.erp.dependencies(at.stage);
  const inErp = createErpActivities({
    ...given,
    port: { ...given.port, readOpenSpans: (company: string) => Promise.resolve(spans[company]) },
  });
  const check = () => at.run(() => inErp.checkMasterDataInErp({ documentId: document.id }));
  assert.equal((await check()).status, 'done');
  at.erp.postAtOnce();
  await at.run(() => inErp.postToErp({ documentId: document.id, part: 2 }));
  assert.deepEqual(
    (await readErpDocuments(at.stage.db, document.id)).map(({ state }) => state),
    ['planned', 'posted'],
  );
  spans['frrt'] = [];
  assert.equal((await check()).status, 'done', 'what is posted is posted');
  spans['demf'] = [];
  const held = await check();
  assert.ok(held.status === 'hold' && held.hold.reason === 'period-closed');
  assert.ok(held.hold.message.includes('fo-test/demf') && !held.hold.message.includes('frrt'));
});
