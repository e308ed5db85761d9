import assert from 'node:assert/strict';
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import type { SimulatorsReady } from '../../simulators/harness/settings-types.js';
import type { Journal } from '../../simulators/harness/types.js';
import { expense, masterData, newId, requestToken, requestTokenForm, settingsFor } from './concur-stage.js';

const entry = join(import.meta.dirname, '../../simulators/main.ts');

async function start(config: string): Promise<{ child: ChildProcessWithoutNullStreams; ready: SimulatorsReady }> {
  const child = spawn(process.execPath, ['--import', 'tsx', entry, '--config', config, '--die-with-stdin']);
  const complaints: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
  for await (const line of createInterface({ input: child.stdout })) {
    return { child, ready: JSON.parse(line) as SimulatorsReady };
  }
  throw new Error(`the simulators did not start: ${Buffer.concat(complaints).toString()}`);
}

async function ended(child: ChildProcessWithoutNullStreams): Promise<number | null> {
  if (child.exitCode === null) await once(child, 'exit');
  return child.exitCode;
}

async function journalAt(ready: SimulatorsReady): Promise<Journal> {
  return (await (await fetch(`${ready.urls.control}/control/journal`)).json()) as Journal;
}

void test('B28: the simulator process says where it listens, and state outlives SIGTERM and the death of its parent', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'simulators-'));
  const config = join(folder, 'config.json');
  writeFileSync(config, JSON.stringify(settingsFor(join(folder, 'state'))));
  const first = await start(config);
  assert.equal(first.ready.pid, first.child.pid);
  const post = (path: string, body: unknown) =>
    fetch(`${first.ready.urls.control}${path}`, { method: 'POST', body: JSON.stringify(body) });
  assert.equal((await post('/control/master-data', { concur: masterData })).status, 200);
  const documents = [{ docType: 'expense', id: newId(), document: expense() }];
  assert.equal((await post('/control/concur/documents', { documents })).status, 200);
  const token = await requestToken(first.ready.urls.concur, requestTokenForm());
  first.child.kill('SIGTERM');
  assert.equal(await ended(first.child), 0);
  assert.ok(existsSync(join(folder, 'state', 'journal.json')));

  const second = await start(config);
  const journal = await journalAt(second.ready);
  assert.equal(journal.concur[0]?.status, 'READY');
  assert.equal(journal.calls['concur']?.['token'], 1);
  const { client_id, client_secret } = requestTokenForm();
  const refresh = { client_id: client_id ?? '', client_secret: client_secret ?? '', grant_type: 'refresh_token' };
  const answer = await requestToken(second.ready.urls.concur, { ...refresh, refresh_token: token.refresh_token });
  assert.equal(answer.code, undefined);
  second.child.stdin.end();
  assert.equal(await ended(second.child), 0);
  rmSync(folder, { recursive: true, force: true });
});

void test('B28: the simulator process ends with a message when its settings are wrong', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'simulators-'));
  const config = join(folder, 'config.json');
  writeFileSync(config, JSON.stringify({ ...settingsFor(folder), faults: 'flood' }));
  await assert.rejects(start(config), /faults/);
  rmSync(folder, { recursive: true, force: true });
});
