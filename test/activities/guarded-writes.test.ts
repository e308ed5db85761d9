import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createGuardedWrites, waitBeforeNextLook } from '../../src/activities/guarded-writes.js';
import {
  ContractViolation,
  OutcomeUnknown,
  RateLimited,
  Rejected,
  Unavailable,
} from '../../src/clients/http/errors.js';
import { earlierWrites } from '../../src/store/remote-write-store.js';
import type { Stage } from './stage.js';
import { discover, openStage } from './stage.js';

let stage: Stage;
let documentId: string;
before(async () => {
  stage = await openStage();
  documentId = (await discover(stage.db, 'guarded')).id;
});
after(() => stage.close());

const call = { system: 'fo', operation: 'fo.journal-header' };
const waits = [30, 120, 600];
const operation = call.operation;
const lost = () => new OutcomeUnknown('no answer', call);

/** Lets time pass since an answer was lost. */
const age = (key: string, seconds: number) =>
  stage.db.query('update remote_writes set lost_at = lost_at - make_interval(secs => $2) where key = $1', [
    key,
    seconds,
  ]);

/** An ERP that remembers what was created in it. */
function erp(key: string) {
  const steps: string[] = [];
  let record: string | undefined;
  let executes: (() => void) | undefined;
  const writes = createGuardedWrites({
    db: stage.db,
    documentId,
    lookAgainSeconds: waits,
  });
  return {
    steps,
    passSeconds: (seconds: number) => age(key, seconds),
    /** The record appears in the ERP, by whomever. */
    appear: () => {
      record = 'J-1';
    },
    /** What the next create does instead of succeeding. */
    next: (behaviour: () => void) => {
      executes = behaviour;
    },
    attempt: () =>
      writes.create({
        operation,
        key,
        payload: { key },
        look: async () => {
          steps.push('look');
          return record;
        },
        create: async () => {
          steps.push('create');
          const behaviour = executes;
          executes = undefined;
          behaviour?.();
          record = 'J-1';
          return record;
        },
      }),
  };
}

/** Results of all writes under a key, oldest first; null while one is open. */
const outcomes = async (key: string) => {
  const { rows } = await stage.db.query<{ outcome: string | null }>(
    'select outcome from remote_writes where key = $1 order by id',
    [key],
  );
  return rows.map((row) => row.outcome);
};

