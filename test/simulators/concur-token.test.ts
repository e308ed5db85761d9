import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openStage, requestToken, requestTokenForm, transactions } from './concur-stage.js';

const client = { client_id: 'app-1', client_secret: 'secret-1' };

void test('S20: a request token gives a company token with string expiry, epoch refresh expiry and own geolocation', async () => {
  const stage = await openStage();
  const answer = await stage.token();
  assert.equal(answer.expires_in, '3600');
  assert.ok(answer.refresh_expires_in > Date.now() / 1_000 + 150 * 86_400);
  assert.equal(answer.geolocation, stage.url);
  assert.ok(answer.scope.split(' ').includes('FISVC'));
  assert.equal((await stage.call(transactions('expense'))).status, 200);
  assert.equal((await requestToken(stage.url, requestTokenForm())).code, undefined, 'reusable within 24 hours');
  await stage.close();
});

void test('S20: wrong requests to the token endpoint get the documented codes, and only programming faults are violations', async () => {
  const stage = await openStage();
  const { credtype: _, ...withoutCredtype } = requestTokenForm();
  const attempts: [Record<string, string>, number][] = [
    [withoutCredtype, 21],
    [{ ...requestTokenForm(), password: 'other' }, 5],
    [{ ...requestTokenForm(), client_id: 'other' }, 61],
    [{ ...requestTokenForm(), client_secret: 'other' }, 64],
    [{ ...requestTokenForm(), scope: 'FISVC spend.unknown' }, 54],
    [{ ...client, grant_type: 'authorization_code' }, 60],
    [{ ...client, grant_type: 'refresh_token' }, 106],
    [{ ...client, grant_type: 'refresh_token', refresh_token: 'never-issued' }, 108],
    [client, 65],
  ];
  for (const [form, code] of attempts) assert.equal((await requestToken(stage.url, form)).code, code);
  const json = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(requestTokenForm()),
  };
  const asJson = (await (await fetch(`${stage.url}/oauth2/v0/token`, json)).json()) as { code: number };
  assert.equal(asJson.code, 135);
  assert.equal(stage.violations().length, 4, 'codes 21, 106, 65 and 135');
  await stage.close();
});

void test('S24: each refresh gives a new refresh token, and the old one is good for one lost answer only', async () => {
  const stage = await openStage();
  const first = await stage.token();
  const refresh = (token: string) =>
    requestToken(stage.url, { ...client, grant_type: 'refresh_token', refresh_token: token });
  const second = await refresh(first.refresh_token);
  assert.notEqual(second.refresh_token, first.refresh_token);
  const third = await refresh(first.refresh_token);
  assert.equal(third.code, undefined, 'the lost answer can be asked for once more');
  assert.equal((await refresh(first.refresh_token)).code, 108);
  assert.equal((await refresh(second.refresh_token)).code, 108, 'the token of the lost answer is void');
  assert.equal((await refresh(third.refresh_token)).code, undefined);
  await stage.close();
});

void test('S24: the old refresh token dies when the new access token is first used', async () => {
  const stage = await openStage();
  const first = await stage.token();
  const form = { ...client, grant_type: 'refresh_token', refresh_token: first.refresh_token };
  const second = await requestToken(stage.url, form);
  const headers = { authorization: `Bearer ${second.access_token}` };
  assert.equal((await fetch(`${stage.url}${transactions('expense')}`, { headers })).status, 200);
  assert.equal((await requestToken(stage.url, form)).code, 108);
  await stage.close();
});

void test('S23: an access token dies after its seconds or by revocation, and 401 is no fault of the client', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const stage = await openStage({ accessTokenSeconds: 60 });
  await stage.token();
  assert.equal((await stage.call(transactions('expense'))).status, 200);
  t.mock.timers.tick(61_000);
  assert.equal((await stage.call(transactions('expense'))).status, 401);
  await stage.token();
  stage.harness.faults.order({ system: 'concur', operation: '*', kind: 'token-expired', times: 1 });
  assert.equal((await stage.call(transactions('expense'))).status, 401);
  assert.equal((await stage.call(transactions('expense'))).status, 401, 'only a new token helps');
  assert.deepEqual(stage.violations(), []);
  await stage.close();
});

void test('S21: a request token is worthless after 24 hours', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const stage = await openStage();
  t.mock.timers.tick(23 * 3_600_000);
  assert.equal((await requestToken(stage.url, requestTokenForm())).code, undefined);
  t.mock.timers.tick(2 * 3_600_000);
  assert.equal((await requestToken(stage.url, requestTokenForm())).code, 5);
  await stage.close();
});

void test('B28: an app token, a token without the scope and no token at all are refused and counted', async () => {
  const stage = await openStage();
  const app = await requestToken(stage.url, { ...client, grant_type: 'client_credentials' });
  assert.equal(app.refresh_token, undefined);
  const narrow = await requestToken(stage.url, { ...requestTokenForm(), scope: 'INVVEN' });
  const get = (headers: Record<string, string>) => fetch(`${stage.url}${transactions('expense')}`, { headers });
  assert.equal((await get({ authorization: `Bearer ${app.access_token}` })).status, 403);
  assert.equal((await get({ authorization: `Bearer ${narrow.access_token}` })).status, 403);
  assert.equal((await get({})).status, 401);
  assert.equal(stage.violations().length, 3);
  await stage.close();
});
