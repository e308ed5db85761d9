import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readyPaths, removeReady, writeReady } from '../../src/cli/sandbox/ready-file.js';
import { endAll } from '../../src/cli/sandbox/running.js';
import type { SupervisedWorker } from '../../src/cli/sandbox/worker-supervisor.js';
import { superviseWorker } from '../../src/cli/sandbox/worker-supervisor.js';
import { LauncherError } from '../../src/launcher/launcher-error.js';
import { commandLineOf } from '../../src/launcher/leftover-processes.js';
import { waitUntil } from '../../src/launcher/wait-until.js';

let folder = '';
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'connector-supervisor-'));
});
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

const started: number[] = [];
function supervise(source: string): Promise<SupervisedWorker> {
  started.length = 0;
  const program = join(folder, 'program.mjs');
  writeFileSync(program, source);
  return superviseWorker({
    stateFolder: folder,
    environment: process.env,
    program,
    onStart: (pid) => {
      started.push(pid);
    },
  });
}

const until = (ask: () => boolean, what: string): Promise<true> =>
  waitUntil(() => (ask() ? true : undefined), { limitMs: 20_000, onLimit: () => new Error(what) });

describe('the supervised worker', () => {
  it('S65: a killed worker is started again, as often as it is killed', async () => {
    const worker = await supervise('setInterval(() => undefined, 1000);');
    for (let kills = 1; kills <= 4; kills += 1) {
      const { pid } = worker;
      const at = await worker.kill();
      assert.ok(Date.parse(at) <= Date.now());
      assert.equal(commandLineOf(pid), undefined);
      assert.equal(worker.kills, kills);
      await until(() => worker.pid !== pid, 'no new worker was started');
    }
    assert.equal(worker.gaveUp.aborted, false);
    assert.equal(started.length, 5);
    assert.equal(new Set(started).size, 5);
    await worker.stop();
    assert.equal(commandLineOf(worker.pid), undefined);
  });

  it('a worker that keeps dying by itself is given up, with the end of its log', async () => {
    const worker = await supervise('console.error("the settings are wrong"); process.exit(3);');
    await until(() => worker.gaveUp.aborted, 'it was never given up');
    assert.equal(started.length, 3);
    const reason: unknown = worker.gaveUp.reason;
    assert.ok(reason instanceof LauncherError);
    assert.match(reason.message, /died 3 times .* code 3;.*\n(?:.*\n)*the settings are wrong$/s);
    await worker.stop();
  });

  it('stopping during the pause before a restart starts nothing any more', async () => {
    const worker = await supervise('setTimeout(() => process.exit(1), 50);');
    await until(() => commandLineOf(worker.pid) === undefined, 'the program did not end');
    await worker.stop();
    assert.equal(commandLineOf(started.at(-1) ?? 0), undefined);
  });
});

describe('the end of the sandbox', () => {
  it('M3: what cannot be ended does not keep the rest alive, and is told', async () => {
    const ended: string[] = [];
    const part = (name: string) => ({
      stop: () => {
        ended.push(name);
        return name === 'simulators' ? Promise.reject(new Error('it is deaf')) : Promise.resolve();
      },
    });
    const parts = { postgres: part('postgres'), simulators: part('simulators'), worker: part('worker') };
    assert.deepEqual(await endAll(parts), ['simulators could not be ended: it is deaf']);
    assert.deepEqual(ended, ['worker', 'simulators', 'postgres']);
  });

  it('the ready file and its copy tell the worker of this moment', () => {
    const copy = join(folder, 'copy.json');
    const paths = readyPaths(folder, copy);
    const facts = { configPath: 'c.yaml', databaseUrl: 'postgres://x', temporalAddress: '127.0.0.1:1' };
    for (const pid of [11, 12]) {
      writeReady(paths, { worker: { pid } as SupervisedWorker }, facts);
      const texts = paths.map((path) => readFileSync(path, 'utf8'));
      assert.equal(texts[0], texts[1]);
      assert.deepEqual((JSON.parse(texts[0] ?? '') as { processes: unknown }).processes, {
        launcher: process.pid,
        worker: pid,
      });
    }
    removeReady(paths);
    assert.deepEqual(paths.filter(existsSync), []);
  });
});
