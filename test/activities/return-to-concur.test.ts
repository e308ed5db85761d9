import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAudit } from '../../src/store/audit-store.js';
import { documentsWaitingFor, setVendorWaits } from '../../src/store/vendor-store.js';
import { putOnHold } from '../../src/store/hold-store.js';
import { letWaitsPass } from './fake-concur.js';
import { useLeaving } from './leaving-stage.js';

const at = useLeaving();
const { ask, giveBack, given, inConcur, inErp, inStore, leave, messages, now, prepare, run, told } = at;

test('B5, C14: a held document of which nothing is written goes back with the reason; the ERP is not called', async () => {
  const document = await given('unwritten');
  await setVendorWaits(at.stage.db, document.id, [{ vendorKey: 'k', vendorAccount: null }]);
  await putOnHold(at.stage.db, 'documents', document.id, 'vendor-missing', 'No vendor.');
  assert.deepEqual(await ask(document), { accepted: true });
  const end = await leave(document);
  assert.deepEqual(end, {
    status: 'done',
    outcome: 'returned',
    detail: 'Returned to Concur by Ann: Attach the receipt.',
  });
  assert.deepEqual(at.erp.calls, []);
  assert.deepEqual(messages(document), [{ messageId: 'VENDOR-MISSING', language: 'EN', text: 'Attach the receipt.' }]);
  const { outcome, stage: reached, holdReason, postingConfirmedAt } = await now(document);
  assert.deepEqual([outcome, reached, holdReason, postingConfirmedAt], ['returned', 'closed', null, null]);
  assert.deepEqual(await documentsWaitingFor(at.stage.db, ['k']), [], 'nobody waits for its vendor any more');
  const audit = (await readAudit(at.stage.db, document.id)).filter(({ actor }) => actor === 'Ann');
  assert.deepEqual(
    audit.map(({ kind, data }) => [kind, data['reason']]),
    [
      ['message', 'Attach the receipt.'],
      ['state', 'Attach the receipt.'],
    ],
  );
});

test('S118: every step of a returned document answers that it is complete, and calls nobody', async () => {
  const document = await given('replayed');
  await ask(document);
  await leave(document);
  at.concur.calls.length = 0;
  const documentId = document.id;
  assert.deepEqual(await ask(document), { accepted: true });
  const steps = [
    () => inConcur().acknowledgeInConcur({ documentId }),
    () => inStore().planErpDocuments({ documentId }),
    () => inErp().checkMasterDataInErp({ documentId }),
    () => inErp().postToErp({ documentId, part: 1 }),
    () => inErp().checkPostingInErp({ documentId }),
    () => inErp().checkPaymentInErp({ documentId }),
    () => inConcur().confirmPostingInConcur({ documentId }),
    () => inConcur().confirmPaymentInConcur({ documentId }),
    () => inStore().prepareLeaving({ documentId }),
    () => inConcur().returnToConcur({ documentId }),
  ];
  const answers = [];
  for (const step of steps) answers.push(await run<{ status: string }>(step));
  assert.deepEqual(
    answers.map(({ status }) => status),
    // An acknowledgement that is done needs no second thought; the plan ends it.
    ['done', ...steps.slice(1).map(() => 'ended')],
  );
  assert.deepEqual([at.concur.calls, at.erp.calls], [[], []]);
});

test('C14: the text of a rule is readable for an employee: one message per finding, no hosts and no ids of machines', async () => {
  const document = await given('by rule');
  await putOnHold(at.stage.db, 'documents', document.id, 'mapping-missing', 'x');
  const reason = [
    'Cost centre 9999 has no row (fo/usmf/employee/1017001), report RE-2026-17.',
    'https://acme.operations.dynamics.com/data refused concur:acme:expense:0f3c at at.erp.acme.com:443, 10.0.0.7, 0f3c5b7a9d1e4f60a2b4c6d8e0f21436.',
  ].join('\n');
  await ask(document, { reason, isAutomatic: true });
  await leave(document);
  const texts = messages(document).map(({ text, messageId }) => {
    assert.equal(messageId, 'MAPPING-MISSING');
    return text;
  });
  assert.equal(
    texts[0],
    'This document could not be posted. Cost centre 9999 has no row (employee 1017001), report RE-2026-17.',
  );
  assert.doesNotMatch(texts.join(' '), /dynamics|acme|10\.0|0f3c/);
  assert.match(texts.at(-1) ?? '', /correct it and submit it again/);
});

