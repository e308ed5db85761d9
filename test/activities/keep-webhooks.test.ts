import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import type { TestContext } from 'node:test';
import { careForWebhooks } from '../../src/activities/keep-webhooks.js';
import type { WebhookDependencies } from '../../src/activities/webhooks.js';
import { OutcomeUnknown, Rejected, Unauthorized, Unavailable } from '../../src/clients/http/errors.js';
import { openAlerts } from '../../src/store/alert-store.js';
import { createSealer } from '../../src/store/envelope-encryption.js';
import { readWebhooks, webhookDigest } from '../../src/store/webhook-store.js';
import type { WebhookStage } from '../support/webhook-stage.js';
import { openWebhookStage } from '../support/webhook-stage.js';
import type { Stage } from './stage.js';
import { openStage } from './stage.js';

const hourSeconds = 3_600;
const signal = AbortSignal.timeout(120_000);

let stage: Stage;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());
beforeEach(async () => {
  for (const table of ['webhook_addresses', 'webhook_subscriptions', 'webhook_quarantine', 'watermarks', 'alerts']) {
    await stage.db.query(`delete from ${table}`);
  }
  stage.notified.length = 0;
});

async function open(t: TestContext, changes: Partial<WebhookDependencies> = {}, companies = ['North Ltd']) {
  const opened: WebhookStage = await openWebhookStage(stage, companies);
  t.after(() => opened.close());
  const deps = { ...opened.deps, ...changes };
  return { ...opened, deps, care: (asked: { renewAll?: true } = {}) => careForWebhooks(deps, signal, asked) };
}

const standing = ({ bc }: WebhookStage) => bc.simulator.webhooks().subscriptions;
const causes = async () => (await openAlerts(stage.db)).map(({ cause }) => cause);
const writes = ({ bc }: WebhookStage) => bc.calls.filter(({ method }) => method !== 'GET').map(({ method }) => method);
const audited = async () => {
  const { rows } = await stage.db.query<{ data: Record<string, string> }>(
    `select data from audit where data ? 'webhook' order by id`,
  );
  return rows.map(({ data }) => data);
};

test('S54: every set of every company is subscribed once, at two addresses, each with a client state of its own', async (t) => {
  const opened = await open(t, {}, ['North Ltd', "O'Brien & Söhne"]);
  const state = await opened.care();
  assert.deepEqual([state.held, state.polled], [8, []]);
  assert.equal(new Set(standing(opened).map(({ resource }) => resource)).size, 8);
  const urls = standing(opened).map(({ notificationUrl }) => notificationUrl);
  const perAddress = [...new Set(urls)].map((url) => urls.filter((each) => each === url).length);
  assert.deepEqual(perAddress.sort(), [2, 6]);
  const bodies = opened.bc.calls
    .filter(({ method }) => method === 'POST')
    .map(({ body }) => body as { clientState: string });
  assert.equal(new Set(bodies.map(({ clientState }) => clientState)).size, 8);
  for (const { clientState } of bodies) assert.ok(clientState.length >= 43 && clientState.length <= 250);
  await opened.care();
  assert.equal(writes(opened).length, 8, 'the second look writes nothing');
  assert.deepEqual(opened.bc.violations, []);
});

test('S54: a subscription is renewed at a day of age, give or take two hours, and never all at the same minute', async (t) => {
  const opened = await open(t);
  await opened.care();
  const renewedAtHour: number[] = [];
  for (let hour = 0.25; hour < 27; hour += 0.25) {
    stage.passSeconds(hourSeconds / 4);
    const before = writes(opened).length;
    await opened.care();
    const renewals = writes(opened).slice(before);
    assert.ok(renewals.every((method) => method === 'PATCH'));
    renewedAtHour.push(...renewals.map(() => hour));
  }
  assert.equal(renewedAtHour.length, 4);
  assert.ok(
    renewedAtHour.every((hour) => hour >= 22 && hour <= 26.25),
    renewedAtHour.join(' '),
  );
  assert.ok(new Set(renewedAtHour).size > 1, 'spread');
  const renewed = (await audited()).filter(({ webhook }) => webhook === 'renewed');
  assert.deepEqual(
    renewed.slice(-4).map(({ because }) => because),
    Array(4).fill('it is a day old'),
  );
});

