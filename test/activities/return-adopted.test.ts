import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StoredDocument } from '../../src/store/document-store.js';
import { putOnHold } from '../../src/store/hold-store.js';
import { systemId } from './fake-concur.js';
import { useLeaving } from './leaving-stage.js';
import { journal } from './stage.js';

const at = useLeaving();
const { ask, giveBack, given, ignore, inConcur, leave, now, prepare, run, stateOf, told } = at;

/** A document that Concur holds under our system id and of which this ledger knows nothing but the payload. */
async function forgotten(name: string): Promise<StoredDocument> {
  const document = await given(name);
  await at.stage.db.query(`update documents set acknowledged_at = null, stage = 'discovered' where id = $1`, [
    document.id,
  ]);
  return document;
}

const unplanned = ({ id }: StoredDocument) =>
  at.stage.db.query('delete from erp_documents where document_id = $1', [id]);
const acknowledge = ({ id }: StoredDocument) => run(() => inConcur().acknowledgeInConcur({ documentId: id }));

test('B3, decisions 5: adopted and planned, it is looked for in the ERP although this ledger has written nothing', async () => {
  const document = await forgotten('adopted, in the ERP');
  const planned = journal('adopted, in the ERP');
  at.erp.journals.set(planned.keySeed, { journal: 'J-77', document: planned, posted: false });
  await acknowledge(document);
  assert.ok((await now(document)).adoptedAt);
  await putOnHold(at.stage.db, 'documents', document.id, 'vendor-missing', 'No vendor.');
  await ask(document);
  assert.equal((await leave(document)).status, 'done');
  assert.deepEqual(at.erp.calls, ['withdraw demf 1']);
  assert.deepEqual([at.erp.journals.size, await stateOf(document)], [0, 'withdrawn']);
});

test('B3, decisions 5: adopted and posted, it is not returned, and Concur hears nothing', async () => {
  const document = await forgotten('adopted, posted');
  const planned = journal('adopted, posted');
  at.erp.journals.set(planned.keySeed, { journal: 'J-77', document: planned, posted: true });
  await acknowledge(document);
  await ask(document);
  const held = await leave(document);
  assert.ok(held.status === 'hold' && held.hold.reason === 'return-blocked');
  assert.deepEqual(told(), []);
});

test('B3, decisions 5: adopted and not planned, it holds with what to look for until a person says that nothing is there', async () => {
  const document = await forgotten('adopted, no plan');
  await unplanned(document);
  await acknowledge(document);
  await ask(document, { reason: 'Attach it.' });
  const held = await prepare(document);
  assert.ok(held.status === 'hold' && held.hold.reason === 'return-blocked');
  assert.ok(held.hold.message.includes(`${document.amount} ${document.currency} of the vendor of`));
  const message = JSON.parse(/\{.*\}/.exec(held.hold.message)?.[0] ?? '') as object;
  assert.deepEqual(message, { by: 'YOUR NAME', reason: 'Attach it.', erpIsEmpty: true });
  assert.equal((await giveBack(document)).status, 'hold');
  assert.deepEqual(told(), []);
  await ask(document, { erpIsEmpty: true });
  assert.equal((await leave(document)).status, 'done');
  assert.deepEqual(told(), ['confirm-posting error ']);
});

test('B3, decisions 5: that it was adopted may turn out only when it is given back: even then Concur hears no error', async () => {
  const document = await forgotten('adopted late');
  await unplanned(document);
  await ask(document);
  const held = await leave(document);
  assert.ok(held.status === 'hold' && held.hold.reason === 'return-blocked');
  assert.deepEqual(told(), []);
  assert.equal((await prepare(document)).status, 'hold');
});

test('B5, decisions 5: an adopted document that is ignored is not said to be out of the ERP', async () => {
  const [planned, without] = [await forgotten('ignored, planned'), await forgotten('ignored, no plan')];
  await unplanned(without);
  for (const document of [planned, without]) {
    await acknowledge(document);
    assert.match((await ignore(document)).detail, /something of it may be in/i);
  }
});

test('C14: a document that we have acknowledged ourselves goes back without a look into the ERP, as before', async () => {
  const document = await forgotten('ready');
  at.concur.holds(document, 'READY');
  await unplanned(document);
  await ask(document);
  assert.equal((await leave(document)).status, 'done');
  assert.equal((await now(document)).adoptedAt, null);
});

test('S64, C2: a 101 under our system id for a document that Concur shows as ready, or not at all, is repeated, then held', async () => {
  for (const name of ['101 ready', '101 unknown']) {
    const document = await forgotten(name);
    if (name === '101 ready') at.concur.holds(document, 'READY');
    else at.concur.documents.delete(document.fiId);
    const answer = { code: 101, systemId };
    for (let attempt = 1; attempt < 20; attempt += 1) {
      at.concur.faults.push(answer);
      await assert.rejects(acknowledge(document), { type: 'Unavailable' });
    }
    at.concur.faults.push(answer);
    const held = await acknowledge(document);
    assert.ok(held.status === 'hold' && held.hold.reason === 'concur-refused');
    assert.equal((await now(document)).acknowledgedAt, null);
  }
});

for (const [status, words] of [
  ['POSTING_CONFIRMED_FAILURE', /comes as a new document/],
  ['PAID', /PAID \(paid\)/],
  ['VOID', /VOID \(void\)/],
  ['CANCEL', /cancelled/],
  ['FLAG_DUPLICATE', /marked as a duplicate/],
  ['SOMETHING_NEW', /a status that the connector does not know/],
] as const) {
  test(`S64, FIS 7.1: after a lost answer, too, ${status} holds in words and is no acknowledgement`, async () => {
    const document = await forgotten(`lost, then ${status}`);
    at.concur.faults.push('lost-before');
    await assert.rejects(acknowledge(document), { type: 'OutcomeUnknown' });
    at.concur.documents.get(document.fiId)!.status = status;
    const held = await acknowledge(document);
    assert.ok(held.status === 'hold' && held.hold.reason === 'concur-refused');
    assert.match(held.hold.message, words);
    assert.equal((await now(document)).acknowledgedAt, null);
  });
}
