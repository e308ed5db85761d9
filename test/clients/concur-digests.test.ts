import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createInvoiceDigestClient } from '../../src/clients/concur/invoice-digest-client.js';
import { createLocalizedDataClient } from '../../src/clients/concur/localized-data-client.js';
import { createPaymentRequestClient } from '../../src/clients/concur/payment-request-client.js';
import { ContractViolation, Rejected } from '../../src/clients/http/errors.js';
import { answer, harness, serve } from './http-support.js';

const PATH = '/api/v3.0/invoice/paymentrequestdigests';

const row = (id: string, dates: string): string => `{"ID":"${id}","PaymentRequestId":"${id}",${dates}}`;
const page = (rows: string[], nextPage = '""'): string =>
  `{"Items":null,"PaymentRequestDigest":[${rows.join(',')}],"NextPage":${nextPage},"TotalCount":9}`;

test('S66: a search takes both days whole although the bounds of Concur are exclusive, and reads all pages', async (t) => {
  const { origin, received } = await serve(t, (_request, response, nth) => {
    const created = (day: string, time: string): string => `"CreateDate":"${day} ${time}"`;
    // What a service that compares with midnight, or in another zone, gives too much.
    const early = row('A', created('2026-02-28', '23:59:59.0'));
    const first = row('B', created('2026-03-01', '00:00:00.0'));
    const last = row('C', created('2026-03-31', '23:59:59.9'));
    const late = row('D', created('2026-04-01', '00:00:00.0'));
    const next = `"https://www.concursolutions.com${PATH}?offset=p2"`;
    if (nth === 1) answer(response, 200, page([early, first], next));
    else answer(response, 200, page([last, late, row('E', '"CreateDate":null')]));
  });
  const client = createInvoiceDigestClient(harness(origin).http);
  const found = await client.search({
    from: '2026-03-01',
    to: '2026-03-31',
    approvalStatus: 'A_APPR',
    paymentStatus: 'P_NOTP',
    invoiceNumber: 'RE 1',
  });
  assert.deepEqual(
    found.map(({ requestId }) => requestId),
    ['B', 'C', 'E'],
  );
  const queries = received.map(({ url }) => Object.fromEntries(new URL(url, origin).searchParams));
  const filters = {
    limit: '1000',
    approvalStatus: 'A_APPR',
    paymentStatus: 'P_NOTP',
    vendorInvoiceNumber: 'RE 1',
    createDateAfter: '2026-02-28',
    createDateBefore: '2026-04-01',
  };
  assert.deepEqual(queries, [filters, { ...filters, offset: 'p2' }]);
  assert.equal(received[0]?.headers.accept, 'application/json');
});

test('S66: the date that Concur calls paid is the day of the hand-over, and is never shown as a payment', async (t) => {
  const { origin, received } = await serve(t, (_request, response) => {
    const dates =
      '"PaidDate":"2026-03-23 12:48:43.0","ExtractedDate":"","Total":110.00,"IsDeleted":"true","PaymentStatusCode":"P_PAID"';
    answer(response, 200, page([row('A', dates)]));
  });
  const found = await createInvoiceDigestClient(harness(origin).http).search({ by: 'integrated', from: '2026-03-23' });
  assert.deepEqual(found, [
    {
      requestId: 'A',
      total: '110.00',
      paymentStatusCode: 'P_PAID',
      integratedAt: '2026-03-23 12:48:43.0',
      isDeleted: true,
    },
  ]);
  assert.equal(received[0]?.url, `${PATH}?limit=1000&paidDateAfter=2026-03-22`);
});

