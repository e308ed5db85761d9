import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type {
  createDocumentActivities,
  createErpActivities,
  createWebhookActivities,
} from '../../src/activities/index.js';
import { changeSender } from '../../src/composition/change-hints.js';
import { parseConnectionsFile } from '../../src/config/load-connections.js';
import type { FollowChangesInput, FollowedChanges } from '../../src/contracts/webhooks.js';
import { messageNames } from '../../src/contracts/messages.js';
import { documentsQueue, erpQueue } from '../../src/contracts/task-queues.js';
import { followChangesWorkflowId } from '../../src/contracts/workflow-ids.js';
import { projectRoot } from '../../src/launcher/project-root.js';
import type { followChanges, watchVendors } from '../../src/workflows/index.js';
import { untilTrue, useStage } from './support.js';

type Erp = ReturnType<typeof createErpActivities> & ReturnType<typeof createWebhookActivities>;
type Documents = ReturnType<typeof createDocumentActivities>;

/** Business Central as the activities see it, and the documents that wait for it. */
const systems = {
  /** What each round finds; nothing once it is empty. */
  rounds: [] as FollowedChanges[],
  /** Vendors that documents wait for and that can be posted to by now. */
  ready: new Set<string>(),
  waiting: new Map<string, number>(),
  calls: [] as string[],
  onRound: (): Promise<void> => Promise.resolve(),
};

const erp: Pick<
  Erp,
  'followNotifications' | 'markNewsTold' | 'readWaitedVendorsFromErp' | 'readPostingsFromErp' | 'readSettlementsFromErp'
> = {
  async followNotifications() {
    systems.calls.push('follow');
    await systems.onRound();
    return systems.rounds.shift() ?? { fresh: 0, news: [], isMore: false };
  },
  async markNewsTold({ company, upTo }) {
    systems.calls.push(`told ${company} ${upTo}`);
    return {};
  },
  async readWaitedVendorsFromErp({ company }) {
    systems.calls.push(`vendors ${company}`);
    const vendorKeys = [...systems.waiting.keys()].filter((key) => systems.ready.has(key));
    return { watched: systems.waiting.size, vendorKeys };
  },
  async readPostingsFromErp({ company }) {
    systems.calls.push(`postings ${company}`);
    return { watched: 1, found: 1, untold: 1 };
  },
  async readSettlementsFromErp({ company }) {
    systems.calls.push(`settlements ${company}`);
    return { watched: 1, found: 0, untold: 0 };
  },
};

const documents: Pick<Documents, 'tellVendors' | 'tellPostings' | 'tellPayments' | 'tellMasterData'> = {
  async tellVendors({ vendorKeys }) {
    let told = 0;
    for (const key of vendorKeys) {
      told += systems.waiting.get(key) ?? 0;
      systems.waiting.delete(key);
    }
    systems.calls.push(`woken ${told}`);
    return { told };
  },
  async tellPostings({ company }) {
    systems.calls.push(`tell postings ${company}`);
    return { told: 1 };
  },
  async tellPayments({ company }) {
    systems.calls.push(`tell payments ${company}`);
    return { told: 1 };
  },
  async tellMasterData({ company }) {
    systems.calls.push(`tell held ${company}`);
    return { told: 1 };
  },
};

const stage = useStage((prefix) => ({
  [documentsQueue(prefix)]: documents,
  [erpQueue(prefix, 'bc')]: erp,
}));

function reset(rounds: FollowedChanges[] = []): void {
  const onRound = () => Promise.resolve();
  Object.assign(systems, { rounds, ready: new Set(), waiting: new Map(), calls: [], onRound });
}

const news = (...meanings: FollowedChanges['news'][number]['meanings']): FollowedChanges => ({
  fresh: 1,
  news: [{ company: 'North Ltd', meanings, upTo: '7' }],
  isMore: false,
});

const input = (changes: Partial<FollowChangesInput> = {}): FollowChangesInput => ({
  ...{ connection: 'bc', queuePrefix: stage.prefix, retryMaximumSeconds: 60, maximumRounds: 20, paceSeconds: 5 },
  ...changes,
});

