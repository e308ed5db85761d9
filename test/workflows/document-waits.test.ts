import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { messageNames } from '../../src/contracts/messages.js';
import type { DocumentHandle } from './support.js';
import { changeInErp, fakeDocument, storeWhatErpSays, timesCalled, type FakeDocument } from './fake-document.js';
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
} from './support.js';

const systems = fakeSystems();
const stage = useStage((prefix) => queuesOf(prefix, systems));

const handleOf = (document: FakeDocument): DocumentHandle =>
  stage.client.workflow.getHandle(`concur:acme:expense:${document.id}`);

/** The watch has read the ERP and tells the document. */
async function watchTells(document: FakeDocument, signal: 'postingFound' | 'paymentReceived'): Promise<void> {
  storeWhatErpSays(document);
  await handleOf(document).signal(signal);
}

async function untilInErp(document: FakeDocument): Promise<DocumentHandle> {
  const handle = await startDocument(stage, document);
  await untilStage(handle, 'in-erp');
  return handle;
}

async function untilAwaitingPayment(): Promise<{ document: FakeDocument; handle: DocumentHandle }> {
  const document = systems.add(fakeDocument('bc'));
  const handle = await startDocument(stage, document);
  await untilStage(handle, 'awaiting-payment');
  return { document, handle };
}

describe('a document that waits until the ERP posts it', () => {
  stage.test(
    'M3, S100: news of a posting that comes before the document is written confirms nothing and loses nothing',
    async () => {
      const document = systems.add(fakeDocument('fo', { awaitsPayment: false }));
      document.before.set('postToErp', () => handleOf(document).signal(messageNames.postingFound));
      const handle = await startDocument(stage, document);
      await untilTrue('the early news is consulted', () => timesCalled(document, 'confirmPostingInConcur') === 1);
      assert.deepEqual(document.confirmations, []);
      changeInErp(document, { state: 'posted' });
      await watchTells(document, 'postingFound');
      assert.equal((await handle.result()).outcome, 'posted-no-payment-expected');
      assert.deepEqual(document.confirmations, ['posting']);
    },
  );

  stage.test('C15: past its deadline it alerts once and goes on waiting', async () => {
    const document = systems.add(fakeDocument('fo', { awaitsPayment: false }));
    const handle = await untilInErp(document);
    await stage.environment.sleep('2 days');
    assert.equal(timesCalled(document, 'alertPostingOverdue'), 0);
    await stage.environment.sleep('40 days');
    assert.equal(timesCalled(document, 'alertPostingOverdue'), 1);
    assert.deepEqual(document.confirmations, []);
    changeInErp(document, { state: 'posted' });
    await watchTells(document, 'postingFound');
    assert.equal((await handle.result()).outcome, 'posted-no-payment-expected');
  });

  stage.test('S106: no signal ever comes, and the weekly self-check still finds the posting', async () => {
    const document = systems.add(fakeDocument('fo', { awaitsPayment: false, postingDeadlineSeconds: 30 * daySeconds }));
    const handle = await untilInErp(document);
    changeInErp(document, { state: 'posted' });
    assert.equal((await handle.result()).outcome, 'posted-no-payment-expected');
    assert.equal(timesCalled(document, 'checkPostingInErp'), 1);
    const waitedDays = ((await handle.describe()).closeTime!.getTime() - Date.parse(document.writtenAt)) / 86_400_000;
    assert.ok(waitedDays >= 6.3 && waitedDays <= 7.8, `${waitedDays} days`);
  });

  stage.test(
    'S104, M5: refused by the ERP it holds with the reason; mended and posted, it goes on when the watch tells',
    async () => {
      const document = systems.add(fakeDocument('fo', { awaitsPayment: false }));
      const handle = await untilInErp(document);
      changeInErp(document, { state: 'refused', reason: 'The period is closed.' });
      await watchTells(document, 'postingFound');
      await untilHeld(handle, 'erp-refused');
      assert.match(await currentDetails(handle), /The period is closed\./);
      changeInErp(document, { state: 'posted' });
      await watchTells(document, 'postingFound');
      assert.equal((await handle.result()).outcome, 'posted-no-payment-expected');
      assert.deepEqual(document.confirmations, ['posting']);
      assert.equal(timesCalled(document, 'postToErp'), 1);
    },
  );

  stage.test(
    'S106: refused and mended, it asks the ERP itself at the reminder although no watch tells of it',
    async () => {
      const document = systems.add(fakeDocument('fo', { awaitsPayment: false }));
      const handle = await untilInErp(document);
      changeInErp(document, { state: 'refused', reason: 'The period is closed.' });
      await watchTells(document, 'postingFound');
      await untilHeld(handle, 'erp-refused');
      changeInErp(document, { state: 'posted' });
      assert.equal((await handle.result()).outcome, 'posted-no-payment-expected');
      assert.deepEqual(document.confirmations, ['posting']);
    },
  );

  stage.test(
    'S116: refused before anything is written, it holds; the repeated step checks anew and writes once',
    async () => {
      const document = systems.add(fakeDocument('bc', { awaitsPayment: false }));
      document.holds.set('postToErp', { reason: 'period-closed', message: 'November is closed.', vendorKeys: [] });
      const handle = await startDocument(stage, document);
      await untilHeld(handle, 'period-closed');
      document.holds.delete('postToErp');
      await handle.signal(messageNames.retryStep, { by: 'Ann', note: 'opened the period' });
      assert.equal((await handle.result()).outcome, 'posted-no-payment-expected');
      assert.equal(timesCalled(document, 'planErpDocuments'), 2);
      assert.equal(document.erpParts.size, 1);
    },
  );
});

