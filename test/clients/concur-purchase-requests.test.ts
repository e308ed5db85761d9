import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createPurchaseRequestClient,
  type PurchaseRequestDraft,
} from '../../src/clients/concur/purchase-request-client.js';
import { ContractViolation, OutcomeUnknown, Rejected } from '../../src/clients/http/errors.js';
import { answer, harness, serve } from './http-support.js';

const PATH = '/purchaserequest/v4/purchaserequests';
const REQUEST: PurchaseRequestDraft = {
  requester: { userLoginId: 'buyer@example.com' },
  currencyCode: 'EUR',
  description: 'Lab lenses',
  custom24: 'PROJ',
  lineItems: [
    {
      purchaseType: 'GOODS',
      vendorCode: 'V00045',
      vendorAddressCode: 'USMF-V00045',
      description: 'Lens 50mm',
      quantity: '2',
      unitPrice: '500.00',
      neededByDate: '2026-10-01',
      uomCode: 'EA',
      custom1: 'CC100',
    },
  ],
};

test('S111, S112: a purchase request can be created and read, and nothing else exists for it', () => {
  const client = createPurchaseRequestClient(harness('http://127.0.0.1:9').http);
  assert.deepEqual(Object.keys(client).sort(), ['create', 'read']);
});

test('S112: 202 gives the id of a request that is not created yet; the address beside it is not followed', async (t) => {
  const { origin, received } = await serve(t, (request, response) => {
    if (request.method === 'POST')
      answer(response, 202, '{"id":"b1e2","uri":"http://us.api.concursolutions.com/x?mode=COMPACT"}');
    else answer(response, 200, '{"purchaseRequestId":"b1e2","purchaseRequestQueueStatus":"PENDING_CREATION"}');
  });
  const client = createPurchaseRequestClient(harness(origin).http);
  const created = await client.create({ request: REQUEST });
  assert.deepEqual(created, { id: 'b1e2' });
  assert.deepEqual(await client.read(created), {
    id: 'b1e2',
    queueStatus: 'PENDING_CREATION',
    purchaseOrderNumbers: [],
    exceptions: [],
  });
  assert.deepEqual(
    received.map(({ method, url }) => [method, url]),
    [
      ['POST', PATH],
      ['GET', `${PATH}/b1e2?mode=COMPACT`],
    ],
  );
  const { requester: _requester, ...header } = REQUEST;
  assert.deepEqual(JSON.parse(received[0]!.body), { userLoginId: 'buyer@example.com', ...header });
});

test('C5: an approved request names its purchase orders, from which the lines are read', async (t) => {
  const { origin } = await serve(t, (_request, response, nth) => {
    const exceptions =
      '[{"message":"Over budget","eventCode":"E","exceptionCode":"X1","isCleared":"N","prExceptionId":"1"}]';
    const orders = nth === 1 ? '[{"purchaseOrderNumber":"PO-77"}]' : '{"purchaseOrderNumber":"PO-77"}';
    answer(
      response,
      200,
      `{"purchaseRequestNumber":100231,"purchaseRequestQueueStatus":"CREATED","purchaseRequestWorkflowStatus":"Approved",
        "purchaseOrders":${orders},"purchaseRequestExceptions":${exceptions}}`,
    );
  });
  const client = createPurchaseRequestClient(harness(origin).http);
  for (let turn = 0; turn < 2; turn += 1) {
    assert.deepEqual(await client.read({ id: 'b1e2' }), {
      id: 'b1e2',
      number: '100231',
      queueStatus: 'CREATED',
      workflowStatus: 'Approved',
      purchaseOrderNumbers: ['PO-77'],
      exceptions: [{ message: 'Over budget', code: 'X1', isCleared: false }],
    });
  }
});

test('S112: a refusal says in a sentence what the code means and where; an unknown code comes with the words of Concur', async (t) => {
  const refusal = (code: string): string =>
    `{"errors":[{"errorCode":"${code}","errorMessage":"said so","dataPath":"lineItems[0].vendorCode"}]}`;
  const bodies = [refusal('invalidVendor'), refusal('brandNew'), '{"Message":"no list"}', '<html></html>'];
  const { origin } = await serve(t, (_request, response, nth) => answer(response, 400, bodies[nth - 1]));
  const client = createPurchaseRequestClient(harness(origin).http);
  const expected: [string, RegExp][] = [
    ['invalidVendor', /at lineItems\[0\]\.vendorCode: Concur has no vendor with this code and address/],
    ['brandNew', /brandNew.*Concur says: said so/],
    ['400', /no list/],
    ['400', /refused \(400\)/],
  ];
  for (const [code, sentence] of expected) {
    await assert.rejects(
      client.create({ request: REQUEST }),
      (error) => error instanceof Rejected && error.code === code && sentence.test(error.message),
    );
  }
});

test('S112: a lost answer and a 202 without id are unknown outcomes; an unknown id is a refusal, another shape is none', async (t) => {
  const { origin } = await serve(t, (request, response, nth) => {
    if (request.method === 'POST') answer(response, nth === 1 ? 503 : 202, nth === 1 ? '{}' : '{"uri":"http://x"}');
    else answer(response, nth === 3 ? 404 : 200, nth === 3 ? '{"errors":[]}' : '{"purchaseRequestId":"a"}');
  });
  const client = createPurchaseRequestClient(harness(origin).http);
  await assert.rejects(client.create({ request: REQUEST }), OutcomeUnknown);
  await assert.rejects(client.create({ request: REQUEST }), OutcomeUnknown);
  await assert.rejects(client.read({ id: 'a/b' }), (error) => error instanceof Rejected && error.code === '404');
  await assert.rejects(client.read({ id: 'a' }), ContractViolation);
});

test('S112: a request that Concur would refuse never leaves', async () => {
  const { http, events } = harness('http://127.0.0.1:9');
  const client = createPurchaseRequestClient(http);
  const line = REQUEST.lineItems[0]!;
  const wrong: PurchaseRequestDraft[] = [
    { ...REQUEST, requester: { userId: 'a', userEmail: 'b' } },
    { ...REQUEST, requester: { userId: '' } },
    { ...REQUEST, currencyCode: 'euro' },
    { ...REQUEST, lineItems: [] },
    { ...REQUEST, lineItems: [{ ...line, vendorAddressCode: '' }] },
    { ...REQUEST, lineItems: [{ ...line, quantity: '2,5' }] },
    { ...REQUEST, lineItems: [{ ...line, neededByDate: '2026-02-30' }] },
  ];
  for (const request of wrong) await assert.rejects(client.create({ request }), RangeError, JSON.stringify(request));
  assert.deepEqual(events, []);
});
