import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import type { TokenDependencies } from '../../src/activities/tokens.js';
import { createTokenActivities, keepFresh } from '../../src/activities/tokens.js';
import type { TokenGrant } from '../../src/clients/concur/token-client.js';
import { GrantRevoked, OutcomeUnknown } from '../../src/clients/http/errors.js';
import { createSealer } from '../../src/store/envelope-encryption.js';
import { createTokenStore } from '../../src/store/token-store.js';
import type { Stage } from './stage.js';
import { inActivity, openStage } from './stage.js';

const call = { system: 'concur', operation: 'concur.refresh-token' };
const keyBase64 = randomBytes(32).toString('base64');
const signal = new AbortController().signal;
let stage: Stage;
let count = 0;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());
beforeEach(() => {
  stage.notified.length = 0;
});

/** Concur's token endpoint as it behaves: each refresh replaces the refresh token, the former one stays good. */
function tokenEndpoint(given: { expiresInSeconds?: number } = {}) {
  const calls: string[] = [];
  const faults: Error[] = [];
  const grant = (): TokenGrant => ({
    accessToken: `access-${calls.length}-plain`,
    refreshToken: `refresh-${calls.length}-plain`,
    expiresInSeconds: given.expiresInSeconds ?? 3_600,
    refreshExpiresAt: new Date(stage.now().getTime() + 180 * 86_400_000).toISOString(),
    geolocation: `https://dc${calls.length}.example`,
    scopes: ['FISVC'],
  });
  const answer = async (name: string): Promise<TokenGrant> => {
    calls.push(name);
    const fault = faults.shift();
    if (fault) throw fault;
    return grant();
  };
  return {
    calls,
    faults,
    client: {
      exchangeRequestToken: ({ requestToken }: { requestToken: string }) => answer(`exchange ${requestToken}`),
      refreshToken: ({ refreshToken, geolocation }: { refreshToken: string; geolocation: string }) =>
        answer(`refresh ${refreshToken} at ${geolocation}`),
    },
  };
}

function keeper(endpoint: ReturnType<typeof tokenEndpoint>): TokenDependencies {
  count += 1;
  return {
    ...stage,
    connection: `company-${count}`,
    companyUuid: 'uuid',
    tokenUrl: 'https://glz.example',
    clientId: 'client',
    clientSecret: () => 'secret',
    tokens: createTokenStore(stage.db, createSealer(keyBase64)),
    tokenClient: endpoint.client,
  };
}

async function connected(endpoint: ReturnType<typeof tokenEndpoint>): Promise<TokenDependencies> {
  const deps = keeper(endpoint);
  await deps.tokens.enterRequestToken(deps.connection, 'request-token-plain');
  assert.equal((await keepFresh(deps, signal)).status, 'active');
  return deps;
}

const version = async (deps: TokenDependencies) => (await deps.tokens.read(deps.connection))?.version;

test('S21: a request token is exchanged once, then forgotten; the pair and its host are stored together', async () => {
  const endpoint = tokenEndpoint();
  const deps = await connected(endpoint);
  assert.deepEqual(endpoint.calls, ['exchange request-token-plain']);
  const stored = await deps.tokens.read(deps.connection);
  assert.deepEqual(
    [stored?.accessToken, stored?.refreshToken, stored?.geolocation, stored?.version],
    ['access-1-plain', 'refresh-1-plain', 'https://dc1.example', 1],
  );
  assert.equal((await keepFresh(deps, signal)).status, 'active');
  assert.equal(endpoint.calls.length, 1);
});

test('S32: no token stands in clear anywhere in the database', async () => {
  const deps = await connected(tokenEndpoint());
  await deps.tokens.enterRequestToken('other company', 'request-token-plain');
  const { rows: tables } = await stage.db.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public'`,
  );
  assert.ok(tables.length > 10);
  for (const { name } of tables) {
    const { rows } = await stage.db.query<{ line: string }>(`select t::text as line from "${name}" t`);
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
  const another = createTokenStore(stage.db, createSealer(randomBytes(32).toString('base64')));
  await assert.rejects(another.read(deps.connection), /sealed with key .* but the configured key is/);
  await stage.db.query(
    `insert into concur_tokens select 'stolen', version, key_id, sealed, access_expires_at, refresh_expires_at,
       geolocation, scopes from concur_tokens where connection = $1`,
    [deps.connection],
  );
  await assert.rejects(deps.tokens.read('stolen'));
  assert.throws(() => createSealer('c2hvcnQ='), /32 random bytes/);
});

test('S24: two workers that renew at once make one refresh, and both see the new pair', async () => {
  const endpoint = tokenEndpoint();
  const deps = await connected(endpoint);
  await deps.tokens.reject(deps.connection, 1);
  const states = await Promise.all([keepFresh(deps, signal), keepFresh(deps, signal), keepFresh(deps, signal)]);
  assert.deepEqual(endpoint.calls.slice(1), ['refresh refresh-1-plain at https://dc1.example']);
  assert.deepEqual(
    states.map((state) => (state.status === 'active' ? state.version : state)),
    [2, 2, 2],
  );
  assert.equal((await deps.tokens.read(deps.connection))?.refreshToken, 'refresh-2-plain');
});

