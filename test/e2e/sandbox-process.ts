import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { CheckReport } from '../../simulators/checker.js';
import type { Stall } from '../../simulators/harness/fault-types.js';
import type { Journal } from '../../simulators/harness/types.js';
import type { SandboxReport } from '../../src/cli/sandbox/report.js';
import { readySchema, type Ready } from '../../src/cli/installation.js';
import { commandLineOf } from '../../src/launcher/leftover-processes.js';
import { projectRoot } from '../../src/launcher/project-root.js';
import { waitUntil } from '../../src/launcher/wait-until.js';
import { watchOver } from '../../src/launcher/watcher.js';

const startLimitMs = 180_000;
const endLimitMs = 90_000;

/** The published FIS documents beside the project, or the reason why a test that needs them is skipped. */
export const publishedSamples = join(projectRoot(), '..', 'shared', 'samples', 'concur', 'fis');
export const skipWithoutSamples = existsSync(publishedSamples)
  ? false
  : `the published samples are not at ${publishedSamples}`;

/** A folder of a test's own outside the project; `remove` it in `after`. */
export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'connector-e2e-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Nothing of a real installation, and nothing of the test runner, reaches the programs under test. */
function environment(): NodeJS.ProcessEnv {
  const isForeign = (name: string): boolean =>
    name === 'NODE_TEST_CONTEXT' ||
    name === 'CONNECTIONS_FILE' ||
    (/^(CONCUR|FO|NAV|BC|DATABASE|TEMPORAL)_/.test(name) && name !== 'TEMPORAL_CLI_PATH');
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isForeign(name)));
}

/** A program that was started, with everything that it has printed. */
export interface Program {
  child: ChildProcess;
  output: { stdout: string; stderr: string };
  ended: Promise<Ended>;
}

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/**
 * Starts a built program of the project, in a process group of its own as a terminal does. It does not outlive the test,
 * also when the test is killed.
 */
export function startProgram(path: string, args: string[], input?: string): Program {
  const child = spawn(process.execPath, [join(projectRoot(), 'dist', path), ...args], {
    cwd: projectRoot(),
    env: environment(),
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const callOff = child.pid === undefined ? () => undefined : watchOver(child.pid, 'SIGTERM');
  child.once('exit', callOff);
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  if (input !== undefined) child.stdin.end(input);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...output }));
  });
  return { child, output, ended };
}

/** Runs the command-line interface to its end. */
export const cli = (...args: string[]): Promise<Ended> => startProgram('src/cli/main.js', args, '').ended;

/** Runs `sandbox … --json` to its end, and reads the report from the last line of stdout. */
export async function runSandbox(args: string[]): Promise<Ended & { report: SandboxReport }> {
  const ended = await cli('sandbox', ...args, '--json');
  const lastLine = ended.stdout.trimEnd().split('\n').at(-1) ?? '';
  if (!lastLine.startsWith('{'))
    throw new Error(`the sandbox ended with ${ended.code} and no report:\n${ended.stderr}`);
  return { ...ended, report: JSON.parse(lastLine) as SandboxReport };
}

/** A document as the connector's store has it. */
export interface DocumentRow {
  id: string;
  fiId: string;
  docType: string;
  stage: string;
  outcome: string | null;
  holdReason: string | null;
  company: string | null;
}

/** A running sandbox. End it with `stop`, or with `signal` and `ended`. */
export class RunningSandbox {
  private constructor(
    readonly state: string,
    readonly ready: Ready,
    private readonly program: Program,
  ) {}

  static async start(state: string, args: string[]): Promise<RunningSandbox> {
    const readyFile = join(state, 'test-ready.json');
    rmSync(readyFile, { force: true });
    const program = startProgram('src/cli/main.js', [
      ...['sandbox', '--state', state, '--ready-file', readyFile],
      ...args,
    ]);
    try {
      const ready = await waitUntil(
        () => {
          if (program.child.exitCode !== null) throw new Error(`the sandbox ended:\n${program.output.stderr}`);
          return existsSync(readyFile) ? readReadyFile(readyFile) : undefined;
        },
        { limitMs: startLimitMs, onLimit: () => new Error(`the sandbox did not start:\n${program.output.stderr}`) },
      );
      return new RunningSandbox(state, ready, program);
    } catch (error) {
      await end(program);
      throw error;
    }
  }

  get config(): string {
    return this.ready.connectionsFile;
  }

  get stderr(): string {
    return this.program.output.stderr;
  }

