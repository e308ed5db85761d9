import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StoredDocument } from '../../src/store/document-store.js';
import { forgetLeaving } from '../../src/store/leaving-store.js';
import { hasBegunToLeave, mayBeInErp, recordIntent, recordResult } from '../../src/store/remote-write-store.js';
import { useLeaving } from './leaving-stage.js';
import { journal, proofOf, stand } from './stage.js';

const at = useLeaving();
const { ask, confirm, given, keep, now, post, prepare, stateOf, told, withdraw } = at;

/** What the intent of a write answers: undefined where the write must not begin. */
const intent = ({ id }: StoredDocument, operation: string, key = operation) =>
  recordIntent(at.stage.db, { documentId: id, operation, key: `${id}/${key}`, payloadSha256: '', newestId: '0' });

const onItsWay = [
  'fo.journal-header',
  'bc.journal-post',
  'nav.invoice-draft',
  'nav.journal-post',
  'fis.confirm-posting',
];
const onTheWayOut = ['fo.withdraw-line', 'bc.withdraw-batch', 'nav.withdraw-invoice', 'fis.confirm-posting-error'];
const begun = async (document: StoredDocument, operations: string[], key: string) =>
  (await Promise.all(operations.map((each) => intent(document, each, `${each} ${key}`)))).map(
    (each) => each !== undefined,
  );

test('B3, M3: an attempt that comes back late begins no write of the way that the document has been taken off', async () => {
  const document = await given('fenced');
  const all = (operations: string[]) => operations.map(() => true);
  const none = (operations: string[]) => operations.map(() => false);
  assert.deepEqual(await begun(document, onItsWay, 'before'), all(onItsWay));
  assert.deepEqual(await begun(document, onTheWayOut, 'before'), none(onTheWayOut));
  await at.stage.db.query('delete from remote_writes where document_id = $1', [document.id]);
  await ask(document);
  assert.deepEqual(await begun(document, onItsWay, 'leaving'), none(onItsWay));
  assert.deepEqual(await begun(document, onTheWayOut, 'leaving'), all(onTheWayOut));
  assert.ok(await intent(document, 'fis.acknowledge'), 'both ways acknowledge');
  await at.stage.db.query(`update documents set outcome = 'returned' where id = $1`, [document.id]);
  const both = [...onItsWay, ...onTheWayOut];
  assert.deepEqual(await begun(document, both, 'closed'), none(both));
});

test('B3, M2: whatever was begun in an ERP of any kind may be in it; what was begun to be deleted has begun to leave', async () => {
  for (const kind of ['fo', 'bc', 'nav']) {
    const document = await given(`begun in ${kind}`);
    assert.equal(await mayBeInErp(at.stage.db, document.id), false);
    assert.ok(await intent(document, `${kind}.journal-post`));
    assert.equal(await mayBeInErp(at.stage.db, document.id), true, kind);
    await at.stage.db.query('delete from remote_writes where document_id = $1', [document.id]);
    await ask(document);
    assert.ok(await intent(document, `${kind}.withdraw-batch`));
    assert.equal(await hasBegunToLeave(at.stage.db, document.id), true, kind);
  }
});

test('B3, M3: a write that begins at the very moment in which a return is recorded waits for it, and does not begin', async () => {
  const document = await given('at the very moment');
  const client = await at.stage.db.connect();
  try {
    await client.query('begin');
    await client.query(`update documents set leaving = '{"outcome":"returned"}' where id = $1`, [document.id]);
    const write = intent(document, 'fo.journal-header');
    await waitsForLock();
    await client.query('commit');
    assert.equal(await write, undefined);
  } finally {
    client.release();
  }
});