test('S24: a crash between the answer and the save leaves the old pair in use', async () => {
  const deps = await connected(tokenEndpoint());
  const crash = deps.tokens.update(deps.connection, async (current) => {
    assert.ok(current);
    throw new Error('killed after the refresh');
  });
  await assert.rejects(crash, /killed/);
  assert.equal(await version(deps), 1);
  await deps.tokens.reject(deps.connection, 1);
  const state = await keepFresh(deps, signal);
  assert.equal(state.status === 'active' && state.version, 2);
});

test('S24: a refresh whose answer was lost is tried again with the stored pair', async () => {
  const endpoint = tokenEndpoint();
  const deps = await connected(endpoint);
  await deps.tokens.reject(deps.connection, 1);
  endpoint.faults.push(new OutcomeUnknown('lost', call));
  const activities = createTokenActivities(deps);
  await assert.rejects(
    inActivity(() => activities.keepTokenFresh({})),
    { type: 'OutcomeUnknown', nonRetryable: false },
  );
  await inActivity(() => activities.keepTokenFresh({}));
  assert.deepEqual(endpoint.calls.slice(1), Array(2).fill('refresh refresh-1-plain at https://dc1.example'));
  assert.equal(await version(deps), 2);
});

test('S29: an access token is renewed when four fifths of its life have passed, not before', async () => {
  const endpoint = tokenEndpoint({ expiresInSeconds: 3_600 });
  const deps = await connected(endpoint);
  const at = (seconds: number) => ({ ...deps, now: () => new Date(Date.now() + seconds * 1_000) });
  await keepFresh(at(2_800), signal);
  assert.equal(endpoint.calls.length, 1);
  await keepFresh(at(2_900), signal);
  assert.equal(endpoint.calls.length, 2);
});

test('S30: only the version that was refused is marked, so that a late refusal harms no newer token', async () => {
  const deps = await connected(tokenEndpoint());
  await deps.tokens.reject(deps.connection, 1);
  await keepFresh(deps, signal);
  await deps.tokens.reject(deps.connection, 1);
  assert.equal((await deps.tokens.read(deps.connection))?.rejected, false);
});

test('S22: a request token older than 24 hours parks the connection with one alert and without a call', async () => {
  const endpoint = tokenEndpoint();
  const deps = keeper(endpoint);
  await deps.tokens.enterRequestToken(deps.connection, 'old');
  const late = { ...deps, now: () => new Date(Date.now() + 24.1 * 3_600_000) };
  const state = await keepFresh(late, signal);
  assert.ok(state.status === 'parked' && /older than 24 hours/.test(state.reason));
  assert.match(state.remedy, /credentials concur --connection company-/);
  await keepFresh(late, signal);
  assert.deepEqual([endpoint.calls, stage.notified], [[], [`concur-credentials: ${deps.connection}`]]);
});

test('S22: a refused request token is tried once; a new one connects again and ends the alert', async () => {
  const endpoint = tokenEndpoint();
  const deps = keeper(endpoint);
  await deps.tokens.enterRequestToken(deps.connection, 'bad');
  endpoint.faults.push(new GrantRevoked('Concur refused the request token.', call, '108'));
  assert.equal((await keepFresh(deps, signal)).status, 'parked');
  assert.equal((await keepFresh(deps, signal)).status, 'parked');
  await deps.tokens.enterRequestToken(deps.connection, 'good');
  assert.equal((await keepFresh(deps, signal)).status, 'active');
  assert.deepEqual(endpoint.calls, ['exchange bad', 'exchange good']);
});

test('S22: a grant that Concur has ended is never tried again, also beside a refused request token', async () => {
  const endpoint = tokenEndpoint();
  const deps = await connected(endpoint);
  const revoked = new GrantRevoked('Concur has ended the grant.', call, '108');
  await deps.tokens.enterRequestToken(deps.connection, 'bad');
  endpoint.faults.push(revoked, revoked);
  await keepFresh(deps, signal);
  await deps.tokens.reject(deps.connection, 1);
  for (let tries = 0; tries < 3; tries += 1) assert.equal((await keepFresh(deps, signal)).status, 'parked');
  assert.deepEqual(endpoint.calls.slice(1), ['exchange bad', 'refresh refresh-1-plain at https://dc1.example']);
});

test('S24: the end of the refresh token is announced once per limit', async () => {
  const deps = await connected(tokenEndpoint());
  await stage.db.query(
    `update concur_tokens set refresh_expires_at = now() + interval '6 days' where connection = $1`,
    [deps.connection],
  );
  await keepFresh(deps, signal);
  await keepFresh(deps, signal);
  assert.equal(stage.notified.length, 1);
  assert.match(stage.notified[0] ?? '', /^refresh-token-ends: company-\d+ .*within 7 days$/);
});
