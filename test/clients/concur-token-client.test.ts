import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MockAgent } from 'undici';
import { createConcurTokenClient } from '../../src/clients/concur/token-client.js';
import {
  ContractViolation,
  GrantRevoked,
  OutcomeUnknown,
  RateLimited,
  Rejected,
  Unavailable,
} from '../../src/clients/http/errors.js';
import { HostNotAllowed } from '../../src/clients/http/hosts.js';
import { answer, published, serve } from './http-support.js';

const NOW = new Date('2026-09-01T10:00:00Z');
const ALLOW = [
  String.raw`^https://[a-z0-9-]+\.api\.concursolutions\.com$`,
  String.raw`^https://[a-z0-9-]+\.api\.concurcdc\.cn$`,
];
const CLIENT = { clientId: 'client-1', clientSecret: 'client-secret-1' };

function client(dispatcher?: MockAgent, timeoutMs = 2_000) {
  return createConcurTokenClient({
    geolocationAllow: ALLOW,
    now: () => NOW,
    timeoutMs,
    ...(dispatcher === undefined ? {} : { dispatcher }),
  });
}

function exchange(tokenUrl: string) {
  return { ...CLIENT, tokenUrl, companyUuid: 'company-uuid-1', requestToken: 'request-token-1' };
}

function refresh(geolocation: string) {
  return { ...CLIENT, geolocation, refreshToken: 'refresh-token-1' };
}

function grantJson(geolocation: string, changes: Record<string, unknown> = {}): string {
  return JSON.stringify({
    expires_in: '3600',
    scope: 'FISVC  INVVEN',
    token_type: 'Bearer',
    access_token: 'access-1',
    refresh_token: 'refresh-2',
    refresh_expires_in: 1804204800,
    geolocation,
    ...changes,
  });
}

function jwt(claims: Record<string, unknown>): string {
  return `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.sig`;
}

test('a request token is exchanged with credtype authtoken, as a form of known length', async (t) => {
  const { origin, received } = await serve(t, (_request, response) => {
    answer(response, 200, grantJson('https://eu2.api.concursolutions.com/oauth2/v0/token'));
  });
  const grant = await client().exchangeRequestToken(exchange(`${origin}/oauth2/v0/token`));
  assert.deepEqual(grant, {
    accessToken: 'access-1',
    expiresInSeconds: 3600,
    refreshToken: 'refresh-2',
    refreshExpiresAt: '2027-03-05T00:00:00.000Z',
    geolocation: 'https://eu2.api.concursolutions.com',
    scopes: ['FISVC', 'INVVEN'],
  });
  assert.equal(received[0]?.url, '/oauth2/v0/token');
  assert.equal(received[0].headers['content-type'], 'application/x-www-form-urlencoded');
  assert.equal(received[0].headers.authorization, undefined);
  assert.equal(received[0].headers['content-length'], String(received[0].body.length));
  assert.deepEqual(Object.fromEntries(new URLSearchParams(received[0].body)), {
    client_id: 'client-1',
    client_secret: 'client-secret-1',
    grant_type: 'password',
    credtype: 'authtoken',
    username: 'company-uuid-1',
    password: 'request-token-1',
  });
});

test('S23: a refresh uses the refresh grant at the stored geolocation and asks for no scope (S31)', async (t) => {
  const { origin, received } = await serve(t, (_request, response) => {
    answer(response, 200, grantJson('http://127.0.0.9:81', { expires_in: 1800, refresh_expires_in: undefined }));
  });
  const grant = await client().refreshToken(refresh(origin));
  assert.equal(grant.expiresInSeconds, 1800);
  assert.equal(grant.geolocation, 'http://127.0.0.9:81');
  assert.equal(grant.refreshExpiresAt, '2027-02-16T10:00:00.000Z');
  assert.deepEqual(Object.fromEntries(new URLSearchParams(received[0]!.body)), {
    client_id: 'client-1',
    client_secret: 'client-secret-1',
    grant_type: 'refresh_token',
    refresh_token: 'refresh-token-1',
  });
});

for (const host of ['us', 'emea', 'eu2', 'invented-9'].map((name) => `https://${name}.api.concursolutions.com`)) {
  test(`S25, S27: the token goes to and comes with ${host}, which no source names`, async () => {
    const agent = new MockAgent();
    agent.disableNetConnect();
    agent.get(host).intercept({ path: '/oauth2/v0/token', method: 'POST' }).reply(200, grantJson(host));
    assert.equal((await client(agent).refreshToken(refresh(host))).geolocation, host);
    await agent.close();
  });
}

