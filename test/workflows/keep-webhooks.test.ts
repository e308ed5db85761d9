import assert from 'node:assert/strict';
import { afterEach, describe } from 'node:test';
import { activityInfo } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type {
  createDocumentActivities,
  createErpActivities,
  createWebhookActivities,
} from '../../src/activities/index.js';
import { failureTypes } from '../../src/contracts/failures.js';
import { messageNames } from '../../src/contracts/messages.js';
import { documentsQueue, erpQueue } from '../../src/contracts/task-queues.js';
import type { KeepWebhooksInput, WebhookState } from '../../src/contracts/webhooks.js';
import { webhookKeeperWorkflowId } from '../../src/contracts/workflow-ids.js';
import { untilDetails, untilTrue, useStage } from './support.js';

const hourMs = 3_600_000;

type Erp = ReturnType<typeof createErpActivities> & ReturnType<typeof createWebhookActivities>;

const webhooks = {
  /** When each look began, and whether it was asked to renew all. */
  looks: [] as { atMs: number; renewAll: boolean }[],
  afterMs: hourMs,
  isSweepDue: false,
  state: {} as Partial<WebhookState>,
  failures: [] as Error[],
  sweeps: 0,
  sweepFailure: undefined as Error | undefined,
  woken: [] as string[],
};

const erp: Pick<Erp, 'keepWebhooks' | 'sweepChanges' | 'markNewsTold' | 'readWaitedVendorsFromErp'> = {
  async keepWebhooks({ renewAll }) {
    const atMs = activityInfo().currentAttemptScheduledTimestampMs;
    webhooks.looks.push({ atMs, renewAll: renewAll === true });
    const failure = webhooks.failures.shift();
    if (failure) throw failure;
    const nextCheckAt = new Date(atMs + webhooks.afterMs).toISOString();
    return { held: 4, polled: [], nextCheckAt, isSweepDue: webhooks.isSweepDue, ...webhooks.state };
  },
  async sweepChanges() {
    webhooks.sweeps += 1;
    if (webhooks.sweepFailure) throw webhooks.sweepFailure;
    webhooks.isSweepDue = false;
    return { fresh: 1, news: [{ company: 'North Ltd', meanings: ['vendors'], upTo: '1' }], isMore: false };
  },
  async markNewsTold() {
    return {};
  },
  async readWaitedVendorsFromErp() {
    return { watched: 1, vendorKeys: ['v'] };
  },
};

const documents: Pick<ReturnType<typeof createDocumentActivities>, 'tellVendors'> = {
  async tellVendors({ vendorKeys }) {
    webhooks.woken.push(...vendorKeys);
    return { told: 1 };
  },
};

const stage = useStage((prefix) => ({
  [documentsQueue(prefix)]: documents,
  [erpQueue(prefix, 'bc')]: erp,
}));

let keeper: WorkflowHandle | undefined;

async function startKeeper(changes: Partial<typeof webhooks> = {}, checksPerRun = 100): Promise<WorkflowHandle> {
  Object.assign(webhooks, { looks: [], afterMs: hourMs, isSweepDue: false, state: {}, failures: [] });
  Object.assign(webhooks, { sweeps: 0, sweepFailure: undefined, woken: [] }, changes);
  const input: KeepWebhooksInput = {
    ...{ connection: 'bc', queuePrefix: stage.prefix, retryMaximumSeconds: 60 },
    checksPerRun,
  };
  const { workflowId } = await stage.client.workflow.start('keepWebhooks', {
    taskQueue: documentsQueue(stage.prefix),
    workflowId: `${stage.prefix}${webhookKeeperWorkflowId('bc')}`,
    args: [input],
  });
  keeper = stage.client.workflow.getHandle(workflowId);
  await untilTrue('the keeper has looked', () => webhooks.looks.length > 0);
  return keeper;
}

afterEach(async () => {
  await keeper?.terminate('the test is over');
  keeper = undefined;
});

describe('the keeper of the webhooks', () => {
  stage.test('S54: looks again at the instant that the activity names', async () => {
    await startKeeper({ afterMs: 20 * 60_000 });
    await stage.environment.sleep('70 minutes');
    const waits = webhooks.looks.slice(1).map(({ atMs }, index) => atMs - (webhooks.looks[index]?.atMs ?? 0));
    assert.equal(waits.length, 3);
    for (const wait of waits) assert.ok(wait >= 20 * 60_000 && wait < 21 * 60_000, `${wait} ms`);
  });

  stage.test('S54: renews all at once when it is asked to, and only then', async () => {
    const handle = await startKeeper();
    await handle.signal(messageNames.refreshNow);
    await untilTrue('it has looked again', () => webhooks.looks.length > 1);
    await stage.environment.sleep('61 minutes');
    assert.deepEqual(
      webhooks.looks.map(({ renewAll }) => renewAll),
      [false, true, false],
    );
  });

  stage.test('S59: a sweep that is due wakes what waits for the company', async () => {
    await startKeeper({ isSweepDue: true });
    await untilTrue('somebody was woken', () => webhooks.woken.length > 0);
    await stage.environment.sleep('61 minutes');
    assert.deepEqual([webhooks.sweeps, webhooks.woken], [1, ['v']]);
  });

  stage.test('S54: a sweep that fails again and again keeps no subscription from being renewed', async () => {
    await startKeeper({ isSweepDue: true, sweepFailure: new Error('the company cannot be read') });
    await stage.environment.sleep('5 hours');
    assert.ok(webhooks.sweeps > 5);
    assert.ok(webhooks.looks.length >= 3, `${webhooks.looks.length} looks in five hours`);
  });

  stage.test('S54: outlives a failure that repeating does not cure, and tells it', async () => {
    const failure = ApplicationFailure.nonRetryable('No permission to read subscriptions.', failureTypes.rejected);
    const handle = await startKeeper({ failures: [failure] });
    await untilDetails(handle, /could not be looked after[^]*No permission to read subscriptions[^]*polling/);
    await stage.environment.sleep('61 minutes');
    await untilDetails(handle, /4 subscriptions stand/);
  });

  stage.test('S58: the details tell which sets are polled, and why', async () => {
    const polled: WebhookState['polled'] = [{ company: 'North Ltd', set: 'vendors', reason: 'Nobody answered.' }];
    const handle = await startKeeper({ state: { held: 3, polled, firstExpiry: '2026-08-24T10:00:00.000Z' } });
    await untilDetails(handle, /3 subscriptions stand[^]*2026-08-24[^]*vendors of North Ltd: Nobody answered\./);
  });

  stage.test('S54: continues as new without losing what it was asked for', async () => {
    const handle = await startKeeper({}, 2);
    await stage.environment.sleep('61 minutes');
    await handle.signal(messageNames.refreshNow);
    await untilTrue('it has looked again', () => webhooks.looks.some(({ renewAll }) => renewAll));
    assert.equal(webhooks.looks.length, 3);
  });
});
