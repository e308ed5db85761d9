import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test, type TestContext } from 'node:test';
import { readOnly } from '../../src/cli/doctor/probe-http.js';
import { serviceFindings } from '../../src/cli/doctor/service-findings.js';
import type { Finding } from '../../src/cli/doctor/findings.js';
import { createEmployeeClient } from '../../src/clients/concur/employee-client.js';
import { createFisClient } from '../../src/clients/concur/fis-client.js';
import { createInvoicePaymentClient } from '../../src/clients/concur/invoice-payment-client.js';
import { createVendorClient } from '../../src/clients/concur/vendor-client.js';
import { RateLimited } from '../../src/clients/http/errors.js';
import { concurScopes, type ConcurFeature } from '../../src/contracts/concur-scopes.js';
import { answer, harness, serve, type Handler } from '../clients/http-support.js';

const page = '{"content":[],"page":{"totalPages":0}}';
const enterprise =
  '"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"4711","costCenter":null}';
const employee = `{"id":"u-1","userName":"jane@example.com","active":true,${enterprise}}`;

/** What a healthy company answers, by the beginning of the path. */
const healthy: [path: string, status: number, body: string][] = [
  ['/financialintegration/', 200, page],
  ['/api/v3.0/invoice/paymentrequest/', 404, '{"Message":"not found"}'],
  ['/api/v3.0/invoice/paymentrequestdigests', 200, '{"PaymentRequestDigest":[],"TotalCount":0}'],
  ['/api/v3.0/invoice/localizeddata', 200, '{"LocalizationData":[{"Code":"P_PAID","LocalizedValue":"Paid"}]}'],
  ['/api/v3.1/invoice/vendors', 200, '{"Vendor":[],"TotalCount":0}'],
  ['/purchaserequest/', 404, '{}'],
  ['/api/v3.0/invoice/purchaseorders/', 200, '{"Status":"FAILURE","ErrorCode":"1000"}'],
  ['/api/v3.0/expense/reports', 200, '{"Items":[]}'],
  ['/profile/identity/', 200, `{"Resources":[${employee}]}`],
];

type Reply = (response: ServerResponse) => void;

const replying =
  (changes: Record<string, Reply>): Handler =>
  (request, response) => {
    const changed = Object.entries(changes).find(([path]) => request.url.startsWith(path));
    if (changed) {
      changed[1](response);
      return;
    }
    const found = healthy.find(([path]) => request.url.startsWith(path));
    answer(response, found?.[1] ?? 500, found?.[2]);
  };

const status =
  (code: number, body = '{}', headers: Record<string, string> = {}): Reply =>
  (response) => {
    answer(response, code, body, headers);
  };

async function look(
  t: TestContext,
  changes: Record<string, Reply> = {},
  given: { used?: ConcurFeature[]; granted?: string[]; limitMs?: number } = {},
): Promise<{ findings: Finding[]; requests: string[]; of: (service: string) => Finding }> {
  const { origin, received } = await serve(t, replying(changes));
  const findings = await serviceFindings({
    connection: 'acme',
    http: harness(origin).http,
    documentTypes: ['expense', 'invoice'],
    granted: given.granted ?? concurScopes.map(({ scope }) => scope),
    used: new Set(given.used ?? ['documents', 'invoice-payments']),
    limitMs: given.limitMs ?? 5_000,
  });
  const of = (service: string): Finding => {
    const found = findings.find(({ check }) => check.startsWith(service));
    assert.ok(found, service);
    return found;
  };
  return { findings, requests: received.map(({ method, url }) => `${method} ${url}`), of };
}

