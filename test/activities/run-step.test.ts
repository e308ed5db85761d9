import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { hold, runStep, runUnattended } from '../../src/activities/run-step.js';
import { toApplicationFailure } from '../../src/activities/to-application-failure.js';
import {
  Conflict,
  ContractViolation,
  GrantRevoked,
  OutcomeUnknown,
  RateLimited,
  Rejected,
  Unauthorized,
  Unavailable,
} from '../../src/clients/http/errors.js';
import type { HoldReason } from '../../src/contracts/hold-reasons.js';
import type { StepResult } from '../../src/contracts/steps.js';
import { openAlerts } from '../../src/store/alert-store.js';
import { readAudit } from '../../src/store/audit-store.js';
import { readDocument } from '../../src/store/document-store.js';
import type { Stage } from './stage.js';
import { discover, inActivity, openStage } from './stage.js';

let stage: Stage;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());
beforeEach(() => {
  stage.notified.length = 0;
});

const call = { system: 'fo', operation: 'fo.post', status: 400 };
const cause = new Error('password=hunter2');

/** House style B5: what Temporal is told about each error of a client. Milliseconds of delay, where one is given. */
const table: [error: Error, type: string, nonRetryable: boolean, delayMs: number | undefined][] = [
  [new Unavailable('m', call), 'Unavailable', false, undefined],
  [new Unavailable('m', call, 7_000), 'Unavailable', false, 7_000],
  [new RateLimited('m', call, 17_000), 'RateLimited', false, 17_000],
  [new RateLimited('m', call, 0), 'RateLimited', false, 1_000],
  [new Unauthorized('m', call), 'Unauthorized', false, undefined],
  [new OutcomeUnknown('m', call), 'OutcomeUnknown', false, undefined],
  [new OutcomeUnknown('m', call, 30_000), 'OutcomeUnknown', false, 30_000],
  [new Rejected('m', call, 'X1'), 'Rejected', true, undefined],
  [new Conflict('m', call), 'DuplicateMismatch', true, undefined],
  [new ContractViolation('m', call), 'ContractViolation', true, undefined],
  [new GrantRevoked('m', call, '108'), 'GrantRevoked', false, 60_000],
];

for (const [error, type, nonRetryable, delayMs] of table) {
  const wait = delayMs === undefined ? 'the wait of the policy' : `${delayMs} ms`;
  test(`S119: ${error.name} becomes the failure ${type}, ${nonRetryable ? 'for good' : `repeated after ${wait}`}`, () => {
    const failure = toApplicationFailure(error);
    assert.ok(failure instanceof ApplicationFailure);
    assert.deepEqual([failure.type, failure.nonRetryable, failure.message], [type, nonRetryable, 'm']);
    assert.equal(failure.nextRetryDelay, delayMs);
    const isBenign = failure.category === ApplicationFailureCategory.BENIGN;
    assert.equal(isBenign, error instanceof RateLimited, 'S120: throttling is no error');
  });
}

test('S32: an unexpected error reaches Temporal by its name only, and is repeated', async () => {
  const failure = await inActivity(async () => toApplicationFailure(new TypeError('password=hunter2', { cause })));
  assert.ok(failure instanceof ApplicationFailure);
  assert.deepEqual([failure.type, failure.nonRetryable], ['TypeError', false]);
  assert.ok(!JSON.stringify(failure).includes('hunter2') && !failure.message.includes('hunter2'));
});

test('S119: the code of a refusal travels as a detail of the failure', () => {
  const failure = toApplicationFailure(new Rejected('m', call, 'X1'));
  assert.ok(failure instanceof ApplicationFailure);
  assert.deepEqual(failure.details, [{ code: 'X1' }]);
});

const step = (id: string, work: () => Promise<StepResult<object>>, fallback: HoldReason = 'erp-refused', attempt = 1) =>
  inActivity(() => runStep(stage, id, fallback, work), { attempt });
const failing = (error: unknown) => async (): Promise<StepResult<object>> => {
  throw error;
};

