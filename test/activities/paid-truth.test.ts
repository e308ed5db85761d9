import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createConcurActivities } from '../../src/activities/concur.js';
import type { DocumentDependencies } from '../../src/activities/dependencies.js';
import { createDocumentActivities } from '../../src/activities/documents.js';
import { createErpActivities } from '../../src/activities/erp.js';
import type { Settlement } from '../../src/contracts/erp-port.js';
import type { StoredDocument } from '../../src/store/document-store.js';
import { reachStage, readDocument } from '../../src/store/document-store.js';
import { changed } from '../unit/mapping-fixtures.js';
import { fakeConcur, systemId } from './fake-concur.js';
import { fakeErp } from './fake-erp.js';
import { fakeTemporal } from './fake-temporal.js';
import type { Stage } from './stage.js';
import { discover, inActivity, journal, openStage, stand } from './stage.js';

const company = 'demf';
const concur = fakeConcur();
const erp = fakeErp();
const temporal = fakeTemporal();
let stage: Stage;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());

const inConcur = () => createConcurActivities(concur.dependencies(stage));
const onHold = 'Vendor E-001 is on hold (Payment), so that nothing is paid to it.';

/** A document that Concur knows as posted and that waits for its payment. */
async function awaiting(name: string): Promise<StoredDocument> {
  const text = changed('expense-split-with-tax', ['A1B2C3D4E5F6A7B8C9D0', `REPORT ${name}`]);
  const document = await discover(stage.db, name, 'expense-split-with-tax', text);
  concur.holds(document, 'ACKNOWLEDGED', { erpSystemId: systemId });
  await reachStage(stage.db, document.id, 'acknowledged', { acknowledged: true });
  await stand(stage.db, document, 'posted', journal(name, { company }));
  await inActivity(() => inConcur().confirmPostingInConcur({ documentId: document.id }));
  temporal.running.set(document.id, { workflowId: document.id, taskQueue: 'documents', args: [] });
  return document;
}

function settles({ id }: StoredDocument, amount: string, more: Partial<Settlement> = {}): void {
  const reference = `APPM-${erp.settlements.length + 1}`;
  erp.settlements.push({
    ...{ documentId: id, part: 1, settlementKey: `${company}/${reference}`, kind: 'payment', amount, reference },
    ...{ currency: 'EUR', settledOn: '2026-03-15', fiscalYear: '2026' },
    ...more,
  });
}

/** One interval of the payment watch: a bulk read, the news to the documents, and what each workflow does then. */
async function oneInterval(heldVendorOf: StoredDocument): Promise<Map<string, string>> {
  const dependencies = erp.dependencies(stage);
  const findPaymentObstacles = () => Promise.resolve([{ documentId: heldVendorOf.id, part: 1, reason: onHold }]);
  const watch = createErpActivities({ ...dependencies, port: { ...dependencies.port, findPaymentObstacles } });
  const { untold } = await inActivity(() => watch.readSettlementsFromErp({ company }));
  const tell = createDocumentActivities(stage as unknown as DocumentDependencies);
  const { told } = await inActivity(() => tell.tellPayments({ erp: 'fo-test', company }), temporal);
  assert.equal(told, untold);
  const answers = new Map<string, string>();
  for (const signal of temporal.signals.splice(0)) {
    const id = signal.replace('paymentReceived ', '');
    const result = await inActivity(() => inConcur().confirmPaymentInConcur({ documentId: id }));
    answers.set(id, result.status === 'hold' ? result.hold.reason : result.status === 'done' ? result.detail : '');
  }
  return answers;
}

test('S123: one interval of the payment watch later, whatever the ERP has paid is paid in Concur, or has its reason', async () => {
  const paid = [await awaiting('in full'), await awaiting('in two parts'), await awaiting('with discount')];
  const [full, parts, discounted] = paid as [StoredDocument, StoredDocument, StoredDocument];
  const partly = await awaiting('partly');
  const credited = await awaiting('by credit note');
  const bounced = await awaiting('bounced');
  const held = await awaiting('held');
  const open = await awaiting('open');
  settles(full, '100.00');
  settles(parts, '40.00');
  settles(parts, '60.00');
  settles(discounted, '98.00');
  settles(discounted, '2.00', { kind: 'discount' });
  settles(partly, '30.00');
  settles(credited, '100.00', { kind: 'credit' });
  settles(bounced, '100.00');
  settles(bounced, '-100.00');

  const answers = await oneInterval(held);
  for (const { id, fiId } of paid) {
    assert.equal((await readDocument(stage.db, id)).outcome, 'paid', id);
    assert.equal(concur.documents.get(fiId)?.status, 'PAYMENT_CONFIRMED_SUCCESS');
  }
  assert.equal(answers.get(credited.id), 'payment-needs-decision');
  assert.match(answers.get(partly.id) ?? '', /Paid in part and told to Concur; waiting for the rest/);
  assert.equal(answers.get(bounced.id), 'Waiting for the ERP to pay.');
  assert.equal(answers.get(held.id), `Waiting for the ERP to pay. ${onHold}`);
  assert.equal(answers.has(open.id), false, 'the ERP says nothing of it, and nobody is bothered');
  for (const { id, fiId } of [partly, credited, bounced, held, open]) {
    assert.equal((await readDocument(stage.db, id)).outcome, null, id);
    assert.equal(concur.documents.get(fiId)?.status, 'POSTING_CONFIRMED_SUCCESS');
  }
  assert.deepEqual([...(await oneInterval(held)).keys()], [], 'the next interval has nothing to tell');
});
