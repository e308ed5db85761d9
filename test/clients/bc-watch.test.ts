import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Decimal } from 'decimal.js';
import type { TrackedErpDocument } from '../../src/contracts/erp-port.js';
import { FakeBc } from './bc-fake.js';
import { invoice, journal, stage, tracked, type Stage } from './bc-stage.js';

async function postedPair(): Promise<{ at: Stage; documents: TrackedErpDocument[] }> {
  const at = stage();
  const [report, bill] = [journal(at.bc), invoice(at.bc)];
  const documents = [tracked(report, await at.write(report), 'report'), tracked(bill, await at.write(bill), 'bill')];
  at.bc.calls.length = 0;
  return { at, documents };
}

const pay = (bc: FakeBc, vendor: string, amount: string, on: string, type = 'Payment', number = 'PAY-9'): string =>
  bc.owe(vendor, number, new Decimal(amount), type, on);

test('S100, M2: postings of one company are asked for in bulk and carry their proofs', async () => {
  const { at, documents } = await postedPair();
  const states = await at.erp.findPostings(at.bc.companyName, documents, at.signal);
  assert.deepEqual(
    states.map(({ documentId, state }) => [documentId, state]),
    [
      ['report', 'posted'],
      ['bill', 'posted'],
    ],
  );
  const proofs = states.flatMap((state) => (state.state === 'posted' ? [state.proof] : []));
  assert.deepEqual(
    proofs,
    documents.map(({ proof }) => proof),
  );
  assert.ok(at.bc.calls.every(({ kind }) => kind === 'read'));
});

test('C15: what stands in its batch or is a draft is waiting, what a person removed is missing', async () => {
  const at = stage({ proveTries: 1 });
  at.bc.postsByJobQueue = true;
  const [report, bill] = [journal(at.bc), invoice(at.bc)];
  const documents = [tracked(report, await at.write(report), 'report'), tracked(bill, await at.write(bill), 'bill')];
  const ask = () => at.erp.findPostings(at.bc.companyName, documents, at.signal);
  assert.deepEqual(
    (await ask()).map(({ state }) => state),
    ['waiting', 'waiting'],
  );
  at.bc.journalLines = [];
  at.bc.invoices = [];
  assert.deepEqual(
    (await ask()).map(({ state }) => state),
    ['missing', 'missing'],
  );
});

test('foreign, reversed and cancelled entries are not taken for a posting', async () => {
  const { at, documents } = await postedPair();
  const number = (documents[0]!.document as ReturnType<typeof journal>).documentNumber;
  const original = at.bc.ledger.filter((row) => row.documentNumber === number);
  at.bc.ledger.push(
    ...original.map((row) => ({ ...row, debitAmount: row.creditAmount, creditAmount: row.debitAmount })),
  );
  at.bc.invoices[0]!.status = 'Canceled';
  const reversed = await at.erp.findPostings(at.bc.companyName, documents, at.signal);
  assert.deepEqual(
    reversed.map(({ state }) => state),
    ['missing', 'missing'],
  );
  at.bc.ledger = original.map((row) => ({ ...row, accountNumber: '1111' }));
  const foreign = await at.erp.findPostings(at.bc.companyName, documents, at.signal);
  assert.equal(foreign[0]!.state, 'refused');
});

test('M2: a payment applied to a document is a settlement with amount, date and reference', async () => {
  const { at, documents } = await postedPair();
  const entry = documents[0]!.proof!.vendorEntryKey!;
  at.bc.apply(entry, pay(at.bc, 'E-001', '120.50', '2026-08-25'), '120.50', '2026-08-25', '7');
  const settlements = await at.erp.findSettlements(at.bc.companyName, documents, '2026-08-24T22:00:00Z', at.signal);
  assert.equal(settlements.length, 1);
  const { settlementKey, ...settlement } = settlements[0]!;
  assert.deepEqual(settlement, {
    documentId: 'report',
    part: 1,
    kind: 'payment',
    amount: '120.50',
    currency: 'EUR',
    settledOn: '2026-08-25',
    reference: 'PAY-9',
    fiscalYear: '2026',
  });
  assert.ok(settlementKey.startsWith(`${at.bc.companyName}/PAY-9/2026/103-7-`));
  assert.deepEqual(await at.erp.findSettlements(at.bc.companyName, documents, '2026-09-01T00:00:00Z', at.signal), []);
  assert.deepEqual(await at.erp.findSettlements(at.bc.companyName, documents, undefined, at.signal), settlements);
});

