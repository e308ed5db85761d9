import { endLeftover, recordProcess } from '../../launcher/leftover-processes.js';

const names = ['worker', 'receiver', 'simulators'] as const;

/** Ends processes that a killed launcher left behind; those of PostgreSQL and Temporal end when they are started again. */
export async function endEarlierRun(stateFolder: string): Promise<void> {
  for (const name of names) await endLeftover(stateFolder, name);
}

/** Remembers a process, so that the next start can end it if this one dies. */
export function recordChild(stateFolder: string, name: (typeof names)[number], pid: number, mark: string): void {
  recordProcess(stateFolder, { name, pid, mark, stopSignal: 'SIGTERM' });
}
