import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { createConcurActivities } from '../../src/activities/concur.js';
import type { DocumentDependencies, ErpDependencies } from '../../src/activities/dependencies.js';
import { createDocumentActivities } from '../../src/activities/documents.js';
import { createErpActivities } from '../../src/activities/erp.js';
import { createGuardedWrites } from '../../src/activities/guarded-writes.js';
import { createFoAdapter } from '../../src/clients/dynamics-fo/fo-adapter.js';
import type { HttpClient } from '../../src/clients/http/types.js';
import type { PostingProof, PostingState, Settlement } from '../../src/contracts/erp-port.js';
import { openAlerts } from '../../src/store/alert-store.js';
import type { StoredDocument } from '../../src/store/document-store.js';
import { closeDocument, reachStage } from '../../src/store/document-store.js';
import {
  markPosted,
  markSettled,
  markWritten,
  planErpDocuments,
  readErpDocuments,
} from '../../src/store/erp-document-store.js';
import { readSettlements, storeSettlements } from '../../src/store/settlement-store.js';
import { environment, expense, post as postInFo } from '../clients/fo-fixtures.js';
import { changed } from '../unit/mapping-fixtures.js';
import type { FakeConcur } from './fake-concur.js';
import { fakeConcur, systemId } from './fake-concur.js';
import { fakeErp, type FakeErp } from './fake-erp.js';
import type { Stage } from './stage.js';
import { discover, inActivity, journal, onlyRow, openStage, proofOf, stand } from './stage.js';

let stage: Stage;
let concur: FakeConcur;
let erp: FakeErp;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());
beforeEach(() => {
  concur = fakeConcur();
  erp = fakeErp();
  stage.notified.length = 0;
});

/** An acknowledged document in a company of its own. */
async function given(name: string, state: 'planned' | 'written' | 'posted'): Promise<StoredDocument> {
  const text = changed('expense-split-with-tax', ['A1B2C3D4E5F6A7B8C9D0', `REPORT ${name}`]);
  const document = await discover(stage.db, name, 'expense-split-with-tax', text);
  concur.holds(document, 'ACKNOWLEDGED', { erpSystemId: systemId });
  await reachStage(stage.db, document.id, 'acknowledged', { acknowledged: true });
  await stand(stage.db, document, state, journal(name, { company: name }));
  return document;
}

const withPort = (port: Partial<ErpDependencies['port']>): ErpDependencies => {
  const dependencies = erp.dependencies(stage);
  return { ...dependencies, port: { ...dependencies.port, ...port } };
};
const confirm = ({ id }: StoredDocument) =>
  inActivity(() => createConcurActivities(concur.dependencies(stage)).confirmPostingInConcur({ documentId: id }));
const pay = ({ id }: StoredDocument) =>
  inActivity(() => createConcurActivities(concur.dependencies(stage)).confirmPaymentInConcur({ documentId: id }));
const check = ({ id }: StoredDocument, port: Partial<ErpDependencies['port']>) =>
  inActivity(() => createErpActivities(withPort(port)).checkPostingInErp({ documentId: id }));
const says = (state: PostingState): Partial<ErpDependencies['port']> => ({
  findPostings: (_company, documents) => Promise.resolve(documents.map(({ documentId }) => ({ documentId, ...state }))),
});
const proof = (name: string, more: Partial<PostingProof> = {}): PostingProof => ({
  ...proofOf(journal(name)),
  ...more,
});

const settlement = ({ id }: StoredDocument, more: Partial<Settlement> = {}): Settlement => ({
  documentId: id,
  part: 1,
  settlementKey: 'S-1',
  kind: 'payment',
  amount: '100.00',
  currency: 'EUR',
  settledOn: '2026-03-15',
  reference: 'REV-1',
  fiscalYear: '2026',
  ...more,
});

test('S43, S100, B9: a posting that differs from the plan holds with every difference, and Concur hears nothing', async () => {
  const document = await given('differs', 'written');
  const differences = ['dimension CostCenter of line 2 (024 was meant, nothing stands there)', 'debit of line 3'];
  await markPosted(stage.db, document.id, proof('differs', { differences }));
  const result = await confirm(document);
  assert.ok(result.status === 'hold' && result.hold.reason === 'posted-differently');
  for (const difference of differences) assert.ok(result.hold.message.includes(difference));
  assert.match(
    result.hold.message,
    /confirmed to Concur\. If it is right as it is posted, send acceptPosting: .* Else reverse V-/,
  );
  assert.deepEqual(concur.calls, []);
});

