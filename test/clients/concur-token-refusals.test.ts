import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createConcurTokenRefusals } from '../../src/clients/concur/token-refusals.js';
import type { CallAuth, HttpRequest } from '../../src/clients/http/types.js';
import { answer, harness, serve } from './http-support.js';

const request: HttpRequest = { operation: 'fis.list', method: 'GET', path: '/list', kind: 'read' };
const moved = '{"message":"Company does not exist"}';

const start = () => {
  let minutes = 0;
  const clock = () => new Date(Date.UTC(2026, 8, 1, 0, minutes));
  return {
    tokenRefusals: createConcurTokenRefusals(clock),
    pass: (more: number) => {
      minutes += more;
    },
  };
};

for (const [status, body, meaning] of [
  [403, '{}', 'an expired token that is refused with a 403'],
  [400, moved, 'a company that has moved'],
] as const) {
  test(`S30, C4: ${meaning} is cured by one renewal and one repetition`, async (t) => {
    const { origin, received } = await serve(t, (incoming, response) => {
      if (incoming.headers.authorization === 'Bearer secret-token-2') answer(response, 200);
      else answer(response, status, body);
    });
    const { http, events } = harness(origin, { tokenRefusals: start().tokenRefusals });
    assert.equal((await http.send(request)).status, 200);
    assert.deepEqual([received.length, events.filter((each) => each === 'renew').length], [2, 1]);
  });
}

test('S30, S31: a missing scope costs one renewal an hour and operation, and is then left to the client', async (t) => {
  const { origin, received } = await serve(t, (incoming, response) => {
    answer(response, incoming.url === '/taken' ? 200 : 403, '{}');
  });
  const { tokenRefusals, pass } = start();
  const { http, events } = harness(origin, { tokenRefusals });
  const renewals = () => events.filter((each) => each === 'renew').length;
  assert.equal((await http.send(request)).status, 403);
  assert.equal((await http.send(request)).status, 403);
  assert.deepEqual([received.length, renewals()], [3, 1]);
  await http.send({ ...request, operation: 'vendor.find' });
  assert.equal(renewals(), 2, 'another operation is tried for itself');
  await http.send({ ...request, operation: 'fis.acknowledge', path: '/taken' });
  pass(59);
  await http.send(request);
  assert.equal(renewals(), 2);
  pass(1);
  await http.send(request);
  assert.equal(renewals(), 3);
});

test('S30: a renewed token that is revoked as well, with a 403 to everything, is renewed again after a minute', async (t) => {
  const { origin } = await serve(t, (incoming, response) => {
    answer(response, incoming.headers.authorization === 'Bearer secret-token-3' ? 200 : 403, '{}');
  });
  const { tokenRefusals, pass } = start();
  const { http } = harness(origin, { tokenRefusals });
  assert.equal((await http.send(request)).status, 403);
  assert.equal((await http.send(request)).status, 403);
  pass(1);
  assert.equal((await http.send(request)).status, 200);
});

test('S30: a 403 that nobody answered with another token says nothing of the operation', async (t) => {
  const { origin } = await serve(t, (incoming, response) => {
    answer(response, incoming.headers.authorization === 'Bearer secret-token-2' ? 200 : 403, '{}');
  });
  // Too young to be renewed: the keeper leaves the token as it is (`concurAuth`).
  let version = 1;
  let isYoung = true;
  const auth: CallAuth = {
    authorize: () => Promise.resolve({ baseUrl: origin, headers: { authorization: `Bearer secret-token-${version}` } }),
    renew: () => {
      if (!isYoung) version += 1;
      return Promise.resolve();
    },
  };
  const { http } = harness(origin, { auth, tokenRefusals: start().tokenRefusals });
  assert.equal((await http.send(request)).status, 403);
  isYoung = false;
  assert.equal((await http.send(request)).status, 200);
});

test("a 400 that says something else is the client's to judge", async (t) => {
  const { origin } = await serve(t, (_incoming, response) => {
    answer(response, 400, '{"message":"Request limit exceeded"}');
  });
  const { http, events } = harness(origin, { tokenRefusals: start().tokenRefusals });
  assert.equal((await http.send(request)).status, 400);
  assert.ok(!events.includes('renew'));
});
