import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import { startSimulators } from '../../simulators/running-system.js';
import { careForSubscription } from '../../src/activities/subscriptions.js';
import type { SubscriptionDependencies } from '../../src/activities/subscriptions.js';
import { connectConcurCompany } from '../../src/composition/connect-concur.js';
import { createHintDispatcher } from '../../src/composition/event-hints.js';
import { receiverEndpoints, releaseQuarantine } from '../../src/composition/event-receiver.js';
import { connectEvents } from '../../src/composition/events-connection.js';
import type { Parts } from '../../src/composition/parts.js';
import { assembleParts } from '../../src/composition/parts.js';
import { loadConnections } from '../../src/config/load-connections.js';
import { createReceiver } from '../../src/events/receiver-server.js';
import { freePort } from '../../src/launcher/free-port.js';
import { waitUntil } from '../../src/launcher/wait-until.js';
import { migrate, openDatabase } from '../../src/store/database.js';
import { countEvents } from '../../src/store/event-reports.js';
import { createLeaseStore } from '../../src/store/lease-store.js';
import { testDatabase } from '../support/postgres.js';
import { expense, masterData, newId, settingsFor } from '../simulators/concur-stage.js';
import { validEnvironment, validFile } from '../unit/config-files.js';

interface Stage {
  parts: Parts;
  events: SubscriptionDependencies;
  control: (path: string, body?: unknown) => Promise<unknown>;
  /** Starts the receiver with the key file as it is now; hints are only written down. */
  receive: () => Promise<string[]>;
  writeKey: (...pems: string[]) => void;
  connect: () => Promise<void>;
}

const signal = AbortSignal.timeout(120_000);

/** The simulated Concur, our database, and one connection with events in mode `enforce`. */
async function open(t: TestContext): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'connector-events-'));
  const settings = settingsFor(join(folder, 'simulators'));
  const simulators = await startSimulators({
    ...settings,
    concur: {
      ...settings.concur,
      events: { lagMs: 0, retentionMs: 60_000, backoffMs: 20, backoffLimitMs: 100, timeoutMs: 5_000 },
    },
  });
  const database = await testDatabase();
  const db = openDatabase(database.url, { max: 8 });
  const leases = createLeaseStore(db);
  await migrate(db);
  t.after(async () => {
    leases.close();
    await simulators.close();
    await db.end();
    await database.close();
    rmSync(folder, { recursive: true });
  });
  const control = async (path: string, body?: unknown): Promise<unknown> => {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const answer = await fetch(`${simulators.urls.control}/control/${path}`, init);
    assert.equal(answer.status, 200, path);
    return answer.json();
  };
  await control('master-data', { concur: masterData });
  const port = await freePort();
  const writeKey = (...pems: string[]) => {
    writeFileSync(join(folder, 'event-keys.pem'), pems.join('\n'));
  };
  writeKey(((await control('concur/event-keys')) as { current: string }).current);
  writeFileSync(join(folder, 'concur-secret'), masterData.clientSecret);
  writeFileSync(join(folder, 'accounts.csv'), 'concur,erp\n6100,610000\n');
  const section = {
    endpoint: `http://127.0.0.1:${port}/concur/events/emea`,
    dataCenter: simulators.urls.concur,
    mode: 'enforce',
    keys: ['event-keys.pem'],
  };
  writeFileSync(
    join(folder, 'connections.yaml'),
    validFile
      .replace('https://glz.example', simulators.urls.concur)
      .replace('7d1f0a52-36be-4f0e-9a51-6f1f4f0c2b11', masterData.companyUuid)
      .replace('clientId: concur-app', `clientId: ${masterData.clientId}`)
      .replace('    systemId: connector-emea\n', (line) => `${line}    events: ${JSON.stringify(section)}\n`),
  );
  const environment = { ...validEnvironment, DATABASE_URL: database.url };
  const connections = loadConnections(join(folder, 'connections.yaml'), environment);
  const logger = pino({ level: 'silent' });
  const parts = assembleParts({ connections, db, leases, logger, stopping: new AbortController().signal });
  const [concur] = connections.file.concur;
  const events = concur && connectEvents(parts, concur);
  assert.ok(events);
  return {
    parts,
    events,
    control,
    writeKey,
    connect: async () => {
      const result = await connectConcurCompany(parts, 'emea', masterData.requestToken, () => Promise.resolve());
      assert.equal(result.status, 'connected');
    },
    receive: async () => {
      const hints: string[] = [];
      const endpoints = receiverEndpoints(parts);
      await releaseQuarantine(parts, endpoints);
      const dispatcher = createHintDispatcher({
        db,
        targets: connections.file.concur,
        send: async (connection, docTypes) => {
          hints.push(`${connection} ${docTypes.join(' ')}`);
          return crypto.randomUUID();
        },
        logger,
        gatherMs: 50,
        paceMs: 50,
      });
      const onConnect = () => Promise.resolve({ connected: false, message: '' });
      const app = createReceiver({ db, endpoints, logger, onStored: dispatcher.nudge, onConnect });
      await app.listen({ host: '127.0.0.1', port });
      t.after(async () => {
        await app.close();
        await dispatcher.close();
      });
      return hints;
    },
  };
}