describe('a document that waits for its payment', () => {
  stage.test('M3, S101: news of a payment that comes before posting is not lost', async () => {
    const document = systems.add(fakeDocument('bc'));
    document.settledCents = document.owedCents;
    document.before.set('acknowledgeInConcur', () => handleOf(document).signal(messageNames.paymentReceived));
    const handle = await startDocument(stage, document);
    await untilStage(handle, 'closed');
    assert.deepEqual(document.confirmations, ['posting', 'CP']);
    assert.equal(timesCalled(document, 'checkPaymentInErp'), 0, 'it did not wait for the self-check');
  });

  stage.test('M4, S101: partial payments are told one by one; 40 days later the rest closes the document', async () => {
    const { document, handle } = await untilAwaitingPayment();
    document.settledCents = 30_00;
    await watchTells(document, 'paymentReceived');
    await untilStage(handle, 'partly-paid');
    document.settledCents = 60_00;
    await watchTells(document, 'paymentReceived');
    await untilTrue('the second part is told', () => document.confirmations.length === 3);
    await stage.environment.sleep('40 days');
    assert.equal((await statusOf(handle)).stage, 'partly-paid');
    document.settledCents = document.owedCents;
    await watchTells(document, 'paymentReceived');
    assert.equal((await handle.result()).outcome, 'paid');
    assert.deepEqual(document.confirmations, ['posting', 'PP', 'PP', 'CP']);
  });

  stage.test('S106, M4: 90 days of waiting cost a weekly self-check only, and the history stays small', async () => {
    const { document, handle } = await untilAwaitingPayment();
    const before = (await historySize(handle)).events;
    await stage.environment.sleep('90 days');
    const weeks = timesCalled(document, 'checkPaymentInErp');
    assert.ok(weeks >= 11 && weeks <= 15, `${weeks} self-checks`);
    const { events } = await historySize(handle);
    assert.ok(events - before <= 17 * weeks + 10 && events <= 300, `${events} events`);
    document.settledCents = document.owedCents;
    await watchTells(document, 'paymentReceived');
    assert.equal((await handle.result()).outcome, 'paid');
  });

  stage.test('S106, S101: no signal ever comes, and the weekly self-check still finds the payment', async () => {
    const { document, handle } = await untilAwaitingPayment();
    document.settledCents = document.owedCents;
    assert.equal((await handle.result()).outcome, 'paid');
    assert.equal(timesCalled(document, 'checkPaymentInErp'), 1);
    assert.deepEqual(document.confirmations, ['posting', 'CP']);
  });

  stage.test(
    'S90, S101: news that comes twice, or without a payment behind it, tells Concur nothing twice',
    async () => {
      const { document, handle } = await untilAwaitingPayment();
      await watchTells(document, 'paymentReceived');
      await untilTrue('consulted', () => timesCalled(document, 'confirmPaymentInConcur') === 1);
      assert.deepEqual(document.confirmations, ['posting']);
      document.settledCents = document.owedCents;
      storeWhatErpSays(document);
      await Promise.all([handle.signal(messageNames.paymentReceived), handle.signal(messageNames.paymentReceived)]);
      assert.equal((await handle.result()).outcome, 'paid');
      assert.deepEqual(document.confirmations, ['posting', 'CP']);
    },
  );

  stage.test('M4: a payment that needs a decision holds the document until a person has decided', async () => {
    const { document, handle } = await untilAwaitingPayment();
    const message = 'The ERP settled it by a credit note.';
    document.holds.set('confirmPaymentInConcur', { reason: 'payment-needs-decision', message, vendorKeys: [] });
    await watchTells(document, 'paymentReceived');
    const held = await untilHeld(handle, 'payment-needs-decision');
    assert.equal(held.stage, 'awaiting-payment');
    document.holds.delete('confirmPaymentInConcur');
    document.settledCents = document.owedCents;
    await handle.signal(messageNames.retryStep, { by: 'Ann', note: 'paid by hand' });
    assert.equal((await handle.result()).outcome, 'paid');
    assert.deepEqual(document.confirmations, ['posting', 'CP']);
  });
});
