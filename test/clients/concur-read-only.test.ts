import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createExpenseReportClient } from '../../src/clients/concur/expense-report-client.js';
import { createPurchaseRequestClient } from '../../src/clients/concur/purchase-request-client.js';
import type { HttpClient, HttpRequest } from '../../src/clients/http/types.js';

/** Writes down what leaves, and answers nothing that anybody could use. */
function recorder(): { http: HttpClient; sent: HttpRequest[] } {
  const sent: HttpRequest[] = [];
  return {
    sent,
    http: {
      send: (request) => {
        sent.push(request);
        return Promise.reject(new Error('not answered'));
      },
    },
  };
}

const anything = { userId: 'u', reportId: 'r', id: 'i', paymentStatusCodes: [], modifiedAfter: '2026-01-01' };

/** Every method of a client, called once. */
async function callAll(client: object): Promise<void> {
  for (const method of Object.values(client) as ((given: object) => Promise<unknown>)[]) {
    await assert.rejects(method(anything));
  }
}

test('S12, C23: whatever the client of expense reports is asked for, it sends nothing but reads', async () => {
  const { http, sent } = recorder();
  await callAll(createExpenseReportClient(http));
  assert.ok(sent.length >= 3, `${sent.length} calls`);
  assert.deepEqual([...new Set(sent.map(({ method }) => method))], ['GET']);
});

test('S11, S111, C23: the client of purchase requests has no change and no deletion, and its read is a read', async () => {
  const { http, sent } = recorder();
  const client = createPurchaseRequestClient(http);
  await assert.rejects(client.read({ id: 'i' }));
  assert.deepEqual([Object.keys(client).sort(), sent.map(({ method }) => method)], [['create', 'read'], ['GET']]);
});
