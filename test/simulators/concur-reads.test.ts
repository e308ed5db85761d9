import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  acknowledgement,
  expense,
  invoice,
  newId,
  openStage,
  payment,
  post,
  type ConcurStage,
} from './concur-stage.js';

const json = { accept: 'application/json' };
const digests = '/api/v3.0/invoice/paymentrequestdigests';
const users = '/profile/identity/v4.1/Users';

async function read(stage: ConcurStage, path: string, headers: Record<string, string> = json): Promise<any> {
  const response = await stage.call(path, { headers });
  assert.equal(response.status, 200, path);
  return response.json();
}

async function status(stage: ConcurStage, path: string): Promise<number> {
  return (await stage.call(path, { headers: json })).status;
}

/** An invoice as FIS delivers it, with two lines unless told. */
function fullInvoice(requestId: string, day: string, lines = 2): unknown {
  const { requestHeader } = invoice(requestId) as { requestHeader: Record<string, unknown> };
  const [year, month, dayOfMonth] = day.split('-');
  const line = (number: number): unknown => ({
    lineItemSequenceOrder: number,
    lineItemDescription: 'Lenses',
    expenseTypeCode: 'OFFIC  ',
    allocation: [
      { allocationPercentage: 50, allocationCustom1Code: 'CC100', journal: { accountCode: '6000', amountGross: 100 } },
      { allocationPercentage: 50, journal: [{ accountCode: '6000', amountGross: 200 }] },
    ],
  });
  return {
    requestHeader: {
      ...requestHeader,
      vendorInvoiceNumber: `RE-${requestId}`,
      invoiceDate: `${month ?? ''}/${dayOfMonth ?? ''}/${year ?? ''}`,
      requestCreationDate: `${day}T09:12:44.120Z`,
      submitDate: `${day}T10:01:09.003Z`,
      requestTitle: 'Lenses',
      requestCustom1Code: 'P-1',
    },
    ownerEmployee: { employeeId: 'AP-TEAM', employeeFirstName: 'Accounts', employeeLastName: 'Payable' },
    vendor: { vendorCode: 'S-1', vendorName: 'Nordlicht', vendorRemitToAddressCode: 'A-1' },
    lineItem: Array.from({ length: lines }, (_, index) => line(index + 1)),
  };
}

void test('S66: an invoice is readable by its id with all that was entered and all that became of it', async () => {
  const stage = await openStage();
  const id = newId();
  stage.load(
    { docType: 'invoice', id, document: fullInvoice('INV-1', '2026-09-01') },
    { docType: 'invoice', id: newId(), document: fullInvoice('INV-2', '2026-09-01', 1) },
  );
  const path = '/api/v3.0/invoice/paymentrequest/INV-1';
  const before = await read(stage, path);
  assert.deepEqual(
    [before.InvoiceNumber, before.InvoiceDate, before.InvoiceAmount, before.ApprovalStatus, before.PaymentStatus],
    ['RE-INV-1', '2026-09-01', '1190', 'Approved', 'Pending Payment'],
  );
  assert.deepEqual([before.Custom1, before.EmployeeName, before.PaidDate], ['P-1', 'Payable, Accounts', null]);
  assert.deepEqual(
    [before.VendorRemitAddress.Name, before.VendorRemitAddress.VendorCode, before.VendorRemitAddress.AddressCode],
    ['Nordlicht', 'S-1', 'A-1'],
  );
  assert.equal(before.LineItems.length, 2);
  assert.deepEqual([before.LineItems[0].TotalPrice, before.LineItems[0].Allocations[0].Custom1], ['300', 'CC100']);
  const wrapped = await read(stage, '/api/v3.0/invoice/paymentrequest/INV-2');
  assert.equal(wrapped.LineItems.LineItem.length, 1, 'one line item stands in an object of its own');
  await post(stage, 'invoice', id);
  const after = await read(stage, path);
  assert.equal(after.PaymentStatus, 'Extracted');
  assert.match(after.ExtractDate, /^\d{4}-\d{2}-\d{2}$/);
  const put = { method: 'PUT', headers: json, body: '{"RequestID":"INV-1"}' };
  assert.equal((await stage.call(path, put)).status, 404, 'the id belongs into the body');
  assert.equal(stage.violations().length, 1);
  await stage.close();
});

