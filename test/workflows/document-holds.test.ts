import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import type { ResolveVendor } from '../../src/contracts/messages.js';
import { messageNames } from '../../src/contracts/messages.js';
import { fakeDocument, timesCalled, type FakeDocument } from './fake-document.js';
import { fakeSystems } from './fake-systems.js';
import {
  currentDetails,
  daySeconds,
  historySize,
  queuesOf,
  startDocument,
  statusOf,
  untilHeld,
  untilStage,
  untilTrue,
  useStage,
  type DocumentHandle,
  shownAttributes,
} from './support.js';

const systems = fakeSystems();
const stage = useStage((prefix) => queuesOf(prefix, systems));

/** A document whose only trouble is that its employee has no vendor account. */
function documentWithoutVendor(): FakeDocument {
  const document = systems.add(fakeDocument('bc', { awaitsPayment: false }));
  systems.missingVendors.add(document.vendorKey);
  return document;
}

async function heldDocument(): Promise<{ document: FakeDocument; handle: DocumentHandle }> {
  const document = documentWithoutVendor();
  const handle = await startDocument(stage, document);
  await untilHeld(handle, 'vendor-missing');
  return { document, handle };
}

const answerTo = (document: FakeDocument, vendorNumber = 'V-100'): ResolveVendor => ({
  vendorKey: document.vendorKey,
  vendorNumber,
  by: 'Ann',
  note: 'new employee',
});

const retry = { by: 'Ann', note: 'try again' };

async function assertPostedOnce({ document, handle }: Awaited<ReturnType<typeof heldDocument>>): Promise<void> {
  assert.equal((await handle.result()).outcome, 'posted-no-payment-expected');
  assert.equal(timesCalled(document, 'postToErp'), 1);
  assert.equal((await statusOf(handle)).hold, undefined);
}

