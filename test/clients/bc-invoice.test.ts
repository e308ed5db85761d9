import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Conflict, OutcomeUnknown } from '../../src/clients/http/errors.js';
import { invoice, stage } from './bc-stage.js';

/** A person's own invoice with the number of ours. */
const byHand = (amount: string, status: string, number = '108999') => ({
  '@odata.etag': 'W/"h"',
  id: `hand-${number}`,
  number,
  status,
  vendorNumber: '20000',
  vendorInvoiceNumber: "INV-77'A",
  invoiceDate: '2026-08-18',
  postingDate: '2026-08-19',
  dueDate: '2026-09-17',
  currencyCode: 'EUR',
  totalAmountIncludingTax: amount,
  purchaseInvoiceLines: [],
});

test('S100, M2: an invoice is drafted with its marker, compared, posted and proved by status and ledger', async () => {
  const { bc, writes, write } = stage();
  const document = invoice(bc);
  const result = await write(document);
  assert.deepEqual(writes.created, ['bc.invoice-draft', 'bc.invoice-post']);
  assert.equal(result.adopted, false);
  assert.equal(result.keys.id, bc.invoices[0]!.id);
  assert.ok(result.posting.state === 'posted');
  assert.equal(result.posting.proof.documentNumber, bc.invoices[0]!.number, 'the posted number, not the draft number');
  assert.equal(result.posting.proof.debitTotal, '1250.00');
  assert.equal(result.posting.proof.vendorEntryKey, '101');
  assert.equal(result.posting.proof.vendorAmount, '1250.00');
  const lines = bc.invoices[0]!.purchaseInvoiceLines as { lineType: string; description: string }[];
  assert.deepEqual([lines[0]!.lineType, lines[0]!.description], ['Comment', document.marker]);
});

test('S80: the vendor and the number are looked for before any create, quotes doubled', async () => {
  const { bc, write } = stage();
  await write(invoice(bc));
  const look = bc.calls.findIndex(({ operation }) => operation === 'bc.invoices.find');
  const create = bc.calls.findIndex(({ operation }) => operation === 'bc.invoices.create');
  assert.ok(look >= 0 && look < create);
  assert.equal(bc.calls[look]!.query!.$filter, "vendorInvoiceNumber eq 'INV-77''A'");
  assert.equal(bc.calls[look]!.headers!['Data-Access-Intent'], 'ReadWrite');
});

for (const operation of ['bc.invoices.create', 'bc.invoices.post']) {
  for (const as of ['lost-before', 'lost-after'] as const) {
    test(`S81: ${operation} ${as} ends in one posted invoice`, async () => {
      const { bc, writes, write } = stage();
      bc.faults.push({ operation, as });
      await assert.rejects(write(invoice(bc)), OutcomeUnknown);
      if (as === 'lost-before') {
        await assert.rejects(write(invoice(bc)), OutcomeUnknown);
        writes.waitsPassed = true;
      }
      const result = await write(invoice(bc));
      assert.equal(result.posting.state, 'posted');
      assert.deepEqual(
        bc.invoices.map(({ status }) => status),
        ['Open'],
      );
      assert.equal(bc.operations.filter((name) => name === operation).length, as === 'lost-before' ? 2 : 1);
    });
  }
}

test('S82: the same number of the same vendor with another amount is a conflict that names it', async () => {
  for (const status of ['Open', 'Draft', 'Canceled']) {
    const { bc, write } = stage();
    bc.invoices.push(byHand('99.00', status));
    await assert.rejects(write(invoice(bc)), (error) => error instanceof Conflict && /108999/.test(error.message));
    assert.equal(bc.writes().length, 0);
  }
});

test('S81: a posted invoice with our total and date is adopted', async () => {
  const { bc, write } = stage();
  bc.invoices.push(byHand('1250.00', 'Paid'));
  bc.ledger.push({ id: '1', documentNumber: '108999', accountNumber: '8420', postingDate: '2026-08-19' });
  const result = await write(invoice(bc));
  assert.equal(result.adopted, true);
  assert.ok(result.posting.state === 'posted' && result.posting.proof.documentNumber === '108999');
  assert.equal(bc.writes().length, 0);
});

