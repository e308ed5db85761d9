import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { messageNames } from '../../src/contracts/messages.js';
import { startTestTemporal } from '../support/temporal-server.js';
import {
  changeInErp,
  fakeDocument,
  storeWhatErpSays,
  timesCalled,
  type FakeDocument,
} from '../workflows/fake-document.js';
import { fakeSystems, type FakeSystems } from '../workflows/fake-systems.js';
import {
  concurConnection,
  quietRuntime,
  queuesOf,
  runWorkers,
  startDocument,
  untilHeld,
  untilStage,
  untilTrue,
  type DocumentHandle,
  type Stage,
} from '../workflows/support.js';
import { otherPaths, otherQueuesOf } from './other-paths.js';

/** A path that is being recorded: a real server, workers, and fakes behind them. */
interface Recording extends Pick<Stage, 'client' | 'prefix'> {
  systems: FakeSystems;
}

type Path = (recording: Recording) => Promise<WorkflowHandle>;

const retry = { by: 'Ann', note: 'mended' };
const noPayment = { awaitsPayment: false, noPaymentReason: 'Concur Expense Pay reimburses the employee.' };
/** A real server's time cannot be skipped, so that everything that is due comes within seconds. */
const soon = { selfCheckSeconds: 2, holdReminderSeconds: 2, holdLimitSeconds: 3 };

const start = async (
  recording: Recording,
  document: FakeDocument,
  timings: Partial<typeof soon> = {},
): Promise<DocumentHandle> => startDocument(recording, recording.systems.add(document), timings);

async function postAndTell(handle: DocumentHandle, document: FakeDocument): Promise<void> {
  await untilStage(handle, 'in-erp');
  changeInErp(document, { state: 'posted' });
  storeWhatErpSays(document);
  await handle.signal(messageNames.postingFound);
}

async function payAndTell(handle: DocumentHandle, document: FakeDocument, cents = document.owedCents): Promise<void> {
  document.settledCents = cents;
  storeWhatErpSays(document);
  await handle.signal(messageNames.paymentReceived);
}

async function ended(handle: DocumentHandle): Promise<WorkflowHandle> {
  await handle.result();
  return handle;
}

