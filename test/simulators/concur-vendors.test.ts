import assert from 'node:assert/strict';
import { test } from 'node:test';
import { invoice, newId, openStage, post, type ConcurStage } from './concur-stage.js';

const address = '/api/v3.1/invoice/vendors';
const json = { accept: 'application/json' };

interface Status {
  Code: number;
  Message: string;
  RecordNumber: number;
  Type: string;
}
type Row = Record<string, string | null> & { StatusList: Status[] };
interface Collection {
  Items: null;
  NextPage: string | null;
  TotalCount: number;
  Vendor: any;
}

function vendor(code: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    VendorCode: code,
    AddressCode: `USMF-${code}`,
    VendorName: `Firm ${code}`,
    CountryCode: 'DE',
    CurrencyCode: 'EUR',
    Approved: 'Y',
    PaymentMethodType: 'CLIENT',
    ...more,
  };
}

async function get(stage: ConcurStage, query = ''): Promise<Collection> {
  const response = await stage.call(`${address}${query}`, { headers: json });
  assert.equal(response.status, 200, query);
  return (await response.json()) as Collection;
}

async function write(stage: ConcurStage, method: 'POST' | 'PUT', ...vendors: unknown[]): Promise<Row[]> {
  const init = { method, headers: json, body: JSON.stringify({ Vendor: vendors }) };
  const response = await stage.call(address, init);
  assert.equal(response.status, 200, 'failures of records stand inside');
  const { Items, Vendor: rows } = (await response.json()) as Collection;
  assert.equal(Items, null);
  return Array.isArray(rows) ? (rows as Row[]) : [rows as Row];
}

async function one(stage: ConcurStage, code: string): Promise<Row> {
  return (await get(stage, `?vendorCode=${code}&addressCode=USMF-${code}&searchType=exact`)).Vendor as Row;
}

function statusOf(rows: Row[], record: number): Status | undefined {
  return rows.flatMap(({ StatusList: statuses }) => statuses).find(({ RecordNumber: number }) => number === record);
}

void test('S67: vendors come 25 at a time under Vendor, with an opaque offset and a next page on a host that must not be called', async () => {
  const stage = await openStage();
  stage.concur.company.seedVendors(
    Array.from({ length: 60 }, (_, index) => {
      const code = `V${String(index).padStart(3, '0')}`;
      return { VendorCode: code, AddressCode: 'A', VendorName: `Firm ${code}`, CountryCode: 'DE', CurrencyCode: 'EUR' };
    }),
  );
  const seen: string[] = [];
  let query = '';
  for (let pages = 0; pages < 3; pages += 1) {
    const page = await get(stage, query);
    assert.deepEqual([page.Items, page.TotalCount, page.Vendor.length], [null, 60, pages < 2 ? 25 : 10]);
    seen.push(...(page.Vendor as Row[]).map(({ VendorCode }) => VendorCode ?? ''));
    if (page.NextPage === null) break;
    const next = new URL(page.NextPage);
    assert.notEqual(next.host, new URL(stage.url).host);
    query = next.search;
  }
  assert.equal(new Set(seen).size, 60);
  assert.deepEqual(seen, seen.toSorted());
  assert.equal((await get(stage, '?limit=1000')).Vendor.length, 60);
  assert.deepEqual(stage.violations(), []);
  for (const wrong of ['?limit=1001', '?limit=0', '?offset=25', '?modifiedDateAfter=2026-01-01', '?sortBy=Nonsense']) {
    assert.equal((await stage.call(`${address}${wrong}`, { headers: json })).status, 400, wrong);
  }
  assert.equal(stage.violations().length, 5);
  await stage.close();
});

