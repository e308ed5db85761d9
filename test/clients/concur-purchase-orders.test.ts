import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPurchaseOrderClient, type PurchaseOrder } from '../../src/clients/concur/purchase-order-client.js';
import { ContractViolation, OutcomeUnknown, Rejected } from '../../src/clients/http/errors.js';
import { answer, harness, serve } from './http-support.js';

const ADDRESS = {
  externalId: 'HQ',
  address1: 'Am Markt 1',
  city: 'Kiel',
  stateProvince: 'SH',
  postalCode: '24103',
  countryCode: 'DE',
};
const ORDER: PurchaseOrder = {
  purchaseOrderNumber: 'PO-77',
  name: 'PO-77',
  currencyCode: 'EUR',
  orderDate: '2026-09-01',
  policyExternalId: 'PO',
  vendorCode: 'V00045',
  vendorAddressCode: 'USMF-V00045',
  billTo: ADDRESS,
  shipTo: ADDRESS,
  lines: [
    {
      externalId: 'PO-77-10',
      lineNumber: '1',
      description: 'Lens 50mm',
      quantity: '2',
      unitPrice: '500.00',
      accountCode: '610100',
      receiptType: 'QUANTITY_RECEIPT',
      allocations: [{ amount: '1000.00', grossAmount: '1000.00', percentage: '100', custom1: 'CC100' }],
    },
  ],
};
const WIRE_ADDRESS =
  '{"ExternalID":"HQ","Address1":"Am Markt 1","City":"Kiel","StateProvince":"SH","PostalCode":"24103","CountryCode":"DE","State":"x"}';

test('S110: a purchase order can be created, updated and read; there is no deletion and no list', () => {
  const client = createPurchaseOrderClient(harness('http://127.0.0.1:9').http);
  assert.deepEqual(Object.keys(client).sort(), ['create', 'read', 'update']);
});

test('S77: an order is one call under our number, with whole addresses, and its success is read from the Status', async (t) => {
  const { origin, received } = await serve(t, (_request, response) => {
    answer(response, 200, '{"Status":"SUCCESS","PurchaseOrderNumber":"PO-77","ErrorCode":""}');
  });
  await createPurchaseOrderClient(harness(origin).http).create({ order: ORDER });
  assert.equal(received[0]?.method, 'POST');
  assert.equal(received[0].url, '/api/v3.0/invoice/purchaseorders');
  assert.equal(received[0].headers.accept, 'application/json');
  const sent = JSON.parse(received[0].body);
  assert.deepEqual(sent.LineItem, [
    {
      ExternalID: 'PO-77-10',
      LineNumber: '1',
      Description: 'Lens 50mm',
      Quantity: '2',
      UnitPrice: '500.00',
      AccountCode: '610100',
      PurchaseOrderReceiptType: 'QUANTITY_RECEIPT',
      Allocation: [{ Amount: '1000.00', GrossAmount: '1000.00', Percentage: '100', Custom1: 'CC100' }],
    },
  ]);
  assert.equal(sent.PurchaseOrderNumber, 'PO-77');
  assert.equal(sent.ShipToAddress.StateProvince, 'SH');
});

test('S77: HTTP 200 with FAILURE is a refusal in a sentence; 9999 and an answer without Status leave the outcome open', async (t) => {
  const failure = (code: string): string =>
    `{"Status":"FAILURE","ErrorCode":"${code}","ErrorMessage":"no luck","FieldCode":"HeaderVendorCode","LineItemExternalID":"","Message":""}`;
  const bodies = [failure('2000'), failure('4242'), failure('9999'), '{"Message":"what"}', '{"Status":"Success"}'];
  const { origin } = await serve(t, (_request, response, nth) => {
    answer(response, nth > bodies.length ? 500 : 200, bodies[nth - 1]);
  });
  const client = createPurchaseOrderClient(harness(origin).http);
  await assert.rejects(
    client.create({ order: ORDER }),
    (error) =>
      error instanceof Rejected &&
      error.code === '2000' &&
      error.message.includes('field HeaderVendorCode: Concur has no vendor with this code and address (2000)'),
  );
  await assert.rejects(client.update({ order: ORDER }), (e) => e instanceof Rejected && /no luck/.test(e.message));
  await assert.rejects(client.update({ order: ORDER }), OutcomeUnknown);
  await assert.rejects(client.update({ order: ORDER }), OutcomeUnknown);
  await client.update({ order: ORDER });
  await assert.rejects(client.update({ order: ORDER }), OutcomeUnknown);
});

