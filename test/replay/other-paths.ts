import type { WorkflowHandle } from '@temporalio/client';
import type {
  createConcurActivities,
  createDocumentActivities,
  createErpActivities,
  createSubscriptionActivities,
  createTokenActivities,
} from '../../src/activities/index.js';
import type { PollOnHintInput } from '../../src/contracts/events.js';
import { messageNames } from '../../src/contracts/messages.js';
import type { PollInput, TokenState, WatchInput } from '../../src/contracts/steps.js';
import { concurQueue, documentsQueue, erpQueue } from '../../src/contracts/task-queues.js';
import { waitUntil } from '../../src/launcher/wait-until.js';
import { concurConnection, type ActivitiesByQueue, type Stage } from '../workflows/support.js';

type Place = Pick<Stage, 'client' | 'prefix'>;
type OtherPath = (place: Place) => Promise<WorkflowHandle>;

type FakeConcur = Pick<ReturnType<typeof createConcurActivities>, 'collectReadyPage'> &
  ReturnType<typeof createTokenActivities> &
  Pick<ReturnType<typeof createSubscriptionActivities>, 'keepSubscriptions'>;
type FakeStore = Pick<
  ReturnType<typeof createDocumentActivities>,
  'startDocuments' | 'tellPostings' | 'tellPayments' | 'tellVendors' | 'checkHandOff'
>;
type FakeErp = Pick<
  ReturnType<typeof createErpActivities>,
  'readPostingsFromErp' | 'readSettlementsFromErp' | 'readWaitedVendorsFromErp'
>;

/** What the keeper, the poll and the watches meet: a parked connection, two pages of the queue, news from the ERP. */
export function otherQueuesOf(prefix: string): ActivitiesByQueue {
  const connected: TokenState = {
    status: 'active',
    version: 1,
    accessExpiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    refreshExpiresAt: new Date(Date.now() + 180 * 86_400_000).toISOString(),
    renewAt: new Date(Date.now() + 3_000_000).toISOString(),
    dataCentre: 'https://eu2.api.concursolutions.com',
    missingScopes: [],
  };
  const looks: TokenState[] = [{ status: 'parked', reason: 'revoked', remedy: 'Enter a new request token.' }];
  const pages = [
    { found: 2, fresh: 2, unstarted: 2, isLast: false },
    { found: 1, fresh: 0, unstarted: 0, isLast: true },
  ];
  const lastPage = { found: 0, fresh: 0, unstarted: 0, isLast: true };
  const news = { watched: 3, found: 1, untold: 1 };
  const concur: FakeConcur = {
    keepTokenFresh: async () => looks.shift() ?? connected,
    collectReadyPage: async () => pages.shift() ?? lastPage,
    keepSubscriptions: async () => ({ status: 'active', subscriptionId: 'ours' }),
  };
  const store: FakeStore = {
    startDocuments: async () => ({ started: 2 }),
    tellPostings: async () => ({ told: 1 }),
    tellPayments: async () => ({ told: 1 }),
    tellVendors: async () => ({ told: 1 }),
    checkHandOff: async () => ({ late: 0 }),
  };
  const erp: FakeErp = {
    readPostingsFromErp: async () => news,
    readSettlementsFromErp: async () => news,
    readWaitedVendorsFromErp: async () => ({ watched: 1, vendorKeys: ['fo/usmf/employee/1'] }),
  };
  return {
    [documentsQueue(prefix)]: store,
    [concurQueue(prefix, concurConnection)]: concur,
    [erpQueue(prefix, 'fo')]: erp,
  };
}

async function run({ client, prefix }: Place, workflow: string, input: object): Promise<WorkflowHandle> {
  const workflowId = `${prefix}${workflow}`;
  return client.workflow.start(workflow, { taskQueue: documentsQueue(prefix), workflowId, args: [input] });
}

/** The keeper never ends; its first run ends when it continues as new. */
const keepToken: OtherPath = async (recording) => {
  const input = { connection: concurConnection, queuePrefix: recording.prefix, rotationsPerRun: 3 };
  const handle = await run(recording, 'keepToken', input);
  const first = recording.client.workflow.getHandle(handle.workflowId, (await handle.describe()).runId);
  await waitUntil(
    async () => {
      await handle.signal(messageNames.refreshNow);
      return (await first.describe()).status.name === 'CONTINUED_AS_NEW' ? true : undefined;
    },
    { limitMs: 20_000, onLimit: () => new Error('the keeper does not continue as new') },
  );
  await recording.client.workflow.getHandle(handle.workflowId).terminate('recorded');
  return first;
};

const watch =
  (workflow: string): OtherPath =>
  async (recording) => {
    const input: WatchInput = { erp: 'fo', company: 'usmf', queuePrefix: recording.prefix, retryMaximumSeconds: 60 };
    const handle = await run(recording, workflow, input);
    await handle.result();
    return handle;
  };

const poll: OtherPath = async (recording) => {
  const limits = { maximumPasses: 5, maximumPages: 5, retryMaximumSeconds: 60 };
  const input: PollInput = {
    connection: concurConnection,
    docTypes: ['expense'],
    queuePrefix: recording.prefix,
    ...limits,
  };
  const handle = await run(recording, 'pollDocuments', input);
  await handle.result();
  return handle;
};

/** Events come in while the first round reads: one more round follows. */
const hinted: OtherPath = async ({ client, prefix }) => {
  const input: PollOnHintInput = {
    connection: concurConnection,
    docTypes: ['expense'],
    queuePrefix: prefix,
    ...{ maximumPasses: 5, maximumPages: 5, retryMaximumSeconds: 60, maximumRounds: 50, hinted: [] },
  };
  const handle = await client.workflow.signalWithStart('pollOnHint', {
    taskQueue: documentsQueue(prefix),
    workflowId: `${prefix}pollOnHint`,
    args: [input],
    signal: messageNames.eventReceived,
    signalArgs: [{ docTypes: ['expense'] }],
  });
  await handle.result();
  return handle;
};

const simple =
  (workflow: string, input: object): OtherPath =>
  async (recording) => {
    const handle = await run(recording, workflow, {
      connection: concurConnection,
      queuePrefix: recording.prefix,
      ...input,
    });
    await handle.result();
    return handle;
  };

/** The paths of all workflows but the documents' own. */
export const otherPaths: Record<string, OtherPath> = {
  'keep-token': keepToken,
  'poll-documents': poll,
  'poll-on-hint': hinted,
  'keep-subscriptions': simple('keepSubscriptions', { retryMaximumSeconds: 60 }),
  'watch-hand-off': simple('watchHandOff', { targetSeconds: 60 }),
  'watch-postings': watch('watchPostings'),
  'watch-payments': watch('watchPayments'),
  'watch-vendors': watch('watchVendors'),
};
