import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expense, newId, openStage, type ConcurStage } from './concur-stage.js';

const json = { accept: 'application/json' };
const requests = '/purchaserequest/v4/purchaserequests';
const orders = '/api/v3.0/invoice/purchaseorders';
const receipts = '/api/v3.0/invoice/purchaseorderreceipts';

interface Answer {
  status: number;
  body: any;
}

/** A stage with one employee (E-100) and two approved vendors. */
async function openShop(): Promise<ConcurStage> {
  const stage = await openStage();
  stage.load({ docType: 'expense', id: newId(), document: expense() });
  stage.concur.company.seedVendors([
    { VendorCode: 'V1', AddressCode: 'A', VendorName: 'Lenses', Approved: 'Y' },
    { VendorCode: 'V2', AddressCode: 'A', VendorName: 'Frames', Approved: 'Y' },
    { VendorCode: 'V3', AddressCode: 'A', VendorName: 'Unknown', Approved: 'N' },
  ]);
  return stage;
}

async function call(stage: ConcurStage, method: string, path: string, body?: unknown): Promise<Answer> {
  const init = { method, headers: json, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const response = await stage.call(path, init);
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

function line(vendorCode = 'V1', more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    purchaseType: 'GOODS',
    vendorCode,
    vendorAddressCode: 'A',
    description: 'Lens 50mm',
    quantity: 2,
    unitPrice: '500.00',
    ...more,
  };
}

function purchaseRequest(more: Record<string, unknown> = {}): Record<string, unknown> {
  return { userLoginId: 'e-100@simulated.example', currencyCode: 'EUR', lineItems: [line()], ...more };
}

async function settled(stage: ConcurStage, id: string): Promise<{ reads: number; body: any }> {
  for (let reads = 1; reads < 10; reads += 1) {
    const { body } = await call(stage, 'GET', `${requests}/${id}?mode=COMPACT`);
    if (body.purchaseRequestQueueStatus !== 'PENDING_CREATION') return { reads, body };
  }
  throw new Error('it never left the queue');
}

void test('S77: a purchase request is accepted with 202, created after some reads, and tells its orders once approved', async () => {
  const stage = await openShop();
  const lineItems = [line('V1'), line('V2', { uoMCode: 'EA' }), line('V1', { uomCode: 'EA', quantity: '1.5' })];
  const { status, body } = await call(stage, 'POST', requests, purchaseRequest({ lineItems }));
  assert.equal(status, 202);
  const uri = new URL(body.uri as string);
  assert.equal(uri.protocol, 'http:');
  assert.notEqual(uri.host, new URL(stage.url).host, 'the address is of no use');
  const first = await call(stage, 'GET', `${uri.pathname}${uri.search}`);
  assert.deepEqual(first.body, { purchaseRequestId: body.id, purchaseRequestQueueStatus: 'PENDING_CREATION' });
  const { body: created } = await settled(stage, body.id as string);
  assert.deepEqual(
    [created.purchaseRequestQueueStatus, created.purchaseRequestWorkflowStatus, created.purchaseOrders],
    ['CREATED', 'Submitted', undefined],
  );
  const numbers = stage.concur.company.approvePurchaseRequest(body.id as string, ['PO-77']);
  assert.equal(numbers.length, 2, 'one order per vendor');
  const { body: approved } = await settled(stage, body.id as string);
  assert.equal(approved.purchaseRequestWorkflowStatus, 'Approved');
  assert.deepEqual(
    approved.purchaseOrders,
    numbers.map((purchaseOrderNumber) => ({ purchaseOrderNumber })),
  );
  const { body: order } = await call(stage, 'GET', `${orders}/PO-77`);
  assert.deepEqual([order.VendorCode, order.CurrencyCode, order.Status], ['V1', 'EUR', 'Transmitted']);
  assert.deepEqual(
    order.LineItem.map(({ Quantity, UnitPrice }: Record<string, string>) => [Quantity, UnitPrice]),
    [
      ['2', '500.00'],
      ['1.5', '500.00'],
    ],
  );
  assert.throws(() => stage.concur.company.approvePurchaseRequest(body.id as string, []), /already/);
  assert.deepEqual(stage.violations(), []);
  await stage.close();
});

void test('S77: a purchase request cannot be listed, changed or deleted, and without mode it cannot be read', async () => {
  const stage = await openShop();
  const { body } = await call(stage, 'POST', requests, purchaseRequest());
  const id = body.id as string;
  assert.equal((await call(stage, 'GET', `${requests}/${id}`)).status, 400);
  assert.equal((await call(stage, 'GET', requests)).status, 405);
  for (const method of ['PUT', 'PATCH', 'DELETE']) {
    assert.equal((await call(stage, method, `${requests}/${id}`, {})).status, 405, method);
  }
  assert.equal(stage.violations().length, 5);
  const unknown = await call(stage, 'GET', `${requests}/${newId()}?mode=COMPACT`);
  assert.equal(unknown.status, 404);
  assert.equal(typeof unknown.body.errors[0].errorCode, 'string');
  assert.equal(stage.violations().length, 5, 'asking for an unknown id is allowed');
  await stage.close();
});

void test('S77: what is missing or wrong in a purchase request is told by code and path; wrong content is no violation', async () => {
  const stage = await openShop();
  const codes = async (body: unknown): Promise<string[]> => {
    const answer = await call(stage, 'POST', requests, body);
    assert.equal(answer.status, 400);
    return answer.body.errors.map(({ errorCode, dataPath }: Record<string, string>) => `${errorCode} ${dataPath}`);
  };
  assert.deepEqual(await codes(purchaseRequest({ userLoginId: 'nobody@simulated.example' })), [
    'invalidUserInfo userLoginId',
  ]);
  assert.deepEqual(await codes(purchaseRequest({ lineItems: [line('V9')] })), [
    'invalidVendor lineItems[0].vendorCode',
  ]);
  assert.deepEqual(stage.violations(), []);
  const naive: [unknown, string][] = [
    [purchaseRequest({ userLoginId: undefined }), 'missingUserInfo userLoginId'],
    [purchaseRequest({ userEmail: 'e-100@simulated.example' }), 'provideOneUserInformation userEmail'],
    [purchaseRequest({ currencyCode: undefined }), 'missingCurrencyCode currencyCode'],
    [purchaseRequest({ lineItems: [] }), 'missingLineItems lineItems'],
    [
      purchaseRequest({ lineItems: [line('V1', { purchaseType: 'GOOD' })] }),
      'invalidPurchaseType lineItems[0].purchaseType',
    ],
    [purchaseRequest({ lineItems: [line('V1', { quantity: 0 })] }), 'invalidQuantity lineItems[0].quantity'],
    [purchaseRequest({ lineItems: [line('V1', { unitPrice: '1,5' })] }), 'invalidUnitPrice lineItems[0].unitPrice'],
    [
      purchaseRequest({ lineItems: [line('V1', { neededByDate: '09/01/2026' })] }),
      'invalidDateFormat lineItems[0].neededByDate',
    ],
    [purchaseRequest({ vendor: 'V1' }), 'invalidRequestBody vendor'],
    [[], 'invalidRequestBody '],
  ];
  for (const [body, code] of naive) assert.deepEqual(await codes(body), [code]);
  assert.equal(stage.violations().length, naive.length);
  await stage.close();
});

void test('S77: a purchase request may still fail after it was accepted', async () => {
  const stage = await openShop();
  const { status, body } = await call(stage, 'POST', requests, purchaseRequest({ lineItems: [line('V3')] }));
  assert.equal(status, 202);
  const { body: failed } = await settled(stage, body.id as string);
  assert.equal(failed.purchaseRequestQueueStatus, 'CREATE_FAILED');
  assert.match(failed.purchaseRequestExceptions[0].message, /V3\/A is not approved/);
  assert.throws(() => stage.concur.company.approvePurchaseRequest(body.id as string, []));
  await stage.close();
});

function address(): Record<string, string> {
  return {
    ExternalID: 'HQ',
    Address1: 'Am Markt 1',
    City: 'Kiel',
    StateProvince: 'SH',
    PostalCode: '24103',
    CountryCode: 'DE',
  };
}

function orderLine(more: Record<string, unknown> = {}): Record<string, unknown> {
  return { ExternalID: 'L-1', LineNumber: '1', Quantity: '2', UnitPrice: '500.00', AccountCode: '610100', ...more };
}

function order(more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    PurchaseOrderNumber: 'PO-1',
    Name: 'PO-1',
    CurrencyCode: 'EUR',
    OrderDate: '2026-09-01',
    PolicyExternalID: 'PO',
    VendorCode: 'V1',
    VendorAddressCode: 'A',
    BillToAddress: address(),
    ShipToAddress: address(),
    LineItem: [orderLine()],
    ...more,
  };
}

