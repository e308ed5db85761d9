import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Settlement } from '../../src/contracts/erp-port.js';
import {
  awaitingPosting,
  markPosted,
  markPostingSignalled,
  markRefused,
  markSettled,
  markSettlementsAsked,
  markWritten,
  newlyPosted,
  planErpDocuments,
  readErpDocuments,
  unsignalledPostings,
  watchedForPayment,
} from '../../src/store/erp-document-store.js';
import {
  markConfirmed,
  markSettlementsSignalled,
  readSettlements,
  storeSettlements,
  unsignalledSettlements,
} from '../../src/store/settlement-store.js';
import { advanceWatermark, readWatermark } from '../../src/store/watermark-store.js';
import type { Stage } from './stage.js';
import { discover, journal, onlyRow, openStage, proofOf, stand } from './stage.js';

let stage: Stage;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());

/** Tests of bulk reads use a company of their own. */
const inCompany = (company: string, name: string) => journal(name, { company });
const ids = async (pages: AsyncGenerator<{ documentId: string }[]>): Promise<string[]> => {
  const found = [];
  for await (const page of pages) found.push(...page.map(({ documentId }) => documentId));
  return found;
};

test('C8: a plan is replaced while it is only planned, and kept as it is once it is written', async () => {
  const { id } = await discover(stage.db, 'plans');
  await planErpDocuments(stage.db, id, [journal('plans', { postingOn: '2026-02-03' })]);
  await planErpDocuments(stage.db, id, [journal('plans', { postingOn: '2026-03-01' })]);
  assert.equal((await onlyRow(stage.db, id)).document.postingOn, '2026-03-01');
  await markWritten(stage.db, id, 1, { journal: 'J-1' });
  const [kept, ...more] = await planErpDocuments(stage.db, id, [journal('plans', { postingOn: '2026-04-01' })]);
  assert.deepEqual([kept?.document.postingOn, kept?.state, more], ['2026-03-01', 'written', []]);
});

test('S78: a key that belongs to another document is refused by the database, and nothing of the plan is kept', async () => {
  const first = await discover(stage.db, 'key owner');
  const second = await discover(stage.db, 'key thief');
  await planErpDocuments(stage.db, first.id, [journal('one key')]);
  await assert.rejects(planErpDocuments(stage.db, second.id, [journal('one key')]), /erp_documents_key/);
  assert.deepEqual(await readErpDocuments(stage.db, second.id), []);
});

test('S78: the same key counts in each ERP company by itself', async () => {
  const first = await discover(stage.db, 'company one');
  const second = await discover(stage.db, 'company two');
  await planErpDocuments(stage.db, first.id, [journal('shared', { company: 'one' })]);
  await planErpDocuments(stage.db, second.id, [journal('shared', { company: 'two' })]);
  assert.equal((await onlyRow(stage.db, second.id)).company, 'two');
});

test('C15: a posting proof is recorded once, and ends a refusal', async () => {
  const document = await discover(stage.db, 'proof');
  const planned = inCompany('proof', 'proof');
  await stand(stage.db, document, 'written', planned);
  assert.deepEqual(await ids(awaitingPosting(stage.db, 'fo-test', 'proof')), [document.id]);
  await markRefused(stage.db, document.id, 1, 'the period is closed');
  assert.equal(await markPosted(stage.db, document.id, proofOf(planned)), true);
  assert.equal(await markPosted(stage.db, document.id, proofOf(planned)), false);
  const row = await onlyRow(stage.db, document.id);
  assert.deepEqual([row.state, row.refusal], ['posted', null]);
  assert.deepEqual(await ids(awaitingPosting(stage.db, 'fo-test', 'proof')), []);
});

test('S101: a posted document is asked about once from its beginning, then watched, also for a while after it is settled', async () => {
  const document = await discover(stage.db, 'watch');
  await stand(stage.db, document, 'posted', inCompany('watch', 'watch'));
  const fresh = () => ids(newlyPosted(stage.db, 'fo-test', 'watch'));
  const watched = () => ids(watchedForPayment(stage.db, 'fo-test', 'watch'));
  assert.deepEqual([await fresh(), await watched()], [[document.id], []]);
  await markSettlementsAsked(stage.db, [{ documentId: document.id, part: 1 }]);
  assert.deepEqual([await fresh(), await watched()], [[], [document.id]]);
  await markSettled(stage.db, document.id);
  assert.deepEqual(await watched(), [document.id]);
  await stage.db.query(`update erp_documents set settled_at = now() - interval '91 days' where company = 'watch'`);
  assert.deepEqual(await watched(), []);
});

test('S101: what another company owes for the same document is asked about from its beginning too', async () => {
  const document = await discover(stage.db, 'two companies');
  const parts = [inCompany('asked', 'asked'), { ...inCompany('unasked', 'unasked'), part: 2 }];
  await planErpDocuments(stage.db, document.id, parts);
  for (const part of parts) await markPosted(stage.db, document.id, proofOf(part));
  await markSettlementsAsked(stage.db, [{ documentId: document.id, part: 1 }]);
  assert.deepEqual(await ids(newlyPosted(stage.db, 'fo-test', 'asked')), []);
  assert.deepEqual(await ids(newlyPosted(stage.db, 'fo-test', 'unasked')), [document.id]);
});

