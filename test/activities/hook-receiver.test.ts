import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { after, before, beforeEach, test } from 'node:test';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import { request } from 'undici';
import type { HookOptions } from '../../src/events/hook-route.js';
import type { ReceiverOptions } from '../../src/events/receiver-server.js';
import { createReceiver } from '../../src/events/receiver-server.js';
import { openDatabase } from '../../src/store/database.js';
import { createSealer } from '../../src/store/envelope-encryption.js';
import { countPutAside, quarantineContext, unfollowedNotifications } from '../../src/store/webhook-inbox.js';
import {
  addClientState,
  markHeld,
  newWebhookSecret,
  openHandshake,
  setCompanyId,
  wantWebhooks,
  webhookDigest,
  webhookPathToken,
} from '../../src/store/webhook-store.js';
import type { Stage } from './stage.js';
import { openStage } from './stage.js';

const connection = 'bc';
const companyId = 'b18aed47-c385-49d2-b954-dbdf8ad71780';
const recordId = '5d115c9c-44e3-ea11-bb43-000d3a2feca1';
const hourMs = 3_600_000;
const sealer = createSealer(randomBytes(32).toString('base64'));
const vendors = { connection, company: 'North Ltd', set: 'vendors' } as const;

let stage: Stage;
let paths: { 'master-data': string; documents: string };
/** Client state of the subscription to vendors. */
let state: string;

before(async () => {
  stage = await openStage();
});
after(() => stage.close());
beforeEach(async () => {
  for (const table of ['addresses', 'subscriptions', 'notifications', 'quarantine']) {
    await stage.db.query(`delete from webhook_${table}`);
  }
  paths = {
    'master-data': `/hooks/nav/${await webhookPathToken(stage.db, sealer, connection, 'master-data')}`,
    documents: `/hooks/nav/${await webhookPathToken(stage.db, sealer, connection, 'documents')}`,
  };
  const wanted = [
    { company: 'North Ltd', set: 'vendors', group: 'master-data' },
    { company: 'North Ltd', set: 'purchaseInvoices', group: 'documents' },
  ] as const;
  await wantWebhooks(stage.db, connection, wanted, stage.now());
  state = newWebhookSecret();
  await addClientState(stage.db, vendors, webhookDigest(state), stage.now());
  await setCompanyId(stage.db, vendors, companyId);
  await hold(state);
});

async function hold(clientState: string): Promise<void> {
  const expiresAt = new Date(stage.now().getTime() + 72 * hourMs);
  const held = { subscriptionId: 'v1', companyId, expiresAt, stateDigest: webhookDigest(clientState) };
  await markHeld(stage.db, vendors, held, { did: 'created', because: 'a test', isGap: false }, stage.now());
}

interface Running {
  origin: string;
  port: number;
  post: (
    path: string,
    body?: string | Buffer,
    headers?: Record<string, string>,
  ) => Promise<{ status: number; type: string; text: string }>;
  told: () => number;
  log: string[];
}

async function listen(
  t: TestContext,
  hooks: Partial<HookOptions> = {},
  changes: Partial<ReceiverOptions> = {},
): Promise<Running> {
  let told = 0;
  const log: string[] = [];
  const sink = new Writable({
    write: (chunk, _encoding, done) => {
      log.push(String(chunk));
      done();
    },
  });
  const app = createReceiver({
    db: stage.db,
    endpoints: [],
    logger: pino({ level: 'trace' }, sink),
    onStored: () => undefined,
    onConnect: async () => ({ connected: true, message: 'Done.' }),
    hooks: { connections: [connection], sealer, now: stage.now, onStored: () => void (told += 1), ...hooks },
    ...changes,
  });
  const origin = await app.listen({ host: '127.0.0.1', port: 0 });
  t.after(() => app.close());
  return {
    origin,
    port: (app.server.address() as AddressInfo).port,
    told: () => told,
    log,
    post: async (path, body = '', headers = {}) => {
      const answer = await request(`${origin}${path}`, { method: 'POST', body, headers });
      return {
        status: answer.statusCode,
        type: String(answer.headers['content-type'] ?? ''),
        text: await answer.body.text(),
      };
    },
  };
}

