import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Connection } from '@temporalio/client';
import pg from 'pg';
import { commandLineOf } from '../../src/launcher/leftover-processes.js';
import { startPostgres } from '../../src/launcher/postgres.js';
import { startTemporal, type RunningTemporal } from '../../src/launcher/temporal-server.js';
import { waitUntil } from '../../src/launcher/wait-until.js';
import { testDatabase } from '../support/postgres.js';
import { createTimeSkippingEnvironment } from '../support/time-skipping.js';

const LIMIT_MS = 30_000;
const find = { env: { PATH: process.env['PATH'], TEMPORAL_CLI_PATH: process.env['TEMPORAL_CLI_PATH'] } };

const query = async (url: string, sql: string): Promise<unknown[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
};

const searchAttributesOf = async ({ address }: RunningTemporal): Promise<string[]> => {
  const connection = await Connection.connect({ address });
  try {
    const answer = await connection.operatorService.listSearchAttributes({ namespace: 'default' });
    return Object.keys(answer.customAttributes);
  } finally {
    await connection.close();
  }
};

const ended = (pid: number): Promise<true> =>
  waitUntil(() => (commandLineOf(pid) === undefined ? true : undefined), {
    limitMs: LIMIT_MS,
    onLimit: () => new Error(`process ${pid} still lives`),
  });

describe('the launcher, with real servers', () => {
  let folder = '';
  before(() => {
    // Closed to everybody else, as a temporary folder or one below /root is: PostgreSQL must work there all the same.
    folder = mkdtempSync(join(tmpdir(), 'connector-launcher-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('PostgreSQL keeps its data, its password and its folder over a restart', async () => {
    const first = await startPostgres({ folder: join(folder, 'pg'), env: {} });
    await query(first.url, 'create table kept as select 42 as answer');
    await first.stop();
    await first.stop();
    assert.equal(commandLineOf(first.pid ?? 0), undefined);
    const second = await startPostgres({ folder: join(folder, 'pg'), env: {} });
    try {
      assert.deepEqual(await query(second.url, 'select answer from kept'), [{ answer: 42 }]);
      assert.equal(new URL(second.url).password, new URL(first.url).password);
    } finally {
      await second.stop();
    }
  });

  it('PostgreSQL starts again after it was killed together with its lock file', async () => {
    const first = await startPostgres({ folder: join(folder, 'pg'), env: {} });
    await query(first.url, 'create table committed as select 1 as one');
    process.kill(first.pid ?? 0, 'SIGKILL');
    await first.exited;
    const second = await startPostgres({ folder: join(folder, 'pg'), env: {} });
    try {
      assert.deepEqual(await query(second.url, 'select one from committed'), [{ one: 1 }]);
    } finally {
      await second.stop();
    }
  });

  it('Temporal keeps its workflows over a restart and learns new search attributes', async () => {
    const dbFile = join(folder, 'temporal', 'temporal.db');
    const first = await startTemporal({ dbFile, searchAttributes: { DocumentStage: 'Keyword' }, find });
    const start = await Connection.connect({ address: first.address });
    await start.workflowService.startWorkflowExecution({
      namespace: 'default',
      requestId: 'once',
      workflowId: 'kept',
      workflowType: { name: 'none' },
      taskQueue: { name: 'none' },
    });
    await start.close();
    assert.equal((await fetch(first.uiUrl ?? '')).status, 200);
    await first.stop();

    const second = await startTemporal({
      dbFile,
      searchAttributes: { DocumentStage: 'Keyword', HoldReason: 'Keyword' },
      find,
    });
    try {
      const connection = await Connection.connect({ address: second.address });
      const description = await connection.workflowService.describeWorkflowExecution({
        namespace: 'default',
        execution: { workflowId: 'kept' },
      });
      await connection.close();
      assert.equal(description.workflowExecutionInfo?.execution?.workflowId, 'kept');
      const attributes = await searchAttributesOf(second);
      assert.ok(attributes.includes('DocumentStage') && attributes.includes('HoldReason'), attributes.join());
    } finally {
      await second.stop();
    }
  });

  it('a killed launcher leaves no server behind, and the next start finds everything in order', async () => {
    const state = join(folder, 'killed');
    const script = fileURLToPath(new URL('../support/launch-and-wait.ts', import.meta.url));
    const launcher = spawn(process.execPath, ['--import', 'tsx', script, state], {
      env: find.env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    launcher.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    const pids = await waitUntil(
      () => (output.endsWith('\n') ? (JSON.parse(output) as { postgres: number; temporal: number }) : undefined),
      { limitMs: LIMIT_MS, onLimit: () => new Error('the launcher did not start its servers') },
    );
    launcher.kill('SIGKILL');
    await Promise.all([ended(pids.postgres), ended(pids.temporal)]);
    const again = await startPostgres({ folder: state, env: {} });
    await again.stop();
  });

  it('two launchers do not share one state folder', async () => {
    const state = join(folder, 'shared');
    const script = fileURLToPath(new URL('../support/launch-and-wait.ts', import.meta.url));
    const other = spawn(process.execPath, ['--import', 'tsx', script, state], {
      env: find.env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const gone = new Promise((resolve) => other.once('exit', resolve));
    await new Promise((resolve) => other.stdout.once('data', resolve));
    await assert.rejects(startPostgres({ folder: state, env: {} }), /in use by process \d+/);
    other.kill('SIGTERM');
    await gone;
  });

  it('the time-skipping server lets half a year pass in seconds', async () => {
    const environment = await createTimeSkippingEnvironment();
    try {
      const before = await environment.currentTimeMs();
      await environment.sleep('180 days');
      assert.ok((await environment.currentTimeMs()) - before >= 180 * 86_400_000);
    } finally {
      await environment.teardown();
    }
  });

  it('each test database is empty and of its own', async () => {
    const [left, right] = await Promise.all([testDatabase(), testDatabase()]);
    try {
      await query(left.url, 'create table only_here (a int)');
      assert.deepEqual(await query(right.url, "select to_regclass('only_here') as found"), [{ found: null }]);
    } finally {
      await left.close();
      await right.close();
    }
  });

  it('the password of our PostgreSQL can be read by nobody else', () => {
    const state = join(folder, 'pg');
    const { mode } = statSync(join(state, 'postgres-password'));
    assert.equal(mode & 0o777, 0o600);
    assert.ok(readFileSync(join(state, 'postgres-password'), 'utf8').trim().length >= 32);
  });
});
