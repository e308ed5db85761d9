import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LauncherError } from './launcher-error.js';
import { watchOver } from './watcher.js';

const MAX_LOG_BYTES = 10_000_000;
const TAIL_LINES = 15;

export interface ChildOptions {
  /** For messages: `Temporal`, `PostgreSQL`. */
  name: string;
  command: string;
  args: readonly string[];
  /** Receives stdout and stderr; past 10 MB the old one is kept once as `….old` at the next start. */
  logFile: string;
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  user?: { uid: number; gid: number };
  /** The polite signal; default SIGTERM. */
  stopSignal?: NodeJS.Signals;
  /** How long `stop` waits after the polite signal before it sends SIGKILL to the whole group; default 15 s. */
  stopLimitMs?: number;
}

export interface ChildExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A server that the launcher started and that it ends. */
export interface LaunchedChild {
  readonly name: string;
  readonly pid: number;
  /** Settles when the process has ended, for whatever reason; never rejects. */
  readonly exited: Promise<ChildExit>;
  isRunning: () => boolean;
  /** Last lines of the log, for error messages. */
  logTail: () => string;
  /** Ends the process, politely and then by force; may be called twice, and after the process ended by itself. */
  stop: () => Promise<void>;
}

const openLog = (file: string): number => {
  mkdirSync(dirname(file), { recursive: true });
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > MAX_LOG_BYTES) renameSync(file, `${file}.old`);
  return openSync(file, 'a', 0o600);
};

const tailOf = (file: string): string => readFileSync(file, 'utf8').trimEnd().split('\n').slice(-TAIL_LINES).join('\n');

const spawned = async (child: ChildProcess, options: ChildOptions): Promise<number> => {
  try {
    await once(child, 'spawn');
  } catch (cause) {
    throw new LauncherError(`${options.name} could not be started from ${options.command}`, { cause });
  }
  if (child.pid === undefined) throw new LauncherError(`${options.name} has no process id`);
  return child.pid;
};

const signalTo = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal);
  } catch {
    // Already gone, which is what the signal was for.
  }
};

/**
 * Starts a long-running process with its output in a log file. It gets a process group of its own, so that Ctrl-C reaches
 * the launcher alone, which then ends its children in their right order; a watcher ends it should the launcher die.
 *
 * @throws LauncherError when the program cannot be started at all
 */
export const startChild = async (options: ChildOptions): Promise<LaunchedChild> => {
  const stopSignal = options.stopSignal ?? 'SIGTERM';
  const log = openLog(options.logFile);
  const child = spawn(options.command, options.args, {
    detached: true,
    stdio: ['ignore', log, log],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: options.env }),
    ...options.user,
  });
  closeSync(log);
  const pid = await spawned(child, options);
  const callOff = watchOver(pid, stopSignal);
  const exited = new Promise<ChildExit>((resolve) => {
    child.once('exit', (code, signal) => {
      callOff();
      resolve({ code, signal });
    });
  });
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;

  const stop = async (): Promise<void> => {
    if (!isRunning()) return;
    signalTo(pid, stopSignal);
    const limit = new AbortController();
    const forced = delay(options.stopLimitMs ?? 15_000, undefined, { signal: limit.signal }).then(
      () => signalTo(-pid, 'SIGKILL'),
      () => undefined,
    );
    await exited;
    limit.abort();
    await forced;
  };

  return { name: options.name, pid, exited, isRunning, logTail: () => tailOf(options.logFile), stop };
};
