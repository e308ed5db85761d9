import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import type { HintDispatcher } from '../../src/composition/hint-loop.js';
import type { WatchHintOptions } from '../../src/composition/watch-hints.js';
import { createWatchHints } from '../../src/composition/watch-hints.js';
import { waitUntil } from '../../src/launcher/wait-until.js';
import type { ReceivedBusinessEvent } from '../../src/store/business-event-store.js';
import {
  awaitedWatches,
  countBusinessEvents,
  countRecentBusinessEvents,
  deleteOldBusinessEvents,
  endHints,
  storeBusinessEvent,
} from '../../src/store/business-event-store.js';
import type { Stage } from './stage.js';
import { openStage } from './stage.js';

let stage: Stage;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());
beforeEach(() => stage.db.query('delete from fo_business_events'));

const postings = 'watch-postings:fo:usmf';
const payments = 'watch-payments:fo:usmf';
const other = 'watch-postings:fo:demf';

const store = (changes: Partial<ReceivedBusinessEvent> = {}) =>
  storeBusinessEvent(stage.db, {
    connection: 'fo',
    eventId: crypto.randomUUID(),
    businessEventId: 'VendorInvoicePostedBusinessEvent',
    company: 'usmf',
    happenedAt: new Date(),
    awaits: [postings],
    note: null,
    body: null,
    ...changes,
  });
const counts = () => countBusinessEvents(stage.db, 'fo');

async function notes(): Promise<(string | null)[]> {
  const { rows } = await stage.db.query<{ note: string | null }>('select note from fo_business_events order by id');
  return rows.map(({ note }) => note);
}

interface Told {
  sent: string[];
  isDown: (watch: string) => boolean;
  paused: Set<string>;
  dispatcher: HintDispatcher;
}

