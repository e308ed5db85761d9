import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { callContext } from '../../src/clients/http/call-context.js';
import { shareCalls, type Sharing } from '../../src/clients/http/shared-calls.js';
import { shareFisCalls, shareInvoicePayments } from '../../src/activities/shared-concur-calls.js';
import type { FisClient } from '../../src/clients/concur/fis-client.js';
import type { InvoicePaymentClient } from '../../src/clients/concur/invoice-payment-client.js';
import { OutcomeUnknown, RateLimited, Rejected, Unavailable } from '../../src/clients/http/errors.js';

const call = { system: 'concur', operation: 'test', status: 400 };
const unending = new AbortController().signal;

/** A service that answers in reverse order, with an item for a stranger; the test's clock stands still until it ticks. */
function stage(t: TestContext, given: Partial<Sharing> & { maximumItems?: number } = {}) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const calls: string[][] = [];
  const signals: AbortSignal[] = [];
  const served: string[][] = [];
  const silentFor = new Set<string>();
  let answer: (items: string[]) => Promise<void> = async () => undefined;
  const send = shareCalls<string, { id: string; says: string }>(
    {
      operation: 'test',
      maximumItems: given.maximumItems ?? 25,
      keyOf: (id) => id,
      send: async (items, signal) => {
        calls.push(items);
        signals.push(signal);
        served.push((callContext.getStore() ?? []).map(({ documentId }) => documentId));
        await answer(items);
        const answered = items.filter((id) => !silentFor.has(id)).reverse();
        return ['stranger', ...answered].map((id) => ({ id, says: `about ${id}` }));
      },
      isAnswerTo: ({ id }, item) => id === item,
    },
    { waitMilliseconds: 500, stopping: unending, ...given },
  );
  return {
    calls,
    signals,
    served,
    silentFor,
    send: (id: string, signal?: AbortSignal) => send(id, signal),
    answers: (how: typeof answer) => {
      answer = how;
    },
    tick: (ms: number) => t.mock.timers.tick(ms),
  };
}

const reasonOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => assert.fail('it did not fail'),
    (error: unknown) => error,
  );

test('S104: items that come within the wait share one call, and each gets the answers to itself only, in any order', async (t) => {
  const { send, calls, tick } = stage(t);
  const first = send('a');
  tick(499);
  const others = [send('b'), send('c')];
  assert.deepEqual(calls, []);
  tick(1);
  const answers = await Promise.all([first, ...others]);
  assert.deepEqual(calls, [['a', 'b', 'c']]);
  assert.deepEqual(
    answers.map((own) => own.map(({ id, says }) => `${id}: ${says}`)),
    [['a: about a'], ['b: about b'], ['c: about c']],
  );
});

test('S104: an item without an answer gets none, and the others are done', async (t) => {
  const { send, silentFor, tick } = stage(t);
  silentFor.add('b');
  const all = Promise.all([send('a'), send('b')]);
  tick(500);
  assert.deepEqual(
    (await all).map((own) => own.length),
    [1, 0],
  );
});

test('Decisions 27: a full call leaves at once; the next item begins a call of its own', async (t) => {
  const { send, calls, tick } = stage(t, { maximumItems: 2 });
  const pair = [send('a'), send('b')];
  const third = send('c');
  await Promise.all(pair);
  assert.deepEqual(calls, [['a', 'b']]);
  tick(500);
  await third;
  assert.deepEqual(calls, [['a', 'b'], ['c']]);
});

test('Platform 4.3: one call never carries the same key twice, for the answers could not be told apart', async (t) => {
  const { send, calls, tick } = stage(t);
  const both = Promise.all([send('a'), send('b'), send('a')]);
  tick(500);
  await both;
  assert.deepEqual(calls, [['a', 'b'], ['a']]);
});

for (const error of [
  new RateLimited('slow', call, 1_000),
  new Unavailable('away', call),
  new OutcomeUnknown('lost', call),
  new Rejected('no such service', { ...call, status: 404 }, '404'),
]) {
  test(`S104: a call that fails as a whole with ${error.name} fails every item with that error, without another call`, async (t) => {
    const { send, calls, answers, tick } = stage(t);
    answers(() => Promise.reject(error));
    const failures = Promise.all([reasonOf(send('a')), reasonOf(send('b'))]);
    tick(500);
    assert.deepEqual(await failures, [error, error]);
    assert.equal(calls.length, 1);
  });
}

for (const [name, error] of [
  ['400', new Rejected('invalid', call, '400')],
  ['413', new Rejected('too large', { ...call, status: 413 }, '413')],
  ['our own check', new RangeError('an amount for Concur is a decimal of at least zero')],
] as const) {
  test(`S104: a call refused as invalid by ${name} is repeated item by item, so that only the bad one fails`, async (t) => {
    const { send, calls, served, answers, tick } = stage(t);
    answers((items) => (items.includes('bad') ? Promise.reject(error) : Promise.resolve()));
    const sent = ['a', 'bad', 'c'].map((id) =>
      callContext.run([{ documentId: `doc-${id}`, attempt: 1 }], () => send(id)),
    );
    const results = Promise.allSettled(sent);
    tick(500);
    assert.deepEqual(
      (await results).map((each) => (each.status === 'fulfilled' ? each.value[0]?.id : each.reason)),
      ['a', error, 'c'],
    );
    assert.deepEqual(calls, [['a', 'bad', 'c'], ['a'], ['bad'], ['c']]);
    assert.deepEqual(served, [['doc-a', 'doc-bad', 'doc-c'], ['doc-a'], ['doc-bad'], ['doc-c']]);
  });
}

