import { after, before, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Client, WorkflowExecutionDescription, WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker, type WorkflowBundle } from '@temporalio/worker';
import type { DocumentStatus } from '../../src/contracts/messages.js';
import type { ReturnRules } from '../../src/contracts/leaving.js';
import { messageNames } from '../../src/contracts/messages.js';
import { searchAttributeTypes } from '../../src/contracts/search-attributes.js';
import type { DocumentTimings, ProcessDocumentInput } from '../../src/contracts/steps.js';
import { concurQueue, documentsQueue, erpQueue } from '../../src/contracts/task-queues.js';
import { documentWorkflowId } from '../../src/contracts/workflow-ids.js';
import { LauncherError } from '../../src/launcher/launcher-error.js';
import { findTestServer } from '../../src/launcher/test-server.js';
import { waitUntil } from '../../src/launcher/wait-until.js';
import type { processDocument } from '../../src/workflows/index.js';
import { createTimeSkippingEnvironment } from '../support/time-skipping.js';
import type { FakeDocument } from './fake-document.js';
import type { FakeSystems } from './fake-systems.js';

export const concurConnection = 'acme';
export const daySeconds = 86_400;
const limitMs = 20_000;
const testLimitMs = 60_000;

/** Timings as the connections file has them by default. */
export const timings: DocumentTimings = {
  selfCheckSeconds: 7 * daySeconds,
  holdReminderSeconds: daySeconds,
  holdLimitSeconds: 14 * daySeconds,
  postingDeadlineSeconds: 3 * daySeconds,
  retryMaximumSeconds: 600,
};

/** Search attributes by name, as the Temporal UI shows them. */
export const shownAttributes = ({ typedSearchAttributes }: WorkflowExecutionDescription): Record<string, unknown> =>
  Object.fromEntries(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]));

export type DocumentHandle = WorkflowHandle<typeof processDocument>;

/** Activities by queue name; the queue of documents runs the workflows as well. */
export type ActivitiesByQueue = Record<string, object>;

/** Fakes on the queues where a document workflow looks for them. */
export const queuesOf = (prefix: string, systems: FakeSystems): ActivitiesByQueue => ({
  [documentsQueue(prefix)]: systems.store,
  [concurQueue(prefix, concurConnection)]: systems.concur,
  [erpQueue(prefix, 'fo')]: systems.erp,
  [erpQueue(prefix, 'bc')]: systems.erp,
});

/** Bundles the workflows as production does; a workflow that imports what it must not fails here. */
export const bundleWorkflows = (): Promise<WorkflowBundle> =>
  bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../../src/workflows/index.ts', import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  });

/** Keeps the failures that tests plan out of the report. Once per process, before the first server. */
export const quietRuntime = (): void => {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' } } },
  });
};

/** Runs workers on all given queues until `stop` is called, which reports a worker that died. */
export async function runWorkers(
  environment: TestWorkflowEnvironment,
  prefix: string,
  queues: ActivitiesByQueue,
): Promise<{ stop: () => Promise<void> }> {
  const workflowBundle = await bundleWorkflows();
  const workers = await Promise.all(
    Object.entries(queues).map(([taskQueue, activities]) =>
      Worker.create({
        connection: environment.nativeConnection,
        taskQueue,
        activities,
        ...(taskQueue === documentsQueue(prefix) ? { workflowBundle } : {}),
        shutdownForceTime: '5 seconds',
      }),
    ),
  );
  const runs = workers.map((worker) => worker.run());
  return {
    stop: async () => {
      for (const worker of workers) worker.shutdown();
      await Promise.all(runs);
    },
  };
}

/** Adds our search attributes to a server that cannot list them, as `bootstrap` would have to. */
async function addSearchAttributes({ connection, namespace }: TestWorkflowEnvironment): Promise<void> {
  const valueTypes: Record<string, number> = { Keyword: 2, Double: 4, Datetime: 6 };
  const attributes = Object.entries(searchAttributeTypes).map(([name, type]) => [name, valueTypes[type] ?? 0]);
  await connection.operatorService.addSearchAttributes({
    namespace: namespace ?? 'default',
    searchAttributes: Object.fromEntries(attributes) as Record<string, number>,
  });
}

/** The server and the workers of one test file; everything but `test` is for use inside tests only. */
export interface Stage {
  readonly prefix: string;
  readonly environment: TestWorkflowEnvironment;
  readonly client: Client;
  /** A test on this stage; skipped visibly, with the reason, where no time-skipping server can be had. */
  test: (title: string, body: () => Promise<void>, limitMs?: number) => void;
}

/** The SDK gives a server five seconds to start, which a busy machine may exceed; only the third failure counts. */
async function startEnvironment(attemptsLeft = 2): Promise<TestWorkflowEnvironment> {
  try {
    return await createTimeSkippingEnvironment();
  } catch (error) {
    if (attemptsLeft === 0) throw error;
    return startEnvironment(attemptsLeft - 1);
  }
}

