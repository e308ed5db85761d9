import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import type { HintDispatcherOptions } from '../../src/composition/event-hints.js';
import { createHintDispatcher } from '../../src/composition/event-hints.js';
import type { HintDispatcher } from '../../src/composition/hint-loop.js';
import { waitUntil } from '../../src/launcher/wait-until.js';
import { storeEvent } from '../../src/store/event-store.js';
import { companyUuid, eventBody, quarantined, received, unverified } from './event-fixtures.js';
import type { Stage } from './stage.js';
import { openStage } from './stage.js';

let stage: Stage;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());
beforeEach(() => stage.db.query('delete from concur_events'));

const otherUuid = 'bb2a77d0-1111-4c3b-9a44-5b6c7d8e9f11';
const targets: HintDispatcherOptions['targets'] = [
  { name: 'emea', companyUuid: companyUuid.toUpperCase(), documentTypes: ['expense', 'invoice'] },
  { name: 'us', companyUuid: otherUuid, documentTypes: ['expense', 'invoice', 'cashadvance'] },
];

interface Told {
  sent: string[];
  isDown: (connection: string) => boolean;
  dispatcher: HintDispatcher;
}

function dispatch(t: TestContext, changes: Partial<HintDispatcherOptions> = {}): Told {
  const told: Told = { sent: [], isDown: () => false, dispatcher: undefined as never };
  told.dispatcher = createHintDispatcher({
    db: stage.db,
    targets,
    send: async (connection, docTypes) => {
      if (told.isDown(connection)) throw new Error('Temporal is away');
      told.sent.push(`${connection} ${docTypes.join(' ')}`);
      return crypto.randomUUID();
    },
    logger: pino({ level: 'silent' }),
    gatherMs: 20,
    paceMs: 20,
    lookEveryMs: 60_000,
    ...changes,
  });
  t.after(() => told.dispatcher.close());
  return told;
}

async function notes(): Promise<Record<string, number>> {
  const { rows } = await stage.db.query<{ note: string; count: number }>(
    `select coalesce(handled_note, 'waiting') as note, count(*)::int as count from concur_events group by 1`,
  );
  return Object.fromEntries(rows.map(({ note, count }) => [note, count]));
}

const until = (what: string, holds: () => boolean | Promise<boolean>) =>
  waitUntil(async () => ((await holds()) ? true : undefined), {
    limitMs: 60_000,
    everyMs: 10,
    onLimit: () => new Error(`this did not come true: ${what}`),
  });
const allHandled = async () => !('waiting' in (await notes()));

test('S70, S72: a burst of events is one hint per connection with the types that were seen', async (t) => {
  for (let turn = 0; turn < 40; turn += 1) {
    const eventType = turn % 2 === 0 ? 'expense.readyForIntegration' : 'invoice.readyForIntegration';
    await storeEvent(stage.db, received(eventBody({ eventType })));
  }
  await storeEvent(stage.db, received(eventBody({ facts: { companyId: otherUuid } }), { verdict: unverified }));
  const told = dispatch(t);
  await until('all are handled', allHandled);
  assert.deepEqual(told.sent.sort(), ['emea expense invoice', 'us expense']);
  assert.deepEqual(await notes(), { 'hinted: emea': 40, 'hinted: us': 1 });
});

test('S70: the company in the event decides whose poll it is, not the address at which it came in', async (t) => {
  await storeEvent(stage.db, received(eventBody({ facts: { companyId: otherUuid } }), { connection: 'emea' }));
  const told = dispatch(t);
  await until('it is handled', allHandled);
  assert.deepEqual(told.sent, ['us expense']);
});

test('S71: unknown companies, other types and unpolled types are ignored with a reason; the quarantine is left alone', async (t) => {
  const bodies = [
    eventBody({ facts: { companyId: crypto.randomUUID() } }),
    eventBody({ facts: null }),
    eventBody({ eventType: 'statusChanged' }),
    eventBody({ eventType: 'cashadvance.readyForIntegration' }),
    Buffer.from('not even JSON'),
  ];
  for (const body of bodies) await storeEvent(stage.db, received(body));
  await storeEvent(stage.db, received(eventBody(), { verdict: quarantined }));
  const told = dispatch(t);
  await until('five are handled', async () => (await notes())['waiting'] === 1);
  assert.deepEqual(told.sent, []);
  assert.deepEqual(await notes(), {
    'ignored: its company is not configured': 2,
    'ignored: its type is not followed': 1,
    'ignored: cashadvance is not polled': 1,
    'ignored: it is no event': 1,
    waiting: 1,
  });
});

