import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { messageNames } from '../../src/contracts/messages.js';
import type { Hold } from '../../src/contracts/steps.js';
import { fakeDocument, timesCalled, type FakeDocument } from './fake-document.js';
import { fakeSystems } from './fake-systems.js';
import { queuesOf, startDocument, statusOf, untilDetails, untilHeld, untilTrue, useStage } from './support.js';

const systems = fakeSystems();
const stage = useStage((prefix) => queuesOf(prefix, systems));

const { acceptPosting } = messageNames;
const message = 'usmf posted V-1 otherwise than it was meant: main account of line 2.';
const differs: Hold = { reason: 'posted-differently', message, vendorKeys: [] };

/** Business Central posts at once: the difference is seen by the step that writes. F&O's is seen at the confirmation. */
const places = [
  ['bc', 'postToErp'],
  ['fo', 'confirmPostingInConcur'],
] as const;

function differing(erp: 'bc' | 'fo', step: string): FakeDocument {
  const document = systems.add(fakeDocument(erp, { awaitsPayment: false }));
  document.postsAtOnce = true;
  document.holds.set(step, differs);
  return document;
}

describe('taking a posting as it stands', () => {
  for (const [erp, step] of places) {
    stage.test(`B9: the update lets a document go on that ${erp} has posted otherwise than it was meant`, async () => {
      const document = differing(erp, step);
      const handle = await startDocument(stage, document);
      await untilHeld(handle, 'posted-differently');
      const details = await untilDetails(handle, /acceptPosting/);
      const json = /acceptPosting[\s\S]*?```json\n([\s\S]*?)\n```/.exec(details)?.[1] ?? '';
      assert.deepEqual(Object.keys(JSON.parse(json) as object), ['by', 'note']);
      await assert.rejects(handle.executeUpdate(acceptPosting, { args: [{ by: 'Ann', note: ' ' }] }));
      const answer = await handle.executeUpdate(acceptPosting, { args: [{ by: 'Ann', note: 'agreed' }] });
      assert.equal(answer, 'REP-4711 goes on with what the ERP has posted.');
      assert.equal((await handle.result()).outcome, 'posted-no-payment-expected');
      assert.deepEqual(document.acceptances, [{ by: 'Ann', note: 'agreed' }]);
      assert.deepEqual(document.confirmations, ['posting']);
    });
  }

  stage.test(
    'B9, M3: a signal without the right shape is ignored; one that a reset puts back counts at the hold',
    async () => {
      const document = differing('fo', 'confirmPostingInConcur');
      document.before.set('acknowledgeInConcur', async () => {
        document.before.clear();
        const early = stage.client.workflow.getHandle(`concur:acme:expense:${document.id}`);
        await early.signal(acceptPosting, { by: 'Ann', note: 'agreed' });
        await early.signal(acceptPosting, { by: 'Bob' });
      });
      const handle = await startDocument(stage, document);
      await handle.result();
      assert.deepEqual(document.acceptances, [{ by: 'Ann', note: 'agreed' }]);
    },
  );

  stage.test('B9: it frees no other hold, and where it cannot be taken the details say why', async () => {
    const document = systems.add(fakeDocument('fo', { awaitsPayment: false }));
    document.holds.set('planErpDocuments', { reason: 'mapping-missing', message: 'Unknown.', vendorKeys: [] });
    const handle = await startDocument(stage, document);
    await untilHeld(handle, 'mapping-missing');
    const answer = await handle.executeUpdate(acceptPosting, { args: [{ by: 'Ann', note: 'agreed' }] });
    assert.match(String(answer), /not on hold for a posting that differs/);
    document.unacceptable = 'Nothing is owed by it.';
    document.postsAtOnce = true;
    document.holds.set('confirmPostingInConcur', differs);
    document.holds.delete('planErpDocuments');
    assert.equal(timesCalled(document, 'acceptPosting'), 0);
    await handle.signal(messageNames.retryStep, { by: 'Ann', note: 'mapped' });
    await untilHeld(handle, 'posted-differently');
    await untilTrue('asked', () => timesCalled(document, 'acceptPosting') === 1);
    await untilDetails(handle, /Nothing is owed by it\./);
    assert.equal((await statusOf(handle)).hold?.reason, 'posted-differently');
    assert.deepEqual(document.confirmations, []);
  });
});
