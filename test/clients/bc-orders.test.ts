import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBcAdapter } from '../../src/clients/dynamics-nav/adapter.js';
import { Conflict, OutcomeUnknown, Rejected } from '../../src/clients/http/errors.js';
import type { HttpClient, HttpRequest } from '../../src/clients/http/types.js';
import type { PurchaseOrderPort } from '../../src/contracts/erp-port.js';
import type { ErpPurchaseOrder } from '../../src/contracts/purchase-orders.js';
import { BcStage, num } from '../simulators/bc-stage.js';
import { FakeWrites } from './bc-stage.js';
import { company, simulatedBc } from './bc-simulated.js';

const requestId = '3f9a61c2-7d10-4f0e-9a51-6f1f4f0c2b11';
const sales = [{ dimension: 'DEPARTMENT', value: 'SALES' }];

const order = (changes: Partial<ErpPurchaseOrder> = {}): ErpPurchaseOrder => ({
  erp: 'bc',
  company,
  requestId,
  orderNumber: 'PO-77',
  vendorNumber: '20000',
  currency: 'GBP',
  orderedOn: '2026-08-21',
  neededOn: '2026-09-10',
  markers: [`CONCUR-PR:${requestId}`, 'CONCUR-PO:PO-77'],
  shipToContact: `CONCUR ${requestId}`,
  lines: [
    { accountNumber: '8420', description: 'Laptop rental', quantity: '3', unitPrice: '90.12345', dimensions: sales },
    { accountNumber: '8430', description: 'Bags', quantity: '0.33333', unitPrice: '12.5', dimensions: [] },
  ],
  ...changes,
});

/** A client that passes everything on, after somebody has looked at it. */
type Meddle = (request: HttpRequest, pass: HttpClient['send']) => ReturnType<HttpClient['send']>;

function stage(meddle: Meddle = (request, pass) => pass(request)) {
  const { simulated, http } = simulatedBc(new BcStage());
  const calls: HttpRequest[] = [];
  const between: HttpClient = {
    send: (request) => {
      calls.push(request);
      return meddle(request, (passed) => http.send(passed));
    },
  };
  const companies = { [company]: { paymentSource: 'analytics' as const } };
  const port = createBcAdapter({ name: 'bc', tenant: 'contoso', environment: 'Sandbox', companies }, between);
  assert.ok(port.purchaseOrders);
  const orders: PurchaseOrderPort = port.purchaseOrders;
  const writes = new FakeWrites();
  const { signal } = new AbortController();
  const since = new Date(simulated.nowMs).toISOString();
  return {
    simulated,
    calls,
    writes,
    write: (given = order()) => orders.write(given, since, { writes, signal, heartbeat: () => undefined }),
    look: (keys: { id: string; number: string }) => orders.look(company, keys, signal),
    held: () => simulated.list('purchaseOrders?$expand=purchaseOrderLines($expand=dimensionSetLines)'),
    act: (number: string, act: string, share = '1') => simulated.bc.actOnOrder({ company, number, act, share }),
  };
}

const rejected = (code: string, words: RegExp) => (error: unknown) => {
  assert.ok(error instanceof Rejected);
  assert.equal(error.code, code);
  return words.test(error.message);
};

test('S6: the order stands as a draft with marker lines, reference, prices and the dimensions of every line', async () => {
  const { write, held, simulated } = stage();
  const { number, adopted } = await write();
  assert.equal(adopted, false);
  const [found] = held();
  assert.deepEqual(
    [found.number, found.status, found.vendorNumber, found.shipToContact, found.orderDate, found.requestedReceiptDate],
    [number, 'Draft', '20000', `CONCUR ${requestId}`, '2026-08-21', '2026-09-10'],
  );
  assert.deepEqual(
    found.purchaseOrderLines.map((line: any) => [line.lineType, line.description, line.quantity, line.directUnitCost]),
    [
      ['Comment', `CONCUR-PR:${requestId}`, '0', '0'],
      ['Comment', 'CONCUR-PO:PO-77', '0', '0'],
      ['Account', 'Laptop rental', '3', '90.12345'],
      ['Account', 'Bags', '0.33333', '12.5'],
    ],
  );
  assert.deepEqual(
    found.purchaseOrderLines[2].dimensionSetLines.map(({ code, valueCode }: any) => [code, valueCode]),
    [['DEPARTMENT', 'SALES']],
  );
  assert.deepEqual(simulated.violations, []);
});

