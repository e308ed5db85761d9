import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { createErpActivities } from '../../src/activities/erp.js';
import { Unavailable } from '../../src/clients/http/errors.js';
import type { ErpDocument } from '../../src/contracts/erp-documents.js';
import type { Settlement } from '../../src/contracts/erp-port.js';
import { closeDocument, readDocument } from '../../src/store/document-store.js';
import { markSettled } from '../../src/store/erp-document-store.js';
import { readSettlements } from '../../src/store/settlement-store.js';
import { documentsWaitingFor, waitedVendors } from '../../src/store/vendor-store.js';
import { readWatermark } from '../../src/store/watermark-store.js';
import type { Fixture } from '../unit/mapping-fixtures.js';
import { changed } from '../unit/mapping-fixtures.js';
import type { FakeErp } from './fake-erp.js';
import { fakeErp } from './fake-erp.js';
import type { Stage } from './stage.js';
import { discover, inActivity, journal, onlyRow, openStage, stand } from './stage.js';

let stage: Stage;
let erp: FakeErp;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());
beforeEach(() => {
  erp = fakeErp();
  stage.notified.length = 0;
});

const activities = () => createErpActivities(erp.dependencies(stage));
const check = (documentId: string) => inActivity(() => activities().checkMasterDataInErp({ documentId }));
const missing = (code: string) => ({ kind: 'vendor-missing', code, message: `Vendor ${code} is missing.` }) as const;

/** A planned document in a company of its own. */
async function planned(name: string, given: Partial<ErpDocument> = {}, fixture: Fixture = 'expense-split-with-tax') {
  const ownId = fixture === 'invoice-two-lines' ? 'D1B2C3D4E5F6A7B8C9D0' : 'A1B2C3D4E5F6A7B8C9D0';
  const document = await discover(stage.db, name, fixture, changed(fixture, [ownId, `ID ${name}`]));
  const plan = journal(name, { company: name, ...given });
  await stand(stage.db, document, 'planned', plan);
  return { ...document, plan };
}

test('S84: an unknown vendor holds before any write, under the key of the employee, and is waited for', async () => {
  const { id } = await planned('usmf');
  erp.findings.push(missing('E-001'));
  const result = await check(id);
  const key = 'fo-test/usmf/employee/KX10001';
  assert.ok(result.status === 'hold');
  assert.deepEqual([result.hold.reason, result.hold.vendorKeys], ['vendor-missing', [key]]);
  assert.deepEqual(await waitedVendors(stage.db, 'fo-test', 'usmf'), [{ vendorKey: key, vendorAccount: 'E-001' }]);
  assert.deepEqual([erp.calls, erp.journals.size], [['check-master-data'], 0]);
  assert.notEqual((await readDocument(stage.db, id)).stage, 'validated');
});

test('S84: the vendor of an invoice is asked for under the code of the supplier', async () => {
  const { id } = await planned('supp', { docType: 'invoice' }, 'invoice-two-lines');
  erp.findings.push({ ...missing('E-001'), kind: 'vendor-blocked' });
  const result = await check(id);
  assert.ok(result.status === 'hold');
  assert.deepEqual([result.hold.reason, result.hold.vendorKeys], ['vendor-blocked', ['fo-test/supp/supplier/S-20001']]);
});

test('S89: a missing vendor of a card is no question about the employee; the document just waits until it appears', async () => {
  const lines = [
    { accountType: 'Vendor', accountNumber: 'E-001', amount: '-60.00', lineNumber: 1, description: '', dimensions: [] },
    { accountType: 'Vendor', accountNumber: 'AMEX', amount: '-40.00', lineNumber: 2, description: '', dimensions: [] },
    {
      accountType: 'G/L Account',
      accountNumber: '6100',
      amount: '100.00',
      lineNumber: 3,
      description: '',
      dimensions: [],
    },
  ];
  const { id } = await planned('card', { route: 'bc-general-journal', lines } as unknown as Partial<ErpDocument>);
  erp.findings.push(missing('AMEX'));
  const result = await check(id);
  assert.ok(result.status === 'hold');
  assert.deepEqual([result.hold.reason, result.hold.vendorKeys], ['vendor-missing', []]);
  const [wait, ...more] = await waitedVendors(stage.db, 'fo-test', 'card');
  assert.deepEqual([wait?.vendorAccount, more], ['AMEX', []]);
  erp.findings.push(missing('E-001'));
  const both = await check(id);
  assert.ok(both.status === 'hold');
  assert.deepEqual(both.hold.vendorKeys, ['fo-test/card/employee/KX10001']);
  assert.equal((await waitedVendors(stage.db, 'fo-test', 'card')).length, 2);
});

test('S93: every offender is listed at once, the vendor first', async () => {
  const { id } = await planned('many');
  erp.findings.push({ kind: 'account-blocked', code: '610000', message: 'Account 610000 is blocked.' });
  erp.findings.push({ kind: 'setup', code: 'setup', message: 'Journal CNQREXP is missing.' });
  erp.findings.push(missing('E-001'));
  const result = await check(id);
  assert.ok(result.status === 'hold' && result.hold.reason === 'vendor-missing');
  for (const word of ['610000', 'CNQREXP', 'E-001']) assert.match(result.hold.message, new RegExp(word));
  assert.deepEqual(erp.requests[0]?.vendors, ['E-001']);
  assert.deepEqual([erp.requests[0].accounts, erp.requests[0].journalNames], [['610000'], ['CNQREXP']]);
});

