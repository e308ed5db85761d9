import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { acceptPosting } from '../../src/activities/accept-posting.js';
import { createConcurActivities } from '../../src/activities/concur.js';
import type { PostingProof, Settlement } from '../../src/contracts/erp-port.js';
import { readAudit } from '../../src/store/audit-store.js';
import type { StoredDocument } from '../../src/store/document-store.js';
import { reachStage, readDocument } from '../../src/store/document-store.js';
import { markPosted } from '../../src/store/erp-document-store.js';
import { storeSettlements } from '../../src/store/settlement-store.js';
import { changed } from '../unit/mapping-fixtures.js';
import type { FakeConcur } from './fake-concur.js';
import { fakeConcur, systemId } from './fake-concur.js';
import type { Stage } from './stage.js';
import { discover, inActivity, journal, onlyRow, openStage, proofOf, stand } from './stage.js';

let stage: Stage;
let concur: FakeConcur;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());
beforeEach(() => {
  concur = fakeConcur();
});

const who = { by: 'Ann', note: 'agreed\nwith audit' };
const differences = ['main account of line 2 (610000 was meant, 610100 stands there)'];
const proof = (name: string, more: Partial<PostingProof> = {}): PostingProof => ({
  ...proofOf(journal(name)),
  ...{ differences, vendorEntryKey: '7', vendorAmount: '100.00' },
  ...more,
});

/** A document that the ERP has posted otherwise than it was meant. */
async function posted(name: string, more: Partial<PostingProof> = {}): Promise<StoredDocument> {
  const text = changed('expense-split-with-tax', ['A1B2C3D4E5F6A7B8C9D0', `REPORT ${name}`]);
  const document = await discover(stage.db, name, 'expense-split-with-tax', text);
  concur.holds(document, 'ACKNOWLEDGED', { erpSystemId: systemId });
  await reachStage(stage.db, document.id, 'acknowledged', { acknowledged: true });
  await stand(stage.db, document, 'written', journal(name, { company: name }));
  await markPosted(stage.db, document.id, proof(name, more));
  return document;
}

const accept = ({ id }: StoredDocument) => acceptPosting(stage, { documentId: id, ...who });
const concurSteps = () => createConcurActivities(concur.dependencies(stage));
const confirm = ({ id }: StoredDocument) => inActivity(() => concurSteps().confirmPostingInConcur({ documentId: id }));
const pay = ({ id }: StoredDocument) => inActivity(() => concurSteps().confirmPaymentInConcur({ documentId: id }));
const acceptances = async ({ id }: StoredDocument) =>
  (await readAudit(stage.db, id)).filter(({ data }) => 'acceptedPosting' in (data as object));

test('B9: a posting that a person takes as it stands is confirmed with its number; who, why and what stand in the audit', async () => {
  const document = await posted('taken');
  const held = await confirm(document);
  assert.ok(held.status === 'hold' && /right as it is posted, send acceptPosting/.test(held.hold.message));
  assert.deepEqual(await accept(document), { accepted: true });
  assert.deepEqual(await accept(document), { accepted: true });
  const told = await confirm(document);
  assert.ok(told.status === 'done' && told.posted);
  assert.equal(told.erpDocuments[0]?.number, proof('taken').documentNumber);
  assert.ok(concur.calls.some((call) => call.startsWith('confirm-posting')));
  const lines = await acceptances(document);
  assert.deepEqual(
    lines.map(({ actor, data }) => [actor, data]),
    [
      [
        'Ann',
        {
          acceptedPosting: { part: 1, company: 'taken', number: proof('taken').documentNumber, differences },
          note: 'agreed with audit',
        },
      ],
    ],
  );
});

test('B9: what is taken is the posting as it stood: another difference, or a reversal, is a new question', async () => {
  const document = await posted('changed again');
  await accept(document);
  await markPosted(stage.db, document.id, proof('changed again', { differences: ['debit of line 3'] }));
  const held = await confirm(document);
  assert.ok(held.status === 'hold' && held.hold.message.includes('debit of line 3'));
  await accept(document);
  await markPosted(stage.db, document.id, proof('changed again', { reversedBy: 'GNJL9' }));
  const reversed = await confirm(document);
  assert.ok(reversed.status === 'hold' && reversed.hold.reason === 'reversed-in-erp');
  assert.deepEqual(await accept(document), { accepted: true });
  assert.equal((await onlyRow(stage.db, document.id)).accepted, null, 'a reversed posting is none to take');
});

test('B9, S101: the payment of a posting that was taken is measured by what was posted', async () => {
  const document = await posted('less', { debitTotal: '90.00', vendorAmount: '90.00' });
  await accept(document);
  await confirm(document);
  const paid: Settlement = {
    ...{ documentId: document.id, part: 1, settlementKey: 'S-less', kind: 'payment', amount: '90.00' },
    ...{ currency: 'EUR', settledOn: '2026-03-15', reference: 'APPM1', fiscalYear: '2026' },
  };
  await storeSettlements(stage.db, [paid]);
  const result = await pay(document);
  assert.ok(result.status === 'done' && result.state === 'paid', JSON.stringify(result));
  assert.equal((await readDocument(stage.db, document.id)).outcome, 'paid');
});

test('B9: a posting by which the vendor is owed nothing cannot be taken, since Concur would wait for ever', async () => {
  for (const [name, amount] of [
    ['credited', '-100.00'],
    ['elsewhere', undefined],
  ] as const) {
    const { vendorAmount: _, ...rest } = proof(name);
    const document = await posted(name);
    await markPosted(stage.db, document.id, {
      ...rest,
      ...(amount === undefined ? {} : { vendorAmount: amount }),
    });
    const answer = await accept(document);
    assert.ok(!answer.accepted && /cannot be accepted: .*vendor E-001.*returnDocument/.test(answer.why));
    assert.equal((await confirm(document)).status, 'hold');
    assert.deepEqual(await acceptances(document), []);
  }
});
