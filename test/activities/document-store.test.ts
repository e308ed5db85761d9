import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { appendAudit, readAudit } from '../../src/store/audit-store.js';
import { migrate } from '../../src/store/database.js';
import {
  closeDocument,
  findDocument,
  knownDocuments,
  markStarted,
  reachStage,
  readDocument,
  storeDiscovered,
  unstartedDocuments,
} from '../../src/store/document-store.js';
import { livingRelative, newerRelative, openRelatives } from '../../src/store/related-documents.js';
import { markWithdrawn } from '../../src/store/erp-document-store.js';
import { putOnHold } from '../../src/store/hold-store.js';
import { changed, fixtureText } from '../unit/mapping-fixtures.js';
import type { Stage } from './stage.js';
import { connection, discover, onlyRow, openStage, stand } from './stage.js';

let stage: Stage;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());

const stagesInAudit = async (id: string): Promise<unknown[]> =>
  (await readAudit(stage.db, id)).filter(({ kind }) => kind === 'state').map(({ data }) => data['stage']);

test('Migrations run twice, and by two processes at once, change nothing', async () => {
  assert.deepEqual(await migrate(stage.db), []);
  assert.deepEqual(await Promise.all([migrate(stage.db), migrate(stage.db)]), [[], []]);
});

test('S78: a document that two polls store at once is stored once and audited once', async () => {
  const document = await discover(stage.db, 'twice');
  assert.equal(await storeDiscovered(stage.db, document), false);
  const other = { ...document, id: 'concur:test:expense:race', fiId: 'race' };
  const news = await Promise.all([1, 2, 3, 4].map(() => storeDiscovered(stage.db, other)));
  assert.equal(news.filter(Boolean).length, 1);
  assert.deepEqual(await stagesInAudit(document.id), ['discovered']);
  assert.deepEqual(await stagesInAudit(other.id), ['discovered']);
  assert.deepEqual(await knownDocuments(stage.db, [document.id, 'no such id']), new Set([document.id]));
});

test('S65: the payload is kept byte for byte, with numbers as Concur wrote them', async () => {
  const text = `${fixtureText('expense-split-with-tax')}\n   `;
  assert.match(text, /0E-8/);
  const document = await discover(stage.db, 'bytes', 'expense-split-with-tax', text);
  assert.equal(document.payload, text);
  assert.equal((await findDocument(stage.db, document.id))?.payload, text);
});

test('S91: a name with a character that PostgreSQL cannot keep does not keep its document out of the store', async () => {
  const text = changed('expense-split-with-tax', ['"QQ0001"', String.raw`"QQ\u00000001"`]);
  const document = await discover(stage.db, 'nul', 'expense-split-with-tax', text);
  assert.equal(document.humanNumber, 'QQ0001');
  assert.equal(document.payload, text);
});

test('S114: the audit trail refuses UPDATE, DELETE and TRUNCATE', async () => {
  const refused = /append-only/;
  await appendAudit(stage.db, { documentId: 'a', kind: 'alert', actor: 'connector', data: {} });
  await assert.rejects(stage.db.query("update audit set actor = 'nobody'"), refused);
  await assert.rejects(stage.db.query('delete from audit'), refused);
  await assert.rejects(stage.db.query('truncate audit'), refused);
  assert.equal((await readAudit(stage.db, 'a')).length, 1);
});

test('S116: a stage never goes back, and a stage that is reached again leaves no second audit line', async () => {
  const { id } = await discover(stage.db, 'stages');
  await reachStage(stage.db, id, 'acknowledged', { acknowledged: true });
  await reachStage(stage.db, id, 'posted');
  await reachStage(stage.db, id, 'validated');
  await reachStage(stage.db, id, 'posted');
  assert.equal((await readDocument(stage.db, id)).stage, 'posted');
  assert.deepEqual(await stagesInAudit(id), ['discovered', 'acknowledged', 'posted']);
});

test('S103: a confirmation is recorded once, also where the stage has been reached before', async () => {
  const { id } = await discover(stage.db, 'facts');
  await reachStage(stage.db, id, 'posted');
  await reachStage(stage.db, id, 'posted', { postingConfirmed: true });
  const { postingConfirmedAt } = await readDocument(stage.db, id);
  assert.ok(postingConfirmedAt);
  await reachStage(stage.db, id, 'posted', { postingConfirmed: true });
  assert.deepEqual((await readDocument(stage.db, id)).postingConfirmedAt, postingConfirmedAt);
  const [, , told, ...rest] = (await readAudit(stage.db, id)).map(({ data }) => data);
  assert.deepEqual([told, rest], [{ stage: 'posted', postingConfirmed: true }, []]);
});