void test('S66: digests select by status and by whole days whose ends are excluded', async () => {
  const stage = await openStage();
  const extracted = newId();
  stage.load(
    { docType: 'invoice', id: newId(), document: fullInvoice('INV-1', '2026-08-31') },
    { docType: 'invoice', id: extracted, document: fullInvoice('INV-2', '2026-09-01') },
    { docType: 'invoice', id: newId(), document: fullInvoice('INV-3', '2026-09-02') },
  );
  const ids = async (query: string): Promise<string[]> =>
    (await read(stage, `${digests}${query}`)).PaymentRequestDigest.map(({ ID }: { ID: string }) => ID);
  assert.deepEqual(await ids('?createDateAfter=2026-08-31&createDateBefore=2026-09-02'), ['INV-2']);
  assert.deepEqual(await ids('?createDateAfter=2026-09-01&createDateBefore=2026-09-01'), []);
  assert.deepEqual(await ids('?userDefinedDateBefore=2026-09-01'), ['INV-1']);
  assert.deepEqual(await ids('?vendorInvoiceNumber=RE-INV-3'), ['INV-3']);
  assert.deepEqual(await ids('?paidDateAfter=2026-01-01'), []);
  await post(stage, 'invoice', extracted);
  const localized = await read(stage, '/api/v3.0/invoice/localizeddata?type=paymentStatus&langCode=en');
  const { Code: code } = localized.LocalizationData.find(
    ({ LocalizedValue: name }: { LocalizedValue: string }) => name === 'Extracted',
  );
  assert.deepEqual(await ids(`?paymentStatus=${code as string}`), ['INV-2']);
  assert.deepEqual(await ids('?extractedDateAfter=2026-01-01'), ['INV-2']);
  const row = await read(stage, `${digests}/INV-2`);
  assert.match(row.CreateDate, /^2026-09-01 09:12:44\.0$/);
  assert.equal(row.PaidDate, row.ExtractedDate, 'the paid date is the day of the extraction, nobody has paid');
  assert.ok(row.LastModifiedDate > row.CreateDate);
  assert.deepEqual([row.Total, row.VendorName, row.IsDeleted], ['1190', 'Nordlicht', 'false']);
  assert.deepEqual(stage.violations(), []);
  for (const wrong of ['?createDateAfter=09/01/2026', '?limit=1001', '?status=Paid', '?offset=1000']) {
    assert.equal(await status(stage, `${digests}${wrong}`), 400, wrong);
  }
  assert.equal(await status(stage, '/api/v3.0/invoice/localizeddata?type=vendors'), 400);
  assert.equal(stage.violations().length, 5);
  assert.equal(await status(stage, `${digests}/INV-9`), 404);
  await stage.close();
});

void test('S66: digests come page by page under their own name, and the last page has an empty next page', async () => {
  const stage = await openStage();
  for (const name of ['INV-1', 'INV-2', 'INV-3']) {
    stage.load({ docType: 'invoice', id: newId(), document: fullInvoice(name, '2026-09-01') });
  }
  const first = await read(stage, `${digests}?limit=2`);
  assert.deepEqual([first.Items, first.TotalCount, first.PaymentRequestDigest.length], [null, 3, 2]);
  const next = new URL(first.NextPage as string);
  assert.notEqual(next.host, new URL(stage.url).host);
  const last = await read(stage, `${next.pathname}${next.search}`);
  assert.deepEqual([last.NextPage, last.PaymentRequestDigest.length], ['', 1]);
  assert.equal((await read(stage, digests)).PaymentRequestDigest.length, 3, '1000 unless told');
  const asXml = await stage.call(digests, { headers: { accept: '*/*' } });
  assert.match(await asXml.text(), /^<PaymentRequestDigestCollection>/);
  await stage.close();
});

