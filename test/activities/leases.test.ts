import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gateOf } from '../../src/composition/parts.js';
import type { Lease, LeaseStore } from '../../src/store/lease-store.js';
import { createLeaseStore, LeasePaused } from '../../src/store/lease-store.js';
import type { Stage } from './stage.js';
import { openStage } from './stage.js';

let stage: Stage;
let other: LeaseStore;
before(async () => {
  stage = await openStage();
  // A second store on the same database is what a second worker process has.
  other = createLeaseStore(stage.db);
});
after(async () => {
  other.close();
  await stage.close();
});

const held = (leases: (Lease | undefined)[]): Lease[] => leases.filter((lease) => lease !== undefined);
const expire = (name: string) =>
  stage.db.query(`update leases set expires_at = now() - interval '1 second' where name = $1`, [name]);

test('S45: N slots hold over two processes, and a slot that is given back is free for either', async () => {
  const attempts = Array.from({ length: 10 }, (_, index) => (index % 2 ? other : stage.leases).tryAcquire('n', 3));
  const got = held(await Promise.all(attempts));
  assert.equal(got.length, 3);
  assert.equal(await other.tryAcquire('n', 3), undefined);
  await got[0]?.release();
  assert.ok(await other.tryAcquire('n', 3));
  assert.equal(await stage.leases.tryAcquire('n', 3), undefined);
});

test('S45: fewer slots than before are heeded at once', async () => {
  const wide = held(await Promise.all([1, 2, 3].map(() => stage.leases.tryAcquire('shrunk', 3))));
  assert.equal(wide.length, 3);
  for (const lease of wide) await lease.release();
  assert.ok(await other.tryAcquire('shrunk', 1));
  assert.equal(await stage.leases.tryAcquire('shrunk', 1), undefined);
});

test('S45: who waits for a slot gets it when it is given back', async () => {
  const first = await stage.leases.acquire('queue', 1);
  const waiting = other.acquire('queue', 1);
  assert.equal(await Promise.race([waiting.then(() => 'given'), Promise.resolve('waiting')]), 'waiting');
  await first.release();
  await (await waiting).release();
});

test('S45: waiting for a slot ends with the signal', async () => {
  await stage.leases.acquire('aborted', 1);
  const controller = new AbortController();
  const waiting = other.acquire('aborted', 1, controller.signal);
  controller.abort(new Error('the activity was cancelled'));
  await assert.rejects(waiting, /the activity was cancelled/);
});

test('S44: a pause holds back every process until the instant, and a shorter order does not shorten it', async () => {
  const later = new Date(Date.now() + 3_600_000);
  await stage.leases.pauseUntil('slow', later);
  await other.pauseUntil('slow', new Date());
  assert.equal(await stage.leases.tryAcquire('slow', 4), undefined);
  assert.equal(await other.tryAcquire('slow', 4), undefined);
  assert.ok(await other.tryAcquire('quick', 4), 'other connections are not paused');
  await stage.db.query(`update throttles set not_before = now() where name = 'slow'`);
  assert.ok(await other.tryAcquire('slow', 4));
});

test('S45: refusals in a row leave fewer slots, down to one, for all processes; they come back with time', async () => {
  const free = async (): Promise<number> => {
    const got = held(await Promise.all(Array.from({ length: 8 }, () => other.tryAcquire('falls', 8))));
    for (const lease of got) await lease.release();
    return got.length;
  };
  const seconds = (text: string) => `interval '${text} seconds'`;
  const refuse = async (): Promise<void> => {
    await stage.leases.pauseUntil('falls', new Date(Date.now() + 40_000));
    await other.pauseUntil('falls', new Date(Date.now() + 41_000));
    await stage.db.query(`update throttles set not_before = now() where name = 'falls'`);
  };
  assert.equal(await free(), 8);
  const left = [];
  for (let times = 0; times < 5; times += 1) {
    await refuse();
    left.push(await free());
  }
  assert.deepEqual(left, [4, 2, 1, 1, 1], 'two refusals of one pause count once');
  for (const [after, slots] of [
    ['90', 1],
    ['130', 2],
    ['170', 4],
    ['1000', 8],
  ] as const) {
    await stage.db.query(`update throttles set not_before = now() - ${seconds(after)} where name = 'falls'`);
    assert.equal(await free(), slots, `${after} s after the last pause`);
  }
});

test('S120: a long pause is told to the caller at once, so that no slot of a worker is spent on waiting', async () => {
  await stage.leases.pauseUntil('throttled', new Date(Date.now() + 600_000));
  const refused = await other.acquire('throttled', 2).then(
    () => assert.fail('a slot was given during a pause'),
    (error: unknown) => error,
  );
  assert.ok(refused instanceof LeasePaused && refused.remainingMs > 590_000);
});

test('S44: the gate of a connection takes its slots and its pauses under one name', async () => {
  const gate = gateOf(stage.leases, 'fo', 1);
  const release = await gate.enter(undefined);
  assert.equal(await other.tryAcquire('connection:fo', 1), undefined);
  await release();
  await gate.pauseUntil(new Date(Date.now() + 3_600_000));
  assert.equal(await other.tryAcquire('connection:fo', 1), undefined);
});

test('S65: the slot of a process that died is taken over when it expires, and only then', async () => {
  const dying = createLeaseStore(stage.db);
  const lost = await dying.tryAcquire('orphan', 1);
  dying.close();
  assert.equal(await other.tryAcquire('orphan', 1), undefined);
  await expire('orphan');
  const taken = await other.tryAcquire('orphan', 1);
  assert.ok(taken);
  // The dead one comes back and gives up what is no longer his.
  await lost?.release();
  assert.equal(await stage.leases.tryAcquire('orphan', 1), undefined);
  await taken.release();
  assert.ok(await stage.leases.tryAcquire('orphan', 1));
});

test('S116: a holder can tell that his slot was taken over', async () => {
  const lease = await stage.leases.tryAcquire('checked', 1);
  assert.ok(lease);
  assert.equal(await stage.leases.holds(lease), true);
  await expire('checked');
  assert.equal(await stage.leases.holds(lease), false);
  const taken = await other.tryAcquire('checked', 1);
  assert.ok(taken);
  assert.deepEqual([await stage.leases.holds(lease), await other.holds(taken)], [false, true]);
  await taken.release();
  assert.equal(await other.holds(taken), false);
});

test('The slots of single documents leave no rows behind', async () => {
  const name = 'document:test/expense/R-1';
  for (const store of [stage.leases, other, stage.leases]) {
    const lease = await store.tryAcquire(name, 1);
    assert.ok(lease);
    assert.equal(await other.tryAcquire(name, 1), undefined);
    await lease.release();
  }
  const { rowCount } = await stage.db.query('select 1 from leases where name = $1', [name]);
  assert.equal(rowCount, 0);
});
