import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  eventOf,
  isSignedBy,
  openEvents,
  openReceiver,
  reports,
  subscribed,
  until,
  type Reply,
} from './concur-events-stage.js';

void test('S72: the same event five times and two at once is what a test may order', async () => {
  let release: () => void = () => undefined;
  const two = new Promise<void>((resolve) => (release = resolve));
  await subscribed(
    async (nth) => {
      if (nth === 1) release();
      if (nth < 2) await two;
      return 200;
    },
    async (stage, receiver) => {
      await stage.publish({ body: 'not even JSON', times: 5, parallel: 2 });
      assert.deepEqual(await stage.settled(), {
        published: 1,
        delivered: 5,
        duplicates: 4,
        lost: 0,
        pending: 0,
        byStatus: { '200': 5 },
      });
      assert.equal(receiver.most(), 2);
      assert.deepEqual([...new Set(receiver.received.map(({ raw }) => raw.toString()))], ['not even JSON']);
    },
  );
});

void test('S73: 5xx, 401, 403, 429, a broken connection and a timeout are retried with the same bytes until delivered', async () => {
  const troubles: Reply[] = [500, 503, 504, 401, 403, 429, 'reset', 'hang'];
  await subscribed(
    (nth) => troubles[nth] ?? 202,
    async (stage, { received }) => {
      await stage.load(...reports(1));
      const { byStatus, ...sums } = await stage.settled();
      assert.deepEqual(sums, { published: 1, delivered: 1, duplicates: 0, lost: 0, pending: 0 });
      const once = { '202': 1, '401': 1, '403': 1, '429': 1, '500': 1, '503': 1, '504': 1, error: 1, timeout: 1 };
      assert.deepEqual(byStatus, once);
      assert.equal(new Set(received.map(({ raw }) => raw.toString('hex'))).size, 1);
      const { current } = await stage.keys();
      assert.ok(received.every((one) => isSignedBy(current, one)));
    },
    { timeoutMs: 200 },
  );
});

void test('C20: any other 4xx and a redirect lose the event for good', async () => {
  const fatal = [400, 404, 405, 409, 410, 413, 415, 422, 302];
  await subscribed(
    (nth) => fatal[nth] ?? 200,
    async (stage, { received }) => {
      for (const [nth] of fatal.entries()) {
        await stage.publish({ body: `{"nth":${String(nth)}}` });
        await stage.settled();
      }
      const { delivered, lost, byStatus } = await stage.report();
      assert.deepEqual([delivered, lost], [0, fatal.length]);
      assert.deepEqual(byStatus, Object.fromEntries(fatal.map((status) => [String(status), 1])));
      assert.equal(received.length, fatal.length, 'no second attempt');
      assert.ok(
        received.every(({ path }) => path === '/hook'),
        'a redirect is not followed',
      );
    },
  );
});

void test('S74: an endpoint that is down for longer than the retention loses the event', async () => {
  await subscribed(
    () => 503,
    async (stage, { received }) => {
      await stage.load(...reports(1));
      const { delivered, lost, byStatus } = await stage.settled();
      assert.deepEqual([delivered, lost], [0, 1]);
      assert.ok((byStatus['503'] ?? 0) > 1, 'it was tried again and again');
      assert.equal(received.length, byStatus['503']);
    },
    { retentionMs: 1_000 },
  );
});

void test('S74: what is under way to a subscription that vanishes is lost', async () => {
  await subscribed(
    () => 500,
    async (stage, { received }) => {
      await stage.load(...reports(1));
      await until(() => received.length > 1, 'a retry');
      assert.equal((await stage.control('concur/subscriptions/all/delete', {})).status, 200);
      const { delivered, lost } = await stage.settled();
      assert.deepEqual([delivered, lost], [0, 1]);
      assert.deepEqual(await stage.manage('/subscriptions'), []);
    },
  );
});

void test('S73: deliveries run side by side up to 24, in no order, and the service answers meanwhile', async () => {
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  await subscribed(
    async () => {
      await released;
      return 200;
    },
    async (stage, receiver) => {
      const documents = reports(60);
      await stage.load(...documents);
      await until(() => receiver.open() === 24, 'all places to be taken');
      assert.equal(((await stage.manage('/subscriptions')) as unknown[]).length, 1, 'the service is free');
      assert.equal((await stage.report()).pending, 60);
      release();
      assert.equal((await stage.settled()).delivered, 60);
      assert.equal(receiver.most(), 24);
      const arrived = receiver.received.map((one) => eventOf(one).facts.documentId);
      assert.deepEqual(new Set(arrived).size, 60);
      assert.notDeepEqual(arrived, [...arrived].sort(), 'not in the order of publication');
    },
  );
});

void test('S73: at the end of the simulator deliveries stop at once, and a restart goes on with them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'concur-events-'));
  const receiver = await openReceiver((nth) => (nth < 3 ? 'hang' : 200));
  const first = await openEvents({ folder, timing: { timeoutMs: 60_000 } });
  await first.subscribe('a', receiver.url);
  await first.connect();
  await first.load(...reports(3));
  await until(() => receiver.open() === 3, 'three deliveries');
  await first.close();
  await until(() => receiver.open() === 0, 'the end of the connections');
  const second = await openEvents({ folder });
  const { delivered, lost, byStatus } = await second.settled();
  assert.deepEqual([delivered, lost, byStatus], [3, 0, { '200': 3 }]);
  await second.close();
  await receiver.close();
  rmSync(folder, { recursive: true });
});