test('S6: written again, it is found by its markers and nothing is created', async () => {
  const { write, held } = stage();
  const first = await write();
  const again = await write();
  assert.deepEqual([again.id, again.number, again.adopted], [first.id, first.number, true]);
  assert.equal(held().length, 1);
});

test('NAV spec 13: without a header field of ours it is found among what its vendor has had lately', async () => {
  const { write, held, calls } = stage();
  const { shipToContact: _none, ...plain } = order();
  await write(plain);
  assert.equal(held()[0].shipToContact, '');
  assert.equal((await write(plain)).adopted, true);
  const finds = calls.filter(({ operation }) => operation === 'bc.orders.find');
  assert.ok(finds.every(({ query }) => /lastModifiedDateTime gt 2026-08-20T10:00:00/.test(query?.['$filter'] ?? '')));
  assert.ok(finds.every(({ headers }) => headers?.['Data-Access-Intent'] === 'ReadWrite'));
});

test('S6: an order whose answer was lost is adopted, not created a second time', async () => {
  let lose = true;
  const { write, held } = stage(async (request, pass) => {
    const answer = await pass(request);
    if (request.operation !== 'bc.orders.create' || !lose) return answer;
    lose = false;
    throw new OutcomeUnknown('lost', { system: 'bc', operation: request.operation });
  });
  await assert.rejects(write(), OutcomeUnknown);
  assert.equal((await write()).adopted, true);
  assert.equal(held().length, 1);
});

test('S6: several orders of one request, and those of other requests, are told apart', async () => {
  const { write, held, simulated } = stage();
  const numbered = (number: string) =>
    order({ orderNumber: number, markers: [`CONCUR-PR:${requestId}/${number}`, `CONCUR-PO:${number}`] });
  const first = await write(numbered('PO-77'));
  const second = await write(numbered('PO-78'));
  const other = await write(
    order({ requestId: 'other', markers: ['CONCUR-PR:other', 'CONCUR-PO:PO-77'], shipToContact: 'CONCUR other' }),
  );
  assert.equal(new Set([first.id, second.id, other.id]).size, 3);
  assert.equal((await write(numbered('PO-78'))).id, second.id);
  assert.equal(held().length, 3);
  assert.deepEqual(simulated.repeats, []);
});

test('S43: a default dimension of the account gives way to that of Concur, on a draft that is created once', async () => {
  const { simulated, write, held, calls } = stage();
  const defaultDimensions = [{ dimension: 'DEPARTMENT', value: 'ADM' }];
  const account = { number: '8420', displayName: 'Consultancy', role: 'cost' as const, defaultDimensions };
  simulated.bc.loadMasterData({
    companies: [{ name: company, currency: 'GBP', vendors: [], accounts: [account], dimensions: [] }],
  });
  await write();
  const creates = calls.filter(({ operation }) => operation === 'bc.orders.create');
  assert.equal(creates.length, 2, 'the deep insert is refused as a whole');
  const [found, ...others] = held();
  assert.equal(others.length, 0);
  assert.deepEqual(
    found.purchaseOrderLines[2].dimensionSetLines.map(({ code, valueCode }: any) => [code, valueCode]),
    [['DEPARTMENT', 'SALES']],
  );
});

