import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { RateLimited } from '../../src/clients/http/errors.js';
import { gateOf } from '../../src/composition/parts.js';
import { createLeaseStore, LeasePaused } from '../../src/store/lease-store.js';
import type { Stage } from './stage.js';
import { openStage } from './stage.js';

let stage: Stage;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());

const inSeconds = (seconds: number): Date => new Date(Date.now() + seconds * 1_000);

async function rowsOf(name: string): Promise<number> {
  const { rowCount } = await stage.db.query('select 1 from leases where name = $1', [name]);
  return rowCount ?? 0;
}

test('S44: a longer pause is told at once instead of waited for', async () => {
  await stage.leases.pauseUntil('long', inSeconds(60));
  await assert.rejects(stage.leases.acquire('long', 2), (error) => {
    assert.ok(error instanceof LeasePaused);
    assert.ok(error.remainingMs > 50_000 && error.remainingMs <= 60_000, String(error.remainingMs));
    return true;
  });
});

test('S44: a short pause is waited for', async () => {
  await stage.leases.pauseUntil('short', inSeconds(0.3));
  const startedAt = Date.now();
  await (await stage.leases.acquire('short', 1)).release();
  assert.ok(Date.now() - startedAt >= 250);
});

test('S44: waiting for the end of a short pause ends with the signal', async () => {
  await stage.leases.pauseUntil('aborted', inSeconds(2.5));
  const controller = new AbortController();
  const waiting = stage.leases.acquire('aborted', 1, controller.signal);
  controller.abort(new Error('the activity was cancelled'));
  await assert.rejects(waiting, /the activity was cancelled/);
});

test('S44: the gate of a paused connection refuses calls as rate limited, with the rest of the pause', async () => {
  const gate = gateOf(stage.leases, 'fo', 4);
  await gate.pauseUntil(inSeconds(120));
  await assert.rejects(gate.enter(undefined), (error) => {
    assert.ok(error instanceof RateLimited);
    assert.match(error.message, /^fo has asked for a pause/);
    assert.ok(error.retryAfterMs > 110_000 && error.retryAfterMs <= 120_000);
    return true;
  });
});

test('the row of a document goes with its lease, and comes back for the next one', async () => {
  for (const round of [1, 2]) {
    const lease = await stage.leases.tryAcquire('document:a', 1);
    assert.ok(lease, `round ${round}`);
    assert.equal(await rowsOf('document:a'), 1);
    assert.equal(await stage.leases.tryAcquire('document:a', 1), undefined);
    await lease.release();
    assert.equal(await rowsOf('document:a'), 0);
  }
});

test('the rows of a connection stay', async () => {
  await (await stage.leases.acquire('connection:bc', 3)).release();
  assert.equal(await rowsOf('connection:bc'), 3);
});

test('S65: a lease is held until it is given back, expires or is taken over', async () => {
  const other = createLeaseStore(stage.db);
  const lease = await stage.leases.acquire('held', 1);
  assert.equal(await stage.leases.holds(lease), true);
  assert.equal(await other.holds(lease), true, 'any process may ask');
  await stage.db.query(`update leases set expires_at = now() - interval '1 second' where name = 'held'`);
  assert.equal(await stage.leases.holds(lease), false);
  const taken = await other.acquire('held', 1);
  assert.equal(await stage.leases.holds(lease), false);
  assert.equal(await other.holds(taken), true);
  await taken.release();
  assert.equal(await other.holds(taken), false);
  other.close();
});