const item = (changes: Record<string, unknown> = {}) => ({
  subscriptionId: 'v1',
  clientState: state,
  resource: `api/v2.0/companies(${companyId})/vendors(${recordId})`,
  changeType: 'updated',
  lastModifiedDateTime: '2026-08-21T12:54:20.467Z',
  ...changes,
});
const message = (...items: unknown[]) => JSON.stringify({ value: items });
const waiting = () => unfollowedNotifications(stage.db, connection, 100);
const aside = async () =>
  Object.fromEntries((await countPutAside(stage.db, connection)).map((each) => [each.reason, each.count]));

/** Answers after which Business Central keeps its subscriptions (NAV spec 18). */
const costsNothing = (status: number): boolean =>
  (status >= 200 && status < 300) || status === 408 || status === 429 || status >= 500;

test('S54: the handshake is answered with the token as text, while a creation or renewal of that address waits', async (t) => {
  const { post } = await listen(t);
  const path = `${paths['master-data']}?validationToken=ab12%2Bc+d%3D`;
  assert.equal((await post(path)).status, 503, 'nothing is pending');
  await openHandshake(stage.db, connection, 'master-data', new Date(stage.now().getTime() + 120_000));
  assert.deepEqual(await post(path), { status: 200, type: 'text/plain', text: 'ab12+c+d=' });
  assert.deepEqual(await post(path, '{}', { 'content-type': 'application/json' }), {
    status: 200,
    type: 'text/plain',
    text: 'ab12+c+d=',
  });
  assert.equal(
    (await post(`${paths.documents}?validationToken=ab12`)).status,
    503,
    'the other address waits for nothing',
  );
  stage.passSeconds(121);
  assert.equal((await post(path)).status, 503, 'it is over after two minutes');
});

test('S54: the address never says what somebody else wants it to say', async (t) => {
  const { post } = await listen(t);
  await openHandshake(stage.db, connection, 'master-data', new Date(stage.now().getTime() + 120_000));
  for (const token of ['%3Cscript%3E%0D%0A', encodeURIComponent('a b'), 'x'.repeat(1_025), '', '%00']) {
    const answer = await post(`${paths['master-data']}?validationToken=${token}`);
    assert.deepEqual([answer.status, answer.text], [503, ''], token);
  }
});

test('S56: the good notification of a message is stored and followed, the forged one is put aside and counted', async (t) => {
  const { post, told } = await listen(t);
  const body = message(item(), item({ clientState: 'forged' }));
  assert.deepEqual(await post(paths['master-data'], body), { status: 200, type: '', text: '' });
  const stored = await waiting();
  assert.deepEqual(
    stored.map((each) => [each.company, each.set, each.recordId]),
    [['North Ltd', 'vendors', recordId]],
  );
  assert.deepEqual(await aside(), { 'the client state is wrong': 1 });
  assert.equal(told(), 1);
  const { rows } = await stage.db.query<{ keyId: string; sealed: Buffer }>(
    'select key_id as "keyId", sealed from webhook_quarantine',
  );
  assert.equal(Buffer.from(sealer.open(rows[0]!, quarantineContext(connection)), 'base64').toString(), body);
});

test('S56: a repeated message is no news; a repeated forgery is counted', async (t) => {
  const { post, told } = await listen(t);
  const body = message(item(), item({ clientState: 'forged' }), item());
  for (let turn = 0; turn < 3; turn += 1) assert.equal((await post(paths['master-data'], body)).status, 200);
  assert.equal((await waiting()).length, 1);
  assert.equal(told(), 1);
  assert.deepEqual(await aside(), { 'the client state is wrong': 3 });
});

