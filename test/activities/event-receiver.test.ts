import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { Writable } from 'node:stream';
import { after, before, beforeEach, test } from 'node:test';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import { request } from 'undici';
import { createEventJudge } from '../../src/events/event-judge.js';
import type { ReceiverEndpoint, ReceiverOptions } from '../../src/events/receiver-server.js';
import { createReceiver } from '../../src/events/receiver-server.js';
import { openDatabase } from '../../src/store/database.js';
import { countEvents } from '../../src/store/event-reports.js';
import { companyUuid, eventBody, eventSigner } from './event-fixtures.js';
import type { Stage } from './stage.js';
import { openStage } from './stage.js';

let stage: Stage;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());
beforeEach(() => stage.db.query('delete from concur_events'));

const signer = eventSigner();
const endpoint = (mode: 'observe' | 'enforce' = 'enforce', changes: Partial<ReceiverEndpoint> = {}) => ({
  connection: 'emea',
  companyUuid,
  judge: createEventJudge({ mode, algorithms: ['pss-sha256'], keys: [signer.key] }),
  appCenter: false,
  ...changes,
});

interface Running {
  origin: string;
  post: (body: Buffer | string, headers?: Record<string, string>, path?: string) => Promise<number>;
  /** How often something was stored that is to be handled. */
  stored: () => number;
  log: string[];
}

async function listen(t: TestContext, changes: Partial<ReceiverOptions> = {}): Promise<Running> {
  let stored = 0;
  const log: string[] = [];
  const sink = new Writable({
    write: (chunk, _encoding, done) => {
      log.push(String(chunk));
      done();
    },
  });
  const app = createReceiver({
    db: stage.db,
    endpoints: [endpoint()],
    logger: pino({ level: 'trace' }, sink),
    onStored: () => {
      stored += 1;
    },
    onConnect: async () => ({ connected: true, message: 'Done.' }),
    ...changes,
  });
  const origin = await app.listen({ host: '127.0.0.1', port: 0 });
  t.after(() => app.close());
  return {
    origin,
    log,
    stored: () => stored,
    post: async (body, headers = {}, path = '/concur/events/emea') => {
      const { statusCode, body: answer } = await request(`${origin}${path}`, { method: 'POST', body, headers });
      await answer.dump();
      return statusCode;
    },
  };
}

const signed = (body: Buffer) => ({ 'Concur-Signature': signer.sign(body), 'content-type': 'application/json' });
const stored = () => countEvents(stage.db, 'emea');

test('S71, S73: a signed event is stored and answered 202; its repeats are answered 202 and are no work', async (t) => {
  const { post, stored: told } = await listen(t);
  const body = eventBody();
  const statuses = await Promise.all([1, 2, 3, 4, 5].map(() => post(body, signed(body))));
  assert.deepEqual(statuses, [202, 202, 202, 202, 202]);
  const { verified, repeated, waiting } = await stored();
  assert.deepEqual([verified, repeated, waiting, told()], [1, 4, 1, 1]);
});

test('S71, C20: altered, unsigned and badly signed events are answered 202, put aside, counted, and cause no work', async (t) => {
  const { post, stored: told } = await listen(t);
  const body = eventBody();
  const altered = Buffer.from(body);
  altered[10]! ^= 1;
  const foreign = eventSigner();
  assert.equal(await post(altered, signed(body)), 202);
  assert.equal(await post(eventBody()), 202);
  const other = eventBody();
  assert.equal(await post(other, { 'concur-signature': foreign.sign(other) }), 202);
  const { quarantined, waiting } = await stored();
  assert.deepEqual([quarantined, waiting, told()], [3, 0, 0]);
});

test('S71: observe stores what does not verify as work and tells how the first event was signed', async (t) => {
  const { post, log } = await listen(t, { endpoints: [endpoint('observe')] });
  const body = eventBody();
  assert.equal(await post(body, signed(body)), 202);
  assert.equal(await post(eventBody()), 202);
  const { verified, unverified, waiting } = await stored();
  assert.deepEqual([verified, unverified, waiting], [1, 1, 2]);
  assert.match(log.join(''), new RegExp(`verified.*pss-sha256 ${signer.key.id}`));
});

