import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { createConcurActivities } from '../../src/activities/concur.js';
import type { ConcurDependencies } from '../../src/activities/dependencies.js';
import { createInvoicePaymentMethods } from '../../src/activities/invoice-payment-methods.js';
import { Rejected, Unauthorized, Unavailable } from '../../src/clients/http/errors.js';
import type { Settlement } from '../../src/contracts/erp-port.js';
import { openAlerts, raiseAlert } from '../../src/store/alert-store.js';
import type { StoredDocument } from '../../src/store/document-store.js';
import { reachStage, readDocument } from '../../src/store/document-store.js';
import { readSettlements, storeSettlements } from '../../src/store/settlement-store.js';
import { changed } from '../unit/mapping-fixtures.js';
import type { FakeConcur } from './fake-concur.js';
import { fakeConcur, systemId } from './fake-concur.js';
import type { Stage } from './stage.js';
import { connection, discover, inActivity, journal, openStage, stand } from './stage.js';

let stage: Stage;
let concur: FakeConcur;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());
beforeEach(() => {
  concur = fakeConcur();
  stage.notified.length = 0;
});

const activities = (given: Partial<ConcurDependencies> = {}) =>
  createConcurActivities({ ...concur.dependencies(stage), ...given });
const confirm = ({ id }: StoredDocument, given: Partial<ConcurDependencies> = {}) =>
  inActivity(() => activities(given).confirmPaymentInConcur({ documentId: id }));
const toldBy = async ({ id }: StoredDocument) =>
  (await readSettlements(stage.db, id)).map(
    ({ settlementKey, confirmedStatus }) => `${settlementKey} ${confirmedStatus}`,
  );

/** A report of 100.00 EUR, or an invoice of 1205.00 EUR of the supplier S-20001, posted and confirmed as posted. */
async function given(name: string, docType: 'expense' | 'invoice' = 'expense'): Promise<StoredDocument> {
  const [fixture, id, amount] =
    docType === 'expense'
      ? (['expense-split-with-tax', 'A1B2C3D4E5F6A7B8C9D0', '100.00'] as const)
      : (['invoice-two-lines', 'D1B2C3D4E5F6A7B8C9D0', '1205.00'] as const);
  const document = await discover(stage.db, name, fixture, changed(fixture, [id, `ID ${name}`]));
  concur.holds(document, 'POSTING_CONFIRMED_SUCCESS', { erpSystemId: systemId });
  concur.invoices.set(document.businessId, 'Extracted');
  const payable = { vendorAccount: 'V', amount, invoiceNumber: 'I' };
  await stand(stage.db, document, 'posted', journal(name, { docType, debitTotal: amount, payable }));
  await reachStage(stage.db, document.id, 'awaiting-payment', { postingConfirmed: true });
  return document;
}

const settle = ({ id }: StoredDocument, key: string, amount: string, more: Partial<Settlement> = {}) =>
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
      ...more,
    },
  ]);

for (const [code, reason] of [
  [99, 'concur-refused'],
  [116, 'concur-refused'],
  [298, 'payment-confirmation-refused'],
  [777, 'payment-confirmation-refused'],
] as const) {
  test(`S104: code ${code} of a payment confirmation holds with ${reason}, and nothing counts as told`, async () => {
    const document = await given(`payment ${code}`);
    await settle(document, 'A', '40.00');
    concur.faults.push({ code, message: 'Words of Concur.' });
    const held = await confirm(document);
    assert.ok(held.status === 'hold' && held.hold.reason === reason);
    assert.match(held.hold.message, new RegExp(`code ${code}`));
    assert.deepEqual(await toldBy(document), ['A null']);
  });
}

test('S104: codes 199 and NOT_POSTING_CONFIRMED are repeated by themselves; 213 says that Concur has the payment', async () => {
  const document = await given('payment repeated');
  await settle(document, 'A', '40.00');
  concur.faults.push({ code: 199 }, { code: 298, result: 'NOT_POSTING_CONFIRMED' }, { code: 213 });
  await assert.rejects(confirm(document), { type: 'Unavailable' });
  await assert.rejects(confirm(document), { type: 'Unavailable' });
  assert.equal((await confirm(document)).status, 'done');
  assert.deepEqual(await toldBy(document), ['A PP']);
});

