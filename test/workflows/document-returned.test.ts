import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import type { HoldReason } from '../../src/contracts/hold-reasons.js';
import { messageNames } from '../../src/contracts/messages.js';
import { changeInErp, fakeDocument, storeWhatErpSays, timesCalled, type FakeDocument } from './fake-document.js';
import { fakeSystems } from './fake-systems.js';
import {
  currentDetails,
  daySeconds,
  queuesOf,
  shownAttributes,
  startDocument,
  statusOf,
  untilHeld,
  untilStage,
  untilTrue,
  useStage,
  type DocumentHandle,
} from './support.js';

const systems = fakeSystems();
const stage = useStage((prefix) => queuesOf(prefix, systems));

const wish = { by: 'Ann', reason: 'The receipt is missing. Attach it and submit again.' };
const retry = { by: 'Ann', note: 'try again' };
const { returnDocument, ignoreDocument, retryStep } = messageNames;

function documentHeldFor(reason: HoldReason, erp: 'fo' | 'bc' = 'bc'): FakeDocument {
  const document = systems.add(fakeDocument(erp));
  document.holds.set('planErpDocuments', { reason, message: 'The cost centre is unknown.', vendorKeys: [] });
  return document;
}

async function heldDocument(reason: HoldReason = 'mapping-missing') {
  const document = documentHeldFor(reason);
  const handle = await startDocument(stage, document);
  await untilHeld(handle, reason);
  return { document, handle };
}

async function inErp() {
  const document = systems.add(fakeDocument('fo'));
  const handle = await startDocument(stage, document);
  await untilStage(handle, 'in-erp');
  return { document, handle };
}

const handleOf = ({ id }: FakeDocument): DocumentHandle => stage.client.workflow.getHandle(`concur:acme:expense:${id}`);

