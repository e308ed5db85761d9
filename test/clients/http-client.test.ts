import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { LosslessNumber } from 'lossless-json';
import {
  ContractViolation,
  OutcomeUnknown,
  RateLimited,
  Unauthorized,
  Unavailable,
} from '../../src/clients/http/errors.js';
import type { HttpRequest } from '../../src/clients/http/types.js';
import { answer, harness, published, serve, type Handler } from './http-support.js';

const READ: HttpRequest = { operation: 'x.read', method: 'GET', path: '/things', kind: 'read' };
const WRITE: HttpRequest = { operation: 'x.write', method: 'POST', path: '/things', json: { a: 1 }, kind: 'write' };
const now = () => new Date('2026-09-01T10:00:00Z');

test('a call passes the gate, is authorized, answers losslessly and frees its slot', async (t) => {
  const { origin, received } = await serve(t, (_request, response) => {
    answer(response, 200, '{"amount":50.00000000,"zero":0E-8,"id":68719482833123456789}', {
      'Concur-CorrelationId': 'b7a1c0de',
    });
  });
  const { http, events, records } = harness(`${origin}/base/`);
  const response = await http.send({ ...READ, query: { $filter: "Name eq 'A & B'", page: '0' } });
  assert.deepEqual(response.json(), { amount: '50.00000000', zero: '0E-8', id: '68719482833123456789' });
  assert.deepEqual(events, ['enter', 'authorize', 'release']);
  assert.equal(received[0]?.url, '/base/things?$filter=Name%20eq%20%27A%20%26%20B%27&page=0');
  assert.equal(received[0].headers.authorization, 'Bearer secret-token-1');
  assert.match(String(received[0].headers['concur-correlationid']), /^[0-9a-f-]{36}$/);
  assert.equal(records.length, 1);
  assert.equal(records[0]?.outcome, 'ok');
  assert.equal(records[0].correlationId, 'b7a1c0de');
  assert.equal(records[0].path, '/things');
});

test('a body goes out in one piece with Content-Length, never chunked, numbers as literals, digests recorded', async (t) => {
  const { origin, received } = await serve(t, (_request, response) => {
    answer(response, 200, '[]');
  });
  const { http, records } = harness(origin);
  await http.send({ ...WRITE, json: { amount: new LosslessNumber('315.00'), note: 'é', absent: undefined } });
  await http.send({ ...WRITE, json: undefined, form: { a: 'b c', d: 'é' } });
  await http.send({ ...WRITE, json: undefined, text: '--batch', headers: { 'Content-Type': 'multipart/mixed' } });
  await http.send({ operation: 'x.act', method: 'POST', path: '/act', kind: 'write' });
  assert.equal(received[0]?.body, '{"amount":315.00,"note":"é"}');
  assert.equal(received[0].headers['content-type'], 'application/json');
  assert.equal(received[1]?.body, 'a=b+c&d=%C3%A9');
  assert.equal(received[2]?.headers['content-type'], 'multipart/mixed');
  for (const request of received) {
    assert.equal(request.headers['content-length'], String(Buffer.byteLength(request.body)));
    assert.equal(request.headers['transfer-encoding'], undefined);
  }
  assert.equal(records[0]?.requestDigest, createHash('sha256').update(received[0].body).digest('hex'));
  assert.equal(records[0].responseDigest, createHash('sha256').update('[]').digest('hex'));
  assert.equal(records[3]?.requestDigest, undefined);
});

test('S30: a 401 brings one renewal and one repetition, with the slot free meanwhile', async (t) => {
  const { origin, received } = await serve(t, (request, response) => {
    answer(response, request.headers.authorization === 'Bearer secret-token-2' ? 200 : 401);
  });
  const { http, events, records } = harness(origin);
  assert.equal((await http.send(WRITE)).status, 200);
  assert.deepEqual(events, ['enter', 'authorize', 'release', 'renew', 'enter', 'authorize', 'release']);
  assert.deepEqual(
    records.map((record) => record.outcome),
    ['unauthorized', 'ok'],
  );
  assert.equal(received.length, 2);
});

test('S30: a second 401 is Unauthorized and does not loop', async (t) => {
  const { origin, received } = await serve(t, (_request, response) => {
    answer(response, 401);
  });
  const { http, events } = harness(origin);
  await assert.rejects(http.send(READ), (error) => error instanceof Unauthorized && error.call.status === 401);
  assert.equal(received.length, 2);
  assert.equal(events.filter((event) => event === 'renew').length, 1);
});

const waits: [string, string | undefined, number][] = [
  ['in seconds', '7', 7_000],
  ['as an HTTP date', 'Tue, 01 Sep 2026 10:00:07 GMT', 7_000],
  ['of zero, with a floor of one second', '0', 1_000],
  ['as a date in the past, with a floor of one second', 'Tue, 01 Sep 2026 09:00:00 GMT', 1_000],
  ['left out, with the default', undefined, 30_000],
];
for (const [name, retryAfter, expected] of waits) {
  test(`S44: a 429 with Retry-After ${name} pauses the whole connection that long`, async (t) => {
    const { origin, received } = await serve(t, (_request, response) => {
      answer(response, 429, '', retryAfter === undefined ? {} : { 'retry-after': retryAfter });
    });
    const { http, pauses, records } = harness(origin, { now });
    const failure = await http.send(WRITE).catch((error: unknown) => error);
    assert.ok(failure instanceof RateLimited);
    assert.equal(failure.retryAfterMs, expected);
    assert.deepEqual(pauses, [new Date(now().getTime() + expected)]);
    assert.equal(records[0]?.outcome, 'rate-limited');
    assert.equal(received.length, 1);
  });
}

