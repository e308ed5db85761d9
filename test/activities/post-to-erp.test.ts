import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { createErpActivities } from '../../src/activities/erp.js';
import { RateLimited, Rejected } from '../../src/clients/http/errors.js';
import { readAudit } from '../../src/store/audit-store.js';
import type { StoredDocument } from '../../src/store/document-store.js';
import { readDocument } from '../../src/store/document-store.js';
import { createLeaseStore } from '../../src/store/lease-store.js';
import { changed } from '../unit/mapping-fixtures.js';
import { letWaitsPass } from './fake-concur.js';
import type { FakeErp } from './fake-erp.js';
import { fakeErp } from './fake-erp.js';
import type { Stage } from './stage.js';
import { discover, inActivity, journal, onlyRow, openStage, stand } from './stage.js';

let stage: Stage;
let erp: FakeErp;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());
beforeEach(() => {
  erp = fakeErp();
});

const postWith = (given: Partial<Stage>, { id }: StoredDocument) =>
  inActivity(() =>
    createErpActivities({ ...erp.dependencies(stage), ...given }).postToErp({ documentId: id, part: 1 }),
  );
const post = (document: StoredDocument) => postWith({}, document);
const creates = () => erp.calls.filter((call) => call.startsWith('create')).length;

/** A document with a plan; `report` groups documents of one report. */
async function given(name: string, report = `REPORT ${name}`): Promise<StoredDocument> {
  const text = changed('expense-split-with-tax', ['A1B2C3D4E5F6A7B8C9D0', report]);
  const document = await discover(stage.db, name, 'expense-split-with-tax', text);
  await stand(stage.db, document, 'planned', journal(name));
  return document;
}

test('C8: posting twice writes once: looked for before it is created, and never touched again once it is written', async () => {
  const document = await given('twice');
  const first = await post(document);
  assert.ok(first.status === 'done' && !first.posted);
  assert.match(first.waitingFor, /Written to demf as J-1/);
  assert.deepEqual(await post(document), first);
  assert.deepEqual(erp.calls, ['look', 'create demf']);
  const row = await onlyRow(stage.db, document.id);
  assert.deepEqual([row.state, row.keys], ['written', { journal: 'J-1' }]);
  assert.equal((await readDocument(stage.db, document.id)).stage, 'in-erp');
});

test('S114: what was written, and that it was posted, stands in the audit trail once', async () => {
  erp.postAtOnce();
  const document = await given('audited');
  await post(document);
  await post(document);
  const audit = await readAudit(stage.db, document.id);
  const writes = audit.filter(({ kind }) => kind === 'write').map(({ data }) => data);
  assert.deepEqual(
    writes.map((data) => Object.keys(data).sort()[0]),
    ['adopted', 'posted'],
  );
  assert.deepEqual(
    audit.filter(({ kind }) => kind === 'state').map(({ data }) => data['stage']),
    ['discovered', 'posting', 'posted'],
  );
});

test('C15: an ERP that posts at once gives its proof with the write', async () => {
  erp.postAtOnce();
  const result = await post(await given('at once'));
  assert.ok(result.status === 'done' && result.posted && result.erpDocuments.length === 1);
});

test('S81: after a lost answer the journal that is there is adopted, and no second one is made', async () => {
  const document = await given('lost after');
  erp.faults.push('lost-after');
  await assert.rejects(post(document), { type: 'OutcomeUnknown', nextRetryDelay: 30_000 });
  assert.equal((await onlyRow(stage.db, document.id)).state, 'planned');
  assert.equal((await post(document)).status, 'done');
  assert.deepEqual(erp.calls, ['look', 'create demf', 'look']);
  const [written] = (await readAudit(stage.db, document.id)).filter(({ kind }) => kind === 'write');
  assert.equal(written?.data['adopted'], true);
});

test('S81: a write that never arrived is made only after every look-again wait has passed', async () => {
  const document = await given('lost before');
  erp.faults.push('lost-before');
  await assert.rejects(post(document), { type: 'OutcomeUnknown' });
  await assert.rejects(post(document), { type: 'OutcomeUnknown' });
  assert.equal(creates(), 1);
  await letWaitsPass(stage);
  assert.equal((await post(document)).status, 'done');
  assert.equal(erp.journals.size, 1);
});

test('S78: an attempt that is still running keeps a second one out, here and in another process', async () => {
  const document = await given('overlap');
  const { arrived, finish } = erp.holdCreates();
  const running = post(document);
  await arrived;
  const other = createLeaseStore(stage.db);
  await assert.rejects(post(document), { type: 'Unavailable', nextRetryDelay: 2_000 });
  await assert.rejects(postWith({ leases: other }, document), { type: 'Unavailable' });
  finish();
  assert.equal((await running).status, 'done');
  assert.equal((await postWith({ leases: other }, document)).status, 'done');
  other.close();
  assert.equal(creates(), 1);
});