test('S73, S74: while Temporal is down events wait, also the next ones; they are told when it is back', async (t) => {
  const told = dispatch(t, { lookEveryMs: 50 });
  let tries = 0;
  told.isDown = () => {
    tries += 1;
    return true;
  };
  await storeEvent(stage.db, received(eventBody()));
  told.dispatcher.nudge();
  await until('it was tried twice', () => tries >= 2);
  await storeEvent(stage.db, received(eventBody({ eventType: 'invoice.readyForIntegration' })));
  assert.deepEqual(await notes(), { waiting: 2 });
  told.isDown = () => false;
  await until('all are handled', allHandled);
  assert.deepEqual(told.sent, ['emea expense invoice']);
});

test('S73: a connection that cannot be told does not keep another one waiting', async (t) => {
  await storeEvent(stage.db, received(eventBody()));
  await storeEvent(stage.db, received(eventBody({ facts: { companyId: otherUuid } })));
  const told = dispatch(t);
  told.isDown = (connection) => connection === 'emea';
  await until('the other was told', () => told.sent.length === 1);
  assert.deepEqual(told.sent, ['us expense']);
  await until('one is handled', async () => (await notes())['hinted: us'] === 1);
  assert.equal((await notes())['waiting'], 1);
});

test('S74: events that an earlier process left are told at the start, without a nudge', async (t) => {
  await storeEvent(stage.db, received(eventBody()));
  const told = dispatch(t);
  await until('it was told', () => told.sent.length === 1);
});

test('S72: events that come in while a hint is under way are told by one more, not by one each', async (t) => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const sent: string[] = [];
  const told = dispatch(t, {
    send: async (connection, docTypes) => {
      sent.push(`${connection} ${docTypes.join(' ')}`);
      if (sent.length === 1) await held;
      return crypto.randomUUID();
    },
  });
  await storeEvent(stage.db, received(eventBody()));
  told.dispatcher.nudge();
  await until('the first hint is under way', () => sent.length === 1);
  for (let turn = 0; turn < 10; turn += 1) {
    await storeEvent(stage.db, received(eventBody({ eventType: 'invoice.readyForIntegration' })));
    told.dispatcher.nudge();
  }
  release();
  await until('all are handled', allHandled);
  assert.deepEqual(sent, ['emea expense', 'emea invoice']);
});

test('S73: five thousand events of a connection that cannot be told do not keep the one behind them waiting', async (t) => {
  await stage.db.query(
    `insert into concur_events (connection, event_id, event_type, doc_type, company_uuid, body_sha256, verdict, verdict_detail, key_set)
     select 'emea', 'e' || each, 'expense.readyForIntegration', 'expense', $1, 'd', 'verified', '', ''
     from generate_series(1, 5000) as each`,
    [companyUuid],
  );
  await storeEvent(stage.db, received(eventBody({ facts: { companyId: otherUuid } })));
  const told = dispatch(t, { lookEveryMs: 60_000 });
  told.isDown = (connection) => connection === 'emea';
  await until('the other was told', () => told.sent.length === 1);
  await until('the other is handled', async () => (await notes())['hinted: us'] === 1);
  assert.deepEqual([told.sent, (await notes())['waiting']], [['us expense'], 5_000]);
});

test('S72: a burst of events to a run that does not end costs few hints, and each is told by one behind it', async (t) => {
  const toldAt: number[] = [];
  let storedAt = 0;
  const told = dispatch(t, {
    send: async () => {
      toldAt.push(performance.now());
      return 'the run that is stuck';
    },
  });
  let stored = 0;
  // Each hint doubles the pace: a burst that lasts longer would wait for minutes on a slow machine.
  while (stored < 20 || toldAt.length < 5) {
    await storeEvent(stage.db, received(eventBody()));
    storedAt = performance.now();
    stored += 1;
    told.dispatcher.nudge();
  }
  const duringBurst = toldAt.length;
  await until('all are handled', allHandled);
  assert.deepEqual(await notes(), { 'hinted: emea': stored });
  assert.ok((toldAt.at(-1) ?? 0) > storedAt, 'the last event has no hint behind it');
  assert.ok(toldAt.length <= duringBurst + 2, `${toldAt.length - duringBurst} hints for what was left`);
  for (let place = 1; place < toldAt.length; place += 1) {
    const gap = (toldAt[place] ?? 0) - (toldAt[place - 1] ?? 0);
    assert.ok(gap >= 20 * 2 ** (place - 1) - 5, `${gap} ms before hint ${place + 1}`);
  }
});
