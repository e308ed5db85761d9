import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planErpDocuments, readErpDocuments } from '../../src/store/erp-document-store.js';
import { mayBeInErp, recordIntent } from '../../src/store/remote-write-store.js';
import { putOnHold } from '../../src/store/hold-store.js';
import { letWaitsPass } from './fake-concur.js';
import { useLeaving } from './leaving-stage.js';
import { journal, proofOf, stand } from './stage.js';

const at = useLeaving();
const { ask, confirm, given, giveBack, inStore, leave, now, post, prepare, run, stateOf, withdraw } = at;

test('B3: what is unposted leaves the ERP before Concur hears, and no successor counts it as living', async () => {
  const document = await given('unposted');
  await post(document);
  await ask(document);
  await assert.rejects(giveBack(document), 'Concur is told nothing while it stands in the ERP');
  assert.deepEqual(at.concur.calls, []);
  assert.equal((await leave(document)).status, 'done');
  assert.equal(at.erp.journals.size, 0);
  assert.equal(await stateOf(document), 'withdrawn');
  assert.equal(await mayBeInErp(at.stage.db, document.id), false);
  const again = await withdraw(document);
  assert.deepEqual([again.status, at.erp.calls.filter((call) => call.startsWith('withdraw')).length], ['done', 1]);
});

test('B3, M3: once a return is asked for, nothing is written, also not by an attempt that comes back late', async () => {
  const document = await given('late attempt');
  await ask(document);
  assert.deepEqual(await post(document), { status: 'leaving' });
  assert.deepEqual(await run(() => inStore().planErpDocuments({ documentId: document.id })), { status: 'leaving' });
  await prepare(document);
  assert.equal((await post(document)).status, 'leaving');
  assert.deepEqual(at.erp.calls, []);
});

test('B3: a part that a write is under way for is not believed to be unwritten', async () => {
  const document = await given('under way');
  const { arrived, finish } = at.erp.holdCreates();
  const running = post(document);
  await arrived;
  await ask(document);
  await assert.rejects(prepare(document), { type: 'Unavailable' });
  finish();
  await running;
  const plan = await prepare(document);
  assert.ok(plan.status === 'done' && plan.parts.length === 1);
});

test('B3, S81: a write whose answer was lost is waited out before "gone" is believed, and then looked for', async () => {
  const document = await given('lost write');
  at.erp.faults.push('lost-after');
  await assert.rejects(post(document), { type: 'OutcomeUnknown' });
  await ask(document);
  const plan = await prepare(document);
  assert.ok(plan.status === 'done' && plan.parts.length === 1);
  await assert.rejects(withdraw(document), { type: 'OutcomeUnknown' });
  assert.equal(at.erp.journals.size, 1);
  await letWaitsPass(at.stage);
  assert.equal((await withdraw(document)).status, 'done');
  assert.deepEqual([at.erp.journals.size, await stateOf(document)], [0, 'withdrawn']);
  assert.equal(await mayBeInErp(at.stage.db, document.id), false);
});

test('B3: a posted document blocks its return with the number, and Concur is told nothing', async () => {
  const document = await given('posted meanwhile');
  await post(document);
  at.erp.post(journal('posted meanwhile'));
  await ask(document);
  const blocked = await leave(document);
  assert.ok(blocked.status === 'hold' && blocked.hold.reason === 'return-blocked');
  assert.match(blocked.hold.message, new RegExp(`posted it as ${proofOf(journal('posted meanwhile')).documentNumber}`));
  assert.equal(await stateOf(document), 'posted');
  assert.deepEqual(at.concur.calls, []);
});

test('B3, B5: on the word of a person who names the reversing entry, a posted document goes back to Concur', async () => {
  const document = await given('reversed by hand');
  await post(document);
  at.erp.post(journal('reversed by hand'));
  await ask(document);
  assert.equal((await leave(document)).status, 'hold');
  const standing = `demf/${proofOf(journal('reversed by hand')).documentNumber}`;
  await ask(document, { reversals: { 'demf/another': 'GNJL000098' } });
  assert.equal((await leave(document)).status, 'hold', 'a reversal counts for the posting that it names');
  await ask(document, { reversals: { [standing]: 'GNJL000099' } });
  assert.equal((await leave(document)).status, 'done');
  assert.equal(await stateOf(document), 'withdrawn');
  const { rows } = await at.stage.db.query<{ data: { reversal?: string } }>(
    `select data from audit where document_id = $1 and kind = 'write' and data ? 'reversal'`,
    [document.id],
  );
  assert.equal(rows[0]?.data.reversal, 'GNJL000099');
});

test('B3: of two postings a reversal releases the one that it names; the other keeps the error from Concur', async () => {
  const name = 'posted twice';
  const document = await given(name);
  const other = journal(`${name} other`, { part: 2, company: 'usmf' });
  await planErpDocuments(at.stage.db, document.id, [journal(name), other]);
  for (const part of [1, 2]) await post(document, part);
  at.erp.post(journal(name));
  at.erp.post(other);
  await ask(document, { reversals: { [`demf/${proofOf(journal(name)).documentNumber}`]: 'R-1' } });
  const blocked = await leave(document);
  assert.ok(blocked.status === 'hold');
  assert.match(blocked.hold.message, new RegExp(`"usmf/${proofOf(other).documentNumber}"`));
  assert.deepEqual(
    (await readErpDocuments(at.stage.db, document.id)).map(({ state }) => state),
    ['withdrawn', 'posted'],
  );
  await assert.rejects(giveBack(document));
  assert.deepEqual(at.concur.calls, []);
});

