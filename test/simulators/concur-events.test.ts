import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultEventTiming } from '../../simulators/concur/ess-state.js';
import { parseSettings } from '../../simulators/settings.js';
import {
  masterData,
  openStage,
  requestToken,
  requestTokenForm,
  settingsFor,
  transactions,
  type ConcurStage,
} from './concur-stage.js';
import { appTokenForm, topic } from './concur-events-stage.js';

interface Shown {
  id: string;
  topic: string;
  filter: string;
  webHookConfig: { endpoint: string };
  companyIds: string[];
  [readOnly: string]: unknown;
}

interface Application {
  stage: ConcurStage;
  call: (method: string, path: string, body?: unknown) => Promise<{ status: number; body: unknown }>;
  put: (id: string, changes?: Record<string, unknown>) => Promise<number>;
  shown: (id: string) => Promise<Shown>;
}

/** No background work runs here but what the test asks for. */
async function openApplication(form: Record<string, string> = appTokenForm): Promise<Application> {
  const stage = await openStage();
  const { access_token: token } = await requestToken(stage.url, form);
  const call: Application['call'] = async (method, path, body) => {
    const init = { method, headers: { authorization: `Bearer ${token}` } };
    const response = await stage.call(
      `/events/v4${path}`,
      body === undefined ? init : { ...init, body: typeof body === 'string' ? body : JSON.stringify(body) },
    );
    return { status: response.status, body: await response.json() };
  };
  return {
    stage,
    call,
    put: async (id, changes = {}) => {
      const subscription = { id, topic, filter: '.*', webHookConfig: { endpoint: 'https://hooks.example.com/concur' } };
      return (await call('PUT', '/subscriptions/webhook', { ...subscription, ...changes })).status;
    },
    shown: async (id) => {
      const [only] = (await call('GET', `/subscriptions/${id}`)).body as Shown[];
      assert.ok(only);
      return only;
    },
  };
}

void test('C19: an app token has no refresh and no id token, and each kind of token opens its own services only', async () => {
  const stage = await openStage();
  const app = await requestToken(stage.url, appTokenForm);
  assert.deepEqual(Object.keys(app).sort(), ['access_token', 'expires_in', 'geolocation', 'scope', 'token_type']);
  assert.equal(app.scope, 'events.topic.read FISVC');
  const company = await requestToken(stage.url, requestTokenForm());
  const get = async (path: string, token: string) =>
    (await fetch(`${stage.url}${path}`, { headers: { authorization: `Bearer ${token}` } })).status;
  assert.equal(await get('/events/v4/topics', app.access_token), 200);
  assert.equal(await get(transactions('expense'), company.access_token), 200);
  assert.deepEqual(stage.violations(), []);
  assert.equal(await get(transactions('expense'), app.access_token), 403);
  assert.equal(await get('/events/v4/topics', company.access_token), 403);
  assert.equal(await get('/events/v4/subscriptions', company.access_token), 403);
  assert.equal(await get('/events/v4/topics', 'never-issued'), 401);
  assert.equal(stage.violations().length, 3);
  await stage.close();
});

void test('S70: the topics of an app follow its scopes, and a missing topic scope is an empty list', async () => {
  const full = await openApplication();
  assert.deepEqual((await full.call('GET', '/topics')).body, [topic]);
  await full.stage.close();
  const withoutTopic = await openApplication({ ...appTokenForm, scope: 'events.topic.read' });
  assert.deepEqual(await withoutTopic.call('GET', '/topics'), { status: 200, body: [] });
  assert.equal(await withoutTopic.put('a'), 400, 'and nothing can be subscribed to');
  await withoutTopic.stage.close();
  const withoutEvents = await openApplication({ ...appTokenForm, scope: 'FISVC' });
  assert.equal((await withoutEvents.call('GET', '/topics')).status, 403);
  await withoutEvents.stage.close();
});