test('S54: each renewal rotates the client state; the one before stays good for a day', async (t) => {
  const opened = await open(t);
  await opened.care();
  await opened.care({ renewAll: true });
  const sent = opened.bc.calls.flatMap(({ body }) => (body as { clientState?: string } | undefined)?.clientState ?? []);
  assert.equal(new Set(sent).size, 8);
  const { rows } = await stage.db.query<{ digest: string; until: Date | null }>(
    'select digest, valid_until as until from webhook_client_states',
  );
  const untilOf = (clientState: string) => rows.find(({ digest }) => digest === webhookDigest(clientState))?.until;
  for (const former of sent.slice(0, 4)) {
    const leftMs = (untilOf(former)?.getTime() ?? 0) - stage.now().getTime();
    assert.ok(leftMs > 23 * 3_600_000 && leftMs <= 24 * 3_600_000);
  }
  for (const present of sent.slice(4)) assert.equal(untilOf(present), null);
  stage.passSeconds(25 * hourSeconds);
  await opened.care({ renewAll: true });
  const { rowCount } = await stage.db.query('select 1 from webhook_client_states');
  assert.equal(rowCount, 8, 'what is over is forgotten');
});

test('S54: one that ends within 36 hours is renewed whatever its age says', async (t) => {
  const opened = await open(t);
  opened.bc.simulator.changeWebhooks({ lifeMs: 30 * 3_600_000 });
  await opened.care();
  opened.bc.simulator.changeWebhooks({ lifeMs: 72 * 3_600_000 });
  await opened.care();
  assert.deepEqual(writes(opened).slice(4), Array(4).fill('PATCH'));
});

test('S58: one that was deleted is made again at the next look, an audit line says why, and the set is to be swept', async (t) => {
  const opened = await open(t);
  await opened.care();
  await stage.db.query('update webhook_subscriptions set sweep_due = false');
  const former = standing(opened).find(({ resource }) => resource.endsWith('/vendors'))?.subscriptionId;
  opened.bc.simulator.deleteSubscriptions({ set: 'vendors' });
  const earlier = (await audited()).length;
  const state = await opened.care();
  assert.deepEqual([state.held, state.isSweepDue], [4, true]);
  assert.notEqual(standing(opened).find(({ resource }) => resource.endsWith('/vendors'))?.subscriptionId, former);
  assert.deepEqual(
    (await audited()).slice(earlier).map(({ webhook, set, because }) => [webhook, set, because]),
    [
      ['lost', 'vendors', 'Business Central does not list it any more'],
      ['created', 'vendors', 'the former one is gone'],
    ],
  );
  const due = (await readWebhooks(stage.db, 'bc')).filter(({ isSweepDue }) => isSweepDue).map(({ set }) => set);
  assert.deepEqual(due, ['vendors']);
});

test('S58: one that is gone when it is to be renewed is made again in the same look', async (t) => {
  const opened = await open(t);
  await opened.care();
  let isThere = true;
  opened.bc.onRequest = ({ method, path }) => {
    if (!isThere || method !== 'PATCH' || !path.includes('subscriptions')) return;
    isThere = false;
    opened.bc.simulator.deleteSubscriptions({ set: 'accounts' });
  };
  assert.equal((await opened.care({ renewAll: true })).held, 4);
  assert.equal(standing(opened).length, 4);
  assert.deepEqual(opened.bc.violations, []);
});

test('S58: all of them expire during an outage of three days, and all come back with a sweep', async (t) => {
  const opened = await open(t);
  await opened.care();
  await stage.db.query('update webhook_subscriptions set sweep_due = false');
  stage.passSeconds(80 * hourSeconds);
  assert.equal(standing(opened).length, 0);
  const state = await opened.care();
  assert.deepEqual([state.held, state.isSweepDue], [4, true]);
});

test('S58: a deleted subscription is noticed at the next check, which comes as often as is configured', async (t) => {
  const opened = await open(t, { checkSeconds: 10 });
  const state = await opened.care();
  // The clock of the stage goes on while the answer comes.
  const isWithin10s = ({ nextCheckAt }: { nextCheckAt: string }): boolean => {
    const inMs = Date.parse(nextCheckAt) - stage.now().getTime();
    return inMs > 0 && inMs <= 10_000;
  };
  assert.ok(isWithin10s(state), state.nextCheckAt);
  opened.bc.simulator.deleteSubscriptions({});
  assert.equal(opened.bc.simulator.webhooks().deletedByPeople, 1);
  stage.passSeconds(10);
  assert.equal((await opened.care()).held, 4);
  assert.equal(standing(opened).length, 4);
  await opened.endReceiver();
  opened.bc.simulator.deleteSubscriptions({});
  const missed = await opened.care();
  assert.ok(isWithin10s(missed), 'also after a failure');
});