test('S27: the cn host routes as well', async () => {
  const agent = new MockAgent();
  agent.disableNetConnect();
  const host = 'https://cn.api.concurcdc.cn';
  agent.get(host).intercept({ path: '/oauth2/v0/token', method: 'POST' }).reply(200, grantJson(host));
  assert.equal((await client(agent).refreshToken(refresh(host))).geolocation, host);
  await agent.close();
});

test('S25: a foreign geolocation in a grant is refused, and no secret goes to a foreign host', async (t) => {
  const { origin } = await serve(t, (_request, response) => {
    answer(response, 200, grantJson('https://api.concursolutions.com.evil.example'));
  });
  await assert.rejects(client().exchangeRequestToken(exchange(origin)), HostNotAllowed);
  const agent = new MockAgent();
  agent.disableNetConnect();
  await assert.rejects(client(agent).refreshToken(refresh('https://evil.example')), HostNotAllowed);
  await assert.rejects(
    client(agent).exchangeRequestToken(exchange('http://glz.api.concursolutions.com')),
    HostNotAllowed,
  );
  await agent.close();
});

test('code 16 leads once to the geolocation in the body, if that host is allowed', async (t) => {
  const home = await serve(t, (_request, response) => {
    answer(response, 200, grantJson('https://eu2.api.concursolutions.com'));
  });
  const first = await serve(t, (_request, response) => {
    answer(response, 400, JSON.stringify({ code: 16, error: 'invalid_request', geolocation: home.origin }));
  });
  await client().exchangeRequestToken(exchange(first.origin));
  assert.equal(home.received[0]?.body, first.received[0]?.body);
  const loop = await serve(t, (_request, response) => {
    answer(response, 400, JSON.stringify({ code: 16, error: 'invalid_request', geolocation: first.origin }));
  });
  await assert.rejects(
    client().exchangeRequestToken(exchange(loop.origin)),
    (error) => error instanceof GrantRevoked && error.code === '16',
  );
  assert.equal(home.received.length, 1);
  const trap = await serve(t, (_request, response) => {
    answer(response, 400, JSON.stringify({ code: '16', geolocation: 'https://evil.example' }));
  });
  await assert.rejects(client().exchangeRequestToken(exchange(trap.origin)), HostNotAllowed);
});

test('codes that end the grant are GrantRevoked with code and a sentence, whatever the status', async (t) => {
  for (const code of [108, 5, 19, 136, 53, 59, 107, 61, 64, 60, 54, 14, 20, 123, 987]) {
    const { origin } = await serve(t, (_request, response) => {
      const status = code === 61 || code === 64 ? 401 : code === 53 ? 500 : 400;
      answer(response, status, JSON.stringify({ code, error: 'x', error_description: 'names someone@example.com' }));
    });
    const failure = await client()
      .refreshToken(refresh(origin))
      .catch((error: unknown) => error);
    assert.ok(failure instanceof GrantRevoked, String(code));
    assert.equal(failure.code, String(code));
    assert.match(failure.message, /[:.] .+\./);
    assert.doesNotMatch(published(failure), /refresh-token-1|client-secret-1|someone@|127\.0\.0\.1/);
  }
});

test('S22: an expired request token says that a new company request token is needed', async (t) => {
  const { origin, received } = await serve(t, (_request, response) => {
    answer(response, 400, '{"code":5,"error":"invalid_grant"}');
  });
  await assert.rejects(
    client().exchangeRequestToken(exchange(origin)),
    (error) => error instanceof GrantRevoked && /ask for a new company request token/.test(error.message),
  );
  assert.equal(received.length, 1);
});

test('a 403 without code ends the grant; a 400 or 404 without code does not', async (t) => {
  const { origin } = await serve(t, (_request, response, nth) => {
    answer(response, [403, 400, 404, 404][nth - 1]!, '<html></html>');
  });
  await assert.rejects(client().refreshToken(refresh(origin)), (e) => e instanceof GrantRevoked && e.code === '403');
  await assert.rejects(client().refreshToken(refresh(origin)), Unavailable);
  await assert.rejects(client().refreshToken(refresh(origin)), Unavailable);
  await assert.rejects(client().exchangeRequestToken(exchange(origin)), Rejected);
});