test('S106: a posted document that owes nobody money is never on the payment watch', async () => {
  const document = await discover(stage.db, 'card only');
  const { payable: _payable, ...unpaid } = inCompany('card', 'card only');
  await stand(stage.db, document, 'posted', unpaid);
  assert.deepEqual(await ids(newlyPosted(stage.db, 'fo-test', 'card')), []);
  assert.deepEqual(await ids(watchedForPayment(stage.db, 'fo-test', 'card')), []);
});

test('S106: a watch over more documents than one page sees each once', async () => {
  const document = await discover(stage.db, 'pages');
  const parts = Array.from({ length: 1_001 }, (_, index) => ({
    ...inCompany('many', `part ${index}`),
    part: index + 1,
  }));
  await planErpDocuments(stage.db, document.id, parts);
  await stage.db.query(`update erp_documents set state = 'written', written_at = now() where company = 'many'`);
  const sizes = [];
  for await (const page of awaitingPosting(stage.db, 'fo-test', 'many')) sizes.push(page.length);
  assert.deepEqual(sizes, [1_000, 1]);
});

test('C15: a document that was told of a refusal is told of the posting as well', async () => {
  const document = await discover(stage.db, 'refused then posted');
  const planned = inCompany('told', 'refused then posted');
  await stand(stage.db, document, 'written', planned);
  assert.deepEqual(await unsignalledPostings(stage.db, 'fo-test', 'told'), []);
  await markRefused(stage.db, document.id, 1, 'the period is closed');
  assert.deepEqual(await unsignalledPostings(stage.db, 'fo-test', 'told'), [document.id]);
  await markPostingSignalled(stage.db, document.id);
  await markRefused(stage.db, document.id, 1, 'the period is closed');
  assert.deepEqual(await unsignalledPostings(stage.db, 'fo-test', 'told'), []);
  await markPosted(stage.db, document.id, proofOf(planned));
  assert.deepEqual(await unsignalledPostings(stage.db, 'fo-test', 'told'), [document.id]);
  await markPostingSignalled(stage.db, document.id);
  assert.deepEqual(await unsignalledPostings(stage.db, 'fo-test', 'told'), []);
});

const settlement = (documentId: string, settlementKey: string, given: Partial<Settlement> = {}): Settlement => ({
  documentId,
  part: 1,
  settlementKey,
  kind: 'payment',
  amount: '40.00',
  currency: 'EUR',
  settledOn: '2026-03-15',
  reference: 'PAY-1',
  fiscalYear: '2026',
  ...given,
});

test('S101: a settlement that is reported again is stored once, and keeps its amount and its date', async () => {
  const document = await discover(stage.db, 'settled');
  await stand(stage.db, document, 'posted', inCompany('settled', 'settled'));
  const rows = [settlement(document.id, 'S-1'), settlement(document.id, 'S-2', { amount: '60.00' })];
  assert.deepEqual(await storeSettlements(stage.db, rows), rows);
  const again = [...rows, settlement(document.id, 'S-1', { amount: '99.00' })];
  assert.deepEqual(await storeSettlements(stage.db, again), []);
  const stored = await readSettlements(stage.db, document.id);
  assert.deepEqual(
    stored.map(({ settlementKey, amount, settledOn }) => [settlementKey, amount, settledOn]),
    [
      ['S-1', '40.00', '2026-03-15'],
      ['S-2', '60.00', '2026-03-15'],
    ],
  );
});

test('S101: a settlement is told to its workflow once and to Concur once', async () => {
  const document = await discover(stage.db, 'told payment');
  await stand(stage.db, document, 'posted', inCompany('paid', 'told payment'));
  await storeSettlements(stage.db, [settlement(document.id, 'S-1')]);
  assert.deepEqual(await unsignalledSettlements(stage.db, 'fo-test', 'paid'), [document.id]);
  await markSettlementsSignalled(stage.db, document.id);
  assert.deepEqual(await unsignalledSettlements(stage.db, 'fo-test', 'paid'), []);
  await storeSettlements(stage.db, [settlement(document.id, 'S-2')]);
  assert.deepEqual(await unsignalledSettlements(stage.db, 'fo-test', 'paid'), [document.id]);
  await markConfirmed(stage.db, document.id, ['S-1'], 'PP');
  await markConfirmed(stage.db, document.id, ['S-1', 'S-2'], 'CP');
  const told = (await readSettlements(stage.db, document.id)).map(({ confirmedStatus }) => confirmedStatus);
  assert.deepEqual(told, ['PP', 'CP']);
});

test('S101: a settlement of a part that was never planned is refused by the database', async () => {
  const document = await discover(stage.db, 'stray');
  await assert.rejects(storeSettlements(stage.db, [settlement(document.id, 'S-1')]), /foreign key/);
});

test('S101: a watermark moves forward only', async () => {
  assert.equal(await readWatermark(stage.db, 'w'), undefined);
  const [early, late] = [new Date('2026-03-01T00:00:00Z'), new Date('2026-03-02T00:00:00Z')];
  await advanceWatermark(stage.db, 'w', late);
  await advanceWatermark(stage.db, 'w', early);
  assert.deepEqual(await readWatermark(stage.db, 'w'), late);
});
