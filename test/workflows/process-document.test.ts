import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { messageNames } from '../../src/contracts/messages.js';
import { changeInErp, fakeDocument, storeWhatErpSays, timesCalled } from './fake-document.js';
import { fakeSystems } from './fake-systems.js';
import { currentDetails, historySize, queuesOf, skipUnlessReady, startDocument, untilStage, useStage } from './support.js';

const systems = fakeSystems();
const stage = useStage((prefix) => queuesOf(prefix, systems));

describe('a document on its undisturbed way', () => {
  it('S100, S101: an F&O document is written, proven, confirmed as posted and, when paid, confirmed as paid, within budget', async (t) => {
    if (skipUnlessReady(t, stage)) return;
    const document = systems.add(fakeDocument('fo'));
    const handle = await startDocument(stage.client, stage.prefix, document);
    await untilStage(handle, 'in-erp');
    assert.deepEqual(document.confirmations, [], 'nothing is confirmed while the ERP has not posted');
    changeInErp(document, { state: 'posted' });
    storeWhatErpSays(document);
    await handle.signal(messageNames.postingFound);
    try { await untilStage(handle, 'awaiting-payment'); } catch (e) { const h = await handle.fetchHistory(); console.log(h.events!.map((x) => x.eventType + ' ' + JSON.stringify(Object.entries(x).find(([k]) => k.endsWith('EventAttributes') && (x as any)[k])?.[1]).slice(0, 300)).join('\n')); console.log(JSON.stringify((await handle.describe()).raw.pendingActivities)); throw e; }
    document.settledCents = document.owedCents;
    storeWhatErpSays(document);
    await handle.signal(messageNames.paymentReceived);
    const result = await handle.result();
    assert.equal(result.outcome, 'paid');
    assert.deepEqual(document.confirmations, ['posting', 'CP']);
    console.log(await historySize(handle), await currentDetails(handle), document.calls, timesCalled(document, 'postToErp'));
  });
});