test('C20: a wrong client certificate is answered 202 and put aside', async (t) => {
  const clientCertificate = { header: 'x-client-subject', commonName: 'webhook.api.concursolutions.com' };
  const judge = createEventJudge({ mode: 'off', algorithms: ['pss-sha256'], keys: [], clientCertificate });
  const { post } = await listen(t, { endpoints: [endpoint('enforce', { judge })] });
  assert.equal(await post(eventBody(), { 'X-Client-Subject': 'CN=evil.example' }), 202);
  assert.equal(await post(eventBody(), { 'X-Client-Subject': 'CN=webhook.api.concursolutions.com,O=SAP SE' }), 202);
  const { quarantined, unverified } = await stored();
  assert.deepEqual([quarantined, unverified], [1, 1]);
});

test('S73: trap 9: what is not understood is stored and answered 200, never 4xx, whatever it calls itself', async (t) => {
  const { post } = await listen(t, { endpoints: [endpoint('observe')] });
  const oddities: [string | Buffer, Record<string, string>][] = [
    ['{', { 'content-type': 'application/json' }],
    ['', {}],
    ['', { 'content-type': 'application/json' }],
    ['[]', { 'content-type': ';;;' }],
    ['<a/>', { 'content-type': 'text/xml; charset=nonsense' }],
    [Buffer.from([0, 1, 255]), { 'content-type': 'application/json; charset="' }],
    [eventBody({ eventType: 'payroll.readyForIntegration' }), {}],
    [eventBody({ id: 'a\u0000b', eventType: 'statusChanged' }), { 'content-type': 'none' }],
  ];
  for (const [body, headers] of oddities) assert.equal(await post(body, headers), 200, String(body));
  // An empty body is the same event each time.
  const { unverified, repeated } = await stored();
  assert.deepEqual([unverified, repeated], [7, 1]);
});

test('S70: an event without content type is read like any other, also with a slash behind the address', async (t) => {
  const { post } = await listen(t);
  const body = eventBody();
  assert.equal(await post(body, { 'concur-signature': signer.sign(body) }, '/concur/events/emea/'), 202);
  assert.equal((await stored()).verified, 1);
});

test('S73: of a body above 32 KB only digest and size are stored, and it is answered 202', async (t) => {
  const { post, stored: told } = await listen(t);
  const body = eventBody({ padding: 'x'.repeat(32 * 1_024) });
  assert.equal(await post(body, signed(body)), 202);
  const { rows } = await stage.db.query<{ body: Buffer | null; event_id: string; verdict: string; detail: string }>(
    'select body, event_id, verdict, verdict_detail as detail from concur_events',
  );
  assert.deepEqual([rows[0]?.body, rows[0]?.verdict, told()], [null, 'quarantined', 0]);
  assert.match(rows[0]?.detail ?? '', new RegExp(`${body.length} bytes were not kept`));
  assert.match(rows[0]?.event_id ?? '', /^sha256:[0-9a-f]{64}$/);
});

test('S73: a body of exactly the cap is kept', async (t) => {
  const body = eventBody();
  const { post } = await listen(t, { bodyCapBytes: body.length });
  await post(body, signed(body));
  const larger = Buffer.concat([body, Buffer.from(' ')]);
  await post(larger, signed(larger));
  const { verified, quarantined } = await stored();
  assert.deepEqual([verified, quarantined], [1, 1]);
});

