import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { SimulatorSettings } from '../../simulators/harness/settings-types.js';
import { startSimulators } from '../../simulators/running-system.js';
import { parseSettings } from '../../simulators/settings.js';
import { strong } from './bc-stage.js';
import { settingsFor } from './concur-stage.js';

const limitMs = 10_000;
const closing: (() => unknown)[] = [];
after(async () => {
  for (const close of closing.reverse()) await close();
});

/** Everything as the sandbox runs it, with Business Central as a server of the customer's own as well. */
async function openSystem(): Promise<{ bc: string; control: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'bc-control-'));
  closing.push(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const base = settingsFor(folder);
  const settings: SimulatorSettings = {
    ...base,
    bc: {
      ...base.bc,
      onPremises: { instance: 'BC', user: 'CONNECTOR', accessKey: 'key' },
      webhooks: { delayMs: 0, lifeMs: 60_000 },
      postingMs: 1,
    },
  };
  const system = await startSimulators(parseSettings(JSON.stringify(settings)));
  closing.push(() => system.close());
  return { bc: system.urls.bc, control: system.urls.control };
}

async function called(url: string, method = 'GET', body?: unknown): Promise<{ status: number; body: any }> {
  const authorization = `Basic ${Buffer.from('CONNECTOR:key').toString('base64')}`;
  const answer = await fetch(url, {
    ...{ method, headers: { authorization, 'content-type': 'application/json', 'if-match': '*', ...strong } },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
}

const company = {
  ...{ name: 'North Ltd', currency: 'GBP' },
  vendors: [{ number: '20000', displayName: 'First Supplies' }],
  accounts: [{ number: '8420', displayName: 'Consultancy', role: 'cost' }],
  dimensions: [],
};

void test('S54, S58, B7: the control API shows and deletes subscriptions, changes webhooks, limits and set-up over HTTP', async () => {
  const { bc, control } = await openSystem();
  const messages: any[] = [];
  const receiver = createServer((incoming, outgoing) => {
    const token = new URL(incoming.url ?? '/', 'http://loopback').searchParams.get('validationToken');
    let text = '';
    incoming.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
    incoming.on('end', () => {
      if (token === null) messages.push(JSON.parse(text));
      outgoing.writeHead(200, { 'content-type': 'text/plain' }).end(token ?? '');
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    receiver.close();
    receiver.closeAllConnections();
  });
  await called(`${control}/control/master-data`, 'POST', { bc: { companies: [company] } });
  const root = `${bc}/BC/api/v2.0`;
  const [{ id }] = (await called(`${root}/companies`)).body.value;
  const notificationUrl = `http://127.0.0.1:${String((receiver.address() as AddressInfo).port)}/hook`;
  const order = { notificationUrl, resource: `/api/v2.0/companies(${id})/vendors`, clientState: 'state' };
  assert.equal((await called(`${root}/subscriptions`, 'POST', order)).status, 201);

  const one = { company: 'North Ltd', vendor: { number: 'V1', displayName: 'One' }, erp: 'bc' };
  assert.equal((await called(`${control}/control/vendors`, 'POST', one)).status, 200);
  const end = Date.now() + limitMs;
  while (messages.length === 0 && Date.now() < end) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(messages[0].value[0].changeType, 'created');

  const shown = await called(`${control}/control/bc/subscriptions`);
  assert.equal(shown.body.subscriptions[0].notificationUrl, notificationUrl);
  assert.ok(!JSON.stringify(shown.body).includes('"state"'), 'the client state is nobody’s business');
  const deleted = await called(`${control}/control/bc/subscriptions/delete`, 'POST', {});
  assert.deepEqual(deleted.body, { deleted: 1 });
  assert.deepEqual((await called(`${root}/subscriptions`)).body.value, []);

  assert.equal((await called(`${control}/control/bc/webhooks`, 'PUT', { threshold: 5 })).body.settings.threshold, 5);
  assert.equal((await called(`${control}/control/bc/webhooks`, 'PUT', { treshold: 5 })).status, 400);
  const faults = await called(`${control}/control/bc/set-up-faults`, 'PUT', { 'company-missing': true });
  assert.deepEqual(faults.body, { 'company-missing': true });
  assert.deepEqual((await called(`${root}/companies`)).body.value, []);
  await called(`${control}/control/bc/set-up-faults`, 'PUT', { 'company-missing': false });

  const below = `${root}/companies(${id})`;
  const draft = await called(`${below}/purchaseOrders`, 'POST', { vendorNumber: '20000' });
  const released = { company: 'North Ltd', number: draft.body.number, act: 'release' };
  assert.equal((await called(`${control}/control/bc/orders`, 'POST', released)).status, 200);
  assert.equal((await called(`${below}/purchaseOrders(${draft.body.id})`)).body.status, 'Open');
  assert.equal((await called(`${control}/control/bc/orders`, 'POST', { ...released, number: 'NONE' })).status, 400);
  const entry = { company: 'North Ltd', number: 'NONE', act: 'cancel' };
  assert.equal((await called(`${control}/control/bc/entries`, 'POST', entry)).status, 400);

  const limits = await called(`${control}/control/bc/limits`, 'PUT', { requestLimit: 1 });
  assert.equal(limits.body.requestLimit, 1);
  assert.equal((await called(`${below}/vendors`)).status, 200);
  assert.equal((await called(`${below}/vendors`)).status, 429);
  assert.ok((await called(`${control}/control/bc/limits`)).body.peak >= 1);
});

void test('S80: two postings at the same time over HTTP: one is done, the other deadlocks and is done when it is repeated', async () => {
  const { bc, control } = await openSystem();
  await called(`${control}/control/master-data`, 'POST', { bc: { companies: [company] } });
  await called(`${control}/control/bc/limits`, 'PUT', { postingMs: 300 });
  const root = `${bc}/BC/api/v2.0`;
  const [{ id }] = (await called(`${root}/companies`)).body.value;
  const below = `${root}/companies(${id})/purchaseInvoices`;
  const ids: string[] = [];
  for (const vendorInvoiceNumber of ['A1', 'A2']) {
    const purchaseInvoiceLines = [{ lineObjectNumber: '8420', quantity: 1, unitCost: 10 }];
    const draft = await called(below, 'POST', { vendorNumber: '20000', vendorInvoiceNumber, purchaseInvoiceLines });
    ids.push(draft.body.id);
  }
  const post = (one: string): Promise<{ status: number; body: any }> =>
    called(`${below}(${one})/Microsoft.NAV.post`, 'POST');
  const answers = await Promise.all(ids.map(post));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [204, 409]);
  const loser = answers.findIndex(({ status }) => status === 409);
  assert.match(answers[loser]!.body.error.message, /deadlocked with another user/);
  assert.equal((await post(ids[loser]!)).status, 204);
});
