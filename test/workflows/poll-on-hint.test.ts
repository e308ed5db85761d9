import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type { createConcurActivities, createDocumentActivities } from '../../src/activities/index.js';
import { hintSender } from '../../src/composition/event-hints.js';
import { parseConnectionsFile } from '../../src/config/load-connections.js';
import type { DocType } from '../../src/contracts/documents.js';
import type { PollOnHintInput } from '../../src/contracts/events.js';
import { messageNames } from '../../src/contracts/messages.js';
import { concurQueue, documentsQueue } from '../../src/contracts/task-queues.js';
import { pollOnHintWorkflowId } from '../../src/contracts/workflow-ids.js';
import { projectRoot } from '../../src/launcher/project-root.js';
import type { pollOnHint } from '../../src/workflows/index.js';
import { concurConnection, untilTrue, useStage } from './support.js';

type Activities = ReturnType<typeof createConcurActivities> & ReturnType<typeof createDocumentActivities>;

/** Concur's queue of ready documents, what the store knows, and what was asked. */
const systems = {
  ready: [] as string[],
  stored: new Set<string>(),
  started: [] as string[],
  pages: [] as DocType[],
  /** Called before a page is answered. */
  onPage: (): Promise<void> => Promise.resolve(),
};

const concur: Pick<Activities, 'collectReadyPage'> = {
  async collectReadyPage({ docType }) {
    systems.pages.push(docType);
    const listed = systems.ready.filter((id) => id.startsWith(docType));
    await systems.onPage();
    const fresh = listed.filter((id) => !systems.stored.has(id));
    for (const id of fresh) systems.stored.add(id);
    return { found: listed.length, fresh: fresh.length, unstarted: fresh.length, isLast: true };
  },
};

const store: Pick<Activities, 'startDocuments'> = {
  async startDocuments() {
    const starting = [...systems.stored].filter((id) => !systems.started.includes(id));
    systems.started.push(...starting);
    systems.ready = systems.ready.filter((id) => !starting.includes(id));
    return { started: starting.length };
  },
};

const stage = useStage((prefix) => ({
  [documentsQueue(prefix)]: store,
  [concurQueue(prefix, concurConnection)]: concur,
}));

function reset(ready: string[] = []): void {
  Object.assign(systems, { ready, stored: new Set(), started: [], pages: [], onPage: () => Promise.resolve() });
}

const input = (changes: Partial<PollOnHintInput> = {}): PollOnHintInput => ({
  connection: concurConnection,
  docTypes: ['expense', 'invoice'],
  queuePrefix: stage.prefix,
  maximumPasses: 20,
  maximumPages: 10,
  retryMaximumSeconds: 60,
  maximumRounds: 20,
  hinted: [],
  ...changes,
});

const hint = (docTypes: unknown, changes: Partial<PollOnHintInput> = {}) =>
  stage.client.workflow.signalWithStart<typeof pollOnHint, [unknown]>('pollOnHint', {
    taskQueue: documentsQueue(stage.prefix),
    workflowId: pollOnHintWorkflowId(concurConnection),
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    args: [input(changes)],
    signal: messageNames.eventReceived,
    signalArgs: [{ docTypes }],
  });

/** Tells it as the receiver does, with the settings of the example. */
async function tell(docTypes: DocType[]): Promise<string> {
  const example = parseConnectionsFile(`${projectRoot()}/examples/connections.yaml`);
  const operation = { ...example.operation, queuePrefix: stage.prefix };
  const concur = example.concur.slice(0, 1).map((first) => ({ ...first, name: concurConnection }));
  return hintSender(stage.client, { ...example, operation, concur })(concurConnection, docTypes);
}

/** Holds the next page back until `release` is called. */
function gate(): { reached: () => boolean; release: () => void } {
  let isReached = false;
  let release: () => void = () => undefined;
  const open = new Promise<void>((resolve) => (release = resolve));
  systems.onPage = async () => {
    isReached = true;
    await open;
  };
  return { reached: () => isReached, release };
}

