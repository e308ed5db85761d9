import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { FaultPlan } from '../../simulators/harness/fault-plan.js';
import { LostAnswers, ThrottleBurst } from '../../simulators/harness/hardships.js';
import { createHarness } from '../../simulators/harness/harness.js';
import { randomStream } from '../../simulators/harness/random.js';
import type { Desk } from '../../simulators/harness/server.js';
import type { SimulatedService } from '../../simulators/harness/simulated-service.js';
import type { FaultLevel, SystemName } from '../../simulators/harness/types.js';

const write = (key: string, outcome: 'applied' | 'repeat' | 'refused' = 'applied') => ({
  ...{ operation: 'LedgerJournalLines.create', key, outcome },
});

function plan(level: FaultLevel, options: { systems?: SystemName[]; now?: () => Date } = {}) {
  const counts: Record<string, number> = {};
  const faults = new FaultPlan({
    ...{ level, random: randomStream(5).next, now: options.now ?? (() => new Date()) },
    ...(options.systems === undefined ? {} : { systems: options.systems }),
    counted: (_system, kind) => {
      counts[kind] = (counts[kind] ?? 0) + 1;
    },
  });
  return { faults, counts };
}

void test('B28: only the first answer to a write that was done is lost; refusals and repeats are answered', () => {
  const answers = new LostAnswers();
  assert.equal(answers.loses([]), false, 'a read');
  assert.equal(answers.loses([write('a', 'refused')]), false);
  assert.equal(answers.loses([write('a'), write('b')]), true);
  assert.equal(answers.loses([write('b')]), false, 'the answer of the first one was lost already');
  assert.equal(answers.loses([write('b'), write('c')]), true, 'something new among them');
  assert.equal(answers.loses([write('d', 'repeat')]), false);
});

void test('B28: answers of writes are lost in brutal ERPs only, those of changesets now and then to a 5xx', () => {
  const name = { name: 'LedgerJournalLines.create' };
  assert.equal(plan('brutal').faults.lost('fo', name, [write('a')])?.kind, 'reset-after');
  assert.equal(plan('brutal').faults.lost('bc', name, [write('a')])?.kind, 'reset-after');
  assert.equal(plan('brutal').faults.lost('nav', name, [write('a')])?.kind, 'reset-after');
  assert.equal(plan('brutal').faults.lost('concur', name, [write('a')]), undefined);
  assert.equal(plan('realistic').faults.lost('fo', name, [write('a')]), undefined);
  assert.equal(plan('brutal', { systems: ['concur'] }).faults.lost('fo', name, [write('a')]), undefined);
  const { faults } = plan('brutal');
  const kinds = Array.from({ length: 60 }, (_, at) => faults.lost('fo', { name: 'batch' }, [write(String(at))]));
  assert.deepEqual([...new Set(kinds.map((fault) => fault?.kind))].sort(), ['reset-after', 'server-error-after']);
  assert.ok(kinds.some((fault) => fault?.kind === 'server-error-after' && fault.status === 500));
});

void test('S44: throttling comes in bursts, with Retry-After as seconds, as a date, and without; a burst ends by itself', () => {
  let now = 0;
  const burst = new ThrottleBurst();
  const at = () => new Date(now);
  assert.equal(burst.goesOn(at()), false);
  burst.begin(at(), 0);
  assert.deepEqual(
    [1, 2, 3, 4].map(() => burst.goesOn(at())),
    [true, true, true, false],
  );
  burst.begin(at(), 0.999);
  assert.equal(burst.goesOn(at()), true);
  now += 1_500;
  assert.equal(burst.goesOn(at()), false, 'whoever waited for it is not refused again');
  const { faults } = plan('brutal', { now: at });
  const picks = Array.from({ length: 4_000 }, () => faults.pick('fo', { name: 'VendorsV3.read', kind: 'read' }, true));
  const throttled = picks.map((fault) => fault?.kind === 'rate-limited');
  const starts = throttled.filter((is, index) => is && throttled[index - 1] !== true).length;
  assert.ok(starts >= 5 && throttled.filter(Boolean).length >= 4 * starts, 'at least four in a row');
  const headers = picks.filter((fault) => fault?.kind === 'rate-limited').map((fault) => fault?.retryAfter);
  assert.ok(headers.includes('1') && headers.includes(undefined) && headers.some((header) => header?.endsWith('GMT')));
});

void test('B28: changesets of a brutal F&O often fail with 500 before anything is done, other writes rarely', () => {
  const share = (name: string): number => {
    const { faults } = plan('brutal');
    const picks = Array.from({ length: 4_000 }, () => faults.pick('fo', { name, kind: 'write' }, false));
    return picks.filter((fault) => fault?.kind === 'server-error-before').length / picks.length;
  };
  assert.ok(share('batch') > 0.07 && share('batch') < 0.13, String(share('batch')));
  assert.ok(share('LedgerJournalLines.create') < 0.03);
});

void test('B28: over the wire a brutal write is done, its answer is lost, and asked again it is answered', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hardships-'));
  const harness = createHarness({ stateFolder: folder, seed: 3, faults: 'brutal' });
  const desk: Desk = harness.desk('fo');
  let done = 0;
  const service: SimulatedService = {
    system: 'fo',
    route: () => ({
      name: 'add',
      kind: 'write',
      execute: () => {
        done += 1;
        if (done === 1) desk.write({ operation: 'add', key: 'one', outcome: 'applied' });
        else desk.repeat('add', 'one', 'added again');
        return { status: 201, body: { done } };
      },
    }),
    snapshot: () => ({}),
    faultBody: (status) => ({ fault: status }),
  };
  try {
    const url = await harness.host(service, 0);
    const post = () =>
      fetch(url, { method: 'POST' }).then(
        ({ status }) => status,
        () => 'lost' as const,
      );
    // Chance may refuse some before they are done; each of those leaves the number as it is.
    let answer = await post();
    while (done === 0) answer = await post();
    assert.equal(answer, 'lost');
    while (done < 2) answer = await post();
    assert.deepEqual(harness.book.kept.violations, [], 'the client could not know');
  } finally {
    await harness.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
