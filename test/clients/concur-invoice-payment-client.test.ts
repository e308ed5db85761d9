import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createInvoicePaymentClient, type InvoicePayment } from '../../src/clients/concur/invoice-payment-client.js';
import { OutcomeUnknown, Rejected, Unauthorized } from '../../src/clients/http/errors.js';
import { answer, harness, serve } from './http-support.js';

const PAYMENT: InvoicePayment = {
  requestId: '9C41D27A5E0B4F3E8A17',
  invoiceAmount: '1190.00',
  paymentAmount: '1190.00',
  status: 'PAID',
  method: 'CLIENT',
  paidOn: '2026-09-20',
  references: ['APP-000123'],
};

test('S102: the body is a bare array with numeric literals and an explicit status', async (t) => {
  const { origin, received } = await serve(t, (_request, response) => {
    answer(
      response,
      200,
      `{"status":"OK","successCount":1,"failureCount":0,"successfulPayments":[{"requestId":"${PAYMENT.requestId}"}]}`,
    );
  });
  const results = await createInvoicePaymentClient(harness(origin).http).bulkUpdate({ payments: [PAYMENT] });
  assert.deepEqual(results, [{ requestId: PAYMENT.requestId, ok: true, message: '' }]);
  assert.equal(received[0]?.url, '/invoice/payment-confirmation/v4/payments/bulkUpdate');
  assert.equal(
    received[0].body,
    '[{"requestId":"9C41D27A5E0B4F3E8A17","invoiceAmount":1190.00,"paymentStatus":"PAID","paymentMethodType":"CLIENT",' +
      '"paymentStatusDate":"2026-09-20","paymentAmount":1190.00,"checkNumbers":["APP-000123"]}]',
  );
});

test('S104: 207 and 400 give one result per named invoice, and none for one that Concur left out', async (t) => {
  const { origin } = await serve(t, (_request, response, nth) => {
    const failed =
      '"failedPayments":[{"requestId":"B","errorMessage":"Request does not have a Payment Status of Extracted"}]';
    if (nth === 1)
      answer(response, 207, `{"status":"MULTI_STATUS","successfulPayments":[{"requestId":"A"}],${failed}}`);
    else answer(response, 400, `{"status":"BAD_REQUEST",${failed}}`);
  });
  const client = createInvoicePaymentClient(harness(origin).http);
  const payments = ['A', 'B', 'C'].map((requestId) => ({ ...PAYMENT, requestId }));
  const refused = { requestId: 'B', ok: false, message: 'Request does not have a Payment Status of Extracted' };
  assert.deepEqual(await client.bulkUpdate({ payments }), [{ requestId: 'A', ok: true, message: '' }, refused]);
  assert.deepEqual(await client.bulkUpdate({ payments: payments.slice(1, 2) }), [refused]);
});

test('B5: a refused call is Rejected with the code of Concur, 403 is Unauthorized, a 500 is an unknown outcome', async (t) => {
  const { origin } = await serve(t, (_request, response, nth) => {
    if (nth === 1) answer(response, 400, '{"errors":[{"errorCode":"invalidBody","errorMessage":"secret"}]}');
    else answer(response, [400, 403, 500][nth - 2]!, '<html></html>');
  });
  const client = createInvoicePaymentClient(harness(origin).http);
  const call = { payments: [PAYMENT] };
  await assert.rejects(client.bulkUpdate(call), (e) => e instanceof Rejected && e.code === 'invalidBody');
  await assert.rejects(client.bulkUpdate(call), (e) => e instanceof Rejected && e.code === '400');
  await assert.rejects(client.bulkUpdate(call), Unauthorized);
  await assert.rejects(client.bulkUpdate(call), OutcomeUnknown);
});

test('S102: a method by which Concur would pay again, or an invoice named twice, never leaves', async () => {
  const { http, events } = harness('http://127.0.0.1:9');
  const client = createInvoicePaymentClient(http);
  for (const method of ['ACH', 'CHECK', 'VCHER']) {
    const payment = { ...PAYMENT, method: method as 'CLIENT' };
    await assert.rejects(client.bulkUpdate({ payments: [payment] }), RangeError);
  }
  await assert.rejects(client.bulkUpdate({ payments: [PAYMENT, PAYMENT] }), RangeError);
  await assert.rejects(client.bulkUpdate({ payments: [{ ...PAYMENT, paymentAmount: '0.123456789' }] }), RangeError);
  assert.deepEqual(events, []);
});

test('references stay within 100 characters when joined, and an amount keeps its decimals', async (t) => {
  const { origin, received } = await serve(t, (_request, response) => {
    answer(response, 200, '{"status":"OK","successfulPayments":[]}');
  });
  const references = ['x'.repeat(60), 'y'.repeat(39), 'z'];
  const payment = { ...PAYMENT, references, paymentAmount: '12345678901234.10000000' };
  const results = await createInvoicePaymentClient(harness(origin).http).bulkUpdate({ payments: [payment] });
  assert.deepEqual(results, []);
  assert.match(received[0]!.body, /"paymentAmount":12345678901234\.10000000,/);
  assert.match(received[0]!.body, /"checkNumbers":\["x{60}","y{39}"\]/);
});
