import assert from 'node:assert/strict';
import { afterEach, describe } from 'node:test';
import { activityInfo } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { createTokenActivities } from '../../src/activities/index.js';
import { failureTypes } from '../../src/contracts/failures.js';
import { messageNames } from '../../src/contracts/messages.js';
import type { KeepTokenAsk, KeepTokenInput } from '../../src/contracts/steps.js';
import { concurQueue, documentsQueue } from '../../src/contracts/task-queues.js';
import { tokenKeeperWorkflowId } from '../../src/contracts/workflow-ids.js';
import { concurConnection, currentDetails, untilDetails, untilTrue, useStage } from './support.js';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const refreshLifeMs = 180 * dayMs;

/** Concur's token service and our store, in memory. Instants are the server's own, which the tests let run. */
const tokens = {
  accessLifeMs: dayMs,
  version: 0,
  accessExpiresAtMs: 0,
  refreshExpiresAtMs: 0,
  /** A shortened life, as when Concur refuses a token before its end. */
  isRefused: false,
  parkedReason: undefined as string | undefined,
  renewals: 0,
  looks: 0,
  /** Renewals that came after the access token, or the refresh token, had ended. */
  gaps: 0,
  failures: [] as Error[],
  /** What the keeper passed on, where it passed anything. */
  asks: [] as KeepTokenAsk[],
  missingScopes: [] as string[],
};

type TokenActivities = ReturnType<typeof createTokenActivities>;

const activities: TokenActivities = {
  async keepTokenFresh(asked) {
    tokens.looks += 1;
    if (Object.keys(asked).length > 0) tokens.asks.push(asked);
    const failure = tokens.failures.shift();
    if (failure) throw failure;
    if (tokens.parkedReason !== undefined) {
      return {
        status: 'parked',
        code: '108',
        since: '2026-03-01T12:00:00.000Z',
        reason: tokens.parkedReason,
        remedy: 'Enter a new company request token.',
      };
    }
    const nowMs = activityInfo().currentAttemptScheduledTimestampMs;
    if (nowMs >= renewAtMs() || tokens.isRefused) {
      if (tokens.version > 0 && nowMs >= Math.min(tokens.accessExpiresAtMs, tokens.refreshExpiresAtMs))
        tokens.gaps += 1;
      tokens.isRefused = false;
      tokens.renewals += 1;
      tokens.version += 1;
      tokens.accessExpiresAtMs = nowMs + tokens.accessLifeMs;
      tokens.refreshExpiresAtMs = nowMs + refreshLifeMs;
    }
    return {
      status: 'active',
      version: tokens.version,
      accessExpiresAt: new Date(tokens.accessExpiresAtMs).toISOString(),
      refreshExpiresAt: new Date(tokens.refreshExpiresAtMs).toISOString(),
      renewAt: new Date(renewAtMs()).toISOString(),
      dataCentre: 'https://eu2.api.concursolutions.com',
      missingScopes: tokens.missingScopes,
    };
  },
};

/** Four fifths of the life of the access token, as the real activity has it. */
const renewAtMs = (): number => tokens.accessExpiresAtMs - 0.2 * tokens.accessLifeMs;

const stage = useStage((prefix) => ({
  [documentsQueue(prefix)]: {},
  [concurQueue(prefix, concurConnection)]: activities,
}));

let keeper: WorkflowHandle | undefined;

/** Starts a keeper with a fresh token service, and waits until it has looked once. */
async function startKeeper(changes: Partial<typeof tokens> = {}, rotationsPerRun = 200): Promise<WorkflowHandle> {
  Object.assign(tokens, { version: 0, accessExpiresAtMs: 0, refreshExpiresAtMs: 0, isRefused: false, failures: [] });
  Object.assign(tokens, { asks: [], missingScopes: [] });
  Object.assign(tokens, { parkedReason: undefined, renewals: 0, looks: 0, gaps: 0, accessLifeMs: dayMs }, changes);
  const input: KeepTokenInput = { connection: concurConnection, queuePrefix: stage.prefix, rotationsPerRun };
  const { workflowId } = await stage.client.workflow.start('keepToken', {
    taskQueue: documentsQueue(stage.prefix),
    workflowId: `${stage.prefix}${tokenKeeperWorkflowId(concurConnection)}`,
    workflowIdConflictPolicy: 'FAIL',
    args: [input],
  });
  // Without a run id, so that the handle follows the keeper through its continuations.
  keeper = stage.client.workflow.getHandle(workflowId);
  await untilTrue('the keeper has looked', () => tokens.looks > 0);
  return keeper;
}

afterEach(async () => {
  await keeper?.terminate('the test is over');
  keeper = undefined;
});

