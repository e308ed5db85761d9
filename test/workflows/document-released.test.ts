import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { messageNames } from '../../src/contracts/messages.js';
import { fakeDocument, timesCalled, type FakeDocument } from './fake-document.js';
import { fakeSystems } from './fake-systems.js';
import type { DocumentHandle } from './support.js';
import {
  currentDetails,
  queuesOf,
  startDocument,
  statusOf,
  untilDetails,
  untilHeld,
  untilTrue,
  useStage,
} from './support.js';

const systems = fakeSystems();
const stage = useStage((prefix) => queuesOf(prefix, systems));

async function waiting(): Promise<{ document: FakeDocument; handle: DocumentHandle }> {
  const document = systems.add(fakeDocument('bc', { awaitsPayment: false, awaitsRelease: true }));
  const handle = await startDocument(stage, document);
  await untilHeld(handle, 'awaiting-release');
  return { document, handle };
}

describe('a document whose ERP connection wants a release', () => {
  stage.test('B6: nothing is written before a person has released its plan; the UI says how', async () => {
    const { document, handle } = await waiting();
    assert.equal(timesCalled(document, 'checkMasterDataInErp'), 1, 'all other checks come first');
    assert.equal(timesCalled(document, 'postToErp'), 0);
    assert.match((await statusOf(handle)).hold?.message ?? '', /Plan 0123456789AB/);
    assert.match(await currentDetails(handle), /releaseDocument/);
    const request = { by: 'Ann', note: 'seen', plan: '0123456789AB' };
    assert.match(await handle.executeUpdate(messageNames.releaseDocument, { args: [request] }), /is released/);
    assert.equal((await handle.result()).outcome, 'posted-no-payment-expected');
    assert.equal(timesCalled(document, 'postToErp'), 1);
  });

  stage.test('B6: a plan that has changed since the preview stays on hold and says so', async () => {
    const { document, handle } = await waiting();
    await handle.signal(messageNames.releaseDocument, { by: 'Ann', note: '', plan: 'AAAAAAAAAAAA' });
    await untilTrue('the release is consulted', () => timesCalled(document, 'releaseDocument') === 1);
    await untilHeld(handle, 'awaiting-release');
    await untilDetails(handle, /is not released/);
    assert.equal(timesCalled(document, 'postToErp'), 0);
    await handle.signal(messageNames.releaseDocument, { by: 'Ann', note: '', plan: '0123456789AB' });
    await handle.result();
    assert.equal(timesCalled(document, 'postToErp'), 1);
  });

  stage.test(
    'B6: a release without a name, or without the plan that was looked at, is refused; as a signal it changes nothing',
    async () => {
      const { document, handle } = await waiting();
      for (const odd of [{ note: '' }, { by: 'Ann', note: '' }, { by: 'Ann', note: '', plan: '12' }]) {
        await assert.rejects(
          handle.executeUpdate(messageNames.releaseDocument, { args: [odd] }),
          WorkflowUpdateFailedError,
        );
        await handle.signal(messageNames.releaseDocument, odd);
      }
      assert.equal((await statusOf(handle)).hold?.reason, 'awaiting-release');
      assert.equal(timesCalled(document, 'releaseDocument'), 0);
      await handle.signal(messageNames.releaseDocument, { by: 'Ann', note: 'now', plan: '0123456789AB' });
      await handle.result();
    },
  );
});
