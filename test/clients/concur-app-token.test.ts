import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAppTokenAuth, type AppTokenOptions } from '../../src/clients/concur/app-token-client.js';
import { createEventSubscriptionClient } from '../../src/clients/concur/event-subscription-client.js';
import { ContractViolation, GrantRevoked, Rejected, Unauthorized, Unavailable } from '../../src/clients/http/errors.js';
import { HostNotAllowed } from '../../src/clients/http/hosts.js';
import { answer, harness, published, serve } from './http-support.js';

const grant = (token: string, expiresIn: string | number = '3600') =>
  JSON.stringify({
    access_token: token,
    expires_in: expiresIn,
    token_type: 'Bearer',
    geolocation: 'https://elsewhere',
  });

function auth(dataCenter: string, changes: Partial<AppTokenOptions> = {}) {
  return createAppTokenAuth({
    dataCenter,
    geolocationAllow: [String.raw`^https://[a-z0-9-]+\.api\.concursolutions\.com$`],
    clientId: 'app-1',
    clientSecrets: () => ['secret-1'],
    now: () => new Date(),
    timeoutMs: 2_000,
    ...changes,
  });
}

const bearer = async (given: ReturnType<typeof auth>) => (await given.authorize(undefined)).headers['authorization'];

test('C19: an app token comes from the data center by client_credentials, as a form, without scope or user', async (t) => {
  const { origin, received } = await serve(t, (_request, response) => answer(response, 200, grant('app-token')));
  const { baseUrl, headers } = await auth(`${origin}/oauth2/v0/token`).authorize(undefined);
  assert.deepEqual([baseUrl, headers], [origin, { authorization: 'Bearer app-token' }]);
  assert.deepEqual([received[0]?.method, received[0]?.url], ['POST', '/oauth2/v0/token']);
  assert.deepEqual(Object.fromEntries(new URLSearchParams(received[0]?.body)), {
    client_id: 'app-1',
    client_secret: 'secret-1',
    grant_type: 'client_credentials',
  });
});

test('S29: it is asked for again when four fifths of its life have passed, and callers share one request', async (t) => {
  let now = Date.parse('2026-09-14T08:00:00Z');
  const { origin, received } = await serve(t, (_request, response, nth) => {
    answer(response, 200, grant(`token-${nth}`, 1_000));
  });
  const given = auth(origin, { now: () => new Date(now) });
  assert.deepEqual(await Promise.all([bearer(given), bearer(given)]), ['Bearer token-1', 'Bearer token-1']);
  now += 799_000;
  assert.equal(await bearer(given), 'Bearer token-1');
  now += 2_000;
  assert.equal(await bearer(given), 'Bearer token-2');
  assert.equal(received.length, 2);
});

test('S30: a 401 costs one new token and one repetition; a second 401 is final; a late refusal harms no newer token', async (t) => {
  const tokens = await serve(t, (_request, response, nth) => answer(response, 200, grant(`token-${nth}`)));
  const given = auth(tokens.origin);
  let accepted = 'Bearer token-2';
  const service = await serve(t, (request, response) => {
    answer(response, request.headers.authorization === accepted ? 200 : 401, '[]');
  });
  const routed = {
    ...given,
    authorize: async () => ({ ...(await given.authorize(undefined)), baseUrl: service.origin }),
  };
  const client = createEventSubscriptionClient(harness(service.origin, { auth: routed }).http);
  assert.deepEqual(await client.topics({}), []);
  assert.deepEqual([tokens.received.length, service.received.length], [2, 2]);
  await given.renew(undefined, { authorization: 'Bearer token-1' });
  assert.equal(await bearer(given), 'Bearer token-2');
  accepted = 'none';
  await assert.rejects(client.topics({}), Unauthorized);
  assert.deepEqual([tokens.received.length, service.received.length], [3, 4]);
});

test('B26: code 64 with the first secret leads to the second; other refusals do not', async (t) => {
  const { origin, received } = await serve(t, (request, response) => {
    const secret = new URLSearchParams(request.body).get('client_secret');
    if (secret === 'secret-2') answer(response, 200, grant('by-the-second'));
    else
      answer(response, 401, '{"code":64,"error":"invalid_client","error_description":"secret-1 of jane@example.com"}');
  });
  assert.equal(await bearer(auth(origin, { clientSecrets: () => ['secret-1', 'secret-2'] })), 'Bearer by-the-second');
  assert.equal(received.length, 2);
  await assert.rejects(bearer(auth(origin)), (error) => {
    assert.ok(error instanceof GrantRevoked && error.code === '64');
    assert.match(error.message, /client secret is wrong/);
    assert.doesNotMatch(published(error), /secret-1|jane|127\.0\.0\.1/);
    return true;
  });
});

test('C19: a refusal is decided by its code and tells what to do for the app, never about the company', async (t) => {
  const cases: [number, string, new (...given: never[]) => Error, RegExp][] = [
    [400, '{"code":60}', GrantRevoked, /client_credentials/],
    [400, '{"code":134}', Unavailable, /134/],
    [400, '{}', Unavailable, /400/],
    [503, 'busy', Unavailable, /503/],
    [404, '', Rejected, /events\.dataCenter/],
    [403, '{"code":999}', GrantRevoked, /999/],
    [200, '{"expires_in":"3600"}', ContractViolation, /without a token/],
  ];
  const { origin } = await serve(t, (_request, response, nth) => {
    const [status, body] = cases[nth - 1] ?? [500, ''];
    answer(response, status, body, { 'content-type': 'text/plain' });
  });
  for (const [, , kind, message] of cases) {
    await assert.rejects(bearer(auth(origin)), (error) => {
      assert.ok(error instanceof kind, String(error));
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /request token/);
      return true;
    });
  }
});

test('S25: the secret goes to no host that the patterns do not allow', () => {
  assert.throws(() => auth('https://evil.example'), HostNotAllowed);
  assert.throws(() => auth('http://eu2.api.concursolutions.com'), HostNotAllowed);
  auth('https://eu2.api.concursolutions.com');
});

test('S29: after a failure the next caller asks again', async (t) => {
  const { origin } = await serve(t, (_request, response, nth) => {
    if (nth === 1) answer(response, 500);
    else answer(response, 200, grant('later'));
  });
  const given = auth(origin);
  await assert.rejects(bearer(given), Unavailable);
  assert.equal(await bearer(given), 'Bearer later');
});