describe('the poll that events hint at', () => {
  stage.test('S70: a hint polls the announced types at once, starts what is ready, and ends', async () => {
    reset(['invoice-1']);
    const result = await (await hint(['invoice'])).result();
    assert.deepEqual(systems.started, ['invoice-1']);
    assert.deepEqual(systems.pages, ['invoice', 'invoice']);
    assert.deepEqual(result, { found: 1, fresh: 1, started: 1, rounds: 1 });
  });

  stage.test('S72: five hints, two of them at once, are one run and start the document once', async () => {
    reset(['expense-1']);
    const { reached, release } = gate();
    await Promise.all([tell(['expense']), tell(['expense'])]);
    await untilTrue('the first page is read', reached);
    const handle = stage.client.workflow.getHandle<typeof pollOnHint>(pollOnHintWorkflowId(concurConnection));
    const { runId } = await handle.describe();
    for (let turn = 0; turn < 3; turn += 1) assert.equal(await tell(['expense']), runId);
    release();
    assert.equal((await handle.result()).rounds, 2);
    assert.equal((await handle.describe()).runId, runId);
    assert.deepEqual(systems.started, ['expense-1']);
    // By the next run the receiver knows that the former hints were answered.
    assert.notEqual(await tell(['expense']), runId);
    await stage.client.workflow.getHandle(pollOnHintWorkflowId(concurConnection)).result();
  });

  stage.test(
    'S72, S74: a hint while a round runs makes one more round, for what came behind the page that was read',
    async () => {
      reset(['expense-1']);
      const { reached, release } = gate();
      const handle = await hint(['expense']);
      await untilTrue('the first page is read', reached);
      // Ready after the page was read: the round that runs does not see it.
      systems.ready.push('invoice-2');
      await hint(['invoice']);
      release();
      const result = await handle.result();
      assert.deepEqual(systems.started, ['expense-1', 'invoice-2']);
      assert.deepEqual([result.rounds, result.started], [2, 2]);
    },
  );

  stage.test('S70: a thousand hints during one round are one more round', async () => {
    reset(['expense-1']);
    const { reached, release } = gate();
    const handle = await hint(['expense']);
    await untilTrue('the first page is read', reached);
    const signals = Array.from({ length: 1_000 }, (_, turn) => turn);
    for (let from = 0; from < signals.length; from += 100) {
      await Promise.all(
        signals
          .slice(from, from + 100)
          .map((turn) =>
            handle.signal(messageNames.eventReceived, { docTypes: [turn % 2 === 0 ? 'expense' : 'invoice'] }),
          ),
      );
    }
    release();
    assert.equal((await handle.result()).rounds, 2);
    assert.ok(systems.pages.length <= 4, `${systems.pages.length} pages were read`);
  });

  stage.test('S70: types that are not polled, and senseless signals, are no work and do no harm', async () => {
    reset(['cashadvance-1']);
    for (const docTypes of [['cashadvance'], [], 'expense', null, [7]]) {
      const result = await (await hint(docTypes)).result();
      assert.deepEqual(result, { found: 0, fresh: 0, started: 0, rounds: 0 });
    }
    assert.deepEqual(systems.pages, []);
  });

  stage.test('S72: a run with too many rounds goes on as a new one and forgets no hint', async () => {
    reset(['expense-1']);
    const { reached, release } = gate();
    const handle = await hint(['expense'], { maximumRounds: 1 });
    await untilTrue('the first page is read', reached);
    systems.ready.push('invoice-2');
    await hint(['invoice']);
    release();
    const result = await handle.result();
    assert.deepEqual(systems.started, ['expense-1', 'invoice-2']);
    assert.equal(result.rounds, 1);
  });

  stage.test('S70: the receiver starts and signals it with what the connections file says', async () => {
    reset(['expense-9']);
    await tell(['expense']);
    await stage.client.workflow.getHandle(pollOnHintWorkflowId(concurConnection)).result();
    assert.deepEqual(systems.started, ['expense-9']);
    assert.deepEqual([...new Set(systems.pages)], ['expense']);
  });
});