void test('S77: a purchase order is written with 200 in both outcomes, closed by its status and never deleted', async () => {
  const stage = await openShop();
  const created = await call(stage, 'POST', orders, order());
  assert.deepEqual([created.status, created.body.Status, created.body.ErrorCode], [200, 'SUCCESS', '']);
  const again = await call(stage, 'POST', orders, order());
  assert.deepEqual([again.status, again.body.Status, again.body.ErrorCode], [200, 'FAILURE', '1000']);
  assert.equal(stage.violations().length, 1, 'it was created and answered before');
  const closed = await call(stage, 'PUT', orders, order({ Status: 'Closed' }));
  assert.equal(closed.body.Status, 'SUCCESS');
  assert.equal((await call(stage, 'GET', `${orders}/PO-1`)).body.Status, 'Closed');
  assert.equal((await call(stage, 'PUT', orders, order({ PurchaseOrderNumber: 'PO-9' }))).body.ErrorCode, '1000');
  assert.equal((await call(stage, 'PUT', orders, order({ PolicyExternalID: 'USPO' }))).body.ErrorCode, '4002');
  const counted = stage.violations().length;
  assert.equal((await call(stage, 'DELETE', `${orders}/PO-1`)).status, 405);
  assert.equal(stage.violations().length, counted + 1);
  assert.equal((await call(stage, 'GET', `${orders}/PO-9`)).status, 404);
  const asXml = await stage.call(`${orders}/PO-1`, { headers: { accept: '*/*' } });
  assert.match(await asXml.text(), /^<PurchaseOrder>.*<LineItem><ExternalID>L-1</);
  await stage.close();
});

