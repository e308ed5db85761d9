import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createExpenseReportClient } from '../../src/clients/concur/expense-report-client.js';
import { ContractViolation, Rejected, Unauthorized } from '../../src/clients/http/errors.js';
import { answer, harness, serve } from './http-support.js';

const V4 = '/expensereports/v4/users/u-1/context';

test('S77: a v4 report is read as its owner or in another context; nought is written without exponent', async (t) => {
  const { origin, received } = await serve(t, (_request, response) => {
    answer(
      response,
      200,
      `{"reportId":"R1","userId":"u-1","name":"March","approvalStatusId":"A_APPR","approvalStatus":"Approved","paymentStatusId":"P_PROC",
        "reportTotal":{"value":525.00000000,"currencyCode":"USD"},"paymentConfirmedAmount":{"value":0E-8,"currencyCode":"USD"},
        "claimedAmount":null,"isFinancialIntegrationEnabled":true,"reportVersion":3,"submitDate":null,"customData":[{"id":"custom1"}]}`,
    );
  });
  const client = createExpenseReportClient(harness(origin).http);
  assert.deepEqual(await client.read({ userId: 'u-1', reportId: 'R1' }), {
    reportId: 'R1',
    userId: 'u-1',
    name: 'March',
    approvalStatus: 'Approved',
    approvalStatusId: 'A_APPR',
    paymentStatusId: 'P_PROC',
    reportTotal: { amount: '525.00000000', currency: 'USD' },
    paymentConfirmedAmount: { amount: '0', currency: 'USD' },
    isFinancialIntegrationEnabled: true,
    reportVersion: '3',
  });
  await client.read({ userId: 'u-1', reportId: 'R1', context: 'PROCESSOR' });
  assert.deepEqual(
    received.map(({ url }) => url),
    [`${V4}/TRAVELER/reports/R1`, `${V4}/PROCESSOR/reports/R1`],
  );
});

const HEADER = `{"ID":"F4F0","Name":"Trip","Total":1900,"CurrencyCode":"CAD","PaidDate":"2026-09-02T19:46:01.57","PaymentStatusCode":"P_PAID",
  "PaymentStatusName":"Sent for Payment","PersonalAmount":0E-8,"EverSentBack":false,"ApproverName":null,"LastComment":"private"}`;
const READ = {
  reportId: 'F4F0',
  name: 'Trip',
  total: '1900',
  currencyCode: 'CAD',
  paymentStatusCode: 'P_PAID',
  paymentStatusName: 'Sent for Payment',
  personalAmount: '0',
  integratedAt: '2026-09-02T19:46:01.57',
  wasSentBack: false,
};

test('S77: the header of any report is read by its id alone, and its PaidDate is no payment', async (t) => {
  const { origin, received } = await serve(t, (_request, response, nth) => {
    if (nth === 1) answer(response, 200, HEADER);
    else if (nth === 2) answer(response, 404, '{"Message":"none"}');
    else if (nth === 3) answer(response, 403, '{"Message":"scope"}');
    else answer(response, 200, '{"Items":[]}');
  });
  const client = createExpenseReportClient(harness(origin).http);
  assert.deepEqual(await client.readHeader({ reportId: 'F4F0' }), READ);
  assert.equal(received[0]?.url, '/api/v3.0/expense/reports/F4F0?user=ALL');
  assert.equal(received[0].headers.accept, 'application/json');
  const unknown = (error: unknown) => error instanceof Rejected && error.code === '404' && /F4F0/.test(error.message);
  await assert.rejects(client.readHeader({ reportId: 'F4F0' }), unknown);
  await assert.rejects(client.readHeader({ reportId: 'F4F0' }), Unauthorized);
  await assert.rejects(client.readHeader({ reportId: 'F4F0' }), ContractViolation);
});

test('S77: reports are listed for all owners and payment states at once, over all pages, not with the default of 25', async (t) => {
  const { origin, received } = await serve(t, (_request, response, nth) => {
    const next = '"https://www.concursolutions.com/api/v3.0/expense/reports?offset=x1&limit=100&user=ALL"';
    if (nth === 1) answer(response, 200, `{"Items":[${HEADER}],"NextPage":${next}}`);
    else answer(response, 200, `{"Items":[${HEADER.replace('F4F0', 'F4F1')}],"NextPage":""}`);
  });
  const client = createExpenseReportClient(harness(origin).http);
  const found = await client.list({ paymentStatusCodes: ['P_PROC', 'P_PAYC'], modifiedAfter: '2026-09-01' });
  assert.deepEqual(
    found.map(({ reportId }) => reportId),
    ['F4F0', 'F4F1'],
  );
  const query = 'limit=100&user=ALL&paymentStatusCode=P_PROC%2CP_PAYC&modifiedDateAfter=2026-09-01';
  assert.deepEqual(
    received.map(({ url }) => url),
    [`/api/v3.0/expense/reports?${query}`, `/api/v3.0/expense/reports?${query}&offset=x1`],
  );
});
