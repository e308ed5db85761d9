import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { ErpDependencies } from '../../src/activities/dependencies.js';
import { createDocumentActivities } from '../../src/activities/documents.js';
import { createErpActivities } from '../../src/activities/erp.js';
import { Rejected } from '../../src/clients/http/errors.js';
import type { ErpDocument } from '../../src/contracts/erp-documents.js';
import type { CompanyMapping, MappingRules } from '../../src/contracts/mapping-rules.js';
import { heldDocuments } from '../../src/store/erp-change-store.js';
import type { StoredDocument } from '../../src/store/document-store.js';
import { reachStage, readDocument } from '../../src/store/document-store.js';
import { markPostingSignalled, readErpDocuments, unsignalledPostings } from '../../src/store/erp-document-store.js';
import { documentsWaitingFor } from '../../src/store/vendor-store.js';
import { bcMapping, changed, foMapping } from '../unit/mapping-fixtures.js';
import { systemId } from './fake-concur.js';
import { fakeErp } from './fake-erp.js';
import { useLeaving } from './leaving-stage.js';
import { discover, proofOf, documentDependencies } from './stage.js';

const at = useLeaving();
let away = fakeErp();
beforeEach(() => {
  away = fakeErp();
});

const home = { erp: 'fo-test', company: 'demf' };
const abroad = { erp: 'bc-test', company: 'FRRT' };
const accounts = (partner: typeof home) => [{ partner, dueFrom: '139000', dueTo: '239000' }];
const companies: CompanyMapping[] = [
  { ...foMapping, intercompany: accounts(abroad) },
  { ...bcMapping, ...abroad, intercompany: accounts(home) },
];
const rules: MappingRules = {
  version: 'test',
  legalEntity: [{ path: 'expenseEntry.allocation.allocationCustom1Code', codes: { 'BU-10': home, 'BU-20': abroad } }],
  payingEntity: [{ path: 'report.ledgerCode', codes: { DE01: home } }],
  companies,
};

const inStore = () =>
  createDocumentActivities(documentDependencies(at.stage, { rules, postingDeadlineSeconds: { 'bc-test': 3_600 } }));
const awayDependencies = (): ErpDependencies => {
  const given = away.dependencies(at.stage);
  return { ...given, port: { ...given.port, name: 'bc-test' } };
};
const inAway = () => createErpActivities(awayDependencies());

/** A report of both companies, acknowledged and planned; its parts in the order of their numbers. */
async function planned(name: string): Promise<{ document: StoredDocument; paying: ErpDocument; bearing: ErpDocument }> {
  const text = changed('expense-split-with-tax', ['A1B2C3D4E5F6A7B8C9D0', `REPORT ${name}`]);
  const document = await discover(at.stage.db, name, 'expense-split-with-tax', text);
  at.concur.holds(document, 'ACKNOWLEDGED', { erpSystemId: systemId });
  await reachStage(at.stage.db, document.id, 'acknowledged', { acknowledged: true });
  const plan = await at.run(() => inStore().planErpDocuments({ documentId: document.id }));
  assert.equal(plan.status, 'done');
  const [paying, bearing] = (await readErpDocuments(at.stage.db, document.id)).map((row) => row.document);
  assert.ok(paying && bearing);
  return { document, paying, bearing };
}

const postAway = ({ id }: StoredDocument) => at.run(() => inAway().postToErp({ documentId: id, part: 2 }));
const withdrawAway = ({ id }: StoredDocument) => at.run(() => inAway().withdrawFromErp({ documentId: id, part: 2 }));
const check = (activities: ReturnType<typeof inAway>, { id }: StoredDocument) =>
  at.run(() => activities.checkPostingInErp({ documentId: id }));

test('B37: the plan names the company that pays and writes it last; the longest posting deadline counts', async () => {
  const { document } = await planned('ordered');
  const plan = await at.run(() => inStore().planErpDocuments({ documentId: document.id }));
  assert.ok(plan.status === 'done');
  assert.deepEqual([plan.erp, plan.company, plan.awaitsPayment], ['fo-test', 'demf', true]);
  assert.deepEqual(plan.parts, [
    { part: 2, ...abroad },
    { part: 1, ...home },
  ]);
  assert.equal(plan.postingDeadlineSeconds, 3_600);
});

test('B37, S93: each connection is asked for its own company only, and what one has found another does not forget', async () => {
  const { document } = await planned('master data');
  at.erp.findings.push({ kind: 'vendor-missing', code: 'E-001', message: 'Vendor E-001 is missing.' });
  const held = await at.run(() => at.inErp().checkMasterDataInErp({ documentId: document.id }));
  const fine = await at.run(() => inAway().checkMasterDataInErp({ documentId: document.id }));
  assert.deepEqual([held.status, fine.status], ['hold', 'done']);
  assert.deepEqual(
    at.erp.requests.map(({ company }) => company),
    ['demf'],
  );
  assert.deepEqual(
    away.requests.map(({ company, accounts: used }) => [company, used.includes('239000')]),
    [['FRRT', true]],
  );
  assert.deepEqual(await documentsWaitingFor(at.stage.db, ['fo-test/demf/employee/KX10001']), [document.id]);
});

