import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import Fastify from 'fastify';
import { pino } from 'pino';
import { createConnectAdmission } from '../../src/events/connect-admission.js';
import type { OnConnect } from '../../src/events/connect-page.js';
import { addConnectPage } from '../../src/events/connect-page.js';

const companyUuid = '7d1f0a52-36be-4f0e-9a51-6f1f4f0c2b11';

function pages(t: TestContext, onConnect: OnConnect) {
  const app = Fastify();
  t.after(() => app.close());
  const endpoints = ['emea', 'us'].map((connection) => ({ connection, companyUuid, appCenter: true }));
  addConnectPage(app, { endpoints, onConnect, logger: pino({ level: 'silent' }) });
  return async (connection = 'emea', id = companyUuid) => {
    const { statusCode, headers } = await app.inject(`/concur/connect/${connection}?id=${id}&requestToken=guess`);
    return [statusCode, headers['retry-after'] !== undefined];
  };
}

test('S21: strangers who know the company get five attempts a minute, each connection for itself', async (t) => {
  let attempts = 0;
  const open = pages(t, async () => {
    attempts += 1;
    return { connected: false, message: 'No.' };
  });
  for (let tries = 0; tries < 5; tries += 1) assert.deepEqual(await open(), [409, false]);
  assert.deepEqual(await open(), [503, true]);
  assert.equal(attempts, 5);
  assert.deepEqual(await open('us'), [409, false]);
});

test('S21: one attempt at a time; one that fails lets the next one in, and a wrong company takes none', async (t) => {
  let end = (): void => undefined;
  const open = pages(t, () => new Promise((_resolve, reject) => (end = () => reject(new Error('away')))));
  const first = open();
  // The handler has been entered when a later page has been answered.
  assert.deepEqual(await open('emea', 'another'), [403, false]);
  assert.deepEqual(await open(), [503, true]);
  end();
  assert.deepEqual(await first, [503, false]);
  const second = open();
  assert.deepEqual(await open('emea', 'another'), [403, false]);
  end();
  assert.deepEqual(await second, [503, false], 'it was let in and failed by itself');
});

test('S21: the sixth attempt is told how long to wait, and is let in then', () => {
  let at = 1_000_000;
  const admit = createConnectAdmission(() => at);
  for (let tries = 0; tries < 5; tries += 1) {
    const attempt = admit('emea');
    assert.ok('leave' in attempt);
    assert.deepEqual(admit('emea'), { retryAfterSeconds: tries < 4 ? 10 : 20 });
    attempt.leave();
    at += 10_000;
  }
  assert.deepEqual(admit('emea'), { retryAfterSeconds: 10 });
  at += 10_000;
  assert.ok('leave' in admit('emea'));
});
