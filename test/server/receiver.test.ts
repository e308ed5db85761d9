import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { request } from 'undici';
import { pollOnHintWorkflowId } from '../../src/contracts/workflow-ids.js';
import { freePort } from '../../src/launcher/free-port.js';
import { projectRoot } from '../../src/launcher/project-root.js';
import { waitUntil } from '../../src/launcher/wait-until.js';
import { migrate, openDatabase } from '../../src/store/database.js';
import type { Database } from '../../src/store/database.js';
import { countEvents } from '../../src/store/event-reports.js';
import { storeEvent } from '../../src/store/event-store.js';
import { eventBody, eventSigner, quarantined, received } from '../activities/event-fixtures.js';
import type { TestDatabase } from '../support/postgres.js';
import { testDatabase } from '../support/postgres.js';
import { startTestTemporal } from '../support/temporal-server.js';
import { validEnvironment, validFile } from '../unit/config-files.js';

const companyUuid = '7d1f0a52-36be-4f0e-9a51-6f1f4f0c2b11';
const signer = eventSigner();
const limitMs = 60_000;

let folder: string;
let database: TestDatabase;
let db: Database;
let temporal: TestWorkflowEnvironment;
const children: ChildProcess[] = [];
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'connector-receiver-'));
  database = await testDatabase();
  db = openDatabase(database.url, { max: 4 });
  temporal = await startTestTemporal();
});
after(async () => {
  for (const child of children) child.kill('SIGKILL');
  await temporal.teardown();
  await db.end();
  await database.close();
  rmSync(folder, { recursive: true });
});

interface Receiver {
  child: ChildProcess;
  origin: string;
  log: () => string;
}

async function start(temporalAddress: string): Promise<Receiver> {
  const port = await freePort();
  const events = `    events:
      endpoint: http://127.0.0.1:${port}/concur/events/emea
      dataCenter: http://127.0.0.1:1
      mode: enforce
      keys: [event-key.pem]
      appCenter: true
`;
  const path = join(folder, 'connections.yaml');
  const text = validFile
    .replace('operation:\n', `operation:\n  receiver: { port: ${port} }\n`)
    .replace('    systemId: connector-emea\n', (line) => line + events);
  writeFileSync(path, text);
  writeFileSync(join(folder, 'concur-secret'), 'concur-secret-value\n');
  writeFileSync(join(folder, 'accounts.csv'), 'concur,erp\n6100,610000\n');
  writeFileSync(join(folder, 'event-key.pem'), signer.key.pem);
  const logFile = join(folder, `receiver-${port}.log`);
  const child = spawn(process.execPath, ['--import', 'tsx', 'receiver.ts'], {
    cwd: projectRoot(),
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      ...validEnvironment,
      CONNECTIONS_FILE: path,
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: temporalAddress,
      LOG_FILE: logFile,
      LOG_LEVEL: 'trace',
    },
  });
  children.push(child);
  const origin = `http://127.0.0.1:${port}`;
  const log = () => readFileSync(logFile, 'utf8');
  await waitUntil(
    async () => {
      if (child.exitCode !== null) throw new Error('the receiver ended at once');
      const answer = await request(`${origin}/healthz`).catch(() => undefined);
      return answer?.statusCode === 200 ? true : undefined;
    },
    { limitMs, onLimit: () => new Error('the receiver does not listen') },
  );
  return { child, origin, log };
}

async function end({ child }: Receiver): Promise<void> {
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  const [code] = await exit;
  assert.equal(code, 0);
}

async function post({ origin }: Receiver, body: Buffer): Promise<number> {
  const headers = { 'concur-signature': signer.sign(body) };
  const answer = await request(`${origin}/concur/events/emea`, { method: 'POST', body, headers });
  await answer.body.dump();
  return answer.statusCode;
}

const event = () => eventBody({ facts: { companyId: companyUuid, documentId: 'D' } });
const counts = () => countEvents(db, 'emea');

describe('the receiver process', () => {
  it('S73: takes events while Temporal is away, keeps the token of the landing page to itself, and ends in peace', async () => {
    const receiver = await start('127.0.0.1:1');
    assert.equal(await post(receiver, event()), 202);
    const query = `id=${companyUuid}&requestToken=token-of-the-page`;
    const page = await request(`${receiver.origin}/concur/connect/emea?${query}`);
    // The host of the token endpoint is not an allowed one: a refusal, which the page explains.
    assert.equal(page.statusCode, 409);
    assert.doesNotMatch(await page.body.text(), /token-of-the-page|glz\.example/);
    await end(receiver);
    assert.deepEqual([(await counts()).verified, (await counts()).waiting], [1, 1]);
    assert.ok(!receiver.log().includes('token-of-the-page'));
  });

  it('S70, S72, B26: tells Temporal what an earlier process left, what leaves the quarantine, and what comes in', async () => {
    await migrate(db);
    const body = event();
    const set = { connection: 'emea', signature: signer.sign(body), verdict: quarantined, keySet: 'of last year' };
    await storeEvent(db, received(body, set));
    // What is in the quarantine is judged again beside the events that come in: here it takes until the end of a transaction.
    const slow = await db.connect();
    await slow.query('begin');
    await slow.query('select id from concur_events for update');
    const receiver = await start(temporal.address);
    const early = await post(receiver, event());
    await slow.query('rollback');
    slow.release();
    assert.equal(early, 202);
    const statuses = await Promise.all(Array.from({ length: 5 }, () => post(receiver, event())));
    assert.deepEqual(statuses, [202, 202, 202, 202, 202]);
    await waitUntil(async () => ((await counts()).waiting === 0 ? true : undefined), {
      limitMs,
      onLimit: () => new Error('events stay unhandled'),
    });
    assert.deepEqual([(await counts()).quarantined, (await counts()).verified], [0, 8]);
    const handle = temporal.client.workflow.getHandle(pollOnHintWorkflowId('emea'));
    assert.equal((await handle.describe()).type, 'pollOnHint');
    const { events = [] } = await handle.fetchHistory();
    const signals = events?.filter(({ workflowExecutionSignaledEventAttributes: signal }) => signal).length ?? 0;
    assert.ok(signals >= 1 && signals <= 3, `${signals} signals for eight events`);
    await handle.terminate();
    await end(receiver);
  });
});