test('trap 3: partial payments and one payment for two documents each have a key of their own', async () => {
  const { at, documents } = await postedPair();
  const payment = pay(at.bc, 'E-001', '800.00', '2026-08-25');
  at.bc.apply(documents[0]!.proof!.vendorEntryKey!, payment, '100.00', '2026-08-25');
  at.bc.apply(documents[0]!.proof!.vendorEntryKey!, payment, '20.50', '2026-08-26');
  at.bc.apply(documents[1]!.proof!.vendorEntryKey!, payment, '679.50', '2026-08-25');
  const settlements = await at.erp.findSettlements(at.bc.companyName, documents, undefined, at.signal);
  assert.deepEqual(
    settlements.map(({ documentId, amount }) => [documentId, amount]),
    [
      ['report', '100.00'],
      ['report', '20.50'],
      ['bill', '679.50'],
    ],
  );
  assert.equal(new Set(settlements.map(({ settlementKey }) => settlementKey)).size, 3);
});

test('an un-application is a negative settlement, and paying again a new one', async () => {
  const { at, documents } = await postedPair();
  const entry = documents[0]!.proof!.vendorEntryKey!;
  const payment = pay(at.bc, 'E-001', '120.50', '2026-08-25');
  at.bc.apply(entry, payment, '120.50', '2026-08-25');
  at.bc.apply(entry, payment, '-120.50', '2026-08-26');
  at.bc.apply(entry, payment, '120.50', '2026-08-27');
  const settlements = await at.erp.findSettlements(at.bc.companyName, documents, undefined, at.signal);
  assert.deepEqual(
    settlements.map(({ amount }) => amount),
    ['120.50', '-120.50', '120.50'],
  );
  assert.equal(new Set(settlements.map(({ settlementKey }) => settlementKey)).size, 3);
});

test('trap 2: a credit memo and other counter documents are not payments, discounts are reported as such', async () => {
  const { at, documents } = await postedPair();
  const entry = documents[1]!.proof!.vendorEntryKey!;
  at.bc.apply(entry, pay(at.bc, '20000', '200.00', '2026-08-25', 'Credit_x0020_Memo', 'CM-1'), '200.00', '2026-08-25');
  at.bc.apply(entry, pay(at.bc, '20000', '50.00', '2026-08-25', '_x0020_', 'GJ-1'), '50.00', '2026-08-25');
  at.bc.apply(entry, pay(at.bc, '20000', '980.00', '2026-08-25'), '980.00', '2026-08-25');
  at.bc.vendorEntries.push(
    at.bc.detailed(
      entry,
      'Payment_x0020_Discount',
      '20000',
      'Payment',
      'PAY-9',
      new Decimal('20.00'),
      '2026-08-25',
      '1',
      '0',
    ),
  );
  at.bc.refreshOpen();
  const settlements = await at.erp.findSettlements(at.bc.companyName, documents, undefined, at.signal);
  assert.deepEqual(
    settlements.map(({ kind, amount, reference }) => [kind, amount, reference]),
    [
      ['credit', '200.00', 'CM-1'],
      ['other', '50.00', 'GJ-1'],
      ['payment', '980.00', 'PAY-9'],
      ['discount', '20.00', 'PAY-9'],
    ],
  );
});

