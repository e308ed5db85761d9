import type { Client } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Logger } from 'pino';
import type { ConnectionsFile } from '../config/connections-schema.js';
import { messageNames } from '../contracts/messages.js';
import { documentsQueue } from '../contracts/task-queues.js';
import type { FollowChangesInput } from '../contracts/webhooks.js';
import { followChangesWorkflowId } from '../contracts/workflow-ids.js';
import type { Database } from '../store/database.js';
import { connectionsWithNotifications } from '../store/webhook-inbox.js';
import type { HintDispatcher } from './hint-loop.js';
import { createHintPace } from './hint-pace.js';

export interface ChangeDispatcherOptions {
  db: Database;
  /** Connections that have webhooks: what waits for others stays until they have some again. */
  connections: readonly string[];
  /** Tells one connection that notifications wait, and returns the run that has been told; rejects while it cannot be told. */
  send: (connection: string) => Promise<string>;
  logger: Logger;
  /** How long a burst is gathered before it becomes one hint. */
  gatherMs?: number;
  /** Shortest time between two hints to one connection. */
  paceMs?: number;
  /** What that grows to while one run does not come to its end. */
  mostPaceMs?: number;
  /** How often it looks by itself: for what is left from an outage of Temporal. */
  lookEveryMs?: number;
}

/**
 * Sees to it that stored notifications are followed, apart from the web server, so that no sender ever waits for Temporal. Rows
 * stay until their effect is done, so that a hint too many is one empty round and a lost one is repeated.
 */
export function createChangeDispatcher(options: ChangeDispatcherOptions): HintDispatcher {
  const { db, send, logger, gatherMs = 500, paceMs = 5_000, mostPaceMs = 600_000, lookEveryMs = 30_000 } = options;
  const pace = createHintPace({ firstMs: paceMs, mostMs: mostPaceMs });
  let timer: { at: number; handle: NodeJS.Timeout } | undefined;
  let looking: Promise<void> | undefined;
  let isWanted = false;
  let isClosed = false;

  function nudge(): void {
    isWanted = true;
    startIn(gatherMs);
  }

  /** The earlier of two starts counts. */
  function startIn(ms: number): void {
    const at = Date.now() + ms;
    if (isClosed || looking !== undefined || (timer !== undefined && timer.at <= at)) return;
    clearTimeout(timer?.handle);
    timer = { at, handle: setTimeout(start, ms) };
  }

  function start(): void {
    timer = undefined;
    isWanted = false;
    looking = look().then(
      (isWaiting) => {
        looking = undefined;
        if (isWanted) startIn(gatherMs);
        else if (isWaiting) startIn(Math.max(gatherMs, (pace.nextDueAt(Date.now()) ?? 0) - Date.now()));
      },
      (error: unknown) => {
        looking = undefined;
        logger.warn({ err: error }, 'notifications wait: they could not be read; it is tried again');
      },
    );
  }

  /** Whether some have to wait for their turn. */
  async function look(): Promise<boolean> {
    const waiting = await connectionsWithNotifications(db);
    const followed = waiting.filter((connection) => options.connections.includes(connection));
    const due = followed.filter((connection) => pace.isDue(connection, Date.now()));
    await Promise.all(due.map(tell));
    return followed.length > due.length;
  }

  async function tell(connection: string): Promise<void> {
    try {
      pace.told(connection, await send(connection), Date.now());
    } catch (error) {
      pace.failed(connection, Date.now(), lookEveryMs);
      logger.warn(
        { err: error, connection },
        'notifications wait: their connection could not be told; it is tried again',
      );
    }
  }

  const looks = setInterval(nudge, lookEveryMs);
  nudge();
  return {
    nudge,
    close: async () => {
      isClosed = true;
      clearInterval(looks);
      clearTimeout(timer?.handle);
      await looking;
    },
  };
}

/** How long Temporal may take to accept a hint. */
const sendLimitMs = 10_000;
const roundsPerRun = 50;
const paceSeconds = 5;

/** Tells a connection by starting its `followChanges`, or by one more signal to the one that runs. */
export function changeSender(client: Client, file: ConnectionsFile): ChangeDispatcherOptions['send'] {
  const { queuePrefix } = file.operation;
  const { retryMaximumSeconds } = file.timings;
  return async (connection) => {
    const input: FollowChangesInput = {
      ...{ connection, queuePrefix, retryMaximumSeconds, paceSeconds },
      maximumRounds: roundsPerRun,
    };
    const tell = () =>
      client.workflow.signalWithStart('followChanges', {
        taskQueue: documentsQueue(queuePrefix),
        workflowId: followChangesWorkflowId(connection),
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        args: [input],
        signal: messageNames.changesNotified,
        signalArgs: [],
        staticSummary: `Changes in ${connection} that notifications tell of`,
      });
    const handle = await client.withDeadline(Date.now() + sendLimitMs, () =>
      tell().catch((error: unknown) => {
        // Two processes have started it at the same moment: there is a run by now, which takes the signal.
        if (error instanceof WorkflowExecutionAlreadyStartedError) return tell();
        throw error;
      }),
    );
    return handle.signaledRunId;
  };
}