describe('the token keeper', () => {
  stage.test('S23, S29: renews at the instant that the activity names, before the token ends', async () => {
    await startKeeper({ accessLifeMs: 10 * hourMs });
    assert.equal(tokens.renewals, 1);
    await stage.environment.sleep(7.5 * hourMs);
    assert.equal(tokens.renewals, 1, 'four fifths of ten hours are eight');
    await stage.environment.sleep(hourMs);
    assert.equal(tokens.renewals, 2);
    assert.equal(tokens.gaps, 0);
  });

  stage.test('S30: renews at once when a refused token is signalled', async () => {
    const handle = await startKeeper();
    tokens.isRefused = true;
    await handle.signal(messageNames.refreshNow);
    await untilTrue('renewed', () => tokens.renewals === 2);
    await untilDetails(handle, /Access token version 2/);
  });

  stage.test(
    'S23, S24, S29: over 180 days, and several continuations, no token ever ends before it is renewed',
    async () => {
      const handle = await startKeeper({ accessLifeMs: 2 * dayMs }, 20);
      const first = (await handle.describe()).runId;
      await stage.environment.sleep(180 * dayMs);
      assert.ok(tokens.renewals >= 110 && tokens.renewals <= 115, `${tokens.renewals} renewals`);
      assert.equal(tokens.gaps, 0);
      assert.notEqual((await handle.describe()).runId, first);
      await untilDetails(handle, /is connected/);
    },
  );

  stage.test('S24: continues as new after the configured number of rotations, so that a run stays short', async () => {
    const handle = await startKeeper({}, 3);
    const first = stage.client.workflow.getHandle(handle.workflowId, (await handle.describe()).runId);
    await stage.environment.sleep(5 * dayMs);
    assert.equal((await first.describe()).status.name, 'CONTINUED_AS_NEW');
    const history = await first.fetchHistory();
    const activitiesOfRun = (history.events ?? []).filter((event) => event.activityTaskScheduledEventAttributes);
    assert.equal(activitiesOfRun.length, 3);
    assert.ok(tokens.renewals >= 6);
  });

  stage.test(
    'S22, M5: parked, it says why and what to do, and calls nobody more often than once a minute',
    async () => {
      const handle = await startKeeper({ parkedReason: 'The company request token is older than 24 hours.' });
      const details = await untilDetails(handle, /is parked/);
      assert.match(details, /older than 24 hours/);
      assert.match(details, /is parked since 2026-03-01T12:00:00\.000Z/);
      assert.match(details, /What happened\*\* \(code `108`\)/);
      assert.match(details, /What to do:\*\* Enter a new company request token/);
      assert.match(details, /`refreshNow` renews at once; `reauthorise`/);
      await stage.environment.sleep('10 minutes');
      assert.ok(tokens.looks >= 9 && tokens.looks <= 12, `${tokens.looks} looks`);
      assert.equal(tokens.renewals, 0);
    },
  );

  stage.test('S21, S22: parked, it takes up new credentials at once on the signal', async () => {
    const handle = await startKeeper({ parkedReason: 'revoked' });
    tokens.parkedReason = undefined;
    await handle.signal(messageNames.refreshNow);
    await untilTrue('renewed', () => tokens.renewals === 1);
    await untilDetails(handle, /is connected/);
  });

  stage.test('S22: parked, it takes up new credentials within a minute without any signal', async () => {
    const handle = await startKeeper({ parkedReason: 'revoked' });
    tokens.parkedReason = undefined;
    await stage.environment.sleep('61 seconds');
    assert.equal(tokens.renewals, 1);
    await untilDetails(handle, /is connected/);
  });

  stage.test(
    'S24: a failure that may pass is repeated, one that repeating cannot cure parks; neither ends the keeper',
    async () => {
      const passing = ApplicationFailure.create({ type: failureTypes.unavailable, message: 'no answer' });
      const lasting = ApplicationFailure.nonRetryable('expires_in is no number', failureTypes.contractViolation);
      const handle = await startKeeper({ failures: [passing, passing, lasting] });
      await stage.environment.sleep('20 seconds');
      await untilDetails(handle, /expires_in is no number/);
      await stage.environment.sleep('61 seconds');
      assert.equal((await handle.describe()).status.name, 'RUNNING');
      await untilDetails(handle, /is connected/);
    },
  );

  stage.test('S22: reauthorise, as signal and as update, is passed on once and shown with who asked', async () => {
    const handle = await startKeeper({ parkedReason: 'disabled' });
    await handle.signal(messageNames.reauthorise, { by: 'Ada' });
    await untilTrue('the signal is passed on', () => tokens.asks.length === 1);
    await untilDetails(handle, /Last `reauthorise`: Ada at \d{4}-/);
    await handle.executeUpdate<string, [unknown]>(messageNames.reauthorise, { args: [{ by: 'Grace' }] });
    await untilTrue('the update is passed on', () => tokens.asks.length === 2);
    await untilDetails(handle, /Last `reauthorise`: Grace/);
    assert.deepEqual(tokens.asks, [{ again: true }, { again: true }]);
    await stage.environment.sleep('3 minutes');
    assert.equal(tokens.asks.length, 2, 'later looks do not ask again');
  });

  stage.test('S22: a reauthorise that does not say who asks is refused as update and ignored as signal', async () => {
    const handle = await startKeeper({ parkedReason: 'disabled' });
    await assert.rejects(handle.executeUpdate(messageNames.reauthorise, { args: [{ who: 'Ada' }] }), /update failed/i);
    await handle.signal(messageNames.reauthorise, 'Ada');
    // A query is answered after the signal was handled.
    await currentDetails(handle);
    assert.deepEqual(tokens.asks, []);
    assert.equal((await handle.describe()).status.name, 'RUNNING');
  });

  stage.test('S30: what is asked while a run ends is done by the next one', async () => {
    const handle = await startKeeper({}, 1);
    const first = (await handle.describe()).runId;
    await handle.signal(messageNames.refreshNow);
    await untilTrue('passed on', () => tokens.asks.length === 1);
    assert.deepEqual(tokens.asks, [{ renew: true }]);
    assert.notEqual((await handle.describe()).runId, first, 'the only rotation of the first run was over');
  });

  stage.test('S31: without FISVC the details say that the connection cannot be used, and why', async () => {
    const handle = await startKeeper({ missingScopes: ['FISVC', 'INVPMT'] });
    const details = await untilDetails(handle, /has tokens, but cannot be used/);
    assert.match(details, /- FISVC: no document can be read/);
    assert.match(details, /- INVPMT: .*no payment of an invoice is confirmed/);
    assert.match(details, /at https:\/\/eu2\.api\.concursolutions\.com/);
  });
});
