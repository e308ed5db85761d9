import type { Client, ScheduleOptions } from '@temporalio/client';
import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  WorkflowNotFoundError,
} from '@temporalio/client';
import type { ConnectionsFile } from '../config/connections-schema.js';
import type { PollAt } from '../config/poll-schema.js';
import type { KeepSubscriptionsInput } from '../contracts/events.js';
import { searchAttributeTypes } from '../contracts/search-attributes.js';
import type { HandOffInput, KeepTokenInput, PollInput, WatchInput } from '../contracts/steps.js';
import { documentsQueue } from '../contracts/task-queues.js';
import type { SyncVendorsInput } from '../contracts/vendor-master.js';
import type { KeepWebhooksInput } from '../contracts/webhooks.js';
import {
  tokenKeeperWorkflowId,
  dimensionSyncWorkflowId,
  vendorSyncWorkflowId,
  watchScheduleName,
  webhookKeeperWorkflowId,
} from '../contracts/workflow-ids.js';
import { atFixedTimes, everySeconds, syncCadence } from './schedule-cadence.js';
import { dimensionSyncInputs } from './dimension-sync-inputs.js';

/** Values of the enumeration `IndexedValueType` of Temporal's API. */
const indexedValueTypes: Record<string, number> = { Keyword: 2, Double: 4, Datetime: 6 };
const rotationsPerRun = 200;
/** About a week of hourly checks. */
const checksPerRun = 168;
const daySeconds = 86_400;
const hourSeconds = 3_600;

/** What stands in Temporal after the bootstrap. */
export interface Bootstrapped {
  schedules: string[];
  /** Schedules of connections, companies or document types that the file does not name any more. */
  removed: string[];
  keepers: string[];
}

/**
 * Puts everything in place that the workers need in Temporal, and takes away the schedules that are not wanted any more. Safe
 * to repeat; keeps an operator's pause (practices 9).
 */
export async function bootstrap(client: Client, file: ConnectionsFile): Promise<Bootstrapped> {
  await registerSearchAttributes(client, file.operation.namespace);
  const schedules = desiredSchedules(file);
  for (const schedule of schedules) await ensureSchedule(client, schedule);
  const removed = await removeOthers(client, schedules, file.operation.queuePrefix);
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
  const webhookKeepers = await keepWebhooks(client, file);
  return {
    schedules: schedules.map((schedule) => schedule.scheduleId),
    removed,
    keepers: [...file.concur.map((concur) => tokenKeeperWorkflowId(concur.name)), ...webhookKeepers],
  };
}

/** Starts the keeper of each connection with webhooks, and ends that of one which has them no more; returns their ids. */
async function keepWebhooks(client: Client, { erp, operation, timings }: ConnectionsFile): Promise<string[]> {
  const { queuePrefix } = operation;
  const kept: string[] = [];
  for (const connection of erp) {
    if (connection.kind !== 'business-central') continue;
    const workflowId = webhookKeeperWorkflowId(connection.name);
    if (connection.webhooks === undefined) {
      await endKeeper(client, workflowId);
      continue;
    }
    const { name } = connection;
    const { retryMaximumSeconds } = timings;
    const input: KeepWebhooksInput = { connection: name, queuePrefix, retryMaximumSeconds, checksPerRun };
    await client.workflow.start('keepWebhooks', {
      taskQueue: documentsQueue(queuePrefix),
      workflowId,
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      args: [input],
      staticSummary: `Webhook keeper of ERP connection ${name}`,
    });
    kept.push(workflowId);
  }
  return kept;
}