void test('S70: a subscription is created and updated by its id, and shows the read-only fields', async () => {
  const { stage, call, put, shown } = await openApplication();
  const endpoint = 'http://127.0.0.1:9/concur';
  const saved = await call('PUT', '/subscriptions/webhook', { id: 'acme.fi-1', topic, webHookConfig: { endpoint } });
  assert.deepEqual(saved.body, { message: "Subscription 'acme.fi-1' saved successfully" });
  const { allowPublicAccess: _, startFromEarliest: __, ...sure } = await shown('acme.fi-1');
  assert.deepEqual(sure, {
    id: 'acme.fi-1',
    topic,
    filter: '.*',
    webHookConfig: { endpoint },
    applicationId: masterData.clientId,
    scope: '',
    groups: [],
    companyIds: [],
  });
  assert.equal(
    await put('acme.fi-1', { filter: 'invoice\\..*', companyIds: [masterData.companyUuid], scope: 'x' }),
    200,
  );
  const list = (await call('GET', '/subscriptions')).body as Shown[];
  assert.equal(list.length, 1);
  assert.equal(list[0]?.filter, 'invoice\\..*');
  assert.deepEqual(list[0].companyIds, [], 'a client cannot fill the companies');
  assert.deepEqual(stage.violations(), []);
  await stage.close();
});

void test('S70: the guide shows an array by id and the contract an object, so both can be had; an unknown id is 404', async () => {
  const { stage, call, put } = await openApplication();
  await put('one');
  assert.ok(Array.isArray((await call('GET', '/subscriptions/one')).body));
  stage.concur.events.answerByIdAs('object');
  assert.equal(((await call('GET', '/subscriptions/one')).body as Shown).id, 'one');
  assert.equal((await call('GET', '/subscriptions/two')).status, 404);
  assert.equal((await call('DELETE', '/subscriptions/two')).status, 404);
  assert.deepEqual(stage.violations(), []);
  await stage.close();
});

void test('S70: what the service could never serve is refused and counted', async () => {
  const { stage, call, put } = await openApplication();
  const refused: [string, Record<string, unknown>][] = [
    ['Acme', {}],
    ['acme_1', {}],
    ['a', { topic: 'public.concur.request' }],
    ['a', { topic: 'concur.financialintegration' }],
    ['a', { filter: '(' }],
    ['a', { webHookConfig: { endpoint: 'http://hooks.example.com/concur' } }],
    ['a', { webHookConfig: { endpoint: 'https://localhost/concur' } }],
    ['a', { webHookConfig: { endpoint: 'https://10.0.0.1/concur' } }],
    ['a', { webHookConfig: { endpoint: '/concur' } }],
    ['a', { webHookConfig: undefined }],
    ['a', { topics: [topic] }],
  ];
  for (const [id, changes] of refused) assert.equal(await put(id, changes), 400, JSON.stringify([id, changes]));
  assert.equal((await call('PUT', '/subscriptions/webhook', '{"id":')).status, 400);
  assert.equal((await call('POST', '/subscriptions', {})).status, 405);
  assert.equal(stage.violations().length, refused.length + 2);
  assert.deepEqual((await call('GET', '/subscriptions')).body, []);
  await stage.close();
});

void test('S75: a sixth subscription is refused and counted, an update of the five is not', async () => {
  const { stage, call, put } = await openApplication();
  for (const id of ['a', 'b', 'c', 'd', 'e']) assert.equal(await put(id), 200);
  assert.equal(await put('e', { filter: 'expense.*' }), 200);
  assert.deepEqual(stage.violations(), []);
  assert.equal(await put('f'), 400);
  assert.deepEqual(stage.violations(), ['sixth subscription']);
  assert.equal(((await call('GET', '/subscriptions')).body as Shown[]).length, 5);
  await stage.close();
});

