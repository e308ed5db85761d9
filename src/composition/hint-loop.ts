import type { Logger } from 'pino';
import type { HintPace } from './hint-pace.js';

export interface HintLoopOptions {
  /** Tells whom it may tell now; `failedForMs` is how long somebody who cannot be told is to be left alone. */
  tellAll: (failedForMs: number) => Promise<void>;
  pace: HintPace;
  logger: Logger;
  /** How long a burst is gathered before it becomes one hint. */
  gatherMs: number;
  /** Shortest time between two rounds. */
  restMs: number;
  /** How often it looks by itself: for what is left from an outage of Temporal. */
  lookEveryMs: number;
}

export interface HintDispatcher {
  /** There may be unhandled events. Returns at once and never fails. */
  nudge: () => void;
  /** Waits for what is under way; unhandled events are found again at the next start. */
  close: () => Promise<void>;
}

/**
 * Turns stored events into hints, apart from the web server, so that no sender ever waits for Temporal: a round at a time, when
 * it is nudged, when somebody may be told again, and now and then.
 */
export function startHintLoop(options: HintLoopOptions): HintDispatcher {
  const { tellAll, pace, logger, gatherMs, restMs, lookEveryMs } = options;
  let timer: { at: number; handle: NodeJS.Timeout } | undefined;
  let running: Promise<void> | undefined;
  let isWanted = false;
  let isClosed = false;
  let notBefore = 0;

  function nudge(): void {
    isWanted = true;
    if (running === undefined) startAt(Math.max(Date.now() + gatherMs, notBefore));
  }

  /** The earlier of two starts counts. */
  function startAt(at: number): void {
    if (isClosed || (timer !== undefined && timer.at <= at)) return;
    clearTimeout(timer?.handle);
    timer = { at, handle: setTimeout(start, Math.max(0, at - Date.now())) };
  }

  function start(): void {
    timer = undefined;
    isWanted = false;
    running = tellAll(lookEveryMs)
      .then(
        () => {
          notBefore = Date.now() + restMs;
        },
        (error: unknown) => {
          // Until the next look: a database that is down is not asked at every event.
          notBefore = Date.now() + lookEveryMs;
          logger.warn({ err: error }, 'events wait: they could not be read; it is tried again');
        },
      )
      .finally(() => {
        running = undefined;
        if (isWanted) nudge();
        const nextDueAt = pace.nextDueAt(Date.now());
        if (nextDueAt !== undefined) startAt(Math.max(nextDueAt, notBefore));
      });
  }

  const looking = setInterval(nudge, lookEveryMs);
  nudge();
  return {
    nudge,
    close: async () => {
      isClosed = true;
      clearInterval(looking);
      clearTimeout(timer?.handle);
      await running;
    },
  };
}
