import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createHarness, type Harness } from '../../simulators/harness/harness.js';
import type { Desk, SimResponse } from '../../simulators/harness/server.js';
import type { SimulatedService } from '../../simulators/harness/simulated-service.js';
import type { FaultKind } from '../../simulators/harness/fault-types.js';
import type { FaultLevel } from '../../simulators/harness/types.js';

interface Counter {
  harness: Harness;
  url: string;
  folder: string;
  value: () => number;
  order: (kind: FaultKind, retryAfter?: string) => void;
  close: () => Promise<void>;
}

/** A service with one number: GET reads it, POST adds one and is a repeat from the second time on. */
async function openCounter(options: { folder?: string; faults?: FaultLevel } = {}): Promise<Counter> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'harness-'));
  const harness = createHarness({ stateFolder: folder, seed: 11, faults: options.faults ?? 'none' });
  const desk = harness.desk('fo');
  const state = { value: (harness.loadState('fo') as { value: number } | undefined)?.value ?? 0 };
  const url = await harness.host(counterService(desk, state), 0);
  return {
    harness,
    url,
    folder,
    value: () => state.value,
    order: (kind, retryAfter) => {
      harness.faults.order({ system: 'fo', operation: '*', kind, times: 1, ...(retryAfter ? { retryAfter } : {}) });
    },
    close: async () => {
      await harness.close();
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

function counterService(desk: Desk, state: { value: number }): SimulatedService {
  const add = (): SimResponse => {
    state.value += 1;
    if (state.value === 1) desk.write({ operation: 'add', key: 'counter', outcome: 'applied' });
    else desk.repeat('add', 'counter', 'added again');
    desk.changed();
    return { status: 201, body: { value: state.value } };
  };
  return {
    system: 'fo',
    route: ({ method }) =>
      method === 'POST'
        ? { name: 'add', kind: 'write', execute: add }
        : {
            name: 'show',
            kind: 'read',
            ...(method === 'PUT' ? { inside: ['first.read', 'second.read', 'second.read'] } : {}),
            execute: () => ({ status: 200, body: { value: state.value, pad: 'x'.repeat(500) } }),
          },
    snapshot: () => ({ ...state }),
    unauthorized: () => ({ status: 401, body: { error: 'expired' } }),
    expireToken: () => {
      state.value = -1;
    },
    faultBody: (status) => ({ fault: status }),
  };
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 3_000;
  while (!condition()) {
    assert.ok(Date.now() < deadline, 'the condition did not come true in time');
    await nextTurn();
  }
}

const post = (url: string, init: RequestInit = {}) => fetch(url, { method: 'POST', ...init });

void test('B28: an answered write is stamped, a second one is a violation with the time of that answer', async () => {
  const counter = await openCounter();
  assert.equal((await post(counter.url)).status, 201);
  await post(counter.url);
  const { writes, violations, calls } = counter.harness.book.kept;
  assert.deepEqual(
    writes.map(({ outcome }) => outcome),
    ['applied', 'repeat'],
  );
  assert.ok(writes[0]?.answeredAt);
  assert.equal(violations[0]?.firstAnsweredAt, writes[0].answeredAt);
  assert.deepEqual(calls, { fo: { add: 2 } });
  await counter.close();
});

void test('B25: reads inside a batch are counted beside the one call that carries them', async () => {
  const counter = await openCounter();
  await post(counter.url, { method: 'PUT' });
  const { calls, batched } = counter.harness.book.kept;
  assert.deepEqual(calls, { fo: { show: 1 } });
  assert.deepEqual(batched, { fo: { 'first.read': 1, 'second.read': 2 } });
  await counter.close();
});

void test('B28: after an answer that was lost on purpose a repeat is no violation', async () => {
  for (const kind of ['reset-after', 'server-error-after'] as const) {
    const counter = await openCounter();
    counter.order(kind);
    await post(counter.url).then(
      (response) => {
        assert.ok(response.status >= 500);
      },
      () => undefined,
    );
    assert.equal(counter.value(), 1, 'the work was done');
    await post(counter.url);
    assert.deepEqual(counter.harness.book.kept.violations, [], kind);
    assert.equal(counter.harness.book.kept.writes.length, 2);
    await counter.close();
  }
});

void test('S44: ordered throttling and outages answer with the given Retry-After and do no work', async () => {
  const counter = await openCounter();
  const date = new Date(Date.now() + 2_000).toUTCString();
  counter.order('rate-limited', date);
  counter.order('unavailable', '2');
  counter.order('server-error-before');
  counter.order('reset-before');
  const limited = await post(counter.url);
  assert.deepEqual([limited.status, limited.headers.get('retry-after')], [429, date]);
  assert.deepEqual(await limited.json(), { fault: 429 });
  const unavailable = await post(counter.url);
  assert.deepEqual([unavailable.status, unavailable.headers.get('retry-after')], [503, '2']);
  assert.equal((await post(counter.url)).status, 500);
  await assert.rejects(post(counter.url));
  assert.equal(counter.value(), 0);
  assert.equal((await post(counter.url)).status, 201, 'each ordered fault happens once');
  assert.deepEqual(counter.harness.book.kept.faults['fo'], {
    'rate-limited': 1,
    unavailable: 1,
    'server-error-before': 1,
    'reset-before': 1,
  });
  await counter.close();
});

void test('S44: by default Retry-After comes as seconds, as a date one to two seconds ahead, and not at all', async () => {
  const counter = await openCounter();
  const headers: (string | null)[] = [];
  for (let index = 0; index < 3; index += 1) {
    counter.order('rate-limited');
    headers.push((await fetch(counter.url)).headers.get('retry-after'));
  }
  assert.equal(headers[0], '1');
  const ahead = new Date(headers[1] ?? '').getTime() - Date.now();
  assert.ok(ahead > 0 && ahead <= 2_000, String(ahead));
  assert.equal(headers[2], null);
  await counter.close();
});

void test('B28: a truncated body breaks in the middle, a delay only takes time, an expired token is made worthless', async () => {
  const counter = await openCounter();
  counter.order('truncated');
  const response = await fetch(counter.url);
  assert.equal(response.status, 200);
  await assert.rejects(response.text());
  counter.order('delay');
  assert.equal((await fetch(counter.url)).status, 200);
  counter.order('token-expired');
  assert.equal((await fetch(counter.url)).status, 401);
  assert.equal(counter.value(), -1);
  await counter.close();
});

void test('B28: a commit stall does the work and holds the answer; a client that goes away never got it', async () => {
  const counter = await openCounter();
  const { stalls } = counter.harness;
  const stall = stalls.add({ system: 'fo', operation: 'add', when: 'commit' });
  const aborter = new AbortController();
  const held = assert.rejects(post(counter.url, { signal: aborter.signal }));
  await until(() => stalls.get(stall.id)?.caught === 1);
  assert.equal(counter.value(), 1);
  aborter.abort();
  await held;
  await until(() => stalls.get(stall.id)?.caught === 0);
  assert.equal(counter.harness.book.kept.writes[0]?.answeredAt, undefined);
  await post(counter.url);
  assert.deepEqual(counter.harness.book.kept.violations, [], 'the repeat is legitimate');
  await counter.close();
});

void test('B28: a released stall delivers its answer; one that holds before does the work only on release', async () => {
  const counter = await openCounter();
  const { stalls } = counter.harness;
  const before = stalls.add({ system: 'fo', operation: '*', when: 'before' });
  const held = post(counter.url);
  await until(() => stalls.get(before.id)?.caught === 1);
  assert.equal(counter.value(), 0);
  assert.equal((await fetch(counter.url)).status, 200, 'only the next request is caught');
  assert.ok(stalls.release(before.id));
  assert.equal((await held).status, 201);
  assert.ok(counter.harness.book.kept.writes[0]?.answeredAt);
  const commit = stalls.add({ system: 'fo', operation: 'add', when: 'commit' });
  const second = post(counter.url);
  await until(() => stalls.get(commit.id)?.caught === 1);
  assert.ok(stalls.remove(commit.id));
  assert.equal((await second).status, 201);
  assert.equal(stalls.get(commit.id), undefined);
  await counter.close();
});

void test('B28: a request held before its work is dropped when its client dies', async () => {
  const counter = await openCounter();
  const stall = counter.harness.stalls.add({ system: 'fo', operation: 'add', when: 'before' });
  const aborter = new AbortController();
  const held = assert.rejects(post(counter.url, { signal: aborter.signal }));
  await until(() => counter.harness.stalls.get(stall.id)?.caught === 1);
  aborter.abort();
  await held;
  await until(() => counter.harness.stalls.get(stall.id)?.caught === 0);
  assert.equal(counter.value(), 0);
  await counter.close();
});

void test('B28: state and journal are saved by themselves and go on after a restart', async () => {
  const first = await openCounter();
  await post(first.url);
  first.harness.book.kill('2026-01-01T00:00:00.000Z');
  await until(() => readdirSync(first.folder).includes('fo.json'));
  const position = first.harness.desk('fo').random();
  await first.harness.close();
  const second = await openCounter({ folder: first.folder });
  assert.equal(second.value(), 1);
  assert.notEqual(second.harness.desk('fo').random(), position);
  assert.deepEqual(second.harness.book.kept.kills, ['2026-01-01T00:00:00.000Z']);
  await post(second.url);
  assert.equal(second.harness.book.kept.violations.length, 1, 'the repeat of a write before the restart is seen');
  await second.close();
  await first.close();
});

void test('B28: chance injects every kind of request fault in brutal runs and none in calm ones', async () => {
  const brutal = await openCounter({ faults: 'brutal' });
  const calm = await openCounter();
  const picks = new Set<string>();
  let tokenPicks = 0;
  let items = 0;
  for (let index = 0; index < 6_000; index += 1) {
    const kind = brutal.harness.faults.pick('fo', { name: 'show', kind: 'read' }, true)?.kind;
    if (kind !== undefined) picks.add(kind);
    const write = brutal.harness.faults.pick('fo', { name: 'add', kind: 'write' }, false)?.kind;
    assert.ok(write !== 'truncated' && write !== 'token-expired');
    const token = brutal.harness.faults.pick('entra', { name: 'token', kind: 'write' }, true)?.kind;
    if (token !== undefined) tokenPicks += 1;
    assert.ok(!String(token).endsWith('-after'), 'a token answer is never lost by chance');
    if (brutal.harness.faults.item('item-failure', 'fo', 'add')) items += 1;
    assert.equal(calm.harness.faults.pick('fo', { name: 'show', kind: 'read' }, true), undefined);
    assert.equal(calm.harness.faults.item('item-missing', 'fo', 'add'), false);
  }
  assert.equal(picks.size, 9);
  assert.ok(items > 50 && tokenPicks > 50 && tokenPicks < 1_000);
  await brutal.close();
  await calm.close();
});