void test('S77: each mistake in a purchase order has its code, its field and its line', async () => {
  const stage = await openShop();
  const allocation = (Amount: string): unknown => ({ Amount, GrossAmount: Amount, Percentage: '100' });
  const { StateProvince: _state, ...noState } = address();
  const cases: [Record<string, unknown>, string, string][] = [
    [order({ VendorCode: 'V9' }), '2000', 'HeaderVendorCode'],
    [order({ CurrencyCode: 'Euro' }), '3000', 'HeaderCurrencyCode'],
    [order({ PolicyExternalID: 'XX' }), '4000', 'HeaderPolicyExternalID'],
    [order({ LineItem: [] }), '5000', 'HeaderLineItem'],
    [order({ LineItem: [orderLine({ ExpenseType: 'OFFIC' })] }), '5001', 'LineItemAccountCode'],
    [order({ LineItem: [orderLine({ Tax: '-1' })] }), '5004', 'LineItemTax'],
    [order({ LineItem: [orderLine({ Allocation: [allocation('1000.01')] })] }), '5501', 'AllocationAmount'],
    [order({ LineItem: [orderLine({ Allocation: [allocation('-1')] })] }), '5502', 'AllocationAmount'],
    [order({ LineItem: [orderLine({ Allocation: [allocation('0')] })] }), '5503', 'AllocationAmount'],
    [order({ LineItem: [orderLine(), orderLine()] }), '5600', 'LineItemExternalID'],
    [order({ ShipToAddress: noState }), '6000', 'ShipToStateProvince'],
    [order({ BillToAddress: undefined }), '6001', 'HeaderBillToAddress'],
    [order({ Name: undefined }), '8000', 'HeaderName'],
    [order({ ShippingTermsKey: 'X'.repeat(11) }), '8001', 'HeaderShippingTermsKey'],
    [order({ OrderDate: '01/09/2026' }), '8002', 'HeaderOrderDate'],
    [order({ BillToAddress: { ...address(), CountryCode: 'de' } }), '8005', 'BillToCountryCode'],
    [order({ Supplier: 'V1' }), '8006', 'HeaderSupplier'],
  ];
  for (const [body, code, field] of cases) {
    const answer = await call(stage, 'POST', orders, body);
    assert.deepEqual([answer.status, answer.body.Status, answer.body.ErrorCode], [200, 'FAILURE', code], code);
    assert.equal(answer.body.FieldCode, field);
    assert.equal(answer.body.LineItemExternalID, field.startsWith('LineItem') || field.startsWith('All') ? 'L-1' : '');
  }
  assert.equal(stage.violations().length, cases.length - 2, 'vendor and policy are content');
  assert.equal((await call(stage, 'POST', orders, [order()])).status, 400, 'one order per call');
  assert.equal((await call(stage, 'POST', orders, order())).body.Status, 'SUCCESS');
  await stage.close();
});

