import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { createConcurActivities } from '../../src/activities/concur.js';
import type { Settlement } from '../../src/contracts/erp-port.js';
import { readAudit } from '../../src/store/audit-store.js';
import type { StoredDocument } from '../../src/store/document-store.js';
import { reachStage, readDocument } from '../../src/store/document-store.js';
import { readSettlements, storeSettlements } from '../../src/store/settlement-store.js';
import { changed } from '../unit/mapping-fixtures.js';
import type { FakeConcur } from './fake-concur.js';
import { fakeConcur, letWaitsPass, systemId } from './fake-concur.js';
import type { Stage } from './stage.js';
import { discover, inActivity, journal, openStage, stand } from './stage.js';

let stage: Stage;
let concur: FakeConcur;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());
beforeEach(() => {
  concur = fakeConcur();
});

const confirm = ({ id }: StoredDocument, attempt = 1) =>
  inActivity(() => createConcurActivities(concur.dependencies(stage)).confirmPaymentInConcur({ documentId: id }), {
    attempt,
  });
const now = ({ id }: StoredDocument) => readDocument(stage.db, id);
const stateOf = (result: Awaited<ReturnType<typeof confirm>>) =>
  result.status === 'done' ? result.state : result.status;

/** A report of 100.00 EUR or an invoice of 1205.00 EUR that is posted and confirmed as posted. */
async function given(name: string, docType: 'expense' | 'invoice' = 'expense'): Promise<StoredDocument> {
  const [fixture, id] =
    docType === 'expense'
      ? (['expense-split-with-tax', 'A1B2C3D4E5F6A7B8C9D0'] as const)
      : (['invoice-two-lines', 'D1B2C3D4E5F6A7B8C9D0'] as const);
  const document = await discover(stage.db, name, fixture, changed(fixture, [id, `ID ${name}`]));
  concur.holds(document, 'POSTING_CONFIRMED_SUCCESS', { erpSystemId: systemId });
  concur.invoices.set(document.businessId, 'Extracted');
  const amount = docType === 'expense' ? '100.00' : '1205.00';
  const payable = { vendorAccount: 'V', amount, invoiceNumber: 'I' };
  await stand(stage.db, document, 'posted', journal(name, { docType, debitTotal: amount, payable }));
  await reachStage(stage.db, document.id, 'awaiting-payment', { postingConfirmed: true });
  return document;
}

const settle = ({ id }: StoredDocument, key: string, amount: string, given: Partial<Settlement> = {}) =>
  storeSettlements(stage.db, [
    {
      documentId: id,
      part: 1,
      settlementKey: key,
      kind: 'payment',
      amount,
      currency: 'EUR',
      settledOn: '2026-03-15',
      reference: `PAY-${key}`,
      fiscalYear: '2026',
      ...given,
    },
  ]);

test('S101: before any settlement nothing is confirmed', async () => {
  const document = await given('open');
  assert.equal(stateOf(await confirm(document)), 'open');
  assert.deepEqual(concur.calls, []);
});

test('S101: each part is told as PP and the last as CP, each under a reference of its own', async () => {
  const document = await given('parts');
  await settle(document, 'A', '40.00');
  assert.equal(stateOf(await confirm(document)), 'partly-paid');
  assert.equal(stateOf(await confirm(document)), 'partly-paid');
  assert.equal((await now(document)).stage, 'partly-paid');
  await settle(document, 'B', '60.00', { settledOn: '2026-04-01' });
  assert.equal(stateOf(await confirm(document)), 'paid');
  assert.deepEqual(concur.calls, ['confirm-payment PP A 40 2026-03-15', 'confirm-payment CP B 60 2026-04-01']);
  const stored = await now(document);
  assert.deepEqual([stored.stage, stored.outcome], ['closed', 'paid']);
  assert.ok(stored.paymentConfirmedAt);
  const payments = (await readAudit(stage.db, document.id)).filter(({ kind }) => kind === 'payment');
  assert.deepEqual(
    payments.map(({ data }) => data['status']),
    ['PP', 'CP'],
  );
});

