import assert from 'node:assert/strict';
import { test } from 'node:test';
import { invoice, newId, openStage, post, type ConcurStage } from './concur-stage.js';

interface BulkAnswer {
  status: string;
  successCount: number;
  failureCount: number;
  failedPayments?: { requestId: string; errorMessage: string }[];
}

async function bulkUpdate(stage: ConcurStage, body: unknown): Promise<{ status: number; answer: BulkAnswer }> {
  const init = { method: 'POST', body: JSON.stringify(body) };
  const response = await stage.call('/invoice/payment-confirmation/v4/payments/bulkUpdate', init);
  return { status: response.status, answer: (await response.json()) as BulkAnswer };
}

function paid(requestId: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    requestId,
    invoiceAmount: 1190,
    paymentAmount: 1190,
    paymentStatus: 'PAID',
    paymentStatusDate: '2026-09-20',
    ...more,
  };
}

void test('S101: an invoice becomes paid once after its posting confirmation; 200, 207 and 400 tell the mix', async () => {
  const stage = await openStage();
  const [posted, ready] = [newId(), newId()];
  stage.load(
    { docType: 'invoice', id: posted, document: invoice('INV-POSTED') },
    { docType: 'invoice', id: ready, document: invoice('INV-READY') },
  );
  await post(stage, 'invoice', posted);
  const mixed = await bulkUpdate(stage, [paid('INV-POSTED'), paid('INV-READY')]);
  assert.equal(mixed.status, 207);
  assert.deepEqual([mixed.answer.status, mixed.answer.successCount, mixed.answer.failureCount], ['MULTI_STATUS', 1, 1]);
  assert.match(mixed.answer.failedPayments?.[0]?.errorMessage ?? '', /not have a Payment Status of Extracted/);
  const again = await bulkUpdate(stage, [paid('INV-POSTED')]);
  assert.equal(again.status, 400);
  assert.match(again.answer.failedPayments?.[0]?.errorMessage ?? '', /Extracted/);
  const repeat = stage.harness.book.kept.violations.find(({ firstAnsweredAt }) => firstAnsweredAt !== undefined);
  assert.match(repeat?.message ?? '', /paid again/);
  assert.equal(stage.concur.documents().find(({ id }) => id === posted)?.invoicePayments.length, 1);
  await stage.close();
});

void test('S101: an invoice that is not yet Extracted is refused for a while without being a violation', async () => {
  const stage = await openStage({ extractedLagMs: 60_000 });
  const id = newId();
  stage.load({ docType: 'invoice', id, document: invoice('INV-LAG') });
  await post(stage, 'invoice', id);
  assert.equal((await bulkUpdate(stage, [paid('INV-LAG')])).status, 400);
  assert.deepEqual(stage.violations(), []);
  await stage.close();
});

void test('B28: what would make Concur pay, omitted fields, wrong amounts and wrapped bodies are refused and counted', async () => {
  const stage = await openStage();
  const [id, byCheck] = [newId(), newId()];
  stage.load(
    { docType: 'invoice', id, document: invoice('INV-1') },
    { docType: 'invoice', id: byCheck, document: invoice('INV-2', 1190, 'CHECK') },
  );
  await post(stage, 'invoice', id);
  await post(stage, 'invoice', byCheck);
  const naive: unknown[] = [
    [paid('INV-1', { paymentMethodType: 'ACH' })],
    [paid('INV-1', { paymentMethodType: 'WIRE' })],
    [paid('INV-2')],
    [paid('INV-1', { paymentStatus: undefined })],
    [paid('INV-1', { paymentStatusDate: '09/20/2026' })],
    [paid('INV-1', { invoiceAmount: 1000 })],
    [paid('INV-1', { paymentAmount: 1190.01 })],
    [paid('INV-9')],
    { updatePaymentsList: [paid('INV-1')] },
  ];
  for (const body of naive) assert.equal((await bulkUpdate(stage, body)).status, 400, JSON.stringify(body));
  assert.equal(stage.violations().length, naive.length);
  assert.equal((await bulkUpdate(stage, [paid('INV-1', { paymentMethodType: 'CLIENT' })])).status, 200);
  await stage.close();
});

void test('S101: the payment request tells the payment status, as XML unless JSON is asked for', async () => {
  const stage = await openStage();
  const id = newId();
  stage.load({ docType: 'invoice', id, document: invoice('INV-1') });
  const path = '/api/v3.0/invoice/paymentrequest/INV-1';
  const status = async () => {
    const response = await stage.call(path, { headers: { accept: 'application/json' } });
    return ((await response.json()) as { PaymentStatus: string }).PaymentStatus;
  };
  assert.equal(await status(), 'Pending Payment');
  await post(stage, 'invoice', id);
  assert.equal(await status(), 'Extracted');
  await bulkUpdate(stage, [paid('INV-1')]);
  assert.equal(await status(), 'Paid');
  assert.match(await (await stage.call(path, { headers: { accept: '*/*' } })).text(), /^<PaymentRequest>/);
  assert.equal((await stage.call('/api/v3.0/invoice/paymentrequest/INV-9')).status, 404);
  await stage.close();
});
