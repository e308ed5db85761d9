import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { resourceOf } from '../../src/clients/dynamics-nav/subscriptions.js';
import { Rejected } from '../../src/clients/http/errors.js';
import { SimulatedBc } from '../support/simulated-bc.js';
import { bcClients } from '../support/webhook-stage.js';

const signal = AbortSignal.timeout(60_000);
const now = new Date('2026-08-21T10:00:00.000Z');

/** A receiver that answers every handshake. */
async function echo(t: TestContext): Promise<string> {
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'text/plain');
    response.end(new URL(request.url ?? '', 'http://x').searchParams.get('validationToken'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/nav/token`;
}

async function open(t: TestContext) {
  const bc = new SimulatedBc(() => now);
  t.after(() => bc.simulator.close());
  const { subscriptions, changes } = bcClients(bc);
  const companyId = (await subscriptions.companyIds(signal)).get('North Ltd') ?? '';
  const order = { notificationUrl: await echo(t), resource: resourceOf(companyId, 'vendors'), clientState: 'state' };
  return { bc, subscriptions, changes, companyId, order };
}

describe('subscriptions of Business Central', () => {
  it('S54: are made, listed, renewed and removed; a renewal is a handshake and sends If-Match', async (t) => {
    const { bc, subscriptions, order } = await open(t);
    const made = await subscriptions.create(order, signal);
    assert.match(made.id, /^[0-9a-f]{32}$/);
    assert.equal(made.expiresAt.toISOString(), '2026-08-24T10:00:00.000Z');
    assert.deepEqual(await subscriptions.list(signal), [made]);
    assert.deepEqual(await subscriptions.renew(made.id, { ...order, clientState: 'next' }, signal), made);
    await subscriptions.remove(made.id, signal);
    await subscriptions.remove(made.id, signal);
    assert.deepEqual(await subscriptions.list(signal), []);
    assert.equal(await subscriptions.renew(made.id, order, signal), undefined, 'one that is gone');
    assert.deepEqual(bc.violations, []);
  });

  it('S54: a handshake that fails is a refusal that names no address', async (t) => {
    const { subscriptions, order } = await open(t);
    const notificationUrl = 'http://127.0.0.1:1/hooks/nav/secret-token';
    await assert.rejects(subscriptions.create({ ...order, notificationUrl }, signal), (error) => {
      assert.ok(error instanceof Rejected);
      assert.ok(!error.message.includes('secret-token'));
      return true;
    });
  });

  it('S58: resources are recognised with and without slash, in letters of either size', async (t) => {
    const { subscriptions, order } = await open(t);
    const resource = order.resource.slice(1).toUpperCase().replace('API/V2.0/COMPANIES', 'api/v2.0/companies');
    await subscriptions.create({ ...order, resource: resource.replace(/VENDORS$/, 'vendors') }, signal);
    assert.deepEqual(
      (await subscriptions.list(signal)).map((each) => each.resource),
      [order.resource],
    );
  });

  it('C18: what can be followed is asked for; a server that does not tell stops nobody', async (t) => {
    const { bc, subscriptions, companyId } = await open(t);
    const supported = await subscriptions.supportedSets(companyId, signal);
    assert.ok(supported?.has('vendors') && supported.has('purchaseInvoices'));
    assert.equal(supported?.has('dimensionValues'), false);
    bc.simulator.changeWebhooks({ enabled: false });
    assert.equal(await subscriptions.supportedSets(companyId, signal), undefined);
  });

  it('S59: changes are read from the primary database, by id or since an instant', async (t) => {
    const { bc, changes, companyId } = await open(t);
    const asked: (string | undefined)[] = [];
    bc.onRequest = ({ headers }) => void asked.push(headers?.['Data-Access-Intent']);
    const all = await changes.since(companyId, 'vendors', undefined, signal);
    assert.equal(all.length, 1);
    assert.deepEqual(await changes.since(companyId, 'vendors', now, signal), [], 'after, and not at');
    assert.deepEqual(await changes.since(companyId, 'vendors', new Date(now.getTime() - 1), signal), all);
    const missing = '00000000-0000-4000-8000-000000000001';
    assert.deepEqual(await changes.byIds(companyId, 'vendors', [missing, all[0]?.id ?? ''], signal), all);
    assert.deepEqual([...new Set(asked)], ['ReadWrite']);
  });
});
