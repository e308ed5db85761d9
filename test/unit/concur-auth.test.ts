import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Unauthorized, Unavailable } from '../../src/clients/http/errors.js';
import { concurAuth } from '../../src/composition/concur-auth.js';
import type { StoredTokens } from '../../src/store/token-store.js';
import { UnreadableSecret } from '../../src/store/token-store.js';
import { answer, harness, serve } from '../clients/http-support.js';

/** A token store of one connection, a keeper that counts its signals, and a clock that the test moves. */
function stage(given: Partial<StoredTokens> = {}) {
  const at = { ms: Date.parse('2026-03-01T12:00:00Z') };
  const row: StoredTokens = {
    accessToken: 'access-1',
    refreshToken: 'refresh-1',
    accessExpiresAt: new Date(at.ms + 3_600_000),
    refreshExpiresAt: new Date(at.ms + 86_400_000),
    geolocation: 'https://us.api.concursolutions.com',
    scopes: [],
    version: 1,
    issuedAt: new Date(at.ms - 120_000),
    rejected: false,
    quickRejections: 0,
    parked: null,
    warnedDays: null,
    isReadable: true,
    ...given,
  };
  const keeper = { signals: 0, onSignal: (): Promise<void> => Promise.resolve() };
  const rejected: number[] = [];
  const renewed = (version: number, accessExpiresAt = row.accessExpiresAt): void => {
    Object.assign(row, {
      version,
      accessToken: `access-${version}`,
      rejected: false,
      accessExpiresAt,
      issuedAt: new Date(at.ms),
    });
  };
  const auth = concurAuth(
    'acme',
    {
      read: () =>
        given.isReadable === false
          ? Promise.reject(new UnreadableSecret('sealed with key 1'))
          : Promise.resolve({ ...row }),
      reject: (_connection, version) => {
        rejected.push(version);
        if (version === row.version) row.rejected = true;
        return Promise.resolve();
      },
    },
    () => {
      keeper.signals += 1;
      return keeper.onSignal();
    },
    () => new Date(at.ms),
  );
  return { at, row, auth, keeper, rejected, renewed };
}

const unavailable =
  (pattern: RegExp, retryAfterMs?: number) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof Unavailable);
    assert.match(error.message, pattern);
    assert.equal(error.retryAfterMs, retryAfterMs);
    return true;
  };

test('S30: calls go out with the newest token, to the host that it belongs to', async () => {
  const { auth } = stage();
  assert.deepEqual(await auth.authorize(undefined), {
    baseUrl: 'https://us.api.concursolutions.com',
    headers: { authorization: 'Bearer access-1' },
  });
});

test('S24: many calls without a token ask the keeper once in 30 s', async () => {
  const { auth, keeper, at } = stage({ rejected: true });
  const calls = Array.from({ length: 20 }, () => auth.authorize(undefined));
  for (const call of calls) await assert.rejects(call, unavailable(/has been asked/));
  assert.equal(keeper.signals, 1);
  at.ms += 29_000;
  await assert.rejects(auth.authorize(undefined), Unavailable);
  assert.equal(keeper.signals, 1);
  at.ms += 1_000;
  await assert.rejects(auth.authorize(undefined), Unavailable);
  assert.equal(keeper.signals, 2);
});

test('S22: a parked connection asks nobody, tells why, and waits a minute', async () => {
  const { auth, keeper } = stage({
    parked: { code: '108', reason: 'The refresh token has ended.', at: new Date('2026-03-01T11:00:00Z') },
  });
  await assert.rejects(auth.authorize(undefined), unavailable(/The refresh token has ended\./, 60_000));
  await auth.renew(undefined, { authorization: 'Bearer access-1' });
  assert.equal(keeper.signals, 0);
});

test('S24: a keeper that cannot be reached is part of the sentence, not an error of its own', async () => {
  const { auth, keeper, rejected } = stage();
  keeper.onSignal = () => Promise.reject(new Error('14 UNAVAILABLE: connection refused to temporal.internal'));
  await auth.renew(undefined, { authorization: 'Bearer access-1' });
  assert.deepEqual(rejected, [1]);
  await assert.rejects(auth.authorize(undefined), unavailable(/the token keeper cannot be reached/));
  assert.equal(keeper.signals, 1);
});

test('S30: a refused token is reported, and its successor is waited for', async () => {
  const { auth, keeper, rejected, renewed } = stage();
  keeper.onSignal = () => {
    renewed(2);
    return Promise.resolve();
  };
  const { headers } = await auth.authorize(undefined);
  await auth.renew(undefined, headers);
  assert.deepEqual(rejected, [1]);
  assert.deepEqual((await auth.authorize(undefined)).headers, { authorization: 'Bearer access-2' });
});