for (const [name, error, reason] of [
  ['a refusal with a published reason', new Rejected('The period is closed.', call, 'period-closed'), 'period-closed'],
  ['a refusal with an unknown code', new Rejected('No.', call, 'X1'), 'concur-refused'],
  ['a refusal whose code is a name that every object has', new Rejected('No.', call, 'toString'), 'concur-refused'],
  ['a true clash', new Conflict('Taken.', call), 'possible-duplicate'],
  ['an answer against the contract', new ContractViolation('Shape.', call), 'contract-violation'],
] as const) {
  test(`S119: ${name} holds the document with ${reason}, and the step does not fail`, async () => {
    const { id } = await discover(stage.db, name);
    const result = await step(id, failing(error), 'concur-refused');
    assert.deepEqual(result, { status: 'hold', hold: { reason, message: error.message, vendorKeys: [] } });
    const document = await readDocument(stage.db, id);
    assert.deepEqual([document.holdReason, document.holdMessage], [reason, error.message]);
  });
}

test('S87: a hold that is met again is recorded and alerted once, and the step that succeeds ends both', async () => {
  const { id } = await discover(stage.db, 'again');
  const held = async () =>
    ({ status: 'hold', hold: hold('vendor-missing', 'No vendor.', ['fo/usmf/employee/7']) }) as const;
  await step(id, held);
  await step(id, held);
  assert.deepEqual(stage.notified, ['vendor-missing: fo/usmf/employee/7']);
  await step(id, async () => ({ status: 'done' }));
  assert.equal((await readDocument(stage.db, id)).holdReason, null);
  assert.ok((await openAlerts(stage.db)).every(({ documentIds }) => !documentIds.includes(id)));
  const kinds = (await readAudit(stage.db, id)).map(({ kind }) => kind);
  assert.deepEqual(kinds, ['state', 'hold', 'release']);
});

test('S114: a step that ends the document closes it with its outcome', async () => {
  const { id } = await discover(stage.db, 'ended');
  await step(id, async () => ({ status: 'ended', outcome: 'recalled', detail: 'taken back' }));
  const { stage: reached, outcome, closedAt } = await readDocument(stage.db, id);
  assert.deepEqual([reached, outcome, closedAt !== null], ['closed', 'recalled', true]);
});

test('S119: a passing error leaves the document as it is and is left to Temporal', async () => {
  const { id } = await discover(stage.db, 'passing');
  await assert.rejects(step(id, failing(new Unavailable('away', call))), { type: 'Unavailable' });
  assert.equal((await readDocument(stage.db, id)).holdReason, null);
  assert.deepEqual(stage.notified, []);
});

test('S30: refused credentials alert once for all documents, until a step succeeds again', async () => {
  const documents = [await discover(stage.db, 'refused 1'), await discover(stage.db, 'refused 2')];
  for (const { id } of documents) {
    await assert.rejects(step(id, failing(new Unauthorized('refused', call))), { type: 'Unauthorized' });
  }
  assert.deepEqual(stage.notified, ['credentials: fo']);
  for (const { id } of documents) await step(id, async () => ({ status: 'done' }));
  assert.ok((await openAlerts(stage.db)).every((each) => each.cause !== 'credentials: fo'));
});

test('S120: a step that fails ten times is told to people; one that is throttled never is', async () => {
  const { id } = await discover(stage.db, 'stuck');
  await assert.rejects(step(id, failing(new Unavailable('away', call)), 'erp-refused', 9));
  await assert.rejects(step(id, failing(new RateLimited('slow', call, 1_000)), 'erp-refused', 50));
  assert.deepEqual(stage.notified, []);
  await assert.rejects(step(id, failing(new Unavailable('away', call)), 'erp-refused', 10));
  await assert.rejects(step(id, failing(new Unavailable('away', call)), 'erp-refused', 11));
  assert.equal(stage.notified.length, 1);
});

test('S103: a poll that keeps failing is told to people, and the alert ends when it succeeds', async () => {
  const poll = (attempt: number, work: () => Promise<string>) =>
    inActivity(() => runUnattended(stage, 'Concur connection test', work), { attempt });
  const away = async (): Promise<string> => {
    throw new Unavailable('away', call);
  };
  const stuck = async () =>
    (await openAlerts(stage.db)).filter((each) => each.cause.includes('Concur connection test'));
  await assert.rejects(poll(10, away), { type: 'Unavailable' });
  assert.equal((await stuck()).length, 1);
  assert.equal(await poll(11, async () => 'read'), 'read');
  assert.equal((await stuck()).length, 0);
});
