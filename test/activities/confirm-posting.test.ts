import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { createConcurActivities } from '../../src/activities/concur.js';
import { Rejected } from '../../src/clients/http/errors.js';
import type { ErpDocument } from '../../src/contracts/erp-documents.js';
import type { StoredDocument } from '../../src/store/document-store.js';
import { reachStage, readDocument } from '../../src/store/document-store.js';
import { markPosted, markRefused } from '../../src/store/erp-document-store.js';
import { changed } from '../unit/mapping-fixtures.js';
import type { FakeConcur } from './fake-concur.js';
import { fakeConcur, letWaitsPass, systemId } from './fake-concur.js';
import type { Stage } from './stage.js';
import { discover, inActivity, journal, openStage, proofOf, stand } from './stage.js';

let stage: Stage;
let concur: FakeConcur;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());
beforeEach(() => {
  concur = fakeConcur();
});

const confirm = ({ id }: StoredDocument, given: { unobservablePayments?: string[]; zeroDocuments?: 'confirm' } = {}) =>
  inActivity(() =>
    createConcurActivities({ ...concur.dependencies(stage), ...given }).confirmPostingInConcur({ documentId: id }),
  );
const sent = () => concur.calls.filter((call) => call.startsWith('confirm-posting'));
const now = ({ id }: StoredDocument) => readDocument(stage.db, id);

/** An acknowledged document that stands in the ERP. */
async function given(
  name: string,
  state: 'planned' | 'written' | 'posted',
  planned: ErpDocument = journal(name),
): Promise<StoredDocument> {
  const text = changed('expense-split-with-tax', ['A1B2C3D4E5F6A7B8C9D0', `REPORT ${name}`]);
  const document = await discover(stage.db, name, 'expense-split-with-tax', text);
  concur.holds(document, 'ACKNOWLEDGED', { erpSystemId: systemId });
  await reachStage(stage.db, document.id, 'acknowledged', { acknowledged: true });
  await stand(stage.db, document, state, planned);
  return document;
}

test('S100: without proof of posting nothing is confirmed, and the place where it waits is named', async () => {
  for (const state of ['planned', 'written'] as const) {
    const document = await given(`unproven ${state}`, state);
    const result = await confirm(document);
    assert.ok(result.status === 'done' && !result.posted);
    const where = { planned: /Not written to demf yet/, written: /waiting until the ERP posts it/ }[state];
    assert.match(result.waitingFor, where);
    assert.equal((await now(document)).postingConfirmedAt, null);
  }
  assert.deepEqual(concur.calls, []);
});

test('B12: a document without amounts is told as posted, with no ERP document, where that is declared', async () => {
  const text = changed(
    'cash-advance',
    ['"amount": 300', '"amount": 0'],
    ['"requestAmount": 300', '"requestAmount": 0'],
  );
  const document = await discover(stage.db, 'nothing to post', 'cash-advance', text);
  concur.holds(document, 'ACKNOWLEDGED', { erpSystemId: systemId });
  await reachStage(stage.db, document.id, 'acknowledged', { acknowledged: true });
  const held = await confirm(document);
  assert.ok(held.status === 'done' && !held.posted, 'without the declaration nothing is told');
  const told = await confirm(document, { zeroDocuments: 'confirm' });
  assert.ok(told.status === 'done' && told.posted && told.erpDocuments.length === 0);
  assert.equal(sent().length, 1);
  const { outcome } = await now(document);
  assert.equal(outcome, 'posted-no-payment-expected');
  const other = await discover(stage.db, 'not planned yet', 'cash-advance');
  const early = await confirm(other, { zeroDocuments: 'confirm' });
  assert.ok(early.status === 'done' && !early.posted, 'one with amounts needs its proof');
});

test('S100: a document of which nothing was planned counts as unproven', async () => {
  const document = await discover(stage.db, 'nothing planned');
  const result = await confirm(document);
  assert.ok(result.status === 'done' && !result.posted);
  assert.deepEqual(concur.calls, []);
});

test('S100: success is confirmed once with the number of the ERP, and the document waits for its payment', async () => {
  const planned = journal('proven');
  const document = await given('proven', 'posted', planned);
  const number = proofOf(planned).documentNumber;
  const result = await confirm(document);
  assert.ok(result.status === 'done' && result.posted);
  assert.deepEqual(result.erpDocuments, [{ company: 'demf', number, postedOn: '2026-02-03' }]);
  assert.deepEqual(sent(), [`confirm-posting success ${number}`]);
  const stored = await now(document);
  assert.ok(stored.postingConfirmedAt && stored.stage === 'awaiting-payment' && stored.outcome === null);
});