function dispatch(t: TestContext, changes: Partial<WatchHintOptions> = {}): Told {
  const told: Told = { sent: [], isDown: () => false, paused: new Set(), dispatcher: undefined as never };
  told.dispatcher = createWatchHints({
    db: stage.db,
    watches: [postings, payments, other],
    trigger: async (watch) => {
      if (told.isDown(watch)) throw new Error('Temporal is away');
      if (told.paused.has(watch)) return 'paused';
      told.sent.push(watch);
      return 'triggered';
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

const until = (what: string, holds: () => boolean | Promise<boolean>) =>
  waitUntil(async () => ((await holds()) ? true : undefined), {
    limitMs: 60_000,
    everyMs: 10,
    onLimit: () => new Error(`this did not come true: ${what}`),
  });
const nothingWaits = async () => (await counts()).waiting === 0;

test('S47: events 5, 3, 5 are stored once each; the repeat is counted and hints at nothing', async () => {
  const [five, three] = [crypto.randomUUID(), crypto.randomUUID()];
  const outcomes = [];
  for (const eventId of [five, three, five]) outcomes.push(await store({ eventId }));
  assert.deepEqual(outcomes, ['fresh', 'fresh', 'duplicate']);
  const { received, repeated, waiting } = await counts();
  assert.deepEqual([received, repeated, waiting], [2, 1, 2]);
  const [awaited] = await awaitedWatches(stage.db, 10);
  assert.ok(awaited);
  await endHints(stage.db, awaited);
  assert.equal(await store({ eventId: three }), 'duplicate');
  assert.deepEqual(await awaitedWatches(stage.db, 10), []);
});

test('S47: copies that come in at the same moment are one event; another environment may have the same id', async () => {
  const eventId = crypto.randomUUID();
  const outcomes = await Promise.all(Array.from({ length: 10 }, () => store({ eventId })));
  assert.deepEqual(outcomes.filter((outcome) => outcome === 'fresh').length, 1);
  assert.equal((await counts()).repeated, 9);
  assert.equal(await store({ eventId, connection: 'fo-test' }), 'fresh');
});

test('S46: an event that hints at two watches waits until both were told', async () => {
  await store({ awaits: [postings, payments] });
  const both = await awaitedWatches(stage.db, 10);
  assert.deepEqual(both.map(({ watch }) => watch).sort(), [payments, postings]);
  for (const awaited of both.filter(({ watch }) => watch === payments)) await endHints(stage.db, awaited);
  assert.equal((await counts()).waiting, 1);
  assert.deepEqual(await awaitedWatches(stage.db, 10, [postings]), []);
  assert.deepEqual(
    (await awaitedWatches(stage.db, 10)).map(({ watch }) => watch),
    [postings],
  );
});

test('S46: the report tells what came in, was put aside or ignored, and the newest id', async () => {
  const nothing = await counts();
  assert.deepEqual([nothing.received, nothing.lastReceivedAt, nothing.lastEvent], [0, null, null]);
  await store();
  await store({ businessEventId: 'Workflow_New', awaits: [], note: 'ignored: its company is not followed' });
  await store({ businessEventId: null, awaits: [], note: 'put aside: it is no JSON object', body: Buffer.from('{') });
  const { received, putAside, ignored, waiting, lastEvent } = await counts();
  assert.deepEqual([received, putAside, ignored, waiting, lastEvent], [3, 1, 1, 1, 'Workflow_New']);
});

test('S46: a burst of events is one look per watch', async (t) => {
  for (let turn = 0; turn < 40; turn += 1) await store({ awaits: turn % 2 === 0 ? [postings] : [postings, payments] });
  await store({ company: 'demf', awaits: [other] });
  const told = dispatch(t);
  await until('nothing waits', nothingWaits);
  assert.deepEqual(told.sent.sort(), [payments, other, postings].sort());
});

test('S46: events that come while a watch is being told are told by one more look, at the pace', async (t) => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const sentAt: number[] = [];
  const told = dispatch(t, {
    paceMs: 300,
    trigger: async () => {
      sentAt.push(performance.now());
      if (sentAt.length === 1) await held;
      return 'triggered';
    },
  });
  await store();
  told.dispatcher.nudge();
  await until('the first is under way', () => sentAt.length === 1);
  for (let turn = 0; turn < 10; turn += 1) {
    await store();
    told.dispatcher.nudge();
  }
  release();
  await until('nothing waits', nothingWaits);
  assert.equal(sentAt.length, 2);
  assert.ok((sentAt[1] ?? 0) - (sentAt[0] ?? 0) >= 295, 'the second look came before its time');
});

test('S46: a watch that cannot be told keeps no other one waiting, and is told when that is possible again', async (t) => {
  await store({ awaits: [postings, payments] });
  const told = dispatch(t, { lookEveryMs: 50 });
  told.isDown = (watch) => watch === postings;
  await until('the other was told', () => told.sent.includes(payments));
  assert.equal((await counts()).waiting, 1);
  told.isDown = () => false;
  await until('nothing waits', nothingWaits);
  assert.deepEqual(told.sent, [payments, postings]);
});

test('S46: the pause of an operator holds: the events are ended and the watch is left alone', async (t) => {
  await store();
  const told = dispatch(t);
  told.paused.add(postings);
  await until('nothing waits', nothingWaits);
  assert.deepEqual([told.sent, await notes()], [[], ['ignored: the watch is paused']]);
});

test('S46: hints at a company that the file does not name any more are ended', async (t) => {
  await store({ awaits: ['watch-postings:fo:gone'] });
  const told = dispatch(t);
  await until('nothing waits', nothingWaits);
  assert.deepEqual([told.sent, await notes()], [[], ['ignored: its company is not followed any more']]);
});

test('S46: old events go at the start of a process; what waits stays, however old it is', async (t) => {
  await store({ awaits: [] });
  await store({ awaits: [postings] });
  await stage.db.query(`update fo_business_events set received_at = now() - interval '36 days'`);
  await store({ awaits: [] });
  const told = dispatch(t, { lookEveryMs: 50 });
  told.isDown = () => true;
  await until('the old one is gone', async () => (await counts()).received === 2);
  assert.equal((await counts()).waiting, 1);
  assert.equal(await countRecentBusinessEvents(stage.db, 'fo'), 1);
});

test('S46: old events are deleted in bounded steps', async () => {
  for (let turn = 0; turn < 5; turn += 1) await store({ awaits: [] });
  await stage.db.query(`update fo_business_events set received_at = now() - interval '36 days'`);
  assert.equal(await deleteOldBusinessEvents(stage.db, 35, 2, 1), 2);
  assert.equal(await deleteOldBusinessEvents(stage.db, 35, 2), 3);
});
