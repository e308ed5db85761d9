import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { createConcurActivities } from '../../src/activities/concur.js';
import { createErpActivities } from '../../src/activities/erp.js';
import { Rejected } from '../../src/clients/http/errors.js';
import { readAudit } from '../../src/store/audit-store.js';
import type { StoredDocument } from '../../src/store/document-store.js';
import { readDocument } from '../../src/store/document-store.js';
import { changed } from '../unit/mapping-fixtures.js';
import type { FakeConcur } from './fake-concur.js';
import { fakeConcur, letWaitsPass, systemId } from './fake-concur.js';
import type { Stage } from './stage.js';
import { fakeErp } from './fake-erp.js';
import { discover, inActivity, journal, openStage, stand } from './stage.js';

let stage: Stage;
let concur: FakeConcur;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());
beforeEach(() => {
  concur = fakeConcur();
});

const acknowledge = ({ id }: StoredDocument, attempt = 1) =>
  inActivity(() => createConcurActivities(concur.dependencies(stage)).acknowledgeInConcur({ documentId: id }), {
    attempt,
  });

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

for (const code of [104, 105, 777]) {
  test(`S119: code ${code} holds the document, names the code, and keeps the text of Concur`, async () => {
    const document = await given(`code ${code}`);
    concur.faults.push({ code, message: 'Words of Concur.' });
    const result = await acknowledge(document);
    assert.ok(result.status === 'hold' && result.hold.reason === 'concur-refused');
    assert.match(result.hold.message, new RegExp(`code ${code}.*Words of Concur`));
    assert.equal(await acknowledgedAt(document), null);
  });
}

test('S104: code 104 is looked into before it holds: the message says what Concur shows of the report', async () => {
  const known = await given('104 known', 'POSTING_CONFIRMED_FAILURE', { erpSystemId: 'their-system' });
  const successor = await given('104 other');
  const nothing = await given('104 nothing');
  Object.assign(concur.documents.get(successor.fiId)!, { id: 'another' });
  concur.documents.delete(nothing.fiId);
  for (const [document, shown] of [
    [known, /shows the document as POSTING_CONFIRMED_FAILURE and names the system "their-system"/],
    [successor, /shows other financial documents \(READY\), but not this one/],
    [nothing, /shows no financial document at all/],
  ] as const) {
    concur.faults.push({ code: 104 });
    const result = await acknowledge(document);
    assert.ok(result.status === 'hold');
    assert.match(result.hold.message, shown);
  }
});

test('S104: code 99 holds every document with both system ids, and one alert stands for the connection', async () => {
  stage.notified.length = 0;
  for (const name of ['99 first', '99 second']) {
    const document = await given(name, 'ACKNOWLEDGED', { erpSystemId: 'their-system' });
    concur.faults.push({ code: 99, systemId });
    const result = await acknowledge(document);
    assert.ok(result.status === 'hold' && result.hold.reason === 'concur-refused');
    assert.match(result.hold.message, /"their-system".*"our-system"/);
  }
  assert.equal(stage.notified.length, 1);
});

test('S119: "not ready" (103) is repeated with growing waits, and holds when it has come twenty times within an hour', async () => {
  const document = await given('never ready');
  const waits: unknown[] = [];
  for (let attempt = 1; attempt < 20; attempt += 1) {
    concur.faults.push({ code: 103 });
    await assert.rejects(acknowledge(document), (failure: { type: string; nextRetryDelay: number }) => {
      waits.push(failure.nextRetryDelay);
      return failure.type === 'Unavailable';
    });
  }
  assert.deepEqual(waits.slice(0, 5), [5_000, 10_000, 20_000, 40_000, 60_000]);
  concur.faults.push({ code: 103 });
  assert.equal(reasonOf(await acknowledge(document)), 'concur-refused');
  assert.deepEqual(await acknowledge(document), { status: 'done' });
});

const badRequest = () =>
  new Rejected('refused (400)', { system: 'concur', operation: 'fis.acknowledge', status: 400 }, '400');

test('S119: a 400 may pass: it is repeated by itself, whatever was tried before, and leaves no hold', async () => {
  const document = await given('deadlock');
  concur.faults.push(badRequest(), badRequest());
  await assert.rejects(acknowledge(document, 300), { type: 'Unavailable', nextRetryDelay: 5_000 });
  await assert.rejects(acknowledge(document, 301), { type: 'Unavailable', nextRetryDelay: 10_000 });
  assert.deepEqual(await acknowledge(document, 302), { status: 'done' });
  assert.equal((await readDocument(stage.db, document.id)).holdReason, null);
});

