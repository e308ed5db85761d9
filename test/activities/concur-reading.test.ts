import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { createConcurActivities } from '../../src/activities/concur.js';
import type { DocType } from '../../src/contracts/documents.js';
import { openAlerts } from '../../src/store/alert-store.js';
import { findDocument, unstartedDocuments } from '../../src/store/document-store.js';
import { changed, fixtureText } from '../unit/mapping-fixtures.js';
import type { FakeConcur } from './fake-concur.js';
import { fakeConcur } from './fake-concur.js';
import type { Stage } from './stage.js';
import { connection, fiIdOf, inActivity, openStage } from './stage.js';

let stage: Stage;
let concur: FakeConcur;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());
beforeEach(() => {
  concur = fakeConcur();
  stage.notified.length = 0;
});

const collect = (page = 0, docType: DocType = 'expense', passBeganAt = new Date()) =>
  inActivity(() =>
    createConcurActivities(concur.dependencies(stage)).collectReadyPage({
      docType,
      page,
      passBeganAt: passBeganAt.toISOString(),
    }),
  );
const idOf = (name: string) => `concur:${connection}:expense:${fiIdOf(name)}`;

/** Puts a document into Concur's queue under an id of its own. */
function queue(name: string, given: { status?: string; text?: string } = {}): void {
  const text = given.text ?? changed('expense-split-with-tax', ['A1B2C3D4E5F6A7B8C9D0', `REPORT ${name}`]);
  const id = fiIdOf(name);
  concur.documents.set(id, { id, docType: 'expense', status: given.status ?? 'READY', businessId: name, text });
}

test('S65: a page is stored before anything is acknowledged, byte for byte, and known documents are left alone', async () => {
  for (const name of ['a', 'b', 'c']) queue(name);
  assert.deepEqual(await collect(0), { found: 2, fresh: 2, unstarted: 1, isLast: false });
  assert.deepEqual(await collect(1), { found: 1, fresh: 1, unstarted: 1, isLast: true });
  assert.deepEqual(await collect(0), { found: 2, fresh: 0, unstarted: 1, isLast: false });
  assert.deepEqual(concur.calls, ['list expense 0', 'list expense 1', 'list expense 0']);
  const stored = await findDocument(stage.db, idOf('a'));
  assert.equal(stored?.payload, concur.documents.get(fiIdOf('a'))?.text);
  assert.deepEqual(
    [stored?.businessId, stored?.stage, stored?.currency, stored?.amount],
    ['REPORT a', 'discovered', 'EUR', '224'],
  );
});

test('S78: two polls that read the same page at once store each document once', async () => {
  for (const name of ['race 1', 'race 2']) queue(name);
  const pages = await Promise.all([collect(), collect(), collect()]);
  assert.equal(
    pages.reduce((sum, page) => sum + page.fresh, 0),
    2,
  );
});

test('S1: a document that is not READY leaves no trace, and a person hears of it', async () => {
  queue('recalled', { status: 'RECALLED' });
  assert.equal((await collect()).fresh, 0);
  assert.equal(await findDocument(stage.db, idOf('recalled')), undefined);
  assert.deepEqual(stage.notified, [`unreadable-item: ${connection}/expense/${fiIdOf('recalled')}`]);
});

test('S91: an item that cannot be read is alerted once and holds up no other', async () => {
  concur.unreadable.push({ index: 1, id: 'broken', problem: 'document is neither an object nor the JSON text of one' });
  queue('beside');
  assert.equal((await collect()).fresh, 1);
  await collect();
  assert.deepEqual(stage.notified, [`unreadable-item: ${connection}/expense/broken`]);
});

test('S91: the alert about an item ends with the pass that does not meet it any more: it was read, or is gone', async () => {
  const cause = `unreadable-item: ${connection}/expense/passing`;
  const isOpen = async () => (await openAlerts(stage.db)).some((each) => each.cause === cause);
  concur.unreadable.push({ index: 0, id: 'passing', problem: 'it has no status' });
  await collect();
  await collect();
  assert.equal(await isOpen(), true, 'still met');
  concur.unreadable.length = 0;
  const nextPoll = new Date(Date.now() + 300_000);
  for (const name of ['page a', 'page b', 'page c']) queue(name);
  await collect(0, 'expense', nextPoll);
  assert.equal(await isOpen(), true, 'a later page may hold it');
  await collect(0, 'cashadvance', nextPoll);
  assert.equal(await isOpen(), true, 'another type says nothing about it');
  await collect(1, 'expense', nextPoll);
  assert.equal(await isOpen(), false);
});

test('S65: a payload of an undocumented structure is stored all the same, under its FI id', async () => {
  const odd = [
    '{"hello":1}',
    '{}',
    '{"report":{"reportId":7}}',
    changed('expense-split-with-tax', ['224.00000000', '"x"']),
  ];
  for (const [index, text] of odd.entries()) {
    concur = fakeConcur();
    queue(`odd ${index}`, { text });
    assert.equal((await collect()).fresh, 1);
    const stored = await findDocument(stage.db, idOf(`odd ${index}`));
    assert.equal(stored?.payload, text);
    assert.ok(stored.businessId === stored.fiId && stored.amount === '0');
  }
});

test('S61: a document keeps the type under which it was listed', async () => {
  const id = fiIdOf('advance');
  const text = fixtureText('cash-advance');
  concur.documents.set(id, { id, docType: 'cashadvance', status: 'READY', businessId: 'C', text });
  await collect(0, 'cashadvance');
  const stored = await findDocument(stage.db, `concur:${connection}:cashadvance:${id}`);
  assert.deepEqual([stored?.docType, stored?.payeeId, stored?.amount], ['cashadvance', 'KX10003', '300']);
  assert.deepEqual(concur.calls, ['list cashadvance 0']);
});

test('S32: an employee id that is an e-mail address is hashed where people search, and kept where it is mapped', async () => {
  queue('mail', {
    text: changed('expense-split-with-tax', ['"KX10001"', '"ada@example.com"'], ['A1B2C3D4E5F6A7B8C9D0', 'M']),
  });
  await collect();
  const stored = await findDocument(stage.db, idOf('mail'));
  assert.equal(stored?.payeeId, 'ada@example.com');
  assert.match(stored.payeeCode, /^E-[0-9a-f]{12}$/);
  assert.ok((await unstartedDocuments(stage.db, connection, 100)).some(({ id }) => id === stored.id));
});
