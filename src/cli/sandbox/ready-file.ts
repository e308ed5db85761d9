import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Ready } from '../installation.js';
import { readyPath } from '../installation.js';
import type { Running } from './running.js';

/** What the ready file tells besides processes. */
export interface ReadyFacts {
  configPath: string;
  databaseUrl: string;
  temporalAddress: string;
}

/**
 * Writes the ready file of the state folder and, with `--ready-file`, a copy where a script wants it: what runs at this
 * moment, each in one piece.
 */
export function writeReady(paths: string[], running: Running, facts: ReadyFacts): Ready {
  const ready = readyOf(running, facts);
  const text = `${JSON.stringify(ready, null, 2)}\n`;
  for (const path of paths) {
    // Renamed into place: whoever waits for the file never reads a half of it.
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, text, { mode: 0o600 });
    renameSync(draft, path);
  }
  return ready;
}

/** Takes away what an earlier run has left, so that nobody takes it for this one's. */
export function removeReady(paths: string[]): void {
  for (const path of paths) rmSync(path, { force: true });
}

/** Paths of the ready file and its copy. */
export const readyPaths = (stateFolder: string, copy: string | undefined): string[] => [
  readyPath(stateFolder),
  ...(copy === undefined ? [] : [resolve(copy)]),
];

function readyOf(running: Running, { configPath, databaseUrl, temporalAddress }: ReadyFacts): Ready {
  const processes: Record<string, number | undefined> = {
    launcher: process.pid,
    worker: running.worker?.pid,
    temporal: running.temporal?.pid,
    postgres: running.postgres?.pid,
    simulators: running.simulators?.pid,
    receiver: running.receiver?.pid,
  };
  return {
    connectionsFile: resolve(configPath),
    databaseUrl,
    temporalAddress,
    temporalUi: running.temporal?.uiUrl ?? null,
    processes: Object.fromEntries(
      Object.entries(processes).filter((entry): entry is [string, number] => entry[1] !== undefined),
    ),
    simulators: running.simulators === undefined ? null : { ...running.simulators.urls },
  };
}