test('S104: an item for another payment of the same document does not answer for ours', async () => {
  const document = await given('other reference');
  await settle(document, 'A', '40.00');
  const { fis } = concur.dependencies(stage);
  const other: ConcurDependencies['fis'] = {
    ...fis,
    confirmPayment: async (call) => (await fis.confirmPayment(call)).map((item) => ({ ...item, paymentRef: 'B' })),
  };
  await assert.rejects(confirm(document, { fis: other }), { type: 'OutcomeUnknown' });
});

const takenBack = { reference: 'PAY-A', settledOn: '2026-03-20' };
const confirming = { paymentReversals: 'confirm' } as const;

test('Decisions 21: with paymentReversals confirm, a part that the ERP took back is told as RE under a reference of its own', async () => {
  const document = await given('taken back');
  await settle(document, 'A', '40.00');
  await confirm(document, confirming);
  await settle(document, 'R', '-40.00', takenBack);
  assert.equal((await confirm(document, confirming)).status, 'done');
  await settle(document, 'B', '100.00', { settledOn: '2026-04-01' });
  const last = await confirm(document, confirming);
  assert.ok(last.status === 'done' && last.state === 'paid');
  assert.deepEqual(concur.calls, [
    'confirm-payment PP A 40 2026-03-15',
    'confirm-payment RE R/reversal 40 2026-03-20',
    'confirm-payment CP B 100 2026-04-01',
  ]);
  assert.deepEqual(await toldBy(document), ['A PP', 'R RE', 'B CP']);
});

test('Decisions 21: by default a payment taken back is for a person, and Concur hears nothing', async () => {
  const document = await given('taken back, alert');
  await settle(document, 'A', '40.00');
  await confirm(document);
  await settle(document, 'R', '-40.00', takenBack);
  const held = await confirm(document);
  assert.ok(held.status === 'hold' && held.hold.reason === 'payment-needs-decision');
  assert.equal(concur.calls.length, 1);
});

const poll = (docType: 'expense' | 'invoice', given: Partial<ConcurDependencies>) =>
  inActivity(async () => {
    const query = { docType, page: 0, passBeganAt: new Date().toISOString() };
    const { takenBack: found } = await activities(given).collectReadyPage(query);
    await activities(given).confirmReversalsInConcur({ docType });
    return found;
  });

test('Decisions 21: a payment taken back after CP is told as RE by the poll where that is configured, once', async () => {
  const document = await given('late');
  await settle(document, 'A', '100.00');
  await confirm(document, confirming);
  assert.equal((await readDocument(stage.db, document.id)).outcome, 'paid');
  await settle(document, 'R', '-100.00', takenBack);
  concur.calls.length = 0;
  assert.equal(await poll('expense', confirming), 1);
  assert.equal(await poll('expense', confirming), 0);
  const payments = concur.calls.filter((call) => call.startsWith('confirm-payment'));
  assert.deepEqual(payments, ['confirm-payment RE R/reversal 100 2026-03-20']);
  assert.deepEqual(await toldBy(document), ['A CP', 'R RE']);
  assert.equal(concur.documents.get(document.fiId)?.status, 'PAYMENT_CONFIRMED_REVERSED');
});

test('Decisions 21: a payment that the ERP made again beside a late reversal is told to a person, not kept silent', async () => {
  const document = await given('late, paid again');
  await settle(document, 'A', '100.00');
  await confirm(document, confirming);
  await settle(document, 'R', '-100.00', takenBack);
  await settle(document, 'B', '100.00', { settledOn: '2026-03-21' });
  // As the reading of settlements leaves it: people were told of the change already.
  const cause = `payment-changed-after-close: ${document.id}`;
  await raiseAlert(stage.db, { cause, message: 'The payment was changed.' });
  assert.equal(await poll('expense', confirming), 1);
  assert.equal(await poll('expense', confirming), 0);
  assert.deepEqual(await toldBy(document), ['A CP', 'R RE', 'B null']);
  const open = (await openAlerts(stage.db)).filter((each) => each.cause === cause);
  assert.match(
    open[0]?.message ?? '',
    /paid again after a reversal.*100\.00 EUR on 2026-03-21 \(PAY-B\).*in Concur by hand/,
  );
  assert.deepEqual(
    stage.notified.filter((each) => each === cause),
    [cause],
  );
});