void test('S67: without an Accept header for JSON the answer is XML, errors included', async () => {
  const stage = await openStage();
  stage.concur.company.seedVendors([{ VendorCode: 'V&1', AddressCode: 'A', VendorName: 'Fish & <Co>' }]);
  const listed = await stage.call(address, { headers: { accept: '*/*' } });
  assert.match(listed.headers.get('content-type') ?? '', /xml/);
  assert.match(await listed.text(), /^<VendorCollection>.*<VendorName>Fish &amp; &lt;Co&gt;<\/VendorName>/);
  const refused = await stage.call(`${address}?vendorCode=V1&addressCode=A`, { method: 'DELETE' });
  assert.match(await refused.text(), /^<Error><Message>/);
  await stage.close();
});

void test('S67: code and address together are the key, and exactly one row is an object, not an array', async () => {
  const stage = await openStage();
  const rows = await write(stage, 'POST', vendor('V1'), vendor('V1', { AddressCode: 'FRRT-V1' }), vendor('V2'));
  assert.deepEqual(
    [1, 2, 3].map((record) => statusOf(rows, record)?.Type),
    ['SUCCESS', 'SUCCESS', 'SUCCESS'],
  );
  assert.equal((await get(stage, '?vendorCode=V1')).Vendor.length, 2);
  const single = await one(stage, 'V1');
  assert.deepEqual([single.VendorCode, single['AddressCode']], ['V1', 'USMF-V1']);
  assert.equal((await get(stage, '?vendorCode=V1&searchType=begins&approved=False')).TotalCount, 0);
  assert.equal((await get(stage, '?vendorName=irm&searchType=contains')).TotalCount, 3);
  stage.concur.company.seedVendors([], 'array');
  assert.equal((await get(stage, '?vendorCode=V2')).Vendor.length, 1);
  assert.deepEqual(stage.violations(), []);
  await stage.close();
});

void test('S67: one call answers 200 while each record has a status of its own, and only wrong programs are counted', async () => {
  const stage = await openStage();
  await write(stage, 'POST', vendor('KNOWN'));
  const rows = await write(
    stage,
    'POST',
    vendor('GOOD'),
    vendor('KNOWN', { AddressCode: 'OTHER', VendorName: 'Another name' }),
    vendor('UKR', { CountryCode: 'UA' }),
    vendor('CARD', { PaymentMethodType: 'VCHER' }),
    vendor('USCHECK', { PaymentMethodType: 'CHECK', CountryCode: 'US', State: 'Washington' }),
  );
  const messages = [1, 2, 3, 4, 5].map((record) => statusOf(rows, record)?.Message ?? '');
  assert.equal(new Set(messages).size, 5, 'each record has its own message');
  assert.equal(statusOf(rows, 1)?.Type, 'SUCCESS');
  for (const record of [2, 3, 4, 5]) assert.equal(statusOf(rows, record)?.Type, 'WARNING', messages[record - 1]);
  assert.match(messages[1]!, /belongs to Firm KNOWN/);
  assert.match(messages[2]!, /State is required for UA/);
  assert.deepEqual(stage.violations(), [], 'the data are to blame');
  assert.equal((await get(stage)).TotalCount, 2);

  const naive = [
    vendor('V1', { CountryCode: 'de' }),
    vendor('V2', { CurrencyCode: undefined }),
    vendor('V3', { AddressCode: undefined }),
    vendor('V4', { VendorCode: 'X'.repeat(33) }),
    vendor('V5', { Aproved: 'Y' }),
    vendor('V6', { Approved: true }),
    vendor('V7', { PaymentMethodType: 'BANK' }),
    vendor('V8', { PaymentTerms: '0' }),
  ];
  const refused = await write(stage, 'POST', ...naive);
  assert.ok(naive.every((_, index) => statusOf(refused, index + 1)?.Type === 'ERROR'));
  assert.equal(stage.violations().length, naive.length);
  for (const body of ['{"Vendor":{}}', '[]', 'nonsense', '{"Vendor":[]}']) {
    assert.equal((await stage.call(address, { method: 'POST', headers: json, body })).status, 400, body);
  }
  await stage.close();
});