test('C5, S110: an order that was read is closed with all it had, also what we do not know', async (t) => {
  const { origin, received } = await serve(t, (request, response) => {
    const line =
      '{"ExternalID":"PO-77-10","LineNumber":1,"Quantity":2.00,"UnitPrice":"500.00","AccountCode":"610100","VatRate":"19","Tax":null,' +
      '"RequestedDeliveryDate":"2026-09-30 00:00:00.0","Allocation":{"Amount":"5","GrossAmount":"5","Percentage":"1","Custom2":"X"}}';
    const order = `{"PurchaseOrderNumber":"PO-77","Name":"PO-77","CurrencyCode":"EUR","OrderDate":"2026-09-01T20:17:46.384Z",
      "PolicyExternalID":"PO","VendorCode":"V00045","VendorAddressCode":"USMF-V00045","Status":"Transmitted","ID":"PO-77","URI":"http://x",
      "ReceiptType":"R","BillToAddress":${WIRE_ADDRESS},"ShipToAddress":${WIRE_ADDRESS},"LineItem":${line}}`;
    answer(response, 200, request.method === 'GET' ? order : '{"Status":"SUCCESS"}');
  });
  const client = createPurchaseOrderClient(harness(origin).http);
  const order = await client.read({ number: 'PO-77' });
  assert.equal(order.lines[0]?.quantity, '2.00');
  assert.equal(order.lines[0].requestedDeliveryDate, '2026-09-30');
  await client.update({ order: { ...order, status: 'Closed' } });
  assert.equal(received[0]?.url, '/api/v3.0/invoice/purchaseorders/PO-77');
  assert.equal(received[1]?.method, 'PUT');
  const address = JSON.parse(WIRE_ADDRESS);
  assert.deepEqual(JSON.parse(received[1].body), {
    PurchaseOrderNumber: 'PO-77',
    Name: 'PO-77',
    CurrencyCode: 'EUR',
    OrderDate: '2026-09-01',
    PolicyExternalID: 'PO',
    VendorCode: 'V00045',
    VendorAddressCode: 'USMF-V00045',
    Status: 'Closed',
    ReceiptType: 'R',
    BillToAddress: address,
    ShipToAddress: address,
    LineItem: [
      {
        ExternalID: 'PO-77-10',
        LineNumber: '1',
        Quantity: '2.00',
        UnitPrice: '500.00',
        AccountCode: '610100',
        VatRate: '19',
        RequestedDeliveryDate: '2026-09-30',
        Allocation: [{ Amount: '5', GrossAmount: '5', Percentage: '1', Custom2: 'X' }],
      },
    ],
  });
});

test('C5: an unknown number is a refusal, whether by 404 or by FAILURE, and another shape is no order', async (t) => {
  const { origin } = await serve(t, (_request, response, nth) => {
    if (nth === 1) answer(response, 404, '<html></html>');
    else if (nth === 2) answer(response, 200, '{"Status":"FAILURE","ErrorCode":"1000"}');
    else answer(response, 200, nth === 3 ? '{}' : '{"VendorCode":"V","LineItem":["text"]}');
  });
  const client = createPurchaseOrderClient(harness(origin).http);
  const unknown = (code: string) => (error: unknown) => error instanceof Rejected && error.code === code;
  await assert.rejects(client.read({ number: 'P/1' }), unknown('404'));
  await assert.rejects(client.read({ number: 'P/1' }), unknown('1000'));
  await assert.rejects(client.read({ number: 'P/1' }), ContractViolation);
  await assert.rejects(client.read({ number: 'P/1' }), ContractViolation);
});

test('S77: an order that Concur would refuse never leaves, and the sentence names what is missing', async () => {
  const { http, events } = harness('http://127.0.0.1:9');
  const client = createPurchaseOrderClient(http);
  const line = ORDER.lines[0]!;
  const { shipTo: _shipTo, ...withoutShipTo } = ORDER;
  const wrong: [PurchaseOrder, RegExp][] = [
    [{ ...ORDER, purchaseOrderNumber: '' }, /has a number/],
    [{ ...ORDER, policyExternalId: '' }, /PO-77: policyExternalId is missing/],
    [{ ...ORDER, status: 'Deleted' }, /Transmitted or Closed/],
    [{ ...ORDER, orderDate: '1.9.2026' }, /calendar day/],
    [{ ...ORDER, shippingTermsKey: 'x'.repeat(11) }, /at most 10/],
    [{ ...ORDER, billTo: { ...ADDRESS, stateProvince: '' } }, /bill-to address: stateProvince is missing/],
    [{ ...ORDER, billTo: { ...ADDRESS, countryCode: 'de' } }, /upper-case/],
    [withoutShipTo, /ship-to address: externalId is missing/],
    [{ ...ORDER, lines: [] }, /no line/],
    [{ ...ORDER, lines: [line, line] }, /external id of its own/],
    [{ ...ORDER, lines: [{ ...line, expenseType: 'OFFIC' }] }, /not both/],
    [{ ...ORDER, lines: [{ ...line, accountCode: '' }] }, /either an expense type or an account/],
    [{ ...ORDER, lines: [{ ...line, unitPrice: '1e3' }] }, /unitPrice is a decimal/],
    [{ ...ORDER, lines: [{ ...line, lineNumber: '' }] }, /lineNumber is missing/],
    [{ ...ORDER, lines: [{ ...line, allocations: [{ amount: '1' }] }] }, /gross amount and percentage/],
  ];
  for (const [order, sentence] of wrong) {
    await assert.rejects(
      client.create({ order }),
      (error) => error instanceof RangeError && sentence.test(error.message),
      sentence.source,
    );
  }
  assert.deepEqual(events, []);
});