test('S77: each service is asked once with as little as can be read, and reported with the scope it needs', async (t) => {
  const { findings, requests, of } = await look(t);
  assert.deepEqual(new Set(findings.map((finding) => finding.status)), new Set(['ok']), JSON.stringify(findings));
  assert.equal(requests.length, 10);
  const limited = requests.filter((line) => /[?&](limit|count)=1(&|$)/.test(line));
  assert.equal(limited.length, 6, requests.join('\n'));
  for (const [service, scope] of [
    ['Financial Integration v4, expense', 'FISVC'],
    ['Financial Integration v4, invoice', 'FISVC'],
    ['Payment Request v3', 'INVPMT'],
    ['Payment Request Digests', 'INVPMT'],
    ['Vendors', 'INVVEN'],
    ['Purchase Request v4', 'purchaserequest.read'],
    ['Purchase Order', 'INVPO'],
    ['Expense Reports v3', 'EXPRPT'],
    ['Identity', 'identity.user.ids.read'],
    ['Invoice Payment Confirmation', 'invoice.paymentconfirmation.write'],
  ] as const) {
    assert.ok(of(service).found.includes(scope), service);
  }
  assert.match(of('Vendors').found, /does not use it/);
});

test('S127: nothing but reads leaves; payments are not asked for at all, since a read there takes them from others', async (t) => {
  const { requests, of } = await look(t);
  assert.ok(requests.every((line) => line.startsWith('GET ')));
  assert.ok(!requests.some((line) => line.includes('/payments')));
  assert.match(of('Invoice Payment Confirmation').found, /Not asked/);
});

test('S127: a client that would write is stopped before anything leaves; the search of Identity is a read', async (t) => {
  const { origin, received } = await serve(t, replying({}));
  const http = readOnly(harness(origin).http, () => undefined);
  const never = /the doctor never sends/;
  const confirmation = { docType: 'expense' as const, systemId: 's', ids: ['1'] };
  await assert.rejects(createFisClient(http).acknowledge(confirmation), never);
  await assert.rejects(createInvoicePaymentClient(http).bulkUpdate({ payments: [] }), never);
  await assert.rejects(createVendorClient(http).remove({ vendorCode: 'V', addressCode: 'A' }), never);
  assert.equal(received.length, 0);
  await createEmployeeClient(http).find({ employeeNumber: '4711' });
  assert.deepEqual(
    received.map(({ method, url }) => `${method} ${url}`),
    ['POST /profile/identity/v4.1/Users/.search'],
  );
});

test('B7: 403 names the scope; it fails where the configuration depends on it and warns elsewhere', async (t) => {
  const { of } = await look(t, { '/financialintegration/': status(403), '/api/v3.1/': status(403) });
  const used = of('Financial Integration v4, expense');
  assert.equal(used.status, 'fail');
  assert.match(used.found, /403.*FISVC/);
  assert.match(used.switchesOff ?? '', /no document can be read/);
  assert.match(used.remedy ?? '', /FISVC.*request token/);
  assert.equal(of('Vendors').status, 'warn');
});

test('C4: a company that Concur does not know there, and a list that is not there, mean another data centre', async (t) => {
  const unknown = '{"message":"Company does not exist"}';
  const { of } = await look(t, {
    '/financialintegration/': status(404),
    '/api/v3.0/invoice/paymentrequest/': status(404, unknown),
    '/api/v3.0/invoice/localizeddata': status(400, unknown),
  });
  for (const service of ['Financial Integration v4, expense', 'Payment Request v3', 'Localized']) {
    assert.equal(of(service).status, 'fail', service);
    assert.match(of(service).found, /data centre/);
    assert.match(of(service).remedy ?? '', /company has moved/);
  }
});