const notify = (changes: Partial<FollowChangesInput> = {}) =>
  stage.client.workflow.signalWithStart<typeof followChanges>('followChanges', {
    taskQueue: documentsQueue(stage.prefix),
    workflowId: followChangesWorkflowId('bc'),
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    args: [input(changes)],
    signal: messageNames.changesNotified,
    signalArgs: [],
  });

describe('following the notifications of Business Central', () => {
  stage.test('S88: a vendor of which a notification tells wakes all three documents that wait for it', async () => {
    reset([news('vendors')]);
    systems.waiting.set('bc/North Ltd/supplier/V1', 3);
    systems.ready.add('bc/North Ltd/supplier/V1');
    const handle = await notify();
    assert.deepEqual(await handle.result(), { fresh: 1, rounds: 1 });
    assert.deepEqual(systems.calls, ['follow', 'vendors North Ltd', 'woken 3', 'told North Ltd 7']);
  });

  stage.test('S55, S88: the poll alone wakes the same documents, with no webhook at all', async () => {
    reset();
    systems.waiting.set('bc/North Ltd/supplier/V1', 3);
    const watch = () =>
      stage.client.workflow.execute<typeof watchVendors>('watchVendors', {
        taskQueue: documentsQueue(stage.prefix),
        workflowId: `${stage.prefix}watch-${crypto.randomUUID()}`,
        args: [{ erp: 'bc', company: 'North Ltd', queuePrefix: stage.prefix, retryMaximumSeconds: 60 }],
      });
    assert.equal((await watch()).told, 0);
    systems.ready.add('bc/North Ltd/supplier/V1');
    assert.equal((await watch()).told, 3);
    assert.equal((await watch()).told, 0, 'and only once');
  });

  stage.test(
    'S59: a changed invoice makes postings and payments of its company be looked for; master data wakes holds',
    async () => {
      reset([news('documents', 'master-data')]);
      await (await notify()).result();
      assert.deepEqual(systems.calls, [
        ...['follow', 'postings North Ltd', 'tell postings North Ltd', 'settlements North Ltd'],
        ...['tell held North Ltd', 'told North Ltd 7'],
      ]);
    },
  );

  stage.test('S57: a hundred notifications during a round are one more round, after a pause', async () => {
    reset([news('vendors'), news('vendors')]);
    let isHeld = true;
    systems.onRound = async () => {
      await untilTrue('the round may go on', () => !isHeld);
    };
    const handle = await notify();
    await untilTrue('the first round has begun', () => systems.calls.length > 0);
    await Promise.all(Array.from({ length: 100 }, () => notify()));
    isHeld = false;
    assert.deepEqual(await handle.result(), { fresh: 2, rounds: 2 });
    const history = await handle.fetchHistory();
    const timers = history.events?.filter(({ timerStartedEventAttributes: timer }) => timer).length ?? 0;
    assert.ok(timers >= 1, 'it pauses between two rounds');
  });

  stage.test('S59: it goes on while more waits, also as a new run', async () => {
    const more = { ...news('vendors'), isMore: true };
    reset([more, more, more, news('vendors')]);
    const started = await notify({ maximumRounds: 2 });
    const handle = stage.client.workflow.getHandle<typeof followChanges>(started.workflowId);
    assert.deepEqual(await handle.result(), { fresh: 2, rounds: 2 });
    assert.equal(systems.calls.filter((call) => call === 'follow').length, 4);
  });

  stage.test('S57: the receiver starts it, or tells the one that runs', async () => {
    reset([news('vendors')]);
    const file = parseConnectionsFile(`${projectRoot()}/examples/connections.yaml`);
    const operation = { ...file.operation, queuePrefix: stage.prefix };
    const send = changeSender(stage.client, { ...file, operation });
    const runs = await Promise.all([send('bc'), send('bc'), send('bc')]);
    assert.equal(new Set(runs).size, 1);
    await stage.client.workflow.getHandle(followChangesWorkflowId('bc')).result();
    assert.ok(systems.calls.includes('told North Ltd 7'));
  });
});
