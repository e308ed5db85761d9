import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { messageNames } from '../../src/contracts/messages.js';
import { changeInErp, fakeDocument, storeWhatErpSays, timesCalled } from './fake-document.js';
import { fakeSystems } from './fake-systems.js';
import { queuesOf, startDocument, statusOf, untilDetails, untilHeld, untilStage, useStage } from './support.js';

const systems = fakeSystems();
const stage = useStage((prefix) => queuesOf(prefix, systems));

const retry = { by: 'Ann', note: 'try again' };
const { ignoreDocument, retryStep } = messageNames;

describe('ignoring a document', () => {
  stage.test(
    'B5: the UI shows what each message does and its JSON; ignoring ends it and tells Concur nothing',
    async () => {
      const document = systems.add(fakeDocument('bc'));
      const message = 'The cost centre is unknown.';
      document.holds.set('planErpDocuments', { reason: 'mapping-missing', message, vendorKeys: [] });
      const handle = await startDocument(stage, document);
      await untilHeld(handle, 'mapping-missing');
      const details = await untilDetails(handle, /ignoreDocument/);
      const shown = [...details.matchAll(/```json\n([\s\S]*?)\n```/g)].map(
        ([, json = '']) => JSON.parse(json) as object,
      );
      assert.deepEqual(
        shown.map((message) => Object.keys(message)),
        [
          ['by', 'reason'],
          ['by', 'reason'],
        ],
      );
      assert.match(details, /locked/);
      assert.equal(await handle.executeUpdate(ignoreDocument, { args: [shown[1]] }), 'REP-4711 ends as ignored.');
      const result = await handle.result();
      assert.deepEqual([result.outcome, document.confirmations], ['ignored', []]);
      assert.equal(timesCalled(document, 'postToErp'), 0);
    },
  );

  stage.test('M3: not on hold it changes nothing, says so, and counts when the document goes on hold', async () => {
    const document = systems.add(fakeDocument('fo'));
    const handle = await startDocument(stage, document);
    await untilStage(handle, 'in-erp');
    const answer = await handle.executeUpdate(ignoreDocument, { args: [{ by: 'Ann', reason: 'settled by hand' }] });
    assert.match(String(answer), /not on hold/);
    await stage.environment.sleep('1 day');
    assert.equal((await statusOf(handle)).stage, 'in-erp');
    changeInErp(document, { state: 'refused', reason: 'closed' });
    storeWhatErpSays(document);
    await handle.signal(messageNames.postingFound);
    assert.equal((await handle.result()).outcome, 'ignored');
  });

  stage.test('S118: an ignored document stays ignored, whatever is replayed', async () => {
    const document = systems.add(fakeDocument('bc'));
    document.givenUp = { outcome: 'ignored', detail: 'Ignored.' };
    const handle = await startDocument(stage, document);
    assert.equal((await handle.result()).outcome, 'ignored');
    assert.equal(timesCalled(document, 'postToErp'), 0);
  });
});

describe('a document that Concur recalls after it was acknowledged', () => {
  stage.test('B3: posted in the ERP, it holds until the posting is out of it, and then ends as recalled', async () => {
    const document = systems.add(fakeDocument('bc'));
    document.isRecalled = true;
    const handle = await startDocument(stage, document);
    await untilHeld(handle, 'recalled-after-posting');
    document.erpParts.clear();
    await handle.signal(retryStep, retry);
    assert.equal((await handle.result()).outcome, 'recalled');
    assert.equal(timesCalled(document, 'confirmPostingInConcur'), 1);
    assert.deepEqual(document.confirmations, []);
  });

  stage.test(
    'B3: reversed by hand, a person ends it by ignoreDocument, and others of its report are woken',
    async () => {
      const document = systems.add(fakeDocument('bc'));
      document.isRecalled = true;
      const handle = await startDocument(stage, document);
      await untilHeld(handle, 'recalled-after-posting');
      await handle.executeUpdate(ignoreDocument, { args: [{ by: 'Ann', reason: 'reversed as V-9' }] });
      assert.equal((await handle.result()).outcome, 'ignored');
      assert.equal(timesCalled(document, 'wakeRelated'), 1);
    },
  );
});
