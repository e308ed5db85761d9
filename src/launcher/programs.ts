import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { LauncherError, type Progress } from './launcher-error.js';
import { watchOver } from './watcher.js';

const PROGRESS_EVERY_MS = 10_000;
const TAIL_CHARACTERS = 2_000;

/** True for an existing file that this user may execute. */
export const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
};

/** Full path of a program on PATH. */
export const findOnPath = (name: string, env: NodeJS.ProcessEnv): string | undefined =>
  (env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutable);

export interface RunOptions {
  /** What is going on, for the progress lines: `Building the Temporal server`. */
  what: string;
  command: string;
  args: readonly string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  progress: Progress;
  limitMs: number;
}

/**
 * Runs a program to its end and returns its output. While it runs, a line every ten seconds says that it still does.
 *
 * @throws LauncherError with the end of the program's output when it fails or exceeds `limitMs`
 */
export const runProgram = async (options: RunOptions): Promise<string> => {
  const startedAt = Date.now();
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: options.limitMs,
    killSignal: 'SIGKILL',
  });
  let output = '';
  const collect = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const callOff = child.pid === undefined ? () => undefined : watchOver(child.pid, 'SIGTERM');
  const ticker = setInterval(() => {
    options.progress(`${options.what} … ${Math.round((Date.now() - startedAt) / 1000)} s`);
  }, PROGRESS_EVERY_MS);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (code === 0) return output;
  } catch (cause) {
    throw new LauncherError(`${options.what}: ${options.command} could not be run`, { cause });
  } finally {
    clearInterval(ticker);
    callOff();
  }
  throw new LauncherError(`${options.what} failed: ${output.trim().slice(-TAIL_CHARACTERS) || 'no output'}`);
};
