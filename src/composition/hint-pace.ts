/** When each connection may be told next; for one process. Times are in milliseconds of one clock. */
export interface HintPace {
  isDue: (connection: string, at: number) => boolean;
  /** The connection was told at this time, and this run of its poll has the hint. */
  told: (connection: string, runId: string, at: number) => void;
  /** The connection could not be told; it is left alone for as long as given. */
  failed: (connection: string, at: number, forMs: number) => void;
  /** When the next connection that is not due will be; undefined where all are. */
  nextDueAt: (at: number) => number | undefined;
}

export interface HintPaceOptions {
  /** Time after the first hint to a run. */
  firstMs: number;
  /** The longest time, reached by doubling. */
  mostMs: number;
}

/**
 * A run of `pollOnHint` takes any number of hints during a round, and one is as good as a hundred: it makes one more round. While
 * the run is the same each time, it is still at work on what it was told before, and the next hint waits twice as long; a new run
 * shows that the former hints were answered. So a poll that is stuck for weeks, because its connection is parked, stays far
 * below the 10,000 signals that Temporal takes for one run, and a poll that answers is told at the first pace.
 */
export function createHintPace({ firstMs, mostMs }: HintPaceOptions): HintPace {
  const connections = new Map<string, { runId: string | undefined; waitMs: number; dueAt: number }>();
  return {
    isDue: (connection, at) => (connections.get(connection)?.dueAt ?? at) <= at,
    told: (connection, runId, at) => {
      const last = connections.get(connection);
      const waitMs = last?.runId === runId ? Math.min(mostMs, last.waitMs * 2) : firstMs;
      connections.set(connection, { runId, waitMs, dueAt: at + waitMs });
    },
    failed: (connection, at, forMs) => {
      const { runId, waitMs } = connections.get(connection) ?? { runId: undefined, waitMs: firstMs };
      connections.set(connection, { runId, waitMs, dueAt: at + forMs });
    },
    nextDueAt: (at) => {
      const later = [...connections.values()].map(({ dueAt }) => dueAt).filter((dueAt) => dueAt > at);
      return later.length === 0 ? undefined : Math.min(...later);
    },
  };
}