test('where the document was applied to an earlier payment, the payment is found from the other side', async () => {
  const { at, documents } = await postedPair();
  const entry = documents[0]!.proof!.vendorEntryKey!;
  const payment = pay(at.bc, 'E-001', '200.00', '2026-08-20');
  for (const [no, amount] of [
    [entry, '120.50'],
    [payment, '-120.50'],
  ] as const) {
    at.bc.vendorEntries.push(
      at.bc.detailed(no, 'Application', '', '_x0020_', 'CX', new Decimal(amount), '2026-08-22', '3', entry),
    );
  }
  at.bc.refreshOpen();
  const settlements = await at.erp.findSettlements(at.bc.companyName, documents, '2026-08-22T00:00:00Z', at.signal);
  assert.deepEqual(
    settlements.map(({ kind, amount, reference }) => [kind, amount, reference]),
    [['payment', '120.50', 'PAY-9']],
  );
});

test('trap 19: rows that contradict each other are read again later', async () => {
  const { at, documents } = await postedPair();
  const entry = documents[0]!.proof!.vendorEntryKey!;
  at.bc.apply(entry, pay(at.bc, 'E-001', '120.50', '2026-08-25'), '120.50', '2026-08-25');
  for (const row of at.bc.vendorEntries) row.vleOpen = true;
  assert.deepEqual(await at.erp.findSettlements(at.bc.companyName, documents, undefined, at.signal), []);
});

test('a vendor entry that was not visible at posting is found by document number and vendor', async () => {
  const { at, documents } = await postedPair();
  const entry = documents[1]!.proof!.vendorEntryKey!;
  at.bc.apply(entry, pay(at.bc, '20000', '1250.00', '2026-08-25'), '1250.00', '2026-08-25');
  const { vendorEntryKey: _, ...proof } = documents[1]!.proof!;
  at.bc.owe('OTHER', proof.documentNumber, new Decimal('-1'), '_x0020_', '2026-08-25');
  const settlements = await at.erp.findSettlements(
    at.bc.companyName,
    [{ ...documents[1]!, proof }],
    undefined,
    at.signal,
  );
  assert.deepEqual(
    settlements.map(({ amount }) => amount),
    ['1250.00'],
  );
});

test('analytics amounts in local currency become the share of a foreign invoice', async () => {
  const bc = new FakeBc();
  bc.currency = 'GBP';
  const at = stage({}, bc);
  const bill = invoice(bc);
  const documents = [tracked(bill, await at.write(bill), 'bill')];
  const entry = documents[0]!.proof!.vendorEntryKey!;
  for (const row of bc.vendorEntries) row.dvleAmountLCY = '-1000.00';
  bc.apply(entry, pay(bc, '20000', '400.00', '2026-08-25'), '400.00', '2026-08-25');
  bc.apply(entry, pay(bc, '20000', '600.00', '2026-08-26'), '600.00', '2026-08-26');
  const settlements = await at.erp.findSettlements(bc.companyName, documents, undefined, at.signal);
  assert.deepEqual(
    settlements.map(({ amount, currency }) => [amount, currency]),
    [
      ['500.00', 'EUR'],
      ['750.00', 'EUR'],
    ],
  );
});

test('traps 1 and 2: a company without a ledger source never reports a payment and never asks analytics', async () => {
  const at = stage({ paymentSource: 'status-only' });
  const bill = invoice(at.bc);
  const documents = [tracked(bill, await at.write(bill))];
  at.bc.invoices[0]!.status = 'Paid';
  assert.deepEqual(await at.erp.findSettlements(at.bc.companyName, documents, undefined, at.signal), []);
  assert.ok(at.bc.calls.every(({ path }) => !path.includes('/analytics/')));
});

test('a missing analytics app does not stand in the way of a posting proof', async () => {
  const at = stage();
  at.bc.faults.push({
    operation: 'bc.vendor-entries.read',
    as: { status: 404, code: 'BadRequest_NotFound', message: 'No route' },
  });
  const { posting } = await at.write(journal(at.bc));
  assert.ok(posting.state === 'posted' && posting.proof.vendorEntryKey === undefined);
});
