import type { Client } from '@temporalio/client';
import { ScheduleOverlapPolicy } from '@temporalio/client';
import type { Logger } from 'pino';
import { awaitedWatches, deleteOldBusinessEvents, endHints } from '../store/business-event-store.js';
import type { AwaitedWatch } from '../store/business-event-store.js';
import type { Database } from '../store/database.js';
import type { HintDispatcher } from './hint-loop.js';
import { startHintLoop } from './hint-loop.js';
import type { HintPace } from './hint-pace.js';
import { createHintPace } from './hint-pace.js';

export interface WatchHintOptions {
  db: Database;
  /** Schedules, without the queue prefix, of the watches that may be told. */
  watches: readonly string[];
  /** Lets one watch look out of turn; rejects while it cannot be told. */
  trigger: (watch: string) => Promise<'triggered' | 'paused'>;
  logger: Logger;
  /** How long a burst is gathered before it becomes one hint. */
  gatherMs?: number;
  /** Shortest time between two hints to one watch, for one process. */
  paceMs?: number;
  /** How often it looks by itself. */
  lookEveryMs?: number;
}

const rowsAtOnce = 5_000;
const keptDays = 35;
const hourMs = 3_600_000;

/**
 * Turns stored business events of F&O into looks of the watches (S46): what stands in an event is not read again, and a watch
 * that was told looks as it always does, over OData. So events may be lost, late, doubled and out of order (S47). An event
 * awaits each of its watches until that was told; however many do, it is one look per watch and pace.
 */
export function createWatchHints(options: WatchHintOptions): HintDispatcher {
  const { db, logger, gatherMs = 250, paceMs = 20_000, lookEveryMs = 30_000 } = options;
  const pace = createHintPace({ firstMs: paceMs, mostMs: paceMs });
  let cleanedAt = -Infinity;
  const tellAll = async (failedForMs: number): Promise<void> => {
    await tellWatches(options, pace, failedForMs);
    if (performance.now() - cleanedAt < hourMs) return;
    await deleteOldBusinessEvents(db, keptDays);
    cleanedAt = performance.now();
  };
  return startHintLoop({ tellAll, pace, logger, gatherMs, restMs: gatherMs, lookEveryMs });
}

async function tellWatches(options: WatchHintOptions, pace: HintPace, failedForMs: number): Promise<void> {
  const { db, watches, trigger, logger } = options;

  /** Never rejects, so that all are told before any row is changed. Undefined while the watch cannot be told. */
  async function told({ watch }: AwaitedWatch): Promise<{ note: string | null } | undefined> {
    if (!watches.includes(watch)) return { note: 'ignored: its company is not followed any more' };
    try {
      const outcome = await trigger(watch);
      pace.told(watch, '', Date.now());
      return { note: outcome === 'paused' ? 'ignored: the watch is paused' : null };
    } catch (error) {
      pace.failed(watch, Date.now(), failedForMs);
      logger.warn({ err: error, watch }, 'business events wait: their watch could not be told; it is tried again');
      return undefined;
    }
  }

  for (;;) {
    const waiting = watches.filter((watch) => !pace.isDue(watch, Date.now()));
    const awaited = await awaitedWatches(db, rowsAtOnce, waiting);
    const outcomes = await Promise.all(awaited.map(async (each) => ({ each, outcome: await told(each) })));
    for (const { each, outcome } of outcomes) if (outcome) await endHints(db, each, outcome.note);
    if (awaited.reduce((sum, { ids }) => sum + ids.length, 0) < rowsAtOnce) return;
  }
}

/** How long Temporal may take to accept a hint. */
const triggerLimitMs = 10_000;

/**
 * Lets the Schedule of a watch start it now. If it is under way, it looks once more behind that: what was posted after it had
 * read would be missed until its next turn. An operator's pause holds.
 */
export function watchTrigger(client: Client, queuePrefix: string): WatchHintOptions['trigger'] {
  return (watch) =>
    client.withDeadline(Date.now() + triggerLimitMs, async () => {
      const schedule = client.schedule.getHandle(`${queuePrefix}${watch}`);
      const { state } = await schedule.describe();
      if (state.paused) return 'paused';
      await schedule.trigger(ScheduleOverlapPolicy.BUFFER_ONE);
      return 'triggered';
    });
}
