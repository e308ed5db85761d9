import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepFresh } from '../../src/activities/tokens.js';
import { createConcurTokenRefusals } from '../../src/clients/concur/token-refusals.js';
import { Unauthorized, Unavailable } from '../../src/clients/http/errors.js';
import { concurAuth } from '../../src/composition/concur-auth.js';
import { answer, harness, serve } from '../clients/http-support.js';
import { signal, tokenEndpoint, useTokenStage } from './fake-token-endpoint.js';

const { stage, connected } = useTokenStage();
const request = { operation: 'fis.list', method: 'GET', path: '/list', kind: 'read' } as const;

test('S30: while Concur refuses every token, many calls of two workers cost a few renewals and then one a minute, and wait for it', async (t) => {
  const endpoint = tokenEndpoint();
  const deps = await connected(endpoint);
  const { origin, received } = await serve(t, (_request, response) => answer(response, 401));
  const now = () => stage().now();
  let nextLookMs = Infinity;
  const look = async (): Promise<void> => {
    const state = await keepFresh({ ...deps, now }, signal, { renew: true });
    assert.ok(state.status === 'active');
    nextLookMs = Date.parse(state.renewAt);
  };
  const tokens = {
    read: async (connection: string) => {
      const stored = await deps.tokens.read(connection);
      return stored && { ...stored, geolocation: origin };
    },
    reject: (connection: string, version: number) => deps.tokens.reject(connection, version),
  };
  const workers = [1, 2].map(() => harness(origin, { auth: concurAuth(deps.connection, tokens, look, now) }).http);
  const failures: unknown[] = [];
  for (let seconds = 0; seconds < 600; seconds += 5) {
    for (const worker of workers) await worker.send(request).catch((error: unknown) => failures.push(error));
    stage().passSeconds(5);
    // What the timer of the keeper does.
    if (now().getTime() >= nextLookMs) await look();
  }
  const renewals = endpoint.calls.length - 1;
  assert.ok(renewals >= 5 && renewals <= 20, `${renewals} renewals in ten minutes`);
  assert.ok(received.length <= 4 * (renewals + 1), `${received.length} calls that could only fail`);
  assert.equal(failures.length, 240);
  const waits = failures.flatMap((error) => (error instanceof Unavailable ? [error.retryAfterMs ?? 0] : []));
  assert.ok(
    waits.length > 200 && failures.every((error) => error instanceof Unavailable || error instanceof Unauthorized),
  );
  assert.ok(Math.min(...waits) >= 2_000 && Math.max(...waits) <= 62_000 && Math.max(...waits) > 50_000);
});

test('S30, S31: a 403 to a token of this minute is about the operation: no renewal, no waiting for anybody', async (t) => {
  const endpoint = tokenEndpoint();
  const deps = await connected(endpoint);
  const { origin, received } = await serve(t, (_request, response) => answer(response, 403));
  const tokens = {
    read: async (connection: string) => {
      const stored = await deps.tokens.read(connection);
      return stored && { ...stored, geolocation: origin };
    },
    reject: (connection: string, version: number) => deps.tokens.reject(connection, version),
  };
  const now = () => stage().now();
  const { http } = harness(origin, {
    auth: concurAuth(deps.connection, tokens, () => assert.fail('the keeper was asked'), now),
    tokenRefusals: createConcurTokenRefusals(now),
  });
  assert.equal((await http.send(request)).status, 403);
  assert.equal((await http.send(request)).status, 403);
  // Nothing was learned of the operation, since the token was the same: after its first minute it is renewed once.
  assert.equal(received.length, 4);
  assert.equal((await deps.tokens.facts(deps.connection))?.rejected, false);
});
