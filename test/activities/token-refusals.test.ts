import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { runUnattended } from '../../src/activities/run-step.js';
import { keepFresh } from '../../src/activities/tokens.js';
import { GrantRevoked, OutcomeUnknown, Rejected, Unauthorized, Unavailable } from '../../src/clients/http/errors.js';
import type { ConcurFeature } from '../../src/contracts/concur-scopes.js';
import { openAlerts } from '../../src/store/alert-store.js';
import { createSealer } from '../../src/store/envelope-encryption.js';
import { createTokenStore } from '../../src/store/token-store.js';
import { call, keyBase64, refuse, signal, tokenEndpoint, useTokenStage } from './fake-token-endpoint.js';
import { inActivity } from './stage.js';

const { stage, keeper, connected } = useTokenStage();

test('S22: a request token older than 24 hours parks the connection with one alert and without a call', async () => {
  const endpoint = tokenEndpoint();
  const deps = keeper(endpoint);
  await deps.tokens.enterRequestToken(deps.connection, 'old', stage().now());
  const late = { ...deps, now: () => new Date(Date.now() + 24.1 * 3_600_000) };
  const state = await keepFresh(late, signal);
  assert.ok(state.status === 'parked' && /older than 24 hours/.test(state.reason));
  assert.match(state.remedy, /credentials concur --connection company-/);
  await keepFresh(late, signal);
  assert.deepEqual([endpoint.calls, stage().notified], [[], [`concur-credentials: ${deps.connection}`]]);
});

test('S22: a refused request token is tried once; a new one connects again and ends the alert', async () => {
  const endpoint = tokenEndpoint();
  const deps = keeper(endpoint);
  await deps.tokens.enterRequestToken(deps.connection, 'bad', stage().now());
  endpoint.faults.push(new GrantRevoked('Concur refused the request token.', call, '108'));
  assert.equal((await keepFresh(deps, signal)).status, 'parked');
  assert.equal((await keepFresh(deps, signal)).status, 'parked');
  await deps.tokens.enterRequestToken(deps.connection, 'good', stage().now());
  assert.equal((await keepFresh(deps, signal)).status, 'active');
  assert.deepEqual(endpoint.calls, ['exchange bad', 'exchange good']);
});

test('S22: a grant that Concur has ended is never tried again, also beside a refused request token', async () => {
  const endpoint = tokenEndpoint();
  const deps = await connected(endpoint);
  const revoked = new GrantRevoked('Concur has ended the grant.', call, '108');
  await deps.tokens.enterRequestToken(deps.connection, 'bad', stage().now());
  endpoint.faults.push(revoked, revoked);
  assert.equal(
    (await keepFresh(deps, signal)).status,
    'active',
    'the old grant goes on beside a refused request token',
  );
  await refuse(deps, 1);
  for (let tries = 0; tries < 3; tries += 1) assert.equal((await keepFresh(deps, signal)).status, 'parked');
  assert.deepEqual(endpoint.calls.slice(1), ['exchange bad', 'refresh refresh-1-plain at https://dc1.example']);
});

test('S22: what may pass, such as maintenance, neither parks nor uses the request token up', async () => {
  const endpoint = tokenEndpoint();
  const deps = keeper(endpoint);
  await deps.tokens.enterRequestToken(deps.connection, 'early', stage().now());
  endpoint.faults.push(new Unavailable('Maintenance (code 134).', call));
  await assert.rejects(keepFresh(deps, signal), Unavailable);
  assert.equal((await keepFresh(deps, signal)).status, 'active');
  assert.deepEqual(stage().notified, []);
});

test('S24, C3: a refresh token that a lost answer has replaced is cured by the request token, within its 24 hours', async () => {
  const endpoint = tokenEndpoint();
  const deps = await connected(endpoint);
  await refuse(deps, 1);
  endpoint.faults.push(new OutcomeUnknown('lost', call), new GrantRevoked('Expired or revoked.', call, '108'));
  await assert.rejects(keepFresh(deps, signal), OutcomeUnknown);
  const state = await keepFresh(deps, signal);
  assert.ok(state.status === 'active' && state.version === 2);
  assert.deepEqual(endpoint.calls.slice(1), [
    ...Array<string>(2).fill('refresh refresh-1-plain at https://dc1.example'),
    'exchange request-token-plain',
  ]);
});

