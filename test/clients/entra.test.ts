import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEntraAuth, createEntraTokenSource } from '../../src/clients/entra/client-credentials.js';
import { ContractViolation, GrantRevoked, Unavailable } from '../../src/clients/http/errors.js';
import { HostNotAllowed } from '../../src/clients/http/hosts.js';
import { answer, harness, published, serve } from './http-support.js';

const START = Date.parse('2026-09-01T10:00:00Z');

function source(authority: string, clock: { at: number } = { at: START }) {
  return createEntraTokenSource({
    authority,
    tenant: 'tenant-1',
    clientId: 'client-1',
    clientSecret: () => 'very-secret',
    scope: 'https://erp.example/.default',
    now: () => new Date(clock.at),
    timeoutMs: 2_000,
  });
}

function tokenJson(nth: number, expiresIn: string | number = 3599): string {
  return JSON.stringify({ token_type: 'Bearer', expires_in: expiresIn, access_token: `token-${nth}` });
}

test('S34: the token is asked for with client credentials and the scope of the environment, and cached', async (t) => {
  const { origin, received } = await serve(t, (_request, response, nth) => {
    answer(response, 200, tokenJson(nth));
  });
  const tokens = source(`${origin}/`);
  assert.equal(await tokens.token(undefined), 'token-1');
  assert.equal(await tokens.token(undefined), 'token-1');
  assert.equal(received.length, 1);
  assert.equal(received[0]?.url, '/tenant-1/oauth2/v2.0/token');
  assert.deepEqual(Object.fromEntries(new URLSearchParams(received[0].body)), {
    grant_type: 'client_credentials',
    client_id: 'client-1',
    client_secret: 'very-secret',
    scope: 'https://erp.example/.default',
  });
});

test('callers at the same time share one request, and one that gives up does not take it from the others', async (t) => {
  const controller = new AbortController();
  const { origin, received } = await serve(t, (_request, response) => {
    controller.abort(new Error('gave up'));
    setImmediate(() => {
      answer(response, 200, tokenJson(1));
    });
  });
  const tokens = source(origin);
  const impatient = assert.rejects(tokens.token(controller.signal), /gave up/);
  const patient = await Promise.all([tokens.token(undefined), tokens.token(undefined)]);
  await impatient;
  assert.deepEqual(patient, ['token-1', 'token-1']);
  assert.equal(received.length, 1);
});

test('S29, S35: a token is renewed at 80 % of its life and 300 s before its end, whichever is earlier', async (t) => {
  const { origin, received } = await serve(t, (_request, response, nth) => {
    answer(response, 200, tokenJson(nth, nth === 1 ? '3600' : 1200));
  });
  const clock = { at: START };
  const tokens = source(origin, clock);
  await tokens.token(undefined);
  clock.at = START + 2_879_000;
  assert.equal(await tokens.token(undefined), 'token-1');
  clock.at = START + 2_880_000;
  assert.equal(await tokens.token(undefined), 'token-2');
  clock.at += 899_000;
  assert.equal(await tokens.token(undefined), 'token-2');
  clock.at += 1_000;
  assert.equal(await tokens.token(undefined), 'token-3');
  assert.equal(received.length, 3);
});

test('a token that still lives is used while Entra is away; an expired one is not', async (t) => {
  const { origin } = await serve(t, (_request, response, nth) => {
    answer(response, nth === 1 ? 200 : 503, nth === 1 ? tokenJson(1) : '');
  });
  const clock = { at: START };
  const tokens = source(origin, clock);
  await tokens.token(undefined);
  clock.at = START + 3_500_000;
  assert.equal(await tokens.token(undefined), 'token-1');
  clock.at = START + 3_600_000;
  await assert.rejects(tokens.token(undefined), Unavailable);
});

test('invalid client, secret and scope are GrantRevoked with a remedy, and nothing secret is told', async (t) => {
  const refusals: [number, string, number[], RegExp][] = [
    [401, 'invalid_client', [7000215], /client secret is wrong/],
    [401, 'invalid_client', [7000222], /secret has expired/],
    [400, 'unauthorized_client', [700016], /check client id and tenant/],
    [400, 'invalid_scope', [70011], /scope is not valid/],
    [400, 'invalid_request', [], /Check tenant, client id/],
  ];
  for (const [status, error, codes, remedy] of refusals) {
    const { origin, received } = await serve(t, (_request, response) => {
      const description = 'AADSTS: tenant-1 client-1 very-secret';
      answer(response, status, JSON.stringify({ error, error_codes: codes, error_description: description }));
    });
    const failure = await source(origin)
      .token(undefined)
      .catch((caught: unknown) => caught);
    assert.ok(failure instanceof GrantRevoked, error);
    assert.match(failure.message, remedy);
    assert.equal(failure.code, codes[0] === undefined ? error : `AADSTS${codes[0]}`);
    assert.doesNotMatch(published(failure), /tenant-1|client-1|very-secret|127\.0\.0\.1/);
    assert.equal(received.length, 1);
  }
});

test('429, 5xx, transient refusals and pages of a proxy are Unavailable; the wait of a 429 is kept', async (t) => {
  const answers: [number, string, Record<string, string>][] = [
    [429, '{}', { 'retry-after': '17' }],
    [500, '{}', {}],
    [503, '{}', { 'retry-after': '17' }],
    [400, '{"error":"temporarily_unavailable"}', {}],
    [403, '<html>proxy</html>', {}],
  ];
  const { origin } = await serve(t, (_request, response, nth) => {
    answer(response, ...answers[nth - 1]!);
  });
  const tokens = source(origin);
  const waits: (number | undefined)[] = [];
  for (const [status] of answers) {
    const failure = await tokens.token(undefined).catch((error: unknown) => error);
    assert.ok(failure instanceof Unavailable, String(status));
    waits.push(failure.retryAfterMs);
  }
  assert.deepEqual(waits, [17_000, undefined, 17_000, undefined, undefined]);
});

test('an answer without a token is a contract violation', async (t) => {
  const { origin } = await serve(t, (_request, response) => {
    answer(response, 200, '{"token_type":"Bearer"}');
  });
  await assert.rejects(source(origin).token(undefined), ContractViolation);
});

test('S30: through the authorization, a 401 of the ERP throws the token away and brings a new one once', async (t) => {
  const entra = await serve(t, (_request, response, nth) => {
    answer(response, 200, tokenJson(nth));
  });
  const erp = await serve(t, (request, response) => {
    answer(response, request.headers.authorization === 'Bearer token-2' ? 200 : 401);
  });
  const tokens = source(entra.origin);
  const { http } = harness('', { auth: createEntraAuth(erp.origin, tokens) });
  const read = { operation: 'x', method: 'GET', path: '/data', kind: 'read' } as const;
  assert.equal((await http.send(read)).status, 200);
  assert.equal(entra.received.length, 2);
  tokens.invalidate('token-1');
  assert.equal(await tokens.token(undefined), 'token-2');
});

test('the authority must be https or loopback', () => {
  assert.throws(() => source('http://login.example.com'), HostNotAllowed);
  assert.doesNotThrow(() => source('https://login.microsoftonline.com'));
});