test('S66: each date of a search has its own parameter, and a wrong day never leaves', async (t) => {
  const { origin, received } = await serve(t, (_request, response) => answer(response, 200, page([])));
  const client = createInvoiceDigestClient(harness(origin).http);
  for (const by of ['invoiceDate', 'lastModified', 'extracted'] as const) await client.search({ by, to: '2026-12-31' });
  assert.deepEqual(
    received.map(({ url }) => url.replace(`${PATH}?limit=1000&`, '')),
    ['userDefinedDateBefore=2027-01-01', 'lastModifiedDateBefore=2027-01-01', 'extractedDateBefore=2027-01-01'],
  );
  await assert.rejects(client.search({ from: '2026-02-30' }), RangeError);
  await assert.rejects(client.search({ from: '2026-03-02', to: '2026-03-01' }), RangeError);
  assert.equal(received.length, 3);
});

test('S66: an invoice is read by its id, with its lines in either shape and the names of the contract or of the docs', async (t) => {
  const invoice = (
    lines: string,
    order: string,
  ): string => `{"ID":"X","PaymentStatus":"Paid","ApprovalStatus":"Approved","InvoiceNumber":"RE-1",
    "InvoiceAmount":"1190.00","PaidAmount":1190.50000000,"PaidDate":"2026-03-23","ExtractDate":"2026-03-23","CurrencyCode":"EUR",
    "VendorRemitAddress":{"Name":"Nordlicht","VendorCode":"V1","AddressCode":"A1"},"IsPaymentRequestDeleted":"N",${order},"LineItems":${lines}}`;
  const bodies = [
    invoice('[{},{}]', '"PurchaseOrderNumber":"PO-77"'),
    invoice('{"LineItem":[{},{}]}', '"PurchaseOrderId":"PO-77"'),
    '{"PaymentStatus":null,"LineItems":{"LineItem":{}},"VendorRemitAddress":null}',
  ];
  const { origin, received } = await serve(t, (_request, response, nth) => {
    if (nth > bodies.length) answer(response, 404, '<Error><Message>none</Message></Error>');
    else answer(response, 200, bodies[nth - 1]);
  });
  const client = createPaymentRequestClient(harness(origin).http);
  for (let turn = 0; turn < 2; turn += 1) {
    assert.deepEqual(await client.read({ requestId: 'X/1' }), {
      requestId: 'X/1',
      paymentStatus: 'Paid',
      approvalStatus: 'Approved',
      invoiceNumber: 'RE-1',
      currencyCode: 'EUR',
      invoiceAmount: '1190.00',
      paidAmount: '1190.50000000',
      extractedAt: '2026-03-23',
      purchaseOrderNumber: 'PO-77',
      vendorCode: 'V1',
      vendorAddressCode: 'A1',
      vendorName: 'Nordlicht',
      isDeleted: false,
      lineCount: 2,
    });
  }
  assert.deepEqual(await client.read({ requestId: 'X' }), { requestId: 'X', paymentStatus: '', lineCount: 1 });
  await assert.rejects(client.read({ requestId: 'X' }), (error) => error instanceof Rejected && error.code === '404');
  assert.equal(received[0]?.url, '/api/v3.0/invoice/paymentrequest/X%2F1');
});

test("S66: codes are worded in the company's own way and looked up by kind and language", async (t) => {
  const { origin, received } = await serve(t, (_request, response, nth) => {
    const rows =
      '[{"Code":"P_PAID","LangCode":"de","LocalizedValue":"Bezahlt"},{"Code":"P_NOTP","LocalizedValue":null}]';
    answer(response, 200, nth === 1 ? `{"LocalizationData":${rows},"TotalCount":2}` : '[]');
  });
  const client = createLocalizedDataClient(harness(origin).http);
  assert.deepEqual(await client.read({ type: 'paymentStatus', language: 'de' }), [
    { code: 'P_PAID', text: 'Bezahlt' },
    { code: 'P_NOTP', text: '' },
  ]);
  assert.equal(received[0]?.url, '/api/v3.0/invoice/localizeddata?type=paymentStatus&langCode=de');
  await assert.rejects(client.read({ type: 'ledgerCode' }), ContractViolation);
  assert.equal(received[1]?.url, '/api/v3.0/invoice/localizeddata?type=ledgerCode&langCode=en');
});
