import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '../../src/contracts/failures.js';
import { messageNames } from '../../src/contracts/messages.js';
import { changeInErp, fakeDocument, storeWhatErpSays, timesCalled } from './fake-document.js';
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
  untilStatus,
  untilTrue,
  useStage,
  shownAttributes,
} from './support.js';

const systems = fakeSystems();
const stage = useStage((prefix) => queuesOf(prefix, systems));

/** Budget of an undisturbed document at its close (temporal practices 4). */
const mostEvents = 60;
const mostBytes = 30_000;

describe('a document on its undisturbed way', () => {
  stage.test(
    'S100, S101, S102: F&O posts later and pays later; Concur hears of each after its proof, once',
    async () => {
      const document = systems.add(fakeDocument('fo'));
      const handle = await startDocument(stage, document);
      await untilStage(handle, 'in-erp');
      assert.deepEqual(document.confirmations, [], 'nothing is confirmed while the ERP has not posted');
      assert.match(await currentDetails(handle), /Written to usmf as JRN-1/);

      changeInErp(document, { state: 'posted' });
      storeWhatErpSays(document);
      await handle.signal(messageNames.postingFound);
      const awaiting = await untilStage(handle, 'awaiting-payment');
      assert.equal(awaiting.erpDocuments.length, 1);
      assert.match(await currentDetails(handle), /posted in \*\*usmf\*\* as \*\*V-/);
      assert.deepEqual(document.confirmations, ['posting']);

      document.settledCents = document.owedCents;
      storeWhatErpSays(document);
      await handle.signal(messageNames.paymentReceived);
      const result = await handle.result();
      assert.equal(result.outcome, 'paid');
      assert.deepEqual(document.confirmations, ['posting', 'CP']);
      assert.deepEqual(await statusOf(handle), {
        stage: 'closed',
        outcome: 'paid',
        erpDocuments: result.erpDocuments,
      });
    },
  );

  stage.test(
    'M2, C11, S100, S101: Business Central posts at once; the document needs no signal to be confirmed',
    async () => {
      const document = systems.add(fakeDocument('bc'));
      const handle = await startDocument(stage, document);
      await untilStage(handle, 'awaiting-payment');
      assert.deepEqual(document.confirmations, ['posting']);
      document.settledCents = document.owedCents;
      storeWhatErpSays(document);
      await handle.signal(messageNames.paymentReceived);
      assert.equal((await handle.result()).outcome, 'paid');
      assert.deepEqual(document.confirmations, ['posting', 'CP']);
      assert.equal(timesCalled(document, 'checkPostingInErp'), 0);
    },
  );

  stage.test(
    'S103: where the ERP owes nobody anything, the document closes with the reason and waits for nothing',
    async () => {
      const noPaymentReason = 'Concur Expense Pay reimburses the employee.';
      const document = systems.add(fakeDocument('bc', { awaitsPayment: false, noPaymentReason }));
      const handle = await startDocument(stage, document);
      const result = await handle.result();
      assert.equal(result.outcome, 'posted-no-payment-expected');
      assert.equal(result.detail, noPaymentReason);
      assert.deepEqual(document.confirmations, ['posting']);
      assert.equal(timesCalled(document, 'confirmPaymentInConcur'), 0);
    },
  );

  stage.test(
    'C14, S63: a document that Concur recalls before the acknowledgement ends as recalled; the ERP sees nothing',
    async () => {
      const document = systems.add(fakeDocument('fo'));
      document.endedByConcur = { outcome: 'recalled', detail: 'Recalled in Concur.' };
      const handle = await startDocument(stage, document);
      assert.deepEqual(await handle.result(), { outcome: 'recalled', detail: 'Recalled in Concur.', erpDocuments: [] });
      assert.deepEqual(document.calls, ['acknowledgeInConcur']);
    },
  );

  stage.test('S103: a hold that ends because Concur recalls the document leaves no hold behind', async () => {
    const document = systems.add(fakeDocument('fo'));
    document.holds.set('acknowledgeInConcur', {
      reason: 'acknowledged-elsewhere',
      message: 'Another system has it.',
      vendorKeys: [],
    });
    const handle = await startDocument(stage, document);
    await untilHeld(handle, 'acknowledged-elsewhere');
    document.endedByConcur = { outcome: 'recalled', detail: 'Recalled in Concur.' };
    await handle.signal(messageNames.retryStep, { by: 'Ann', note: 'ask again' });
    assert.equal((await handle.result()).outcome, 'recalled');
    assert.equal((await statusOf(handle)).hold, undefined);
    assert.equal(shownAttributes(await handle.describe())['HoldReason'] ?? undefined, undefined);
  });

  stage.test('B9: every part is written and proven before Concur hears that the document is posted', async () => {
    const parts = [1, 2].map((part) => ({ part, erp: 'fo', company: 'usmf' }));
    const document = systems.add(fakeDocument('fo', { parts, awaitsPayment: false }));
    const handle = await startDocument(stage, document);
    await untilStage(handle, 'in-erp');
    assert.deepEqual([...document.erpParts.keys()], [1, 2]);
    document.erpParts.set(1, { state: 'posted' });
    storeWhatErpSays(document);
    await handle.signal(messageNames.postingFound);
    await untilStatus(handle, (status) => status.erpDocuments.length === 1);
    assert.deepEqual(document.confirmations, []);
    document.erpParts.set(2, { state: 'posted' });
    storeWhatErpSays(document);
    await handle.signal(messageNames.postingFound);
    assert.equal((await handle.result()).erpDocuments.length, 2);
    assert.deepEqual(document.confirmations, ['posting']);
  });

  stage.test('M5: the Temporal UI can filter a document by stage, ERP, company and ERP number', async () => {
    const document = systems.add(fakeDocument('bc', { awaitsPayment: false }));
    const handle = await startDocument(stage, document);
    const { erpDocuments } = await handle.result();
    const shown = shownAttributes(await handle.describe());
    assert.equal(shown['DocumentStage'], 'closed');
    assert.equal(shown['Erp'], 'bc');
    assert.equal(shown['LegalEntity'], 'CRONUS');
    assert.equal(shown['ErpNumber'], erpDocuments[0]?.number);
  });

  stage.test(
    'S78, S79: a second start of the same document is the first one while it runs, and refused when it has run',
    async () => {
      const document = systems.add(fakeDocument('bc'));
      const first = await startDocument(stage, document);
      await untilStage(first, 'awaiting-payment');
      await startDocument(stage, document);
      document.settledCents = document.owedCents;
      storeWhatErpSays(document);
      await first.signal(messageNames.paymentReceived);
      await first.result();
      await assert.rejects(startDocument(stage, document), WorkflowExecutionAlreadyStartedError);
      assert.equal(timesCalled(document, 'acknowledgeInConcur'), 1);
    },
  );
});

