import assert from 'node:assert/strict';
import { test } from 'node:test';
import { takeUpNewRequestToken } from '../../src/activities/take-up-request-token.js';
import type { TokenDependencies } from '../../src/activities/tokens.js';
import { keepFresh } from '../../src/activities/tokens.js';
import { GrantRevoked, Unavailable } from '../../src/clients/http/errors.js';
import { createLeaseStore } from '../../src/store/lease-store.js';
import { call, refuse, signal, tokenEndpoint, useTokenStage } from './fake-token-endpoint.js';

const { stage, keeper, connected } = useTokenStage();

const stored = async ({ tokens, connection }: TokenDependencies) => {
  const request = await tokens.requestToken(connection);
  return [request?.open(), request?.exchangedAt !== null, (await tokens.facts(connection))?.version];
};

test('S21: a new request token is stored with the pair that Concur gives for it, not before', async () => {
  const deps = keeper(tokenEndpoint());
  assert.equal(await takeUpNewRequestToken(deps, 'anew', signal), undefined);
  assert.deepEqual(await stored(deps), ['anew', true, 1]);
});

test('S21, S24: what Concur refuses or does not answer replaces nothing, raises nothing, and waits for nobody', async () => {
  const endpoint = tokenEndpoint();
  const deps = await connected(endpoint);
  const other = createLeaseStore(stage().db);
  const lease = await other.acquire(`token-keeper:${deps.connection}`, 1, signal);
  endpoint.faults.push(new GrantRevoked('Wrong.', call, '5'), new Unavailable('Maintenance.', call));
  const refusal = await takeUpNewRequestToken(deps, 'a guess', signal);
  assert.equal(refusal?.code, '5');
  await assert.rejects(takeUpNewRequestToken(deps, 'another guess', signal), Unavailable);
  assert.deepEqual(await stored(deps), ['request-token-plain', true, 1]);
  assert.deepEqual(stage().notified, []);
  await lease.release();
  other.close();
});

test('S24: a pair that was renewed meanwhile is not replaced; the keeper exchanges the accepted token once more', async () => {
  const endpoint = tokenEndpoint();
  const deps = await connected(endpoint);
  await refuse(deps, 1);
  const slow: typeof deps.tokenClient.exchangeRequestToken = async (given) => {
    const grant = await deps.tokenClient.exchangeRequestToken(given);
    assert.equal((await keepFresh(deps, signal)).status, 'active');
    return grant;
  };
  const slowly = { ...deps, tokenClient: { ...deps.tokenClient, exchangeRequestToken: slow } };
  assert.equal(await takeUpNewRequestToken(slowly, 'anew', signal), undefined);
  assert.deepEqual(await stored(deps), ['anew', false, 2]);
  assert.equal((await keepFresh(deps, signal)).status, 'active');
  assert.deepEqual(await stored(deps), ['anew', true, 3]);
  assert.equal(endpoint.calls.at(-1), 'exchange anew');
});