test('Decisions 21: a late reversal that was told, with nothing paid again, ends its alert', async () => {
  const document = await given('late, told');
  await settle(document, 'A', '97.00');
  await settle(document, 'D', '3.00', { kind: 'discount' });
  await confirm(document, confirming);
  await settle(document, 'R', '-97.00', takenBack);
  const cause = `payment-changed-after-close: ${document.id}`;
  await raiseAlert(stage.db, { cause, message: 'The payment was changed.' });
  await poll('expense', confirming);
  assert.deepEqual(
    (await openAlerts(stage.db)).filter((each) => each.cause === cause),
    [],
  );
});

test('Decisions 21: a payment of an invoice taken back after PAID is told as VOID, once', async () => {
  const document = await given('late invoice', 'invoice');
  await settle(document, 'A', '1000.00');
  await settle(document, 'B', '205.00');
  await confirm(document, confirming);
  await settle(document, 'R', '-205.00', { reference: 'PAY-B', settledOn: '2026-03-20' });
  await poll('invoice', confirming);
  await settle(document, 'S', '-1000.00', { ...takenBack, settledOn: '2026-03-21' });
  await poll('invoice', confirming);
  assert.equal(await poll('invoice', confirming), 0);
  const told = concur.calls.filter((call) => call.startsWith('bulk-update'));
  assert.deepEqual(told, ['bulk-update PAID CLIENT 1205 2026-03-15', 'bulk-update VOID CLIENT 1205 2026-03-20']);
});

test('Decisions 21: by default the poll tells nothing of payments taken back; refused ones are left to a person once', async () => {
  const document = await given('late, alert');
  await settle(document, 'A', '100.00');
  await confirm(document);
  await settle(document, 'R', '-100.00', takenBack);
  const { takenBack: counted } = await inActivity(() =>
    activities().collectReadyPage({ docType: 'expense', page: 0, passBeganAt: new Date().toISOString() }),
  );
  assert.equal(counted, undefined);
  concur.faults.push({ code: 298 });
  await poll('expense', confirming);
  assert.equal(await poll('expense', confirming), 0);
  const [left] = (await openAlerts(stage.db)).filter(({ cause }) => cause.endsWith(document.id));
  assert.match(left?.message ?? '', /Concur was not told.*by hand/);
});

test('Decisions 21: a late reversal that Concur does not answer for keeps no poll, and is told by the next one', async () => {
  const document = await given('late, slow');
  await settle(document, 'A', '100.00');
  await confirm(document, confirming);
  await settle(document, 'R', '-100.00', takenBack);
  concur.faults.push(new Unavailable('away', { system: 'concur', operation: 'x' }));
  assert.equal(await poll('expense', confirming), 1);
  await poll('expense', confirming);
  assert.deepEqual(await toldBy(document), ['A CP', 'R RE']);
});

/** How an invoice is confirmed where Concur has these methods for its supplier. */
async function confirmWith(name: string, methods: (string | undefined)[], more: Partial<MethodSettings> = {}) {
  const document = await given(name, 'invoice');
  await settle(document, 'A', '1205.00');
  const records = methods.map((method, index) => ({
    vendorCode: 'S-20001',
    addressCode: `ADDR-${index}`,
    ...(method === undefined ? {} : { paymentMethodType: method }),
  }));
  const paymentMethods = createInvoicePaymentMethods({
    ...methodSettings,
    vendors: { find: async () => records },
    ...more,
  });
  return { document, result: await confirm(document, { paymentMethods }) };
}

type MethodSettings = Parameters<typeof createInvoicePaymentMethods>[0];
const methodSettings: Omit<MethodSettings, 'vendors'> = {
  connection,
  allowed: ['CLIENT', 'WIRE', 'CARD'],
  fallback: undefined,
  lacksScope: async () => true,
  now: () => new Date(),
};

for (const method of ['CLIENT', 'WIRE', 'CARD']) {
  test(`Decisions 22: an invoice of a supplier with the method ${method} is confirmed with that method`, async () => {
    const { result } = await confirmWith(`method ${method}`, [method.toLowerCase()]);
    assert.ok(result.status === 'done' && result.state === 'paid');
    assert.deepEqual(concur.calls, [`bulk-update PAID ${method} 1205 2026-03-15`]);
  });
}