test('S30: a token of this minute that is refused is renewed at once, since it may have been revoked', async () => {
  const young = stage({ issuedAt: new Date('2026-03-01T11:59:40Z') });
  young.keeper.onSignal = async () => young.renewed(2);
  await young.auth.renew(undefined, { authorization: 'Bearer access-1' }, 401);
  assert.deepEqual((await young.auth.authorize(undefined)).headers, { authorization: 'Bearer access-2' });
});

test('S30: after many refused tokens the next one stays refused: calls wait until the keeper may renew it', async () => {
  const { auth, at, keeper, rejected, renewed } = stage({
    issuedAt: new Date('2026-03-01T11:59:40Z'),
    quickRejections: 10,
  });
  const { headers } = await auth.authorize(undefined);
  const beganAt = performance.now();
  await auth.renew(undefined, headers, 401);
  assert.ok(performance.now() - beganAt < 1_000, 'nobody waits for what will not come');
  assert.deepEqual([rejected, keeper.signals], [[1], 1]);
  await assert.rejects(
    auth.authorize(undefined),
    unavailable(/issued less than a minute ago.*renewed in 40 s/, 42_000),
  );
  at.ms += 40_000;
  renewed(2);
  assert.deepEqual((await auth.authorize(undefined)).headers, { authorization: 'Bearer access-2' });
});

test('S30, S31: another refusal than 401 says nothing of a token of this minute, and is believed of an older one', async () => {
  const young = stage({ issuedAt: new Date('2026-03-01T11:59:40Z') });
  await young.auth.renew(undefined, { authorization: 'Bearer access-1' }, 403);
  assert.deepEqual([young.rejected, young.keeper.signals], [[], 0]);
  await young.auth.authorize(undefined);
  const older = stage();
  older.keeper.onSignal = async () => older.renewed(2);
  await older.auth.renew(undefined, { authorization: 'Bearer access-1' }, 403);
  assert.deepEqual([older.rejected, older.keeper.signals], [[1], 1]);
});

test('S30: a late 401 to an older token does not reject the fresh one', async () => {
  const { auth, keeper, rejected, renewed } = stage();
  const slow = await auth.authorize(undefined);
  renewed(2);
  await auth.authorize(undefined);
  await auth.renew(undefined, slow.headers);
  assert.deepEqual(rejected, []);
  assert.equal(keeper.signals, 0);
});

test('S29: with 60 s left of an hour, a new token is fetched before the call goes out', async () => {
  const { auth, at, keeper, renewed } = stage();
  at.ms += 3_540_000;
  keeper.onSignal = () => {
    renewed(2, new Date(at.ms + 3_600_000));
    return Promise.resolve();
  };
  assert.deepEqual((await auth.authorize(undefined)).headers, { authorization: 'Bearer access-2' });
  assert.equal(keeper.signals, 1);
});

test('S29: 301 s before its end a token of an hour is used without a word; of a short one a fifth counts', async () => {
  const hour = stage();
  hour.at.ms += 3_299_000;
  await hour.auth.authorize(undefined);
  const start = Date.parse('2026-03-01T12:00:00Z');
  const short = stage({ issuedAt: new Date(start), accessExpiresAt: new Date(start + 10_000) });
  short.at.ms += 7_000;
  await short.auth.authorize(undefined);
  assert.deepEqual([hour.keeper.signals, short.keeper.signals], [0, 0]);
});

test('S29: where the keeper cannot be reached, a token that still lives is used to its end', async () => {
  const { auth, at, keeper } = stage();
  keeper.onSignal = () => Promise.reject(new Error('14 UNAVAILABLE'));
  at.ms += 3_540_000;
  assert.deepEqual((await auth.authorize(undefined)).headers, { authorization: 'Bearer access-1' });
  at.ms += 60_000;
  await assert.rejects(auth.authorize(undefined), unavailable(/the token keeper cannot be reached/));
});

test('S30: through a real HTTP client a refused token brings one signal and one repetition; a second 401 does not loop', async (t) => {
  const { origin, received } = await serve(t, (_request, response) => answer(response, 401));
  const { auth, keeper, row, rejected, renewed } = stage({ geolocation: origin });
  keeper.onSignal = () => {
    renewed(row.version + 1);
    return Promise.resolve();
  };
  const { http } = harness(origin, { auth });
  await assert.rejects(http.send({ operation: 'read', method: 'GET', path: '/x', kind: 'read' }), Unauthorized);
  assert.deepEqual(
    received.map(({ headers }) => headers.authorization),
    ['Bearer access-1', 'Bearer access-2'],
  );
  assert.deepEqual([rejected, keeper.signals], [[1], 1]);
});

test('S32: tokens that the configured key does not open are a sentence for an operator, not a defect', async () => {
  const { auth, keeper } = stage({ isReadable: false });
  await assert.rejects(auth.authorize(undefined), unavailable(/cannot be used: sealed with key 1/, 60_000));
  assert.equal(keeper.signals, 0);
});
