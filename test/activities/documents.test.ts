import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { createDocumentActivities } from '../../src/activities/documents.js';
import type { ProcessDocumentInput } from '../../src/contracts/steps.js';
import { openAlerts } from '../../src/store/alert-store.js';
import { readAudit } from '../../src/store/audit-store.js';
import type { StoredDocument } from '../../src/store/document-store.js';
import { closeDocument, readDocument, unstartedDocuments } from '../../src/store/document-store.js';
import { markRefused, unsignalledPostings } from '../../src/store/erp-document-store.js';
import { storeSettlements, unsignalledSettlements } from '../../src/store/settlement-store.js';
import { setVendorWaits } from '../../src/store/vendor-store.js';
import { changed } from '../unit/mapping-fixtures.js';
import type { FakeTemporal } from './fake-temporal.js';
import { fakeTemporal } from './fake-temporal.js';
import type { Stage } from './stage.js';
import { connection, discover, inActivity, journal, openStage, stand, documentDependencies } from './stage.js';

let stage: Stage;
let temporal: FakeTemporal;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());
beforeEach(() => {
  temporal = fakeTemporal();
  stage.notified.length = 0;
});

type Activities = ReturnType<typeof createDocumentActivities>;
const act = <T>(work: (activities: Activities) => Promise<T>): Promise<T> => {
  const timings = {
    selfCheckSeconds: 604_800,
    holdReminderSeconds: 86_400,
    holdLimitSeconds: 1_209_600,
    postingDeadlineSeconds: 86_400,
    retryMaximumSeconds: 600,
  };
  const deps = documentDependencies(stage, {
    timeZones: { 'fo-test/demf': 'Europe/Berlin' },
    queuePrefix: 'x-',
    timings,
    returns: { [connection]: { reasons: ['mapping-missing'], atHoldLimit: true } },
    postingDeadlineSeconds: { 'fo-test': 3_600 },
  });
  return inActivity(() => work(createDocumentActivities(deps)), { client: temporal.client });
};

const given = (name: string): Promise<StoredDocument> =>
  discover(
    stage.db,
    name,
    'expense-split-with-tax',
    changed('expense-split-with-tax', ['A1B2C3D4E5F6A7B8C9D0', `REPORT ${name}`]),
  );
const start = () => act((activities) => activities.startDocuments({ connection }));

test('S78: every stored document gets its workflow once, with everything it needs and no payload', async () => {
  const document = await given('started');
  assert.deepEqual(await start(), { started: 1 });
  assert.deepEqual(await start(), { started: 0 });
  const begun = temporal.running.get(document.id);
  assert.equal(begun?.taskQueue, 'x-documents');
  const [input] = begun.args as [ProcessDocumentInput];
  assert.deepEqual(input.key, { connection, docType: 'expense', fiId: document.fiId });
  assert.deepEqual([input.humanNumber, input.amount, input.currency], ['QQ0001', '224', 'EUR']);
  assert.ok(!JSON.stringify(begun).includes('Visit to the supplier'));
  assert.deepEqual(await unstartedDocuments(stage.db, connection, 10), []);
  assert.deepEqual(input.returns, { reasons: ['mapping-missing'], atHoldLimit: true });
  assert.equal(input.predecessor, undefined);
  const text = changed('expense-split-with-tax', ['A1B2C3D4E5F6A7B8C9D0', 'REPORT started']);
  const corrected = await discover(stage.db, 'started again', 'expense-split-with-tax', text);
  await start();
  const [successor] = temporal.running.get(corrected.id)?.args as [ProcessDocumentInput];
  assert.equal(successor.predecessor, document.id);
});

test('S79: a document whose workflow has run and closed is marked as started and not run again', async () => {
  const document = await given('closed');
  temporal.closed.add(document.id);
  assert.deepEqual(await start(), { started: 0 });
  assert.deepEqual(await unstartedDocuments(stage.db, connection, 10), []);
});

test('S78: a kill between the start and our record of it leads to the same workflow', async () => {
  const document = await given('killed');
  await start();
  await stage.db.query('update documents set started_at = null where id = $1', [document.id]);
  await start();
  assert.equal(temporal.running.size, 1);
});

test('S91: a document that cannot be started holds up no other, and is tried again', async () => {
  const documents = [];
  for (const name of ['bad', 'good 1', 'good 2']) documents.push(await given(name));
  const bad = documents[0]!;
  temporal.broken.add(bad.id);
  await assert.rejects(start());
  assert.equal(temporal.running.size, 2);
  assert.deepEqual(
    (await unstartedDocuments(stage.db, connection, 10)).map(({ id }) => id),
    [bad.id],
  );
  temporal.broken.clear();
  assert.deepEqual(await start(), { started: 1 });
});

/** Documents that run as workflows and stand in a company of their own. */
async function running(company: string, names: string[], state: 'written' | 'posted'): Promise<StoredDocument[]> {
  const documents = [];
  for (const name of names) {
    const document = await given(name);
    await stand(stage.db, document, state, journal(name, { company }));
    documents.push(document);
  }
  await start();
  return documents;
}