for (const method of ['ACH', 'CHECK', 'VCHER', 'PAYPVD']) {
  test(`Decisions 22: where Concur pays the supplier (${method}) nothing is confirmed, the invoice holds, and people are told`, async () => {
    const { result } = await confirmWith(`pays ${method}`, [method], { fallback: 'CLIENT' });
    assert.ok(result.status === 'hold' && result.hold.reason === 'payment-confirmation-refused');
    assert.match(result.hold.message, new RegExp(`Concur itself pays the supplier S-20001.*${method}`));
    assert.deepEqual(concur.calls, []);
    const cause = `configuration: ${connection} supplier S-20001`;
    assert.ok((await openAlerts(stage.db)).some((alert) => alert.cause === cause));
  });
}

test('Decisions 22: a method that is not on the list is not confirmed either, and one faulty address is enough', async () => {
  const { result } = await confirmWith('not listed', ['CARD'], { allowed: ['CLIENT'] });
  assert.ok(result.status === 'hold' && /not on the list invoicePaymentMethods/.test(result.hold.message));
  const mixed = await confirmWith('mixed', ['CLIENT', 'ACH'], { fallback: 'CLIENT' });
  assert.equal(mixed.result.status, 'hold');
  assert.deepEqual(concur.calls, []);
});

const forbidden = new Unauthorized('403', { system: 'concur', operation: 'vendor.find', status: 403 });
const missing = new Rejected('404', { system: 'concur', operation: 'vendor.find', status: 404 }, '404');

for (const [name, methods, find] of [
  ['has no such supplier', [], undefined],
  ['tells no method', [undefined], undefined],
  ['tells several methods', ['CLIENT', 'WIRE'], undefined],
  ['refuses the scope', [], forbidden],
  ['answers 404', [], missing],
] as const) {
  test(`Decisions 22: where Concur ${name}, the configured method is sent; without one the invoice holds with what to do`, async () => {
    const vendors = find === undefined ? {} : { vendors: { find: () => Promise.reject(find) } };
    const held = await confirmWith(`${name} held`, [...methods], vendors);
    assert.ok(held.result.status === 'hold' && held.result.hold.reason === 'payment-confirmation-refused');
    assert.match(held.result.hold.message, /INVVEN.*invoicePaymentMethod/);
    assert.deepEqual(concur.calls, []);
    await confirmWith(`${name} sent`, [...methods], { ...vendors, fallback: 'WIRE' });
    assert.deepEqual(concur.calls, ['bulk-update PAID WIRE 1205 2026-03-15']);
  });
}

test('Decisions 22, S30: a 403 although the scope is granted says nothing of the supplier: it is asked again, nothing holds', async () => {
  await assert.rejects(
    confirmWith('revoked this minute', [], {
      vendors: { find: () => Promise.reject(forbidden) },
      lacksScope: async () => false,
    }),
    { type: 'Unauthorized' },
  );
});

test('Decisions 22: a supplier is looked up once an hour; a held invoice looks it up anew, and a failed look-up is none', async () => {
  let lookUps = 0;
  let method = 'CLIENT';
  const paymentMethods = createInvoicePaymentMethods({
    ...methodSettings,
    now: stage.now,
    vendors: {
      find: async ({ vendorCode, addressCode }) => {
        lookUps += 1;
        if (method === '') throw new Unavailable('away', { system: 'concur', operation: 'vendor.find' });
        return [{ vendorCode, addressCode: addressCode ?? '', paymentMethodType: method }];
      },
    },
  });
  const confirmNext = async (name: string) => {
    const document = await given(name, 'invoice');
    await settle(document, 'A', '1205.00');
    return { document, result: await confirm(document, { paymentMethods }) };
  };
  await confirmNext('cached 1');
  await confirmNext('cached 2');
  assert.equal(lookUps, 1);
  stage.passSeconds(3_600);
  method = '';
  await assert.rejects(confirmNext('cached 3'), { type: 'Unavailable' });
  method = 'ACH';
  const { document, result } = await confirmNext('cached 4');
  assert.deepEqual([lookUps, result.status], [3, 'hold']);
  method = 'CLIENT';
  assert.equal((await confirm(document, { paymentMethods })).status, 'done');
  assert.equal(lookUps, 4);
});