describe('returning a document to Concur', () => {
  stage.test('B5, C14: held before anything is written, it goes back at once; the ERP is not called', async () => {
    const { document, handle } = await heldDocument();
    const answer = await handle.executeUpdate(returnDocument, { args: [wish] });
    assert.match(String(answer), /goes back to Concur/);
    const result = await handle.result();
    assert.deepEqual([result.outcome, result.detail], ['returned', `Returned: ${wish.reason}`]);
    assert.deepEqual(document.confirmations, ['error']);
    assert.deepEqual(
      document.returnRequests.map(({ by, isAutomatic }) => [by, isAutomatic]),
      [['Ann', false]],
    );
    assert.equal(timesCalled(document, 'withdrawFromErp'), 0);
    assert.equal(timesCalled(document, 'wakeRelated'), 1);
    assert.equal(shownAttributes(await handle.describe())['HoldReason'], undefined);
  });

  stage.test('B5: the signal does the same; one without the right shape is ignored', async () => {
    const { document, handle } = await heldDocument();
    await handle.signal(returnDocument, { by: 'Ann', reason: ' ' });
    await handle.signal(retryStep, retry);
    await untilTrue('tried again', () => timesCalled(document, 'planErpDocuments') === 2);
    assert.equal((await statusOf(handle)).hold?.reason, 'mapping-missing');
    await handle.signal(returnDocument, wish);
    assert.equal((await handle.result()).outcome, 'returned');
  });

  stage.test(
    'B3, C14: it interrupts the wait for posting; what is unposted leaves the ERP before Concur hears',
    async () => {
      const { document, handle } = await inErp();
      await handle.executeUpdate(returnDocument, { args: [wish] });
      assert.equal((await handle.result()).outcome, 'returned');
      assert.equal(document.erpParts.size, 0);
      const order = ['withdrawFromErp', 'returnToConcur'].map((activity) => document.calls.indexOf(activity));
      assert.ok(order[0]! > 0 && order[0]! < order[1]!, document.calls.join(' '));
    },
  );

  stage.test(
    'B3: posted meanwhile, it is blocked and Concur hears nothing; out of the ERP, retryStep ends it',
    async () => {
      const { document, handle } = await inErp();
      changeInErp(document, { state: 'posted' });
      await handle.signal(returnDocument, wish);
      await untilHeld(handle, 'return-blocked');
      assert.deepEqual(document.confirmations, []);
      assert.doesNotMatch(await currentDetails(handle), /returnDocument/);
      document.erpParts.clear();
      await handle.signal(retryStep, retry);
      assert.equal((await handle.result()).outcome, 'returned');
    },
  );

  stage.test(
    'B5: while it is blocked a second request only changes the reason, and ignoreDocument ends it',
    async () => {
      const { document, handle } = await inErp();
      document.isStuck = true;
      await handle.signal(returnDocument, wish);
      await untilHeld(handle, 'return-blocked');
      await handle.executeUpdate(returnDocument, { args: [{ by: 'Bob', reason: 'another reason' }] });
      await untilTrue('recorded', () => document.returnRequests.length === 2);
      await untilTrue('tried again', () => timesCalled(document, 'withdrawFromErp') === 2);
      await handle.executeUpdate(ignoreDocument, { args: [{ by: 'Ann', reason: 'settled by hand' }] });
      assert.equal((await handle.result()).outcome, 'ignored');
      assert.deepEqual(document.confirmations, []);
      assert.equal(timesCalled(document, 'wakeRelated'), 1);
    },
  );

  stage.test('B5: a return that the ERP has overtaken is taken back, and the posting reaches Concur once', async () => {
    const { document, handle } = await inErp();
    changeInErp(document, { state: 'posted' });
    await handle.signal(returnDocument, wish);
    await untilHeld(handle, 'return-blocked');
    assert.match(await currentDetails(handle), /cancelReturn/);
    await handle.executeUpdate(messageNames.cancelReturn, { args: [{ by: 'Ann', reason: 'the posting is right' }] });
    await untilStage(handle, 'awaiting-payment');
    assert.deepEqual(document.confirmations, ['posting']);
    assert.equal(timesCalled(document, 'postToErp'), 2, 'the second finds what the first has written');
    assert.equal((await statusOf(handle)).hold, undefined);
    document.settledCents = document.owedCents;
    storeWhatErpSays(document);
    await handle.signal(messageNames.paymentReceived);
    assert.equal((await handle.result()).outcome, 'paid');
  });

  stage.test('B5: a wish to keep that came too early does not undo a later return', async () => {
    const { document, handle } = await inErp();
    await handle.signal(messageNames.cancelReturn, { by: 'Ann', reason: 'too early' });
    changeInErp(document, { state: 'posted' });
    await handle.signal(returnDocument, wish);
    await untilHeld(handle, 'return-blocked');
    await handle.signal(retryStep, retry);
    await untilTrue('tried again', () => timesCalled(document, 'withdrawFromErp') === 2);
    assert.equal((await statusOf(handle)).hold?.reason, 'return-blocked');
    assert.equal(timesCalled(document, 'cancelReturn'), 0);
  });

  stage.test('B5: a cancelled return that nobody has asked for changes nothing', async () => {
    const { document, handle } = await heldDocument();
    await handle.signal(messageNames.cancelReturn, { by: 'Ann', reason: 'too early' });
    await handle.signal(retryStep, retry);
    await untilTrue('tried again', () => timesCalled(document, 'planErpDocuments') === 2);
    assert.equal((await statusOf(handle)).hold?.reason, 'mapping-missing');
    assert.equal(timesCalled(document, 'cancelReturn'), 0);
  });

  stage.test(
    'C14: after the posting is confirmed the update is refused in words, and a signal changes nothing',
    async () => {
      const document = systems.add(fakeDocument('bc'));
      const handle = await startDocument(stage, document);
      await untilStage(handle, 'awaiting-payment');
      await assert.rejects(
        handle.executeUpdate(returnDocument, { args: [wish] }),
        (error: unknown) =>
          error instanceof WorkflowUpdateFailedError && /cannot be taken back/.test(error.cause?.message ?? ''),
      );
      await handle.signal(returnDocument, wish);
      document.settledCents = document.owedCents;
      storeWhatErpSays(document);
      await handle.signal(messageNames.paymentReceived);
      assert.equal((await handle.result()).outcome, 'paid');
      assert.deepEqual(document.confirmations, ['posting', 'CP']);
      assert.match(await currentDetails(handle), /Concur knows it as posted/);
    },
  );

  stage.test('M3: a return that comes before the hold, as after a reset, keeps its meaning', async () => {
    const document = documentHeldFor('mapping-missing');
    document.before.set('acknowledgeInConcur', async () => {
      document.before.clear();
      await handleOf(document).executeUpdate(returnDocument, { args: [wish] });
    });
    const handle = await startDocument(stage, document);
    assert.equal((await handle.result()).outcome, 'returned');
    assert.deepEqual(document.confirmations, ['error']);
  });

  stage.test('M3: a return that the store has recorded goes on after a reset that has lost the message', async () => {
    const document = systems.add(fakeDocument('fo'));
    document.leaving = 'returned';
    const handle = await startDocument(stage, document);
    assert.equal((await handle.result()).outcome, 'returned');
    assert.equal(timesCalled(document, 'postToErp'), 0);
  });

  stage.test(
    'S118: replayed with its message put back, a returned document ends as returned and nothing is told again',
    async () => {
      const document = documentHeldFor('mapping-missing');
      document.acknowledged = true;
      document.leaving = 'returned';
      document.givenUp = { outcome: 'returned', detail: 'Returned.' };
      document.confirmations.push('error');
      document.before.set('acknowledgeInConcur', () => handleOf(document).signal(returnDocument, wish));
      const handle = await startDocument(stage, document);
      assert.equal((await handle.result()).outcome, 'returned');
      assert.deepEqual(document.confirmations, ['error']);
      assert.equal(timesCalled(document, 'returnToConcur') + timesCalled(document, 'withdrawFromErp'), 0);
    },
  );

  stage.test('S117: with Concur down the return waits and is told once', async () => {
    const { document, handle } = await heldDocument();
    document.failures.set('returnToConcur', [new Error('down'), new Error('down')]);
    await handle.signal(returnDocument, wish);
    assert.equal((await handle.result()).outcome, 'returned');
    assert.deepEqual([timesCalled(document, 'returnToConcur'), document.confirmations], [3, ['error']]);
  });
});

