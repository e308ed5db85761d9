import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBcAdapter } from '../../src/clients/dynamics-nav/adapter.js';
import { createBasicAuth } from '../../src/clients/http/basic-auth.js';
import { FakeBc } from './bc-fake.js';
import { FakeWrites, invoice, journal } from './bc-stage.js';

const signal = new AbortController().signal;

test('S51: on-premises every call goes below the path of the server and names its tenant', async () => {
  const bc = new FakeBc('/BC/api');
  bc.pageSize = 1;
  const erp = createBcAdapter(
    {
      name: 'bc',
      serverPath: '/BC',
      serverTenant: 'acme',
      companies: { [bc.companyName]: { paymentSource: 'analytics' } },
      clock: { now: () => 0, sleep: () => Promise.resolve() },
    },
    bc,
  );
  const context = { writes: new FakeWrites(), signal, heartbeat: () => undefined };
  for (const document of [journal(bc), invoice(bc)]) {
    assert.equal((await erp.write(document, context)).posting.state, 'posted');
  }
  assert.ok(bc.calls.length > 10);
  assert.ok(bc.calls.every(({ path }) => path.startsWith('/BC/api/')));
  assert.ok(
    bc.calls.every(({ query }) => query?.tenant === 'acme'),
    'pages, batches and actions too',
  );
});

test('S51: user and web service access key sign in by Basic, and nothing renews them', async () => {
  const auth = createBasicAuth('https://bc.example:7048', 'CONCUR', () => 'key=');
  const authorized = await auth.authorize(undefined);
  assert.deepEqual(authorized, {
    baseUrl: 'https://bc.example:7048',
    headers: { authorization: `Basic ${Buffer.from('CONCUR:key=').toString('base64')}` },
  });
  await auth.renew(undefined, authorized.headers);
});