void test('S77: goods receipts refer to a line of an order, carry a plain date, and are found by either number', async () => {
  const stage = await openShop();
  await call(stage, 'POST', orders, order());
  const receipt = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
    PurchaseOrderNumber: 'PO-1',
    LineItemExternalID: 'L-1',
    GoodsReceiptNumber: 'GR-1',
    ReceivedDate: '2026-09-10',
    ReceivedQuantity: '2',
    UnitOfMeasureCode: 'EA',
    Version: '2.0',
    ...more,
  });
  const code = async (body: unknown) => (await call(stage, 'POST', receipts, body)).body.ErrorCode as string;
  assert.equal(await code(receipt({ PurchaseOrderNumber: 'PO-9' })), '1000');
  assert.equal(await code(receipt({ LineItemExternalID: 'L-9' })), '1001');
  assert.deepEqual(stage.violations(), []);
  assert.equal(await code(receipt({ ReceivedQuantity: 'two' })), '1003');
  assert.equal(await code(receipt({ ReceivedDate: '2026-09-10 00:00:00.0' })), '1004');
  assert.equal(await code(receipt({ UnitOfMeasureCode: 'X'.repeat(10) })), '1005');
  assert.equal(await code(receipt({ GoodsReceiptNumber: undefined })), '10010');
  assert.equal(stage.violations().length, 4);
  assert.equal(await code(receipt()), '');
  assert.equal((await call(stage, 'PUT', receipts, receipt({ ReceivedQuantity: '1' }))).body.Status, 'SUCCESS');
  const listed = await call(stage, 'GET', `${receipts}?goodsReceiptNumber=GR-1`);
  assert.deepEqual([listed.body.TotalCount, listed.body.PurchaseOrderReceipt[0].ReceivedQuantity], [1, '1']);
  assert.equal((await call(stage, 'GET', `${receipts}?lineItemExternalID=L-1`)).status, 400);
  assert.equal((await call(stage, 'DELETE', `${receipts}?purchaseOrderNumber=PO-1`)).body.Status, 'SUCCESS');
  assert.equal((await call(stage, 'GET', `${receipts}?purchaseOrderNumber=PO-1`)).body.TotalCount, 0);
  await stage.close();
});
