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
import type { HintDispatcher } from './hint-loop.js';
import { startHintLoop } from './hint-loop.js';
import type { HintPace } from './hint-pace.js';
import { createHintPace } from './hint-pace.js';

/** Whom events may concern. */
export type HintTarget = Pick<ConnectionsFile['concur'][number], 'name' | 'companyUuid' | 'documentTypes'>;

export interface HintDispatcherOptions {
  db: Database;
  targets: readonly HintTarget[];
  /** Tells one connection's poll and returns the run that has been told; rejects while it cannot be told. */
  send: (connection: string, docTypes: DocType[]) => Promise<string>;
  logger: Logger;
  /** How long a burst is gathered before it becomes one hint. */
  gatherMs?: number;
  /** Shortest time between two hints to one connection. */
  paceMs?: number;
  /** What that grows to while one run of the poll does not come to its end. */
  mostPaceMs?: number;
  /** How often it looks by itself: for what is left from an outage of Temporal. */
  lookEveryMs?: number;
}

const rowsAtOnce = 5_000;

/**
 * Turns stored events of Concur into hints. A row is handled once its connection has been told, at a pace of its own; until then
 * it stays, so that what is announced during a round of the poll is told behind it. Several processes may do so at the same
 * time: a hint too many is one empty poll.
 */
export function createHintDispatcher(options: HintDispatcherOptions): HintDispatcher {
  const { logger, gatherMs = 250, paceMs = 2_000, mostPaceMs = 600_000, lookEveryMs = 30_000 } = options;
  const pace = createHintPace({ firstMs: paceMs, mostMs: mostPaceMs });
  const tellAll = (failedForMs: number) => handleAll(options, pace, failedForMs);
  return startHintLoop({ tellAll, pace, logger, gatherMs, restMs: paceMs, lookEveryMs });
}

/** What a connection is to be told, and the rows that say so. */
type Hints = Map<string, { docTypes: Set<DocType>; ids: string[] }>;

/**
 * Handles all unhandled events of the companies whose connection may be told now. Those of others are not even read: however
 * many wait for a connection that cannot be told, they keep nobody else's waiting.
 */
async function handleAll(options: HintDispatcherOptions, pace: HintPace, failedForMs: number): Promise<void> {
  const { db, targets, send, logger } = options;

  /** Never rejects, so that all are told before any row is marked. */
  async function isTold(connection: string, docTypes: DocType[]): Promise<boolean> {
    try {
      pace.told(connection, await send(connection, docTypes), Date.now());
      return true;
    } catch (error) {
      pace.failed(connection, Date.now(), failedForMs);
      logger.warn({ err: error, connection }, 'events wait: their connection could not be told; it is tried again');
      return false;
    }
  }

  for (;;) {
    const waiting = targets.filter(({ name }) => !pace.isDue(name, Date.now()));
    const besides = waiting.map(({ companyUuid }) => companyUuid.toLowerCase());
    const groups = await unhandledEvents(db, rowsAtOnce, besides);
    const { hints, ignored } = meaningsOf(groups, targets);
    for (const [reason, ids] of ignored) await markHandled(db, ids, `ignored: ${reason}`);
    const all = [...hints].map(async ([connection, { docTypes, ids }]) => {
      return { connection, ids, told: await isTold(connection, [...docTypes].sort()) };
    });
    for (const { connection, ids, told } of await Promise.all(all)) {
      if (told) await markHandled(db, ids, `hinted: ${connection}`);
    }
    if (groups.reduce((sum, { ids }) => sum + ids.length, 0) < rowsAtOnce) return;
  }
}

function meaningsOf(
  groups: readonly EventGroup[],
  targets: readonly HintTarget[],
): { hints: Hints; ignored: Map<string, string[]> } {
  const hints: Hints = new Map();
  const ignored = new Map<string, string[]>();
  for (const group of groups) {
    const meaning = meaningOf(group, targets);
    if ('ignored' in meaning) {
      const ids = ignored.get(meaning.ignored) ?? [];
      ids.push(...group.ids);
      ignored.set(meaning.ignored, ids);
    } else {
      const hint = hints.get(meaning.connection) ?? { docTypes: new Set(), ids: [] };
      hint.docTypes.add(meaning.docType);
      hint.ids.push(...group.ids);
      hints.set(meaning.connection, hint);
    }
  }
  return { hints, ignored };
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