test('S22, S24: after its 24 hours the request token is gone, and a revoked grant parks with code, time and remedy', async () => {
  const endpoint = tokenEndpoint();
  const deps = await connected(endpoint);
  const later = { ...deps, now: () => new Date(stage().now().getTime() + 25 * 3_600_000) };
  endpoint.faults.push(new GrantRevoked('Expired or revoked.', call, '108'));
  const state = await keepFresh(later, signal);
  assert.ok(state.status === 'parked');
  assert.equal(state.code, '108');
  assert.match(state.remedy, /company request token.*credentials concur --connection company-/);
  assert.ok(Math.abs(Date.parse(state.since ?? '') - later.now().getTime()) < 60_000);
  assert.equal(await deps.tokens.requestToken(deps.connection), undefined);
  assert.deepEqual(stage().notified, [`concur-credentials: ${deps.connection}`]);
});

test('S22: reauthorise tries once with what is stored, and only once', async () => {
  const endpoint = tokenEndpoint();
  const deps = await connected(endpoint);
  const disabled = new GrantRevoked('The application is disabled.', call, '59');
  await refuse(deps, 1);
  endpoint.faults.push(disabled, disabled);
  const first = await keepFresh(deps, signal);
  assert.ok(first.status === 'parked' && /send `reauthorise` to the workflow `token:company-/.test(first.remedy));
  assert.equal((await keepFresh(deps, signal, { renew: true })).status, 'parked');
  assert.equal(endpoint.calls.length, 2, 'parked, nobody is called, whoever asks to renew');
  assert.equal((await keepFresh(deps, signal, { again: true })).status, 'parked');
  assert.equal((await keepFresh(deps, signal, { again: true })).status, 'active');
  assert.equal(endpoint.calls.length, 4);
});

test('S22, S25: a geolocation that may not be used parks, but its tokens are kept; asked again, it renews before it goes on', async () => {
  const endpoint = tokenEndpoint();
  const deps = await connected(endpoint);
  await refuse(deps, 1);
  endpoint.oddities.push({ geolocation: 'https://dc1.example', hostProblem: 'The host matches no allowed pattern.' });
  const state = await keepFresh(deps, signal);
  assert.ok(state.status === 'parked' && state.code === 'HOST_NOT_ALLOWED', JSON.stringify(state));
  endpoint.oddities.push({ hostProblem: 'The host matches no allowed pattern still.' });
  assert.equal((await keepFresh(deps, signal, { again: true })).status, 'parked', 'the settings were not changed');
  assert.equal((await keepFresh(deps, signal, { again: true })).status, 'active');
  assert.equal(endpoint.calls.at(-1), 'refresh refresh-3-plain at https://dc3.example');
});

test('S23: the next client secret is tried on code 64 only, and people are told to change over', async () => {
  const endpoint = tokenEndpoint();
  const deps = { ...(await connected(endpoint)), clientSecrets: () => ['old', 'new'] as const };
  const wrong = new GrantRevoked('The client secret is wrong.', call, '64');
  await refuse(deps, 1);
  endpoint.faults.push(wrong);
  assert.equal((await keepFresh(deps, signal)).status, 'active');
  assert.deepEqual(endpoint.secrets.slice(1), ['old', 'new']);
  assert.deepEqual(stage().notified, [`concur-client-secret: ${deps.connection}`]);
  await refuse(deps, 2);
  endpoint.faults.push(new GrantRevoked('Disabled.', call, '59'));
  await keepFresh(deps, signal);
  assert.deepEqual(endpoint.secrets.slice(3), ['old'], 'another refusal says nothing about the secret');
});

test('S33: a user token is refused with its reason, and nothing is stored', async () => {
  const endpoint = tokenEndpoint();
  const deps = keeper(endpoint);
  await deps.tokens.enterRequestToken(deps.connection, 'of a user', stage().now());
  endpoint.faults.push(
    new Rejected('The token is a user token; company-level access is needed.', call, 'NOT_COMPANY_LEVEL'),
  );
  const state = await keepFresh(deps, signal);
  assert.ok(state.status === 'parked' && /user token/.test(state.reason) && state.code === 'NOT_COMPANY_LEVEL');
  assert.equal(await deps.tokens.read(deps.connection), undefined);
});

test('S31: required scopes that are missing are named and alerted once; optional ones are not', async () => {
  const endpoint = tokenEndpoint({ scopes: ['INVPMT', 'openid'] });
  const deps = keeper(endpoint);
  await deps.tokens.enterRequestToken(deps.connection, 'narrow', stage().now());
  const state = await keepFresh(deps, signal);
  assert.ok(state.status === 'active');
  assert.deepEqual(state.missingScopes, ['FISVC']);
  const invoices = { ...deps, usedFeatures: new Set<ConcurFeature>(['documents', 'invoice-payments']) };
  const wider = await keepFresh(invoices, signal);
  assert.ok(wider.status === 'active');
  assert.deepEqual(wider.missingScopes, ['FISVC', 'invoice.paymentconfirmation.write']);
  assert.deepEqual(stage().notified, [`concur-scopes: ${deps.connection}`]);
});

test('S31: a refresh that names no scopes leaves those of the grant', async () => {
  const endpoint = tokenEndpoint();
  const deps = await connected(endpoint);
  await refuse(deps, 1);
  endpoint.oddities.push({ scopes: [] });
  const state = await keepFresh(deps, signal);
  assert.ok(state.status === 'active');
  assert.deepEqual(state.missingScopes, []);
  assert.deepEqual((await deps.tokens.facts(deps.connection))?.scopes, ['FISVC']);
});

test('S32: no token stands in clear anywhere in the database', async () => {
  const deps = await connected(tokenEndpoint());
  await deps.tokens.enterRequestToken('other company', 'request-token-plain', stage().now());
  const { rows: tables } = await stage().db.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public'`,
  );
  assert.ok(tables.length > 10);
  for (const { name } of tables) {
    const { rows } = await stage().db.query<{ line: string }>(`select t::text as line from "${name}" t`);
    const dump = rows.map(({ line }) => line).join('\n');
    for (const secret of ['access-1-plain', 'refresh-1-plain', 'request-token-plain', keyBase64]) {
      for (const form of [secret, Buffer.from(secret).toString('hex'), Buffer.from(secret).toString('base64')]) {
        assert.ok(!dump.includes(form), `${name} holds a secret in clear`);
      }
    }
  }
});