test('B9: a posting that differed is proven anew at the self-check, and goes on when nothing differs any more', async () => {
  const document = await given('anew', 'written');
  await markPosted(stage.db, document.id, proof('anew', { differences: ['text'] }));
  const still = await check(document, says({ state: 'posted', part: 1, proof: proof('anew', { differences: ['x'] }) }));
  assert.ok(still.status === 'hold' && /otherwise than it was meant: x\./.test(still.hold.message));
  const mended = await check(document, says({ state: 'posted', part: 1, proof: proof('anew') }));
  assert.ok(mended.status === 'done' && mended.posted);
  assert.equal((await confirm(document)).status, 'done');
});

test('B11: a posting that was reversed before Concur was told holds, whether the proof or the settlements tell', async () => {
  const proven = await given('reversed 1', 'written');
  await markPosted(stage.db, proven.id, proof('reversed 1', { reversedBy: 'GNJL9' }));
  const settled = await given('reversed 2', 'posted');
  await storeSettlements(stage.db, [settlement(settled, { kind: 'reversal' })]);
  for (const [document, number] of [
    [proven, 'GNJL9'],
    [settled, 'REV-1'],
  ] as const) {
    const result = await confirm(document);
    assert.ok(result.status === 'hold' && result.hold.reason === 'reversed-in-erp');
    assert.match(result.hold.message, new RegExp(`reversed it again by ${number}; nothing has been confirmed`));
  }
  assert.deepEqual(concur.calls, []);
  await storeSettlements(stage.db, [
    settlement(settled, { kind: 'reversal', amount: '-100.00', settlementKey: 'S-2' }),
  ]);
  assert.equal((await confirm(settled)).status, 'done', 'a reversal that was taken back holds nothing');
});

test('B11: a posting that is reversed afterwards holds as reversed and is never told as paid', async () => {
  const document = await given('reversed later', 'posted');
  await confirm(document);
  await storeSettlements(stage.db, [settlement(document, { kind: 'reversal' })]);
  const result = await pay(document);
  assert.ok(result.status === 'hold' && result.hold.reason === 'reversed-in-erp');
  assert.match(result.hold.message, /reversed the posting by REV-1; the document is closed there without a payment/);
  assert.equal(concur.calls.filter((call) => call.startsWith('confirm-payment')).length, 0);
  assert.equal((await confirm(document)).status, 'done', 'what Concur knows is not kept from it any more');
});

test('B11: a posting that is reversed after the document was closed alerts a person', async () => {
  const document = await given('reversed closed', 'posted');
  const found: Settlement[] = [];
  const watch = () =>
    inActivity(() =>
      createErpActivities(withPort({ findSettlements: () => Promise.resolve(found) })).readSettlementsFromErp({
        company: 'reversed closed',
      }),
    );
  await watch();
  await closeDocument(stage.db, document.id, 'paid', 'told');
  await markSettled(stage.db, document.id);
  found.push(settlement(document, { kind: 'reversal' }));
  await watch();
  assert.deepEqual(stage.notified, [`reversed-in-erp: ${document.id}`]);
});

test('S101: what a settlement is may be seen later than the settlement: it is told anew until Concur has been told', async () => {
  const document = await given('seen later', 'posted');
  await storeSettlements(stage.db, [settlement(document, { kind: 'other' })]);
  const fresh = await storeSettlements(stage.db, [settlement(document, { chequeNumber: '000778' })]);
  assert.equal(fresh.length, 1);
  assert.equal((await readSettlements(stage.db, document.id))[0]?.chequeNumber, '000778');
  assert.deepEqual(await storeSettlements(stage.db, [settlement(document)]), []);
  await stage.db.query(`update settlements set confirmed_at = now() where document_id = $1`, [document.id]);
  await storeSettlements(stage.db, [settlement(document, { kind: 'other' })]);
  assert.deepEqual(
    (await readSettlements(stage.db, document.id)).map(({ kind }) => kind),
    ['payment'],
  );
});

test('C15: a document that stays unposted too long alerts with the reason of the ERP, which ends with the posting', async () => {
  const document = await given('overdue', 'written');
  const reason = 'Journal J-1 waits for an approval in its workflow.';
  const waiting = await check(document, says({ state: 'waiting', part: 1, reason }));
  assert.ok(waiting.status === 'done' && waiting.waitingFor.endsWith(`The ERP says: ${reason}`));
  const activities = createDocumentActivities(stage as unknown as DocumentDependencies);
  await inActivity(() => activities.alertPostingOverdue({ documentId: document.id }));
  const alertOf = async () =>
    (await openAlerts(stage.db)).find(({ cause }) => cause === `posting-overdue: ${document.id}`);
  assert.match((await alertOf())?.message ?? '', /is not posted in time.*waits for an approval in its workflow/);
  await check(document, says({ state: 'posted', part: 1, proof: proof('overdue') }));
  await confirm(document);
  assert.equal(await alertOf(), undefined);
});

