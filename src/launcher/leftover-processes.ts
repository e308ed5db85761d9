import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LauncherError } from './launcher-error.js';
import { waitUntil } from './wait-until.js';

/** One started server as `processes.json` of a state folder remembers it. */
interface ProcessRecord {
  name: string;
  pid: number;
  /** Text that the process's command line contains; a process id alone may since belong to somebody else. */
  mark: string;
  stopSignal: NodeJS.Signals;
  owner: { pid: number; command: string };
}

const POLITE_MS = 15_000;
const FORCED_MS = 5_000;

const fileOf = (folder: string): string => join(folder, 'processes.json');

const readRecords = (folder: string): ProcessRecord[] => {
  if (!existsSync(fileOf(folder))) return [];
  try {
    return JSON.parse(readFileSync(fileOf(folder), 'utf8')) as ProcessRecord[];
  } catch {
    // Half-written by a machine that lost power: it knows of no process that still lives.
    return [];
  }
};

const writeRecords = (folder: string, records: ProcessRecord[]): void => {
  mkdirSync(folder, { recursive: true });
  if (records.length === 0) {
    rmSync(fileOf(folder), { force: true });
    return;
  }
  const draft = `${fileOf(folder)}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(records, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, fileOf(folder));
};

/** Command line of a living process; `undefined` when there is none (a zombie counts as none). */
export const commandLineOf = (pid: number): string | undefined => {
  try {
    const line = existsSync('/proc/self/cmdline')
      ? readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      : execFileSync('ps', ['-p', String(pid), '-o', 'args='], {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'ignore'],
        });
    return line.trim() || undefined;
  } catch {
    return undefined;
  }
};

/** Notes a started server in the state folder, so that the next start can end it should this process be killed. */
export const recordProcess = (folder: string, record: Omit<ProcessRecord, 'owner'>): void => {
  const owner = { pid: process.pid, command: commandLineOf(process.pid) ?? '' };
  writeRecords(folder, [...readRecords(folder).filter(({ name }) => name !== record.name), { ...record, owner }]);
};

/** Takes a server that has ended off the list of the state folder. */
export const forgetProcess = (folder: string, name: string): void => {
  writeRecords(
    folder,
    readRecords(folder).filter((record) => record.name !== name),
  );
};

const endRecorded = async (record: ProcessRecord): Promise<void> => {
  const gone = (): true | undefined => (commandLineOf(record.pid)?.includes(record.mark) ? undefined : true);
  const refused = (): Error =>
    new LauncherError(`a left-over ${record.name} (process ${record.pid}) could not be ended`);
  for (const [signal, limitMs] of [
    [record.stopSignal, POLITE_MS],
    ['SIGKILL', FORCED_MS],
  ] as const) {
    if (gone()) return;
    process.kill(record.pid, signal);
    await waitUntil(gone, { limitMs, onLimit: refused }).catch((error: unknown) => {
      if (signal === 'SIGKILL') throw error;
    });
  }
};

/**
 * Ends the server of this name that an earlier, killed launcher left behind in this state folder. It is ended only when
 * its command line still matches.
 *
 * @throws LauncherError when the launcher that started it still lives: two must not share one state folder
 */
export const endLeftover = async (folder: string, name: string): Promise<void> => {
  const record = readRecords(folder).find((candidate) => candidate.name === name);
  if (record === undefined) return;
  const lives = commandLineOf(record.pid)?.includes(record.mark) === true;
  const ownerLives = commandLineOf(record.owner.pid) === record.owner.command;
  if (lives && ownerLives) {
    throw new LauncherError(
      `${name} of ${folder} is in use by process ${record.owner.pid}: end that one first, or choose another folder`,
    );
  }
  if (lives) await endRecorded(record);
  forgetProcess(folder, name);
};