const unknownFor = async (work: Promise<unknown>): Promise<number> => {
  const error = await work.then(
    () => assert.fail('the write should have stayed unknown'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof OutcomeUnknown);
  return Math.round((error.retryAfterMs ?? 0) / 1_000);
};

test('The next look is due by the table of waits, and none is due once all have passed', () => {
  const table: [age: number, wait: number][] = [
    [0, 30],
    [10, 20],
    [30, 90],
    [119, 1],
    [120, 480],
    [599.5, 0.5],
    [600, 0],
    [10_000, 0],
  ];
  for (const [age, wait] of table) assert.equal(waitBeforeNextLook(waits, age * 1_000), wait * 1_000, `age ${age} s`);
  assert.equal(waitBeforeNextLook([], 0), 0);
});

test('C8: the first attempt looks before it creates, between an intent and a result', async () => {
  const one = erp('first');
  assert.deepEqual(await one.attempt(), { value: 'J-1', adopted: false });
  assert.deepEqual(one.steps, ['look', 'create']);
  assert.deepEqual(await outcomes('first'), ['done']);
});

test('S81: what is there already is adopted, and nothing is written', async () => {
  const one = erp('adopted');
  one.appear();
  assert.deepEqual(await one.attempt(), { value: 'J-1', adopted: true });
  assert.deepEqual(one.steps, ['look']);
  assert.deepEqual(await outcomes('adopted'), []);
});

test('S81: after a lost answer the write is looked for at each wait, and made again only after the last', async () => {
  const one = erp('lost');
  one.next(() => {
    throw lost();
  });
  assert.equal(await unknownFor(one.attempt()), 30);
  assert.deepEqual(one.steps.splice(0), ['look', 'create']);
  await one.passSeconds(30);
  assert.equal(await unknownFor(one.attempt()), 90);
  await one.passSeconds(90);
  assert.equal(await unknownFor(one.attempt()), 480);
  assert.deepEqual(one.steps.splice(0), ['look', 'look']);
  await one.passSeconds(480);
  assert.deepEqual(await one.attempt(), { value: 'J-1', adopted: false });
  assert.deepEqual(one.steps, ['look', 'create']);
  assert.deepEqual(await outcomes('lost'), ['not-executed', 'done']);
});

test('S81: a write that was executed although its answer was lost is adopted at the next look', async () => {
  const one = erp('late');
  one.next(() => {
    one.appear();
    throw lost();
  });
  assert.equal(await unknownFor(one.attempt()), 30);
  assert.deepEqual(await one.attempt(), { value: 'J-1', adopted: true });
  assert.deepEqual(one.steps, ['look', 'create', 'look']);
  assert.deepEqual(await outcomes('late'), ['found']);
});

test('S116: a kill between the commit in the ERP and our own record is adopted, not repeated', async () => {
  const one = erp('killed');
  one.next(() => {
    one.appear();
    // What a killed process leaves behind: an intent, and nobody who records a result.
    throw new Error('SIGKILL');
  });
  await assert.rejects(one.attempt(), /SIGKILL/);
  assert.deepEqual(await outcomes('killed'), [null]);
  assert.deepEqual(await one.attempt(), { value: 'J-1', adopted: true });
  assert.equal(one.steps.filter((step) => step === 'create').length, 1);
});

test('S81: an answer that cannot be read is an unknown outcome', async () => {
  const one = erp('unreadable');
  one.next(() => {
    throw new ContractViolation('another shape', call);
  });
  assert.equal(await unknownFor(one.attempt()), 30);
  assert.deepEqual(await outcomes('unreadable'), [null]);
});

for (const [name, error, outcome] of [
  ['rejected', new Rejected('The period is closed.', call, 'period-closed'), 'rejected'],
  ['rate limited', new RateLimited('wait', call, 5_000), 'not-executed'],
  ['never sent', new Unavailable('refused connection', call), 'not-executed'],
] as const) {
  test(`S119: a write that was ${name} is known not to have happened and may be made again at once`, async () => {
    const one = erp(name);
    one.next(() => {
      throw error;
    });
    await assert.rejects(one.attempt(), error);
    assert.equal((await earlierWrites(stage.db, operation, name)).open, undefined);
    assert.deepEqual(await one.attempt(), { value: 'J-1', adopted: false });
    assert.deepEqual(await outcomes(name), [outcome, 'done']);
  });
}

test('S81: an open intent of one key does not hold back another', async () => {
  const one = erp('key one');
  one.next(() => {
    throw lost();
  });
  await unknownFor(one.attempt());
  assert.deepEqual(await erp('key two').attempt(), { value: 'J-1', adopted: false });
});

test('S116: an attempt that died without a word counts as lost from the moment it is noticed', async () => {
  const one = erp('silent');
  await one.attempt();
  await stage.db.query(
    `update remote_writes set outcome = null, finished_at = null, lost_at = null, started_at = now() - interval '1 day'
     where key = 'silent'`,
  );
  const { open } = await earlierWrites(stage.db, operation, 'silent');
  assert.ok(open && open.ageMs < 10_000);
});

test('S116: of two attempts that overlap only one writes; the other is told to look again', async () => {
  const key = 'overlap';
  let arrived = 0;
  let created = 0;
  let open: () => void = () => undefined;
  const bothLooked = new Promise<void>((resolve) => {
    open = resolve;
  });
  const attempt = () =>
    createGuardedWrites({ db: stage.db, documentId, lookAgainSeconds: waits }).create({
      operation,
      key,
      payload: {},
      look: async () => {
        arrived += 1;
        if (arrived === 2) open();
        await bothLooked;
        return undefined;
      },
      create: async () => {
        created += 1;
        return 'J-1';
      },
    });
  const results = await Promise.allSettled([attempt(), attempt()]);
  assert.equal(created, 1);
  const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  assert.equal(refused.length, 1);
  assert.ok(refused[0] instanceof Unavailable);
});