  /** Sends the signal to the whole foreground group, as Ctrl-C in a terminal does. */
  async interrupt(): Promise<Ended> {
    if (this.program.child.pid !== undefined) process.kill(-this.program.child.pid, 'SIGINT');
    return limited(this.program.ended, endLimitMs, 'the sandbox did not end after Ctrl-C');
  }

  async stop(): Promise<void> {
    await end(this.program);
  }

  /** Runs a query on the connector's own database. */
  async query<Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.ready.databaseUrl });
    await client.connect();
    try {
      return (await client.query<Row>(sql, values)).rows;
    } finally {
      await client.end();
    }
  }

  documents(): Promise<DocumentRow[]> {
    return this.query<DocumentRow>(
      `select id, fi_id as "fiId", doc_type as "docType", stage, outcome, hold_reason as "holdReason", company
       from documents order by id`,
    );
  }

  /** Waits until all of `count` documents are closed or held, and the simulated Concur is told about the closed ones. */
  async settled(count: number, limitMs = 240_000): Promise<DocumentRow[]> {
    let last: DocumentRow[] = [];
    return waitUntil(
      async () => {
        last = await this.documents();
        const open = last.filter(({ outcome, holdReason }) => outcome === null && holdReason === null);
        return last.length >= count && open.length === 0 ? last : undefined;
      },
      {
        ...{ limitMs, everyMs: 300 },
        onLimit: () => new Error(`not settled: ${JSON.stringify(last.map(({ id, stage }) => `${id} ${stage}`))}`),
      },
    );
  }

  /** A call to the simulators' control API. A text is sent as it is. */
  async control<Answer = unknown>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<Answer> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(`${this.ready.simulators?.['control'] ?? ''}/control${path}`, {
      method,
      ...(body === undefined ? {} : { body: text, headers: { 'content-type': 'application/json' } }),
    });
    const answer = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${answer}`);
    return JSON.parse(answer) as Answer;
  }

  journal(): Promise<Journal> {
    return this.control<Journal>('GET', '/journal');
  }

  async stall(system: Stall['system'], operation: string): Promise<Stall> {
    return this.control<Stall>('POST', '/stalls', { system, operation, when: 'commit' });
  }

  /** The worker of this moment; the supervisor starts a new one after each death. */
  workerPid(): number {
    const records = JSON.parse(readFileSync(join(this.state, 'processes.json'), 'utf8')) as {
      name: string;
      pid: number;
    }[];
    const worker = records.find(({ name }) => name === 'worker');
    if (worker === undefined) throw new Error('no worker is recorded in processes.json');
    return worker.pid;
  }

  /** Kills the worker without warning, and tells the simulators when it was dead. */
  async killWorker(): Promise<void> {
    const pid = this.workerPid();
    process.kill(pid, 'SIGKILL');
    await processEnded(pid);
    await this.control('POST', '/kills', { at: new Date().toISOString() });
  }
}

/** The independent checker, run as the program that it is. */
export async function check(journal: Journal): Promise<CheckReport> {
  const { code, stdout, stderr } = await startProgram('simulators/check.js', [], JSON.stringify(journal)).ended;
  if (code !== 0) throw new Error(`the checker failed: ${stderr}`);
  return JSON.parse(stdout) as CheckReport;
}

export function processEnded(pid: number, limitMs = endLimitMs): Promise<true> {
  return waitUntil(() => (commandLineOf(pid) === undefined ? true : undefined), {
    ...{ limitMs, everyMs: 20 },
    onLimit: () => new Error(`process ${pid} still lives: ${commandLineOf(pid) ?? ''}`),
  });
}

/** Command lines of living processes that name the folder; Linux only, elsewhere empty. */
export function processesNaming(folder: string): string[] {
  if (!existsSync('/proc/self/cmdline')) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => commandLineOf(Number(name)) ?? '')
    .filter((line) => line.includes(folder));
}

function readReadyFile(path: string): Ready | undefined {
  try {
    return readySchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    // It is being written in this moment.
    return undefined;
  }
}

async function end({ child, ended }: Program): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
  // The launcher's own death makes its watchers end what it has started.
  await limited(ended, endLimitMs, 'the sandbox did not end').catch(async () => {
    child.kill('SIGKILL');
    await ended;
  });
}

/** The outcome of the work, or an error once the limit has passed. */
export async function limited<T>(work: Promise<T>, limitMs: number, message: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(message)), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