const report = (id: string) => ({ docType: 'expense', id, document: expense() });

async function settled({ control }: Stage): Promise<void> {
  await waitUntil(
    async () => (((await control('concur/events')) as { pending: number }).pending === 0 ? true : undefined),
    { limitMs: 20_000, onLimit: () => new Error('deliveries do not end') },
  );
}

const untilHinted = (hints: string[]) =>
  waitUntil(() => (hints.length > 0 ? true : undefined), { limitMs: 20_000, onLimit: () => new Error('no hint came') });

describe('events of the simulated Concur', () => {
  it('S70, S71, S76: subscribe, connect, and a ready document becomes one verified event and one hint', async (t) => {
    const stage = await open(t);
    assert.equal((await careForSubscription(stage.events, signal)).status, 'awaiting-connect');
    await stage.connect();
    assert.equal((await careForSubscription(stage.events, signal)).status, 'active');
    const hints = await stage.receive();
    await stage.control('concur/documents', { documents: [report(newId())] });
    await untilHinted(hints);
    await settled(stage);
    assert.deepEqual(hints, ['emea expense']);
    const { verified, quarantined, waiting } = await countEvents(stage.parts.db, 'emea');
    assert.deepEqual([verified, quarantined, waiting], [1, 0, 0]);
  });

  it('S71, C20: every kind of wrong signature is put aside and never sent again', async (t) => {
    const stage = await open(t);
    await careForSubscription(stage.events, signal);
    await stage.connect();
    const hints = await stage.receive();
    for (const signature of ['retired', 'none', 'altered', 'garbage']) {
      const event = {
        id: signature,
        eventType: 'expense.readyForIntegration',
        facts: { companyId: masterData.companyUuid },
      };
      await stage.control('concur/events', { body: JSON.stringify(event), signature });
    }
    await settled(stage);
    const { quarantined, verified, waiting, repeated } = await countEvents(stage.parts.db, 'emea');
    assert.deepEqual([quarantined, verified, waiting, repeated, hints], [4, 0, 0, 0, []]);
  });

  it('B26: after a rotation the quarantine is released at a start with the new key', async (t) => {
    const stage = await open(t);
    await careForSubscription(stage.events, signal);
    await stage.connect();
    const before = await stage.receive();
    const keys = (await stage.control('concur/event-keys', {})) as { current: string; retired: string[] };
    await stage.control('concur/documents', { documents: [report(newId())] });
    await settled(stage);
    assert.deepEqual([(await countEvents(stage.parts.db, 'emea')).quarantined, before], [1, []]);
    stage.writeKey(keys.current, ...keys.retired);
    await releaseQuarantine(stage.parts, receiverEndpoints(stage.parts));
    const { quarantined, verified, waiting } = await countEvents(stage.parts.db, 'emea');
    assert.deepEqual([quarantined, verified, waiting], [0, 1, 1]);
  });

  it('S70: trap 8: a company that was connected before the subscription stood is told to be connected again', async (t) => {
    const stage = await open(t);
    await stage.connect();
    const late = await careForSubscription(stage.events, signal);
    assert.ok(late.status === 'needs-person');
    assert.match(late.reason, /credentials concur --connection emea/);
    await stage.connect();
    assert.equal((await careForSubscription(stage.events, signal)).status, 'active');
  });
});