void test('S67: a PUT without PaymentMethodType resets it to CLIENT and empties every other field that it leaves out', async () => {
  const stage = await openStage();
  const full = { PaymentMethodType: 'WIRE', City: 'Kiel', PaymentTerms: 30, DefaultEmployeeID: 'E-1', TaxID: null };
  await write(stage, 'POST', vendor('V1', full));
  const before = await one(stage, 'V1');
  assert.deepEqual([before['PaymentMethodType'], before['City'], before['PaymentTerms']], ['WIRE', 'Kiel', '30']);
  const echoed = await write(stage, 'PUT', { ...before, DefaultEmployeeID: 'N' });
  assert.equal(statusOf(echoed, 1)?.Type, 'SUCCESS', 'what was read may be written');
  const cleared = await one(stage, 'V1');
  assert.deepEqual([cleared['PaymentMethodType'], cleared['DefaultEmployeeID']], ['WIRE', null]);
  const { PaymentMethodType: _method, ...naive } = vendor('V1');
  await write(stage, 'PUT', naive);
  const after = await one(stage, 'V1');
  assert.deepEqual([after['PaymentMethodType'], after['City'], after['PaymentTerms']], ['CLIENT', null, null]);
  assert.equal(after['ID'], before['ID']);
  const missing = await write(stage, 'PUT', vendor('NOBODY'));
  assert.match(statusOf(missing, 1)?.Message ?? '', /does not exist/);
  assert.deepEqual(stage.violations(), []);
  await stage.close();
});

void test('S67: creating a vendor again is a violation only if the first answer arrived', async () => {
  const stage = await openStage();
  stage.harness.faults.order({ system: 'concur', operation: 'vendorCreate', kind: 'reset-after', times: 1 });
  await assert.rejects(write(stage, 'POST', vendor('V1')));
  assert.match(statusOf(await write(stage, 'POST', vendor('V1')), 1)?.Message ?? '', /already exists/);
  assert.deepEqual(stage.violations(), []);
  await write(stage, 'POST', vendor('V1'));
  assert.deepEqual(stage.violations(), ['V1/USMF-V1: vendor created again']);
  await stage.close();
});

void test('S67: a vendor that an invoice or an order uses cannot be deleted, and both codes are needed', async () => {
  const stage = await openStage();
  stage.load({ docType: 'invoice', id: newId(), document: invoiceOf('INV-1', 'S-1') });
  await write(stage, 'POST', vendor('V1'));
  const remove = async (query: string) =>
    (await stage.call(`${address}${query}`, { method: 'DELETE', headers: json })).status;
  assert.equal(await remove('?vendorCode=S-1&addressCode=1'), 400);
  assert.equal(await remove('?vendorCode=V1&addressCode=WRONG'), 400);
  assert.deepEqual(stage.violations(), []);
  assert.equal(await remove('?vendorCode=V1'), 400);
  assert.equal(stage.violations().length, 1);
  assert.equal(await remove('?vendorCode=V1&addressCode=USMF-V1'), 200);
  assert.equal((await get(stage)).TotalCount, 1);
  await stage.close();
});

void test('S67: the requested vendor takes the codes of the ERP by its AddressImportSyncID, and its invoices follow', async () => {
  const stage = await openStage();
  const id = newId();
  stage.concur.company.seedVendors([
    { VendorCode: 'TEMP', AddressCode: '1', VendorName: 'New', Approved: 'N', AddressImportSyncID: 'REQ-1' },
  ]);
  stage.load({ docType: 'invoice', id, document: invoiceOf('INV-1', 'TEMP') });
  const rows = await write(stage, 'PUT', vendor('V9', { AddressImportSyncID: 'REQ-1', PaymentMethodType: 'WIRE' }));
  assert.equal(statusOf(rows, 1)?.Type, 'SUCCESS');
  assert.equal((await get(stage, '?vendorCode=TEMP')).TotalCount, 0);
  const read = await stage.call('/api/v3.0/invoice/paymentrequest/INV-1', { headers: json });
  const { VendorRemitAddress: bound } = (await read.json()) as { VendorRemitAddress: Record<string, string> };
  assert.deepEqual([bound['VendorCode'], bound['AddressCode']], ['V9', 'USMF-V9']);
  await stage.close();
});

