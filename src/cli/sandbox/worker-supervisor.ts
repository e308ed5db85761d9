import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../launcher/project-root.js';

const restartPauseMs = 500;

/** A worker process that is started again whenever it ends, until `stop`. */
export interface SupervisedWorker {
  readonly pid: number | undefined;
  readonly kills: number;
  /** Kills the worker without warning (SIGKILL); resolves when it is dead. Returns the instant of the kill. */
  kill: () => Promise<string>;
  stop: () => Promise<void>;
}

/** Starts and supervises `worker.js` with the given environment; its log goes to worker.log in the state folder. */
export function superviseWorker(
  stateFolder: string,
  environment: NodeJS.ProcessEnv,
  onStart: (pid: number) => void,
): SupervisedWorker {
  const log = openSync(join(stateFolder, 'worker.log'), 'a');
  let child: ChildProcess;
  let exited: Promise<void>;
  let stopping = false;
  let kills = 0;

  function start(): void {
    child = spawn(process.execPath, [join(projectRoot(), 'dist', 'worker.js')], {
      env: environment,
      stdio: ['ignore', log, log],
      detached: true,
    });
    if (child.pid !== undefined) onStart(child.pid);
    exited = new Promise((resolve) => child.once('exit', () => { resolve(); }));
    void exited.then(() => {
      if (!stopping) setTimeout(() => { if (!stopping) start(); }, restartPauseMs);
    });
  }
  start();

  return {
    get pid() {
      return child.pid;
    },
    get kills() {
      return kills;
    },
    kill: async () => {
      kills += 1;
      child.kill('SIGKILL');
      await exited;
      // Taken after the death: an answer may still leave the remote side while the signal is on its way.
      return new Date().toISOString();
    },
    stop: async () => {
      stopping = true;
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 50_000);
      await exited;
      clearTimeout(late);
    },
  };
}
