import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { SubscriptionDependencies } from '../../src/activities/subscriptions.js';
import { careForSubscription, createSubscriptionActivities } from '../../src/activities/subscriptions.js';
import type { EventSubscription, SubscriptionOrder } from '../../src/clients/concur/event-subscription-client.js';
import { GrantRevoked, Rejected, Unavailable } from '../../src/clients/http/errors.js';
import { openAlerts } from '../../src/store/alert-store.js';
import { markHandled, storeEvent, unhandledEvents } from '../../src/store/event-store.js';
import { companyUuid, eventBody, quarantined, received } from './event-fixtures.js';
import { connection, discover, inActivity, openStage } from './stage.js';
import type { Stage } from './stage.js';

let stage: Stage;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());
beforeEach(async () => {
  for (const table of ['concur_events', 'alerts', 'watermarks', 'documents']) {
    await stage.db.query(`delete from ${table}`);
  }
  stage.notified.length = 0;
});

const topic = 'public.concur.financialintegration';
const wanted: SubscriptionOrder = { id: 'ours', topic, filter: '^(expense)\\.x$', endpoint: 'https://hooks.example/e' };
const signal = AbortSignal.timeout(60_000);
const call = { system: 'concur', operation: 'ess.save' };

/** The event service: subscriptions by id, and the companies that it knows. */
function service(given: { topics?: string[]; subscriptions?: EventSubscription[]; newCompanies?: string[] } = {}) {
  const book = new Map((given.subscriptions ?? []).map((each) => [each.id, each]));
  const calls: string[] = [];
  const faults: Error[] = [];
  const saved: SubscriptionOrder[] = [];
  const client: SubscriptionDependencies['subscriptions'] = {
    topics: async () => {
      const fault = faults.shift();
      if (fault !== undefined) throw fault;
      return given.topics ?? [topic];
    },
    list: async () => [...book.values()],
    read: async ({ id }) => book.get(id),
    save: async ({ signal: _signal, ...order }) => {
      calls.push(`save ${order.id}`);
      saved.push(order);
      const companyIds = book.get(order.id)?.companyIds ?? given.newCompanies ?? [];
      book.set(order.id, { ...order, companyIds });
    },
    remove: async ({ id }) => {
      book.delete(id);
    },
  };
  return { book, calls, faults, saved, client };
}

function care(events: ReturnType<typeof service>, changes: Partial<SubscriptionDependencies> = {}) {
  const deps: SubscriptionDependencies = {
    ...stage,
    connection,
    companyUuid,
    subscriptions: events.client,
    wanted,
    silentAfterHours: 72,
    isConnected: async () => true,
    ...changes,
  };
  return careForSubscription(deps, signal);
}

const causes = async () => (await openAlerts(stage.db)).map(({ cause }) => cause);
const row = (id: string, companyIds: string[] = []): EventSubscription => ({ ...wanted, id, companyIds });

test('S76: one subscription is saved, and again each time, so that Concur does not delete it', async () => {
  const events = service({ newCompanies: [companyUuid.toUpperCase()] });
  assert.deepEqual(await care(events), { status: 'active', subscriptionId: 'ours' });
  await care(events);
  assert.deepEqual(events.saved, [wanted, wanted]);
  assert.deepEqual(await causes(), []);
});

test('S75: a sixth subscription is refused locally with the list of the five and a suggestion', async () => {
  const five = ['a', 'b', 'c', 'd', 'e'].map((id) => row(`other-${id}`));
  const events = service({ subscriptions: five });
  const state = await care(events);
  assert.ok(state.status === 'needs-person');
  for (const { id } of five) assert.ok(state.reason.includes(id), id);
  assert.match(state.reason, /events remove/);
  assert.match(state.reason, /share one/);
  assert.deepEqual(events.calls, []);
  assert.deepEqual(await causes(), [`events-subscription: ${connection}`]);
});

test('S75: our own subscription among the five is renewed; the alert ends when there is room', async () => {
  const events = service({ subscriptions: ['a', 'b', 'c', 'd', 'e'].map((id) => row(id)) });
  await care(events);
  events.book.delete('a');
  events.book.set('ours', row('ours', [companyUuid]));
  assert.equal((await care(events)).status, 'active');
  assert.deepEqual(events.calls, ['save ours']);
  assert.deepEqual(await causes(), []);
});

test('S70: trap 8: a subscription without our company is an alert with the repair, although Concur said 200', async () => {
  const events = service({ newCompanies: ['another-company'] });
  const state = await care(events);
  assert.ok(state.status === 'needs-person');
  assert.match(state.reason, new RegExp(`request token.*credentials concur --connection ${connection}`));
  assert.deepEqual(await causes(), [`events-company-missing: ${connection}`]);
  events.book.set('ours', row('ours', ['another-company', companyUuid]));
  assert.equal((await care(events)).status, 'active');
  assert.deepEqual(await causes(), []);
});

test('S70: before the company is connected nobody is alarmed; .* stands for every company', async () => {
  const events = service();
  assert.equal((await care(events, { isConnected: async () => false })).status, 'awaiting-connect');
  assert.deepEqual(await causes(), []);
  assert.equal((await care(service({ newCompanies: ['.*'] }))).status, 'active');
});