void test('S77: a report tells approval and payment to those who may see it', async () => {
  const stage = await openStage();
  const id = newId();
  const document = { ...(expense({ reportId: 'REPORT-1' }) as object) } as { report: Record<string, unknown> };
  document.report = { ...document.report, reportName: 'Fair', reportCustom3Code: 'CC100' };
  stage.load({ docType: 'expense', id, document });
  const [person] = (await read(stage, users)).Resources;
  const path = (userId: string, context: string): string =>
    `/expensereports/v4/users/${userId}/context/${context}/reports/REPORT-1`;
  const raw = await (await stage.call(path(person.id, 'TRAVELER'))).text();
  assert.match(raw, /"paymentConfirmedAmount":\{"value":0E-8,"currencyCode":"EUR"\}/);
  const states: string[] = [];
  const note = async (): Promise<void> => {
    const { approvalStatusId, paymentStatusId } = await read(stage, path(person.id, 'TRAVELER'));
    states.push(`${approvalStatusId as string} ${paymentStatusId as string}`);
  };
  await note();
  await post(stage, 'expense', id);
  await note();
  await stage.fis('expense', 'paymentconfirmations', payment(id, 'PAY-1', '50.00'));
  await note();
  assert.deepEqual(states, ['A_APPR P_PROC', 'A_APPR P_PAID', 'A_APPR P_PAYC']);
  const report = await read(stage, path(person.id, 'PROCESSOR'));
  assert.equal(report.paymentConfirmedAmount.value, 50);
  assert.match(report.customData[0].value, /^[0-9A-F]{32}$/, 'the id of the list item, not its code');
  assert.equal(await status(stage, path('00000000-0000-4000-a000-000000000000', 'TRAVELER')), 404);
  assert.deepEqual(stage.violations(), []);
  assert.equal(await status(stage, path(person.id, 'EMPLOYEE')), 400);
  assert.equal(stage.violations().length, 1);
  await stage.close();
});

void test('S77: reports are listed 25 at a time for ALL users by lists of codes, and the last page repeats itself', async () => {
  const stage = await openStage();
  const ids = Array.from({ length: 30 }, () => newId());
  stage.load(
    ...ids.map((id, index) => ({ docType: 'expense', id, document: expense({ reportId: `REPORT-${index}` }) })),
  );
  const recalled = ids[0]!;
  stage.concur.recall(recalled);
  await stage.fis('expense', 'acknowledgements', acknowledgement(ids[1]!));
  const path = '/api/v3.0/expense/reports?user=ALL&paymentStatusCode=P_PROC,P_PAYC';
  const first = await read(stage, path);
  assert.equal(first.Items.length, 25);
  const next = new URL(first.NextPage as string);
  assert.notEqual(next.host, new URL(stage.url).host);
  const last = await read(stage, `${next.pathname}${next.search}`);
  assert.equal(last.Items.length, 4, 'the recalled report is not paid');
  assert.equal(new URL(last.NextPage as string).search, next.search, 'a repeated link means the end');
  assert.equal((await read(stage, `${path}&limit=100`)).NextPage, null);
  assert.equal((await read(stage, '/api/v3.0/expense/reports?user=ALL&approvalStatusCode=A_RESU')).Items.length, 1);
  assert.deepEqual(stage.violations(), []);
  assert.equal(await status(stage, '/api/v3.0/expense/reports'), 400);
  assert.equal(stage.violations().length, 1);
  await stage.close();
});

void test('S77: an image address is XML, works without a token for fifteen minutes, and nobody else can make one', async () => {
  const stage = await openStage();
  const document = expense() as { expenseEntry: Record<string, unknown>[] };
  document.expenseEntry[0]!['entryReceiptId'] = 'RECEIPT-1';
  stage.load(
    { docType: 'invoice', id: newId(), document: fullInvoice('INV-1', '2026-09-01') },
    { docType: 'expense', id: newId(), document },
  );
  for (const path of ['/api/image/v1.0/invoice/INV-1', '/api/image/v1.0/report/RECEIPT-1']) {
    const answer = await (await stage.call(path, { headers: json })).text();
    const url = /<Url>(.*)<\/Url>/.exec(answer)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const image = await fetch(url);
    assert.deepEqual([image.status, image.headers.get('content-type')], [200, 'application/pdf']);
    const minutes = (Number(new URL(url).searchParams.get('expires')) - Date.now()) / 60_000;
    assert.ok(minutes > 14 && minutes <= 15, `${minutes} minutes`);
    const later = new URL(url);
    later.searchParams.set('expires', String(Number(later.searchParams.get('expires')) + 60_000));
    assert.equal((await fetch(later)).status, 403);
    assert.deepEqual(stage.violations(), []);
  }
  assert.equal((await stage.call('/api/image/v1.0/invoice/RECEIPT-1')).status, 404);
  const { pathname, search } = new URL(
    /<Url>(.*)<\/Url>/
      .exec(await (await stage.call('/api/image/v1.0/invoice/INV-1')).text())?.[1]
      ?.replaceAll('&amp;', '&') ?? '',
  );
  assert.equal((await stage.call(`${pathname}${search}`)).status, 400, 'the token is shown to a foreign store');
  assert.equal(stage.violations().length, 1);
  await stage.close();
});