test('S101: what keeps the ERP from paying is told once, stands in what the document waits for, and ends when it is gone', async () => {
  const document = await given('held', 'posted');
  await confirm(document);
  const reason = 'Vendor E-001 is on hold (Payment), so that nothing is paid to it.';
  const obstacles = [{ documentId: document.id, part: 1, reason }];
  const selfCheck = () =>
    inActivity(() =>
      createErpActivities(withPort({ findPaymentObstacles: () => Promise.resolve([...obstacles]) })).checkPaymentInErp({
        documentId: document.id,
      }),
    );
  await selfCheck();
  await selfCheck();
  assert.deepEqual(stage.notified, [`payment-held: ${document.id}/1`]);
  const open = await pay(document);
  assert.ok(open.status === 'done' && open.detail === `Waiting for the ERP to pay. ${reason}`);
  const standing = async () => (await openAlerts(stage.db)).filter(({ cause }) => cause.startsWith('payment-held'));
  assert.equal((await standing()).length, 1, 'a successful step does not end it');
  obstacles.length = 0;
  await selfCheck();
  assert.deepEqual(await standing(), []);
  const after = await pay(document);
  assert.ok(after.status === 'done' && after.detail === 'Waiting for the ERP to pay.');
});

test('S101: obstacles are looked for when a posting comes on the watch, not at every look', async () => {
  const document = await given('newly', 'posted');
  let asked = 0;
  const findPaymentObstacles = () => {
    asked += 1;
    return Promise.resolve([]);
  };
  const watch = () =>
    inActivity(() =>
      createErpActivities(withPort({ findPaymentObstacles })).readSettlementsFromErp({ company: 'newly' }),
    );
  await watch();
  await watch();
  assert.equal(asked, 1);
  assert.equal((await onlyRow(stage.db, document.id)).waiting, null);
});

test('S101: a day later what should have been paid is asked about again, and another reason is told at once', async () => {
  const document = await given('reread', 'posted');
  const asked: number[] = [];
  let reason: string | undefined = 'It is not approved.';
  const watch = () =>
    inActivity(() =>
      createErpActivities(
        withPort({
          findPaymentObstacles: (_company, documents) => {
            asked.push(documents.length);
            return Promise.resolve(reason === undefined ? [] : [{ documentId: document.id, part: 1, reason }]);
          },
        }),
      ).readSettlementsFromErp({ company: 'reread' }),
    );
  const dayPasses = (column: 'obstacles_asked_at' | 'posted_at') =>
    stage.db.query(`update erp_documents set ${column} = ${column} - interval '1 day' where document_id = $1`, [
      document.id,
    ]);
  const messages = async () =>
    (await openAlerts(stage.db)).filter(({ cause }) => cause.startsWith('payment-held')).map(({ message }) => message);
  assert.equal((await watch()).untold, 1, 'the workflow hears of it');
  await stage.db.query('update erp_documents set waiting_untold = false where document_id = $1', [document.id]);
  reason = 'Vendor E-001 is on hold (All).';
  assert.equal((await watch()).untold, 0);
  assert.deepEqual(asked, [1], 'not at every look');
  await dayPasses('obstacles_asked_at');
  assert.equal((await watch()).untold, 1);
  assert.match((await messages()).join(), /on hold \(All\)/);
  assert.equal(stage.notified.length, 2, 'another reason is told, and not only written down');
  reason = undefined;
  await dayPasses('obstacles_asked_at');
  await watch();
  assert.deepEqual([await messages(), asked.length], [[], 3]);
  await dayPasses('obstacles_asked_at');
  await watch();
  assert.equal(asked.length, 3, 'nothing is in its way, and it is not time yet');
  await dayPasses('posted_at');
  await watch();
  assert.equal(asked.length, 4);
});

