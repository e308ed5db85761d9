import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { TestContext } from 'node:test';
import { followNotifications, sweepDueSets } from '../../src/activities/follow-changes.js';
import { careForWebhooks } from '../../src/activities/keep-webhooks.js';
import { createWebhookActivities } from '../../src/activities/webhooks.js';
import { Rejected, Unavailable } from '../../src/clients/http/errors.js';
import { openAlerts } from '../../src/store/alert-store.js';
import { readWatermark } from '../../src/store/watermark-store.js';
import { countPutAside, unfollowedNotifications } from '../../src/store/webhook-inbox.js';
import type { WebhookStage } from '../support/webhook-stage.js';
import { openWebhookStage } from '../support/webhook-stage.js';
import type { Stage } from './stage.js';
import { inActivity, openStage } from './stage.js';

const signal = AbortSignal.timeout(120_000);
const hourSeconds = 3_600;

let stage: Stage;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());
beforeEach(async () => {
  for (const table of [
    ...['webhook_addresses', 'webhook_subscriptions', 'webhook_notifications', 'webhook_quarantine'],
    ...['erp_changes', 'watermarks', 'alerts'],
  ]) {
    await stage.db.query(`delete from ${table}`);
  }
});

/** A connection whose subscriptions stand, with nothing to be read. */
async function open(t: TestContext) {
  const opened: WebhookStage = await openWebhookStage(stage);
  t.after(() => opened.close());
  // What the simulator holds from the start is older than what anybody follows.
  stage.passSeconds(hourSeconds);
  await careForWebhooks(opened.deps, signal);
  await sweepDueSets(opened.deps, signal);
  const activities = createWebhookActivities(opened.deps);
  return {
    ...opened,
    follow: () => followNotifications(opened.deps, signal),
    sweep: () => sweepDueSets(opened.deps, signal),
    tell: async (news: readonly { company: string; upTo: string }[]) => {
      for (const each of news) await inActivity(() => activities.markNewsTold(each));
    },
    /** Makes every set due, as after a gap. */
    gap: () => stage.db.query('update webhook_subscriptions set sweep_due = true'),
    deliver: async () => {
      stage.passSeconds(31);
      await opened.bc.deliver();
    },
    reads: () =>
      opened.bc.calls.filter(({ path }) => /\/(vendors|accounts|dimensions|purchaseInvoices)$/.test(path)).length,
  };
}

const meanings = ({ news }: { news: { company: string; meanings: string[] }[] }) =>
  news.map(({ company, meanings: all }) => [company, ...all]);
const waiting = async () => (await unfollowedNotifications(stage.db, 'bc', 1_000)).length;

test('S88: a vendor that was created is read again and becomes news of its company; once', async (t) => {
  const { bc, follow, deliver, tell, told } = await open(t);
  bc.createVendor('30000');
  await deliver();
  assert.equal(told(), 1);
  const followed = await follow();
  assert.deepEqual([followed.fresh, meanings(followed)], [1, [['North Ltd', 'vendors']]]);
  await tell(followed.news);
  assert.deepEqual(await follow(), { fresh: 0, news: [], isMore: false });
  assert.equal(await waiting(), 0);
});

test('S59: what notifications have told is no news to the sweep, and the other way round', async (t) => {
  const { bc, follow, sweep, deliver, tell, gap } = await open(t);
  bc.createVendor('30000');
  await deliver();
  await tell((await follow()).news);
  await gap();
  assert.equal((await sweep()).fresh, 0);
  bc.createVendor('30001');
  await gap();
  const swept = await sweep();
  assert.equal(swept.fresh, 1);
  await tell(swept.news);
  await deliver();
  assert.deepEqual(await follow(), { fresh: 0, news: [], isMore: false });
});

test('S59: changes made between a deletion and the next look are found by a sweep from the last seen change, all once', async (t) => {
  const { bc, deps, sweep, deliver, gap, tell } = await open(t);
  bc.simulator.deleteSubscriptions({});
  for (const number of ['31000', '31001', '31002']) {
    stage.passSeconds(600);
    bc.createVendor(number);
  }
  await deliver();
  assert.equal(await waiting(), 0, 'nobody is told');
  stage.passSeconds(2 * hourSeconds);
  const state = await careForWebhooks(deps, signal);
  assert.deepEqual([state.held, state.isSweepDue], [4, true]);
  const swept = await sweep();
  assert.deepEqual([swept.fresh, meanings(swept)], [3, [['North Ltd', 'vendors']]]);
  await tell(swept.news);
  await gap();
  assert.deepEqual(await sweep(), { fresh: 0, news: [], isMore: false });
});