test('S101: two payments that arrive together are told in order, and only the last completes', async () => {
  const document = await given('together');
  await settle(document, 'second', '60.00', { settledOn: '2026-04-02' });
  await settle(document, 'first', '40.00', { settledOn: '2026-04-01' });
  assert.equal(stateOf(await confirm(document)), 'paid');
  assert.deepEqual(
    concur.calls.map((call) => call.split(' ').slice(1, 3).join(' ')),
    ['PP first', 'CP second'],
  );
});

test('S118: a document that is paid and closed is answered without any call', async () => {
  const document = await given('replayed');
  await settle(document, 'A', '100.00');
  await confirm(document);
  concur.calls.length = 0;
  assert.equal(stateOf(await confirm(document)), 'paid');
  assert.deepEqual(concur.calls, []);
});

test('S116: a part whose answer was lost is repeated under its reference, and NOOP says that Concur knows it', async () => {
  const document = await given('part lost');
  await settle(document, 'A', '40.00');
  concur.faults.push('lost-after');
  await assert.rejects(confirm(document), { type: 'OutcomeUnknown' });
  await letWaitsPass(stage);
  assert.equal(stateOf(await confirm(document)), 'partly-paid');
  assert.deepEqual(concur.calls, Array(2).fill('confirm-payment PP A 40 2026-03-15'));
});

test('S102: NOOP for the completing payment counts only if Concur shows the report as paid', async () => {
  const document = await given('noop');
  await settle(document, 'A', '100.00');
  concur.faults.push({ code: 298, result: 'NOOP' });
  const held = await confirm(document);
  assert.ok(held.status === 'hold' && held.hold.reason === 'payment-needs-decision');
  assert.equal((await now(document)).paymentConfirmedAt, null);
  concur.documents.get(document.fiId)!.status = 'PAYMENT_CONFIRMED_SUCCESS';
  concur.faults.push({ code: 298, result: 'NOOP' });
  assert.equal(stateOf(await confirm(document)), 'paid');
});

test('S101: after a lost answer to CP Concur is asked, and the completed payment is not repeated', async () => {
  const document = await given('lost');
  await settle(document, 'A', '100.00');
  concur.faults.push('lost-after');
  await assert.rejects(confirm(document), { type: 'OutcomeUnknown' });
  assert.equal(stateOf(await confirm(document)), 'paid');
  assert.deepEqual(concur.calls, ['confirm-payment CP A 100 2026-03-15', 'find']);
});

test('S119: a posting confirmation that Concur has not digested yet is waited for; a refusal holds', async () => {
  const document = await given('early');
  concur.documents.get(document.fiId)!.status = 'ACKNOWLEDGED';
  await settle(document, 'A', '100.00');
  await assert.rejects(confirm(document), { type: 'Unavailable' });
  concur.faults.push({ code: 298, message: 'Invalid payment.' });
  const refused = await confirm(document);
  assert.ok(refused.status === 'hold' && refused.hold.reason === 'payment-confirmation-refused');
  assert.match(refused.hold.message, /298.*Invalid payment/);
  assert.equal((await readSettlements(stage.db, document.id))[0]?.confirmedStatus, null);
});

test('S101: a credit note, an overpayment and a reversal are for a person; Concur hears nothing', async () => {
  const cases: [name: string, key: string, amount: string, kind: Settlement['kind']][] = [
    ['credit', 'C', '100.00', 'credit'],
    ['too much', 'O', '100.01', 'payment'],
    ['reversal', 'R', '-5.00', 'payment'],
  ];
  for (const [name, key, amount, kind] of cases) {
    const document = await given(name);
    await settle(document, key, amount, { kind });
    const result = await confirm(document);
    assert.ok(result.status === 'hold' && result.hold.reason === 'payment-needs-decision', name);
  }
  assert.deepEqual(concur.calls, []);
});

