import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { MockAgent } from 'undici';
import { createFisClient } from '../../src/clients/concur/fis-client.js';
import { createInvoicePaymentClient } from '../../src/clients/concur/invoice-payment-client.js';
import { createEmployeeClient } from '../../src/clients/concur/employee-client.js';
import { createPaymentRequestClient } from '../../src/clients/concur/payment-request-client.js';
import { createPurchaseOrderClient } from '../../src/clients/concur/purchase-order-client.js';
import { createReceiptImageClient } from '../../src/clients/concur/receipt-image-client.js';
import { createVendorClient } from '../../src/clients/concur/vendor-client.js';
import { createHttpClient } from '../../src/clients/http/http-client.js';
import type { HttpClient } from '../../src/clients/http/types.js';
import { concurAuth } from '../../src/composition/concur-auth.js';
import type { StoredTokens } from '../../src/store/token-store.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A host of SAP Concur as it could be called; the patterns of the allow list are written with escaped dots. */
const concurHost = /[a-z0-9-]+\.(?:api\.)?concursolutions\.com|[a-z0-9-]+\.(?:api\.)?concurcdc\.cn/gi;

/** What a person reads in the reference of the settings, and the name in a certificate: no call goes there. */
const allowed = [
  'src/config/events-schema.ts: eu2.api.concursolutions.com',
  'src/config/events-schema.ts: webhook.api.concursolutions.com',
  'scripts/configuration-meanings.ts: eu2.api.concursolutions.com',
];

const sources = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(c?ts|mjs|js|json|ya?ml|sql|sh)$/.test(name))
    .map((name) => join(folder, name));

test('S26: no source file names a production host of Concur: the token host is a setting, all others come from answers', () => {
  const files = [...['src', 'scripts', 'deploy'].flatMap(sources), 'worker.ts', 'schedule.ts'];
  assert.ok(files.length > 150);
  const named = files.flatMap((file) =>
    (readFileSync(join(root, file), 'utf8').match(concurHost) ?? []).map((host) => `${file}: ${host}`),
  );
  assert.deepEqual(named, allowed);
  assert.match(readFileSync(join(root, 'examples/connections.yaml'), 'utf8'), concurHost);
});

/** One call of each kind that the connector makes with the company token. */
const calls: Record<string, (http: HttpClient) => Promise<unknown>> = {
  list: (http) => createFisClient(http).listReady({ docType: 'expense', page: 0, limit: 5 }),
  'next page': (http) => createFisClient(http).listReady({ docType: 'expense', page: 1, limit: 5 }),
  'find by id': (http) => createFisClient(http).findByBusinessId({ docType: 'invoice', businessId: 'R1' }),
  acknowledge: (http) => createFisClient(http).acknowledge({ docType: 'expense', systemId: 's', ids: ['1'] }),
  'invoice payment': (http) =>
    createInvoicePaymentClient(http).bulkUpdate({
      payments: [{ requestId: 'R1', invoiceAmount: '1', paymentAmount: '1', status: 'PAID', paidOn: '2026-01-01' }],
    }),
  vendor: (http) => createVendorClient(http).find({ vendorCode: 'V1' }),
  'purchase order': (http) => createPurchaseOrderClient(http).read({ number: 'P1' }),
  employee: (http) => createEmployeeClient(http).find({ employeeNumber: 'E1' }),
  image: (http) => createReceiptImageClient(http).invoiceImage({ requestId: 'R1' }),
  'invoice record': (http) => createPaymentRequestClient(http).read({ requestId: 'R1' }),
};

test('S25, S27: every kind of call goes to the host of the token, also an invented one, and follows it when it moves', async () => {
  const agent = new MockAgent();
  agent.disableNetConnect();
  const row: StoredTokens = {
    ...{ accessToken: 'a', refreshToken: 'r', scopes: [], version: 1, rejected: false, parked: null },
    ...{ warnedDays: null, isReadable: true, geolocation: '', quickRejections: 0 },
    issuedAt: new Date(),
    accessExpiresAt: new Date(Date.now() + 3_600_000),
    refreshExpiresAt: new Date(Date.now() + 86_400_000),
  };
  const store = { read: () => Promise.resolve({ ...row }), reject: () => Promise.resolve() };
  const http = createHttpClient(
    {
      system: 'concur',
      auth: concurAuth(
        'acme',
        store,
        () => Promise.resolve(),
        () => new Date(),
      ),
      gate: { enter: () => Promise.resolve(() => Promise.resolve()), pauseUntil: () => Promise.resolve() },
      observe: () => undefined,
      timeoutMs: 2_000,
      userAgent: 'test',
      correlationHeader: 'concur-correlationid',
      sendCorrelationId: true,
    },
    agent,
  );
  const hosts = ['us', 'emea', 'invented-7'].map((name) => `https://${name}.api.concursolutions.com`);
  for (const host of [...hosts, 'https://cn.api.concurcdc.cn']) {
    row.geolocation = host;
    for (const [name, call] of Object.entries(calls)) {
      const seen: string[] = [];
      agent
        .get(host)
        .intercept({ path: () => true, method: () => true })
        .reply((request) => {
          seen.push(request.origin ?? '');
          return { statusCode: 403, data: '{"message":"enough"}' };
        });
      await call(http).catch(() => undefined);
      assert.deepEqual([...new Set(seen)], [host], name);
    }
  }
  await agent.close();
});
