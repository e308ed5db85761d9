import type { LaunchedChild } from '../../launcher/child-process.js';
import type { RunningPostgres } from '../../launcher/postgres.js';
import type { RunningTemporal } from '../../launcher/temporal-server.js';
import type { DocumentFeed } from './document-feed.js';
import type { Simulators } from './simulators.js';
import type { SupervisedWorker } from './worker-supervisor.js';

/** The world around the connector during a brutal run: people who disturb it, and those who put things right. */
export interface Chaos {
  /** True once everything that is to happen once has happened. */
  isDone: () => boolean;
  stop: () => Promise<void>;
}

/** Everything that runs, in the order in which it was started. */
export interface Running {
  postgres?: RunningPostgres;
  temporal?: RunningTemporal;
  simulators?: Simulators;
  receiver?: LaunchedChild;
  worker?: SupervisedWorker;
  feed?: DocumentFeed;
  chaos?: Chaos;
  navChaos?: Chaos;
}

type Part = keyof Running;
const endOrder: readonly Part[] = [
  'chaos',
  'navChaos',
  'feed',
  'worker',
  'receiver',
  'simulators',
  'temporal',
  'postgres',
];

/**
 * Ends everything in the opposite order. What cannot be ended does not keep the rest alive.
 * @returns one sentence for each part that could not be ended
 */
export async function endAll(running: Partial<Record<Part, { stop: () => Promise<void> }>>): Promise<string[]> {
  const problems: string[] = [];
  for (const part of endOrder) {
    try {
      await running[part]?.stop();
    } catch (error) {
      problems.push(`${part} could not be ended: ${error instanceof Error ? error.message : 'unknown reason'}`);
    }
  }
  return problems;
}
