import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Client } from '@temporalio/client';
import type { NativeConnection, WorkerOptions } from '@temporalio/worker';
import { Worker } from '@temporalio/worker';
import {
  createConcurActivities,
  createDocumentActivities,
  createDimensionReadActivities,
  createErpActivities,
  createListItemActivities,
  createPurchaseOrderActivities,
  createPurchaseRequestActivities,
  createPurchaseReviewActivities,
  createSubscriptionActivities,
  createTokenActivities,
  createVendorCreationActivities,
  createVendorMasterActivities,
  createVendorOutcomeActivities,
  createVendorProposalActivities,
  createWebhookActivities,
} from '../activities/index.js';
import type { ErpConnection } from '../config/connections-schema.js';
import { messageNames } from '../contracts/messages.js';
import { concurQueue, documentsQueue, erpQueue } from '../contracts/task-queues.js';
import { tokenKeeperWorkflowId } from '../contracts/workflow-ids.js';
import { heartbeatWhileRunning } from '../temporal/heartbeat-interceptor.js';
import { connectConcur } from './concur-connection.js';
import { documentDependencies, purchaseDependencies } from './document-dependencies.js';
import { connectErp } from './erp-connection.js';
import { connectEvents } from './events-connection.js';
import type { Parts } from './parts.js';
import { connectWebhooks } from './webhooks-connection.js';

/** The prebuilt workflow bundle beside the compiled code, or the sources where there is none (development, tests). */
function workflowSource(): Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath'> {
  const bundle = fileURLToPath(new URL('../../workflow-bundle.js', import.meta.url));
  if (existsSync(bundle)) return { workflowBundle: { codePath: bundle } };
  return { workflowsPath: fileURLToPath(new URL('../workflows/index.js', import.meta.url)) };
}

/** Two full FIS calls can gather at the same time (decisions 27). */
const waitingForCompany = 50;

/** A chain of Business Central takes twenty, and no more of them should wait for their turn to be posted (NAV spec 5). */
const waitingForChain = 20;

/** The same at an ERP; classic NAV shares no calls. */
function waitingAt({ kind, parallelism }: ErpConnection): number {
  if (kind === 'dynamics-nav') return parallelism;
  return kind === 'dynamics-fo' ? waitingForCompany : waitingForChain;
}

/** One worker per queue: `documents`, and one per remote connection (decisions 6). */
export async function createWorkers(parts: Parts, connection: NativeConnection): Promise<Worker[]> {
  const { file } = parts.connections;
  const { namespace, queuePrefix } = file.operation;
  const client = new Client({ connection, namespace });
  const requestRefresh = async (name: string): Promise<void> => {
    try {
      await client.workflow.getHandle(tokenKeeperWorkflowId(name)).signal(messageNames.refreshNow);
    } catch (error) {
      parts.logger.error(
        { connection: name, err: error },
        'the token keeper could not be asked for a new token; if it does not run, the schedule bootstrap starts it',
      );
      throw error;
    }
  };
  const common = {
    connection,
    namespace,
    interceptors: { activity: [heartbeatWhileRunning] },
    shutdownGraceTime: '35 seconds',
    shutdownForceTime: '45 seconds',
  } satisfies Partial<WorkerOptions>;

  const workers = [
    await Worker.create({
      ...common,
      ...workflowSource(),
      taskQueue: documentsQueue(queuePrefix),
      activities: {
        ...createDocumentActivities(documentDependencies(parts)),
        ...createVendorOutcomeActivities(parts.shared),
        ...createPurchaseReviewActivities(purchaseDependencies(parts)),
      },
      maxCachedWorkflows: 500,
      maxConcurrentActivityTaskExecutions: 20,
    }),
  ];
  for (const concur of file.concur) {
    const dependencies = connectConcur(parts, concur, requestRefresh);
    const events = connectEvents(parts, concur);
    workers.push(
      await Worker.create({
        ...common,
        taskQueue: concurQueue(queuePrefix, concur.name),
        activities: {
          ...createConcurActivities(dependencies.concur),
          ...createTokenActivities(dependencies.tokens),
          ...createVendorMasterActivities(dependencies.vendors),
          ...createVendorProposalActivities(dependencies.proposals),
          ...createListItemActivities(dependencies.lists),
          ...createPurchaseRequestActivities(dependencies.purchases),
          ...(events && createSubscriptionActivities(events)),
        },
        // Documents that wait for company make no call; `parallelism` limits the calls themselves, at the gate.
        maxConcurrentActivityTaskExecutions: concur.parallelism + waitingForCompany,
      }),
    );
  }
  for (const erp of file.erp) {
    const dependencies = connectErp(parts, erp);
    const webhooks = erp.kind === 'business-central' ? connectWebhooks(parts, erp) : undefined;
    workers.push(
      await Worker.create({
        ...common,
        taskQueue: erpQueue(queuePrefix, erp.name),
        activities: {
          ...createErpActivities(dependencies),
          ...createVendorCreationActivities(dependencies),
          ...createDimensionReadActivities(dependencies),
          ...createPurchaseOrderActivities(dependencies),
          ...(webhooks && createWebhookActivities(webhooks)),
        },
        // The same for the reads of an ERP.
        maxConcurrentActivityTaskExecutions: erp.parallelism + waitingAt(erp),
      }),
    );
  }
  return workers;
}
