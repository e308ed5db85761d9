import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { createConcurActivities } from '../../src/activities/concur.js';
import type { StoredDocument } from '../../src/store/document-store.js';
import { readDocument } from '../../src/store/document-store.js';
import { changed } from '../unit/mapping-fixtures.js';
import type { FakeConcur } from './fake-concur.js';
import { fakeConcur, letWaitsPass, systemId } from './fake-concur.js';
import type { Stage } from './stage.js';
import { discover, inActivity, openStage } from './stage.js';

let stage: Stage;
let concur: FakeConcur;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());
beforeEach(() => {
  concur = fakeConcur();
});

const acknowledge = ({ id }: StoredDocument) =>
  inActivity(() => createConcurActivities(concur.dependencies(stage)).acknowledgeInConcur({ documentId: id }));

/** A document of its own report, in Concur and in our store. */
async function given(name: string, status = 'READY', by: { erpSystemId?: string } = {}): Promise<StoredDocument> {
  const text = changed('expense-split-with-tax', ['A1B2C3D4E5F6A7B8C9D0', `REPORT ${name}`]);
  const document = await discover(stage.db, name, 'expense-split-with-tax', text);
  concur.holds(document, status, by);
  return document;
}

const acknowledgedAt = async ({ id }: StoredDocument) => (await readDocument(stage.db, id)).acknowledgedAt;
const reasonOf = (result: Awaited<ReturnType<typeof acknowledge>>) =>
  result.status === 'hold' ? result.hold.reason : result.status;

test('S63: a document is acknowledged once, under our system id; a second run makes no call', async () => {
  const document = await given('plain');
  assert.deepEqual(await acknowledge(document), { status: 'done' });
  assert.deepEqual(await acknowledge(document), { status: 'done' });
  assert.deepEqual(concur.calls, ['acknowledge']);
  assert.equal(concur.documents.get(document.fiId)?.erpSystemId, systemId);
  const stored = await readDocument(stage.db, document.id);
  assert.ok(stored.acknowledgedAt && stored.stage === 'acknowledged');
});

test('S64: after a lost answer Concur is asked, finds our acknowledgement, and nothing is repeated', async () => {
  const document = await given('lost after');
  concur.faults.push('lost-after');
  await assert.rejects(acknowledge(document), { type: 'OutcomeUnknown', nextRetryDelay: 300_000 });
  assert.deepEqual(await acknowledge(document), { status: 'done' });
  assert.deepEqual(concur.calls, ['acknowledge', 'find']);
});

test('S104: a lost answer that had no effect is repeated when the wait has passed, and not before', async () => {
  const document = await given('lost before');
  concur.faults.push('lost-before');
  await assert.rejects(acknowledge(document), { type: 'OutcomeUnknown' });
  await assert.rejects(acknowledge(document), { type: 'OutcomeUnknown' });
  assert.deepEqual(concur.calls, ['acknowledge', 'find']);
  await letWaitsPass(stage);
  assert.deepEqual(await acknowledge(document), { status: 'done' });
  assert.deepEqual(concur.calls, ['acknowledge', 'find', 'find', 'acknowledge']);
});

test('S104: HTTP 200 without an item for our document is an unknown outcome: Concur is asked before anything is repeated', async () => {
  const document = await given('no item');
  concur.faults.push('no-item');
  await assert.rejects(acknowledge(document), { type: 'OutcomeUnknown' });
  assert.equal(await acknowledgedAt(document), null);
  assert.deepEqual(await acknowledge(document), { status: 'done' });
  assert.deepEqual(concur.calls, ['acknowledge', 'find']);
});

test('S64: code 101 for an acknowledgement of ours is a success', async () => {
  const document = await given('ours', 'ACKNOWLEDGED', { erpSystemId: systemId });
  assert.deepEqual(await acknowledge(document), { status: 'done' });
  assert.ok(await acknowledgedAt(document));
  assert.deepEqual(concur.calls, ['acknowledge', 'find']);
});

test('S64: code 101 for an acknowledgement by another system holds, and nothing is taken over', async () => {
  const document = await given('foreign', 'ACKNOWLEDGED', { erpSystemId: 'another-system' });
  assert.equal(reasonOf(await acknowledge(document)), 'acknowledged-elsewhere');
  assert.equal(await acknowledgedAt(document), null);
  assert.equal((await readDocument(stage.db, document.id)).stage, 'discovered');
});

test('S64: code 101 that names nobody holds; one whose text names us is ours, although the document names nobody', async () => {
  const nobody = await given('nobody', 'ACKNOWLEDGED');
  assert.equal(reasonOf(await acknowledge(nobody)), 'acknowledged-elsewhere');
  const text = await given('by text', 'ACKNOWLEDGED');
  concur.faults.push({ code: 101, message: `This document was previously acknowledged by SystemId: ${systemId}.` });
  assert.deepEqual(await acknowledge(text), { status: 'done' });
});

test('S64: after a lost answer a document that names no system is not taken for ours: the 101 decides', async () => {
  const document = await given('unnamed');
  concur.faults.push('lost-after');
  await assert.rejects(acknowledge(document), { type: 'OutcomeUnknown' });
  delete concur.documents.get(document.fiId)?.erpSystemId;
  await letWaitsPass(stage);
  concur.faults.push({ code: 101, message: `This document was previously acknowledged by SystemId: ${systemId}.` });
  assert.deepEqual(await acknowledge(document), { status: 'done' });
});

test('S1: a document that was recalled before the acknowledgement ends, is closed, and causes no further call', async () => {
  const document = await given('recalled', 'RECALLED');
  const ended = await acknowledge(document);
  assert.ok(ended.status === 'ended' && ended.outcome === 'recalled');
  const again = await acknowledge(document);
  assert.ok(again.status === 'ended' && again.outcome === 'recalled');
  assert.deepEqual(concur.calls, ['acknowledge']);
  const stored = await readDocument(stage.db, document.id);
  assert.deepEqual([stored.stage, stored.outcome], ['closed', 'recalled']);
});

test('S1: a recall that happens while our answer is lost ends the document', async () => {
  const document = await given('recalled late');
  concur.faults.push('lost-before');
  await assert.rejects(acknowledge(document), { type: 'OutcomeUnknown' });
  concur.holds(document, 'RECALLED');
  assert.equal((await acknowledge(document)).status, 'ended');
});

for (const code of [103, 199]) {
  test(`S119: code ${code} is repeated by itself`, async () => {
    const document = await given(`code ${code}`);
    concur.faults.push({ code });
    await assert.rejects(acknowledge(document), { type: 'Unavailable', nonRetryable: false });
    assert.equal((await readDocument(stage.db, document.id)).holdReason, null);
    assert.deepEqual(await acknowledge(document), { status: 'done' });
  });
}

for (const code of [104, 105, 99, 777]) {
  test(`S119: code ${code} holds the document, names the code, and keeps the text of Concur`, async () => {
    const document = await given(`code ${code}`);
    concur.faults.push({ code, message: 'Words of Concur.' });
    const result = await acknowledge(document);
    assert.ok(result.status === 'hold' && result.hold.reason === 'concur-refused');
    assert.match(result.hold.message, new RegExp(`code ${code}.*Words of Concur`));
    assert.equal(await acknowledgedAt(document), null);
  });
}
