import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openAlerts } from '../../src/store/alert-store.js';
import { readAudit } from '../../src/store/audit-store.js';
import { markStarted } from '../../src/store/document-store.js';
import { markPosted } from '../../src/store/erp-document-store.js';
import { putOnHold } from '../../src/store/hold-store.js';
import { changed } from '../unit/mapping-fixtures.js';
import { useLeaving } from './leaving-stage.js';
import { discover, journal, proofOf, stand } from './stage.js';

const at = useLeaving();
const { ask, confirm, given, ignore, inStore, leave, now, post, run, stateOf, told } = at;

test('B3: recalled after it was posted, it holds until the posting is out of the ERP, and then ends as recalled', async () => {
  const document = await given('recalled posted');
  const planned = journal('recalled posted');
  await post(document);
  at.erp.post(planned);
  await markPosted(at.stage.db, document.id, proofOf(planned));
  at.concur.documents.get(document.fiId)!.status = 'RECALLED';
  assert.deepEqual(await confirm(document), { status: 'leaving' });
  assert.equal((await now(document)).postingConfirmedAt, null);
  const held = await leave(document);
  assert.ok(held.status === 'hold' && held.hold.reason === 'recalled-after-posting');
  assert.match(held.hold.message, /Reverse the posting in demf, then send ignoreDocument/);
  assert.deepEqual(await confirm(document), { status: 'leaving' });
  assert.equal(told().length, 1, 'a recalled document is confirmed only once');
  at.erp.journals.clear();
  const end = await leave(document);
  assert.ok(end.status === 'done' && end.outcome === 'recalled');
  assert.deepEqual([(await now(document)).outcome, await stateOf(document)], ['recalled', 'withdrawn']);
});

test('B3: a recall is not turned into a return by a later request', async () => {
  const document = await given('recalled then asked');
  await stand(at.stage.db, document, 'posted', journal('recalled then asked'));
  at.concur.documents.get(document.fiId)!.status = 'RECALLED';
  await confirm(document);
  await ask(document);
  assert.equal((await now(document)).leaving?.outcome, 'recalled');
});

test('B3: ignored after a recall, a person says that the ERP is clear, and a corrected document posts', async () => {
  const document = await given('recalled ignored', 'RECALLED REPORT');
  const planned = journal('recalled ignored');
  await post(document);
  await markPosted(at.stage.db, document.id, proofOf(planned));
  at.concur.documents.get(document.fiId)!.status = 'RECALLED';
  await confirm(document);
  const successor = await given('recalled corrected', 'RECALLED REPORT');
  assert.equal((await post(successor)).status, 'hold');
  const end = await ignore(document);
  assert.equal(end.outcome, 'ignored');
  assert.match(end.detail, /Ann says that the ERP holds nothing/);
  assert.doesNotMatch(end.detail, /locked/);
  assert.equal((await post(successor)).status, 'done');
});

test('B5: ignored, a document says what it leaves where, takes nothing out, and keeps a successor from posting', async () => {
  const document = await given('ignored', 'IGNORED REPORT');
  await post(document);
  await putOnHold(at.stage.db, 'documents', document.id, 'erp-refused', 'The account is closed.');
  await run(() => inStore().alertHoldOverdue({ documentId: document.id }));
  const end = await ignore(document);
  assert.deepEqual(end, {
    outcome: 'ignored',
    detail:
      'Ignored by Ann: settled by hand. Left in the ERP: J-1 stays unposted in demf. Concur keeps it locked, since it was acknowledged and never confirmed: only SAP Concur can free it.',
  });
  assert.equal((await ignore(document)).outcome, 'ignored');
  assert.equal(at.erp.journals.size, 1);
  assert.deepEqual(at.concur.calls, []);
  const closed = (await readAudit(at.stage.db, document.id)).filter(({ data }) => data['outcome'] === 'ignored');
  assert.deepEqual(
    closed.map(({ actor, data }) => [actor, data['reason']]),
    [['Ann', 'settled by hand.']],
  );
  const alerted = (await openAlerts(at.stage.db)).filter(({ documentIds }) => documentIds.includes(document.id));
  assert.deepEqual(alerted, []);
  const successor = await given('ignored successor', 'IGNORED REPORT');
  assert.equal((await post(successor)).status, 'hold');
});

for (const [what, revision] of [
  ['an unchanged', '1'],
  ['a raised', '2'],
] as const) {
  test(`S83: a corrected report with ${what} revision waits for its predecessor, is woken by its return, and posts once`, async () => {
    const name = `resubmission ${revision}`;
    const first = await given(name, name);
    await post(first);
    const text = changed(
      'expense-split-with-tax',
      ['A1B2C3D4E5F6A7B8C9D0', name],
      ['"revisionNumber": "1"', `"revisionNumber": "${revision}"`],
    );
    const second = await discover(at.stage.db, `${name} corrected`, 'expense-split-with-tax', text);
    await stand(at.stage.db, second, 'planned', journal(`${name} corrected`));
    await markStarted(at.stage.db, second.id);
    at.temporal.running.set(second.id, { workflowId: second.id, taskQueue: '', args: [] });
    const held = await post(second);
    assert.ok(held.status === 'hold' && held.hold.reason === 'earlier-posting-lives');
    assert.ok(held.hold.message.includes('demf J-1'));
    await ask(first);
    await leave(first);
    assert.deepEqual(await run(() => inStore().wakeRelated({ documentId: first.id })), { told: 1 });
    assert.deepEqual(at.temporal.signals, [`retryStep ${second.id}`]);
    assert.equal((await post(second)).status, 'done');
    assert.equal((await post(second)).status, 'done');
    assert.deepEqual(
      [...at.erp.journals.values()].map(({ document }) => document.reference),
      [`${name} corrected`],
    );
  });
}
