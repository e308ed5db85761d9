import assert from 'node:assert/strict';
import { after, before, beforeEach, test, type TestContext } from 'node:test';
import { createFisClient } from '../../src/clients/concur/fis-client.js';
import { RateLimited } from '../../src/clients/http/errors.js';
import { gateOf } from '../../src/composition/parts.js';
import { withThrottleNotice } from '../../src/composition/throttle-notice.js';
import { openAlerts } from '../../src/store/alert-store.js';
import { answer, harness, serve } from '../clients/http-support.js';
import type { Stage } from './stage.js';
import { openStage } from './stage.js';

let stage: Stage;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());
beforeEach(() => {
  stage.notified.length = 0;
});

const cause = 'slow: concur connection acme';
const isOpen = async () => (await openAlerts(stage.db)).some((alert) => alert.cause === cause);

/** A Concur that throttles while it is told to, seen through the real HTTP core; the pauses are ended by the test's clock. */
async function throttled(t: TestContext) {
  const service = { headers: {} as Record<string, string>, status: 429 };
  const { origin } = await serve(t, (_request, response) => {
    const body = service.status === 200 ? '{"content":[],"links":[],"page":{"totalPages":0}}' : '{}';
    answer(response, service.status, body, service.headers);
  });
  const leases = gateOf(stage.leases, `throttled ${t.name}`, 4);
  const { gate, observe } = withThrottleNotice(stage, 'concur connection acme', {
    gate: { enter: (signal) => leases.enter(signal), pauseUntil: async () => undefined },
    observe: () => undefined,
  });
  const { http } = harness(origin, { gate, observe, now: stage.now, defaultRetryAfterMs: 30_000 });
  const fis = createFisClient(http);
  return { service, call: () => fis.listReady({ docType: 'expense', page: 0, limit: 25 }) };
}

test('S120: an hour of 429s raises exactly one notice, and it ends when calls go through again', async (t) => {
  const { service, call } = await throttled(t);
  const waits: number[] = [];
  for (let seconds = 0; seconds < 3_600;) {
    const refused = await call().catch((error: unknown) => error);
    assert.ok(refused instanceof RateLimited, 'late, never failed');
    waits.push(refused.retryAfterMs);
    seconds += refused.retryAfterMs / 1_000;
    stage.passSeconds(refused.retryAfterMs / 1_000);
  }
  assert.ok(waits[0] === 30_000 && waits.every((wait) => wait <= 300_000), 'C25: waits of our own, growing');
  assert.deepEqual(stage.notified, [cause]);
  assert.equal(await isOpen(), true);
  service.status = 200;
  await call();
  assert.equal(await isOpen(), false);
  service.status = 429;
  service.headers = { 'retry-after': '3600' };
  await assert.rejects(call(), RateLimited);
  assert.deepEqual(stage.notified, [cause, cause], 'the next episode is told again, and a long pause at once');
  service.status = 200;
  await call();
});

test('S120: throttling that passes within five minutes is nobody’s news, in every form of Retry-After', async (t) => {
  const { service, call } = await throttled(t);
  const inAMinute = new Date(stage.now().getTime() + 60_000).toUTCString();
  for (const value of ['0', '60', inAMinute]) {
    service.headers = { 'retry-after': value };
    await assert.rejects(call(), RateLimited);
  }
  assert.deepEqual(stage.notified, []);
  service.status = 200;
  await call();
  stage.passSeconds(600);
  service.status = 429;
  await assert.rejects(call(), RateLimited);
  assert.deepEqual(stage.notified, [], 'counted anew since the call that went through');
});

test('S120: a notice that a process left behind ends with the first call of the next one', async (t) => {
  const first = await throttled(t);
  first.service.headers = { 'retry-after': '3600' };
  await assert.rejects(first.call(), RateLimited);
  assert.equal(await isOpen(), true);
  const next = await throttled(t);
  next.service.status = 200;
  await next.call();
  assert.equal(await isOpen(), false);
});
