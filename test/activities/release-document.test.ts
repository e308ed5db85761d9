import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createDocumentActivities } from '../../src/activities/documents.js';
import { planOf } from '../../src/activities/release-document.js';
import { planOfStored, readPlanFacts } from '../../src/activities/stored-plan.js';
import type { MappingRules } from '../../src/contracts/mapping-rules.js';
import { planDigest } from '../../src/mapping/plan-digest.js';
import { openAlerts } from '../../src/store/alert-store.js';
import { readAudit } from '../../src/store/audit-store.js';
import { readDocument } from '../../src/store/document-store.js';
import { markWritten, readErpDocuments } from '../../src/store/erp-document-store.js';
import { changed, foMapping, rulesFor } from '../unit/mapping-fixtures.js';
import type { Stage } from './stage.js';
import { discover, inActivity, openStage, documentDependencies } from './stage.js';

let stage: Stage;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());

const today = { ...foMapping, postingDate: 'today' } as const;
const rules = rulesFor(today);
const remapped = rulesFor({ ...today, employees: { sameCode: false, byId: { KX10001: 'E-777' } } });

const dependencies = (given: { rules?: MappingRules; now?: string } = {}) =>
  documentDependencies(stage, {
    rules: given.rules ?? rules,
    ...(given.now === undefined ? {} : { now: () => new Date(given.now ?? '') }),
    timeZones: { 'fo-test/demf': 'Europe/Berlin' },
    manualRelease: ['fo-test'],
  });

/** A document with the activities on it, at a given time and with given rules. */
async function document(name: string) {
  const text = changed('expense-split-with-tax', ['A1B2C3D4E5F6A7B8C9D0', `RELEASE ${name}`]);
  const { id: documentId } = await discover(stage.db, `release ${name}`, 'expense-split-with-tax', text);
  const on = (given?: Parameters<typeof dependencies>[0]) => createDocumentActivities(dependencies(given));
  return {
    documentId,
    plan: (given?: Parameters<typeof dependencies>[0]) => inActivity(() => on(given).planErpDocuments({ documentId })),
    ask: () => inActivity(() => on().askForRelease({ documentId })),
    release: (plan: string) => inActivity(() => on().releaseDocument({ documentId, by: 'Ann', note: 'seen', plan })),
    rows: () => readErpDocuments(stage.db, documentId),
  };
}
const awaits = (result: Awaited<ReturnType<Awaited<ReturnType<typeof document>>['plan']>>): boolean | undefined =>
  result.status === 'done' ? result.awaitsRelease : undefined;

test('B6: a plan waits for a release that names it; all that wait share one alert per connection', async () => {
  const [first, second] = [await document('first'), await document('second')];
  for (const each of [first, second]) {
    assert.equal(awaits(await each.plan()), true);
    const asked = await each.ask();
    assert.ok(asked.status === 'hold' && asked.hold.reason === 'awaiting-release');
    assert.ok(asked.hold.message.includes(`Plan ${planOf(await each.rows())}`));
    assert.match(asked.hold.message, /238 EUR to fo-test\/demf, posting date/);
  }
  const alerts = (await openAlerts(stage.db)).filter(({ cause }) => cause.startsWith('awaiting-release'));
  assert.deepEqual(
    alerts.map(({ documentIds }) => [...documentIds].sort()),
    [[first.documentId, second.documentId].sort()],
  );
  assert.deepEqual(await first.release(planOf(await first.rows())), { accepted: true });
  assert.equal(awaits(await first.plan()), false);
  assert.equal((await first.ask()).status, 'done');
  assert.equal((await second.ask()).status, 'hold', 'the other one still waits');
  const audit = await readAudit(stage.db, first.documentId);
  assert.ok(audit.some(({ actor, data }) => actor === 'Ann' && 'released' in data));
});

test('B6: what is posted equals what was previewed, also when it is written on a later day', async () => {
  const late = await document('late');
  await late.plan({ now: '2026-05-01T10:00:00Z' });
  const stored = await readDocument(stage.db, late.documentId);
  const facts = await readPlanFacts(dependencies({ now: '2026-05-01T10:00:00Z' }));
  const previewed = planOfStored(rules, stored, facts);
  assert.ok(!('held' in previewed));
  const digest = planDigest(previewed.documents);
  assert.deepEqual(await late.release(digest), { accepted: true });
  assert.equal(awaits(await late.plan({ now: '2026-05-04T10:00:00Z' })), false);
  const rows = await late.rows();
  assert.deepEqual(
    rows.map((row) => row.document),
    previewed.documents,
  );
  assert.equal(rows[0]?.document.postingOn, '2026-05-01');
});

test('B6: a plan that the mapping has changed since wants its own release, and one that was never seen is refused', async () => {
  const moved = await document('moved');
  await moved.plan();
  const seen = planOf(await moved.rows());
  await moved.release(seen);
  assert.equal(awaits(await moved.plan({ rules: remapped })), true);
  const asked = await moved.ask();
  assert.ok(asked.status === 'hold');
  assert.match(asked.hold.message, /The plan that Ann released has changed since/);
  const answer = await moved.release(seen);
  assert.ok(!answer.accepted);
  assert.match(answer.why, new RegExp(`Plan ${seen} is not released`));
  assert.equal(
    (await readDocument(stage.db, moved.documentId)).release?.plan,
    seen,
    'the old release stays what it was',
  );
});

test('B6: what the ERP holds already needs no release, whatever is asked', async () => {
  const written = await document('written');
  await written.plan();
  await markWritten(stage.db, written.documentId, 1, { journal: 'J-1' });
  assert.equal(awaits(await written.plan()), false);
  assert.equal((await written.ask()).status, 'done');
  assert.deepEqual(await written.release('AAAAAAAAAAAA'), { accepted: true });
  assert.equal((await readDocument(stage.db, written.documentId)).release, null);
});

test('B6: a digest stands for the document whatever the order of its members, and no other', async () => {
  const one = await document('digest');
  await one.plan();
  const [row] = await one.rows();
  assert.ok(row);
  const turned = Object.fromEntries(Object.entries(row.document).reverse()) as typeof row.document;
  assert.equal(planDigest([turned]), planDigest([row.document]));
  assert.notEqual(planDigest([{ ...row.document, postingOn: '2020-01-01' }]), planDigest([row.document]));
});