test('S56: a former client state is taken for a day after a renewal, and no longer', async (t) => {
  const { post } = await listen(t);
  const former = state;
  state = newWebhookSecret();
  await addClientState(stage.db, vendors, webhookDigest(state), stage.now());
  await hold(state);
  const at = (second: number) => ({ lastModifiedDateTime: `2026-08-21T12:54:${second}.000Z` });
  await post(paths['master-data'], message(item(at(10)), item({ ...at(11), clientState: former })));
  assert.equal((await waiting()).length, 2);
  stage.passSeconds(25 * 3_600);
  await post(paths['master-data'], message(item(at(12)), item({ ...at(13), clientState: former })));
  assert.equal((await waiting()).length, 3);
  assert.deepEqual(await aside(), { 'the client state is wrong': 1 });
});

test('S56: a subscription is known at its own address only', async (t) => {
  const { post } = await listen(t);
  assert.equal((await post(paths.documents, message(item()))).status, 200);
  assert.deepEqual(await aside(), { 'the subscription is not known': 1 });
  assert.equal((await waiting()).length, 0);
});

test('S57, C20: whatever comes in, no answer costs a subscription', async (t) => {
  const { post, told } = await listen(t, { bodyCapBytes: 4_096 });
  const path = paths['master-data'];
  const bad: [name: string, expected: number, path: string, body: string, headers?: Record<string, string>][] = [
    ['wrong client state', 200, path, message(item({ clientState: 'x' }))],
    ['unknown subscription', 200, path, message(item({ subscriptionId: 'x' }))],
    ['bad JSON', 200, path, '{"value":['],
    ['no message', 200, path, '"hello"'],
    ['empty', 200, path, ''],
    ['too large', 200, path, message(item(), 'x'.repeat(10_000))],
    ['far too large', 200, path, 'x'.repeat(4_096 * 65)],
    ['odd type', 200, path, message(item({ clientState: 'y' })), { 'content-type': 'no/type; charset=??' }],
    ['form', 200, path, 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['unknown path token', 503, `/hooks/nav/${newWebhookSecret()}`, message(item())],
    ['token in capitals', 503, path.toUpperCase(), message(item())],
    ['more behind the token', 503, `${path}/more`, message(item())],
    ['no token', 503, '/hooks/nav/', message(item())],
    ['overlong token', 503, `/hooks/nav/${'a'.repeat(5_000)}`, message(item())],
    ['unreadable path', 503, '/hooks/nav/%E0%A4%A', message(item())],
    ['handshake out of turn', 503, `${path}?validationToken=a`, ''],
    ['handshake at an unknown token', 503, '/hooks/nav/x?validationToken=a', ''],
    ['unreadable token', 503, `${path}?validationToken=%E0%A4%A`, ''],
  ];
  for (const [name, expected, at, body, headers] of bad) {
    const { status, text } = await post(at, body, headers);
    assert.equal(status, expected, name);
    assert.ok(costsNothing(status), name);
    assert.equal(text, '', name);
  }
  assert.equal(told(), 0);
  assert.deepEqual(await aside(), {
    'the client state is wrong': 2,
    'the message is none': 4,
    'the message is too large': 2,
    'the subscription is not known': 1,
  });
});

test('S57: what a proxy may send is answered as well: chunks, an expectation, a connection that breaks off', async (t) => {
  const { port, post } = await listen(t);
  const raw = (text: string) =>
    new Promise<string>((resolve) => {
      let got = '';
      const socket = connect(port, '127.0.0.1', () => socket.write(text));
      socket.on('data', (chunk) => (got += String(chunk))).on('close', () => resolve(got));
    });
  const head = `POST ${paths['master-data']} HTTP/1.1\r\nconnection: close\r\n`;
  const body = message(item());
  const chunked = `${head}transfer-encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
  assert.match(await raw(chunked), /^HTTP\/1.1 200 /);
  const expecting = `${head}host: x\r\nexpect: something\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  assert.match(await raw(expecting), /^HTTP\/1.1 200 /);
  assert.equal(await raw('nonsense\r\n\r\n'), '');
  assert.equal((await post(paths['master-data'], body)).status, 200);
});

test('S57: a large message within the cap is taken as a whole', async (t) => {
  const { post } = await listen(t);
  const id = (index: number) => `5d115c9c-44e3-ea11-bb43-${String(index).padStart(12, '0')}`;
  const items = Array.from({ length: 4_000 }, (_, index) =>
    item({ resource: `/api/v2.0/companies(${companyId})/vendors(${id(index)})` }),
  );
  const body = message(...items);
  assert.ok(body.length > 1_048_576, 'above the usual limit of the framework');
  assert.equal((await post(paths['master-data'], body)).status, 200);
  const { rows } = await stage.db.query<{ count: string }>('select count(*) from webhook_notifications');
  assert.equal(rows[0]?.count, '4000');
});

test('S57, C20: our own faults are answered 503, and the message counts when it comes again', async (t) => {
  const away = openDatabase('postgres://127.0.0.1:1/nowhere');
  t.after(() => away.end());
  const broken = await listen(t, {}, { db: away });
  for (const path of [paths['master-data'], `${paths['master-data']}?validationToken=a`]) {
    assert.equal((await broken.post(path, message(item()))).status, 503);
  }
  const { post } = await listen(t);
  assert.equal((await post(paths['master-data'], message(item()))).status, 200);
  assert.equal((await waiting()).length, 1);
});

test('S57: a store that takes too long is answered 503 within two seconds', async (t) => {
  const { post } = await listen(t);
  const client = await stage.db.connect();
  try {
    await client.query('begin');
    await client.query('lock table webhook_notifications in access exclusive mode');
    const startedAt = performance.now();
    assert.equal((await post(paths['master-data'], message(item()))).status, 503);
    assert.ok(performance.now() - startedAt < 2_000);
  } finally {
    await client.query('rollback');
    client.release();
  }
});

test('S57: a flood is answered 503, and other messages come through after it', async (t) => {
  const { post } = await listen(t, { limits: { perSecond: 5, atOnce: 100 } });
  const statuses = await Promise.all(Array.from({ length: 30 }, () => post(paths['master-data'], message(item()))));
  assert.ok(statuses.some(({ status }) => status === 503));
  assert.ok(statuses.every(({ status }) => costsNothing(status)));
});

test('S57: a connection without webhooks in the file takes nothing, and a receiver without webhooks neither', async (t) => {
  const { post } = await listen(t, { connections: ['another'] });
  assert.equal((await post(paths['master-data'], message(item()))).status, 503);
  const app = createReceiver({
    db: stage.db,
    endpoints: [],
    logger: pino({ level: 'silent' }),
    onStored: () => undefined,
    onConnect: async () => ({ connected: true, message: 'Done.' }),
  });
  t.after(() => app.close());
  const origin = await app.listen({ host: '127.0.0.1', port: 0 });
  const answer = await request(`${origin}${paths['master-data']}`, { method: 'POST', body: message(item()) });
  await answer.body.dump();
  assert.equal(answer.statusCode, 503);
});

test('S32, S56: neither log nor database holds a client state or path token in clear', async (t) => {
  const { post, log } = await listen(t);
  const path = paths['master-data'];
  await post(path, message(item(), item({ clientState: 'a forged state' })));
  await post(path, `{"value":["${state}"`);
  await post(`${path}/more?validationToken=echo-me`);
  await post(`${path}?validationToken=echo-me`);
  const dumps = await Promise.all(
    ['addresses', 'subscriptions', 'client_states', 'notifications', 'quarantine'].map((table) =>
      stage.db.query<{ row: string }>(
        `select encode(convert_to(t::text, 'utf8'), 'escape') as row from webhook_${table} t`,
      ),
    ),
  );
  const text = [...log, ...dumps.flatMap(({ rows }) => rows.map(({ row }) => row))].join('\n');
  const hexOf = (secret: string) => Buffer.from(secret).toString('hex');
  for (const secret of [state, path.split('/').at(-1)!, 'a forged state', 'echo-me']) {
    assert.ok(!text.includes(secret) && !text.includes(hexOf(secret)), secret);
  }
});
