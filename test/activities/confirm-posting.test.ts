import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { createConcurActivities } from '../../src/activities/concur.js';
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

const confirm = ({ id }: StoredDocument, given: { unobservablePayments?: string[] } = {}) =>
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
    assert.match(result.waitingFor, /waiting until the ERP posts it/);
    assert.equal((await now(document)).postingConfirmedAt, null);
  }
  assert.deepEqual(concur.calls, []);
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
    assert.ok(result.status === 'hold' && result.hold.reason === 'erp-document-changed');
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

test('S119: code 199 is repeated; a recall and a refusal hold, and the hold stays until a later try succeeds', async () => {
  const document = await given('codes', 'posted');
  concur.faults.push({ code: 199 });
  await assert.rejects(confirm(document), { type: 'Unavailable' });
  concur.faults.push({ code: 112 });
  const recalled = await confirm(document);
  assert.ok(recalled.status === 'hold' && /reverse the posting there/.test(recalled.hold.message));
  concur.faults.push({ code: 198, message: 'Invalid.' });
  const refused = await confirm(document);
  assert.ok(refused.status === 'hold' && refused.hold.reason === 'concur-refused');
  assert.equal((await now(document)).holdReason, 'concur-refused');
  assert.equal((await confirm(document)).status, 'done');
  assert.equal((await now(document)).holdReason, null);
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