test('S116, S118: a second run sends nothing again, neither for an open nor for a closed document', async () => {
  const open = await given('twice', 'posted');
  const { payable: _payable, ...unpaid } = journal('twice unpaid');
  const closed = await given('twice unpaid', 'posted', unpaid);
  for (const document of [open, closed]) {
    const first = await confirm(document);
    assert.deepEqual(await confirm(document), first);
  }
  assert.equal(sent().length, 2);
});

test('B9: a posted amount or currency that differs from what was meant holds, and nothing is confirmed', async () => {
  for (const difference of [{ debitTotal: '99.99' }, { currency: 'USD' }]) {
    const name = JSON.stringify(difference);
    const planned = journal(name);
    const document = await given(name, 'written', planned);
    await markPosted(stage.db, document.id, proofOf(planned, difference));
    const result = await confirm(document);
    assert.ok(result.status === 'hold' && result.hold.reason === 'posted-differently');
    assert.match(result.hold.message, /instead of 100.00 EUR/);
  }
  assert.deepEqual(concur.calls, []);
});

test('B9: the same amount written with other decimals is no difference', async () => {
  const planned = journal('decimals');
  const document = await given('decimals', 'written', planned);
  await markPosted(stage.db, document.id, proofOf(planned, { debitTotal: '100' }));
  assert.equal((await confirm(document)).status, 'done');
});

test('C15: a document that the ERP refuses to post holds with the reason of the ERP', async () => {
  const document = await given('refused', 'written');
  await markRefused(stage.db, document.id, 1, 'The period is closed.');
  const result = await confirm(document);
  assert.ok(result.status === 'hold' && result.hold.reason === 'erp-refused');
  assert.match(result.hold.message, /The period is closed/);
});

test('S117: a lost answer is asked for, found as recorded, and not repeated', async () => {
  const document = await given('lost after', 'posted');
  concur.faults.push('lost-after');
  await assert.rejects(confirm(document), { type: 'OutcomeUnknown' });
  assert.equal((await now(document)).postingConfirmedAt, null);
  assert.equal((await confirm(document)).status, 'done');
  assert.deepEqual([sent().length, concur.calls.at(-1)], [1, 'find']);
});

test('S117: a confirmation that never arrived is sent again when the wait has passed', async () => {
  const document = await given('lost before', 'posted');
  concur.faults.push('lost-before');
  await assert.rejects(confirm(document), { type: 'OutcomeUnknown' });
  await assert.rejects(confirm(document), { type: 'OutcomeUnknown' });
  assert.equal(sent().length, 1);
  await letWaitsPass(stage);
  assert.equal((await confirm(document)).status, 'done');
  assert.equal(sent().length, 2);
});

test('S104: code 113 says that our success was recorded before: a success', async () => {
  const document = await given('code 113', 'posted');
  concur.documents.get(document.fiId)!.status = 'POSTING_CONFIRMED_SUCCESS';
  assert.equal((await confirm(document)).status, 'done');
  assert.ok((await now(document)).postingConfirmedAt);
});

test('S119: code 199 is repeated; a refusal holds, and the hold stays until a later try succeeds', async () => {
  const document = await given('codes', 'posted');
  concur.faults.push({ code: 199 });
  await assert.rejects(confirm(document), { type: 'Unavailable' });
  concur.faults.push({ code: 198, message: 'Invalid.' });
  const refused = await confirm(document);
  assert.ok(refused.status === 'hold' && refused.hold.reason === 'concur-refused');
  assert.equal((await now(document)).holdReason, 'concur-refused');
  assert.equal((await confirm(document)).status, 'done');
  assert.equal((await now(document)).holdReason, null);
});

test('S104: code 113 without an attempt of ours asks Concur, and holds where Concur has recorded a failure or tells nothing', async () => {
  for (const [name, status] of [
    ['failure', 'POSTING_CONFIRMED_FAILURE'],
    ['nothing', 'DELAYED'],
  ] as const) {
    const document = await given(`113 ${name}`, 'posted');
    concur.documents.get(document.fiId)!.status = status;
    concur.faults.push({ code: 113 });
    const held = await confirm(document);
    assert.ok(held.status === 'hold' && held.hold.reason === 'concur-refused', name);
    assert.match(held.hold.message, new RegExp(`code 113.*${status}.*our-system`));
    assert.equal((await now(document)).postingConfirmedAt, null);
  }
});

test('S104: code 113 is a success where our own earlier attempt has carried the success and Concur does not say otherwise', async () => {
  const document = await given('113 own', 'posted');
  concur.faults.push('lost-before');
  await assert.rejects(confirm(document), { type: 'OutcomeUnknown' });
  await letWaitsPass(stage);
  concur.faults.push({ code: 113 });
  assert.equal((await confirm(document)).status, 'done');
  assert.ok((await now(document)).postingConfirmedAt);
});

