import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Conflict, OutcomeUnknown } from '../../src/clients/http/errors.js';
import { creditMemo, invoice, stage, tracked } from './bc-stage.js';

test('C12, M2: a credit memo is drafted, compared, posted and proved, with its own entity and the sides turned round', async () => {
  const { bc, writes, write } = stage();
  const result = await write(creditMemo(bc));
  assert.deepEqual(writes.created, ['bc.credit-memo-draft', 'bc.credit-memo-post']);
  assert.equal(bc.invoices.length, 0);
  const [memo] = bc.creditMemos;
  assert.deepEqual([memo!.vendorCreditMemoNumber, memo!.creditMemoDate, memo!.status], ['CR-12', '2026-08-18', 'Open']);
  assert.ok(result.posting.state === 'posted');
  assert.deepEqual([result.posting.proof.documentNumber, result.posting.proof.debitTotal], [memo!.number, '320.00']);
  const vendorSide = bc.ledger.find(({ accountNumber }) => accountNumber === '2000');
  assert.equal(vendorSide!.debitAmount, '300');
});

for (const operation of ['bc.credit-memos.create', 'bc.credit-memos.post']) {
  test(`S81: ${operation} whose answer is lost ends in one posted credit memo`, async () => {
    const { bc, write } = stage();
    bc.faults.push({ operation, as: 'lost-after' });
    await assert.rejects(write(creditMemo(bc)), OutcomeUnknown);
    assert.equal((await write(creditMemo(bc))).posting.state, 'posted');
    assert.equal(bc.creditMemos.length, 1);
    assert.equal(bc.operations.filter((name) => name === operation).length, 1);
  });
}

test('S82: an invoice with the number of a credit memo is another document; a credit memo by hand is a conflict', async () => {
  const { bc, write } = stage();
  await write(invoice(bc, { vendorInvoiceNumber: 'CR-12' }));
  assert.equal((await write(creditMemo(bc))).posting.state, 'posted');
  const other = stage();
  other.bc.creditMemos.push({
    id: 'hand',
    number: '109001',
    status: 'Open',
    vendorNumber: '20000',
    vendorCreditMemoNumber: 'CR-12',
    totalAmountIncludingTax: '99.00',
    creditMemoDate: '2026-08-18',
    purchaseCreditMemoLines: [],
  });
  await assert.rejects(
    other.write(creditMemo(other.bc)),
    (error) => error instanceof Conflict && /purchase credit memo 109001/.test(error.message),
  );
  assert.equal(other.bc.writes().length, 0);
});

test('C15, M2: postings of invoices and credit memos are asked for in bulk, each of its own entity', async () => {
  const at = stage();
  const [bill, memo] = [invoice(at.bc), creditMemo(at.bc)];
  const documents = [tracked(bill, await at.write(bill), 'bill'), tracked(memo, await at.write(memo), 'memo')];
  const states = await at.erp.findPostings(at.bc.companyName, documents, at.signal);
  assert.deepEqual(
    states.map(({ documentId, state }) => [documentId, state]),
    [
      ['bill', 'posted'],
      ['memo', 'posted'],
    ],
  );
  at.bc.creditMemos = [];
  const [, gone] = await at.erp.findPostings(at.bc.companyName, documents, at.signal);
  assert.ok(gone?.state === 'missing' && /credit memo no longer exists/.test(gone.reason));
});

test('B3: an unposted credit memo is withdrawn under its etag, a posted one never', async () => {
  const at = stage({ proveTries: 1 });
  at.bc.postsByJobQueue = true;
  const memo = creditMemo(at.bc);
  const written = tracked(memo, await at.write(memo));
  const context = { writes: at.writes, signal: at.signal, heartbeat: () => undefined };
  assert.deepEqual(await at.erp.withdraw(written, context), { state: 'gone' });
  assert.equal(at.bc.creditMemos.length, 0);
  const posted = stage();
  const again = creditMemo(posted.bc);
  const result = tracked(again, await posted.write(again));
  const answer = await posted.erp.withdraw(result, { ...context, writes: posted.writes });
  assert.equal(answer.state, 'posted');
  assert.equal(posted.bc.creditMemos.length, 1);
});

test('trap 2: a credit memo that closes an invoice is a credit of that invoice, never a payment', async () => {
  const at = stage();
  const [bill, memo] = [invoice(at.bc, { debitTotal: '1250.00' }), creditMemo(at.bc)];
  const documents = [tracked(bill, await at.write(bill), 'bill'), tracked(memo, await at.write(memo), 'memo')];
  const entryOf = (index: number) => String(at.bc.vendorEntries[index]!.vleEntryNo);
  at.bc.apply(entryOf(0), entryOf(1), '300.00', '2026-08-25');
  const settlements = await at.erp.findSettlements(at.bc.companyName, documents, undefined, at.signal);
  assert.deepEqual(
    settlements.map(({ documentId, kind, amount }) => [documentId, kind, amount]),
    [['bill', 'credit', '300.00']],
  );
});