test('C15: postings and refusals are told once each; a workflow that has closed needs to be told nothing', async () => {
  const documents = await running('tell', ['told', 'told closed'], 'posted');
  const [open, closed] = [documents[0]!, documents[1]!];
  await closeDocument(stage.db, closed.id, 'posted-no-payment-expected', 'done');
  temporal.running.delete(closed.id);
  const tell = () => act((activities) => activities.tellPostings({ erp: 'fo-test', company: 'tell' }));
  assert.deepEqual(await tell(), { told: 1 });
  assert.deepEqual(await tell(), { told: 0 });
  assert.deepEqual(temporal.signals, [`postingFound ${open.id}`]);
  assert.deepEqual(stage.notified, []);
  const messages = (await readAudit(stage.db, open.id)).filter(({ kind }) => kind === 'message');
  assert.deepEqual(
    messages.map(({ data }) => data['signal']),
    ['postingFound'],
  );
});

test('S103: a workflow that is gone although its document is open is alerted, and the news stays untold', async () => {
  const [document] = await running('gone', ['gone'], 'written');
  await markRefused(stage.db, document!.id, 1, 'The period is closed.');
  temporal.running.clear();
  assert.deepEqual(await act((activities) => activities.tellPostings({ erp: 'fo-test', company: 'gone' })), {
    told: 0,
  });
  assert.deepEqual(stage.notified, [`workflow-missing: ${document!.id}`]);
  assert.deepEqual(await unsignalledPostings(stage.db, 'fo-test', 'gone'), [document!.id]);
});

test('S101: payments are told to their documents, and stay untold while Temporal is away', async () => {
  const [document] = await running('pay', ['paid'], 'posted');
  const { id } = document!;
  const row = { documentId: id, part: 1, kind: 'payment', amount: '100.00', currency: 'EUR' } as const;
  const settled = { settlementKey: 'S', settledOn: '2026-03-15', reference: 'P', fiscalYear: '2026' };
  await storeSettlements(stage.db, [{ ...row, ...settled }]);
  const tell = () => act((activities) => activities.tellPayments({ erp: 'fo-test', company: 'pay' }));
  temporal.broken.add(id);
  await assert.rejects(tell());
  assert.deepEqual(await unsignalledSettlements(stage.db, 'fo-test', 'pay'), [id]);
  temporal.broken.clear();
  assert.deepEqual(await tell(), { told: 1 });
  assert.deepEqual(temporal.signals, [`paymentReceived ${id}`]);
  assert.deepEqual(await unsignalledSettlements(stage.db, 'fo-test', 'pay'), []);
});

test('S89: an answer wakes every other document that waits for the same vendor', async () => {
  const documents = await running('wake', ['asks', 'waits 1', 'waits 2', 'waits for another'], 'written');
  const [asks, ...others] = documents.map(({ id }) => id);
  const key = 'fo-test/wake/employee/E9';
  for (const id of [asks!, ...others.slice(0, 2)]) {
    await setVendorWaits(stage.db, id, [{ vendorKey: key, vendorAccount: null }]);
  }
  const resolution = { vendorKey: key, vendorNumber: 'V-9', by: 'maria', note: 'hired today' };
  await act((activities) => activities.rememberVendor({ documentId: asks!, resolution }));
  const woken = others.slice(0, 2).map((id) => `vendorChanged ${id}`);
  assert.deepEqual(temporal.signals.sort(), woken.sort());
  temporal.signals.length = 0;
  assert.deepEqual(await act((activities) => activities.tellVendors({ vendorKeys: [key] })), { told: 3 });
});

test('C14, C15: what takes too long is told to people with its place and its reason, once', async () => {
  const [document] = await running('late', ['late'], 'written');
  const documentId = document!.id;
  await act((activities) => activities.alertPostingOverdue({ documentId }));
  await act((activities) => activities.alertPostingOverdue({ documentId }));
  await act((activities) => activities.alertHoldOverdue({ documentId }));
  assert.deepEqual(stage.notified, [`posting-overdue: ${documentId}`, `hold-overdue: ${documentId}`]);
  const [posting] = (await openAlerts(stage.db)).filter(({ cause }) => cause.startsWith('posting-overdue'));
  assert.match(posting?.message ?? '', /QQ0001 is not posted in time. Written to late as J-/);
  assert.equal((await readDocument(stage.db, documentId)).outcome, null);
});

test('S93: changed master data wakes the open documents of that company that are held for it, and no other', async () => {
  const hold = async (name: string, reason: string, company: string) => {
    const document = await given(name);
    await stage.db.query(`update documents set erp = 'bc', company = $2, hold_reason = $3 where id = $1`, [
      ...[document.id, company, reason],
    ]);
    return document.id;
  };
  const account = await hold('held for an account', 'account-unusable', 'North Ltd');
  const dimension = await hold('held for a dimension', 'dimension-unusable', 'North Ltd');
  await hold('held for something else', 'period-closed', 'North Ltd');
  await hold('held elsewhere', 'account-unusable', 'South Ltd');
  const closed = await hold('closed by now', 'account-unusable', 'North Ltd');
  await start();
  await stage.db.query(`update documents set outcome = 'paid' where id = $1`, [closed]);
  const told = await act((activities) => activities.tellMasterData({ erp: 'bc', company: 'North Ltd' }));
  assert.deepEqual(told, { told: 2 });
  assert.deepEqual([...temporal.signals].sort(), [account, dimension].map((id) => `retryStep ${id}`).sort());
});
