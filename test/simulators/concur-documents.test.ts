import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';
import { acknowledgement, cashAdvance, expense, invoice, newId, openStage, transactions } from './concur-stage.js';

interface Page {
  content: { id: string; docStatus: string; document: unknown; erpSystemId: string | null }[];
  links: { rel: string; href: string }[];
  page: { size: number; totalElements: number; totalPages: number; number: number };
}

void test('S62: the list is paged from zero, holds READY documents only, and its links point elsewhere', async () => {
  const stage = await openStage();
  const ids = Array.from({ length: 5 }, newId);
  stage.load(...ids.map((id) => ({ docType: 'expense', id, document: expense() })));
  const get = async (query: string) => (await (await stage.call(`${transactions('expense')}${query}`)).json()) as Page;
  const first = await get('?page=0&limit=2');
  assert.deepEqual(first.page, { size: 2, totalElements: 5, totalPages: 3, number: 0 });
  assert.ok(first.links.some(({ rel }) => rel === 'next'));
  assert.ok(first.links.every(({ href }) => !href.startsWith(stage.url)));
  const last = await get('?page=2&limit=2');
  assert.equal(last.content.length, 1);
  assert.ok(!last.links.some(({ rel }) => rel === 'next'));
  assert.equal((await get('')).page.size, 25, 'the default limit');
  await stage.fis('expense', 'acknowledgements', acknowledgement(...first.content.map(({ id }) => id)));
  const shifted = await get('?page=1&limit=2');
  assert.equal(shifted.page.totalElements, 3);
  assert.equal(shifted.content.length, 1, 'who pages on after acknowledging skips a page of documents');
  await stage.close();
});

void test('S61: documents are found by business id in any status only when status is ignored, and by systemId once taken', async () => {
  const stage = await openStage();
  const [failed, successor] = [newId(), newId()];
  stage.load({ docType: 'expense', id: failed, document: expense({ reportId: 'REPORT-A' }) });
  await stage.fis('expense', 'acknowledgements', acknowledgement(failed));
  stage.load({ docType: 'expense', id: successor, document: expense({ reportId: 'REPORT-A' }) });
  const count = async (query: string) =>
    ((await (await stage.call(`${transactions('expense')}?${query}`)).json()) as Page).content.length;
  assert.equal(await count('docId=REPORT-A'), 1);
  assert.equal(await count('docId=REPORT-A&ignoreDocumentStatus=yes'), 2);
  assert.equal(await count('ignoreDocumentStatus=yes'), 1, 'silently no without docId');
  assert.equal(await count('systemId=sys-1'), 0, 'READY documents have no systemId');
  assert.equal(await count(`docId=${failed}&ignoreDocumentStatus=yes`), 0, 'the FI document id is no business id');
  await stage.close();
});

void test('B28: number literals are served exactly as loaded, as object and as text', async () => {
  const stage = await openStage();
  const id = newId();
  const literal = JSON.stringify(invoice('INV-1')).replace('1190', '50.00000000,"zero":0E-8');
  const body = `{"documents":[{"docType":"invoice","id":"${id}","document":${literal}}]}`;
  assert.deepEqual(stage.concur.loadDocuments(body), { loaded: 1, known: 0 });
  assert.deepEqual(stage.concur.loadDocuments(body), { loaded: 0, known: 1 });
  const asObject = await (await stage.call(transactions('invoice'))).text();
  assert.ok(asObject.includes('"requestTotal":50.00000000,"zero":0E-8'));
  const response = await stage.call(transactions('invoice'), { headers: { documentformatas: 'text' } });
  assert.match(response.headers.get('concur-correlationid') ?? '', /^[0-9a-f-]{36}$/);
  const asText = (await response.json()) as Page;
  assert.ok(String(asText.content[0]?.document).includes('"requestTotal":50.00000000'));
  await stage.close();
});

void test('B28: gross totals leave personal entries out, net advances off the dues, and fit each document type', async () => {
  const stage = await openStage();
  const report = expense({ amount: 80 }) as { expenseEntry: unknown[] };
  report.expenseEntry.push({ entryApprovedAmount: 0, entryIsPersonal: 'Y', allocation: [] });
  stage.load(
    { docType: 'expense', id: newId(), document: report, expected: 'fo/USMF' },
    { docType: 'invoice', id: newId(), document: invoice('INV-2', 1190.5) },
    { docType: 'cashadvance', id: newId(), document: cashAdvance('ADV-1') },
  );
  const gross = stage.concur.documents().map((document) => [document.docType, document.gross, document.currency]);
  assert.deepEqual(gross, [
    ['expense', '80', 'EUR'],
    ['invoice', '1190.5', 'EUR'],
    ['cashadvance', '300', 'EUR'],
  ]);
  assert.throws(() => {
    stage.load({ docType: 'expense', id: newId(), document: {} });
  }, /employeeId|reportId/);
  await stage.close();
});

void test('S61: other document types, other addresses and bad paging are refused and counted, reads of nothing are not', async () => {
  const stage = await openStage();
  assert.equal((await stage.call(transactions('payroll'))).status, 404);
  assert.equal((await stage.call(`${transactions('expense')}?limit=0`)).status, 400);
  assert.equal((await stage.call(transactions('expense'), { method: 'DELETE' })).status, 405);
  assert.equal((await stage.call('/api/v3.0/invoice/paymentrequest', { method: 'PUT', body: '{}' })).status, 404);
  assert.equal(stage.violations().length, 4);
  assert.equal((await stage.call('/api/v3.0/nothing')).status, 404);
  assert.equal(stage.violations().length, 4);
  await stage.close();
});

void test('B28: chunked bodies, a wrong media type and a correlation id that is no UUID are refused', async () => {
  const stage = await openStage();
  const { access_token: token } = await stage.token();
  const path = `${transactions('expense')}/acknowledgements`;
  const chunked = await new Promise<number | undefined>((resolve) => {
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'transfer-encoding': 'chunked',
    };
    const request = http.request(`${stage.url}${path}`, { method: 'POST', headers }, (response) => {
      resolve(response.resume().statusCode);
    });
    request.end(JSON.stringify(acknowledgement(newId())));
  });
  assert.equal(chunked, 400);
  const body = JSON.stringify(acknowledgement(newId()));
  const wrongType = await stage.call(path, { method: 'POST', headers: { 'content-type': 'text/plain' }, body });
  assert.equal(wrongType.status, 415);
  const wrongId = await stage.call(path, { method: 'POST', headers: { 'concur-correlationid': 'workflow-1' }, body });
  assert.equal(wrongId.status, 400);
  assert.equal(stage.violations().length, 3);
  await stage.close();
});

void test('B28: documents, statuses and tokens survive a restart, and new ids do not repeat', async () => {
  const before = await openStage();
  const id = newId();
  before.load({ docType: 'expense', id, document: expense() });
  await before.fis('expense', 'acknowledgements', acknowledgement(id));
  const { refresh_token: refreshToken, access_token: accessToken } = await before.token();
  await before.harness.close();
  const after = await openStage({ folder: before.folder });
  assert.equal(after.status(id), 'ACKNOWLEDGED');
  const headers = { authorization: `Bearer ${accessToken}` };
  assert.equal((await fetch(`${after.url}${transactions('expense')}`, { headers })).status, 200);
  assert.notEqual((await after.token()).refresh_token, refreshToken);
  const { items } = await after.fis('expense', 'acknowledgements', acknowledgement(id));
  assert.equal(items[0]?.['code'], 101);
  assert.equal(after.harness.book.kept.violations.length, 1, 'the first answer is remembered over the restart');
  await after.close();
  await before.close();
});