/** Resolves when a query of this database waits for a lock. */
async function waitsForLock(): Promise<void> {
  const limit = Date.now() + 10_000;
  while (Date.now() < limit) {
    const { rows } = await at.stage.db.query(
      `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    if (rows.length > 0) return;
  }
  assert.fail('nothing waits for the document');
}

test('B5: kept while a look into the ERP is under way, a document is not taken for withdrawn', async () => {
  const document = await given('kept meanwhile');
  await post(document);
  await ask(document);
  await prepare(document);
  at.erp.duringWithdraw(async () => {
    await forgetLeaving(at.stage.db, document.id, { by: 'Ann', reason: 'it is right' }, async () => undefined);
    at.erp.journals.clear();
  });
  await assert.rejects(withdraw(document), { type: 'Unavailable' });
  assert.equal(await stateOf(document), 'written');
});

test('C14, trap 17: a success that Concur has got is seen before our own row says so, and keeps a return away', async () => {
  const document = await given('killed after the answer');
  const planned = journal('killed after the answer');
  await stand(at.stage.db, document, 'posted', planned);
  await confirm(document);
  await at.stage.db.query(
    `update documents set posting_confirmed_at = null, outcome = null, stage = 'posted' where id = $1`,
    [document.id],
  );
  const answer = await ask(document);
  assert.ok(!answer.accepted);
  assert.match(answer.why, new RegExp(`told that it is posted \\(demf ${proofOf(planned).documentNumber}\\)`));
  assert.equal((await now(document)).leaving, null);
  assert.deepEqual(told(), [`confirm-posting success ${proofOf(planned).documentNumber}`]);
});

test('C14, trap 17: an answer that was lost keeps a return away, a refused confirmation does not', async () => {
  const document = await given('in doubt');
  const written = await recordIntent(at.stage.db, {
    ...{ documentId: document.id, operation: 'fis.confirm-posting', key: `${document.id}/success` },
    ...{ payloadSha256: '', newestId: '0' },
  });
  assert.equal((await ask(document)).accepted, false);
  await recordResult(at.stage.db, written ?? '', 'rejected');
  assert.deepEqual(await ask(document), { accepted: true });
});

test('B3: a return of a document that Concur has recalled is refused in words', async () => {
  const document = await given('recalled, then asked');
  await stand(at.stage.db, document, 'posted', journal('recalled, then asked'));
  at.concur.documents.get(document.fiId)!.status = 'RECALLED';
  await confirm(document);
  const answer = await ask(document);
  assert.ok(!answer.accepted && /Concur has recalled/.test(answer.why));
});

for (const outcome of [undefined, 'done', 'found'] as const) {
  test(`B5: once lines have been deleted (${outcome ?? 'answer lost'}) the document can only go back`, async () => {
    const document = await given(`half gone ${outcome ?? ''}`);
    await post(document);
    await ask(document);
    const deleted = await intent(document, 'fo.withdraw-line');
    if (outcome !== undefined) await recordResult(at.stage.db, deleted ?? '', outcome);
    assert.equal(await stateOf(document), 'written');
    const answer = await keep(document);
    assert.ok(!answer.accepted && /taken out of the ERP/.test(answer.why));
    assert.equal((await now(document)).leaving?.outcome, 'returned');
  });
}

test('B5: a delete that the ERP refused has changed nothing: the document may be kept', async () => {
  const document = await given('refused delete');
  await post(document);
  await ask(document);
  await recordResult(at.stage.db, (await intent(document, 'fo.withdraw-line')) ?? '', 'rejected');
  assert.deepEqual(await keep(document), { accepted: true });
});

test('S104: what our own check refuses before anything is sent holds as refused, and is no lost answer for ever', async () => {
  const document = await given('too long');
  await stand(at.stage.db, document, 'posted', journal('too long'));
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    at.concur.faults.push(new RangeError('a document number for Concur has at most 80 characters'));
    const held = await confirm(document);
    assert.ok(held.status === 'hold' && held.hold.reason === 'concur-refused');
    assert.match(held.hold.message, /at most 80 characters/);
  }
  const { rows } = await at.stage.db.query<{ outcome: string | null }>(
    'select outcome from remote_writes where document_id = $1',
    [document.id],
  );
  assert.deepEqual(
    rows.map(({ outcome }) => outcome),
    ['rejected', 'rejected'],
  );
  assert.deepEqual(await ask(document), { accepted: true }, 'Concur has heard nothing: it may still go back');
});
