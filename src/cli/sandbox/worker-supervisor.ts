import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ChildExit, LaunchedChild } from '../../launcher/child-process.js';
import { startChild } from '../../launcher/child-process.js';
import { LauncherError } from '../../launcher/launcher-error.js';
import { projectRoot } from '../../launcher/project-root.js';

const restartPauseMs = 500;
const stopLimitMs = 50_000;
/** A worker that dies this often within this time will not live the next time either. */
const deathLimit = 3;
const deathWindowMs = 10_000;

/** A worker process that is started again whenever it ends, until `stop`. It does not outlive the launcher. */
export interface SupervisedWorker {
  readonly pid: number;
  readonly kills: number;
  /** Aborted with a `LauncherError` that holds the end of the log when the worker keeps dying by itself. */
  readonly gaveUp: AbortSignal;
  /** Kills the worker without warning (SIGKILL); resolves when it is dead. Returns the instant of the kill. */
  kill: () => Promise<string>;
  stop: () => Promise<void>;
}

export interface WorkerOptions {
  /** Receives `worker.log`. */
  stateFolder: string;
  environment: NodeJS.ProcessEnv;
  /** Called at the first start and at every restart, with the new process id. */
  onStart: (pid: number) => void;
  /** The built `worker.js` unless given. */
  program?: string;
}

/**
 * Starts and supervises a worker.
 * @throws LauncherError when it cannot be started at all
 */
export async function superviseWorker(options: WorkerOptions): Promise<SupervisedWorker> {
  const { stateFolder, environment, onStart, program = join(projectRoot(), 'dist', 'worker.js') } = options;
  const gaveUp = new AbortController();
  const deaths: number[] = [];
  let stopping = false;
  let kills = 0;
  let child: LaunchedChild;

  async function start(): Promise<LaunchedChild> {
    child = await startChild({
      name: 'the worker',
      command: process.execPath,
      args: [program],
      logFile: join(stateFolder, 'worker.log'),
      env: environment,
      stopLimitMs,
    });
    void child.exited.then(afterDeath);
    onStart(child.pid);
    return child;
  }
  let current = start();
  await current;

  function afterDeath(exit: ChildExit): void {
    if (stopping) return;
    // Nobody but a person or this supervisor sends SIGKILL: that is no fault of the worker.
    if (exit.signal !== 'SIGKILL') deaths.push(Date.now());
    if (deaths.filter((at) => Date.now() - at <= deathWindowMs).length >= deathLimit) {
      gaveUp.abort(new LauncherError(`The worker has died ${deathLimit} times in a row. ${describe(exit, child)}`));
      return;
    }
    current = startAgain();
    current.catch((error: unknown) => {
      gaveUp.abort(error);
    });
  }

  async function startAgain(): Promise<LaunchedChild> {
    await delay(restartPauseMs);
    return stopping ? child : start();
  }

  return {
    get pid() {
      return child.pid;
    },
    get kills() {
      return kills;
    },
    gaveUp: gaveUp.signal,
    kill: async () => {
      const victim = await current;
      kills += 1;
      if (victim.isRunning()) process.kill(victim.pid, 'SIGKILL');
      await victim.exited;
      // Taken after the death: an answer may still leave the remote side while the signal is on its way.
      return new Date().toISOString();
    },
    stop: async () => {
      stopping = true;
      await current.catch(() => undefined);
      await child.stop();
    },
  };
}

function describe({ code, signal }: ChildExit, child: LaunchedChild): string {
  return `It ended with ${signal ?? `code ${code ?? '?'}`}; its log, worker.log in the state folder, ends with:\n${child.logTail()}`;
}
