import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createConcurTokenRefusals } from '../../src/clients/concur/token-refusals.js';
import type { HttpRequest } from '../../src/clients/http/types.js';
import { answer, harness, serve } from './http-support.js';

const request: HttpRequest = { operation: 'fis.list', method: 'GET', path: '/list', kind: 'read' };
const moved = '{"message":"Company does not exist"}';

const start = () => {
  let hours = 0;
  const clock = () => new Date(Date.UTC(2026, 8, 1, hours));
  return {
    tokenRefusals: createConcurTokenRefusals(clock),
    pass: (more: number) => {
      hours += more;
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
  const { origin, received } = await serve(t, (_incoming, response) => {
    answer(response, 403, '{}');
  });
  const { tokenRefusals, pass } = start();
  const { http, events } = harness(origin, { tokenRefusals });
  const renewals = () => events.filter((each) => each === 'renew').length;
  assert.equal((await http.send(request)).status, 403);
  assert.equal((await http.send(request)).status, 403);
  assert.deepEqual([received.length, renewals()], [3, 1]);
  await http.send({ ...request, operation: 'vendor.find' });
  assert.equal(renewals(), 2, 'another operation is tried for itself');
  pass(1);
  await http.send(request);
  assert.equal(renewals(), 3);
});

test("a 400 that says something else is the client's to judge", async (t) => {
  const { origin } = await serve(t, (_incoming, response) => {
    answer(response, 400, '{"message":"Request limit exceeded"}');
  });
  const { http, events } = harness(origin, { tokenRefusals: start().tokenRefusals });
  assert.equal((await http.send(request)).status, 400);
  assert.ok(!events.includes('renew'));
});
