import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { Writable } from 'node:stream';
import { after, before, beforeEach, test } from 'node:test';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import { request } from 'undici';
import { eventBody, testBody } from '../../simulators/fo/business-event-bodies.js';
import { createEventJudge } from '../../src/events/event-judge.js';
import type { BusinessEventEndpoint } from '../../src/events/business-event-route.js';
import type { ReceiverOptions } from '../../src/events/receiver-server.js';
import { createReceiver } from '../../src/events/receiver-server.js';
import { openDatabase } from '../../src/store/database.js';
import { countBusinessEvents } from '../../src/store/business-event-store.js';
import { eventBody as concurEvent } from './event-fixtures.js';
import type { Stage } from './stage.js';
import { openStage } from './stage.js';

let stage: Stage;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());
beforeEach(() => stage.db.query('delete from fo_business_events'));

const secret = 'aZ09._~-aZ09._~-aZ09._~-aZ09._~-';
const path = `/dynamics/fo/events/fo/${secret}`;
const endpoint: BusinessEventEndpoint = {
  connection: 'fo',
  secretSha256: createHash('sha256').update(secret).digest(),
  watchesOf: ({ company }) => (company === 'usmf' ? ['watch-postings:fo:usmf'] : []),
};

function body(company = 'usmf', eventId: string = crypto.randomUUID(), controlNumber = 1): string {
  const event = { id: 'VendorInvoicePostedBusinessEvent', company, payload: { InvoiceNumber: '48399' } };
  return eventBody(event, { eventId, controlNumber, at: new Date(), hasParents: true });
}

interface Changes extends Partial<ReceiverOptions> {
  mostPerDay?: number;
}

async function listen(t: TestContext, { mostPerDay, ...changes }: Changes = {}) {
  let nudges = 0;
  const log: string[] = [];
  const sink = new Writable({
    write: (chunk, _encoding, done) => {
      log.push(String(chunk));
      done();
    },
  });
  const onStored = () => {
    nudges += 1;
  };
  const app = createReceiver({
    db: stage.db,
    endpoints: [],
    logger: pino({ level: 'trace' }, sink),
    onStored: () => assert.fail('no event of Concur came in'),
    onConnect: () => Promise.reject(new Error('nobody connects')),
    businessEvents: { endpoints: [endpoint], onStored, ...(mostPerDay === undefined ? {} : { mostPerDay }) },
    ...changes,
  });
  const origin = await app.listen({ host: '127.0.0.1', port: 0 });
  t.after(() => app.close());
  const send = async (sent: string | Buffer, to = path, headers: Record<string, string> = {}) => {
    const answer = await request(`${origin}${to}`, { method: 'POST', body: sent, headers });
    return { status: answer.statusCode, text: await answer.body.text() };
  };
  return {
    origin,
    log,
    send,
    nudges: () => nudges,
    post: async (...sent: Parameters<typeof send>) => (await send(...sent)).status,
  };
}

const counts = () => countBusinessEvents(stage.db, 'fo');

test('S46, S47: an event is stored and answered 202; its repeats are answered 202 and hint at nothing', async (t) => {
  const { post, nudges } = await listen(t);
  const [five, three] = [crypto.randomUUID(), crypto.randomUUID()];
  for (const [id, number] of [
    [five, 5],
    [three, 3],
    [five, 5],
  ] as const) {
    assert.equal(await post(body('usmf', id, number)), 202);
  }
  const { received, repeated, waiting } = await counts();
  assert.deepEqual([received, repeated, waiting, nudges()], [2, 1, 2, 2]);
});

test('S46: nothing of an event is kept but what says where to look', async (t) => {
  const { post } = await listen(t);
  await post(body());
  const { rows } = await stage.db.query<Record<string, unknown>>('select * from fo_business_events');
  assert.deepEqual([rows[0]?.['awaits'], rows[0]?.['body']], [['watch-postings:fo:usmf'], null]);
  assert.doesNotMatch(JSON.stringify(rows), /48399/);
});

test('S46: the test message of a saved endpoint is answered 200 and leaves nothing', async (t) => {
  const { post, nudges, log } = await listen(t);
  assert.equal(await post(testBody()), 200);
  assert.deepEqual([(await counts()).received, nudges(), log], [0, 0, []]);
});

test('S46: a company that is not followed is noted, answered 202, and hints at nothing', async (t) => {
  const { post, nudges } = await listen(t);
  assert.equal(await post(body('frrt')), 202);
  const { ignored, waiting } = await counts();
  assert.deepEqual([ignored, waiting, nudges()], [1, 0, 0]);
});