test('S117: the lost answer of a return is asked for, found, and not sent twice', async () => {
  const document = await given('lost return');
  await ask(document);
  await prepare(document);
  at.concur.faults.push('lost-after');
  await assert.rejects(giveBack(document), { type: 'OutcomeUnknown' });
  assert.equal((await now(document)).outcome, null);
  assert.equal((await giveBack(document)).status, 'done');
  assert.deepEqual([told(), at.concur.calls.at(-1)], [['confirm-posting error '], 'find']);
  assert.equal((await now(document)).outcome, 'returned');
});

test('S117: a return that never arrived is sent again when the wait has passed, and not before', async () => {
  const document = await given('lost before');
  await ask(document);
  await prepare(document);
  at.concur.faults.push('lost-before');
  await assert.rejects(giveBack(document), { type: 'OutcomeUnknown' });
  await assert.rejects(giveBack(document), { type: 'OutcomeUnknown' });
  assert.equal(told().length, 1);
  await letWaitsPass(at.stage);
  assert.equal((await giveBack(document)).status, 'done');
  assert.equal(told().length, 2);
});

test('S117: a kill between the answer of Concur and our own record sends nothing again', async () => {
  const document = await given('killed');
  await ask(document);
  await prepare(document);
  await giveBack(document);
  await at.stage.db.query('update documents set outcome = null, closed_at = null where id = $1', [document.id]);
  assert.equal((await giveBack(document)).status, 'done');
  assert.deepEqual([told().length, at.concur.calls.at(-1)], [1, 'find']);
});

test('C14: a document that was never acknowledged is acknowledged first, for Concur takes an error only then', async () => {
  const document = await given('ready');
  at.concur.holds(document, 'READY');
  await at.stage.db.query('update documents set acknowledged_at = null where id = $1', [document.id]);
  await ask(document);
  await prepare(document);
  assert.equal((await giveBack(document)).status, 'done');
  assert.deepEqual(at.concur.calls, ['acknowledge', 'confirm-posting error ']);
});

test('S104: codes of a return: 111 acknowledges again, 199 is repeated, 116 and 198 hold', async () => {
  const document = await given('codes');
  await ask(document);
  await prepare(document);
  at.concur.faults.push({ code: 199 });
  await assert.rejects(giveBack(document), { type: 'Unavailable' });
  for (const code of [116, 198]) {
    at.concur.faults.push({ code });
    const refused = await giveBack(document);
    assert.ok(refused.status === 'hold' && refused.hold.reason === 'concur-refused');
    assert.match(refused.hold.message, new RegExp(`code ${code}`));
  }
  at.concur.documents.get(document.fiId)!.status = 'READY';
  at.concur.calls.length = 0;
  assert.equal((await giveBack(document)).status, 'done');
  assert.deepEqual(at.concur.calls, ['confirm-posting error ', 'acknowledge', 'confirm-posting error ']);
});

test('S104: code 113 is a success where Concur knows the failure, and holds where it knows a success', async () => {
  const ours = await given('113 failure');
  const other = await given('113 success');
  at.concur.documents.get(ours.fiId)!.status = 'POSTING_CONFIRMED_FAILURE';
  at.concur.documents.get(other.fiId)!.status = 'POSTING_CONFIRMED_SUCCESS';
  for (const document of [ours, other]) {
    await ask(document);
    await prepare(document);
  }
  assert.equal((await giveBack(ours)).status, 'done');
  const refused = await giveBack(other);
  assert.ok(refused.status === 'hold' && refused.hold.reason === 'return-blocked');
  assert.match(refused.hold.message, /knows the document as posted/);
});

test('B3: recalled before the return arrives, it ends as recalled', async () => {
  const document = await given('recalled return');
  await ask(document);
  await prepare(document);
  at.concur.documents.get(document.fiId)!.status = 'RECALLED';
  const end = await giveBack(document);
  assert.ok(end.status === 'done' && end.outcome === 'recalled');
  assert.equal((await now(document)).outcome, 'recalled');
});