/** Every path of the document workflow that issues other commands, or issues them in another order. */
const documentPaths: Record<string, Path> = {
  'fo-paid': async (recording) => {
    const document = fakeDocument('fo');
    const handle = await start(recording, document);
    await postAndTell(handle, document);
    await untilStage(handle, 'awaiting-payment');
    await payAndTell(handle, document);
    return ended(handle);
  },
  'bc-paid': async (recording) => {
    const document = fakeDocument('bc');
    const handle = await start(recording, document);
    await untilStage(handle, 'awaiting-payment');
    await payAndTell(handle, document);
    return ended(handle);
  },
  returned: async (recording) => {
    const document = fakeDocument('fo');
    const handle = await start(recording, document);
    await untilStage(handle, 'in-erp');
    await handle.executeUpdate(messageNames.returnDocument, { args: [{ by: 'Ann', reason: 'Attach the receipt.' }] });
    return ended(handle);
  },
  'return-kept': async (recording) => {
    const document = fakeDocument('fo');
    const handle = await start(recording, document);
    await untilStage(handle, 'in-erp');
    changeInErp(document, { state: 'posted' });
    await handle.signal(messageNames.returnDocument, { by: 'Ann', reason: 'Attach the receipt.' });
    await untilHeld(handle, 'return-blocked');
    await handle.signal(messageNames.cancelReturn, { by: 'Ann', reason: 'the posting is right' });
    await untilStage(handle, 'awaiting-payment');
    await payAndTell(handle, document);
    return ended(handle);
  },
  ignored: async (recording) => {
    const document = fakeDocument('bc');
    document.holds.set('planErpDocuments', { reason: 'mapping-missing', message: 'No account.', vendorKeys: [] });
    const handle = await start(recording, document);
    await untilHeld(handle, 'mapping-missing');
    await handle.signal(messageNames.ignoreDocument, { by: 'Ann', reason: 'settled by hand' });
    return ended(handle);
  },
  'no-payment-expected': async (recording) => ended(await start(recording, fakeDocument('bc', noPayment))),
  'paid-in-parts': async (recording) => {
    const parts = [1, 2].map((part) => ({ part, erp: 'fo', company: 'usmf' }));
    const document = fakeDocument('fo', { parts });
    const handle = await start(recording, document);
    await postAndTell(handle, document);
    await untilStage(handle, 'awaiting-payment');
    await payAndTell(handle, document, 40_00);
    await untilStage(handle, 'partly-paid');
    await payAndTell(handle, document);
    return ended(handle);
  },
  recalled: async (recording) => {
    const document = fakeDocument('fo');
    document.endedByConcur = { outcome: 'recalled', detail: 'Recalled in Concur.' };
    return ended(await start(recording, document));
  },
  'vendor-answered': async (recording) => {
    const document = fakeDocument('bc', noPayment);
    const { vendorKey } = document;
    recording.systems.missingVendors.add(vendorKey);
    const handle = await start(recording, document);
    await untilHeld(handle, 'vendor-missing');
    await handle.signal(messageNames.resolveVendor, 'no answer at all');
    const answer = { vendorKey, vendorNumber: 'V-100', by: 'Ann', note: '' };
    await handle.executeUpdate(messageNames.resolveVendor, { args: [answer] });
    return ended(handle);
  },
  'vendor-created': async (recording) => {
    const document = fakeDocument('bc', noPayment);
    recording.systems.missingVendors.add(document.vendorKey);
    const handle = await start(recording, document);
    await untilHeld(handle, 'vendor-missing');
    recording.systems.missingVendors.delete(document.vendorKey);
    await handle.signal(messageNames.vendorChanged);
    return ended(handle);
  },
  'hold-overdue': async (recording) => {
    const document = fakeDocument('bc', noPayment);
    recording.systems.missingVendors.add(document.vendorKey);
    const handle = await start(recording, document, soon);
    await untilTrue('the limit is alerted', () => timesCalled(document, 'alertHoldOverdue') === 1);
    recording.systems.missingVendors.delete(document.vendorKey);
    return ended(handle);
  },
  'early-messages': async (recording) => {
    const document = fakeDocument('fo');
    document.settledCents = document.owedCents;
    const handleOf = (): DocumentHandle =>
      recording.client.workflow.getHandle(`concur:${concurConnection}:expense:${document.id}`);
    document.before.set('acknowledgeInConcur', () => handleOf().signal(messageNames.paymentReceived));
    document.before.set('postToErp', () => handleOf().signal(messageNames.postingFound));
    const handle = await start(recording, document);
    await untilTrue('the early news is consulted', () => timesCalled(document, 'confirmPostingInConcur') === 1);
    await postAndTell(handle, document);
    return ended(handle);
  },
  'posting-refused': async (recording) => {
    const document = fakeDocument('fo', noPayment);
    const handle = await start(recording, document);
    await untilStage(handle, 'in-erp');
    changeInErp(document, { state: 'refused', reason: 'The period is closed.' });
    storeWhatErpSays(document);
    await handle.signal(messageNames.postingFound);
    await untilHeld(handle, 'erp-refused');
    changeInErp(document, { state: 'posted' });
    await handle.signal(messageNames.retryStep, retry);
    return ended(handle);
  },
  'write-refused': async (recording) => {
    const document = fakeDocument('bc', noPayment);
    document.holds.set('postToErp', { reason: 'period-closed', message: 'November is closed.', vendorKeys: [] });
    const handle = await start(recording, document);
    await untilHeld(handle, 'period-closed');
    document.holds.delete('postToErp');
    await handle.signal(messageNames.retryStep, retry);
    return ended(handle);
  },
  'overdue-and-self-checked': async (recording) => {
    const document = fakeDocument('fo', { postingDeadlineSeconds: 1 });
    const handle = await start(recording, document, soon);
    await untilTrue('the deadline is alerted', () => timesCalled(document, 'alertPostingOverdue') === 1);
    changeInErp(document, { state: 'posted' });
    await untilStage(handle, 'awaiting-payment');
    document.settledCents = document.owedCents;
    return ended(handle);
  },
  'payment-decided': async (recording) => {
    const document = fakeDocument('bc');
    const message = 'Settled by a credit note.';
    document.holds.set('confirmPaymentInConcur', { reason: 'payment-needs-decision', message, vendorKeys: [] });
    const handle = await start(recording, document);
    await untilStage(handle, 'awaiting-payment');
    await payAndTell(handle, document);
    await untilHeld(handle, 'payment-needs-decision');
    document.holds.delete('confirmPaymentInConcur');
    await handle.signal(messageNames.retryStep, retry);
    return ended(handle);
  },
};

const paths: Record<string, Path> = {
  ...documentPaths,
  ...otherPaths,
};

/** Runs every path once on a real server, and gives its history as the JSON that Temporal's own tools write and read. */
export async function recordPaths(): Promise<Record<string, string>> {
  quietRuntime();
  const environment = await startTestTemporal();
  const systems = fakeSystems();
  const prefix = 'recorded-';
  const queues = queuesOf(prefix, systems);
  for (const [name, activities] of Object.entries(otherQueuesOf(prefix))) {
    queues[name] = { ...queues[name], ...activities };
  }
  const workers = await runWorkers(environment, prefix, queues);
  try {
    const histories: Record<string, string> = {};
    for (const [name, path] of Object.entries(paths)) {
      const handle = await path({ client: environment.client, prefix, systems });
      histories[name] = withoutIdentity(historyToJSON(await handle.fetchHistory()));
    }
    return histories;
  } finally {
    await workers.stop();
    await environment.teardown();
  }
}

/** Process ids and host names of the recording machine are nobody's business. */
const withoutIdentity = (json: string): string =>
  JSON.stringify(
    JSON.parse(json, (key, value: unknown) => (key === 'identity' ? 'recorder' : value)),
    undefined,
    1,
  );