describe('rules that return a document', () => {
  stage.test('C14: a configured hold reason sends it back at once, with the findings as the reason', async () => {
    const document = systems.add(fakeDocument('bc'));
    const findings = ['The cost centre is unknown.', 'The tax code is unknown.'];
    document.holds.set('planErpDocuments', {
      reason: 'mapping-missing',
      message: 'Unknown. Add rows.',
      vendorKeys: [],
      findings,
    });
    const handle = await startDocument(stage, document, {}, { reasons: ['mapping-missing'] });
    assert.equal((await handle.result()).outcome, 'returned');
    const [request] = document.returnRequests;
    assert.deepEqual([request?.by, request?.isAutomatic, request?.reason], ['connector', true, findings.join('\n')]);
  });

  stage.test('B3: the final refusal of the ERP takes the document out of it and sends it back', async () => {
    const document = systems.add(fakeDocument('fo'));
    const handle = await startDocument(stage, document, {}, { reasons: ['erp-refused'] });
    await untilStage(handle, 'in-erp');
    changeInErp(document, { state: 'refused', reason: 'The account is closed.' });
    storeWhatErpSays(document);
    await handle.signal(messageNames.postingFound);
    assert.equal((await handle.result()).outcome, 'returned');
    assert.equal(document.erpParts.size, 0);
  });

  stage.test('C14: at its limit a held document goes back by itself, and nobody is alerted', async () => {
    const document = documentHeldFor('mapping-missing');
    const handle = await startDocument(stage, document, {}, { atHoldLimit: true });
    await untilHeld(handle, 'mapping-missing');
    await stage.environment.sleep('13 days');
    assert.equal((await statusOf(handle)).hold?.reason, 'mapping-missing');
    assert.equal((await handle.result()).outcome, 'returned');
    assert.equal(timesCalled(document, 'alertHoldOverdue'), 0);
    const { startTime, closeTime } = await handle.describe();
    const days = ((closeTime?.getTime() ?? 0) - startTime.getTime()) / (daySeconds * 1_000);
    assert.ok(days >= 14 && days < 15, `${days} days`);
  });

  stage.test(
    'C14: a rule that does not apply is asked once; the document goes on waiting and a person is alerted',
    async () => {
      const document = systems.add(fakeDocument('bc'));
      document.holds.set('confirmPaymentInConcur', {
        reason: 'payment-needs-decision',
        message: 'A credit note.',
        vendorKeys: [],
      });
      const handle = await startDocument(
        stage,
        document,
        {},
        { reasons: ['payment-needs-decision'], atHoldLimit: true },
      );
      await untilStage(handle, 'awaiting-payment');
      await handle.signal(messageNames.paymentReceived);
      await untilHeld(handle, 'payment-needs-decision');
      await stage.environment.sleep('40 days');
      assert.equal(timesCalled(document, 'requestReturn'), 1);
      assert.equal(timesCalled(document, 'alertHoldOverdue'), 1);
      assert.deepEqual(document.confirmations, ['posting']);
      await handle.signal(ignoreDocument, { by: 'Ann', reason: 'settled by a credit note' });
      assert.equal((await handle.result()).outcome, 'ignored');
    },
  );
});