test('a draft made by hand with our total is not ours without the marker', async () => {
  const { bc, write } = stage();
  bc.invoices.push(byHand('1250.00', 'Draft'));
  await assert.rejects(write(invoice(bc)), Conflict);
});

test('of two drafts of ours the older is posted and the newer removed with its etag', async () => {
  const { bc, writes, write } = stage();
  bc.faults.push({ operation: 'bc.invoices.create', as: 'lost-after' });
  await assert.rejects(write(invoice(bc)), OutcomeUnknown);
  const first = bc.invoices[0]!;
  bc.invoices.push({ ...structuredClone(first), id: 'twin', number: '2000' });
  writes.waitsPassed = true;
  const result = await write(invoice(bc));
  assert.equal(result.keys.id, first.id);
  assert.deepEqual(
    bc.invoices.map(({ id }) => id),
    [first.id],
  );
  const removal = bc.calls.find(({ method }) => method === 'DELETE')!;
  assert.equal(removal.headers!['If-Match'], 'W/"i1"');
});

test('trap 10: a duplicate found at post is held and names the other invoice', async () => {
  const { bc, write } = stage();
  bc.faults.push({ operation: 'bc.invoices.post', as: 'lost-before' });
  await assert.rejects(write(invoice(bc)), OutcomeUnknown);
  bc.invoices.push(byHand('99.00', 'Open'));
  const second = stage({}, bc);
  await assert.rejects(second.write(invoice(bc)), (error: Error & { code: string }) => {
    assert.equal(error.code, 'possible-duplicate');
    return /108999/.test(error.message);
  });
});

test('trap 6: 400 after the posting happened is a success; a draft that stays one is waiting', async () => {
  const happened = stage();
  const refusal = {
    status: 400,
    code: 'Internal_DataNotFoundFilter',
    message: 'There is no Purch. Inv. Header within the filter.',
  };
  happened.bc.faults.push({ operation: 'bc.invoices.post', as: { ...refusal, done: true } });
  assert.equal((await happened.write(invoice(happened.bc))).posting.state, 'posted');
  const queued = stage({ proveTries: 2 });
  queued.bc.postsByJobQueue = true;
  assert.equal((await queued.write(invoice(queued.bc))).posting.state, 'waiting');
});

test('another total, account or date in the draft is never posted', async () => {
  for (const change of [
    { totalAmountIncludingTax: '1512.50' },
    { postingDate: '2026-08-22' },
    { currencyCode: 'USD' },
  ]) {
    const { bc, write } = stage();
    bc.faults.push({ operation: 'bc.invoices.post', as: 'lost-before' });
    await assert.rejects(write(invoice(bc)), OutcomeUnknown);
    Object.assign(bc.invoices[0]!, change);
    await assert.rejects(stage({}, bc).write(invoice(bc)), { code: 'erp-document-changed' });
    assert.equal(bc.ledger.length, 0);
  }
});

test('an invoice cancelled by a person is neither posted again nor confirmed', async () => {
  const { bc, write } = stage();
  await write(invoice(bc));
  bc.invoices[0]!.status = 'Canceled';
  await assert.rejects(write(invoice(bc)), { code: 'erp-document-changed' });
  assert.equal(bc.operations.filter((name) => name === 'bc.invoices.create').length, 1);
});

test('trap 12: inherited dimensions are changed in the safe order, lost ones stop the posting', async () => {
  const inherited = stage();
  inherited.bc.defaultDimension = 'DEPARTMENT';
  assert.equal((await inherited.write(invoice(inherited.bc))).posting.state, 'posted');
  const lines = inherited.bc.invoices[0]!.purchaseInvoiceLines as { dimensionSetLines: { valueCode: string }[] }[];
  assert.equal(lines[1]!.dimensionSetLines[0]!.valueCode, '420');
  const lost = stage();
  lost.bc.losesDimensions = true;
  await assert.rejects(lost.write(invoice(lost.bc)), { code: 'dimension-unusable' });
  assert.equal(lost.bc.ledger.length, 0);
});

test('a document in foreign currency is proved in its own currency', async () => {
  const { bc, write } = stage();
  bc.currency = 'GBP';
  const { posting } = await write(invoice(bc));
  assert.ok(posting.state === 'posted');
  assert.deepEqual([posting.proof.debitTotal, posting.proof.currency], ['1250.00', 'EUR']);
});