test('C6: a corrected report is not posted beside a living one, nor beside one that may be in the ERP', async () => {
  const first = await given('revision 1', 'ONE REPORT');
  erp.faults.push('lost-before');
  await assert.rejects(post(first), { type: 'OutcomeUnknown' });
  const second = await given('revision 2', 'ONE REPORT');
  const beside = await post(second);
  assert.ok(beside.status === 'hold' && beside.hold.reason === 'earlier-posting-lives');
  assert.match(beside.hold.message, new RegExp(`${first.fiId}.*may be in the ERP`));
  await letWaitsPass(stage);
  assert.equal((await post(first)).status, 'done', 'what may be there is completed although a newer one is known');
  const living = await post(second);
  assert.ok(living.status === 'hold' && living.hold.message.includes('demf J-1'));
  assert.equal(erp.journals.size, 1);
});

test('C6, B14: once a newer document of the report is known, the older one is never posted, and the newer one is', async () => {
  const older = await given('stale', 'STALE REPORT');
  const newer = await given('fresh', 'STALE REPORT');
  const held = await post(older);
  assert.ok(held.status === 'hold' && held.hold.reason === 'superseded');
  assert.match(held.hold.message, new RegExp(newer.fiId));
  assert.equal((await post(newer)).status, 'done');
  const again = await post(older);
  assert.ok(again.status === 'hold' && again.hold.reason === 'earlier-posting-lives');
  assert.deepEqual(
    [...erp.journals.values()].map(({ document }) => document.reference),
    ['fresh'],
  );
});

test('C6: both documents of a report at once lead to one journal, that of the newer', async () => {
  const older = await given('both 1', 'BOTH REPORT');
  const newer = await given('both 2', 'BOTH REPORT');
  const { arrived, finish } = erp.holdCreates();
  const running = post(newer);
  await arrived;
  await assert.rejects(post(older), { type: 'Unavailable', nextRetryDelay: 2_000 });
  finish();
  assert.equal((await running).status, 'done');
  assert.equal((await post(older)).status, 'hold');
  assert.equal(creates(), 1);
});

test('S119: what the ERP refuses holds with its reason, and may be written once the cause is gone', async () => {
  const document = await given('refused');
  const closed = new Rejected('Period 2026-02 is closed.', { system: 'fo-test', operation: 'x' }, 'period-closed');
  const unknown = new Rejected('Voucher faulty.', { system: 'fo-test', operation: 'x' }, 'F-17');
  erp.faults.push(closed, unknown);
  const first = await post(document);
  assert.ok(first.status === 'hold' && first.hold.reason === 'period-closed');
  assert.equal(first.hold.message, 'Period 2026-02 is closed.');
  const second = await post(document);
  assert.ok(second.status === 'hold' && second.hold.reason === 'erp-refused');
  assert.equal((await post(document)).status, 'done');
  assert.equal((await readDocument(stage.db, document.id)).holdReason, null);
});

test('S120: throttling during a write is no unknown outcome: the next attempt writes at once', async () => {
  const document = await given('throttled');
  erp.faults.push(new RateLimited('wait', { system: 'fo-test', operation: 'x' }, 4_000));
  await assert.rejects(post(document), { type: 'RateLimited', nextRetryDelay: 4_000 });
  assert.equal((await post(document)).status, 'done');
});

test('C15: a refusal of the posting holds, is lifted when the document waits again, and ends with the proof', async () => {
  const document = await given('mended');
  const planned = journal('mended');
  const check = () =>
    inActivity(() => createErpActivities(erp.dependencies(stage)).checkPostingInErp({ documentId: document.id }));
  await post(document);
  erp.refuse(planned, 'The period is closed.');
  const refused = await check();
  assert.ok(refused.status === 'hold' && /The period is closed/.test(refused.hold.message));
  erp.refuse(planned, undefined);
  const waiting = await check();
  assert.ok(waiting.status === 'done' && !waiting.posted);
  erp.post(planned);
  const posted = await check();
  assert.ok(posted.status === 'done' && posted.posted);
  erp.calls.length = 0;
  await check();
  assert.deepEqual(erp.calls, [], 'a posted document is not asked about again');
});

test('C15: a journal that a person removed holds', async () => {
  const document = await given('removed');
  await post(document);
  erp.journals.clear();
  const result = await inActivity(() =>
    createErpActivities(erp.dependencies(stage)).checkPostingInErp({ documentId: document.id }),
  );
  assert.ok(result.status === 'hold' && /was removed/.test(result.hold.message));
  assert.equal((await post(document)).status, 'hold');
  assert.equal(creates(), 1);
});