test('S58: an answer that was lost makes no second subscription', async (t) => {
  const opened = await open(t);
  let isLost = true;
  opened.bc.onAnswer = ({ method, operation }) => {
    if (!isLost || method !== 'POST') return;
    isLost = false;
    throw new OutcomeUnknown('The answer was lost.', { system: 'bc', operation });
  };
  const first = await opened.care();
  assert.equal(first.held, 3);
  const waitMs = Date.parse(first.nextCheckAt) - stage.now().getTime();
  assert.ok(waitMs >= 30_000 && waitMs <= 60_000, 'it looks soon, and not at once');
  stage.passSeconds(60);
  assert.equal((await opened.care()).held, 4);
  assert.equal(standing(opened).length, 4);
  assert.deepEqual(writes(opened), ['POST', 'POST', 'POST', 'POST', 'PATCH'], 'adopted by a renewal');
  assert.deepEqual(opened.bc.violations, []);
});

test('S54: a handshake that nobody answers is told at once, naming public URL and TLS; three misses mean polling', async (t) => {
  const opened = await open(t);
  await opened.endReceiver();
  await opened.care();
  assert.deepEqual(await causes(), ['webhooks-unreached: bc']);
  const [alert] = await openAlerts(stage.db);
  assert.match(alert?.message ?? '', new RegExp(`${opened.deps.publicUrl}.*public URL.*TLS.*certificate`));
  assert.ok(!alert?.message.includes('/hooks/nav/'), 'no path token');
  for (const seconds of [60, 300]) {
    stage.passSeconds(seconds);
    await opened.care();
  }
  assert.deepEqual((await causes()).sort(), ['webhooks-polling: bc', 'webhooks-unreached: bc']);
  const state = await opened.care();
  assert.equal(state.polled.length, 4);
  assert.equal(Date.parse(state.nextCheckAt) - stage.now().getTime() > 3_500_000, true, 'then every hour');
});

test('S54: the alerts end with the first success', async (t) => {
  const opened = await open(t);
  const { publicUrl } = opened.deps;
  opened.deps.publicUrl = 'http://127.0.0.1:1';
  for (let turn = 0; turn < 3; turn += 1) await opened.care();
  assert.equal((await causes()).length, 2);
  opened.deps.publicUrl = publicUrl;
  assert.equal((await opened.care()).held, 4);
  assert.deepEqual(await causes(), []);
});

