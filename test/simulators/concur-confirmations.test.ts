import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acknowledgement, cashAdvance, expense, newId, openStage, payment, post, success } from './concur-stage.js';

void test('S63: an acknowledgement takes a document off the queue, and mistakes are answered item by item inside HTTP 200', async () => {
  const stage = await openStage();
  const [ready, recalled, advance] = [newId(), newId(), newId()];
  stage.load(
    { docType: 'expense', id: ready, document: expense() },
    { docType: 'expense', id: recalled, document: expense() },
    { docType: 'cashadvance', id: advance, document: cashAdvance('ADV-2') },
  );
  stage.concur.recall(recalled);
  const answer = await stage.fis('expense', 'acknowledgements', acknowledgement(ready, recalled, advance, 'REPORT-A'));
  assert.equal(answer.status, 200);
  const codes = Object.fromEntries(answer.items.map(({ docId, code }) => [docId, code]));
  assert.deepEqual(codes, { [ready]: 0, [recalled]: 102, [advance]: 105, 'REPORT-A': 104 });
  assert.equal(stage.status(ready), 'ACKNOWLEDGED');
  assert.equal(stage.violations().length, 2, 'a recall in between is nobody’s fault');
  assert.throws(() => {
    stage.concur.recall(ready);
  }, /cannot be recalled/);
  await stage.close();
});

void test('S81: a second acknowledgement gets 101 and is a violation only because the first answer had left', async () => {
  const stage = await openStage();
  const [answered, lost, foreign] = [newId(), newId(), newId()];
  stage.load(...[answered, lost, foreign].map((id) => ({ docType: 'expense', id, document: expense() })));
  await stage.fis('expense', 'acknowledgements', acknowledgement(answered));
  stage.harness.faults.order({ system: 'concur', operation: 'acknowledgements', kind: 'reset-after', times: 1 });
  await assert.rejects(stage.fis('expense', 'acknowledgements', acknowledgement(lost)));
  assert.equal(stage.status(lost), 'ACKNOWLEDGED', 'the work was done');
  stage.concur.acknowledgeAs(foreign, 'someone-else');
  const { items } = await stage.fis('expense', 'acknowledgements', acknowledgement(answered, lost, foreign));
  assert.ok(items.every(({ code }) => code === 101));
  assert.match(String(items.find(({ docId }) => docId === foreign)?.['errorMessage']), /SystemId: someone-else/);
  const { violations } = stage.harness.book.kept;
  assert.equal(violations.length, 1);
  assert.ok(violations[0]?.message.startsWith(answered));
  assert.ok(violations[0]?.firstAnsweredAt);
  await stage.fis('expense', 'acknowledgements', acknowledgement(lost));
  assert.equal(violations.length, 2, 'asking a third time, after the answer to the second call, is a repeat');
  await stage.close();
});

void test('S100: a posting confirmation needs the acknowledgement, our systemId and postingDocs', async () => {
  const stage = await openStage();
  const id = newId();
  stage.load({ docType: 'expense', id, document: expense() });
  const confirm = async (body: unknown) => {
    const { items } = await stage.fis('expense', 'postingconfirmations', body);
    return items[0] ?? {};
  };
  const early = await confirm(success(id));
  assert.deepEqual([early['code'], early['postingConfirmationResult']], [111, 'NOT_YET_ACKNOWLEDGED']);
  await stage.fis('expense', 'acknowledgements', acknowledgement(id));
  assert.equal((await confirm({ ...(success(id) as object), systemId: 'other' }))['code'], 99);
  const bare = { docId: id, overallPostingStatusCode: 'success', systemMessages: [] };
  const blank = await confirm({ systemId: 'sys-1', postingConfirmations: [bare] });
  assert.equal(blank['code'], 198);
  assert.match(String(blank['errorMessage']), /postingDocs may not be blank/);
  assert.equal((await confirm(success('REPORT-A')))['code'], 116);
  assert.equal((await stage.fis('invoice', 'postingconfirmations', success(id))).items[0]?.['code'], 115);
  assert.equal((await confirm(success(id)))['code'], 0);
  assert.equal(stage.status(id), 'POSTING_CONFIRMED_SUCCESS');
  assert.equal((await confirm(success(id)))['code'], 113);
  assert.equal(stage.violations().length, 6);
  const long = { ...(acknowledgement(id) as object), systemId: 'x'.repeat(51) };
  assert.equal((await stage.fis('expense', 'acknowledgements', long)).status, 400);
  await stage.close();
});