test('S44: a 503 with Retry-After is a rate limit, for a write too', async (t) => {
  const { origin } = await serve(t, (_request, response) => {
    answer(response, 503, '', { 'retry-after': '120' });
  });
  const { http, pauses } = harness(origin, { now });
  await assert.rejects(http.send(WRITE), (error) => error instanceof RateLimited && error.retryAfterMs === 120_000);
  assert.equal(pauses.length, 1);
});

test('S45: refusals in a row without Retry-After wait longer each time, up to five minutes, until a call succeeds', async (t) => {
  let status = 429;
  const { origin } = await serve(t, (_request, response) => {
    answer(response, status);
  });
  let at = now().getTime();
  const { http } = harness(origin, { now: () => new Date(at), defaultRetryAfterMs: 2_000 });
  const told: number[] = [];
  for (let turn = 0; turn < 10; turn += 1) {
    const failure = await http.send(READ).catch((error: unknown) => error);
    assert.ok(failure instanceof RateLimited);
    told.push(failure.retryAfterMs);
    at += failure.retryAfterMs;
  }
  assert.equal(told[0], 2_000);
  for (const [index, wait] of told.entries()) {
    if (index > 0) assert.ok(wait >= told[index - 1]! && wait <= 300_000, `wait ${index} is ${wait}`);
  }
  assert.equal(told.at(-1), 300_000);
  status = 200;
  await http.send(READ);
  status = 429;
  await assert.rejects(http.send(READ), (error) => error instanceof RateLimited && error.retryAfterMs === 2_000);
});

for (const status of [408, 500, 502, 503, 504]) {
  test(`B5: ${status} is Unavailable for a read and an unknown outcome for a write`, async (t) => {
    const { origin } = await serve(t, (_request, response) => {
      answer(response, status, '<html>gateway</html>');
    });
    const { http, records } = harness(origin);
    await assert.rejects(http.send(READ), (error) => error instanceof Unavailable && error.call.status === status);
    await assert.rejects(http.send(WRITE), (error) => error instanceof OutcomeUnknown && error.call.status === status);
    assert.deepEqual(
      records.map((record) => record.outcome),
      ['unavailable', 'outcome-unknown'],
    );
  });
}

test('acceptStatus lets a client read the body of a 500 and of a 401 itself, without a repetition', async (t) => {
  const { origin, received } = await serve(t, (_request, response, nth) => {
    answer(response, nth === 1 ? 500 : 401, '{"error":{"code":"x"}}');
  });
  const { http, records } = harness(origin);
  const response = await http.send({ ...WRITE, acceptStatus: [500] });
  assert.deepEqual(response.json(), { error: { code: 'x' } });
  assert.equal((await http.send({ ...WRITE, acceptStatus: [401] })).status, 401);
  assert.equal(received.length, 2);
  assert.equal(records[0]?.outcome, 'rejected');
});

test('4xx answers and redirects resolve; a redirect is not followed', async (t) => {
  const { origin, received } = await serve(t, (_request, response, nth) => {
    answer(response, nth === 1 ? 307 : 409, '{}', nth === 1 ? { location: '/elsewhere' } : {});
  });
  const { http } = harness(origin);
  assert.equal((await http.send(WRITE)).status, 307);
  assert.equal((await http.send(WRITE)).status, 409);
  assert.deepEqual(
    received.map((request) => request.url),
    ['/things', '/things'],
  );
});

const lostAnswers: [string, Handler][] = [
  ['a connection cut before the answer', (_request, response) => response.socket?.destroy()],
  [
    'a body shorter than announced',
    (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
      response.write('{"a":1}');
      response.socket?.end();
    },
  ],
  [
    'JSON cut without an announced length',
    (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', connection: 'close' });
      response.end('{"value":[{"a":1},{"b":tr');
    },
  ],
  ['an answer that does not come in time', () => undefined],
];
for (const [name, handler] of lostAnswers) {
  test(`B5: ${name} is Unavailable for a read and an unknown outcome for a write`, async (t) => {
    const { origin } = await serve(t, handler);
    const { http, records, events } = harness(origin, { timeoutMs: 300 });
    await assert.rejects(http.send(READ), Unavailable);
    await assert.rejects(http.send(WRITE), OutcomeUnknown);
    assert.deepEqual(
      records.map((record) => record.outcome),
      ['unavailable', 'outcome-unknown'],
    );
    assert.equal(events.filter((event) => event === 'release').length, 2);
  });
}

