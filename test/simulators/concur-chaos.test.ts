import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FaultPlan } from '../../simulators/harness/fault-plan.js';
import type { FaultLevel, SystemName } from '../../simulators/harness/types.js';
import { randomStream } from '../../simulators/harness/random.js';
import { acknowledgement, expense, newId, openStage, success, transactions, type ConcurStage } from './concur-stage.js';

const lagMs = 1_000;

/** A stage whose clock stands still, with one document that the processor corrects. */
async function openProcessor(
  tick: (milliseconds: number) => void,
  recallBefore = false,
): Promise<{ stage: ConcurStage; id: string; correctedId: string; later: (milliseconds: number) => void }> {
  const stage = await openStage({ accessTokenSeconds: 86_400 });
  const [id, correctedId] = [newId(), newId()];
  const corrected = { id: correctedId, document: expense({ amount: 60 }) };
  const document = { docType: 'expense', id, document: expense(), expected: 'fo/USMF', corrected, recallBefore };
  stage.concur.loadDocuments(JSON.stringify({ documents: [document] }));
  await stage.token();
  const later = (milliseconds: number): void => {
    tick(milliseconds);
    stage.concur.tick?.();
  };
  return { stage, id, correctedId, later };
}

interface Page {
  content?: { id: string; document: unknown }[];
  fIDocuments?: { id: string; document: unknown }[];
  page?: { totalPages: number };
  numberReturned?: number;
}

async function list(stage: ConcurStage, query = ''): Promise<Page> {
  const response = await stage.call(`${transactions('expense')}${query}`);
  assert.equal(response.status, 200);
  return (await response.json()) as Page;
}

const failure = (docId: string): unknown => ({
  systemId: 'sys-1',
  postingConfirmations: [
    {
      docId,
      overallPostingStatusCode: 'error',
      postingDocs: [],
      systemMessages: [{ messageShortText: 'The totals disagree.' }],
    },
  ],
});

void test('S83: a failed document stays failed; its correction comes after the lag under a new id and the same report', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const { stage, id, correctedId, later } = await openProcessor((milliseconds) => t.mock.timers.tick(milliseconds));
  await stage.fis('expense', 'acknowledgements', acknowledgement(id));
  later(10 * lagMs);
  assert.deepEqual((await list(stage)).content, [], 'nothing comes while nobody has said that it failed');
  await stage.fis('expense', 'postingconfirmations', failure(id));
  later(0);
  later(lagMs - 1);
  assert.deepEqual((await list(stage)).content, []);
  assert.equal(stage.concur.processor().toCome, 1);
  later(1);
  assert.deepEqual(
    (await list(stage)).content?.map((each) => each.id),
    [correctedId],
  );
  const [old, corrected] = stage.concur.documents();
  assert.deepEqual([old?.status, old?.corrected], ['POSTING_CONFIRMED_FAILURE', correctedId]);
  assert.deepEqual(
    [corrected?.businessId, corrected?.supersedes, corrected?.expected, corrected?.gross],
    [old?.businessId, id, 'fo/USMF', '60'],
  );
  later(10 * lagMs);
  const { documents, resubmitted, toCome } = stage.concur.processor();
  assert.deepEqual({ documents, resubmitted, toCome }, { documents: 2, resubmitted: 1, toCome: 0 }, 'it comes once');
  await stage.fis('expense', 'acknowledgements', acknowledgement(correctedId));
  const { items } = await stage.fis('expense', 'postingconfirmations', success(correctedId));
  assert.equal(items[0]?.['code'], 0);
  assert.deepEqual(stage.violations(), []);
  await stage.close();
});

void test('B24: a document may be recalled between list and acknowledgement: 102, no violation, and a correction', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const { stage, id, correctedId, later } = await openProcessor((ms) => t.mock.timers.tick(ms), true);
  await list(stage, `?docId=${'R'.repeat(20)}`);
  assert.equal(stage.status(id), 'READY', 'a search by id is not the list');
  assert.deepEqual(
    (await list(stage)).content?.map((each) => each.id),
    [id],
  );
  const { items } = await stage.fis('expense', 'acknowledgements', acknowledgement(id));
  assert.equal(items[0]?.['code'], 102);
  later(0);
  later(lagMs);
  assert.deepEqual(
    (await list(stage)).content?.map((each) => each.id),
    [correctedId],
  );
  assert.equal(stage.status(id), 'RECALLED');
  assert.deepEqual(stage.violations(), []);
  await stage.close();
});