test('B37, S100: one confirmation tells Concur the numbers of all companies, and none before all are proven', async () => {
  const { document, paying, bearing } = await planned('both posted');
  const half = await postAway(document);
  assert.ok(half.status === 'done' && /Not written to demf yet/.test(half.waitingFor));
  await at.post(document);
  away.post(bearing);
  const first = await check(inAway(), document);
  assert.ok(first.status === 'done' && !first.posted && first.erpDocuments.length === 1);
  const early = await at.confirm(document);
  assert.ok(early.status === 'done' && !early.posted);
  assert.deepEqual(at.told(), []);
  at.erp.post(paying);
  await check(at.inErp(), document);
  const told = await at.confirm(document);
  assert.ok(told.status === 'done' && told.posted);
  assert.deepEqual(
    told.erpDocuments.map(({ company, number }) => `${company} ${number}`),
    [`demf ${proofOf(paying).documentNumber}`, `FRRT ${proofOf(bearing).documentNumber}`],
  );
  assert.equal(at.told().length, 1);
});

test('B37: a company that refuses its part leaves nothing posted anywhere: the other part is taken out and Concur hears the reason', async () => {
  const { document } = await planned('one refuses');
  await postAway(document);
  at.erp.faults.push(new Rejected('The dimension is blocked.', { system: 'fo-test', operation: 'x' }, 'erp-refused'));
  const refused = await at.post(document);
  assert.ok(refused.status === 'hold' && refused.hold.reason === 'erp-refused');
  assert.deepEqual([away.journals.size, at.told()], [1, []]);
  await at.ask(document);
  const plan = await at.prepare(document);
  assert.ok(plan.status === 'done' && plan.parts.length === 2);
  await assert.rejects(at.giveBack(document), 'while a part may stand, Concur is told nothing');
  assert.equal((await withdrawAway(document)).status, 'done');
  assert.equal((await at.withdraw(document)).status, 'done');
  assert.equal((await at.giveBack(document)).status, 'done');
  assert.deepEqual([away.journals.size, at.erp.journals.size], [0, 0]);
  assert.equal((await readDocument(at.stage.db, document.id)).outcome, 'returned');
});

test('B37: a part that is posted already is looked at first, and holds the return until its reversal is named', async () => {
  const { document, bearing } = await planned('posted abroad');
  away.postAtOnce();
  await postAway(document);
  await at.post(document);
  await at.ask(document);
  const plan = await at.prepare(document);
  assert.ok(plan.status === 'done');
  assert.deepEqual(
    plan.parts.map(({ part }) => part),
    [2, 1],
  );
  const blocked = await withdrawAway(document);
  assert.ok(blocked.status === 'hold' && blocked.hold.reason === 'return-blocked');
  const standing = `FRRT/${proofOf(bearing).documentNumber}`;
  assert.ok(blocked.hold.message.includes(standing));
  assert.equal(at.erp.journals.size, 1, 'nothing else is taken out before that');
  await at.ask(document, { reversals: { [standing]: 'R-1' } });
  assert.equal((await withdrawAway(document)).status, 'done');
  assert.equal((await at.withdraw(document)).status, 'done');
  assert.equal((await at.giveBack(document)).status, 'done');
});

test('B37: what the watch of one company tells leaves the news of another company untold', async () => {
  const { document, paying, bearing } = await planned('two watches');
  await postAway(document);
  await at.post(document);
  away.post(bearing);
  at.erp.post(paying);
  await at.run(() => inAway().readPostingsFromErp({ company: 'FRRT' }));
  await at.run(() => at.inErp().readPostingsFromErp({ company: 'demf' }));
  await markPostingSignalled(at.stage.db, document.id, abroad);
  assert.ok(!(await unsignalledPostings(at.stage.db, 'bc-test', 'FRRT')).includes(document.id));
  assert.ok((await unsignalledPostings(at.stage.db, 'fo-test', 'demf')).includes(document.id));
});

test('B37: a document that is held for an account of any of its companies is found when that company changes', async () => {
  const { document } = await planned('held abroad');
  await at.stage.db.query(`update documents set hold_reason = 'account-unusable', started_at = now() where id = $1`, [
    document.id,
  ]);
  assert.deepEqual(await heldDocuments(at.stage.db, 'bc-test', 'FRRT', ['account-unusable']), [document.id]);
  assert.deepEqual(await heldDocuments(at.stage.db, 'bc-test', 'OTHER', ['account-unusable']), []);
});