test('B5: a refused connection and an unknown name are Unavailable for writes too: nothing was sent', async (t) => {
  const { origin, server } = await serve(t, () => undefined);
  await new Promise((resolve) => server.close(resolve));
  await assert.rejects(harness(origin).http.send(WRITE), Unavailable);
  await assert.rejects(harness('http://no-such-host.invalid').http.send(WRITE), Unavailable);
});

test('B5: whole but malformed JSON is a contract violation, HTML in place of JSON when it is read', async (t) => {
  const { origin } = await serve(t, (_request, response, nth) => {
    if (nth === 1) answer(response, 200, '{"a":01x}');
    else answer(response, 200, '<html></html>', { 'content-type': 'text/html' });
  });
  const { http, records } = harness(origin);
  await assert.rejects(http.send(READ), ContractViolation);
  assert.equal(records[0]?.outcome, 'contract-violation');
  const page = await http.send(READ);
  assert.throws(() => page.json(), ContractViolation);
});

test('the signal of the caller ends a read with its reason, and makes a write an unknown outcome', async (t) => {
  const controllers = [new AbortController(), new AbortController()];
  const { origin } = await serve(t, (_request, _response, nth) => {
    controllers[nth - 1]?.abort(new Error('cancelled by the caller'));
  });
  const { http, events } = harness(origin);
  await assert.rejects(http.send({ ...READ, signal: controllers[0]!.signal }), /cancelled by the caller/);
  await assert.rejects(http.send({ ...WRITE, signal: controllers[1]!.signal }), OutcomeUnknown);
  assert.equal(events.filter((event) => event === 'release').length, 2);
  await assert.rejects(http.send({ ...WRITE, signal: AbortSignal.abort(new Error('too late')) }), /too late/);
  assert.equal(events.filter((event) => event === 'enter').length, 2);
});

test('a failing observer or gate is reported aside and never changes the outcome of a call', async (t) => {
  const { origin } = await serve(t, (_request, response) => {
    answer(response, 200);
  });
  const aside: string[] = [];
  const { http } = harness(origin, {
    observe: () => Promise.reject(new Error('database away')),
    gate: {
      enter: () => Promise.resolve(() => Promise.reject(new Error('database away'))),
      pauseUntil: () => Promise.resolve(),
    },
    onSideFailure: (during) => aside.push(during),
  });
  assert.equal((await http.send(WRITE)).status, 200);
  assert.deepEqual(aside, ['observe', 'gate-release']);
});

test('S32: no error, cause or record holds token, host, query string or body', async (t) => {
  const { origin, server } = await serve(t, (request, response) => {
    if (request.method === 'GET') answer(response, 500, '{"secret":"in the answer"}');
    else response.socket?.destroy();
  });
  const { http, records } = harness(origin);
  const request = { query: { docId: 'query-secret' }, headers: { 'x-key': 'header-secret' } };
  const failures = [
    await http.send({ ...READ, ...request }).catch((error: unknown) => error),
    await http.send({ ...WRITE, ...request, json: { note: 'body-secret' } }).catch((error: unknown) => error),
  ];
  await new Promise((resolve) => server.close(resolve));
  failures.push(await http.send({ ...READ, ...request }).catch((error: unknown) => error));
  const text = failures.map(published).join('\n') + JSON.stringify(records);
  assert.equal(records.length, 3);
  assert.doesNotMatch(text, /secret-token|query-secret|header-secret|body-secret|in the answer|127\.0\.0\.1/);
  assert.doesNotMatch(text, new RegExp(new URL(origin).port));
});

test('a request with two bodies or a relative path is a defect and never leaves', async () => {
  const { http, events } = harness('http://127.0.0.1:9');
  await assert.rejects(http.send({ ...WRITE, form: { a: 'b' } }), TypeError);
  await assert.rejects(http.send({ ...READ, path: '@evil.example/x' }), TypeError);
  assert.deepEqual(events, ['enter', 'authorize', 'release']);
});

test('FIS 2.1: after a 503 or a timeout without a wait of its own, a read is told to rest for the given time', async (t) => {
  const { origin } = await serve(t, (request, response) => {
    if (request.url === '/hangs') return;
    answer(
      response,
      request.url === '/broken' ? 500 : 503,
      '{}',
      request.url === '/named' ? { 'retry-after': '7' } : {},
    );
  });
  const { http } = harness(origin, { outageWaitMs: 300_000 });
  const waitOf = (request: Partial<HttpRequest>) =>
    http.send({ ...READ, ...request }).then(
      () => assert.fail('it did not fail'),
      (error: unknown) => {
        assert.ok(error instanceof Unavailable || error instanceof OutcomeUnknown || error instanceof RateLimited);
        return [error.name, error.retryAfterMs];
      },
    );
  assert.deepEqual(await waitOf({}), ['Unavailable', 300_000]);
  assert.deepEqual(await waitOf({ path: '/hangs', timeoutMs: 100 }), ['Unavailable', 300_000]);
  assert.deepEqual(await waitOf({ path: '/broken' }), ['Unavailable', undefined]);
  assert.deepEqual(await waitOf({ path: '/named' }), ['RateLimited', 7_000]);
  assert.deepEqual(await waitOf(WRITE), ['OutcomeUnknown', undefined], 'a write looks again by its own schedule');
});
