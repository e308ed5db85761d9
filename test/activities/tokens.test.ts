import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { TokenDependencies } from '../../src/activities/tokens.js';
import { createTokenActivities, keepFresh } from '../../src/activities/tokens.js';
import { GrantRevoked, OutcomeUnknown } from '../../src/clients/http/errors.js';
import { waitUntil } from '../../src/launcher/wait-until.js';
import type { Database } from '../../src/store/database.js';
import { createLeaseStore } from '../../src/store/lease-store.js';
import { NotTheWriter } from '../../src/store/token-store.js';
import { call, refuse, signal, tokenEndpoint, useTokenStage } from './fake-token-endpoint.js';
import { inActivity } from './stage.js';

const { stage, keeper, connected } = useTokenStage();
const version = async (deps: TokenDependencies) => (await deps.tokens.read(deps.connection))?.version;

test('S21: a request token is exchanged once and then left alone; the pair and its host are stored together', async () => {
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

test('S24: two workers that renew at once make one refresh, and both see the new pair', async () => {
  // A remote answer takes its time, in which a second writer would come in.
  const endpoint = tokenEndpoint({ answersLate: () => delay(100) });
  const deps = await connected(endpoint);
  await refuse(deps, 1);
  const other = createLeaseStore(stage().db);
  const states = await Promise.all([
    keepFresh(deps, signal),
    keepFresh({ ...deps, leases: other }, signal),
    keepFresh(deps, signal),
  ]);
  other.close();
  assert.deepEqual(endpoint.calls.slice(1), ['refresh refresh-1-plain at https://dc1.example']);
  assert.deepEqual(
    states.map((state) => (state.status === 'active' ? state.version : state)),
    [2, 2, 2],
  );
  assert.equal((await deps.tokens.read(deps.connection))?.refreshToken, 'refresh-2-plain');
});

test('S24: a refresh whose answer was lost is tried again with the stored pair', async () => {
  const endpoint = tokenEndpoint();
  const deps = await connected(endpoint);
  await refuse(deps, 1);
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

test('S24: a worker killed between the answer and the save leaves the old pair, which is tried again', async () => {
  const endpoint = tokenEndpoint();
  const deps = await connected(endpoint);
  await refuse(deps, 1);
  const save = () => Promise.reject(new NotTheWriter('the process is gone'));
  await keepFresh({ ...deps, tokens: { ...deps.tokens, save } }, signal);
  assert.equal(await version(deps), 1);
  assert.equal((await keepFresh(deps, signal)).status, 'active');
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
  await refuse(deps, 1);
  await keepFresh(deps, signal);
  await refuse(deps, 1);
  assert.equal((await deps.tokens.read(deps.connection))?.rejected, false);
});

test('S30: refreshNow renews a fresh token, but many askers at once get one renewal', async () => {
  const endpoint = tokenEndpoint();
  const deps = await connected(endpoint);
  await keepFresh(deps, signal, { renew: true });
  assert.equal(endpoint.calls.length, 1, 'it is younger than a minute');
  const later = { ...deps, now: () => new Date(stage().now().getTime() + 61_000) };
  await Promise.all([1, 2, 3].map(() => keepFresh(later, signal, { renew: true })));
  assert.equal(endpoint.calls.length, 2);
});

test('S23: a token that lives for a month is renewed daily all the same, so that the refresh token never ages', async () => {
  const endpoint = tokenEndpoint({ expiresInSeconds: 30 * 86_400 });
  const deps = await connected(endpoint);
  const at = (hours: number) => ({ ...deps, now: () => new Date(stage().now().getTime() + hours * 3_600_000) });
  await keepFresh(at(23.9), signal);
  assert.equal(endpoint.calls.length, 1);
  await keepFresh(at(24.1), signal);
  assert.equal(endpoint.calls.length, 2);
});

/** Days between now and the end of the refresh token, as the row has it. */
async function endsIn(deps: TokenDependencies, days: number): Promise<void> {
  const end = new Date(stage().now().getTime() + days * 86_400_000);
  await stage().db.query('update concur_tokens set refresh_expires_at = $2 where connection = $1', [
    deps.connection,
    end,
  ]);
}

test('S24: the end of the refresh token is announced once at 30, 14, 7 and 1 days, although days pass between looks', async () => {
  const deps = await connected(tokenEndpoint());
  for (const days of [31, 30, 29, 15, 14, 8, 6.9, 6, 1, 0.5]) {
    await endsIn(deps, days);
    await keepFresh(deps, signal);
    // A reminder a day later would be one warning too many.
    await stage().db.query("update alerts set notified_at = now() - interval '2 days'");
    await keepFresh(deps, signal);
  }
  const cause = (days: number) => `refresh-token-ends: ${deps.connection}, within ${days} days`;
  assert.deepEqual(stage().notified, [30, 14, 7, 1].map(cause));
  const open = await stage().db.query<{ cause: string }>(
    "select cause from alerts where cause like 'refresh-token-ends%' and cleared_at is null",
  );
  assert.deepEqual(
    open.rows.map((row) => row.cause),
    [cause(1)],
  );
  await endsIn(deps, 180);
  await keepFresh(deps, signal);
  await endsIn(deps, 20);
  await keepFresh(deps, signal);
  assert.deepEqual(stage().notified.at(-1), cause(30), 'a new end is warned of anew');
});

test('S24: while Concur takes its time, no transaction is open and no row is locked', async () => {
  let answerNow = (): void => undefined;
  const answersLate = new Promise<void>((resolve) => (answerNow = resolve));
  const endpoint = tokenEndpoint({ answersLate: () => answersLate });
  const deps = keeper(endpoint);
  await deps.tokens.enterRequestToken(deps.connection, 'request-token-plain', stage().now());
  const running = keepFresh(deps, signal);
  await waitUntil(() => (endpoint.calls.length > 0 ? true : undefined), {
    limitMs: 5_000,
    onLimit: () => new Error('no call was made'),
  });
  const { rows } = await stage().db.query<{ state: string }>(
    `select state from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
       and (state like 'idle in transaction%' or wait_event_type = 'Lock')`,
  );
  answerNow();
  assert.equal((await running).status, 'active');
  assert.deepEqual(rows, []);
});

test('S24: an answer that cannot be saved at first is saved when the database is back', async () => {
  const endpoint = tokenEndpoint();
  const deps = await connected(endpoint);
  await refuse(deps, 1);
  let failures = 2;
  const save: typeof deps.tokens.save = (...given) =>
    failures-- > 0 ? Promise.reject(new Error('terminating connection')) : deps.tokens.save(...given);
  assert.equal((await keepFresh({ ...deps, tokens: { ...deps.tokens, save } }, signal)).status, 'active');
  assert.equal((await deps.tokens.read(deps.connection))?.refreshToken, 'refresh-2-plain');
  assert.equal(endpoint.calls.length, 2);
});

test('S24: a worker whose lease went to another one stores nothing over the newer pair, and parks nobody', async () => {
  const endpoint = tokenEndpoint();
  const deps = await connected(endpoint);
  await refuse(deps, 1);
  const stale = await deps.tokens.read(deps.connection);
  assert.ok(stale);
  const other = createLeaseStore(stage().db);
  // The first worker is put to sleep inside its call; its lease ends, and another worker renews.
  const paused: typeof deps.tokenClient.refreshToken = async () => {
    await stage().db.query("update leases set expires_at = now() - interval '1 second' where name = $1", [
      `token-keeper:${deps.connection}`,
    ]);
    await keepFresh({ ...deps, leases: other }, signal);
    return {
      ...stale,
      refreshToken: 'stale',
      expiresInSeconds: 60,
      refreshExpiresAt: stale.refreshExpiresAt.toISOString(),
    };
  };
  const state = await keepFresh({ ...deps, tokenClient: { ...deps.tokenClient, refreshToken: paused } }, signal);
  assert.ok(state.status === 'active' && state.version === 2);
  assert.equal((await deps.tokens.read(deps.connection))?.refreshToken, 'refresh-2-plain');
  const pair = { ...stale, issuedAt: stage().now() };
  await assert.rejects(deps.tokens.save(deps.connection, pair, { version: 1 }), NotTheWriter);
  await deps.tokens.park(deps.connection, 1, { code: '108', reason: 'late', at: stage().now() });
  assert.equal((await deps.tokens.facts(deps.connection))?.parked, null);
  other.close();
});

test('S24: a worker that slept beyond its lease stores the only pair that is left, and ends the park of its successor', async () => {
  const endpoint = tokenEndpoint();
  const deps = await connected(endpoint);
  await deps.tokens.dropRequestToken(deps.connection);
  await refuse(deps, 1);
  const other = createLeaseStore(stage().db);
  const slow: typeof deps.tokenClient.refreshToken = async (given) => {
    const grant = await deps.tokenClient.refreshToken(given);
    await stage().db.query("update leases set expires_at = now() - interval '1 second' where name = $1", [
      `token-keeper:${deps.connection}`,
    ]);
    endpoint.faults.push(new GrantRevoked('Expired or revoked.', call, '108'));
    assert.equal((await keepFresh({ ...deps, leases: other }, signal)).status, 'parked');
    return grant;
  };
  const state = await keepFresh({ ...deps, tokenClient: { ...deps.tokenClient, refreshToken: slow } }, signal);
  other.close();
  assert.ok(state.status === 'active' && state.version === 2);
  assert.equal((await deps.tokens.read(deps.connection))?.refreshToken, 'refresh-2-plain');
  assert.equal(endpoint.calls.length, 3);
});

for (const [secrets, what] of [
  [['secret'], 'ended'],
  [['old', 'new'], 'raised'],
] as const) {
  test(`S23, S24: a pair is stored although the alert about the client secret cannot be ${what}`, async () => {
    const endpoint = tokenEndpoint();
    const deps = await connected(endpoint);
    await refuse(deps, 1);
    if (secrets.length > 1) endpoint.faults.push(new GrantRevoked('The client secret is wrong.', call, '64'));
    const aside: unknown[] = [];
    const state = await keepFresh(
      { ...deps, db: failingOnce(stage().db), clientSecrets: () => secrets, onSideFailure: (each) => aside.push(each) },
      signal,
    );
    assert.ok(state.status === 'active' && state.version === 2);
    assert.deepEqual(aside, [new Error('terminating connection')]);
  });
}

/** A database whose first statement, in a transaction or not, fails. */
function failingOnce(db: Database): Database {
  let failures = 1;
  return new Proxy(db, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if ((name !== 'query' && name !== 'connect') || typeof member !== 'function') return member;
      return (...given: unknown[]): unknown =>
        failures-- > 0 ? Promise.reject(new Error('terminating connection')) : Reflect.apply(member, target, given);
    },
  });
}