describe('a document without a vendor account', () => {
  stage.test('S84, S86: it waits before anything is written and says since when, why, for whom and where', async () => {
    const { document, handle } = await heldDocument();
    const { hold, stage: reached } = await statusOf(handle);
    assert.equal(reached, 'acknowledged', 'a hold is no stage');
    assert.deepEqual(hold?.vendorKeys, [document.vendorKey]);
    assert.match(hold.message, /no vendor account in CRONUS/);
    assert.ok(Math.abs(Date.parse(hold.since) - (await stage.environment.currentTimeMs())) < 60_000);
    assert.equal(timesCalled(document, 'postToErp'), 0);
    const shown = shownAttributes(await handle.describe());
    assert.equal(shown['HoldReason'], 'vendor-missing');
    assert.equal(shown['DocumentStage'], 'acknowledged');
    await handle.executeUpdate(messageNames.resolveVendor, { args: [answerTo(document)] });
    await handle.result();
  });

  stage.test(
    'S89, M5: what the UI shows is the reason in words and the very message that an operator sends',
    async () => {
      const { document, handle } = await heldDocument();
      const details = await currentDetails(handle);
      assert.match(details, /The employee or supplier has no vendor account in the ERP company\./);
      assert.match(details, /The employee has no vendor account in CRONUS\./);
      assert.match(details, /the document goes on by itself/);
      assert.match(details, /retryStep/);
      const json = /```json\n([\s\S]*?)\n```/.exec(details)?.[1] ?? '';
      const message = JSON.parse(json) as ResolveVendor;
      assert.deepEqual(Object.keys(message), ['vendorKey', 'vendorNumber', 'by', 'note']);
      assert.equal(message.vendorKey, document.vendorKey);
      await handle.executeUpdate(messageNames.resolveVendor, { args: [message] });
      await assertPostedOnce({ document, handle });
      assert.doesNotMatch(await currentDetails(handle), /On hold/);
    },
  );

  stage.test(
    'S89, S90: the update resolveVendor answers, is remembered for next time, and the document posts once',
    async () => {
      const held = await heldDocument();
      const answer = await held.handle.executeUpdate(messageNames.resolveVendor, { args: [answerTo(held.document)] });
      assert.equal(answer, `Vendor V-100 is remembered for ${held.document.vendorKey}.`);
      await assertPostedOnce(held);
      assert.equal(systems.resolutions.get(held.document.vendorKey), 'V-100');
    },
  );

  stage.test('S89, S90: the signal resolveVendor does the same', async () => {
    const held = await heldDocument();
    await held.handle.signal(messageNames.resolveVendor, answerTo(held.document));
    await assertPostedOnce(held);
    assert.equal(systems.resolutions.get(held.document.vendorKey), 'V-100');
  });

  stage.test(
    'S88: once the vendor exists, the signal vendorChanged releases every document that waits for it',
    async () => {
      const waiting = await Promise.all([heldDocument(), heldDocument(), heldDocument()]);
      for (const { document } of waiting) systems.missingVendors.delete(document.vendorKey);
      for (const { handle } of waiting) await handle.signal(messageNames.vendorChanged);
      for (const each of waiting) await assertPostedOnce(each);
    },
  );

  stage.test(
    'S88: the signal retryStep releases it when the cause is mended, and holds on while it is not',
    async () => {
      const held = await heldDocument();
      await held.handle.signal(messageNames.retryStep, retry);
      await untilTrue('checked again', () => timesCalled(held.document, 'checkMasterDataInErp') === 2);
      await untilHeld(held.handle, 'vendor-missing');
      systems.missingVendors.delete(held.document.vendorKey);
      await held.handle.signal(messageNames.retryStep, retry);
      await assertPostedOnce(held);
    },
  );

  stage.test('S88: without any message the daily reminder finds the vendor', async () => {
    const held = await heldDocument();
    systems.missingVendors.delete(held.document.vendorKey);
    const since = (await statusOf(held.handle)).hold?.since ?? '';
    await assertPostedOnce(held);
    const waitedMs = Date.parse(held.document.writtenAt) - Date.parse(since);
    assert.ok(waitedMs >= 0.9 * daySeconds * 1_000 && waitedMs <= 1.1 * daySeconds * 1_000, `${waitedMs} ms`);
  });

  stage.test(
    'S86, C14: it survives 60 days of clock, alerts once at its limit, and its history stays bounded',
    async () => {
      const held = await heldDocument();
      const since = (await statusOf(held.handle)).hold?.since;
      await stage.environment.sleep('60 days');
      const status = await statusOf(held.handle);
      assert.equal(status.hold?.reason, 'vendor-missing');
      assert.equal(status.hold.since, since);
      assert.equal(timesCalled(held.document, 'alertHoldOverdue'), 1);
      assert.ok((await historySize(held.handle)).events <= 500);
      await held.handle.signal(messageNames.resolveVendor, answerTo(held.document));
      await assertPostedOnce(held);
    },
  );

  stage.test(
    'S90: vendor watch, operator by update and by signal, and retry all at once lead to one posting',
    async () => {
      const held = await heldDocument();
      systems.missingVendors.delete(held.document.vendorKey);
      await Promise.all([
        held.handle.signal(messageNames.vendorChanged),
        held.handle.signal(messageNames.retryStep, retry),
        held.handle.signal(messageNames.resolveVendor, answerTo(held.document)),
        held.handle.executeUpdate(messageNames.resolveVendor, { args: [answerTo(held.document)] }),
      ]);
      await assertPostedOnce(held);
      assert.deepEqual(held.document.confirmations, ['posting']);
    },
  );

  stage.test('S91: it keeps no other document from posting', async () => {
    const held = await heldDocument();
    const others = Array.from({ length: 10 }, () => systems.add(fakeDocument('bc', { awaitsPayment: false })));
    const handles = await Promise.all(others.map((document) => startDocument(stage, document)));
    await Promise.all(handles.map((handle) => untilStage(handle, 'closed')));
    assert.ok(others.every((document) => document.confirmations.length === 1));
    assert.equal((await statusOf(held.handle)).hold?.reason, 'vendor-missing');
    await held.handle.signal(messageNames.resolveVendor, answerTo(held.document));
    await held.handle.result();
  });
});