test('B11: a part that owes nobody anything and is taken back before the last part is posted holds the document', async () => {
  const name = 'two parts';
  const text = changed('expense-split-with-tax', ['A1B2C3D4E5F6A7B8C9D0', `REPORT ${name}`]);
  const document = await discover(stage.db, name, 'expense-split-with-tax', text);
  concur.holds(document, 'ACKNOWLEDGED', { erpSystemId: systemId });
  await reachStage(stage.db, document.id, 'acknowledged', { acknowledged: true });
  const { payable: _, ...card } = journal(`${name} card`, { company: name });
  const employee = journal(`${name} employee`, { company: name, part: 2 });
  await planErpDocuments(stage.db, document.id, [card, employee]);
  for (const part of [1, 2]) await markWritten(stage.db, document.id, part, { journal: `J-${name}-${part}` });
  await markPosted(stage.db, document.id, proofOf(card));
  const asked: number[][] = [];
  const now = { isReversed: false, isPosted: false };
  const stateNow = (part: number): PostingState => {
    if (part === 2) {
      return now.isPosted ? { state: 'posted', part, proof: proofOf(employee) } : { state: 'waiting', part };
    }
    return now.isReversed
      ? { state: 'posted', part, proof: { ...proofOf(card), reversedBy: 'GNJL9' } }
      : { state: 'waiting', part, reason: 'It cannot be read.' };
  };
  const port: Partial<ErpDependencies['port']> = {
    findPostings: (_company, documents) => {
      asked.push(documents.map((each) => each.document.part));
      return Promise.resolve(documents.map(({ documentId, document }) => ({ documentId, ...stateNow(document.part) })));
    },
  };
  const watch = () => inActivity(() => createErpActivities(withPort(port)).readPostingsFromErp({ company: name }));
  await watch();
  assert.deepEqual(asked, [[1, 2]]);
  const [first] = await readErpDocuments(stage.db, document.id);
  assert.deepEqual([first?.state, first?.waiting], ['posted', null], 'what is proven stays proven');
  Object.assign(now, { isReversed: true, isPosted: true });
  await watch();
  const result = await confirm(document);
  assert.ok(result.status === 'hold' && result.hold.reason === 'reversed-in-erp', JSON.stringify(result));
  assert.match(result.hold.message, /reversed it again by GNJL9/);
  asked.length = 0;
  await watch();
  assert.deepEqual(asked, [], 'once all are posted nothing is awaited');
});

test('S81: a process that dies between a posting on call and its answer leaves one posting, which the next one proves', async () => {
  const document = await given('killed', 'planned');
  const fo = environment();
  let calls = 0;
  let isPosted: () => void = () => undefined;
  let die: () => void = () => undefined;
  const arrived = new Promise<void>((resolve) => {
    isPosted = resolve;
  });
  const http: HttpClient = {
    send: (request) => {
      if (!request.path.startsWith('/api/services/')) return fo.send(request);
      calls += 1;
      postInFo(fo, '00701');
      isPosted();
      return new Promise((_resolve, reject) => {
        die = () => {
          reject(new Error('the process has died'));
        };
      });
    },
  };
  const address = { group: 'G', service: 'S', operation: 'post' };
  const port = createFoAdapter(
    { name: 'fo', companies: { USMF: { mode: 'recovery', postingService: address } } },
    http,
  );
  const write = () => {
    const writes = createGuardedWrites({ db: stage.db, documentId: document.id, lookAgainSeconds: [30] });
    return port.write(expense(), { writes, signal: new AbortController().signal, heartbeat: () => undefined });
  };
  const dying = write();
  await arrived;
  const { posting } = await write();
  assert.equal(posting.state === 'posted' && posting.proof.documentNumber, 'GNJL000001');
  assert.equal(calls, 1);
  const { rows } = await stage.db.query<{ outcome: string | null }>(
    `select outcome from remote_writes where document_id = $1 and operation = 'fo.post-journal'`,
    [document.id],
  );
  assert.deepEqual(
    rows.map(({ outcome }) => outcome),
    ['found'],
  );
  die();
  await assert.rejects(dying);
});

test('S116: a written document that the ERP refused on call is asked for again by the next try, and only then', async () => {
  const document = await given('on call', 'planned');
  const answers: PostingState[] = [{ state: 'posted', part: 1, proof: proof('on call') }];
  const refusal = 'Journal J-1: Fiscal period is not open.';
  const told: (string | undefined)[] = [];
  const port: Partial<ErpDependencies['port']> = {
    write: () =>
      Promise.resolve({
        keys: { journal: 'J-1' },
        adopted: false,
        posting: { state: 'refused', part: 1, reason: refusal },
      }),
    postAgain: (tracked) => {
      told.push(tracked.refusal);
      return Promise.resolve(answers.shift()!);
    },
  };
  const post = () =>
    inActivity(() => createErpActivities(withPort(port)).postToErp({ documentId: document.id, part: 1 }));
  const first = await post();
  assert.ok(first.status === 'hold' && first.hold.reason === 'erp-refused');
  assert.match(first.hold.message, /does not post J-1: Journal J-1: Fiscal period is not open\./);
  const second = await post();
  assert.ok(second.status === 'done' && second.posted);
  assert.equal((await post()).status, 'done');
  assert.deepEqual(told, [refusal]);
});