test('C1: an invoice is told once, when it is fully paid, as PAID with the method CLIENT', async () => {
  const document = await given('invoice', 'invoice');
  await settle(document, 'A', '1000.00');
  assert.equal(stateOf(await confirm(document)), 'open');
  assert.deepEqual(concur.calls, []);
  await settle(document, 'B', '205.00', { settledOn: '2026-04-01' });
  assert.equal(stateOf(await confirm(document)), 'paid');
  assert.deepEqual(concur.calls, ['bulk-update PAID CLIENT 1205 2026-04-01']);
  const told = (await readSettlements(stage.db, document.id)).map(({ confirmedStatus }) => confirmedStatus);
  assert.deepEqual(told, ['PAID', 'PAID']);
  assert.equal((await now(document)).outcome, 'paid');
});

test('C1: an invoice that is not Extracted yet is tried again, whatever was tried before, and held when that lasts', async () => {
  const document = await given('lag', 'invoice');
  concur.invoices.set(document.businessId, 'Pending');
  await settle(document, 'A', '1205.00');
  await assert.rejects(confirm(document, 500), { type: 'Unavailable', nextRetryDelay: 5_000 });
  for (let attempt = 2; attempt < 12; attempt += 1) await assert.rejects(confirm(document), { type: 'Unavailable' });
  assert.ok(!concur.calls.includes('read-invoice'));
  const held = await confirm(document);
  assert.ok(held.status === 'hold' && held.hold.reason === 'payment-confirmation-refused');
  assert.match(held.hold.message, /not Extracted.*payment status "Pending"/);
  concur.invoices.set(document.businessId, 'Extracted');
  assert.equal(stateOf(await confirm(document)), 'paid');
});

test('C1: a refusal that lasts is believed only after the record was read: an invoice that is Paid there is paid', async () => {
  const document = await given('paid there', 'invoice');
  concur.invoices.set(document.businessId, 'Paid');
  await settle(document, 'A', '1205.00');
  for (let attempt = 1; attempt < 12; attempt += 1) await assert.rejects(confirm(document), { type: 'Unavailable' });
  assert.equal(stateOf(await confirm(document)), 'paid');
  assert.equal(concur.calls.at(-1), 'read-invoice');
});

test('S101: after a lost answer about an invoice its record is asked first, and nothing is repeated', async () => {
  const document = await given('invoice lost', 'invoice');
  await settle(document, 'A', '1205.00');
  concur.faults.push('lost-after');
  await assert.rejects(confirm(document), { type: 'OutcomeUnknown' });
  assert.equal(stateOf(await confirm(document)), 'paid');
  assert.deepEqual(concur.calls, ['bulk-update PAID CLIENT 1205 2026-03-15', 'read-invoice']);
});

test('S101: a kill between the answer about an invoice and our record of it does not send it again', async () => {
  const document = await given('invoice killed', 'invoice');
  await settle(document, 'A', '1205.00');
  await confirm(document);
  await stage.db.query('update settlements set confirmed_at = null, confirmed_status = null where document_id = $1', [
    document.id,
  ]);
  await stage.db.query('update documents set payment_confirmed_at = null where id = $1', [document.id]);
  assert.equal(stateOf(await confirm(document)), 'paid');
  assert.equal(concur.calls.length, 1);
});

test('S104: an answer without our invoice is an unknown outcome', async () => {
  const document = await given('invoice missing', 'invoice');
  await settle(document, 'A', '1205.00');
  concur.faults.push('no-item');
  await assert.rejects(confirm(document), { type: 'OutcomeUnknown' });
  assert.equal(stateOf(await confirm(document)), 'paid');
  assert.equal(concur.calls.filter((call) => call.startsWith('bulk-update')).length, 1);
});
