import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startChild, type LaunchedChild } from '../../src/launcher/child-process.js';
import { freePort } from '../../src/launcher/free-port.js';
import { LauncherError } from '../../src/launcher/launcher-error.js';
import { commandLineOf, endLeftover, recordProcess } from '../../src/launcher/leftover-processes.js';
import { retryWhenInUse } from '../../src/launcher/retry-in-use.js';
import { waitUntil } from '../../src/launcher/wait-until.js';

const LIMIT_MS = 20_000;

let folder = '';
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'connector-processes-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

const shell = (name: string, script: string, stopLimitMs = 5_000): Promise<LaunchedChild> =>
  startChild({ name, command: '/bin/sh', args: ['-c', script], logFile: join(folder, `${name}.log`), stopLimitMs });

const logged = (child: LaunchedChild, text: string): Promise<true> =>
  waitUntil(() => (child.logTail().includes(text) ? true : undefined), {
    limitMs: LIMIT_MS,
    onLimit: () => new Error(`${child.name} never said ${text}`),
  });

const gone = (pid: number): Promise<true> =>
  waitUntil(() => (commandLineOf(pid) === undefined ? true : undefined), {
    limitMs: LIMIT_MS,
    onLimit: () => new Error(`process ${pid} still lives`),
  });

describe('children of the launcher', () => {
  it('a polite child ends at the first signal and may be stopped twice', async () => {
    const child = await shell('polite', 'trap "echo bye; exit 0" TERM; echo ready; while :; do sleep 0.1; done');
    await logged(child, 'ready');
    await child.stop();
    await child.stop();
    assert.equal(child.isRunning(), false);
    assert.match(child.logTail(), /bye/);
  });

  it('a deaf child is ended by force after its limit, with all that it started', async () => {
    const child = await shell(
      'deaf',
      'trap "" TERM; sleep 300 & echo "helper=$!"; echo ready; while :; do sleep 0.1; done',
      200,
    );
    await logged(child, 'ready');
    const helper = Number(/helper=(\d+)/.exec(child.logTail())?.[1]);
    await child.stop();
    assert.deepEqual(await child.exited, { code: null, signal: 'SIGKILL' });
    await gone(helper);
  });

  it('a program that does not exist is a clear error', async () => {
    const start = startChild({ name: 'None', command: '/does/not/exist', args: [], logFile: join(folder, 'none.log') });
    await assert.rejects(start, (error: unknown) => error instanceof LauncherError && /None/.test(error.message));
  });

  it('a launcher killed with SIGKILL takes its children with it', async () => {
    const module = new URL('../../src/launcher/child-process.ts', import.meta.url).href;
    const script = `
      const { startChild } = await import(${JSON.stringify(module)});
      const child = await startChild({ name: 'orphan', command: 'sleep', args: ['300'], logFile: ${JSON.stringify(join(folder, 'orphan.log'))} });
      console.log(child.pid);
      setInterval(() => {}, 1000);`;
    const launcher = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [chunk] = (await once(launcher.stdout, 'data')) as [Buffer];
    const pid = Number(chunk.toString());
    assert.match(commandLineOf(pid) ?? '', /sleep 300/);
    launcher.kill('SIGKILL');
    await gone(pid);
  });
});

describe('left-over servers', () => {
  /** Right after its start a process has no command line yet. */
  const lonely = async (): Promise<ChildProcess> => {
    const child = spawn('sleep', ['301'], { stdio: 'ignore' });
    await waitUntil(() => (commandLineOf(child.pid ?? 0)?.includes('sleep 301') ? true : undefined), {
      limitMs: 10_000,
      onLimit: () => new Error('sleep does not start'),
    });
    return child;
  };

  /** A record as a launcher leaves it that has since died. */
  const recordOfDeadOwner = (state: string, pid: number, mark: string): void => {
    recordProcess(state, { name: 'Server', pid, mark, stopSignal: 'SIGTERM' });
    const file = join(state, 'processes.json');
    const [record] = JSON.parse(readFileSync(file, 'utf8')) as { owner: object }[];
    writeFileSync(file, JSON.stringify([{ ...record, owner: { pid: 2 ** 22 + 1, command: 'gone' } }]));
  };

  it('one whose command line matches is ended, and the list is cleared', async () => {
    const state = mkdtempSync(join(folder, 'state-'));
    const server = await lonely();
    const exited = once(server, 'exit');
    recordOfDeadOwner(state, server.pid ?? 0, 'sleep 301');
    await endLeftover(state, 'Server');
    await exited;
    assert.equal(existsSync(join(state, 'processes.json')), false);
  });

  it('a process that merely has the same id is left alone', async () => {
    const state = mkdtempSync(join(folder, 'state-'));
    const other = await lonely();
    recordOfDeadOwner(state, other.pid ?? 0, 'temporal server start-dev');
    await endLeftover(state, 'Server');
    assert.notEqual(commandLineOf(other.pid ?? 0), undefined);
    other.kill('SIGKILL');
  });

  it('one whose launcher still lives is not touched: the folder is in use', async () => {
    const state = mkdtempSync(join(folder, 'state-'));
    const server = await lonely();
    recordProcess(state, { name: 'Server', pid: server.pid ?? 0, mark: 'sleep 301', stopSignal: 'SIGTERM' });
    await assert.rejects(endLeftover(state, 'Server'), /in use by process/);
    assert.notEqual(commandLineOf(server.pid ?? 0), undefined);
    server.kill('SIGKILL');
  });

  it('a list that a power cut left half-written does not stop a start', async () => {
    const state = mkdtempSync(join(folder, 'state-'));
    writeFileSync(join(state, 'processes.json'), '[{"name": "Ser');
    await endLeftover(state, 'Server');
  });
});

describe('ports', () => {
  it('no port is handed out twice, and none that somebody listens on', async () => {
    const ports = await Promise.all(Array.from({ length: 20 }, () => freePort()));
    assert.equal(new Set(ports).size, 20);
    const [first = 0] = ports;
    const holder = createServer().listen(first, '127.0.0.1');
    await once(holder, 'listening');
    assert.notEqual(await freePort(first), first);
    holder.close();
    await once(holder, 'close');
    assert.equal(await freePort(first), first);
  });

  it('a start that lost its port to somebody else is tried again, any other failure is not', async () => {
    let starts = 0;
    const answer = await retryWhenInUse(() => {
      starts++;
      return starts < 3 ? Promise.reject(new LauncherError('Address already in use')) : Promise.resolve('up');
    });
    assert.equal(answer, 'up');
    await assert.rejects(
      retryWhenInUse(() => Promise.reject(new LauncherError('broken'))),
      /broken/,
    );
    assert.equal(starts, 3);
  });
});