test('S75: a subscription that Concur has deleted is made again, and people are told that companies may be missing', async () => {
  const events = service({ newCompanies: [companyUuid] });
  await care(events);
  events.book.clear();
  const empty = service();
  assert.equal((await care(empty)).status, 'needs-person');
  assert.deepEqual(empty.calls, ['save ours']);
  assert.deepEqual((await causes()).sort(), [
    `events-company-missing: ${connection}`,
    `events-subscription-deleted: ${connection}`,
  ]);
  empty.book.set('ours', row('ours', [companyUuid]));
  await care(empty);
  assert.deepEqual(await causes(), []);
});

test('S75: the first subscription ever is not taken for a deleted one', async () => {
  await care(service({ newCompanies: [companyUuid] }));
  assert.deepEqual(stage.notified, []);
});

test('S75: trap 35: a missing scope, seen only as a missing topic, is an alert and no call', async () => {
  const events = service({ topics: ['public.test'] });
  const state = await care(events);
  assert.ok(state.status === 'needs-person');
  assert.match(state.reason, /FISVC/);
  assert.deepEqual(events.calls, []);
});

test('C19: refused app credentials are an alert of their own, which ends when they are taken again', async () => {
  const events = service({ newCompanies: [companyUuid] });
  events.faults.push(new GrantRevoked('The client secret is wrong.', call, '64'));
  assert.equal((await care(events)).status, 'needs-person');
  assert.deepEqual(await causes(), [`concur-app-credentials: ${connection}`]);
  assert.equal((await care(events)).status, 'active');
  assert.deepEqual(await causes(), []);
});

test('S75: a refusal of Concur is an alert; what may pass is left to the next attempt', async () => {
  const events = service();
  events.faults.push(new Rejected('Concur refused (400).', call, '400'));
  const state = await care(events);
  assert.ok(state.status === 'needs-person' && /subscriptionId/.test(state.reason));
  events.faults.push(new Unavailable('Concur is away.', call));
  await assert.rejects(care(events), Unavailable);
});

async function silence(given: { hoursSince: number; event?: 'verified' | 'quarantined'; found?: boolean }) {
  const events = service({ newCompanies: [companyUuid] });
  await care(events);
  await stage.db.query("update watermarks set at = now() - $1 * interval '1 hour'", [given.hoursSince]);
  if (given.event) {
    const verdict = given.event === 'verified' ? {} : { verdict: quarantined };
    await storeEvent(stage.db, received(eventBody(), { connection, ...verdict }));
  }
  if (given.found === true) await discover(stage.db, 'found-by-the-poll');
  return care(events);
}

test('S74: no event for days although the poll found documents is an alert that names the address', async () => {
  const state = await silence({ hoursSince: 73, found: true });
  assert.ok(state.status === 'needs-person');
  assert.match(state.reason, /72 hours.*found 1 documents.*https:\/\/hooks\.example\/e/);
  assert.deepEqual(await causes(), [`events-silent: ${connection}`]);
  await storeEvent(stage.db, received(eventBody(), { connection: 'an address shared with others' }));
  assert.equal((await care(service({ subscriptions: [row('ours', [companyUuid])] }))).status, 'active');
  assert.deepEqual(await causes(), []);
});

test('S74: silence is no alert while nothing was found, while the subscription is young, or while events come', async () => {
  assert.equal((await silence({ hoursSince: 73 })).status, 'active');
  assert.equal((await silence({ hoursSince: 71, found: true })).status, 'active');
  assert.equal((await silence({ hoursSince: 73, found: true, event: 'verified' })).status, 'active');
});

test('S74: a document found in the first hour of the time is not counted: its event came just before', async () => {
  await discover(stage.db, 'at-the-edge');
  await stage.db.query(`update documents set discovered_at = now() - interval '71.5 hours'`);
  assert.equal((await silence({ hoursSince: 100 })).status, 'active');
});

test('B26: silence beside a full quarantine says that the key has probably changed', async () => {
  const state = await silence({ hoursSince: 73, found: true, event: 'quarantined' });
  assert.ok(state.status === 'needs-person');
  assert.match(state.reason, /1 events are in quarantine.*events\.keys/);
});

test('S75: the activity takes care and deletes old events', async () => {
  await storeEvent(stage.db, received(eventBody(), { connection }));
  await markHandled(
    stage.db,
    (await unhandledEvents(stage.db, 10)).flatMap(({ ids }) => ids),
    'hinted',
  );
  await stage.db.query(`update concur_events set received_at = now() - interval '36 days'`);
  const events = service({ newCompanies: [companyUuid] });
  const activities = createSubscriptionActivities({
    ...stage,
    ...{ connection, companyUuid, subscriptions: events.client, wanted, silentAfterHours: 72 },
    isConnected: async () => true,
  });
  const state = await inActivity(() => activities.keepSubscriptions({}));
  assert.deepEqual(state, { status: 'active', subscriptionId: 'ours' });
  assert.equal((await stage.db.query('select 1 from concur_events')).rowCount, 0);
  events.faults.push(new Unavailable('Concur is away.', call));
  await assert.rejects(
    inActivity(() => activities.keepSubscriptions({})),
    { type: 'Unavailable', nonRetryable: false },
  );
});
