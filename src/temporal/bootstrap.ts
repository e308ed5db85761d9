import type { Client, ScheduleOptions } from '@temporalio/client';
import { ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import type { ConnectionsFile } from '../config/connections-schema.js';
import { searchAttributeTypes } from '../contracts/search-attributes.js';
import type { KeepTokenInput, PollInput, WatchInput } from '../contracts/steps.js';
import { documentsQueue } from '../contracts/task-queues.js';
import { tokenKeeperWorkflowId } from '../contracts/workflow-ids.js';

/** Values of the enumeration `IndexedValueType` of Temporal's API. */
const indexedValueTypes: Record<string, number> = { Keyword: 2, Double: 4, Datetime: 6 };
const rotationsPerRun = 200;

/** Puts everything in place that the workers need in Temporal. Safe to repeat; keeps an operator's pause (practices 9). */
export async function bootstrap(client: Client, file: ConnectionsFile): Promise<{ schedules: string[]; keepers: string[] }> {
  await registerSearchAttributes(client, file.operation.namespace);
  const schedules = desiredSchedules(file);
  for (const schedule of schedules) await ensureSchedule(client, schedule);
  for (const concur of file.concur) {
    const input: KeepTokenInput = { connection: concur.name, queuePrefix: file.operation.queuePrefix, rotationsPerRun };
    await client.workflow.start('keepToken', {
      taskQueue: documentsQueue(file.operation.queuePrefix),
      workflowId: tokenKeeperWorkflowId(concur.name),
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      args: [input],
      staticSummary: `Token keeper of Concur connection ${concur.name}`,
    });
  }
  return {
    schedules: schedules.map((schedule) => schedule.scheduleId),
    keepers: file.concur.map((concur) => tokenKeeperWorkflowId(concur.name)),
  };
}

/** Registers the attributes that are missing; a workflow that names an unknown one could not start. */
export async function registerSearchAttributes(client: Client, namespace: string): Promise<void> {
  const { operatorService } = client.connection as unknown as { operatorService: OperatorService };
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  const missing = Object.entries(searchAttributeTypes).filter(([name]) => customAttributes?.[name] === undefined);
  if (missing.length === 0) return;
  await operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(missing.map(([name, type]) => [name, indexedValueTypes[type] ?? 0])),
  });
}

/** The two calls of Temporal's operator service that are used; the SDK's type leaves their plain form open. */
interface OperatorService {
  listSearchAttributes(request: { namespace: string }): Promise<{ customAttributes?: Record<string, unknown> | null }>;
  addSearchAttributes(request: { namespace: string; searchAttributes: Record<string, number> }): Promise<unknown>;
}

/** Poll per Concur company and document type; three watches per ERP company. */
export function desiredSchedules(file: ConnectionsFile): ScheduleOptions[] {
  const { timings, operation } = file;
  const taskQueue = documentsQueue(operation.queuePrefix);
  const { retryMaximumSeconds } = timings;
  const schedule = (scheduleId: string, workflowType: string, seconds: number, input: PollInput | WatchInput, note: string) =>
    ({
      scheduleId,
      spec: { intervals: [{ every: seconds * 1_000 }], jitter: Math.round(seconds * 100) },
      action: { type: 'startWorkflow', workflowType, workflowId: scheduleId, taskQueue, args: [input] },
      // A poll that pauses itself on an outage would stop the business silently (practices 9).
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: Math.max(60_000, seconds * 2_000), pauseOnFailure: false },
      memo: { note },
    }) satisfies ScheduleOptions;

  const polls = file.concur.flatMap((concur) =>
    concur.documentTypes.map((docType) =>
      schedule(
        `poll:${concur.name}:${docType}`,
        'pollDocuments',
        timings.pollSeconds,
        { connection: concur.name, docTypes: [docType], queuePrefix: operation.queuePrefix, maximumPasses: 20, retryMaximumSeconds },
        `Reads the queue of ready ${docType} documents`,
      ),
    ),
  );
  const watches = file.erp.flatMap((erp) =>
    erp.companies.flatMap(({ company }) => {
      const input = { erp: erp.name, company, queuePrefix: operation.queuePrefix, retryMaximumSeconds };
      const id = `${erp.name}:${company}`;
      return [
        schedule(`watch-postings:${id}`, 'watchPostings', timings.postingWatchSeconds, input, 'Looks for posted documents'),
        schedule(`watch-payments:${id}`, 'watchPayments', timings.paymentWatchSeconds, input, 'Looks for settlements'),
        schedule(`watch-vendors:${id}`, 'watchVendors', timings.vendorRecheckSeconds, input, 'Looks for awaited vendors'),
      ];
    }),
  );
  return [...polls, ...watches];
}

async function ensureSchedule(client: Client, desired: ScheduleOptions): Promise<void> {
  try {
    await client.schedule.create(desired);
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    const { spec, action, policies } = desired;
    await client.schedule.getHandle(desired.scheduleId).update((previous) => ({
      spec,
      action,
      ...(policies === undefined ? {} : { policies }),
      state: previous.state,
    }));
  }
}