/** Starts one time-skipping server and the workers of a test file before its tests, and ends them after. */
export function useStage(queuesFor: (prefix: string) => ActivitiesByQueue): Stage {
  const prefix = `${crypto.randomUUID().slice(0, 8)}-`;
  let environment: TestWorkflowEnvironment | undefined;
  let workers: { stop: () => Promise<void> } | undefined;
  let missing = '';
  before(async () => {
    quietRuntime();
    try {
      await findTestServer();
    } catch (error) {
      if (!(error instanceof LauncherError)) throw error;
      missing = error.message;
      return;
    }
    environment = await startEnvironment();
    await addSearchAttributes(environment);
    workers = await runWorkers(environment, prefix, queuesFor(prefix));
  });
  after(async () => {
    try {
      await workers?.stop();
    } finally {
      await environment?.teardown();
    }
  });
  const ready = (): TestWorkflowEnvironment => {
    if (!environment) throw new Error('the stage is used before it is set');
    return environment;
  };
  return {
    prefix,
    get environment() {
      return ready();
    },
    get client() {
      return ready().client;
    },
    test: (title, body, timeout = testLimitMs) => {
      it(title, { timeout }, async (t) => {
        if (missing === '') await body();
        else t.skip(missing);
      });
    },
  };
}

/** Starts the document's workflow as the poll does. */
export async function startDocument(
  { client, prefix }: Pick<Stage, 'client' | 'prefix'>,
  document: FakeDocument,
  changes: Partial<DocumentTimings> = {},
  rules: Partial<ReturnRules> = {},
): Promise<DocumentHandle> {
  const key = { connection: concurConnection, docType: 'expense', fiId: document.id } as const;
  const input: ProcessDocumentInput = {
    documentId: document.id,
    key,
    queuePrefix: prefix,
    businessId: 'R1',
    humanNumber: 'REP-4711',
    payeeCode: '1017001',
    amount: '100.00',
    currency: 'USD',
    returns: { reasons: [], atHoldLimit: false, ...rules },
    timings: { ...timings, ...changes },
  };
  return client.workflow.start<typeof processDocument>('processDocument', {
    taskQueue: documentsQueue(prefix),
    workflowId: documentWorkflowId(key),
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    args: [input],
  });
}

export const statusOf = (handle: DocumentHandle): Promise<DocumentStatus> => handle.query(messageNames.documentStatus);

/** Waits, while the server's time stands still, until the document's status is as told. */
export async function untilStatus(
  handle: DocumentHandle,
  isReached: (status: DocumentStatus) => boolean,
): Promise<DocumentStatus> {
  let last: DocumentStatus | undefined;
  return waitUntil(
    async () => {
      last = await statusOf(handle);
      return isReached(last) ? last : undefined;
    },
    { limitMs, everyMs: 25, onLimit: () => new Error(`the document stays at ${JSON.stringify(last)}`) },
  );
}

export const untilStage = (handle: DocumentHandle, stage: string): Promise<DocumentStatus> =>
  untilStatus(handle, (status) => status.stage === stage);

export const untilHeld = (handle: DocumentHandle, reason: string): Promise<DocumentStatus> =>
  untilStatus(handle, (status) => status.hold?.reason === reason);

/** Waits, while the server's time stands still, until something outside the workflow has come true. */
export const untilTrue = (what: string, holds: () => boolean): Promise<true> =>
  waitUntil(() => (holds() ? (true as const) : undefined), {
    limitMs,
    everyMs: 25,
    onLimit: () => new Error(`this did not come true: ${what}`),
  });

/** What the Temporal UI shows as current details. */
export async function currentDetails(handle: Pick<WorkflowHandle, 'query'>): Promise<string> {
  const metadata = await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
  return metadata.currentDetails ?? '';
}

/** Waits, while the server's time stands still, until the current details say so. */
export const untilDetails = (handle: Pick<WorkflowHandle, 'query'>, pattern: RegExp): Promise<string> =>
  waitUntil(
    async () => {
      const details = await currentDetails(handle);
      return pattern.test(details) ? details : undefined;
    },
    { limitMs, everyMs: 25, onLimit: () => new Error(`the current details never match ${pattern.source}`) },
  );

/** Events and bytes of a history as the server stores them. */
export async function historySize(handle: WorkflowHandle): Promise<{ events: number; bytes: number }> {
  const history = await handle.fetchHistory();
  // The history is a protobuf message; its class, which knows the wire form, is in no package that we declare.
  const messageClass = history.constructor as unknown as { encode(message: unknown): { finish(): Uint8Array } };
  return { events: history.events?.length ?? 0, bytes: messageClass.encode(history).finish().length };
}
