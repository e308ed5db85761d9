import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type {
  createConcurActivities,
  createDocumentActivities,
  createErpActivities,
} from '../../src/activities/index.js';
import type { DocType } from '../../src/contracts/documents.js';
import type { PollInput, PollResult, WatchInput, WatchResult } from '../../src/contracts/steps.js';
import { concurQueue, documentsQueue, erpQueue } from '../../src/contracts/task-queues.js';
import { concurConnection, useStage } from './support.js';

type Activities = ReturnType<typeof createConcurActivities> &
  ReturnType<typeof createDocumentActivities> &
  ReturnType<typeof createErpActivities>;

/** Concur's queue of ready documents by type, and our store. Starting a document acknowledges it: it leaves the queue. */
const queue = {
  ready: new Map<DocType, string[]>(),
  stored: new Set<string>(),
  unstarted: new Set<string>(),
  started: [] as string[],
  calls: [] as string[],
  /** When each pass says that it began. */
  passes: new Set<string>(),
  takenBack: 0,
};
const pageLimit = 50;

/** What the ERP has to say, and what has been told to documents. */
const erp = { watched: 0, found: 0, untold: 0, vendorKeys: [] as string[], told: [] as string[] };

const concur: Pick<Activities, 'collectReadyPage' | 'confirmReversalsInConcur'> = {
  async confirmReversalsInConcur({ docType }) {
    queue.calls.push(`reversals ${docType}`);
    queue.takenBack = 0;
    return {};
  },
  async collectReadyPage({ docType, page, passBeganAt }) {
    queue.calls.push(`${docType} ${page}`);
    queue.passes.add(`${docType} ${passBeganAt}`);
    const ready = queue.ready.get(docType) ?? [];
    const listed = ready.slice(page * pageLimit, (page + 1) * pageLimit);
    const fresh = listed.filter((id) => !queue.stored.has(id));
    for (const id of fresh) {
      queue.stored.add(id);
      queue.unstarted.add(id);
    }
    const isLast = (page + 1) * pageLimit >= ready.length;
    const takenBack = queue.takenBack === 0 ? {} : { takenBack: queue.takenBack };
    return { found: listed.length, fresh: fresh.length, unstarted: queue.unstarted.size, isLast, ...takenBack };
  },
};

const store: Pick<Activities, 'startDocuments' | 'tellPostings' | 'tellPayments' | 'tellVendors'> = {
  async startDocuments() {
    queue.calls.push('start');
    const starting = [...queue.unstarted];
    queue.started.push(...starting);
    queue.unstarted.clear();
    for (const [docType, ids] of queue.ready) {
      queue.ready.set(
        docType,
        ids.filter((id) => !starting.includes(id)),
      );
    }
    return { started: starting.length };
  },
  tellPostings: async ({ company }) => tell(`postings ${company}`, erp.untold),
  tellPayments: async ({ company }) => tell(`payments ${company}`, erp.untold),
  tellVendors: async ({ vendorKeys }) => tell(`vendors ${vendorKeys.join(' ')}`, vendorKeys.length),
};

const watched: Pick<Activities, 'readPostingsFromErp' | 'readSettlementsFromErp' | 'readWaitedVendorsFromErp'> = {
  readPostingsFromErp: async () => erp,
  readSettlementsFromErp: async () => erp,
  readWaitedVendorsFromErp: async () => ({ watched: erp.watched, vendorKeys: erp.vendorKeys }),
};

function tell(what: string, told: number): { told: number } {
  erp.told.push(what);
  return { told };
}

const stage = useStage((prefix) => ({
  [documentsQueue(prefix)]: store,
  [concurQueue(prefix, concurConnection)]: concur,
  [erpQueue(prefix, 'fo')]: watched,
}));

async function poll(ready: Partial<Record<DocType, number>>, changes: Partial<PollInput> = {}): Promise<PollResult> {
  queue.ready = new Map();
  for (const [docType, count] of Object.entries(ready)) {
    const ids = Array.from({ length: count }, (_, index) => `${docType}-${index}`);
    queue.ready.set(docType as DocType, ids);
  }
  Object.assign(queue, { stored: new Set(), started: [], calls: [], passes: new Set() });
  const input: PollInput = {
    connection: concurConnection,
    docTypes: Object.keys(ready) as DocType[],
    queuePrefix: stage.prefix,
    maximumPasses: 20,
    maximumPages: 100,
    retryMaximumSeconds: 600,
    ...changes,
  };
  return execute('pollDocuments', input) as Promise<PollResult>;
}

async function watch(workflow: string, changes: Partial<typeof erp>): Promise<WatchResult> {
  Object.assign(erp, { watched: 0, found: 0, untold: 0, vendorKeys: [], told: [] }, changes);
  const input: WatchInput = { erp: 'fo', company: 'usmf', queuePrefix: stage.prefix, retryMaximumSeconds: 600 };
  return execute(workflow, input) as Promise<WatchResult>;
}

