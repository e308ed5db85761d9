import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { createDocumentActivities } from '../../src/activities/documents.js';
import { todayByCompany } from '../../src/activities/stored-plan.js';
import type { MappingRules } from '../../src/contracts/mapping-rules.js';
import { openAlerts } from '../../src/store/alert-store.js';
import type { StoredDocument } from '../../src/store/document-store.js';
import { readDocument } from '../../src/store/document-store.js';
import { markWritten, readErpDocuments } from '../../src/store/erp-document-store.js';
import { recordIntent } from '../../src/store/remote-write-store.js';
import { documentsWaitingFor, rememberResolution } from '../../src/store/vendor-store.js';
import { changed, foMapping, rulesFor } from '../unit/mapping-fixtures.js';
import type { Stage } from './stage.js';
import { discover, inActivity, onlyRow, openStage, documentDependencies } from './stage.js';

let stage: Stage;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());
beforeEach(() => {
  stage.notified.length = 0;
});

const plan = ({ id }: StoredDocument, given: { rules?: MappingRules } = {}) => {
  const deps = documentDependencies(stage, {
    rules: given.rules ?? rulesFor(foMapping),
    timeZones: { 'fo-test/demf': 'Europe/Berlin' },
    postingDeadlineSeconds: { 'fo-test': 3_600 },
  });
  return inActivity(() => createDocumentActivities(deps).planErpDocuments({ documentId: id }));
};

/** A report of its own, of this employee. */
const report = (name: string, employee = 'KX10001', more: [string, string][] = []): Promise<StoredDocument> =>
  discover(
    stage.db,
    name,
    'expense-split-with-tax',
    changed(
      'expense-split-with-tax',
      ['A1B2C3D4E5F6A7B8C9D0', `REPORT ${name}`],
      ['"KX10001"', `"${employee}"`],
      ...more,
    ),
  );

test('S97: a document with mappings is planned, reserved and summed up for the workflow', async () => {
  const document = await report('clean');
  assert.deepEqual(await plan(document), {
    status: 'done',
    erp: 'fo-test',
    company: 'demf',
    parts: [{ part: 1, erp: 'fo-test', company: 'demf' }],
    documentOn: '2026-02-03',
    postingOn: '2026-02-03',
    postingDeadlineSeconds: 3_600,
    awaitsRelease: false,
    awaitsPayment: true,
    noPaymentReason: '',
  });
  const row = await onlyRow(stage.db, document.id);
  assert.deepEqual([row.state, row.document.payable?.vendorAccount], ['planned', 'E-001']);
  const stored = await readDocument(stage.db, document.id);
  assert.deepEqual([stored.erp, stored.company, stored.mappingVersion], ['fo-test', 'demf', 'test']);
});

test('S93: a hold lists every offender at once, the vendor first, and nothing is planned', async () => {
  const document = await report('offenders', 'NOBODY');
  const bare = rulesFor({ ...foMapping, accounts: { sameCode: false, byCode: { 6110: '611000' } } });
  const result = await plan(document, { rules: bare });
  assert.ok(result.status === 'hold');
  assert.equal(result.hold.reason, 'vendor-missing');
  assert.deepEqual(result.hold.vendorKeys, ['fo-test/demf/employee/NOBODY']);
  assert.deepEqual(result.target, { erp: 'fo-test', company: 'demf' });
  for (const offender of [/employee NOBODY has no vendor account/, /Account 6100 has no mapping/]) {
    assert.match(result.hold.message, offender);
  }
  assert.deepEqual(await readErpDocuments(stage.db, document.id), []);
});

test('S87, S91: three documents of one unknown employee raise one alert, and ten clean ones are planned beside them', async () => {
  const held = await Promise.all([1, 2, 3].map((each) => report(`unknown ${each}`, 'NEW')));
  const clean = await Promise.all(Array.from({ length: 10 }, (_, each) => report(`clean ${each}`)));
  const results = await Promise.all([...held, ...clean].map((document) => plan(document)));
  assert.deepEqual(
    results.map(({ status }) => status),
    [...Array<string>(3).fill('hold'), ...Array<string>(10).fill('done')],
  );
  assert.deepEqual(stage.notified, ['vendor-missing: fo-test/demf/employee/NEW']);
  const alert = (await openAlerts(stage.db)).find(({ cause }) => cause === stage.notified[0]);
  assert.deepEqual(alert?.documentIds.sort(), held.map(({ id }) => id).sort());
});

