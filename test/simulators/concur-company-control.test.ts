import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startControlServer } from '../../simulators/control/control-server.js';
import type { SimulatedService } from '../../simulators/harness/simulated-service.js';
import type { SystemName } from '../../simulators/harness/types.js';
import { expense, newId, openStage, type ConcurStage } from './concur-stage.js';

interface Control {
  send: (path: string, body?: unknown) => Promise<{ status: number; body: any }>;
  close: () => Promise<void>;
}

/** The control API of a stage; a call with a body is a POST. */
async function openControl({ harness, concur }: ConcurStage): Promise<Control> {
  const idle = (system: SystemName): SimulatedService => ({
    system,
    route: () => ({ name: 'any', kind: 'read', execute: () => ({ status: 200 }) }),
    snapshot: () => ({}),
  });
  const pauses = { batch: false, payments: false };
  const world = { harness, concur, entra: idle('entra'), fo: idle('fo'), bc: idle('bc'), nav: idle('nav'), pauses };
  const { url, close } = await startControlServer(world, 0);
  return {
    send: async (path, body) => {
      const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
      const response = await fetch(`${url}/control/concur/${path}`, init);
      return { status: response.status, body: await response.json() };
    },
    close,
  };
}

async function get(stage: ConcurStage, path: string): Promise<any> {
  return (await stage.call(path, { headers: { accept: 'application/json' } })).json();
}

const vendor = { VendorCode: 'V1', AddressCode: 'A', VendorName: 'Firm', Approved: 'Y', PaymentMethodType: 'CHECK' };

void test('B28: vendors are seeded and seen through the control API, and outlive a restart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'concur-company-'));
  const stage = await openStage({ folder });
  const control = await openControl(stage);
  assert.deepEqual((await control.send('vendors', { vendors: [vendor], loneRows: 'array' })).body, { vendors: 1 });
  assert.equal((await control.send('vendors', { vendors: [{ VendorCode: 'V2' }] })).status, 400);
  assert.deepEqual((await control.send('vendors')).body, { vendors: [{ fields: vendor, groups: [] }] });
  await control.close();
  await stage.close();
  const restarted = await openStage({ folder });
  const { Vendor: rows } = await get(restarted, '/api/v3.1/invoice/vendors?vendorCode=V1');
  assert.equal(rows[0].PaymentMethodType, 'CHECK');
  await restarted.close();
  rmSync(folder, { recursive: true, force: true });
});

void test('B28: a purchase request is approved through the control API, which gives its order numbers', async () => {
  const stage = await openStage();
  const control = await openControl(stage);
  stage.load({ docType: 'expense', id: newId(), document: expense() });
  await control.send('vendors', { vendors: [vendor] });
  const line = { purchaseType: 'GOODS', vendorCode: 'V1', vendorAddressCode: 'A', description: 'Lens' };
  const body = JSON.stringify({
    userLoginId: 'e-100@simulated.example',
    currencyCode: 'EUR',
    lineItems: [{ ...line, quantity: 1, unitPrice: 5 }],
  });
  const created = await stage.call('/purchaserequest/v4/purchaserequests', { method: 'POST', body });
  const { id } = (await created.json()) as { id: string };
  const approved = await control.send('purchase-requests', { id, purchaseOrderNumbers: ['PO-7'] });
  assert.deepEqual(approved.body, { id, purchaseOrderNumbers: ['PO-7'] });
  const read = await get(stage, `/purchaserequest/v4/purchaserequests/${id}?mode=COMPACT`);
  assert.deepEqual(read.purchaseOrders, [{ purchaseOrderNumber: 'PO-7' }]);
  assert.equal((await control.send('purchase-requests', { id: newId() })).status, 400);
  await control.close();
  await stage.close();
});