test('S59: news stay until they were told, whatever becomes of who found them', async (t) => {
  const { bc, sweep, gap, tell } = await open(t);
  bc.createVendor('32000');
  await gap();
  await sweep();
  // The worker has died here. The next one finds nothing new, and tells it nevertheless.
  const [first] = (await sweep()).news;
  assert.ok(first);
  bc.createVendor('32001');
  await gap();
  await sweep();
  await tell([first]);
  const left = await sweep();
  assert.equal(left.news.length, 1, 'what was found since is not told by that');
  await tell(left.news);
  assert.deepEqual((await sweep()).news, []);
});

test('S59: a sweep of all sets is due after six hours though nobody told of anything, and after one hour where a set is polled', async (t) => {
  const { bc, deps, sweep, reads } = await open(t);
  stage.passSeconds(5.9 * hourSeconds);
  let before = reads();
  await sweep();
  assert.equal(reads() - before, 0);
  stage.passSeconds(0.2 * hourSeconds);
  before = reads();
  await sweep();
  assert.equal(reads() - before, 4);
  await stage.db.query(`update webhook_subscriptions set misses = 3 where entity_set = 'vendors'`);
  stage.passSeconds(1.1 * hourSeconds);
  bc.createVendor('33000');
  before = reads();
  assert.equal((await sweep()).fresh, 1);
  assert.equal(reads() - before, 1);
  assert.equal(deps.sets.length, 4);
});

test('S59: a change that is stamped before the last seen one, and shows only later, is found', async (t) => {
  const { bc, deps, sweep, gap } = await open(t);
  bc.createVendor('33500');
  await gap();
  assert.equal((await sweep()).fresh, 1);
  const seenUpTo = await readWatermark(stage.db, 'changes/bc/North Ltd/vendors');
  assert.ok(seenUpTo);
  const { changes } = deps;
  const late = { id: '00000000-0000-4000-8000-000000000003', changedAt: new Date(seenUpTo.getTime() - 240_000) };
  deps.changes = {
    ...changes,
    since: async (companyId, set, at, reading) => {
      const rows = await changes.since(companyId, set, at, reading);
      return set === 'vendors' && at !== undefined && at < late.changedAt ? [late, ...rows] : rows;
    },
  };
  await gap();
  assert.equal((await sweep()).fresh, 1);
  assert.deepEqual(await readWatermark(stage.db, 'changes/bc/North Ltd/vendors'), seenUpTo, 'it never moves back');
});

test('S59: many changes of one set are one read, and a message about the whole set is a sweep of it', async (t) => {
  const { bc, follow, deliver, reads } = await open(t);
  for (let index = 0; index < 15; index += 1) bc.createVendor(`34${String(index).padStart(3, '0')}`);
  await deliver();
  let before = reads();
  assert.equal((await follow()).fresh, 15);
  assert.equal(reads() - before, 1);
  bc.simulator.changeWebhooks({ threshold: 3 });
  for (let index = 0; index < 5; index += 1) bc.createVendor(`35${String(index).padStart(3, '0')}`);
  await deliver();
  const [notification] = await unfollowedNotifications(stage.db, 'bc', 10);
  assert.equal(notification?.changeType, 'collection');
  before = reads();
  assert.equal((await follow()).fresh, 5);
  assert.equal(reads() - before, 1);
});

test('S59: a whole set without an instant is compared in full: what is gone is a change, what is old is none', async (t) => {
  const { bc, deps, follow, deliver, tell } = await open(t);
  bc.createVendor('36000');
  await deliver();
  await tell((await follow()).news);
  const name = 'changes/bc/North Ltd/vendors';
  assert.ok(await readWatermark(stage.db, name));
  const ghost = '00000000-0000-4000-8000-000000000001';
  await stage.db.query(
    `insert into erp_changes (connection, company, entity_set, record_id, changed_at, found_by, told_at)
     values ('bc', 'North Ltd', 'vendors', $1, now(), 'sweep', now())`,
    [ghost],
  );
  await stage.db.query(
    `insert into webhook_notifications (connection, company, entity_set, record_id, change_type, changed_at)
     values ('bc', 'North Ltd', 'vendors', '', 'collection', now())`,
  );
  const followed = await follow();
  assert.equal(followed.fresh, 1);
  const { rows } = await stage.db.query<{ id: string }>('select record_id as id from erp_changes where is_deleted');
  assert.deepEqual(rows, [{ id: ghost }]);
  const { rowCount } = await stage.db.query(`select 1 from erp_changes where entity_set = 'vendors'`);
  assert.ok((rowCount ?? 0) >= 3, 'the vendors from before are known now');
  assert.equal(deps.connection, 'bc');
});