void test('S104: an error needs a message, keeps the document as failed and cannot be turned into a success', async () => {
  const stage = await openStage();
  const id = newId();
  stage.load({ docType: 'expense', id, document: expense() });
  await stage.fis('expense', 'acknowledgements', acknowledgement(id));
  const failure = (systemMessages: unknown[]) => ({
    systemId: 'sys-1',
    postingConfirmations: [{ docId: id, overallPostingStatusCode: 'error', postingDocs: [], systemMessages }],
  });
  const confirm = async (body: unknown) =>
    (await stage.fis('expense', 'postingconfirmations', body)).items[0]?.['code'];
  assert.equal(await confirm(failure([])), 198);
  assert.equal(
    await confirm(failure([{ messageId: 'VENDOR', messageShortText: 'No vendor', messageLongText: '' }])),
    0,
  );
  assert.equal(stage.status(id), 'POSTING_CONFIRMED_FAILURE');
  stage.concur.recall(id);
  assert.equal(stage.status(id), 'POSTING_CONFIRMED_FAILURE', 'the corrected report comes as a new document');
  assert.equal(await confirm(success(id)), 113);
  assert.equal(stage.violations().length, 2);
  await stage.close();
});

void test('S101: partial payments and the last one close the report; a known paymentRef is a NOOP', async () => {
  const stage = await openStage();
  const id = newId();
  stage.load({ docType: 'expense', id, document: expense({ amount: 50 }) });
  const pay = async (body: string) => {
    const { items } = await stage.fis('expense', 'paymentconfirmations', body);
    const [first] = items;
    return [first?.['code'], first?.['paymentConfirmationResult']];
  };
  await stage.fis('expense', 'acknowledgements', acknowledgement(id));
  assert.deepEqual(await pay(payment(id, 'ref-0', '50')), [298, 'NOT_POSTING_CONFIRMED']);
  await stage.fis('expense', 'postingconfirmations', success(id));
  assert.deepEqual(await pay(payment(id, 'ref-1', '20.00', 'PP')), [0, 'SUCCESS']);
  assert.equal(stage.status(id), 'POSTING_CONFIRMED_SUCCESS');
  assert.deepEqual(await pay(payment(id, 'ref-1', '20.00', 'PP')), [298, 'NOOP']);
  assert.deepEqual(await pay(payment(id, 'ref-2', '30.01')), [298, 'FAILURE'], 'more than is due');
  assert.deepEqual(await pay(payment(id, 'ref-2', '30.00')), [0, 'SUCCESS']);
  assert.equal(stage.status(id), 'PAYMENT_CONFIRMED_SUCCESS');
  assert.deepEqual(await pay(payment(id, 'ref-3', '1.00')), [213, 'FAILURE']);
  const amounts = stage.concur.documents()[0]?.payments.map(({ amount }) => amount);
  assert.deepEqual(amounts, ['20', '30']);
  assert.equal(stage.violations().length, 4);
  await stage.close();
});

void test('S101: clearing details are strict about date, amount and objects, and only expense takes payments', async () => {
  const stage = await openStage();
  const id = newId();
  stage.load({ docType: 'expense', id, document: expense() });
  await post(stage, 'expense', id);
  const good = payment(id, 'ref-1', '50.00');
  const broken = [
    good.replace('00.000Z', '00.00Z'),
    good.replace('2026-09-10T00:00:00.000Z', '2026-09-10'),
    good.replace(':50.00,', ':"50.00",'),
    good.replace(':50.00,', ':-50.00,'),
    good.replace('"receiver":{', '"receiver":[{').replace('"EMPLOYEE"}', '"EMPLOYEE"}]'),
    good.replace('"clearingCurrency":"EUR"', '"clearingCurrency":"USD"'),
    good.replace('"sys-1"', '"sys-2"'),
  ];
  for (const body of broken) {
    assert.notEqual(body, good);
    const { items } = await stage.fis('expense', 'paymentconfirmations', body);
    assert.notEqual(items[0]?.['code'], 0, body);
  }
  assert.equal(stage.violations().length, broken.length);
  assert.equal((await stage.fis('invoice', 'paymentconfirmations', good)).status, 400);
  const plainDate = good.replace('2026-09-10T00:00:00.000Z', '20260910');
  assert.equal((await stage.fis('expense', 'paymentconfirmations', plainDate)).items[0]?.['code'], 0);
  await stage.close();
});

void test('S104: items fail with 199 or stay out of the answer, and a missing item never counts as answered', async () => {
  const stage = await openStage();
  const [failing, missing, fine] = [newId(), newId(), newId()];
  stage.load(...[failing, missing, fine].map((id) => ({ docType: 'expense', id, document: expense() })));
  const order = (kind: 'item-failure' | 'item-missing') => {
    stage.harness.faults.order({ system: 'concur', operation: 'acknowledgements', kind, times: 1 });
  };
  order('item-failure');
  order('item-missing');
  const { items } = await stage.fis('expense', 'acknowledgements', acknowledgement(failing, missing, fine));
  const codes = Object.fromEntries(items.map(({ docId, code }) => [docId, code]));
  assert.deepEqual(codes, { [failing]: 199, [fine]: 0 });
  assert.equal(stage.status(failing), 'READY');
  assert.equal(stage.status(missing), 'ACKNOWLEDGED');
  await stage.fis('expense', 'acknowledgements', acknowledgement(failing, missing));
  assert.deepEqual(stage.violations(), []);
  await stage.close();
});