test('B4: a hold is written once per change, keeps its beginning, and ends with a stage', async () => {
  const { id } = await discover(stage.db, 'holds');
  await putOnHold(stage.db, 'documents', id, 'vendor-missing', 'no vendor');
  const { heldSince } = await readDocument(stage.db, id);
  await putOnHold(stage.db, 'documents', id, 'vendor-missing', 'no vendor');
  await putOnHold(stage.db, 'documents', id, 'account-unusable', 'no account');
  const held = await readDocument(stage.db, id);
  assert.deepEqual([held.holdReason, held.heldSince], ['account-unusable', heldSince]);
  assert.equal((await readAudit(stage.db, id)).filter(({ kind }) => kind === 'hold').length, 2);
  await reachStage(stage.db, id, 'validated');
  const { holdReason, holdMessage, heldSince: since } = await readDocument(stage.db, id);
  assert.deepEqual([holdReason, holdMessage, since], [null, null, null]);
});

test('S118: a closed document keeps its first outcome and is never held again', async () => {
  const { id } = await discover(stage.db, 'closed');
  await closeDocument(stage.db, id, 'paid', 'first');
  await closeDocument(stage.db, id, 'recalled', 'second');
  await putOnHold(stage.db, 'documents', id, 'erp-refused', 'late');
  const document = await readDocument(stage.db, id);
  assert.deepEqual([document.stage, document.outcome, document.holdReason], ['closed', 'paid', null]);
  assert.deepEqual(await stagesInAudit(id), ['discovered', 'closed']);
});

test('C6: another financial document of the same report counts as living while it stands in the ERP, whichever is older', async () => {
  const text = changed('expense-split-with-tax', ['A1B2C3D4E5F6A7B8C9D0', 'LIVING']);
  const first = await discover(stage.db, 'revision 1', 'expense-split-with-tax', text);
  const second = await discover(stage.db, 'revision 2', 'expense-split-with-tax', text);
  const other = await discover(stage.db, 'another type', 'invoice-two-lines');
  assert.equal(await livingRelative(stage.db, second), undefined);
  await stand(stage.db, first, 'planned');
  assert.equal(await livingRelative(stage.db, second), undefined);
  await stand(stage.db, first, 'written');
  const { keys } = await onlyRow(stage.db, first.id);
  assert.deepEqual(await livingRelative(stage.db, second), {
    id: first.id,
    fiId: first.fiId,
    where: `demf ${keys.journal ?? ''}`,
  });
  assert.equal(await livingRelative(stage.db, first), undefined);
  assert.equal(await livingRelative(stage.db, other), undefined);
  await markWithdrawn(stage.db, first.id, 1);
  assert.equal(await livingRelative(stage.db, second), undefined);
  await stand(stage.db, second, 'posted');
  const living = await livingRelative(stage.db, first);
  assert.match(living?.where ?? '', /^demf V-/);
});

test('S83: a document knows its predecessor, and which other one is newer; the revision plays no part', async () => {
  const text = (revision: string) =>
    changed(
      'expense-split-with-tax',
      ['A1B2C3D4E5F6A7B8C9D0', 'CHAIN'],
      ['"revisionNumber": "1"', `"revisionNumber": "${revision}"`],
    );
  const chain = [];
  for (const [name, revision] of [
    ['chain 1', '1'],
    ['chain 2', '1'],
    ['chain 3', '2'],
  ] as const) {
    chain.push(await discover(stage.db, name, 'expense-split-with-tax', text(revision)));
  }
  assert.deepEqual(
    chain.map(({ predecessorId }) => predecessorId),
    [null, chain[0]?.id, chain[1]?.id],
  );
  const [first, second, third] = [chain[0]!, chain[1]!, chain[2]!];
  assert.equal((await newerRelative(stage.db, first))?.id, third.id);
  assert.equal((await newerRelative(stage.db, second))?.id, third.id);
  assert.equal(await newerRelative(stage.db, third), undefined);
  const [discovered] = await readAudit(stage.db, third.id);
  assert.equal(discovered?.data['predecessor'], second.id);
  await markStarted(stage.db, first.id);
  await markStarted(stage.db, second.id);
  await closeDocument(stage.db, first.id, 'returned', 'done');
  assert.deepEqual(await openRelatives(stage.db, third), [second.id]);
});

test('S79: documents without a workflow are found oldest first, until they are marked as started', async () => {
  const all = await unstartedDocuments(stage.db, connection, 1_000);
  for (const { id } of all.slice(1)) await markStarted(stage.db, id);
  assert.deepEqual(
    (await unstartedDocuments(stage.db, connection, 1_000)).map(({ id }) => id),
    [all[0]?.id],
  );
  assert.deepEqual(await unstartedDocuments(stage.db, 'another', 10), []);
});