test('S89: the answer of an operator is used by the document that asked, by those that waited, and next time', async () => {
  const key = 'fo-test/demf/employee/HIRED';
  const [first, second] = [await report('asked', 'HIRED'), await report('waited', 'HIRED')];
  for (const document of [first, second]) assert.equal((await plan(document)).status, 'hold');
  assert.deepEqual((await documentsWaitingFor(stage.db, [key])).sort(), [first.id, second.id].sort());
  const answer = { vendorKey: key, vendorNumber: 'V-77', by: 'maria', note: '' };
  await rememberResolution(stage.db, first.id, answer);
  for (const document of [first, second, await report('next time', 'HIRED')]) {
    assert.equal((await plan(document)).status, 'done');
    assert.equal((await onlyRow(stage.db, document.id)).document.payable?.vendorAccount, 'V-77');
  }
  assert.deepEqual(await documentsWaitingFor(stage.db, [key]), []);
  assert.equal((await readDocument(stage.db, first.id)).holdReason, null);
});

test('S116: a changed mapping replaces a plan, but never the plan of what stands in the ERP or may stand there', async () => {
  const moved = rulesFor({ ...foMapping, employees: { sameCode: false, byId: { KX10001: 'E-777' } } });
  const vendorOf = async ({ id }: StoredDocument) => (await onlyRow(stage.db, id)).document.payable?.vendorAccount;
  const [free, written, unknown] = [await report('free'), await report('written'), await report('unknown')];
  for (const document of [free, written, unknown]) await plan(document);
  await markWritten(stage.db, written.id, 1, { journal: 'J-1' });
  const intent = { operation: 'fo.journal-header', key: 'k', payloadSha256: '', newestId: '0' };
  await recordIntent(stage.db, { documentId: unknown.id, ...intent });
  for (const document of [free, written, unknown])
    assert.equal((await plan(document, { rules: moved })).status, 'done');
  assert.deepEqual(
    [await vendorOf(free), await vendorOf(written), await vendorOf(unknown)],
    ['E-777', 'E-001', 'E-001'],
  );
});

test('S119: a payload of another structure holds as unreadable, a reservation of funds as unsupported', async () => {
  const odd = await discover(stage.db, 'odd', 'expense-split-with-tax', '{"hello":1}');
  const unreadable = await plan(odd);
  assert.ok(unreadable.status === 'hold' && unreadable.hold.reason === 'document-unreadable');
  const text = changed('expense-split-with-tax', ['"report": {', '"instruction": {"type":"RESERVE"}, "report": {']);
  const reserved = await plan(await discover(stage.db, 'reservation', 'expense-split-with-tax', text));
  assert.ok(reserved.status === 'hold' && reserved.hold.reason === 'unsupported-document');
});

test('B20: a document of a test user, and one without an ERP company, hold before anything is planned', async () => {
  const trial = await plan(await report('trial', 'KX10001', [['"isTest": "N"', '"isTest": "Y"']]));
  assert.ok(trial.status === 'hold' && trial.hold.reason === 'test-document');
  const homeless = await plan(await report('homeless', 'KX10001', [['"ledgerCode": "DE01"', '"ledgerCode": "XX"']]));
  assert.ok(homeless.status === 'hold' && homeless.hold.reason === 'legal-entity-unresolved');
  assert.equal(homeless.target, undefined);
});

test('B36: today is the day of the company, not of the worker', () => {
  const zones = { 'fo/nz': 'Pacific/Auckland', 'fo/us': 'America/Los_Angeles', 'fo/de': 'Europe/Berlin' };
  assert.deepEqual(todayByCompany(new Date('2026-03-31T22:30:00Z'), zones), {
    'fo/nz': '2026-04-01',
    'fo/us': '2026-03-31',
    'fo/de': '2026-04-01',
  });
});
