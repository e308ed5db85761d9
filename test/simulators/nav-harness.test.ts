import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { startSimulators, type RunningSystem } from '../../simulators/running-system.js';
import { defaultNavSettings } from '../../simulators/nav/settings.js';
import { parseSettings } from '../../simulators/settings.js';
import { settingsFor } from './concur-stage.js';

const headers = {
  authorization: `Basic ${Buffer.from('CONCUR:nav-web-service-key').toString('base64')}`,
  'content-type': 'application/json',
  'if-match': '*',
};

/** All simulators with one NAV company, over HTTP. */
class Running {
  readonly #system: RunningSystem;

  constructor(system: RunningSystem) {
    this.#system = system;
  }

  static async start(context: TestContext): Promise<Running> {
    const folder = mkdtempSync(join(tmpdir(), 'nav-'));
    const system = await startSimulators({
      ...settingsFor(folder),
      nav: { ...defaultNavSettings, paymentDelayMs: 600_000 },
    });
    context.after(async () => {
      await system.close();
      rmSync(folder, { recursive: true, force: true });
    });
    const running = new Running(system);
    const vendors = [{ number: '20000', displayName: 'First Supplies' }];
    const accounts = [{ number: '8420', displayName: 'Consultancy', role: 'cost' }];
    const companies = [{ name: 'CRONUS', currency: 'GBP', vendors, accounts, dimensions: [] }];
    await running.control('POST', 'master-data', { nav: { companies } });
    return running;
  }

  async control(method: string, path: string, body?: unknown): Promise<any> {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    return (await fetch(`${this.#system.urls.control}/control/${path}`, init)).json();
  }

  /** The operation is done, but its answer never comes. */
  async loses(operation: string): Promise<void> {
    await this.control('POST', 'faults', { system: 'nav', operation, kind: 'reset-after', times: 1 });
  }

  async send(method: string, path: string, body?: unknown): Promise<any> {
    const url = `${this.#system.urls.nav}/DynamicsNAV110/ODataV4/Company('CRONUS')/${path}`;
    const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
    const response = await fetch(url, init);
    return response.status === 204 ? {} : response.json();
  }

  async codeunit(method: string, parameters: string): Promise<string> {
    const namespace = 'urn:microsoft-dynamics-schemas/codeunit/ConcurConnector';
    const body = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><${method} xmlns="${namespace}">${parameters}</${method}></s:Body></s:Envelope>`;
    const soap = { ...headers, 'content-type': 'text/xml; charset=utf-8', soapaction: `"${namespace}:${method}"` };
    const url = `${this.#system.urls.nav}/DynamicsNAV110/WS/CRONUS/Codeunit/ConcurConnector`;
    const response = await fetch(url, { method: 'POST', headers: soap, body });
    assert.match(response.headers.get('content-type') ?? '', /^text\/xml/);
    return response.text();
  }
}

const line = { Document_Type: 'Invoice', Type: 'G/L Account', No: '8420', Quantity: 1, Direct_Unit_Cost: 100 };

test('C22: every write and every call of the codeunit can be done while its answer is lost', async (context) => {
  const nav = await Running.start(context);
  await nav.loses('PurchaseInvoice.create');
  await assert.rejects(nav.send('POST', 'PurchaseInvoice', { Buy_from_Vendor_No: '20000' }));
  const [draft] = (await nav.send('GET', 'PurchaseInvoice')).value;
  assert.equal(draft.Buy_from_Vendor_No, '20000', 'the header is there all the same');
  const key = `PurchaseInvoice(Document_Type='Invoice',No='${draft.No}')`;
  await nav.loses('PurchaseInvoice.update');
  await assert.rejects(nav.send('PATCH', key, { Vendor_Invoice_No: 'INV-1' }));
  assert.equal((await nav.send('GET', key)).Vendor_Invoice_No, 'INV-1');
  await nav.loses('PurchInvLines.create');
  await assert.rejects(nav.send('POST', 'PurchInvLines', { ...line, Document_No: draft.No }));
  assert.equal((await nav.send('GET', 'PurchInvLines')).value.length, 1);
  await nav.loses('ConcurConnector.PostPurchaseInvoice');
  const parameters = `<draftNo>${draft.No}</draftNo><externalNo>INV-1</externalNo>`;
  await assert.rejects(nav.codeunit('PostPurchaseInvoice', parameters));
  assert.match(await nav.codeunit('PostPurchaseInvoice', parameters), /"status":"already","number":"108001"/);
  const journal = await nav.control('GET', 'journal');
  assert.deepEqual(
    journal.posted.map(({ erp, company, mark }: any) => [erp, company, mark]),
    [['nav', 'CRONUS', '20000/INV-1']],
  );
  assert.deepEqual([journal.violations, journal.faults.nav], [[], { 'reset-after': 4 }]);
  assert.equal(journal.calls.nav['PurchaseInvoice.read'], 2);
  const posting = journal.writes.filter((write: any) => write.operation === 'ConcurConnector.PostPurchaseInvoice');
  assert.deepEqual(
    posting.map(({ outcome, answeredAt }: any) => [outcome, answeredAt !== undefined]),
    [
      ['applied', false],
      ['repeat', true],
    ],
  );
});

test('C18: the control API sets up the faults of the NAV server and makes its vendors', async (context) => {
  const nav = await Running.start(context);
  const faults = { 'service-unpublished': 'VendorList', 'codeunit-missing': true };
  assert.deepEqual(await nav.control('PUT', 'nav/set-up-faults', faults), faults);
  assert.deepEqual(await nav.control('GET', 'nav/set-up-faults'), faults);
  assert.equal((await nav.send('GET', 'VendorList')).error.code, 'BadRequest_ResourceNotFound');
  assert.match(await nav.codeunit('Version', ''), /ServiceNotFoundException/);
  assert.match((await nav.control('PUT', 'nav/set-up-faults', { 'no-such-fault': true })).error, /no-such-fault/);
  await nav.control('POST', 'vendors', { erp: 'nav', company: 'CRONUS', vendor: { number: 'V1', displayName: 'New' } });
  assert.equal((await nav.send('GET', "VendorCard('V1')")).Name, 'New');
});

test('the settings of the simulator process may leave NAV out, and refuse what it does not know', () => {
  const settings = settingsFor('/tmp/unused');
  const { nav: _absent, ...without } = settings;
  assert.deepEqual(parseSettings(JSON.stringify(without)), without);
  const nav = { ...defaultNavSettings, personDelayMs: 1_000 };
  assert.deepEqual(parseSettings(JSON.stringify({ ...settings, nav })).nav, nav);
  assert.throws(() => parseSettings(JSON.stringify({ ...settings, nav: { ...nav, tenant: 'x' } })), /tenant/);
});