test('S73, C20: whatever is posted to a wrong address is answered 503, so that it comes again; it is said once', async (t) => {
  const { post, origin, log } = await listen(t);
  for (const path of [
    '/concur/events/unknown?key=secret',
    '/concur/events',
    '/',
    '/concur/events/emea/more',
    '/concur/events/%E0%A4',
    `/concur/events/${'x'.repeat(200)}`,
  ]) {
    assert.equal(await post(eventBody(), {}, path), 503, path);
    assert.equal(await post('<a/>', { 'content-type': ';;;' }, path), 503, path);
  }
  assert.equal((await stored()).quarantined, 0);
  const said = log.filter((line) => line.includes('belongs to no connection'));
  assert.equal(said.length, 1);
  assert.match(said.join(''), /\/concur\/events\/unknown"/);
  assert.equal((await request(`${origin}/concur/events/emea`)).statusCode, 404);
  assert.equal((await request(`${origin}/concur/connect/emea?id=x&requestToken=y`)).statusCode, 404);
  assert.equal((await request(`${origin}/healthz`)).statusCode, 200);
});

test('S73, C20: the case of an address and a second slash in it do not lose an event', async (t) => {
  const { post } = await listen(t);
  for (const path of ['/Concur/Events/emea', '/concur/events/EMEA', '/CONCUR/EVENTS/Emea/', '//concur//events/emea']) {
    const body = eventBody();
    assert.equal(await post(body, signed(body), path), 202, path);
  }
  assert.equal((await stored()).verified, 4);
});

/** What comes back over a plain connection until its end. */
async function exchange(origin: string, sent: string): Promise<string> {
  const socket = connect(Number(new URL(origin).port), '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => (answer += String(chunk)));
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => undefined);
  socket.write(sent);
  await closed;
  return answer;
}

test('C20: what is no HTTP is answered by the end of the connection, never by a 4xx of the web server', async (t) => {
  const { origin } = await listen(t);
  const start = 'POST /concur/events/emea HTTP/1.1\r\nHost: x\r\n';
  for (const sent of [
    'nonsense\r\n\r\n',
    `${start}X-Long: ${'x'.repeat(40_000)}\r\n\r\n`,
    `${start}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`,
    `${start}bad header\r\n\r\n`,
  ]) {
    assert.equal(await exchange(origin, sent), '', sent.slice(0, 80));
  }
});

test('C20: an event without a host, or with an expectation that nobody knows, is taken like any other', async (t) => {
  const { origin } = await listen(t);
  for (const header of ['', 'Host: x\r\nExpect: a-miracle\r\n']) {
    const body = eventBody();
    const head = `POST /concur/events/emea HTTP/1.1\r\n${header}Connection: close\r\nContent-Length: ${body.length}\r\n\r\n`;
    assert.match(await exchange(origin, head + String(body)), /^HTTP\/1\.1 202 /, header);
  }
  assert.equal((await stored()).quarantined, 2);
});

test('S71, S73: events that nobody can verify are stored up to a daily number, then answered 503; verified ones always', async (t) => {
  const first = await listen(t, { untrustedPerDay: 3 });
  const same = eventBody();
  const bodies = [same, same, eventBody(), eventBody(), eventBody()];
  const statuses = [];
  for (const body of bodies) statuses.push(await first.post(body));
  assert.deepEqual(statuses, [202, 202, 202, 202, 503]);
  const genuine = eventBody();
  assert.equal(await first.post(genuine, signed(genuine)), 202);
  assert.match(first.log.join(''), /too many events that nobody can verify/);
  const another = await listen(t, { untrustedPerDay: 3 });
  assert.equal(await another.post(eventBody()), 503);
  assert.equal((await stored()).quarantined, 3);
  await stage.db.query(`update concur_events set received_at = now() - interval '25 hours'`);
  const nextDay = await listen(t, { untrustedPerDay: 3 });
  assert.equal(await nextDay.post(eventBody()), 202);
});

test('S73: a flood is taken at no more than thirty a second, the rest is answered 503', async (t) => {
  const { post } = await listen(t);
  const startedAt = performance.now();
  let taken = 0;
  for (let turn = 0; turn < 20; turn += 1) {
    const statuses = await Promise.all(Array.from({ length: 20 }, () => post('')));
    taken += statuses.filter((status) => status === 200 || status === 202).length;
  }
  const most = 60 + 30 * ((performance.now() - startedAt) / 1_000) + 1;
  assert.ok(taken >= 60 && taken <= most, `${taken} of 400 were taken, at most ${most} may be`);
});

test('S73: with the database down the answer is 503, fast; the event is taken when it comes again', async (t) => {
  const down = openDatabase('postgres://nobody@127.0.0.1:1/none', { max: 2 });
  t.after(() => down.end());
  const broken = await listen(t, { db: down });
  const body = eventBody();
  const startedAt = performance.now();
  assert.equal(await broken.post(body, signed(body)), 503);
  assert.ok(performance.now() - startedAt < 5_000);
  const mended = await listen(t);
  assert.equal(await mended.post(body, signed(body)), 202);
  assert.deepEqual([broken.stored(), mended.stored(), (await stored()).verified], [0, 1, 1]);
});

test('S73: a database that accepts and never answers costs less than five seconds, too', async (t) => {
  const sockets: Socket[] = [];
  const hanging = createServer((socket) => sockets.push(socket));
  await new Promise<void>((resolve) => hanging.listen(0, '127.0.0.1', resolve));
  const hung = openDatabase(`postgres://nobody@127.0.0.1:${(hanging.address() as AddressInfo).port}/none`, { max: 2 });
  t.after(async () => {
    for (const socket of sockets) socket.destroy();
    hanging.close();
    await hung.end();
  });
  const { post } = await listen(t, { db: hung });
  const startedAt = performance.now();
  assert.equal(await post(eventBody()), 503);
  assert.ok(performance.now() - startedAt < 5_000);
});

test('S73: what exceeds the limits is answered 503, so that Concur sends it again, and is taken then', async (t) => {
  const { post } = await listen(t, { limits: { perSecond: 1, atOnce: 10 } });
  const statuses = [];
  for (let turn = 0; turn < 4; turn += 1) statuses.push(await post(eventBody()));
  assert.deepEqual(statuses.slice(0, 2), [202, 202]);
  assert.ok(statuses.slice(2).includes(503));
  const narrow = await listen(t, { limits: { perSecond: 100, atOnce: 1 } });
  const bodies = Array.from({ length: 8 }, () => eventBody());
  const together = await Promise.all(bodies.map((body) => narrow.post(body, signed(body))));
  assert.ok(together.every((status) => status === 202 || status === 503));
  for (const body of bodies) assert.equal(await narrow.post(body, signed(body)), 202);
  assert.equal((await stored()).verified, 8);
});

test('S21: the App Center page hands the token over and shows what became of it', async (t) => {
  const given: string[][] = [];
  const { origin, log } = await listen(t, {
    endpoints: [endpoint('observe', { appCenter: true })],
    onConnect: async (...call) => {
      given.push(call);
      return call[2] === 'bad' ? { connected: false, message: '<b>No</b>' } : { connected: true, message: 'Done.' };
    },
  });
  const open = async (query: string) => {
    const answer = await request(`${origin}/concur/connect/emea?${query}`);
    return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
  };
  const good = await open(`ID=${companyUuid.toUpperCase()}&REQUESTTOKEN=secret-token-1&userId=1&userID=2`);
  assert.deepEqual([good.status, given], [200, [['emea', companyUuid, 'secret-token-1']]]);
  assert.match(good.text, /<h1>Connected<\/h1><p>Done\.<\/p>/);
  assert.deepEqual([good.headers['referrer-policy'], good.headers['cache-control']], ['no-referrer', 'no-store']);
  const bad = await open(`id=${companyUuid}&requestToken=bad`);
  assert.equal(bad.status, 409);
  assert.match(bad.text, /&lt;b&gt;No/);
  assert.equal(
    (await request(`${origin}/concur/connect/emea?id=${companyUuid}&requestToken=x`, { method: 'HEAD' })).statusCode,
    404,
  );
  assert.equal(given.length, 2);
  assert.doesNotMatch(log.join('') + good.text, /secret-token-1/);
});

test('S21: another company, an incomplete link and a failure do not connect, and nothing shows the token', async (t) => {
  let calls = 0;
  const { origin, log } = await listen(t, {
    endpoints: [endpoint('observe', { appCenter: true })],
    onConnect: () => {
      calls += 1;
      return Promise.reject(new Error('failed with secret-token-2'));
    },
  });
  const open = async (query: string) => {
    const { statusCode, body } = await request(`${origin}/concur/connect/emea${query}`);
    return { statusCode, text: await body.text() };
  };
  const foreign = await open(`?id=${crypto.randomUUID()}&requestToken=secret-token-2`);
  assert.equal(foreign.statusCode, 403);
  for (const query of ['', `?id=${companyUuid}`, '?requestToken=secret-token-2', `?id=${companyUuid}&requestToken=`]) {
    assert.equal((await open(query)).statusCode, 400, query);
  }
  assert.equal(calls, 0);
  const failed = await open(`?id=${companyUuid}&requestToken=secret-token-2`);
  assert.equal(failed.statusCode, 503);
  assert.doesNotMatch(log.join('') + foreign.text + failed.text, /secret-token-2/);
});
