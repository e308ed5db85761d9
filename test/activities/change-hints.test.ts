import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import type { ChangeDispatcherOptions } from '../../src/composition/change-hints.js';
import { createChangeDispatcher } from '../../src/composition/change-hints.js';
import { waitUntil } from '../../src/launcher/wait-until.js';
import type { Stage } from './stage.js';
import { openStage } from './stage.js';

let stage: Stage;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());
beforeEach(() => stage.db.query('delete from webhook_notifications'));

let count = 0;
async function notify(connection: string): Promise<void> {
  count += 1;
  await stage.db.query(
    `insert into webhook_notifications (connection, company, entity_set, record_id, change_type, changed_at)
     values ($1, 'North Ltd', 'vendors', $2, 'updated', now())`,
    [connection, String(count)],
  );
}
const follow = (connection: string) =>
  stage.db.query('update webhook_notifications set handled_at = now() where connection = $1', [connection]);

function dispatcher(t: TestContext, changes: Partial<ChangeDispatcherOptions> = {}) {
  const told: string[] = [];
  const hints = createChangeDispatcher({
    db: stage.db,
    connections: ['bc', 'bc2'],
    send: async (connection) => {
      told.push(connection);
      return 'run';
    },
    logger: pino({ level: 'silent' }),
    ...{ gatherMs: 5, paceMs: 50, lookEveryMs: 200 },
    ...changes,
  });
  t.after(() => hints.close());
  return { hints, told };
}

const until = (what: string, holds: () => boolean) =>
  waitUntil(() => (holds() ? true : undefined), { limitMs: 10_000, everyMs: 5, onLimit: () => new Error(what) });

test('S57: what was stored while Temporal was away is told at the start, and again until it is followed', async (t) => {
  await notify('bc');
  const { told } = dispatcher(t);
  await until('told', () => told.length >= 3);
  await follow('bc');
  assert.ok(told.every((connection) => connection === 'bc'));
});

test('S57: one connection that cannot be told keeps no other waiting', async (t) => {
  const told: string[] = [];
  await notify('bc');
  await notify('bc2');
  let isDown = true;
  dispatcher(t, {
    send: async (connection) => {
      if (connection === 'bc' && isDown) throw new Error('Temporal is away');
      told.push(connection);
      return connection;
    },
  });
  await until('the other is told', () => told.includes('bc2'));
  isDown = false;
  await until('it is told later', () => told.includes('bc'));
});

test('S57: a burst of nudges is one hint, and the next one waits longer while the same run is at work', async (t) => {
  const at: number[] = [];
  const { hints } = dispatcher(t, {
    send: async () => {
      at.push(performance.now());
      return 'run';
    },
  });
  await notify('bc');
  for (let nudge = 0; nudge < 1_000; nudge += 1) hints.nudge();
  await until('told three times', () => at.length >= 3);
  const [first = 0, second = 0, third = 0] = at;
  assert.ok(second - first >= 45, 'paced');
  assert.ok(third - second >= 90, 'twice as long');
});

test('S57: nobody is told for a connection that has no webhooks any more, and after the end', async (t) => {
  await notify('former');
  await notify('bc');
  const { hints, told } = dispatcher(t);
  await until('told', () => told.length > 0);
  await hints.close();
  const before = told.length;
  hints.nudge();
  assert.deepEqual([...new Set(told)], ['bc']);
  assert.equal(told.length, before);
});
