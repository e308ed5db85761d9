import type { Client } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Logger } from 'pino';
import type { ConnectionsFile } from '../config/connections-schema.js';
import type { DocType } from '../contracts/documents.js';
import type { EventReceived, PollOnHintInput } from '../contracts/events.js';
import { messageNames } from '../contracts/messages.js';
import { documentsQueue } from '../contracts/task-queues.js';
import { pollOnHintWorkflowId } from '../contracts/workflow-ids.js';
import type { Database } from '../store/database.js';
import type { EventGroup } from '../store/event-store.js';
import { markHandled, unhandledEvents } from '../store/event-store.js';

/** Whom events may concern. */
export type HintTarget = Pick<ConnectionsFile['concur'][number], 'name' | 'companyUuid' | 'documentTypes'>;

export interface HintDispatcherOptions {
  db: Database;
  targets: readonly HintTarget[];
  /** Tells one connection's poll; rejects while it cannot be told. */
  send: (connection: string, docTypes: DocType[]) => Promise<void>;
  logger: Logger;
  /** How long a burst is gathered before it becomes one hint. */
  gatherMs?: number;
  /** Shortest time between two hints, so that a day of events stays far below what one workflow takes in signals. */
  paceMs?: number;
  /** How often it looks by itself: for what is left from an outage of Temporal. */
  lookEveryMs?: number;
}

export interface HintDispatcher {
  /** There may be unhandled events. Returns at once and never fails. */
  nudge: () => void;
  /** Waits for what is under way; unhandled events are found again at the next start. */
  close: () => Promise<void>;
}

const rowsAtOnce = 5_000;

/**
 * Turns stored events into hints, apart from the web server, so that no sender ever waits for Temporal. A row is handled once its
 * connection has been told; while that fails it stays, and is tried again. Several processes may do so at the same time: a hint
 * too many is one empty poll.
 */
export function createHintDispatcher(options: HintDispatcherOptions): HintDispatcher {
  const { logger, gatherMs = 250, paceMs = 2_000, lookEveryMs = 30_000 } = options;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let isWanted = false;
  let isClosed = false;
  let notBefore = 0;

  function nudge(): void {
    isWanted = true;
    if (isClosed || timer !== undefined || running !== undefined) return;
    timer = setTimeout(start, Math.max(gatherMs, notBefore - Date.now()));
  }

  function start(): void {
    timer = undefined;
    isWanted = false;
    running = handleAll(options)
      .then(
        ({ told }) => {
          if (told > 0) notBefore = Date.now() + paceMs;
        },
        (error: unknown) => {
          // Until the next look: a database or a Temporal that is down is not asked at every event.
          notBefore = Date.now() + lookEveryMs;
          logger.warn({ err: error }, 'events wait: their connections could not be told; it is tried again');
        },
      )
      .finally(() => {
        running = undefined;
        if (isWanted) nudge();
      });
  }

  const looking = setInterval(nudge, lookEveryMs);
  nudge();
  return {
    nudge,
    close: async () => {
      isClosed = true;
      clearInterval(looking);
      clearTimeout(timer);
      await running;
    },
  };
}

/** Handles all unhandled events; one connection that cannot be told does not keep the others waiting. */
async function handleAll(options: HintDispatcherOptions): Promise<{ told: number }> {
  let told = 0;
  for (;;) {
    const groups = await unhandledEvents(options.db, rowsAtOnce);
    const hints = new Map<string, { docTypes: Set<DocType>; ids: string[] }>();
    for (const group of groups) {
      const meaning = meaningOf(group, options.targets);
      if ('ignored' in meaning) await markHandled(options.db, group.ids, `ignored: ${meaning.ignored}`);
      else {
        const hint = hints.get(meaning.connection) ?? { docTypes: new Set(), ids: [] };
        hint.docTypes.add(meaning.docType);
        hint.ids.push(...group.ids);
        hints.set(meaning.connection, hint);
      }
    }
    const failures: unknown[] = [];
    for (const [connection, { docTypes, ids }] of hints) {
      try {
        await options.send(connection, [...docTypes].sort());
        await markHandled(options.db, ids, `hinted: ${connection}`);
        told += 1;
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
    if (groups.reduce((sum, { ids }) => sum + ids.length, 0) < rowsAtOnce) return { told };
  }
}

/**
 * Whose poll an event concerns. The company in the event decides, not the address at which it came in: companies of one data
 * center may share a subscription.
 */
function meaningOf(
  { companyUuid, docType, eventType }: EventGroup,
  targets: readonly HintTarget[],
): { connection: string; docType: DocType } | { ignored: string } {
  if (docType === null) return { ignored: eventType === null ? 'it is no event' : 'its type is not followed' };
  const target = targets.find((each) => each.companyUuid.toLowerCase() === companyUuid);
  if (!target) return { ignored: 'its company is not configured' };
  const polled = target.documentTypes.find((each) => each === docType);
  return polled ? { connection: target.name, docType: polled } : { ignored: `${docType} is not polled` };
}

/** How long Temporal may take to accept a hint. */
const sendLimitMs = 10_000;
/** Rounds of one run: each may be a few hundred events of history. */
const roundsPerRun = 20;

/** Tells a connection by starting its `pollOnHint`, or by one more signal to the one that runs. */
export function hintSender(client: Client, file: ConnectionsFile): HintDispatcherOptions['send'] {
  return async (connection, docTypes) => {
    const concur = file.concur.find(({ name }) => name === connection);
    if (!concur) throw new Error(`There is no Concur connection ${connection}.`);
    const { queuePrefix } = file.operation;
    const input: PollOnHintInput = {
      connection,
      docTypes: concur.documentTypes,
      queuePrefix,
      maximumPasses: 20,
      maximumPages: concur.maximumPages,
      retryMaximumSeconds: file.timings.retryMaximumSeconds,
      maximumRounds: roundsPerRun,
      hinted: [],
    };
    const tell = () =>
      client.workflow.signalWithStart('pollOnHint', {
        taskQueue: documentsQueue(queuePrefix),
        workflowId: pollOnHintWorkflowId(connection),
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        args: [input],
        signal: messageNames.eventReceived,
        signalArgs: [{ docTypes } satisfies EventReceived],
        staticSummary: `Poll of ${connection} that events hint at`,
      });
    await client.withDeadline(Date.now() + sendLimitMs, () =>
      tell().catch((error: unknown) => {
        // Two processes have started it at the same moment: there is a run by now, which takes the signal.
        if (error instanceof WorkflowExecutionAlreadyStartedError) return tell();
        throw error;
      }),
    );
  };
}
