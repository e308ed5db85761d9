import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createEventSubscriptionClient } from '../../src/clients/concur/event-subscription-client.js';
import { ContractViolation, Rejected, Unauthorized, Unavailable } from '../../src/clients/http/errors.js';
import { projectRoot } from '../../src/launcher/project-root.js';
import { answer, harness, serve } from './http-support.js';

const samples = join(projectRoot(), '..', 'shared', 'samples', 'concur', 'ess');

const wire = {
  id: 'connector.acme',
  topic: 'public.concur.financialintegration',
  filter: '.*',
  webHookConfig: { endpoint: 'https://hooks.example/concur/events/acme' },
  applicationId: 'app',
  scope: '',
  groups: [],
  companyIds: ['3f2a77d0'],
};
const ours = {
  id: wire.id,
  topic: wire.topic,
  filter: wire.filter,
  endpoint: wire.webHookConfig.endpoint,
  companyIds: ['3f2a77d0'],
};

test('S76: one PUT saves a subscription with what Concur wants and nothing else', async (t) => {
  const { origin, received } = await serve(t, (_request, response) => {
    answer(response, 200, '{"message":"Subscription \'connector.acme\' saved successfully"}');
  });
  const { companyIds: _read, ...order } = ours;
  await createEventSubscriptionClient(harness(origin).http).save(order);
  const [request] = received;
  assert.deepEqual([request?.method, request?.url], ['PUT', '/events/v4/subscriptions/webhook']);
  assert.deepEqual(JSON.parse(request?.body ?? ''), {
    id: wire.id,
    topic: wire.topic,
    filter: wire.filter,
    webHookConfig: wire.webHookConfig,
  });
  assert.equal(request?.headers['content-length'], String(Buffer.byteLength(request?.body ?? '')));
  assert.match(String(request.headers['concur-correlationid']), /^[0-9a-f-]{36}$/);
});

test('C19: one subscription is read as an object and as an array of one', async (t) => {
  const answers = [wire, [wire], [], [{ ...wire, id: 'another' }]];
  const { origin, received } = await serve(t, (_request, response, nth) => {
    answer(response, 200, JSON.stringify(answers[nth - 1]));
  });
  const client = createEventSubscriptionClient(harness(origin).http);
  assert.deepEqual(await client.read({ id: wire.id }), ours);
  assert.deepEqual(await client.read({ id: wire.id }), ours);
  assert.equal(await client.read({ id: wire.id }), undefined);
  assert.equal(await client.read({ id: wire.id }), undefined);
  assert.equal(received[0]?.url, '/events/v4/subscriptions/connector.acme');
});

test('S75: missing members of a subscription are read as empty: no company means silence', async (t) => {
  const bare = { id: 'bare', topic: 't', filter: null, companyIds: null };
  const { origin } = await serve(t, (_request, response, nth) => {
    answer(response, 200, JSON.stringify(nth === 1 ? [wire, bare] : bare));
  });
  const client = createEventSubscriptionClient(harness(origin).http);
  const empty = { id: 'bare', topic: 't', filter: '', endpoint: '', companyIds: [] };
  assert.deepEqual(await client.list({}), [ours, empty]);
  assert.deepEqual(await client.list({}), [empty]);
});

test('S75: a subscription that is not there is undefined when read and removed when removed', async (t) => {
  const { origin, received } = await serve(t, (_request, response) => answer(response, 404));
  const client = createEventSubscriptionClient(harness(origin).http);
  assert.equal(await client.read({ id: 'a/b' }), undefined);
  await client.remove({ id: 'a/b' });
  assert.deepEqual(
    received.map(({ method, url }) => `${method} ${url}`),
    ['GET /events/v4/subscriptions/a%2Fb', 'DELETE /events/v4/subscriptions/a%2Fb'],
  );
});

test('S75: trap 35: a missing scope shows as an empty list of topics, which is an answer', async (t) => {
  const { origin } = await serve(t, (_request, response) => answer(response, 200, '[]'));
  assert.deepEqual(await createEventSubscriptionClient(harness(origin).http).topics({}), []);
});

test('S73: refusals are typed by status, since the bodies are not documented', async (t) => {
  const statuses = [403, 400, 503, 200];
  const { origin } = await serve(t, (_request, response, nth) => {
    answer(response, statuses[nth - 1] ?? 200, '<html>no json</html>', { 'content-type': 'text/html' });
  });
  const client = createEventSubscriptionClient(harness(origin).http);
  await assert.rejects(client.list({}), Unauthorized);
  await assert.rejects(client.save({ ...ours }), Rejected);
  await assert.rejects(client.topics({}), Unavailable);
  await assert.rejects(client.list({}), ContractViolation);
});

test('S75: the published answers are read', async (t) => {
  if (!existsSync(samples)) {
    t.skip('the published samples are not there');
    return;
  }
  const names = ['topics-response', 'subscriptions-list-response', 'subscription-get-by-id-response'];
  const { origin } = await serve(t, (_request, response, nth) => {
    answer(response, 200, readFileSync(join(samples, `${names[nth - 1] ?? ''}.json`), 'utf8'));
  });
  const client = createEventSubscriptionClient(harness(origin).http);
  assert.deepEqual(await client.topics({}), ['public.test']);
  assert.equal((await client.list({})).length, 2);
  assert.deepEqual((await client.read({ id: 'my-unique-subscription-id' }))?.companyIds, []);
});