void test('S75: deletion is asynchronous: until the background has run the subscription stands and counts', async () => {
  const { stage, call, put } = await openApplication();
  for (const id of ['a', 'b', 'c', 'd', 'e']) await put(id);
  assert.deepEqual((await call('DELETE', '/subscriptions/c')).body, {
    message: "Subscription 'c' marked for deletion",
  });
  assert.equal((await call('GET', '/subscriptions/c')).status, 200);
  assert.equal(await put('f'), 400);
  stage.concur.tick?.();
  assert.equal((await call('GET', '/subscriptions/c')).status, 404);
  assert.equal(await put('f'), 200);
  await stage.close();
});

void test('S74: a company joins the subscriptions that exist when its token is issued by the password grant, no later ones', async () => {
  const { stage, put, shown } = await openApplication();
  const connected = await stage.token();
  await put('late');
  assert.deepEqual((await shown('late')).companyIds, [], 'connected before: trap 8');
  const { client_id, client_secret } = appTokenForm;
  const refresh = { client_id, client_secret, grant_type: 'refresh_token', refresh_token: connected.refresh_token };
  assert.equal((await requestToken(stage.url, refresh)).code, undefined);
  assert.deepEqual((await shown('late')).companyIds, [], 'a refresh is no connect');
  assert.equal((await requestToken(stage.url, { ...requestTokenForm(), password: 'wrong' })).code, 5);
  assert.deepEqual((await shown('late')).companyIds, [], 'nor is a refused one');
  stage.concur.tokens.change({ level: 'user' });
  await stage.token();
  assert.deepEqual((await shown('late')).companyIds, [], 'nor is the token of a user');
  stage.concur.tokens.change({ level: 'company' });
  await stage.token();
  await stage.token();
  assert.deepEqual((await shown('late')).companyIds, [masterData.companyUuid], 'repaired by a new connect, once');
  await put('late', { filter: 'expense.*' });
  assert.deepEqual((await shown('late')).companyIds, [masterData.companyUuid], 'an update keeps the companies');
  await put('later');
  assert.deepEqual((await shown('later')).companyIds, []);
  await stage.close();
});

void test('S74: a subscription that is created again after its deletion starts without companies', async () => {
  for (const between of [(stage: ConcurStage) => stage.concur.tick?.(), () => undefined]) {
    const { stage, call, put, shown } = await openApplication();
    await put('a');
    await stage.token();
    assert.equal((await shown('a')).companyIds.length, 1);
    await call('DELETE', '/subscriptions/a');
    between(stage);
    await put('a');
    assert.deepEqual((await shown('a')).companyIds, []);
    stage.concur.tick?.();
    assert.equal((await call('GET', '/subscriptions/a')).status, 200, 'the old deletion does not hit the new one');
    await stage.close();
  }
});

void test('S74: control makes a subscription fall silent or vanish, as the service does behind the back of a client', async () => {
  const { stage, call, put, shown } = await openApplication();
  await put('a');
  await put('b');
  await stage.token();
  assert.equal(stage.concur.events.silenceSubscription('a'), true);
  assert.equal(stage.concur.events.removeSubscription('b'), true);
  assert.deepEqual((await shown('a')).companyIds, []);
  assert.equal((await call('GET', '/subscriptions/b')).status, 404);
  assert.equal(stage.concur.events.removeSubscription('b'), false);
  await stage.close();
});

void test('S73: the times of delivery are settings, and those that are not named keep their sandbox values', () => {
  const settings = settingsFor('/nowhere');
  const withEvents = { ...settings, concur: { ...settings.concur, events: { retentionMs: 5 } } };
  const { concur } = parseSettings(JSON.stringify(withEvents));
  assert.deepEqual(concur.events, { ...defaultEventTiming, retentionMs: 5 });
  const wrong = { ...settings, concur: { ...settings.concur, events: { retention: 5 } } };
  assert.throws(() => parseSettings(JSON.stringify(wrong)), /retention/);
});