void test('B28: a correction of another report, or under the same id, is no correction', async () => {
  const stage = await openStage();
  const [id, other] = [newId(), newId()];
  const load = (corrected: { id: string; document: unknown }) => () =>
    stage.concur.loadDocuments(
      JSON.stringify({ documents: [{ docType: 'expense', id, document: expense(), corrected }] }),
    );
  assert.throws(load({ id: other, document: expense({ reportId: 'X'.repeat(20) }) }), /another business id/);
  assert.throws(load({ id, document: expense() }), /an id of its own/);
  await stage.close();
});

void test('B28: what the processor has still to do survives a restart of the simulator', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const { stage, id, correctedId, later } = await openProcessor((milliseconds) => t.mock.timers.tick(milliseconds));
  await stage.fis('expense', 'acknowledgements', acknowledgement(id));
  await stage.fis('expense', 'postingconfirmations', failure(id));
  later(0);
  await stage.harness.close();
  const again = await openStage({ folder: stage.folder });
  assert.equal(again.concur.processor().toCome, 1);
  t.mock.timers.tick(lagMs);
  again.concur.tick?.();
  assert.equal(again.status(correctedId), 'READY');
  await again.close();
  await stage.close();
});

void test('B28: the list also comes in the older envelope, and the document as text', async () => {
  const stage = await openStage();
  const id = newId();
  stage.load({ docType: 'expense', id, document: expense() });
  const order = (kind: 'older-envelope' | 'document-as-text'): void =>
    stage.harness.faults.order({ system: 'concur', operation: 'transactions', kind, times: 1 });
  order('older-envelope');
  const older = await list(stage);
  assert.deepEqual([older.fIDocuments?.[0]?.id, older.numberReturned, older.page], [id, 1, undefined]);
  order('document-as-text');
  const [asText] = (await list(stage)).content ?? [];
  assert.equal(typeof asText?.document, 'string');
  const [asObject] = (await list(stage)).content ?? [];
  assert.deepEqual(JSON.parse(String(asText?.document)), asObject?.document);
  await stage.close();
});

void test('S120: a 400 may mean slow down: the legacy body, and nothing was done', async () => {
  const stage = await openStage();
  const id = newId();
  stage.load({ docType: 'expense', id, document: expense() });
  await stage.token();
  stage.harness.faults.order({ system: 'concur', operation: '*', kind: 'slow-down-400', times: 2 });
  const read = await stage.call(transactions('expense'));
  const body = (await read.json()) as { StatusCode: number; Content: { Error: { Message: string } } };
  assert.deepEqual([read.status, body.StatusCode], [400, 400]);
  assert.match(body.Content.Error.Message, /slow down/);
  assert.equal((await stage.fis('expense', 'acknowledgements', acknowledgement(id))).status, 400);
  assert.equal(stage.status(id), 'READY');
  assert.deepEqual(stage.violations(), []);
  await stage.close();
});

function plan(level: FaultLevel): FaultPlan {
  const stream = randomStream(11);
  return new FaultPlan({ level, random: stream.next, now: () => new Date(), counted: () => undefined });
}

void test('S24: at brutal, answers of the Concur token endpoint get lost, never two in a row; elsewhere and else never', () => {
  const isLoss = (kind: string | undefined): boolean =>
    kind === 'reset-after' || kind === 'server-error-after' || kind === 'truncated';
  const picks = (level: FaultLevel, system: SystemName): boolean[] => {
    const faults = plan(level);
    return Array.from({ length: 20_000 }, () =>
      isLoss(faults.pick(system, { name: 'token', kind: 'write' }, true)?.kind),
    );
  };
  const lost = picks('brutal', 'concur');
  assert.ok(lost.filter(Boolean).length > 50);
  assert.ok(!lost.some((isLost, index) => isLost && lost[index + 1] === true));
  assert.ok(!picks('realistic', 'concur').some(Boolean));
  assert.ok(!picks('brutal', 'entra').some(Boolean));
});

void test('B28: a 400 that means slow down, the older envelope and text are left to Concur and to brutal runs', () => {
  const happens = (level: FaultLevel, system: SystemName): string[] => {
    const faults = plan(level);
    const seen = new Set<string>();
    for (let times = 0; times < 4_000; times += 1) {
      for (const kind of ['read', 'write'] as const) {
        const picked = faults.pick(system, { name: 'transactions', kind }, true)?.kind;
        if (picked === 'slow-down-400') seen.add(`${picked} ${kind}`);
      }
      for (const kind of ['older-envelope', 'document-as-text'] as const) {
        if (faults.item(kind, system, 'transactions')) seen.add(kind);
      }
    }
    return [...seen].sort();
  };
  assert.deepEqual(happens('brutal', 'concur'), [
    'document-as-text',
    'older-envelope',
    'slow-down-400 read',
    'slow-down-400 write',
  ]);
  assert.deepEqual(happens('realistic', 'concur'), []);
  assert.deepEqual(happens('brutal', 'fo'), []);
});