test('B7: a refused token, a wish for a pause, a passing refusal, an outage and nonsense have messages of their own', async (t) => {
  const { of, requests } = await look(t, {
    '/financialintegration/': status(401),
    '/api/v3.0/invoice/paymentrequestdigests': status(429, '{}', { 'retry-after': '7' }),
    '/api/v3.0/invoice/localizeddata': status(400, '{"Message":"Jane Doe is over the limit"}'),
    '/api/v3.0/invoice/paymentrequest/': status(503, '<html></html>'),
    '/api/v3.0/expense/reports': status(200, '{"something":"else"}'),
  });
  assert.match(of('Financial Integration v4, expense').found, /access token \(401\)/);
  assert.equal(requests.filter((line) => line.includes('/transactiontypes/expense/')).length, 1, 'it is not repeated');
  assert.deepEqual([of('Payment Request Digests').status, of('Localized').status], ['warn', 'warn']);
  assert.match(of('Payment Request Digests').found, /7 s/);
  assert.match(of('Localized').found, /400.*pass/);
  assert.equal(of('Payment Request v3').status, 'fail');
  assert.match(of('Payment Request v3').found, /503/);
  assert.equal(of('Expense Reports').status, 'warn');
  assert.match(of('Expense Reports').found, /does not document/);
});

test('S127: no word of an answer gets into the report', async (t) => {
  const secret = '{"Message":"Jane Doe, IBAN DE00","Resources":[{"id":"u-1","userName":"jane@example.com"}]}';
  const all = Object.fromEntries(
    healthy.map(([path], index) => [path, status([400, 403, 404, 409, 200][index % 5]!, secret)]),
  );
  const { findings } = await look(t, all);
  assert.doesNotMatch(JSON.stringify(findings), /Jane|jane|IBAN|secret-token/);
});

test('B7: one service that hangs hides none of the others', async (t) => {
  const { findings, of } = await look(t, { '/financialintegration/': () => undefined }, { limitMs: 300 });
  assert.match(of('Financial Integration v4, expense').found, /No answer came within/);
  assert.equal(of('Payment Request v3').status, 'ok');
  assert.equal(findings.length, 15);
});

test('S77: attributes that a missing scope hides are named with the scope, although the answer is 200', async (t) => {
  const bare = '{"id":"u-1","userName":"jane@example.com","active":true}';
  const { of } = await look(t, { '/profile/identity/': status(200, `{"Resources":[${bare}]}`) });
  assert.equal(of('Identity').status, 'warn');
  assert.match(of('Identity').found, /employeeNumber, costCenter.*identity\.user\.enterprise\.read/);
  const none = await look(t, { '/profile/identity/': status(200, '{"Resources":[]}') });
  assert.match(none.of('Identity').found, /no employee at all/);
});

test('S77: a service that is not used and has no scope is not asked; one that is used is asked all the same', async (t) => {
  const { of, requests } = await look(t, {}, { granted: ['FISVC'] });
  assert.match(of('Vendors').found, /Not asked: this configuration does not use it.*INVVEN/);
  assert.ok(!requests.some((line) => line.includes('/vendors')));
  assert.ok(requests.some((line) => line.includes('/paymentrequestdigests')));
  const untold = await look(t, {}, { granted: [] });
  assert.equal(untold.requests.length, 10, 'Concur did not tell the scopes: everything is asked');
});

test('B7: the clock is compared with the date of the answers', async (t) => {
  const date = new Date(Date.now() - 600_000).toUTCString();
  const all = Object.fromEntries(healthy.map(([path, code, body]) => [path, status(code, body, { date })]));
  const late = await look(t, all);
  assert.equal(late.of('clock').status, 'fail');
  assert.match(late.of('clock').found, /(59\d|60\d) s ahead of Concur/);
  assert.equal((await look(t)).of('clock').status, 'ok');
});

test('B7: a pause that is in force is told as a pause, not as a failure', async () => {
  const call = { system: 'concur', operation: 'gate' };
  const findings = await serviceFindings({
    connection: 'acme',
    http: { send: () => Promise.reject(new RateLimited('acme has asked for a pause of 60 s.', call, 60_000)) },
    documentTypes: ['expense'],
    granted: [],
    used: new Set(['documents']),
  });
  const [first] = findings;
  assert.equal(first?.status, 'warn');
  assert.match(first.found, /pause of 60 s/);
});
