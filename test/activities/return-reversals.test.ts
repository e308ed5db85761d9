import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StoredDocument } from '../../src/store/document-store.js';
import { planErpDocuments, readErpDocuments } from '../../src/store/erp-document-store.js';
import { useLeaving } from './leaving-stage.js';
import { journal, proofOf } from './stage.js';

const at = useLeaving();
const { ask, given, leave, now, post, told } = at;

/** A document that two companies have posted, with the numbers that a hold names; both may be the same number. */
async function postedTwice(name: string, sameNumber = false) {
  const document = await given(name);
  const parts = [journal(name), journal(`${name} other`, { part: 2, company: 'usmf' })] as const;
  await planErpDocuments(at.stage.db, document.id, [...parts]);
  for (const { part } of parts) await post(document, part);
  const numbers = parts.map((part) => (sameNumber ? 'GNJL000010' : proofOf(part).documentNumber));
  for (const [index, part] of parts.entries()) at.erp.post(part, numbers[index]);
  return { document, standing: [`demf/${numbers[0]}`, `usmf/${numbers[1]}`] as const };
}

const states = async ({ id }: StoredDocument) => (await readErpDocuments(at.stage.db, id)).map(({ state }) => state);

async function blocked(document: StoredDocument): Promise<string> {
  const held = await leave(document);
  assert.ok(held.status === 'hold' && held.hold.reason === 'return-blocked', JSON.stringify(held));
  assert.deepEqual(told(), []);
  return held.hold.message;
}

for (const sameNumber of [false, true]) {
  test(`B3, B5: a reversal in one company releases that posting alone (${sameNumber ? 'the same number in both' : 'two numbers'})`, async () => {
    const name = `two companies ${sameNumber}`;
    const { document, standing } = await postedTwice(name, sameNumber);
    await ask(document);
    await blocked(document);
    await ask(document, { reversals: { [standing[0]]: 'GNJL000091' } });
    const message = await blocked(document);
    assert.deepEqual(await states(document), ['withdrawn', 'posted']);
    assert.match(message, /usmf has posted it as/);
    assert.doesNotMatch(message, /demf/, 'what is reversed is not asked for again');
    await ask(document, { reversals: { [standing[1]]: 'GNJL000092' } });
    assert.equal((await leave(document)).status, 'done');
    assert.deepEqual(await states(document), ['withdrawn', 'withdrawn']);
    const { rows } = await at.stage.db.query<{ standing: string; reversal: string }>(
      `select data ->> 'standing' as standing, data ->> 'reversal' as reversal from audit
       where document_id = $1 and data ? 'withdrawn' order by id`,
      [document.id],
    );
    assert.deepEqual(
      rows.map((row) => [row.standing, row.reversal]),
      [
        [standing[0], 'GNJL000091'],
        [standing[1], 'GNJL000092'],
      ],
    );
  });
}

test('B5: the hold names all that is known to stand, with the message to send, which keeps the reason for the employee', async () => {
  const { document, standing } = await postedTwice('all that stands');
  await ask(document);
  await blocked(document);
  // The other part becomes known as posted when the first is released; named early, it counts when its turn comes.
  await ask(document, { reason: 'Attach it.', reversals: { [standing[0]]: 'R-1' } });
  await blocked(document);
  await at.stage.db.query(`update erp_documents set state = 'posted' where document_id = $1`, [document.id]);
  await at.stage.db.query(`update documents set leaving = leaving - 'reversals' where id = $1`, [document.id]);
  const sent = /\{.*\}\}/.exec(await blocked(document))?.[0] ?? '';
  assert.deepEqual(JSON.parse(sent), {
    by: 'YOUR NAME',
    reason: 'Attach it.',
    reversals: Object.fromEntries(standing.map((each) => [each, 'NUMBER OF THE REVERSING ENTRY'])),
  });
});

test('B3, B5: a reversal that is named before the ERP has posted counts only for the number that it names', async () => {
  const { document, standing } = await postedTwice('named early');
  await ask(document, { reversals: { 'demf/GNJL-before': 'R-1', [`usmf/${standing[0].slice(5)}`]: 'R-2' } });
  assert.match(await blocked(document), /demf has posted it as/);
  assert.deepEqual(await states(document), ['posted', 'written']);
});

test('B5: reversals named one after the other add up, also when the last request only changes the reason', async () => {
  const { document, standing } = await postedTwice('one after the other');
  await ask(document, { reversals: { [standing[1]]: 'R-2' } });
  await ask(document, { reversals: { [standing[0]]: 'R-1' } });
  await ask(document, { reason: 'Another reason.' });
  assert.equal((await leave(document)).status, 'done');
  assert.deepEqual((await now(document)).leaving?.reversals, { [standing[1]]: 'R-2', [standing[0]]: 'R-1' });
});

test('S9, B5: what is posted and cannot be proven goes back on the word of a person who names its voucher', async () => {
  const document = await given('unproven');
  await post(document);
  at.erp.unproven.set('demf', 'GNJL000900');
  await ask(document);
  assert.match(await blocked(document), /Reverse GNJL000900.*\{"demf\/GNJL000900":"NUMBER OF THE REVERSING ENTRY"\}/);
  await ask(document, { reversals: { 'demf/GNJL000900': 'GNJL000901' } });
  assert.equal((await leave(document)).status, 'done');
  assert.deepEqual(await states(document), ['withdrawn']);
});

test('S12, S107, S109, C13: an offset is taken once however often it is told; nothing is deleted, Concur hears of it by one confirmation', async () => {
  const document = await given('offset once');
  await post(document);
  at.erp.post(journal('offset once'));
  const { documentNumber } = proofOf(journal('offset once'));
  const reversals = { [`demf/${documentNumber}`]: 'GNJL000777' };
  await ask(document);
  await blocked(document);
  const before = at.concur.calls.length;
  await ask(document, { reversals });
  await ask(document, { reversals });
  assert.equal((await leave(document)).status, 'done');
  await ask(document, { reversals });
  assert.equal((await at.prepare(document)).status, 'ended', 'a replay of a document that is over does nothing');
  assert.deepEqual(await states(document), ['withdrawn']);
  const { rows } = await at.stage.db.query<{ reversal: string }>(
    `select data ->> 'reversal' as reversal from audit where document_id = $1 and data ? 'withdrawn'`,
    [document.id],
  );
  assert.deepEqual(rows, [{ reversal: 'GNJL000777' }]);
  assert.equal(at.erp.journals.size, 1, 'what is posted stays: the offset stands beside it');
  const writes = at.concur.calls.slice(before).filter((call) => !/^(read|get|find|list)/.test(call));
  assert.deepEqual([writes.length, told().length], [1, 1], writes.join('; '));
});