/** Subscriptions that nobody renews any more end by themselves within three days. */
async function endKeeper(client: Client, workflowId: string): Promise<void> {
  try {
    await client.workflow.getHandle(workflowId).terminate('the connections file has no webhooks for this connection');
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
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

/**
 * Poll per Concur company and document type; three watches per ERP company, and the sync of its vendors where that is
 * configured. Ids begin with the queue prefix.
 */
export function desiredSchedules(file: ConnectionsFile): ScheduleOptions[] {
  const { timings, operation } = file;
  const taskQueue = documentsQueue(operation.queuePrefix);
  const { retryMaximumSeconds } = timings;
  const schedule = (
    name: string,
    workflowType: string,
    cadence: number | PollAt,
    input: PollInput | WatchInput | HandOffInput | KeepSubscriptionsInput | SyncVendorsInput,
    note: string,
  ) => {
    const scheduleId = `${operation.queuePrefix}${name}`;
    const { spec, catchupWindow } = typeof cadence === 'number' ? everySeconds(cadence) : atFixedTimes(cadence);
    return {
      scheduleId,
      spec,
      action: { type: 'startWorkflow', workflowType, workflowId: scheduleId, taskQueue, args: [input] },
      // A poll that pauses itself on an outage would stop the business silently (practices 9).
      policies: {
        overlap: ScheduleOverlapPolicy.SKIP,
        catchupWindow,
        pauseOnFailure: false,
      },
      memo: { note },
    } satisfies ScheduleOptions;
  };

  const polls = file.concur.flatMap((concur) =>
    concur.documentTypes.map((docType) =>
      schedule(
        `poll:${concur.name}:${docType}`,
        'pollDocuments',
        concur.pollAt ?? timings.pollSeconds,
        {
          connection: concur.name,
          docTypes: [docType],
          queuePrefix: operation.queuePrefix,
          maximumPasses: 20,
          maximumPages: concur.maximumPages,
          retryMaximumSeconds,
        },
        `Reads the queue of ready ${docType} documents`,
      ),
    ),
  );
  const watches = file.erp.flatMap((erp) =>
    erp.companies.flatMap(({ company }) => {
      const input = { erp: erp.name, company, queuePrefix: operation.queuePrefix, retryMaximumSeconds };
      const id = `${erp.name}:${company}`;
      return [
        schedule(
          watchScheduleName('postings', erp.name, company),
          'watchPostings',
          timings.postingWatchSeconds,
          input,
          'Looks for posted documents',
        ),
        schedule(
          watchScheduleName('payments', erp.name, company),
          'watchPayments',
          timings.paymentWatchSeconds,
          input,
          'Looks for settlements',
        ),
        schedule(
          `watch-vendors:${id}`,
          'watchVendors',
          timings.vendorRecheckSeconds,
          input,
          'Looks for awaited vendors',
        ),
      ];
    }),
  );
  const subscriptions = file.concur.flatMap(({ name, events }) => {
    if (!events) return [];
    const input = { connection: name, queuePrefix: operation.queuePrefix, retryMaximumSeconds };
    const daily = schedule(`events:${name}`, 'keepSubscriptions', daySeconds, input, 'Keeps the event subscription');
    // At once, too: a company that is connected before its subscription stands is missing from it (platform spec 2.1).
    return [{ ...daily, state: { triggerImmediately: true } }];
  });
  const handOffs = file.concur.map(({ name }) =>
    schedule(
      `watch-hand-off:${name}`,
      'watchHandOff',
      Math.min(hourSeconds, timings.handOffTargetSeconds),
      { connection: name, queuePrefix: operation.queuePrefix, targetSeconds: timings.handOffTargetSeconds },
      'Looks for documents that are not posted in time',
    ),
  );
  const vendors = file.erp.flatMap((erp) =>
    erp.companies.flatMap(({ company, timeZone, vendorSync }) => {
      if (!vendorSync) return [];
      const { concur, fromConcur } = vendorSync;
      const input = {
        ...{ concur, erp: erp.name, company, queuePrefix: operation.queuePrefix, dryRun: false, force: false },
        ...(fromConcur === 'off' ? {} : { fromConcur: true as const }),
      };
      return [
        schedule(
          vendorSyncWorkflowId(concur, erp.name, company),
          'syncVendors',
          syncCadence(vendorSync, timeZone),
          { ...input, retryMaximumSeconds },
          'Tells Concur which vendors have changed',
        ),
      ];
    }),
  );
  const dimensions = dimensionSyncInputs(file).map(({ at, timeZone, input }) =>
    schedule(
      dimensionSyncWorkflowId(input.concur, input.erp, input.company),
      'syncDimensions',
      syncCadence({ at }, timeZone),
      { ...input, dryRun: false, force: false },
      'Tells Concur which values of the dimensions have changed',
    ),
  );
  return [...polls, ...watches, ...handOffs, ...subscriptions, ...vendors, ...dimensions];
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

/** Deletes our own schedules that are not desired: a removed company would be polled for ever. Others' are left alone. */
async function removeOthers(client: Client, desired: ScheduleOptions[], queuePrefix: string): Promise<string[]> {
  const wanted = new Set(desired.map(({ scheduleId }) => scheduleId));
  const removed: string[] = [];
  for await (const { scheduleId } of client.schedule.list()) {
    if (!wanted.has(scheduleId) && isOurs(scheduleId, queuePrefix)) removed.push(scheduleId);
  }
  for (const scheduleId of removed) {
    await client.schedule
      .getHandle(scheduleId)
      .delete()
      .catch((error: unknown) => {
        // The list lags behind: an earlier bootstrap has deleted it.
        if (!(error instanceof ScheduleNotFoundError)) throw error;
      });
  }
  return removed;
}

const isOurs = (scheduleId: string, queuePrefix: string): boolean =>
  scheduleId.startsWith(queuePrefix) &&
  /^(poll:|watch-|events:|vendors:|dimensions:)/.test(scheduleId.slice(queuePrefix.length));