test('S43: dimensions that Business Central loses are put on the lines; lost again, the order is held', async () => {
  const isCreate = ({ operation }: HttpRequest) => operation === 'bc.orders.create';
  const withoutDimensions = (request: HttpRequest): HttpRequest => {
    const json = request.json as { purchaseOrderLines: { dimensionSetLines?: unknown }[] };
    return {
      ...request,
      json: { ...json, purchaseOrderLines: json.purchaseOrderLines.map(({ dimensionSetLines: _, ...line }) => line) },
    };
  };
  const mended = stage((request, pass) => pass(isCreate(request) ? withoutDimensions(request) : request));
  await mended.write();
  assert.equal(mended.held()[0].purchaseOrderLines[2].dimensionSetLines.length, 1);
  const lost = stage((request, pass) => {
    if (isCreate(request)) return pass(withoutDimensions(request));
    const isAdd = request.operation === 'bc.dimension-set.add';
    return isAdd ? pass({ ...request, method: 'GET', json: undefined, kind: 'read' }) : pass(request);
  });
  await assert.rejects(lost.write(), rejected('dimension-lost', /lost dimensions of 1 lines/));
});

test('S6: an order that reads back otherwise than it was meant is held with every difference', async () => {
  const { write, simulated } = stage();
  const { id } = await write();
  const [line] = simulated.list(`purchaseOrders(${id})/purchaseOrderLines?$filter=lineType eq 'Account'`);
  simulated.below('PATCH', `purchaseOrderLines(${line.id})`, { quantity: num('4') }, { 'if-match': '*' });
  simulated.below('PATCH', `purchaseOrders(${id})`, { requestedReceiptDate: '2026-10-01' }, { 'if-match': '*' });
  await assert.rejects(
    write(),
    rejected('erp-document-changed', /the requested receipt date differs; line 1 has another quantity/),
  );
});

test('S82: an order that names the request without our lines, and a second one of ours, are for a person', async () => {
  const foreign = stage();
  foreign.simulated.post('purchaseOrders', { vendorNumber: '20000', shipToContact: `CONCUR ${requestId}` });
  await assert.rejects(
    foreign.write(),
    (error: unknown) => error instanceof Conflict && /lost the comment lines/.test(error.message),
  );
  assert.equal(foreign.held().length, 1);
  const twice = stage();
  await twice.write();
  const lines = order().markers.map((description) => ({ lineType: 'Comment', description }));
  twice.simulated.post('purchaseOrders', { vendorNumber: '20000', purchaseOrderLines: lines });
  await assert.rejects(
    twice.write(),
    (error: unknown) => error instanceof Conflict && /Remove all but one/.test(error.message),
  );
  assert.equal(twice.held().length, 2, 'nothing is deleted');
});

test('S110: an order is open, received, completed by its invoice, or removed by a person', async () => {
  const { write, look, act } = stage();
  const keys = await write();
  assert.equal(await look(keys), 'open');
  act(keys.number, 'release');
  assert.equal(await look(keys), 'open');
  act(keys.number, 'receive', '0.5');
  assert.equal(await look(keys), 'received');
  act(keys.number, 'receive');
  act(keys.number, 'invoice');
  assert.equal(await look(keys), 'completed');
  const other = await write(
    order({ requestId: 'b', markers: ['CONCUR-PR:b', 'CONCUR-PO:PO-77'], shipToContact: 'CONCUR b' }),
  );
  act(other.number, 'delete');
  assert.equal(await look(other), 'removed');
});

test('S6: the adapter never releases, receives, invoices or deletes an order', async () => {
  const { write, look, calls, simulated } = stage();
  await look(await write());
  await look(await write());
  const done = new Set(
    calls
      .filter(({ kind }) => kind === 'write')
      .map(({ method, path }) => `${method} ${path.replace(/\([^)]*\)/g, '')}`),
  );
  assert.deepEqual([...done], ['POST /v2.0/contoso/Sandbox/api/v2.0/companies/purchaseOrders']);
  assert.deepEqual(simulated.violations, []);
});
