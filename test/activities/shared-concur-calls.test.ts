import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { pino } from 'pino';
import { callContext } from '../../src/clients/http/call-context.js';
import { createConcurActivities } from '../../src/activities/concur.js';
import type { ConcurDependencies } from '../../src/activities/dependencies.js';
import { shareFisCalls } from '../../src/activities/shared-concur-calls.js';
import type { CallRecord } from '../../src/clients/http/types.js';
import { auditObserver } from '../../src/composition/parts.js';
import { readAudit } from '../../src/store/audit-store.js';
import { readDocument } from '../../src/store/document-store.js';
import { storeSettlements } from '../../src/store/settlement-store.js';
import { changed } from '../unit/mapping-fixtures.js';
import type { FakeConcur } from './fake-concur.js';
import { fakeConcur } from './fake-concur.js';
import type { Stage } from './stage.js';
import { connection, fiIdOf, inActivity, journal, openStage, stand } from './stage.js';

let stage: Stage;
let concur: FakeConcur;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());
beforeEach(() => {
  concur = fakeConcur();
});

/** Full calls leave at once: the wait is never reached in these tests. */
const sharing = { waitMilliseconds: 60_000, stopping: new AbortController().signal };
const shared = (): ConcurDependencies => {
  const deps = concur.dependencies(stage);
  return { ...deps, pageLimit: 50, fis: shareFisCalls(deps.fis, sharing) };
};

/** So many reports stand ready in Concur. */
function ready(prefix: string, count: number): string[] {
  const ids = Array.from({ length: count }, (_, index) => fiIdOf(`${prefix} ${index}`));
  ids.forEach((id, index) => {
    const businessId = `${prefix}-${index}`;
    const text = changed('expense-split-with-tax', ['A1B2C3D4E5F6A7B8C9D0', businessId]);
    concur.documents.set(id, { id, docType: 'expense', status: 'READY', businessId, text });
  });
  return ids.map((id) => `concur:${connection}:expense:${id}`);
}

async function settle(documentId: string): Promise<void> {
  const facts = { kind: 'payment', currency: 'EUR', settledOn: '2026-03-15', fiscalYear: '2026' } as const;
  const key = `demf/PAY/2026/${documentId}`;
  await storeSettlements(stage.db, [
    { documentId, part: 1, settlementKey: key, amount: '100.00', reference: 'PAY', ...facts },
  ]);
}

test('Decisions 27: fifty documents that are ready at once cost eight calls from the list to the last payment', async () => {
  const ids = ready('busy', 50);
  const activities = createConcurActivities(shared());
  const collect = () =>
    inActivity(() =>
      activities.collectReadyPage({ docType: 'expense', page: 0, passBeganAt: new Date().toISOString() }),
    );
  const all = (work: (documentId: string) => Promise<{ status: string }>) =>
    Promise.all(ids.map((documentId) => inActivity(() => work(documentId))));
  assert.deepEqual(await collect(), { found: 50, fresh: 50, unstarted: 1, isLast: true });
  await all((documentId) => activities.acknowledgeInConcur({ documentId }));
  // The pass that finds nothing unknown.
  await collect();
  for (const id of ids) await stand(stage.db, await readDocument(stage.db, id), 'posted', journal(id));
  await all((documentId) => activities.confirmPostingInConcur({ documentId }));
  for (const id of ids) await settle(id);
  const paid = await all((documentId) => activities.confirmPaymentInConcur({ documentId }));
  assert.ok(paid.every(({ status }) => status === 'done'));
  const words = concur.calls.map((call) => call.split(' ')[0]);
  assert.deepEqual(
    ['list', 'acknowledge', 'confirm-posting', 'confirm-payment'].map(
      (word) => words.filter((each) => each === word).length,
    ),
    [2, 2, 2, 2],
  );
  assert.ok(concur.calls.length / ids.length <= 2, 'the goal');
  for (const id of ids) assert.equal((await readDocument(stage.db, id)).outcome, 'paid');
});

test('S104: of twenty-five documents in one call each gets its own fate, and each intent its own result', async () => {
  const ids = ready('fates', 25);
  const activities = createConcurActivities(shared());
  await inActivity(() =>
    activities.collectReadyPage({ docType: 'expense', page: 0, passBeganAt: new Date().toISOString() }),
  );
  const [recalled = '', taken = ''] = ids.map((id) => id.split(':').at(-1) ?? '');
  concur.documents.get(recalled)!.status = 'RECALLED';
  Object.assign(concur.documents.get(taken)!, { status: 'ACKNOWLEDGED', erpSystemId: 'their-system' });
  const results = await Promise.all(
    ids.map((documentId) => inActivity(() => activities.acknowledgeInConcur({ documentId }))),
  );
  assert.deepEqual(
    results.slice(0, 3).map(({ status }) => status),
    ['ended', 'hold', 'done'],
  );
  assert.equal(results.filter(({ status }) => status === 'done').length, 23);
  assert.equal(concur.calls.filter((call) => call === 'acknowledge').length, 1);
  const { rows } = await stage.db.query<{ outcome: string; count: number }>(
    `select outcome, count(*)::int as count from remote_writes where document_id = any($1) group by outcome order by 1`,
    [ids],
  );
  assert.deepEqual(rows, [
    { outcome: 'done', count: 24 },
    { outcome: 'rejected', count: 1 },
  ]);
});

test('S104: where a shared call is lost, every document asks for itself before anything is repeated', async () => {
  const ids = ready('lost', 25);
  const activities = createConcurActivities(shared());
  await inActivity(() =>
    activities.collectReadyPage({ docType: 'expense', page: 0, passBeganAt: new Date().toISOString() }),
  );
  concur.faults.push('lost-after');
  const acknowledge = (documentId: string) => inActivity(() => activities.acknowledgeInConcur({ documentId }));
  const lost = await Promise.allSettled(ids.map(acknowledge));
  assert.ok(lost.every((each) => each.status === 'rejected' && each.reason.type === 'OutcomeUnknown'));
  const found = await Promise.all(ids.map(acknowledge));
  assert.ok(found.every(({ status }) => status === 'done'));
  assert.equal(concur.calls.filter((call) => call === 'acknowledge').length, 1);
});

const record: CallRecord = {
  system: 'concur',
  operation: 'fis.acknowledge',
  method: 'POST',
  path: '/x',
  kind: 'write',
  status: 200,
  outcome: 'ok',
  durationMs: 5,
};

test('S114: a shared call stands in the trail of every document that it served, with how many shared it', async () => {
  const observe = auditObserver(stage.db, pino({ level: 'silent' }));
  const served = ['audit a', 'audit b'].map((documentId, index) => ({ documentId, attempt: index + 1 }));
  await callContext.run(served, () => observe(record));
  await callContext.run(served.slice(0, 1), () => observe(record));
  await observe({ ...record, path: '/nobody' });
  await observe({ ...record, kind: 'read', path: '/nobody-reads' });
  const rows = async (id: string) =>
    (await readAudit(stage.db, id)).map(({ data }) => [data['attempt'], data['sharedBy']]);
  assert.deepEqual(await rows('audit a'), [
    [1, 2],
    [1, undefined],
  ]);
  assert.deepEqual(await rows('audit b'), [[2, 2]]);
  const { rows: nobody } = await stage.db.query<{ path: string }>(
    `select data ->> 'path' as path from audit where document_id is null and kind = 'call'`,
  );
  assert.deepEqual(nobody, [{ path: '/nobody' }]);
});