test('S88: the vendor that appears ends the wait, and only those who can go on are woken', async () => {
  const { id } = await planned('appear');
  erp.findings.push(missing('E-001'));
  await check(id);
  const watch = () => inActivity(() => activities().readWaitedVendorsFromErp({ company: 'appear' }));
  assert.deepEqual(await watch(), { watched: 1, vendorKeys: [] });
  erp.findings.length = 0;
  const key = 'fo-test/appear/employee/KX10001';
  assert.deepEqual(await watch(), { watched: 1, vendorKeys: [key] });
  assert.deepEqual(await check(id), { status: 'done' });
  assert.equal((await readDocument(stage.db, id)).stage, 'validated');
  assert.deepEqual(await documentsWaitingFor(stage.db, [key]), []);
  erp.calls.length = 0;
  assert.deepEqual(await watch(), { watched: 0, vendorKeys: [] });
  assert.deepEqual(erp.calls, []);
});

test('S118: a document that is written already is not checked again', async () => {
  const { id, plan } = await planned('checked');
  await stand(stage.db, await readDocument(stage.db, id), 'written', plan);
  assert.deepEqual(await check(id), { status: 'done' });
  assert.deepEqual(erp.calls, []);
});

test('C15: the posting watch asks in bulk, stores what it finds, and counts what nobody has been told', async () => {
  for (const name of ['one', 'two', 'three']) {
    const { id } = await planned(`bulk ${name}`, { company: 'bulk' });
    await inActivity(() => activities().postToErp({ documentId: id, part: 1 }));
  }
  const watch = () => inActivity(() => activities().readPostingsFromErp({ company: 'bulk' }));
  assert.deepEqual(await watch(), { watched: 3, found: 0, untold: 0 });
  erp.post(journal('bulk one'));
  erp.refuse(journal('bulk two'), 'The period is closed.');
  erp.calls.length = 0;
  assert.deepEqual(await watch(), { watched: 3, found: 1, untold: 2 });
  assert.deepEqual(erp.calls, ['find-postings bulk 3']);
  assert.deepEqual(await watch(), { watched: 2, found: 0, untold: 2 });
});

const payment = (documentId: string, key: string): Settlement => ({
  documentId,
  part: 1,
  settlementKey: key,
  kind: 'payment',
  amount: '100.00',
  currency: 'EUR',
  settledOn: '2026-03-15',
  reference: 'PAY-1',
  fiscalYear: '2026',
});

async function posted(name: string) {
  const document = await planned(name);
  await stand(stage.db, document, 'posted', document.plan);
  return document;
}

const payments = (company: string) => inActivity(() => activities().readSettlementsFromErp({ company }));

test('S101: a newly posted document is asked about from its beginning, later ones since the watermark with overlap', async () => {
  const { id } = await posted('pays');
  await payments('pays');
  const first = await readWatermark(stage.db, 'settlements/fo-test/pays');
  assert.ok(first);
  erp.settlements.push(payment(id, 'S-1'));
  assert.deepEqual(await payments('pays'), { watched: 1, found: 1, untold: 1 });
  assert.deepEqual(await payments('pays'), { watched: 1, found: 0, untold: 1 });
  const [beginning, ...later] = erp.calls.map((call) => call.split(' ').at(-1));
  assert.equal(beginning, 'all');
  assert.equal(later[1], new Date(first.getTime() - 900_000).toISOString());
  assert.deepEqual(
    (await readSettlements(stage.db, id)).map(({ settlementKey }) => settlementKey),
    ['S-1'],
  );
});

test('S101: the watermark stays where it is when the ERP fails, so that nothing between is missed', async () => {
  await posted('fails');
  await payments('fails');
  const before = await readWatermark(stage.db, 'settlements/fo-test/fails');
  stage.passSeconds(60);
  erp.faults.push(new Unavailable('away', { system: 'fo-test', operation: 'x' }));
  await assert.rejects(payments('fails'), { type: 'Unavailable' });
  assert.deepEqual(await readWatermark(stage.db, 'settlements/fo-test/fails'), before);
  await payments('fails');
  const moved = await readWatermark(stage.db, 'settlements/fo-test/fails');
  assert.ok(moved && before && moved > before);
});

test('S101: a payment that is taken back after Concur was told "paid" alerts a person', async () => {
  const { id } = await posted('back');
  erp.settlements.push(payment(id, 'S-1'));
  await payments('back');
  await closeDocument(stage.db, id, 'paid', 'told');
  await markSettled(stage.db, id);
  erp.settlements.push({ ...payment(id, 'S-2'), amount: '-100.00' });
  assert.equal((await payments('back')).found, 1);
  assert.deepEqual(stage.notified, [`payment-changed-after-close: ${id}`]);
});

test('S101: the self-check of one document asks for all its settlements, and for none before it is posted', async () => {
  const { id, plan } = await planned('self');
  const check = () => inActivity(() => activities().checkPaymentInErp({ documentId: id }));
  assert.deepEqual(await check(), { status: 'done' });
  assert.deepEqual(erp.calls, []);
  await stand(stage.db, await readDocument(stage.db, id), 'posted', plan);
  erp.settlements.push(payment(id, 'S-1'));
  await check();
  await check();
  assert.deepEqual(erp.calls, Array(2).fill('find-settlements self 1 all'));
  assert.equal((await readSettlements(stage.db, id)).length, 1);
  assert.equal((await onlyRow(stage.db, id)).state, 'posted');
});