test('S25: a refresh that names a foreign host keeps its tokens and the host that answered, for the host may be allowed later', async (t) => {
  const { origin } = await serve(t, (_request, response) => {
    answer(response, 200, grantJson('https://api.concursolutions.com.evil.example'));
  });
  const grant = await client().refreshToken(refresh(origin));
  assert.deepEqual([grant.refreshToken, grant.geolocation], ['refresh-2', origin]);
  assert.match(grant.hostProblem ?? '', /no allowed pattern.*allow list/);
});

test('S23, S25: expires_in as text or number, refresh_expires_in as epoch, a path after the geolocation', async (t) => {
  for (const expires_in of ['3599', 3599]) {
    const { origin } = await serve(t, (_request, response) => {
      answer(response, 200, grantJson('https://eu2.api.concursolutions.com/oauth2/v0/token', { expires_in }));
    });
    const grant = await client().refreshToken(refresh(origin));
    assert.deepEqual(
      [grant.expiresInSeconds, grant.refreshExpiresAt, grant.geolocation, grant.hostProblem],
      [3599, '2027-03-05T00:00:00.000Z', 'https://eu2.api.concursolutions.com', undefined],
    );
  }
});

test('maintenance (134), 500 and 503 are Unavailable; 429 is a rate limit; a wrong request of ours is Rejected', async (t) => {
  const answers: [number, string][] = [
    [400, '{"code":134,"error":"invalid_request"}'],
    [500, 'Internal error'],
    [503, 'Maintenance'],
    [429, '{}'],
    [400, '{"code":135,"error":"invalid_request"}'],
  ];
  const { origin } = await serve(t, (_request, response, nth) => {
    answer(response, ...answers[nth - 1]!);
  });
  for (const kind of [Unavailable, Unavailable, Unavailable, RateLimited, Rejected]) {
    await assert.rejects(client().refreshToken(refresh(origin)), kind);
  }
});

test('S24: a lost answer to a refresh is an unknown outcome; to a request token, which may be used again, Unavailable', async (t) => {
  const cut = await serve(t, (_request, response) => response.socket?.destroy());
  await assert.rejects(client().refreshToken(refresh(cut.origin)), OutcomeUnknown);
  await assert.rejects(client().exchangeRequestToken(exchange(cut.origin)), Unavailable);
  const between = await serve(t, (_request, response) => {
    answer(response, 504, '<html></html>');
  });
  await assert.rejects(client().refreshToken(refresh(between.origin)), OutcomeUnknown);
  const short = await serve(t, (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', connection: 'close' });
    response.end('{"access_token":"a","refresh_tok');
  });
  await assert.rejects(client().refreshToken(refresh(short.origin)), OutcomeUnknown);
});

test('S33: a grant that is not company-level is refused with a reason', async (t) => {
  const geolocation = 'https://us2.api.concursolutions.com';
  const grants = [
    grantJson(geolocation, { refresh_token: undefined }),
    grantJson(geolocation, { id_token: jwt({ 'concur.type': 'user' }) }),
    grantJson(geolocation, { access_token: jwt({ 'concur.type': 'user' }) }),
    grantJson(geolocation, {
      access_token: jwt({ 'concur.type': 'app' }),
      id_token: jwt({ 'concur.type': 'company' }),
    }),
    grantJson(geolocation, { id_token: jwt({ 'concur.type': 'company' }), access_token: 'not.a-jwt.x' }),
  ];
  const { origin } = await serve(t, (_request, response, nth) => {
    answer(response, 200, grants[nth - 1]);
  });
  for (let turn = 0; turn < 4; turn += 1) {
    await assert.rejects(
      client().exchangeRequestToken(exchange(origin)),
      (error) =>
        error instanceof Rejected && error.code === 'NOT_COMPANY_LEVEL' && /company request token/.test(error.message),
    );
  }
  assert.equal((await client().exchangeRequestToken(exchange(origin))).refreshToken, 'refresh-2');
});

test('an answer of another shape is a contract violation that names paths only', async (t) => {
  const { origin } = await serve(t, (_request, response) => {
    answer(response, 200, '{"access_token":"secret-access","expires_in":"soon"}');
  });
  const failure = await client()
    .refreshToken(refresh(origin))
    .catch((error: unknown) => error);
  assert.ok(failure instanceof ContractViolation);
  assert.match(failure.message, /expires_in, geolocation/);
  assert.doesNotMatch(published(failure), /secret-access|soon/);
});