describe('the history of an undisturbed document', () => {
  for (const erp of ['fo', 'bc'] as const) {
    stage.test(`M4, S106: stays within ${mostEvents} events and ${mostBytes} bytes (${erp})`, async () => {
      const document = systems.add(fakeDocument(erp));
      const handle = await startDocument(stage, document);
      // Asks the fakes, not the workflow: this server writes queries into the history, unlike a real one.
      await untilTrue('the document is written', () => document.erpParts.size > 0);
      changeInErp(document, { state: 'posted' });
      storeWhatErpSays(document);
      if (erp === 'fo') await handle.signal(messageNames.postingFound);
      await untilTrue('the posting is confirmed', () => document.confirmations.length === 1);
      document.settledCents = document.owedCents;
      storeWhatErpSays(document);
      await handle.signal(messageNames.paymentReceived);
      assert.equal((await handle.result()).outcome, 'paid');
      const { events, bytes } = await historySize(handle);
      assert.ok(events <= mostEvents && bytes <= mostBytes, `${events} events, ${bytes} bytes`);
    });
  }
});

describe('a document whose calls fail', () => {
  stage.test(
    'S116, S119: failures that may pass are repeated at that step until they have passed, and no step is repeated',
    async () => {
      const document = systems.add(fakeDocument('bc', { awaitsPayment: false }));
      const outage = ApplicationFailure.create({ type: failureTypes.unavailable, message: 'no answer' });
      const unknown = ApplicationFailure.create({ type: failureTypes.outcomeUnknown, message: 'connection lost' });
      const limited = ApplicationFailure.create({ type: failureTypes.rateLimited, nextRetryDelay: '40 seconds' });
      document.failures.set('acknowledgeInConcur', [outage, new TypeError('a defect')]);
      document.failures.set('planErpDocuments', [new Error('the database is away')]);
      document.failures.set('postToErp', [unknown, limited, outage]);
      const handle = await startDocument(stage, document);
      assert.equal((await handle.result()).outcome, 'posted-no-payment-expected');
      const attempts = ['acknowledgeInConcur', 'planErpDocuments', 'checkMasterDataInErp', 'postToErp'];
      assert.deepEqual(
        attempts.map((activity) => timesCalled(document, activity)),
        [3, 2, 1, 4],
      );
    },
  );

  stage.test(
    'S117: with Concur down for two days after posting, the confirmation waits; the ERP is not touched again',
    async () => {
      const document = systems.add(fakeDocument('bc', { awaitsPayment: false }));
      const downUntil = (await stage.environment.currentTimeMs()) + 2 * daySeconds * 1_000;
      document.before.set('confirmPostingInConcur', async () => {
        if ((await stage.environment.currentTimeMs()) < downUntil) throw new Error('Concur is down');
      });
      const handle = await startDocument(stage, document, { retryMaximumSeconds: 6 * 3_600 });
      assert.equal((await handle.result()).outcome, 'posted-no-payment-expected');
      assert.ok(((await handle.describe()).closeTime?.getTime() ?? 0) >= downUntil);
      assert.ok(timesCalled(document, 'confirmPostingInConcur') > 10);
      assert.equal(timesCalled(document, 'postToErp'), 1);
      assert.ok((await historySize(handle)).events <= mostEvents);
    },
  );

  stage.test('S120: an hour of 429s makes a document late, never failed, and repeats no write', async () => {
    const document = systems.add(fakeDocument('bc', { awaitsPayment: false }));
    const throttledUntil = (await stage.environment.currentTimeMs()) + 3_600 * 1_000;
    for (const activity of ['acknowledgeInConcur', 'confirmPostingInConcur']) {
      document.before.set(activity, async () => {
        if ((await stage.environment.currentTimeMs()) >= throttledUntil) return;
        throw ApplicationFailure.create({ type: failureTypes.rateLimited, nextRetryDelay: 60_000 });
      });
    }
    const handle = await startDocument(stage, document);
    assert.equal((await handle.result()).outcome, 'posted-no-payment-expected');
    assert.ok(((await handle.describe()).closeTime?.getTime() ?? 0) >= throttledUntil);
    const attempts = timesCalled(document, 'acknowledgeInConcur');
    assert.ok(attempts >= 50 && attempts <= 62, `${attempts} attempts: each wait is as long as it was told`);
    assert.deepEqual([document.erpParts.size, document.confirmations], [1, ['posting']]);
    assert.equal(timesCalled(document, 'alertHoldOverdue'), 0);
  });
});