test('S46, C20: what cannot be read is put aside and answered 200, whatever it calls itself', async (t) => {
  const { post, nudges, log } = await listen(t);
  const oddities: [string | Buffer, Record<string, string>][] = [
    ['{', { 'content-type': 'application/json' }],
    ['', {}],
    ['[]', { 'content-type': ';;;' }],
    [Buffer.from([0, 1, 255]), { 'content-type': 'application/json; charset="' }],
    ['{', { 'content-type': 'text/plain' }],
    [Buffer.alloc(40 * 1_024, 'x'), {}],
  ];
  for (const [sent, headers] of oddities) assert.equal(await post(sent, path, headers), 200, String(sent).slice(0, 20));
  const { received, putAside, repeated } = await counts();
  assert.deepEqual([received, putAside, repeated, nudges()], [5, 5, 1, 0]);
  const { rows } = await stage.db.query<{ note: string; size: number | null }>(
    'select note, length(body) as size from fo_business_events order by id',
  );
  assert.deepEqual(
    rows.map(({ size }) => size),
    [1, 0, 2, 3, null],
  );
  assert.match(rows.at(-1)?.note ?? '', /^put aside: 40960 bytes were not kept$/);
  assert.equal(log.filter((line) => line.includes('was put aside')).length, 5);
});

const wrongAddresses = [
  `/dynamics/fo/events/fo/${secret.slice(0, -1)}`,
  `/dynamics/fo/events/fo/${secret}x`,
  `/dynamics/fo/events/fo/${secret.toLowerCase()}`,
  `/dynamics/fo/events/fo/${secret.repeat(8)}`,
  `/dynamics/fo/events/fo-test/${secret}`,
  `/dynamics/fo/events/fo/${secret}/more`,
  `/dynamics/fo/events/${secret}`,
  `/dynamics/fo/events/fo?secret=${secret}`,
  `/events/fo/${secret}`,
  `//dynamics//fo//events//fo//short-${secret.slice(0, 10)}`,
  `/dynamics/fo/events/fo%2F${secret}`,
  `/dynamics/fo/events/%E0%A4/${secret}`,
];

test('S32, C20: a wrong name or secret is an unknown address: 503, counted, and the log shows no part of a secret', async (t) => {
  for (const address of wrongAddresses) {
    const { post, log } = await listen(t);
    assert.equal(await post(body(), address), 503, address);
    const said = log.filter((line) => line.includes('belongs to no connection'));
    assert.equal(said.length, 1);
    assert.doesNotMatch(log.join('').toLowerCase(), /az09/, address);
  }
  const { post, log, origin } = await listen(t);
  for (const address of wrongAddresses) await post(body(), address);
  assert.equal(log.length, 1);
  assert.match(log.join(''), /"posted":1/);
  assert.equal((await request(`${origin}${path}`)).statusCode, 404);
  assert.equal((await counts()).received, 0);
});

test('S46: the case of the address and a slash behind it do not matter; that of the secret does', async (t) => {
  const { post } = await listen(t);
  for (const address of [`${path}/`, `/Dynamics/FO/Events/Fo/${secret}`, `//dynamics/fo//events/fo/${secret}?x=1`]) {
    assert.equal(await post(body(), address), 202, address);
  }
  assert.equal((await counts()).received, 3);
});

test('S32: neither an answer nor the log of a failure shows the secret', async (t) => {
  const down = openDatabase('postgres://nobody@127.0.0.1:1/none', { max: 2 });
  t.after(() => down.end());
  const { send, log } = await listen(t, { db: down });
  const { status, text } = await send(body());
  assert.equal(status, 503);
  assert.match(log.join(''), /a request failed/);
  assert.doesNotMatch(text + log.join(''), /aZ09/);
  const mended = await listen(t);
  assert.equal(await mended.post(body()), 202);
});

test('S46, C20: above the daily number events are answered 503 and nothing is stored; repeats count once', async (t) => {
  const { post, log } = await listen(t, { mostPerDay: 2 });
  const same = body();
  const statuses = [];
  for (const sent of [same, same, body(), body(), testBody()]) statuses.push(await post(sent));
  assert.deepEqual(statuses, [202, 202, 202, 503, 200]);
  assert.equal((await counts()).received, 2);
  assert.match(log.join(''), /too many business events/);
});

test('C20: a flood of business events turns no event of Concur away', async (t) => {
  const judge = createEventJudge({ mode: 'off', algorithms: ['pss-sha256'], keys: [] });
  const { post } = await listen(t, {
    limits: { perSecond: 1, atOnce: 10 },
    endpoints: [{ connection: 'emea', companyUuid: 'unused', judge, appCenter: false }],
    onStored: () => undefined,
  });
  const statuses = await Promise.all(Array.from({ length: 10 }, () => post(body())));
  assert.ok(statuses.includes(202) && statuses.includes(503));
  assert.equal(await post(concurEvent(), '/concur/events/emea'), 202);
  assert.equal(await post(concurEvent(), '/concur/events/emea'), 202);
});

test('S46: without the section the address is unknown', async (t) => {
  const { post, log } = await listen(t, { businessEvents: { endpoints: [], onStored: () => undefined } });
  assert.equal(await post(body()), 503);
  assert.doesNotMatch(log.join(''), /aZ09/);
});
