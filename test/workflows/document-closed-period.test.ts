import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { messageNames } from '../../src/contracts/messages.js';
import { fakeDocument, timesCalled, type FakeDocument } from './fake-document.js';
import { fakeSystems } from './fake-systems.js';
import { currentDetails, queuesOf, startDocument, untilHeld, useStage } from './support.js';

const systems = fakeSystems();
const stage = useStage((prefix) => queuesOf(prefix, systems));
const closed = { reason: 'period-closed', message: 'October is closed.', vendorKeys: [] } as const;

function lateDocument(): FakeDocument {
  const document = systems.add(fakeDocument('bc', { awaitsPayment: false }));
  document.holds.set('checkMasterDataInErp', { ...closed, vendorKeys: [] });
  return document;
}

describe('a document whose posting date lies in a closed period', () => {
  stage.test('B10: is planned once more with the open days and goes on by itself; both dates are shown', async () => {
    const document = lateDocument();
    document.before.set('planErpDocuments', () => {
      if (timesCalled(document, 'planErpDocuments') === 2) {
        document.holds.delete('checkMasterDataInErp');
        document.plan = { ...document.plan, documentOn: '2026-10-28', postingOn: '2026-11-01' };
      }
      return Promise.resolve();
    });
    const handle = await startDocument(stage, document);
    assert.equal((await handle.result()).outcome, 'posted-no-payment-expected');
    assert.equal(timesCalled(document, 'planErpDocuments'), 2);
    assert.equal(timesCalled(document, 'postToErp'), 1);
    assert.match(await currentDetails(handle), /Dated 2026-10-28, posting date \*\*2026-11-01\*\*/);
  });

  stage.test('B10: holds where the policy moves nothing, and goes on once the period is open', async () => {
    const document = lateDocument();
    const handle = await startDocument(stage, document);
    await untilHeld(handle, 'period-closed');
    assert.equal(timesCalled(document, 'postToErp'), 0);
    document.holds.delete('checkMasterDataInErp');
    await handle.signal(messageNames.retryStep, { by: 'Ann', note: 'October is open again' });
    assert.equal((await handle.result()).outcome, 'posted-no-payment-expected');
  });
});