void test('S67, S101: vendors of loaded invoices exist, and how they are paid decides whether an invoice may be confirmed', async () => {
  const stage = await openStage();
  const [client, check, seeded] = [newId(), newId(), newId()];
  stage.load(
    { docType: 'invoice', id: client, document: invoiceOf('INV-CLIENT', 'S-1') },
    { docType: 'invoice', id: check, document: invoiceOf('INV-CHECK', 'S-2', 'CHECK') },
    { docType: 'invoice', id: seeded, document: invoiceOf('INV-SEEDED', 'S-3') },
  );
  stage.concur.company.seedVendors([{ VendorCode: 'S-3', AddressCode: '1', PaymentMethodType: 'ACH' }]);
  const methods = (await get(stage)).Vendor.map((row: Row) => [row.VendorCode, row['PaymentMethodType']]).sort();
  assert.deepEqual(methods, [
    ['S-1', 'CLIENT'],
    ['S-2', 'CHECK'],
    ['S-3', 'ACH'],
  ]);
  const pay = async (requestId: string): Promise<number> => {
    const item = { requestId, invoiceAmount: 1190, paymentStatus: 'PAID', paymentStatusDate: '2026-09-20' };
    const init = { method: 'POST', body: JSON.stringify([item]) };
    return (await stage.call('/invoice/payment-confirmation/v4/payments/bulkUpdate', init)).status;
  };
  for (const id of [client, check, seeded]) await post(stage, 'invoice', id);
  assert.deepEqual([await pay('INV-CLIENT'), await pay('INV-CHECK'), await pay('INV-SEEDED')], [200, 400, 400]);
  assert.equal(stage.violations().length, 2);
  await stage.close();
});

void test('S67: groups are added and removed one vendor address at a time', async () => {
  const stage = await openStage();
  await write(stage, 'POST', vendor('V1'));
  const groups = '/api/v3.1/invoice/vendor/groups?vendorCode=V1&addressCode=USMF-V1';
  const body = JSON.stringify({ VendorGroup: [{ Name: 'USMF' }, { Name: 'DAT' }] });
  const added = await stage.call(groups, { method: 'PUT', headers: json, body });
  assert.deepEqual(
    ((await added.json()) as { VendorGroup: { Name: string }[] }).VendorGroup.map(({ Name }) => Name),
    ['USMF', 'DAT'],
  );
  assert.equal((await stage.call(`${groups}&groupName=DAT`, { method: 'DELETE', headers: json })).status, 200);
  assert.equal((await stage.call(`${groups}&groupName=DAT`, { method: 'DELETE', headers: json })).status, 400);
  assert.deepEqual(stage.concur.company.vendors()[0]?.groups, ['USMF']);
  const naive = await stage.call('/api/v3.1/invoice/vendor/groups?vendorCode=V1', {
    method: 'PUT',
    headers: json,
    body,
  });
  assert.equal(naive.status, 400);
  assert.equal(stage.violations().length, 1);
  await stage.close();
});

void test('S67: records of one call may fail by chance or be left out of the answer', async () => {
  const stage = await openStage();
  stage.harness.faults.order({ system: 'concur', operation: 'vendorCreate', kind: 'item-failure', times: 1 });
  const [failed] = await write(stage, 'POST', vendor('V1'));
  assert.equal(failed?.StatusList[0]?.Type, 'ERROR');
  stage.harness.faults.order({ system: 'concur', operation: 'vendorCreate', kind: 'item-missing', times: 1 });
  assert.deepEqual(await write(stage, 'POST', vendor('V1')), []);
  assert.equal((await get(stage)).TotalCount, 1);
  await stage.close();
});

function invoiceOf(requestId: string, vendorCode: string, payMethodType = 'CLIENT'): unknown {
  const { requestHeader } = invoice(requestId, 1190, payMethodType) as { requestHeader: unknown };
  return { requestHeader, vendor: { vendorCode, vendorName: `Firm ${vendorCode}`, vendorRemitToAddressCode: '1' } };
}
