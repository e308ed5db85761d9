import type { Client } from '@temporalio/client';
import { ScheduleNotFoundError, WorkflowNotFoundError } from '@temporalio/client';
import type { Connections } from '../../config/load-connections.js';
import { searchAttributeTypes } from '../../contracts/search-attributes.js';
import { concurQueue, documentsQueue } from '../../contracts/task-queues.js';
import { tokenKeeperWorkflowId } from '../../contracts/workflow-ids.js';
import { desiredSchedules } from '../../temporal/bootstrap.js';
import { withTemporal } from '../installation.js';
import type { Finding } from './findings.js';
import { checkLimitMs, examine, fail, ok, reasonOf, warn } from './findings.js';

/** What Temporal holds for the installation, and for each connection by name. */
export interface TemporalFindings {
  installation: Finding[];
  connections: Record<string, Finding[]>;
}

const bootstrapRemedy = 'Run the schedule bootstrap: `node dist/schedule.js`.';
const nothingRuns = 'no document goes on';
/** Values of the enumeration `TaskQueueType` of Temporal's API. */
const queueTypes = { workflow: 1, activity: 2 } as const;
const grpcNotFound = 5;

/** Looks at Temporal without changing anything there. */
export async function temporalFindings(
  connections: Connections,
  names: readonly string[],
  limitMs = checkLimitMs,
): Promise<TemporalFindings> {
  try {
    return await withTemporal(connections, async (client) => {
      const looks = names.map(async (name) => [name, await keeperFindings(client, name, limitMs)] as const);
      return {
        installation: await installationFindings(client, connections, names, limitMs),
        connections: Object.fromEntries(await Promise.all(looks)),
      };
    });
  } catch (error) {
    const unreachable = fail('temporal', reasonOf(error), {
      switchesOff: 'everything but single commands',
      remedy: 'Start Temporal, or correct operation.temporalAddress.',
    });
    return { installation: [unreachable], connections: {} };
  }
}

async function installationFindings(
  client: Client,
  connections: Connections,
  names: readonly string[],
  limitMs: number,
): Promise<Finding[]> {
  const { namespace } = connections.file.operation;
  const parts = await Promise.all([
    examine('temporal', () => namespaceFinding(client, namespace), limitMs),
    examine('search attributes', () => attributesFinding(client, namespace), limitMs),
    examine('schedules', () => schedulesFindings(client, connections), limitMs),
    examine('workers', () => workersFinding(client, connections, names), limitMs),
  ]);
  return parts.flat();
}

async function namespaceFinding(client: Client, namespace: string): Promise<Finding> {
  const check = 'temporal';
  try {
    await client.workflowService.describeNamespace({ namespace });
    return ok(check, `Reachable, with the namespace ${namespace}.`);
  } catch (error) {
    if (!(error instanceof Error) || Reflect.get(error, 'code') !== grpcNotFound) throw error;
    const remedy = 'Create it with `temporal operator namespace create`, or correct operation.namespace.';
    return fail(check, `Reachable, but it has no namespace ${namespace}.`, { switchesOff: nothingRuns, remedy });
  }
}

/** The call of Temporal's operator service that is used; the SDK's type of a client's connection leaves it out. */
interface OperatorService {
  listSearchAttributes(request: { namespace: string }): Promise<{ customAttributes?: Record<string, unknown> | null }>;
}

async function attributesFinding(client: Client, namespace: string): Promise<Finding> {
  const { operatorService } = client.connection as unknown as { operatorService: OperatorService };
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  const missing = Object.keys(searchAttributeTypes).filter((name) => customAttributes?.[name] === undefined);
  if (missing.length === 0) return ok('search attributes', 'All registered.');
  const found = `Not registered: ${missing.join(', ')}.`;
  return fail('search attributes', found, { switchesOff: 'no document can be started', remedy: bootstrapRemedy });
}

async function schedulesFindings(client: Client, { file }: Connections): Promise<Finding[]> {
  const ids = desiredSchedules(file).map(({ scheduleId }) => scheduleId);
  const states = await Promise.all(ids.map((id) => scheduleState(client, id)));
  const named = (state: (typeof states)[number]): string[] => ids.filter((_id, index) => states[index] === state);
  const [missing, paused] = [named('missing'), named('paused')];
  const findings: Finding[] = [];
  if (missing.length > 0) {
    const switchesOff = 'what they start is not done: polls, watches, the care of event subscriptions';
    findings.push(fail('schedules', `Missing: ${missing.join(', ')}.`, { switchesOff, remedy: bootstrapRemedy }));
  }
  if (paused.length > 0) {
    const remedy = 'Unpause them in the Temporal UI when the reason of the pause is over; a note there may tell it.';
    findings.push(warn('schedules', `Paused: ${paused.join(', ')}.`, { switchesOff: 'what they start', remedy }));
  }
  return findings.length > 0 ? findings : [ok('schedules', `All ${ids.length} are there and none is paused.`)];
}

async function scheduleState(client: Client, id: string): Promise<'active' | 'paused' | 'missing'> {
  try {
    const { state } = await client.schedule.getHandle(id).describe();
    return state.paused ? 'paused' : 'active';
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    return 'missing';
  }
}

/** The call of Temporal's workflow service that is used, in its plain form. */
interface QueueService {
  describeTaskQueue(request: {
    namespace: string;
    taskQueue: { name: string };
    taskQueueType: number;
  }): Promise<{ pollers?: unknown[] | null }>;
}

async function workersFinding(
  client: Client,
  { file: { operation } }: Connections,
  names: readonly string[],
): Promise<Finding> {
  const { namespace, queuePrefix } = operation;
  const queues = [
    { name: documentsQueue(queuePrefix), taskQueueType: queueTypes.workflow },
    ...names.map((name) => ({ name: concurQueue(queuePrefix, name), taskQueueType: queueTypes.activity })),
  ];
  const service = client.workflowService as unknown as QueueService;
  const served = await Promise.all(
    queues.map(async ({ name, taskQueueType }) => {
      const { pollers } = await service.describeTaskQueue({ namespace, taskQueue: { name }, taskQueueType });
      return (pollers?.length ?? 0) > 0;
    }),
  );
  const idle = queues.filter((_queue, index) => served[index] !== true).map(({ name }) => name);
  if (idle.length === 0) return ok('workers', 'Workers serve the queues.');
  const found = `No worker has asked for work lately from: ${idle.join(', ')}.`;
  return warn('workers', found, { switchesOff: nothingRuns, remedy: 'Start workers: `node dist/worker.js`.' });
}

function keeperFindings(client: Client, name: string, limitMs: number): Promise<Finding[]> {
  const check = 'token keeper';
  const workflowId = tokenKeeperWorkflowId(name);
  const advice = { switchesOff: 'nobody renews the tokens: calls end with the access token', remedy: bootstrapRemedy };
  return examine(
    check,
    async () => {
      try {
        const { status } = await client.workflow.getHandle(workflowId).describe();
        return status.name === 'RUNNING'
          ? ok(check, `${workflowId} runs.`)
          : fail(check, `${workflowId} is ${status.name}.`, advice);
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
        return fail(check, `${workflowId} does not run.`, advice);
      }
    },
    limitMs,
  );
}