test('S54: a redirect or another page at the public URL counts as not reached', async (t) => {
  const opened = await open(t);
  const answers = [
    { status: 302, headers: { location: opened.deps.publicUrl } },
    { status: 200, headers: { 'content-type': 'text/html' } },
  ];
  const proxy = createServer((_request, response) => {
    const [{ status, headers } = { status: 500, headers: {} }] = answers;
    response.writeHead(status, headers).end('welcome');
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  t.after(() => proxy.close());
  opened.deps.publicUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  while (answers.length > 0) {
    await stage.db.query('delete from alerts');
    await opened.care();
    assert.deepEqual(await causes(), ['webhooks-unreached: bc']);
    assert.equal(standing(opened).length, 0);
    answers.shift();
  }
});

test('S54: one set that cannot be renewed keeps no other from it, nor does one that Business Central does not offer', async (t) => {
  const opened = await open(t, { sets: ['vendors', 'purchaseInvoices', 'journals'] });
  opened.bc.onRequest = ({ method, json }) => {
    const isInvoices = JSON.stringify(json ?? '').includes('/purchaseInvoices');
    if (method === 'POST' && isInvoices) throw new Unavailable('Down.', { system: 'bc', operation: 'x' });
  };
  opened.deps.subscriptions = {
    ...opened.deps.subscriptions,
    supportedSets: async () => new Set(['vendors', 'purchaseInvoices']),
  };
  const state = await opened.care();
  assert.equal(state.held, 1);
  assert.deepEqual(
    state.polled.map(({ set, reason }) => [set, reason]),
    [
      ['journals', 'Business Central does not let anybody follow journals.'],
      ['purchaseInvoices', 'Down.'],
    ],
  );
  assert.deepEqual(await causes(), ['webhooks-polling: bc']);
  const [alert] = await openAlerts(stage.db);
  assert.match(alert?.message ?? '', /journals of North Ltd/);
  assert.doesNotMatch(alert?.message ?? '', /purchaseInvoices/, 'one miss is nobody’s business yet');
});

test('C18, S55: a server without webhooks is told to people, and the alert ends when it has them', async (t) => {
  const opened = await open(t);
  opened.bc.simulator.changeWebhooks({ enabled: false });
  await assert.rejects(opened.care(), Rejected);
  assert.deepEqual(await causes(), ['webhooks-refused: bc']);
  opened.bc.simulator.changeWebhooks({ enabled: true });
  assert.equal((await opened.care()).held, 4);
  assert.deepEqual(await causes(), []);
});

test('S30: refused credentials end the look as a failure, not as a miss', async (t) => {
  const opened = await open(t);
  opened.bc.onRequest = ({ method }) => {
    if (method === 'POST') throw new Unauthorized('Refused.', { system: 'bc', operation: 'x' });
  };
  await assert.rejects(opened.care(), Unauthorized);
  assert.ok((await readWebhooks(stage.db, 'bc')).every(({ misses }) => misses === 0));
});

test('S58: doubles, sets that are not wanted any more and orphans of a lost database are removed; others’ are not', async (t) => {
  const opened = await open(t);
  await opened.care();
  const [some] = standing(opened);
  assert.ok(some);
  const companyId = /\(([^)]+)\)/.exec(some.resource)?.[1] ?? '';
  const makeOf = (url: string, set: string) => ({
    notificationUrl: url,
    resource: `/api/v2.0/companies(${companyId})/${set}`,
    clientState: 'x',
  });
  // The handshake of these is answered because one is pending at that address, as in a moment of renewal.
  await stage.db.query(`update webhook_addresses set handshake_until = now() + interval '9 days'`);
  const double = await opened.deps.subscriptions.create(makeOf(some.notificationUrl, 'employees'), signal);
  const echo = createServer((request, response) => {
    response.setHeader('content-type', 'text/plain');
    response.end(new URL(request.url ?? '', 'http://x').searchParams.get('validationToken'));
  });
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  t.after(() => echo.close());
  const { port } = echo.address() as AddressInfo;
  const foreign = await opened.deps.subscriptions.create(makeOf(`http://127.0.0.1:${port}/other`, 'vendors'), signal);
  await opened.care();
  const ids = standing(opened).map(({ subscriptionId }) => subscriptionId);
  assert.ok(!ids.includes(double.id));
  assert.ok(ids.includes(foreign.id));
  opened.deps.sets = ['vendors'];
  assert.equal((await opened.care()).held, 1);
  assert.equal(standing(opened).length, 2);

  // The encryption key is another one: the addresses cannot be read any more, and what leads to them is of no use.
  opened.deps.sealer = createSealer(Buffer.alloc(32, 9).toString('base64'));
  assert.equal((await opened.care()).held, 1);
  const urls = standing(opened).map(({ notificationUrl }) => notificationUrl);
  assert.equal(urls.length, 2);
  assert.ok(!urls.includes(some.notificationUrl));
});

test('S58: two keepers at the same time make no subscription twice', async (t) => {
  const opened = await open(t);
  await Promise.all([opened.care(), opened.care(), opened.care()]);
  assert.equal(standing(opened).length, 4);
  assert.deepEqual(writes(opened), Array(4).fill('POST'));
});

test('S32: no client state and no path token stands in the database or the audit trail', async (t) => {
  const opened = await open(t);
  await opened.care();
  await opened.care({ renewAll: true });
  const secrets = [
    ...opened.bc.calls.flatMap(({ body }) => (body as { clientState?: string } | undefined)?.clientState ?? []),
    ...standing(opened).map(({ notificationUrl }) => notificationUrl.split('/').at(-1) ?? ''),
  ];
  assert.equal(secrets.length, 12);
  const tables = [
    'webhook_addresses',
    'webhook_subscriptions',
    'webhook_client_states',
    'audit',
    'alerts',
    'watermarks',
  ];
  for (const table of tables) {
    const { rows } = await stage.db.query<{ row: string }>(`select t::text as row from ${table} t`);
    const text = rows.map(({ row }) => row).join('\n');
    for (const secret of secrets) {
      assert.ok(!text.includes(secret) && !text.includes(Buffer.from(secret).toString('hex')), table);
    }
  }
});