test('S104: an attempt that Concur refused is no reason to believe a later 113', async () => {
  const document = await given('113 after refusal', 'posted');
  concur.faults.push({ code: 198 }, { code: 113 });
  assert.equal((await confirm(document)).status, 'hold');
  const held = await confirm(document);
  assert.ok(held.status === 'hold' && /code 113/.test(held.hold.message));
});

test('S104: code 111 acknowledges and repeats the confirmation in the same attempt', async () => {
  const document = await given('forgotten', 'posted');
  concur.documents.get(document.fiId)!.status = 'READY';
  assert.equal((await confirm(document)).status, 'done');
  const words = concur.calls.map((call) => call.split(' ')[0]);
  assert.deepEqual(words, ['confirm-posting', 'acknowledge', 'confirm-posting']);
  assert.equal(concur.documents.get(document.fiId)?.status, 'POSTING_CONFIRMED_SUCCESS');
});

test('S104: after code 111 a document that somebody else has acknowledged holds; one that stays unacknowledged is repeated', async () => {
  const foreign = await given('forgotten foreign', 'posted');
  concur.holds(foreign, 'ACKNOWLEDGED', { erpSystemId: 'their-system' });
  concur.faults.push({ code: 111 });
  const held = await confirm(foreign);
  assert.ok(held.status === 'hold' && held.hold.reason === 'acknowledged-elsewhere');
  const stubborn = await given('forgotten twice', 'posted');
  concur.holds(stubborn, 'READY');
  concur.faults.push({ code: 111 }, { code: 0, result: 'SUCCESS' }, { code: 111 });
  await assert.rejects(confirm(stubborn), { type: 'Unavailable' });
});

for (const code of [114, 115, 116, 198, 777]) {
  test(`S104: code ${code} of a posting confirmation holds with the code and the words of Concur, after one call`, async () => {
    const document = await given(`posting code ${code}`, 'posted');
    concur.faults.push({ code, message: 'Words of Concur.' });
    const held = await confirm(document);
    assert.ok(held.status === 'hold' && held.hold.reason === 'concur-refused');
    assert.match(held.hold.message, new RegExp(`code ${code}.*Words of Concur`));
    assert.equal(sent().length, 1);
    assert.equal(/ACKNOWLEDGED/.test(held.hold.message), code === 114 || code === 116, 'what Concur shows');
  });
}

test('S104: code 99 of a posting confirmation names the system id that Concur gives, or else the one of its record', async () => {
  const document = await given('posting 99', 'posted');
  concur.faults.push({ code: 99, systemId: 'their-system' });
  const held = await confirm(document);
  assert.ok(held.status === 'hold' && /"their-system".*"our-system".*code 99/.test(held.hold.message));
});

test('S119: a 400 to a posting confirmation is repeated, never taken for the fault of the document at once', async () => {
  const document = await given('posting 400', 'posted');
  const call = { system: 'concur', operation: 'fis.confirm-posting', status: 400 };
  concur.faults.push(...Array.from({ length: 5 }, () => new Rejected('refused (400)', call, '400')));
  for (let attempt = 1; attempt < 5; attempt += 1) await assert.rejects(confirm(document), { type: 'Unavailable' });
  const held = await confirm(document);
  assert.ok(held.status === 'hold' && held.hold.reason === 'concur-refused' && /400/.test(held.hold.message));
  assert.equal((await confirm(document)).status, 'done');
});

test('C1: a cash advance closes with its posting, without any payment confirmation', async () => {
  const document = await discover(stage.db, 'advance', 'cash-advance');
  concur.holds(document, 'ACKNOWLEDGED', { erpSystemId: systemId });
  await stand(stage.db, document, 'posted', journal('advance', { docType: 'cashadvance' }));
  assert.equal((await confirm(document)).status, 'done');
  const { stage: reached, outcome, postingConfirmedAt } = await now(document);
  assert.deepEqual([reached, outcome], ['closed', 'posted-no-payment-expected']);
  assert.ok(postingConfirmedAt);
  assert.equal(concur.calls.length, 1);
});

test('S103: a document for which nobody is owed money closes with its posting, and says why', async () => {
  const { payable: _payable, ...unpaid } = journal('card only');
  const document = await given('card only', 'posted', unpaid);
  await confirm(document);
  assert.equal((await now(document)).outcome, 'posted-no-payment-expected');
});

test('S103: a document of a company whose ERP never shows a payment closes with its posting', async () => {
  const document = await given('unobservable', 'posted');
  await confirm(document, { unobservablePayments: ['fo-test/demf'] });
  assert.equal((await now(document)).outcome, 'posted-no-payment-expected');
});