describe('answers to a hold', () => {
  stage.test(
    'S89: an update without the right shape is refused with what is wrong; nothing is remembered',
    async () => {
      const held = await heldDocument();
      const wrong = { vendorKey: held.document.vendorKey, vendorNumber: '', by: 'Ann' };
      await assert.rejects(
        held.handle.executeUpdate(messageNames.resolveVendor, { args: [wrong] }),
        (error: unknown) =>
          error instanceof WorkflowUpdateFailedError &&
          /must be text: vendorNumber, note/.test(error.cause?.message ?? ''),
      );
      assert.equal(timesCalled(held.document, 'rememberVendor'), 0);
      await held.handle.executeUpdate(messageNames.resolveVendor, { args: [answerTo(held.document)] });
      await assertPostedOnce(held);
    },
  );

  stage.test('S89: a signal without the right shape is ignored, and so is an answer to another question', async () => {
    const held = await heldDocument();
    await held.handle.signal(messageNames.resolveVendor, 'V-100');
    await held.handle.signal(messageNames.resolveVendor, { ...answerTo(held.document), vendorNumber: 7 });
    await held.handle.signal(messageNames.resolveVendor, {
      ...answerTo(held.document),
      vendorKey: 'bc/CRONUS/employee/9',
    });
    await held.handle.signal(messageNames.retryStep, retry);
    await untilTrue('checked again', () => timesCalled(held.document, 'checkMasterDataInErp') === 2);
    await untilHeld(held.handle, 'vendor-missing');
    assert.equal(timesCalled(held.document, 'rememberVendor'), 0);
    await held.handle.signal(messageNames.resolveVendor, answerTo(held.document));
    await assertPostedOnce(held);
  });

  stage.test(
    'M3: an answer that comes before the hold, as after a reset, releases the hold when it comes',
    async () => {
      const document = documentWithoutVendor();
      let handle: DocumentHandle | undefined;
      document.before.set('acknowledgeInConcur', async () => {
        handle ??= stage.client.workflow.getHandle(`concur:acme:expense:${document.id}`);
        await handle.executeUpdate(messageNames.resolveVendor, { args: [answerTo(document)] });
      });
      const started = await startDocument(stage, document);
      await assertPostedOnce({ document, handle: started });
      assert.equal(timesCalled(document, 'rememberVendor'), 1);
      assert.equal(timesCalled(document, 'checkMasterDataInErp'), 2);
    },
  );

  stage.test(
    'S89, S92: a corrected answer replaces the first one for good, also when it turns out wrong itself',
    async () => {
      const held = await heldDocument();
      const [first, second] = [`V-${held.document.id}-1`, `V-${held.document.id}-2`];
      systems.unknownAccounts.add(second);
      held.document.before.set('checkMasterDataInErp', async () => undefined);
      let sent = false;
      held.document.before.set('planErpDocuments', async () => {
        if (sent) return;
        sent = true;
        await held.handle.signal(messageNames.resolveVendor, answerTo(held.document, first));
        await held.handle.signal(messageNames.resolveVendor, answerTo(held.document, second));
      });
      await held.handle.signal(messageNames.retryStep, retry);
      await untilTrue('remembered', () => timesCalled(held.document, 'rememberVendor') === 1);
      await held.handle.signal(messageNames.retryStep, retry);
      await untilTrue('checked again', () => timesCalled(held.document, 'checkMasterDataInErp') >= 4);
      assert.equal(systems.resolutions.get(held.document.vendorKey), second, 'the outdated answer must not come back');
      systems.unknownAccounts.delete(second);
      await held.handle.signal(messageNames.retryStep, retry);
      await assertPostedOnce(held);
    },
  );

  stage.test(
    'S89: the same answer counts again after it failed once, for example since the account was made later',
    async () => {
      const held = await heldDocument();
      const account = `V-${held.document.id}`;
      systems.unknownAccounts.add(account);
      await held.handle.signal(messageNames.resolveVendor, answerTo(held.document, account));
      await untilTrue('checked again', () => timesCalled(held.document, 'checkMasterDataInErp') === 2);
      await untilHeld(held.handle, 'vendor-missing');
      systems.unknownAccounts.delete(account);
      await held.handle.signal(messageNames.resolveVendor, answerTo(held.document, account));
      await assertPostedOnce(held);
      assert.equal(timesCalled(held.document, 'rememberVendor'), 2);
    },
  );
});
