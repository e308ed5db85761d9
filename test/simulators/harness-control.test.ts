import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createConcurSimulator } from '../../simulators/concur/simulator.js';
import { startControlServer } from '../../simulators/control/control-server.js';
import { tick, type SimulatedWorld } from '../../simulators/control/simulated-world.js';
import { createHarness } from '../../simulators/harness/harness.js';
import type { SimulatedService } from '../../simulators/harness/simulated-service.js';
import type { Stall } from '../../simulators/harness/fault-types.js';
import type { Journal, SystemName } from '../../simulators/harness/types.js';
import { parseSettings } from '../../simulators/settings.js';
import { expense, masterData, newId, settingsFor } from './concur-stage.js';

interface Control {
  world: SimulatedWorld;
  seen: string[];
  get: (path: string) => Promise<{ status: number; body: unknown }>;
  post: (path: string, body: unknown) => Promise<{ status: number; body: unknown }>;
  remove: (path: string) => Promise<number>;
  close: () => Promise<void>;
}

async function openControl(): Promise<Control> {
  const folder = mkdtempSync(join(tmpdir(), 'control-'));
  const settings = settingsFor(folder);
  const harness = createHarness(settings);
  const seen: string[] = [];
  const erp = (system: SystemName): SimulatedService => ({
    system,
    route: () => ({ name: 'any', kind: 'read', execute: () => ({ status: 200 }) }),
    snapshot: () => ({}),
    loadMasterData: (data) => seen.push(`${system} master ${JSON.stringify(data)}`),
    createVendor: (company, vendor) => seen.push(`${system} vendor ${company} ${JSON.stringify(vendor)}`),
    tamper: () => `${system} document`,
    tick: () => seen.push(`${system} tick`),
  });
  const world: SimulatedWorld = {
    harness,
    concur: createConcurSimulator({ desk: harness.desk('concur'), settings, state: undefined }),
    entra: erp('entra'),
    fo: erp('fo'),
    bc: erp('bc'),
    nav: erp('nav'),
    pauses: { batch: false, payments: false },
  };
  const { url, close } = await startControlServer(world, 0);
  const answered = async (response: Response): Promise<{ status: number; body: unknown }> => ({
    status: response.status,
    body: await response.json(),
  });
  return {
    world,
    seen,
    get: async (path) => answered(await fetch(`${url}${path}`)),
    post: async (path, body) => answered(await fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(body) })),
    remove: async (path) => (await fetch(`${url}${path}`, { method: 'DELETE' })).status,
    close: async () => {
      await close();
      await harness.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

void test('B28: the control API loads master data and documents, recalls, and shows all of it in the journal', async () => {
  const control = await openControl();
  const id = newId();
  await control.post('/control/master-data', { fo: { companies: [] }, bc: { companies: [] }, concur: masterData });
  assert.deepEqual(control.seen, ['fo master {"companies":[]}', 'bc master {"companies":[]}']);
  const documents = [{ docType: 'expense', id, document: expense(), expected: 'fo/USMF', planted: 'a trap' }];
  assert.deepEqual((await control.post('/control/concur/documents', { documents })).body, { loaded: 1, known: 0 });
  assert.deepEqual((await control.post('/control/concur/documents', { documents })).body, { loaded: 0, known: 1 });
  assert.equal((await control.post('/control/concur/recall', { id })).status, 200);
  assert.equal((await control.post('/control/concur/recall', { id })).status, 400, 'it is recalled already');
  await control.post('/control/kills', { at: '2026-09-01T10:00:00Z' });
  const journal = (await control.get('/control/journal')).body as Journal;
  const [document] = journal.concur;
  assert.deepEqual([document?.status, document?.expected, document?.planted], ['RECALLED', 'fo/USMF', 'a trap']);
  assert.deepEqual(journal.kills, ['2026-09-01T10:00:00.000Z']);
  assert.deepEqual([journal.posted, journal.unposted, journal.violations], [[], [], []]);
  await control.close();
});

void test('B28: the control API orders faults and stalls, changes the level and takes orders back', async () => {
  const control = await openControl();
  const order = { system: 'concur', operation: '*', kind: 'delay', times: 2 };
  await control.post('/control/faults', [order, { ...order, kind: 'unavailable', retryAfter: '1' }]);
  assert.equal(control.world.harness.faults.pending.length, 2);
  assert.equal(await control.remove('/control/faults'), 200);
  assert.equal(control.world.harness.faults.pending.length, 0);
  assert.equal((await control.post('/control/faults', { ...order, kind: 'flood' })).status, 400);
  await control.post('/control/fault-level', { level: 'brutal' });
  assert.equal(((await control.get('/control/health')).body as { faults: string }).faults, 'brutal');
  const stall = (await control.post('/control/stalls', { system: 'fo', operation: 'any', when: 'commit' }))
    .body as Stall;
  assert.deepEqual((await control.get(`/control/stalls/${stall.id}`)).body, { ...stall, caught: 0 });
  assert.equal((await control.post(`/control/stalls/${stall.id}/release`, {})).status, 200);
  assert.equal(await control.remove(`/control/stalls/${stall.id}`), 200);
  assert.equal((await control.get(`/control/stalls/${stall.id}`)).status, 404);
  assert.equal((await control.get('/control/nothing')).status, 404);
  await control.close();
});

void test('B28: the control API creates vendors, tampers, and pauses the background work of the ERPs', async () => {
  const control = await openControl();
  await control.post('/control/vendors', { erp: 'bc', company: 'CRONUS', vendor: { number: 'V1' } });
  assert.deepEqual(control.seen, ['bc vendor CRONUS {"number":"V1"}']);
  assert.deepEqual((await control.post('/control/tamper', { erp: 'fo' })).body, { tampered: 'fo document' });
  tick(control.world);
  assert.deepEqual(control.seen.slice(1), ['fo tick', 'bc tick', 'nav tick']);
  const { body } = await control.post('/control/pause', { payments: true });
  assert.deepEqual(body, { batch: false, payments: true });
  tick(control.world);
  assert.equal(control.seen.length, 4, 'a service that cannot rest in part rests as a whole');
  await control.close();
});

void test('B28: wrong simulator settings are all named at once, without their values', () => {
  const settings = settingsFor('/tmp/unused');
  assert.deepEqual(parseSettings(JSON.stringify(settings)), settings);
  const wrong = { ...settings, seed: 'secret-seed', faults: 'flood' };
  assert.throws(
    () => parseSettings(JSON.stringify(wrong)),
    (error: Error) =>
      /seed/.test(error.message) && /faults/.test(error.message) && !error.message.includes('secret-seed'),
  );
});