const execute = (workflow: string, input: PollInput | WatchInput): Promise<unknown> =>
  stage.client.workflow.execute(workflow, {
    taskQueue: documentsQueue(stage.prefix),
    workflowId: crypto.randomUUID(),
    args: [input],
  });

describe('a poll', () => {
  stage.test('S62: of 130 ready documents all are started once, although starting them shifts the pages', async () => {
    const result = await poll({ expense: 130 });
    assert.equal(queue.started.length, 130);
    assert.equal(new Set(queue.started).size, 130);
    assert.equal(result.fresh, 130);
    assert.equal(result.started, 130);
    assert.deepEqual(queue.ready.get('expense'), []);
  });

  stage.test('S62, S64: it ends with the first pass that brings nothing new', async () => {
    await poll({ expense: 20 });
    assert.deepEqual(queue.calls, ['expense 0', 'start', 'expense 0']);
  });

  stage.test('S105: documents of the first page are started before the next page is read', async () => {
    await poll({ expense: 60, invoice: 1 });
    assert.deepEqual(queue.calls.slice(0, 2), ['expense 0', 'start']);
    assert.equal(queue.started.filter((id) => id.startsWith('invoice')).length, 1);
  });

  stage.test(
    'Decisions 26: a type of which everything was known is not read again because another one had news',
    async () => {
      await poll({ cashadvance: 0, expense: 1, invoice: 0 });
      const lists = queue.calls.filter((call) => call !== 'start');
      assert.deepEqual(lists, ['cashadvance 0', 'expense 0', 'invoice 0', 'expense 0']);
    },
  );

  stage.test(
    'S91: every page of a pass is told when its pass began, so that its end can tell what was not met',
    async () => {
      await poll({ expense: 130 }, { maximumPasses: 1 });
      assert.equal(queue.passes.size, 1);
      assert.ok([...queue.passes].every((pass) => !Number.isNaN(Date.parse(pass.split(' ')[1] ?? ''))));
    },
  );

  stage.test(
    'Decisions 21: payments taken back after the close are told by the poll, and only when there are any',
    async () => {
      queue.takenBack = 1;
      await poll({ expense: 0 });
      assert.deepEqual(queue.calls, ['expense 0', 'reversals expense']);
      await poll({ expense: 0 });
      assert.deepEqual(queue.calls, ['expense 0']);
    },
  );

  stage.test('S74: with nothing ready and nothing unstarted it reads one page and starts nothing', async () => {
    assert.deepEqual(await poll({ expense: 0 }), { found: 0, fresh: 0, started: 0 });
    assert.deepEqual(queue.calls, ['expense 0']);
  });

  stage.test(
    'S65: documents that an earlier poll stored and did not start are started, though nothing is new',
    async () => {
      queue.unstarted.add('expense-left-over');
      const result = await poll({ expense: 0 });
      assert.deepEqual(result, { found: 0, fresh: 0, started: 1 });
      assert.deepEqual(queue.started, ['expense-left-over']);
    },
  );

  stage.test('S62: its limits of passes and pages end it; the next poll goes on', async () => {
    const result = await poll({ expense: 500 }, { maximumPasses: 2, maximumPages: 1 });
    assert.equal(result.started, 100);
    assert.deepEqual(queue.calls, ['expense 0', 'start', 'expense 0', 'start']);
  });
});

describe('a watch', () => {
  for (const [workflow, told] of [
    ['watchPostings', 'postings usmf'],
    ['watchPayments', 'payments usmf'],
  ] as const) {
    stage.test(`S100, S101: ${workflow} tells documents only while there is something untold`, async () => {
      assert.deepEqual(await watch(workflow, { watched: 5 }), { watched: 5, found: 0, told: 0 });
      assert.deepEqual(erp.told, []);
      assert.deepEqual(await watch(workflow, { watched: 5, found: 2, untold: 2 }), { watched: 5, found: 2, told: 2 });
      assert.deepEqual(erp.told, [told]);
      // Found by an earlier watch that died before it told.
      assert.deepEqual(await watch(workflow, { watched: 5, untold: 1 }), { watched: 5, found: 0, told: 1 });
    });
  }

  stage.test('S88: watchVendors tells documents only of vendors that have appeared', async () => {
    assert.deepEqual(await watch('watchVendors', { watched: 3 }), { watched: 3, found: 0, told: 0 });
    assert.deepEqual(erp.told, []);
    const vendorKeys = ['fo/usmf/employee/1'];
    assert.deepEqual(await watch('watchVendors', { watched: 3, vendorKeys }), { watched: 3, found: 1, told: 1 });
    assert.deepEqual(erp.told, ['vendors fo/usmf/employee/1']);
  });
});
