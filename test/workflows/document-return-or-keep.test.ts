import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { messageNames } from '../../src/contracts/messages.js';
import { fakeDocument, timesCalled, type FakeDocument } from './fake-document.js';
import { fakeSystems } from './fake-systems.js';
import { queuesOf, startDocument, statusOf, untilHeld, untilStage, untilTrue, useStage } from './support.js';

const systems = fakeSystems();
const stage = useStage((prefix) => queuesOf(prefix, systems));

const wish = { by: 'Ann', reason: 'The receipt is missing.' };
const second = { by: 'Bob', reason: 'it is right after all' };
const { returnDocument, cancelReturn } = messageNames;

const handleOf = ({ id }: FakeDocument) => stage.client.workflow.getHandle(`concur:acme:expense:${id}`);

/** Sends messages while the first step runs, in this order, as a reset puts them back before their time. */
function putBack(document: FakeDocument, messages: [name: string, message: object][]): void {
  document.before.set('acknowledgeInConcur', async () => {
    document.before.clear();
    for (const [name, message] of messages) await handleOf(document).signal(name, message);
  });
}

describe('a person returns a document and keeps it: the newest wish counts', () => {
  stage.test('M3, B5: a return and its cancellation that a reset puts back together do not carry it out', async () => {
    const document = systems.add(fakeDocument('fo'));
    putBack(document, [
      [returnDocument, wish],
      [cancelReturn, second],
    ]);
    const handle = await startDocument(stage, document);
    await untilStage(handle, 'in-erp');
    assert.equal(timesCalled(document, 'requestReturn') + timesCalled(document, 'withdrawFromErp'), 0);
    assert.equal(document.erpParts.size, 1);
    await handle.signal(returnDocument, wish);
    assert.equal((await handle.result()).outcome, 'returned', 'the old cancellation does not undo the new return');
    assert.equal(timesCalled(document, 'cancelReturn'), 0);
  });

  stage.test(
    'M3, B5: a return that the store has recorded is not carried out if its cancellation is put back',
    async () => {
      const document = systems.add(fakeDocument('fo'));
      document.leaving = 'returned';
      putBack(document, [
        [returnDocument, wish],
        [cancelReturn, second],
      ]);
      const handle = await startDocument(stage, document);
      await untilStage(handle, 'in-erp');
      assert.equal(timesCalled(document, 'cancelReturn'), 1);
      assert.equal(timesCalled(document, 'prepareLeaving') + timesCalled(document, 'returnToConcur'), 0);
      assert.deepEqual(document.confirmations, []);
    },
  );

  stage.test('M3, B5: cancelled and then returned, put back together, it goes back', async () => {
    const document = systems.add(fakeDocument('fo'));
    putBack(document, [
      [cancelReturn, second],
      [returnDocument, wish],
    ]);
    const handle = await startDocument(stage, document);
    assert.equal((await handle.result()).outcome, 'returned');
    assert.equal(timesCalled(document, 'cancelReturn'), 0);
  });

  stage.test('C14: a wish to keep that came too early does not undo what a rule asks later', async () => {
    const document = systems.add(fakeDocument('bc'));
    document.holds.set('planErpDocuments', { reason: 'erp-refused', message: 'Refused.', vendorKeys: [] });
    document.before.set('planErpDocuments', async () => {
      document.before.clear();
      await handleOf(document).signal(cancelReturn, second);
    });
    const handle = await startDocument(stage, document, {}, { reasons: ['erp-refused'] });
    assert.equal((await handle.result()).outcome, 'returned');
    assert.equal(timesCalled(document, 'cancelReturn'), 0);
  });

  stage.test('B5: kept while it is being taken out, it is kept before the next attempt', async () => {
    const document = systems.add(fakeDocument('fo'));
    const handle = await startDocument(stage, document);
    await untilStage(handle, 'in-erp');
    document.isStuck = true;
    document.before.set('withdrawFromErp', async () => {
      document.before.clear();
      await handle.signal(cancelReturn, second);
    });
    await handle.signal(returnDocument, wish);
    await untilTrue('kept', () => timesCalled(document, 'cancelReturn') === 1);
    await untilStage(handle, 'in-erp');
    assert.equal((await statusOf(handle)).hold, undefined);
    assert.equal(timesCalled(document, 'withdrawFromErp'), 1);
  });

  stage.test('B5: a return is passed on with the reversals that a person names', async () => {
    const document = systems.add(fakeDocument('fo'));
    document.holds.set('planErpDocuments', { reason: 'mapping-missing', message: 'Unknown.', vendorKeys: [] });
    const handle = await startDocument(stage, document);
    await untilHeld(handle, 'mapping-missing');
    const reversals = { 'usmf/GNJL000010': 'GNJL000020' };
    await handle.signal(returnDocument, { ...wish, reversals: ['GNJL000020'] });
    await handle.executeUpdate(returnDocument, { args: [{ ...wish, reversals }] });
    await handle.result();
    assert.deepEqual(
      document.returnRequests.map((request) => request.reversals),
      [reversals],
    );
  });
});