test('B3, decisions 5: what was adopted is looked for in the ERP before Concur hears an error', async () => {
  const document = await given('adopted');
  await post(document);
  at.erp.post(journal('adopted'));
  // The ledger of an earlier life is lost; Concur and the ERP remember.
  await at.stage.db.query(`update erp_documents set state = 'planned', keys = '{}' where document_id = $1`, [
    document.id,
  ]);
  await at.stage.db.query('delete from remote_writes where document_id = $1', [document.id]);
  await at.stage.db.query('update documents set adopted_at = now() where id = $1', [document.id]);
  await ask(document);
  const blocked = await leave(document);
  assert.ok(blocked.status === 'hold' && blocked.hold.reason === 'return-blocked');
  assert.deepEqual(at.concur.calls, []);
});

test('B3, decisions 5: an adopted document that cannot be planned goes back only on the word of a person', async () => {
  const document = await given('adopted, unplanned');
  await at.stage.db.query('delete from erp_documents where document_id = $1', [document.id]);
  await at.stage.db.query('update documents set adopted_at = now() where id = $1', [document.id]);
  await ask(document);
  const blocked = await prepare(document);
  assert.ok(blocked.status === 'hold' && /Look for it in the ERP/.test(blocked.hold.message));
  await ask(document, { erpIsEmpty: true });
  assert.equal((await leave(document)).status, 'done');
});

test('B3, M3: an attempt that was cut off before its first write cannot write once the document has to leave', async () => {
  const document = await given('stalled');
  await ask(document);
  const write = {
    documentId: document.id,
    operation: 'fo.journal-header',
    key: 'late',
    payloadSha256: '',
    newestId: '0',
  };
  assert.equal(await recordIntent(at.stage.db, write), undefined);
  assert.ok(await recordIntent(at.stage.db, { ...write, operation: 'fo.withdraw-line' }));
});

test('B5: a return is refused while Concur may have been told of the success', async () => {
  const document = await given('told in doubt');
  const write = { documentId: document.id, operation: 'fis.confirm-posting', key: `${document.id}/success` };
  await recordIntent(at.stage.db, { ...write, payloadSha256: '', newestId: '0' });
  const answer = await ask(document);
  assert.ok(!answer.accepted && /cannot be taken back/.test(answer.why));
});

test('B5: a document of which lines have left the ERP cannot be kept any more', async () => {
  const document = await given('half gone');
  await post(document);
  await ask(document);
  const write = { documentId: document.id, operation: 'fo.withdraw-line', key: 'one', payloadSha256: '' };
  await recordIntent(at.stage.db, { ...write, newestId: '0' });
  const answer = await at.keep(document);
  assert.ok(!answer.accepted && /taken out of the ERP/.test(answer.why));
});

test('B5: a return that the ERP has overtaken may be taken back; one that has had an effect may not', async () => {
  const document = await given('kept');
  await post(document);
  at.erp.post(journal('kept'));
  await ask(document);
  assert.equal((await leave(document)).status, 'hold');
  assert.deepEqual(await at.keep(document), { accepted: true });
  assert.equal((await now(document)).leaving, null);
  assert.equal((await confirm(document)).status, 'done');
  assert.ok((await now(document)).postingConfirmedAt);

  const gone = await given('gone already');
  await post(gone);
  await ask(gone);
  await prepare(gone);
  await withdraw(gone);
  const late = await at.keep(gone);
  assert.ok(!late.accepted && /taken out of the ERP/.test(late.why));

  const told = await given('told already');
  await ask(told);
  at.concur.faults.push('lost-after');
  await leave(told).catch(() => undefined);
  const answer = await at.keep(told);
  assert.equal(answer.accepted, false);
});

test('B3: all or nothing: one part that cannot be taken out keeps the error from Concur', async () => {
  const name = 'two parts';
  const document = await given(name);
  await planErpDocuments(at.stage.db, document.id, [
    journal(name),
    journal(`${name} other`, { part: 2, company: 'usmf' }),
  ]);
  await post(document, 1);
  await post(document, 2);
  at.erp.blocked.set('usmf', 'Somebody has the journal open.');
  await ask(document);
  const blocked = await leave(document);
  assert.ok(blocked.status === 'hold' && /Somebody has the journal open/.test(blocked.hold.message));
  assert.deepEqual(
    (await readErpDocuments(at.stage.db, document.id)).map(({ state }) => state),
    ['withdrawn', 'written'],
  );
  assert.equal(await mayBeInErp(at.stage.db, document.id), true);
  await assert.rejects(giveBack(document));
  assert.deepEqual(at.concur.calls, []);
  at.erp.blocked.clear();
  assert.equal((await leave(document)).status, 'done');
});

test('C14: what Concur knows as posted is never returned, whoever asks', async () => {
  const document = await given('confirmed');
  const planned = journal('confirmed');
  await stand(at.stage.db, document, 'posted', planned);
  await confirm(document);
  const answer = await ask(document);
  assert.ok(!answer.accepted);
  assert.match(answer.why, new RegExp(`cannot be returned.*${proofOf(planned).documentNumber}`));
  assert.equal((await now(document)).leaving, null);
});

test('C14: a rule leaves alone what is posted, and documents that another system holds', async () => {
  const posted = await given('posted by rule');
  await stand(at.stage.db, posted, 'posted', journal('posted by rule'));
  const foreign = await given('foreign by rule');
  await putOnHold(at.stage.db, 'documents', foreign.id, 'acknowledged-elsewhere', 'Another system has it.');
  for (const document of [posted, foreign]) {
    assert.equal((await ask(document, { isAutomatic: true })).accepted, false);
    assert.equal((await now(document)).leaving, null);
  }
});
