import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { messageNames } from '../../src/contracts/messages.js';
import { fakeDocument, storeWhatErpSays, timesCalled, type FakeDocument } from './fake-document.js';
import { fakeSystems } from './fake-systems.js';
import { currentDetails, queuesOf, startDocument, untilHeld, untilStage, untilTrue, useStage } from './support.js';

const systems = fakeSystems();
const stage = useStage((prefix) => queuesOf(prefix, systems));

const parts = [
  { part: 2, erp: 'bc', company: 'CRONUS' },
  { part: 1, erp: 'fo', company: 'usmf' },
];

/** A report that usmf (F&O) pays and of which CRONUS (Business Central) bears a part. */
const shared = (): FakeDocument => systems.add(fakeDocument('fo', { parts, awaitsPayment: false }));

describe('a document of several companies', () => {
  stage.test('B37: each part goes to its own ERP, the paying one last, and one confirmation carries both', async () => {
    const document = shared();
    const handle = await startDocument(stage, document);
    await untilStage(handle, 'in-erp');
    assert.deepEqual([...document.erpParts.keys()], [2, 1]);
    assert.equal(
      timesCalled(document, 'checkMasterDataInErp'),
      2,
      'both connections are asked before anything is written',
    );
    const firstWrite = document.calls.indexOf('postToErp');
    assert.ok(document.calls.lastIndexOf('checkMasterDataInErp') < firstWrite);
    document.erpParts.set(2, { state: 'posted' });
    storeWhatErpSays(document);
    await handle.signal(messageNames.postingFound);
    await untilTrue('looked', () => timesCalled(document, 'confirmPostingInConcur') > 0);
    assert.deepEqual(document.confirmations, []);
    document.erpParts.set(1, { state: 'posted' });
    storeWhatErpSays(document);
    await handle.signal(messageNames.postingFound);
    const { erpDocuments } = await handle.result();
    assert.deepEqual(
      erpDocuments.map(({ company }) => company),
      ['CRONUS', 'usmf'],
    );
    assert.deepEqual(document.confirmations, ['posting']);
  });

  stage.test('B37: while one company refuses, nothing is confirmed; a return takes the other part out', async () => {
    const document = shared();
    document.before.set('postToErp', () => {
      if (document.erpParts.has(2)) {
        document.holds.set('postToErp', { reason: 'erp-refused', message: 'usmf refuses the line.', vendorKeys: [] });
      }
      return Promise.resolve();
    });
    const handle = await startDocument(stage, document);
    await untilHeld(handle, 'erp-refused');
    assert.deepEqual([...document.erpParts.keys()], [2]);
    assert.deepEqual(document.confirmations, []);
    await handle.signal(messageNames.returnDocument, { by: 'Ann', reason: 'charge it to another company' });
    assert.equal((await handle.result()).outcome, 'returned');
    assert.equal(document.erpParts.size, 0);
    assert.deepEqual(document.confirmations, ['error']);
  });

  stage.test('B37: what both connections miss is one hold with both reasons', async () => {
    const document = shared();
    let asked = 0;
    document.before.set('checkMasterDataInErp', () => {
      asked += 1;
      const message = asked % 2 === 1 ? 'CRONUS lacks 239000.' : 'usmf lacks 139000.';
      document.holds.set('checkMasterDataInErp', { reason: 'account-unusable', message, vendorKeys: [] });
      return Promise.resolve();
    });
    const handle = await startDocument(stage, document);
    await untilHeld(handle, 'account-unusable');
    assert.match(await currentDetails(handle), /CRONUS lacks 239000\. usmf lacks 139000\./);
    assert.equal(timesCalled(document, 'postToErp'), 0);
    await handle.signal(messageNames.ignoreDocument, { by: 'Ann', reason: 'settled by hand' });
    assert.equal((await handle.result()).outcome, 'ignored');
  });

  stage.test('B12: a document without amounts goes to no ERP; Concur is told at once', async () => {
    const noPaymentReason = 'The document has no amounts.';
    const empty = { erp: '', company: '', parts: [], documentOn: '', postingOn: '' };
    const document = systems.add(fakeDocument('fo', { ...empty, awaitsPayment: false, noPaymentReason }));
    const handle = await startDocument(stage, document);
    const { outcome, detail } = await handle.result();
    assert.deepEqual([outcome, detail], ['posted-no-payment-expected', noPaymentReason]);
    assert.deepEqual(document.confirmations, ['posting']);
    for (const never of ['checkMasterDataInErp', 'postToErp', 'checkPostingInErp']) {
      assert.equal(timesCalled(document, never), 0, never);
    }
  });
});