test('S57: a record that is not there any more counts as deleted, and the address in a message is never called', async (t) => {
  const { bc, follow } = await open(t);
  await stage.db.query(
    `insert into webhook_notifications (connection, company, entity_set, record_id, change_type, changed_at)
     values ('bc', 'North Ltd', 'purchaseInvoices', '00000000-0000-4000-8000-000000000002', 'updated', now())`,
  );
  const before = bc.calls.length;
  const followed = await follow();
  assert.deepEqual(meanings(followed), [['North Ltd', 'documents']]);
  const paths = bc.calls.slice(before).map(({ path }) => path.replace(/^.*\/api\//, ''));
  assert.ok(
    paths.every((path) => /^v2\.0\/companies(\([0-9a-f-]+\)\/purchaseInvoices)?$/.test(path)),
    paths.join(' '),
  );
});

test('S56: a message at the right address with a wrong client state has no effect', async (t) => {
  const { bc, follow, deliver } = await open(t);
  await stage.db.query(`update webhook_client_states set digest = 'other-' || entity_set`);
  bc.createVendor('37000');
  await deliver();
  assert.deepEqual(await follow(), { fresh: 0, news: [], isMore: false });
  assert.deepEqual(await countPutAside(stage.db, 'bc'), [{ reason: 'the client state is wrong', count: 1 }]);
  assert.equal(bc.simulator.webhooks().subscriptions.length, 4, 'it costs no subscription');
});

test('S59: one set that cannot be read keeps no other waiting, is told, and is read later', async (t) => {
  const { bc, sweep, gap } = await open(t);
  const refuse = (error: Error) => {
    bc.onRequest = ({ path }) => {
      if (path.endsWith('/accounts')) throw error;
    };
  };
  const call = { system: 'bc', operation: 'x' };
  refuse(new Rejected('No permission.', call, 'permission'));
  bc.createVendor('38000');
  await gap();
  assert.deepEqual(
    [(await sweep()).fresh, (await openAlerts(stage.db)).map(({ cause }) => cause)],
    [1, ['webhook-sweep: bc/North Ltd/accounts']],
  );
  refuse(new Unavailable('Down.', call));
  const swept = await sweep();
  assert.deepEqual([swept.isMore, swept.news.length], [true, 1], 'what is known is told all the same');
  await stage.db.query('update erp_changes set told_at = now()');
  await assert.rejects(sweep(), Unavailable);
  bc.onRequest = () => undefined;
  await sweep();
  assert.deepEqual(await openAlerts(stage.db), []);
  const { rows } = await stage.db.query('select 1 from webhook_subscriptions where sweep_due');
  assert.deepEqual(rows, []);
});

test('S57: notifications that cannot be followed for good are told, and do not stay for ever', async (t) => {
  const { bc, follow, deliver } = await open(t);
  bc.createVendor('39000');
  await deliver();
  bc.onRequest = ({ path }) => {
    if (path.endsWith('/vendors')) throw new Rejected('No permission.', { system: 'bc', operation: 'x' }, 'permission');
  };
  assert.deepEqual(await follow(), { fresh: 0, news: [], isMore: false });
  assert.equal(await waiting(), 0);
  assert.equal((await openAlerts(stage.db)).length, 1);
});

test('S59: a record that is named twice in one read, and a change that is older than what is known, are one change', async (t) => {
  const { bc, deps, sweep, gap, tell } = await open(t);
  bc.createVendor('40000');
  const changes = deps.changes;
  deps.changes = {
    ...changes,
    since: async (...given) => {
      const rows = await changes.since(...given);
      return [...rows, ...rows];
    },
  };
  await gap();
  const swept = await sweep();
  assert.equal(swept.fresh, 1);
  await tell(swept.news);
  deps.changes = {
    ...changes,
    since: async (...given) =>
      (await changes.since(...given)).map((row) => ({ ...row, changedAt: new Date(row.changedAt.getTime() - 1_000) })),
  };
  await gap();
  assert.equal((await sweep()).fresh, 0);
});
