import { fileURLToPath } from 'node:url';
import { after, before, type TestContext } from 'node:test';
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker, type WorkflowBundle } from '@temporalio/worker';
import type { DocumentStatus } from '../../src/contracts/messages.js';
import { messageNames } from '../../src/contracts/messages.js';
import type { DocumentTimings, ProcessDocumentInput } from '../../src/contracts/steps.js';
import { searchAttributeTypes } from '../../src/contracts/search-attributes.js';
import { concurQueue, documentsQueue, erpQueue } from '../../src/contracts/task-queues.js';
import { documentWorkflowId } from '../../src/contracts/workflow-ids.js';
import { waitUntil } from '../../src/launcher/wait-until.js';
import { createTimeSkippingEnvironment } from '../support/time-skipping.js';
import type { processDocument } from '../../src/workflows/index.js';
import type { FakeDocument } from './fake-document.js';
import type { FakeSystems } from './fake-systems.js';

export const connection = 'acme';
export const day = 86_400;
const limitMs = 20_000;

/** Timings of an installation, except that the hold's reminder and limit are easy to count. */
export const timings: DocumentTimings = {
  selfCheckSeconds: 7 * day,
  holdReminderSeconds: day,
  holdLimitSeconds: 14 * day,
  postingDeadlineSeconds: 3 * day,
  retryMaximumSeconds: 600,
};

export type DocumentHandle = WorkflowHandle<typeof processDocument>;

/** Bundles the workflows as production does; a workflow that imports what it must not fails here. */
export const bundleWorkflows = (): Promise<WorkflowBundle> =>
  bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../../src/workflows/index.ts', import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  });

/** Activities by queue name; the queue of documents has the workflows as well. */
export type ActivitiesByQueue = Record<string, object>;

/** Fakes of one file on the queues where the workflows look for them. */
export const queuesOf = (prefix: string, systems: FakeSystems): ActivitiesByQueue => ({
  [documentsQueue(prefix)]: systems.store,
  [concurQueue(prefix, connection)]: systems.concur,
  [erpQueue(prefix, 'fo')]: systems.erp,
  [erpQueue(prefix, 'bc')]: systems.erp,
});

/** Runs workers on all given queues until `stop` is called, which also reports a worker that died. */
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

/** Adds our search attributes to a server that cannot list them; `bootstrap` asks for the list first. */
async function registerSearchAttributes({ connection, namespace }: TestWorkflowEnvironment): Promise<void> {
  const valueTypes: Record<string, number> = { Keyword: 2, Double: 4, Datetime: 6 };
  await connection.operatorService.addSearchAttributes({
    namespace: namespace ?? 'default',
    searchAttributes: Object.fromEntries(
      Object.entries(searchAttributeTypes).map(([name, type]) => [name, valueTypes[type] ?? 0]),
    ),
  });
}

/** The server and the workers of one test file; use only inside tests. */
export interface Stage {
  readonly prefix: string;
  readonly environment: TestWorkflowEnvironment;
  readonly client: Client;
  /** Why the tests of this file cannot run here; undefined where they can. */
  readonly missing: string | undefined;
}

/**
 * Starts one time-skipping server and the workers of a test file before its tests, and ends them after. Where no such server
 * can be had, `missing` says why and every test that asks {@link skipUnlessReady} is skipped visibly.
 */
export function useStage(queuesFor: (prefix: string) => ActivitiesByQueue): Stage {
  const prefix = `${crypto.randomUUID().slice(0, 8)}-`;
  let environment: TestWorkflowEnvironment | undefined;
  let workers: { stop: () => Promise<void> } | undefined;
  let missing: string | undefined;
  before(async () => {
    // The failures that tests plan would fill the report with warnings.
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    try {
      environment = await createTimeSkippingEnvironment();
    } catch (error) {
      missing = `no time-skipping server: ${error instanceof Error ? error.message : String(error)}`;
      return;
    }
    await registerSearchAttributes(environment);
    workers = await runWorkers(environment, prefix, queuesFor(prefix));
  });
  after(async () => {
    await workers?.stop();
    await environment?.teardown();
  });
  const ready = (): TestWorkflowEnvironment => {
    if (!environment) throw new Error(missing ?? 'the stage is used before it is set');
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
    get missing() {
      return missing;
    },
  };
}

/** True where the test must end at once, since there is no server; the report shows it as skipped with the reason. */
export function skipUnlessReady(t: TestContext, stage: Stage): boolean {
  if (stage.missing === undefined) return false;
  t.skip(stage.missing);
  return true;
}

/** Starts the document's workflow as the poll does. */
export async function startDocument(
  client: Client,
  prefix: string,
  document: FakeDocument,
  changes: Partial<DocumentTimings> = {},
): Promise<DocumentHandle> {
  const key = { connection, docType: 'expense', fiId: document.id } as const;
  const input: ProcessDocumentInput = {
    documentId: document.id,
    key,
    queuePrefix: prefix,
    businessId: 'R1',
    humanNumber: 'REP-4711',
    payeeCode: '1017001',
    amount: '100.00',
    currency: 'USD',
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

/** Waits, without any skipping of time, until the document's status is as told. */
export const untilStatus = (handle: DocumentHandle, isReached: (status: DocumentStatus) => boolean): Promise<DocumentStatus> => {
  let seen: DocumentStatus | undefined;
  return waitUntil(
    async () => {
      const status = await statusOf(handle);
      seen = status;
      return isReached(status) ? status : undefined;
    },
    { limitMs, everyMs: 20, onLimit: () => new Error(`the document did not reach the expected status but ${JSON.stringify(seen)}`) },
  );
};

export const untilStage = (handle: DocumentHandle, stage: string): Promise<DocumentStatus> =>
  untilStatus(handle, (status) => status.stage === stage);

export const untilHeld = (handle: DocumentHandle, reason: string): Promise<DocumentStatus> =>
  untilStatus(handle, (status) => status.hold?.reason === reason);

/** Waits until something outside the workflow has come true. */
export const untilTrue = (what: string, holds: () => boolean): Promise<true> =>
  waitUntil(() => (holds() ? (true as const) : undefined), { limitMs, everyMs: 20, onLimit: () => new Error(`never: ${what}`) });

/** What the Temporal UI shows as current details. */
export async function currentDetails(handle: Pick<WorkflowHandle, 'query'>): Promise<string> {
  const metadata = await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
  return metadata.currentDetails ?? '';
}

/** Events and bytes of a history as the server stores them. */
export async function historySize(handle: WorkflowHandle): Promise<{ events: number; bytes: number }> {
  const history = await handle.fetchHistory();
  // The history is a protobuf message; its class, which knows the wire form, is not exported by the packages that we declare.
  const { encode } = history.constructor as unknown as { encode: (message: unknown) => { finish: () => Uint8Array } };
  return { events: history.events?.length ?? 0, bytes: encode(history).finish().length };
}
