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

void test('S24: expires_in comes as text and as number in turn, and the geolocation sometimes with the token path', async () => {
  const stage = await openStage();
  const answers = [await stage.token(), await stage.token(), await stage.token()];
  assert.deepEqual(
    answers.map(({ expires_in: seconds }) => seconds as unknown),
    ['3600', 3600, '3600'],
  );
  assert.deepEqual(
    answers.map(({ geolocation }) => geolocation),
    [stage.url, stage.url, `${stage.url}/oauth2/v0/token`],
  );
  await stage.close();
});

void test('S24: with the switch a refresh gives the same refresh token again, as often as wanted', async () => {
  const stage = await openStage();
  stage.concur.tokens.change({ keepRefreshToken: true });
  const { refresh_token: first } = await stage.token();
  const form = { ...client, grant_type: 'refresh_token', refresh_token: first };
  for (let times = 0; times < 3; times += 1) assert.equal((await requestToken(stage.url, form)).refresh_token, first);
  await stage.close();
});

void test('S30: revoked access tokens get 401 and 403 in turn, an app token lives on, and no client is to blame', async () => {
  const stage = await openStage();
  const app = await requestToken(stage.url, { ...client, grant_type: 'client_credentials' });
  const status = async (): Promise<number> => (await stage.call(transactions('expense'))).status;
  const statuses: number[] = [];
  for (let times = 0; times < 3; times += 1) {
    await stage.token();
    assert.equal(await status(), 200);
    stage.concur.tokens.revokeAccess();
    statuses.push(await status(), await status());
  }
  assert.deepEqual(statuses, [401, 401, 403, 403, 401, 401]);
  const headers = { authorization: `Bearer ${app.access_token}` };
  assert.equal((await fetch(`${stage.url}/events/v4/topics`, { headers })).status, 200);
  assert.deepEqual(stage.violations(), []);
  assert.equal(stage.concur.tokens.report().accessRevocations, 3);
  await stage.close();
});

void test('S22: a grant that was taken back refuses refresh and old request token; a new request token cures it', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const stage = await openStage();
  const { refresh_token: old } = await stage.token();
  const form = { ...client, grant_type: 'refresh_token', refresh_token: old };
  stage.concur.tokens.revokeRefresh();
  assert.equal((await stage.call(transactions('expense'))).status, 200, 'the access token lives on');
  assert.equal((await requestToken(stage.url, form)).code, 108);
  assert.equal((await requestToken(stage.url, requestTokenForm())).code, 5);
  assert.equal(stage.concur.tokens.report().isConnected, false);
  const { requestToken: password } = stage.concur.tokens.newRequestToken();
  const fresh = { ...requestTokenForm(), password };
  t.mock.timers.tick(23 * 3_600_000);
  for (let times = 0; times < 2; times += 1) assert.equal((await requestToken(stage.url, fresh)).code, undefined);
  t.mock.timers.tick(2 * 3_600_000);
  assert.equal((await requestToken(stage.url, fresh)).code, 5, 'after 24 hours');
  assert.deepEqual(stage.violations(), []);
  await stage.close();
});

void test('S22: after a disconnect nothing works: 403 without a code the first time, 108 the next, until connected anew', async () => {
  const stage = await openStage();
  for (const expected of [403, 400]) {
    const password = stage.concur.tokens.newRequestToken().requestToken;
    const { refresh_token: refresh, access_token: access } = await requestToken(stage.url, {
      ...requestTokenForm(),
      password,
    });
    assert.ok(refresh, 'connected again');
    stage.concur.tokens.disconnect();
    const body = new URLSearchParams({ ...client, grant_type: 'refresh_token', refresh_token: refresh });
    const answer = await fetch(`${stage.url}/oauth2/v0/token`, { method: 'POST', body });
    assert.equal(answer.status, expected);
    assert.equal(((await answer.json()) as { code?: number }).code, expected === 403 ? undefined : 108);
    const headers = { authorization: `Bearer ${access}` };
    const refused = (await fetch(`${stage.url}${transactions('expense')}`, { headers })).status;
    assert.ok(refused === 401 || refused === 403);
  }
  await stage.close();
});

void test('S22: a maintenance window answers 134 to company grants, and to nothing else', async () => {
  const stage = await openStage();
  await stage.token();
  stage.concur.tokens.change({ maintenance: true });
  assert.equal((await requestToken(stage.url, requestTokenForm())).code, 134);
  assert.equal((await requestToken(stage.url, { ...client, grant_type: 'client_credentials' })).code, undefined);
  assert.equal((await stage.call(transactions('expense'))).status, 200);
  stage.concur.tokens.change({ maintenance: false });
  assert.equal((await requestToken(stage.url, requestTokenForm())).code, undefined);
  await stage.close();
});

void test('S33: the switched level gives a token that says it is a user, and FIS refuses it', async () => {
  const stage = await openStage();
  stage.concur.tokens.change({ level: 'user' });
  const answer = (await stage.token()) as unknown as { id_token: string };
  const payload = Buffer.from(answer.id_token.split('.')[1] ?? '', 'base64url').toString('utf8');
  assert.equal((JSON.parse(payload) as Record<string, unknown>)['concur.type'], 'user');
  assert.equal((await stage.call(transactions('expense'))).status, 403);
  assert.equal(stage.violations().length, 1);
  await stage.close();
});

void test('S31: a withheld scope is missing in the answer; its services answer 403, which is no fault of the client', async () => {
  const stage = await openStage();
  stage.concur.tokens.change({ withheldScopes: ['FISVC'] });
  const { scope } = await stage.token();
  assert.ok(!scope.split(' ').includes('FISVC') && scope.split(' ').includes('INVPMT'));
  assert.equal((await stage.call(transactions('expense'))).status, 403);
  assert.deepEqual(stage.violations(), []);
  await stage.close();
});

void test('S25: after a move the old origin knows the company no more, and its token endpoint names the new one', async () => {
  const stage = await openStage();
  const { tokens } = stage.concur;
  assert.throws(() => tokens.move(), /one origin only/);
  const elsewhere = await stage.harness.host(stage.concur, 0);
  tokens.servedAt([stage.url, elsewhere]);
  const before = await stage.token();
  assert.deepEqual(tokens.move(), { geolocation: elsewhere });
  const refused = await stage.call(transactions('expense'));
  assert.equal(refused.status, 400);
  assert.match(await refused.text(), /Company does not exist/);
  const refresh = { ...client, grant_type: 'refresh_token', refresh_token: before.refresh_token };
  for (const form of [refresh, requestTokenForm()]) {
    const { code, geolocation } = await requestToken(stage.url, form);
    assert.deepEqual([code, geolocation], [16, elsewhere]);
  }
  const after = await requestToken(elsewhere, refresh);
  assert.equal(after.geolocation, elsewhere, 'the refusals have not used up the refresh token');
  const headers = { authorization: `Bearer ${after.access_token}` };
  assert.equal((await fetch(`${elsewhere}${transactions('expense')}`, { headers })).status, 200);
  assert.equal((await fetch(`${stage.url}${transactions('expense')}`, { headers })).status, 400);
  assert.deepEqual(stage.violations(), []);
  tokens.servedAt(['http://127.0.0.1:1', 'http://127.0.0.1:2']);
  assert.equal((await stage.call(transactions('expense'))).status, 200, 'an address of an earlier run is forgotten');
  await stage.close();
});