test('S119: a 400 that comes five times within an hour holds with the status; an hour later it may pass again', async () => {
  const document = await given('bad request');
  concur.faults.push(...Array.from({ length: 6 }, badRequest));
  for (let attempt = 1; attempt < 5; attempt += 1) await assert.rejects(acknowledge(document), { type: 'Unavailable' });
  const held = await acknowledge(document);
  assert.ok(held.status === 'hold' && held.hold.reason === 'concur-refused');
  assert.match(held.hold.message, /\(400\).*repeated 5 times/);
  await stage.db.query(
    `update remote_writes set finished_at = finished_at - interval '61 minutes' where document_id = $1`,
    [document.id],
  );
  await assert.rejects(acknowledge(document), { type: 'Unavailable' });
});

test('S119: before a 400 is believed Concur is asked: an acknowledgement that took effect is a success', async () => {
  const document = await given('bad answer');
  concur.faults.push(...Array.from({ length: 5 }, badRequest));
  for (let attempt = 1; attempt < 5; attempt += 1) await assert.rejects(acknowledge(document), { type: 'Unavailable' });
  concur.holds(document, 'ACKNOWLEDGED', { erpSystemId: systemId });
  assert.deepEqual(await acknowledge(document), { status: 'done' });
});

test('Decisions 5: a 101 under our id that our ledger does not know is adopted, and the ERP is looked up before it is written', async () => {
  const document = await given('database lost', 'POSTING_CONFIRMED_SUCCESS', { erpSystemId: systemId });
  assert.deepEqual(await acknowledge(document), { status: 'done' });
  const adopted = (await readAudit(stage.db, document.id)).filter(({ data }) => data['adopted'] !== undefined);
  assert.equal(adopted.length, 1);

  // An earlier life of this connector has posted it: the posting is found, not repeated, and Concur is told nothing new.
  const erp = fakeErp();
  const planned = journal('database lost');
  erp.journals.set(planned.keySeed, { journal: 'J-77', document: planned, posted: true });
  await stand(stage.db, document, 'planned', planned);
  const post = () => createErpActivities(erp.dependencies(stage)).postToErp({ documentId: document.id, part: 1 });
  const posted = await inActivity(post);
  assert.ok(posted.status === 'done' && posted.posted);
  assert.deepEqual(erp.calls, ['look']);
  const confirm = () =>
    createConcurActivities(concur.dependencies(stage)).confirmPostingInConcur({ documentId: document.id });
  assert.equal((await inActivity(confirm)).status, 'done');
  assert.equal((await readDocument(stage.db, document.id)).stage, 'awaiting-payment');
});

for (const status of ['POSTING_CONFIRMED_FAILURE', 'VOID', 'CANCEL', 'FLAG_DUPLICATE', 'DELAYED', 'SOMETHING_NEW']) {
  test(`S64, C2: what Concur shows as ${status} is not ours to post, whoever acknowledged it`, async () => {
    const document = await given(`in status ${status}`, status, { erpSystemId: systemId });
    const result = await acknowledge(document);
    assert.equal(reasonOf(result), 'concur-refused');
    assert.match(result.status === 'hold' ? result.hold.message : '', new RegExp(status));
    assert.equal(await acknowledgedAt(document), null);
  });
}

test('Decisions 5: what Concur knows as posted under our name is adopted, and known as such', async () => {
  const document = await given('posted in an earlier life', 'POSTING_CONFIRMED_SUCCESS', { erpSystemId: systemId });
  assert.deepEqual(await acknowledge(document), { status: 'done' });
  assert.ok((await readDocument(stage.db, document.id)).adoptedAt);
});

test('Decisions 5: an acknowledgement whose answer was lost is no adoption', async () => {
  const document = await given('own attempt');
  concur.faults.push('lost-after');
  await assert.rejects(acknowledge(document), { type: 'OutcomeUnknown' });
  await letWaitsPass(stage);
  assert.deepEqual(await acknowledge(document), { status: 'done' });
  assert.ok((await readAudit(stage.db, document.id)).every(({ data }) => data['adopted'] === undefined));
});

test('S64: the item of a 101 names our system where the record of the document names nobody', async () => {
  const document = await given('by item', 'ACKNOWLEDGED');
  concur.faults.push({ code: 101, systemId });
  assert.deepEqual(await acknowledge(document), { status: 'done' });
});