test('S104: a step that is cancelled while it waits leaves without being sent, and the others go on', async (t) => {
  const { send, calls, tick } = stage(t);
  const leaving = new AbortController();
  const cancelled = reasonOf(send('a', leaving.signal));
  const staying = send('b', new AbortController().signal);
  leaving.abort();
  tick(500);
  const reason = await cancelled;
  assert.ok(reason instanceof Unavailable && /nothing was sent/.test(reason.message));
  assert.equal((await staying).length, 1);
  assert.deepEqual(calls, [['b']]);
  assert.ok((await reasonOf(send('c', leaving.signal))) instanceof Unavailable);
});

test('S104: a call under way is aborted only when all its steps have been cancelled', async (t) => {
  const { send, signals, answers, tick } = stage(t);
  let finish: () => void = () => undefined;
  answers(() => new Promise((resolve) => (finish = resolve)));
  const [one, other] = [new AbortController(), new AbortController()];
  const both = Promise.all([send('a', one.signal), send('b', other.signal)]);
  tick(500);
  one.abort();
  assert.equal(signals[0]?.aborted, false);
  other.abort();
  assert.equal(signals[0].aborted, true);
  finish();
  assert.equal((await both).length, 2);
});

test('S65: a process that is to end sends what waits, and lets nothing wait any more', async (t) => {
  const stopping = new AbortController();
  const { send, calls } = stage(t, { stopping: stopping.signal });
  const waiting = Promise.all([send('a'), send('b')]);
  stopping.abort();
  await waiting;
  await send('c');
  assert.deepEqual(calls, [['a', 'b'], ['c']]);
});

test('S114: a shared call runs in the context of every document that it serves', async (t) => {
  const { send, served, tick } = stage(t);
  const all = Promise.all(
    ['x', 'y'].map((name) => callContext.run([{ documentId: name, attempt: 2 }], () => send(name))),
  );
  tick(500);
  await all;
  assert.deepEqual(served, [['x', 'y']]);
});

test('Decisions 27: a wait of 0 shares nothing', () => {
  const [fis, payments] = [{} as FisClient, {} as InvoicePaymentClient];
  const off = { waitMilliseconds: 0, stopping: unending };
  assert.equal(shareFisCalls(fis, off), fis);
  assert.equal(shareInvoicePayments(payments, off), payments);
});

test('S61: documents of different types never share a call, and FIS gets at most 25 of one type', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const calls: string[] = [];
  const fis = {
    acknowledge: async ({ docType, ids }: { docType: string; ids: string[] }) => {
      calls.push(`${docType} ${ids.length}`);
      return ids.map((docId) => ({ docId, code: 0, result: 'SUCCESS', message: '' }));
    },
  } as unknown as FisClient;
  const shared = shareFisCalls(fis, { waitMilliseconds: 500, stopping: unending });
  const ids = Array.from({ length: 26 }, (_, index) => `id-${index}`);
  const sent = [
    ...ids.map((id) => shared.acknowledge({ docType: 'expense', systemId: 's', ids: [id] })),
    shared.acknowledge({ docType: 'invoice', systemId: 's', ids: ['inv'] }),
  ];
  t.mock.timers.tick(500);
  const items = await Promise.all(sent);
  assert.deepEqual(
    items.map((own) => own.map(({ docId }) => docId)),
    [...ids, 'inv'].map((id) => [id]),
  );
  assert.deepEqual(calls.sort(), ['expense 1', 'expense 25', 'invoice 1']);
});

test('C1: bulk updates carry at most 100 invoices, each once', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const calls: number[] = [];
  const payments: InvoicePaymentClient = {
    bulkUpdate: async ({ payments: sent }) => {
      calls.push(sent.length);
      return sent.map(({ requestId }) => ({ requestId, ok: true, message: '' }));
    },
  };
  const shared = shareInvoicePayments(payments, { waitMilliseconds: 500, stopping: unending });
  const facts = { invoiceAmount: '1', paymentAmount: '1', status: 'PAID', paidOn: '2026-03-01' } as const;
  const ids = [...Array.from({ length: 101 }, (_, index) => `r-${index}`), 'r-100'];
  const sent = ids.map((requestId) => shared.bulkUpdate({ payments: [{ requestId, ...facts }] }));
  t.mock.timers.tick(500);
  assert.deepEqual(
    (await Promise.all(sent)).map((own) => own[0]?.requestId),
    ids,
  );
  assert.deepEqual(calls, [100, 1, 1]);
});