test('S32: another key, and a row that was moved to another connection, are refused', async () => {
  const deps = await connected(tokenEndpoint());
  const another = createTokenStore(stage().db, createSealer(randomBytes(32).toString('base64')));
  await assert.rejects(another.read(deps.connection), /sealed with key .* not the configured one/);
  await stage().db.query(
    `insert into concur_tokens select 'stolen', version, key_id, sealed, access_expires_at, refresh_expires_at,
       geolocation, scopes from concur_tokens where connection = $1`,
    [deps.connection],
  );
  await assert.rejects(deps.tokens.read('stolen'));
  assert.throws(() => createSealer('c2hvcnQ='), /32 random bytes/);
});

test('S32: with another encryption key the keeper says so, and a new request token replaces what nobody can read', async () => {
  const endpoint = tokenEndpoint();
  const deps = await connected(endpoint);
  const another = { ...deps, tokens: createTokenStore(stage().db, createSealer(randomBytes(32).toString('base64'))) };
  await refuse(deps, 1);
  const state = await keepFresh(another, signal);
  assert.ok(state.status === 'parked' && state.code === 'unreadable');
  assert.match(state.reason, /encryptionKey.*former key back/);
  assert.equal(endpoint.calls.length, 1);
  assert.equal((await keepFresh(deps, signal)).status, 'active', 'the former key opens them still');
  await another.tokens.enterRequestToken(deps.connection, 'anew', stage().now());
  assert.equal((await keepFresh(another, signal)).status, 'active');
  assert.equal((await another.tokens.read(deps.connection))?.version, 3);
});

test('S30: a poll whose credentials are refused alerts at the first time and once, until it reads again', async () => {
  const poll = (attempt: number, error?: Error) =>
    inActivity(
      () =>
        runUnattended(stage(), 'Concur connection acme', () => (error ? Promise.reject(error) : Promise.resolve(1))),
      { attempt },
    );
  const refused = new Unauthorized('concur fis.list was refused (401) with a renewed token too.', call);
  await assert.rejects(poll(1, refused), { type: 'Unauthorized', nonRetryable: false });
  await assert.rejects(poll(2, refused));
  assert.equal(stage().notified.length, 1);
  assert.match(stage().notified[0] ?? '', /^credentials: .* for Concur connection acme$/);
  await poll(3);
  assert.deepEqual(
    (await openAlerts(stage().db)).filter(({ cause }) => cause.startsWith('credentials: ')),
    [],
  );
});
