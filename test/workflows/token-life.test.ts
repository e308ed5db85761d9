import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe } from 'node:test';
import type { WorkflowHandle } from '@temporalio/client';
import type { TokenDependencies } from '../../src/activities/tokens.js';
import { createTokenActivities, keepFresh } from '../../src/activities/tokens.js';
import { createConcurTokenClient } from '../../src/clients/concur/token-client.js';
import { messageNames } from '../../src/contracts/messages.js';
import type { KeepTokenAsk } from '../../src/contracts/steps.js';
import { concurQueue, documentsQueue } from '../../src/contracts/task-queues.js';
import { tokenKeeperWorkflowId } from '../../src/contracts/workflow-ids.js';
import { openAlerts } from '../../src/store/alert-store.js';
import { createSealer } from '../../src/store/envelope-encryption.js';
import { createLeaseStore } from '../../src/store/lease-store.js';
import { createTokenStore } from '../../src/store/token-store.js';
import type { Stage as ActivityStage } from '../activities/stage.js';
import { openStage } from '../activities/stage.js';
import type { Planned } from './fake-token-service.js';
import { client, dayMs, FakeTokenService, hourMs } from './fake-token-service.js';
import { concurConnection, currentDetails, historySize, untilDetails, useStage } from './support.js';

const retryMaximumMs = 300_000;
const maintenanceMs = 6.5 * hourMs;
/** Some 20 s alone; a busy machine takes several times that. */
const limitMs = 240_000;
/**
 * No run ends near a signal of this test: at one that arrives while a run continues as new, the time-skipping server
 * (1.32.1) forgets to go on skipping, and the rest would take its real half year.
 */
const rotationsPerRun = 39;
const keyBase64 = randomBytes(32).toString('base64');
const signal = new AbortController().signal;

/** Half a year in Concur. Days count from the connecting. */
const plan: Planned[] = [
  // In the first 24 hours, when only the request token can cure it.
  { day: 0.5, act: (service) => (service.loseNext = 'strict') },
  { day: 30, act: (service) => (service.loseNext = 'kept') },
  { day: 50, act: (service) => service.move('eu', true) },
  { day: 80, act: (service) => (service.maintenanceUntilMs = clockMs + maintenanceMs) },
  { day: 90, act: (service) => (service.loseNext = 'kept') },
  { day: 110, act: (service) => service.move('apj', false) },
  // From here on renewing does not move the end of the refresh token any more.
  { day: 140, act: (service) => (service.fixedEndMs = startMs + 188 * dayMs) },
];

let clockMs = 0;
let startMs = 0;
let service: FakeTokenService;
let database: ActivityStage;
const ends: (() => void)[] = [];

before(async () => {
  database = await openStage();
});
after(async () => {
  for (const end of ends) end();
  await database.close();
});

/** What one worker has of its own: stores, leases and client; only the database and Concur are shared. */
function office(): TokenDependencies {
  const now = () => new Date(clockMs);
  const leases = createLeaseStore(database.db);
  ends.push(() => leases.close());
  return {
    ...database,
    ...client,
    now,
    leases,
    connection: concurConnection,
    tokenUrl: service.origins.get('glz') ?? '',
    clientSecrets: () => [client.clientSecret],
    usedFeatures: new Set(['documents'] as const),
    onSideFailure: assert.ifError,
    tokens: createTokenStore(database.db, createSealer(keyBase64)),
    tokenClient: createConcurTokenClient({ geolocationAllow: [], now, timeoutMs: 5_000 }),
  };
}

let offices: TokenDependencies[] = [];
let turn = 0;

/** The two workers take turns, since one process may not have two of them on a queue. The server's clock is theirs. */
const activities = {
  async keepTokenFresh(asked: KeepTokenAsk) {
    clockMs = await stage.environment.currentTimeMs();
    turn += 1;
    return createTokenActivities(offices[turn % 2]!).keepTokenFresh(asked);
  },
};

const stage = useStage((prefix) => ({
  [documentsQueue(prefix)]: {},
  [concurQueue(prefix, concurConnection)]: activities,
}));

/** Milliseconds for which Concur would have answered, but no access token lived: the longest such time. */
function longestGapMs(maintenance: { fromMs: number; untilMs: number }): number {
  const { issued } = service;
  const gaps = issued.slice(1).map(({ atMs }, index) => {
    const endedMs = Math.max(...issued.slice(0, index + 1).map(({ untilMs }) => untilMs));
    const isAway = endedMs >= maintenance.fromMs && endedMs < maintenance.untilMs;
    return atMs - (isAway ? maintenance.untilMs : endedMs);
  });
  return Math.max(...gaps);
}

/** Many ask at once, from both workers and from outside, because the token was refused. */
async function refuseAndRenew(deps: TokenDependencies, handle: WorkflowHandle): Promise<void> {
  const version = (await deps.tokens.facts(concurConnection))?.version ?? 0;
  const before = service.refreshes;
  await deps.tokens.reject(concurConnection, version);
  clockMs = await stage.environment.currentTimeMs();
  await Promise.all([
    handle.signal(messageNames.refreshNow),
    keepFresh(deps, signal, { renew: true }),
    keepFresh(offices[1]!, signal, { renew: true }),
    handle.signal(messageNames.refreshNow),
  ]);
  await untilDetails(handle, new RegExp(`Access token version ${version + 1},`));
  assert.equal(service.refreshes, before + 1, 'one refusal brings one refresh');
}

describe('half a year of one Concur connection', () => {
  stage.test(
    'S22, S23, S24, S25, S30, S32: 190 days with lost answers, moves, maintenance and a disconnection; two workers',
    async () => {
      startMs = clockMs = await stage.environment.currentTimeMs();
      service = new FakeTokenService(() => clockMs, plan);
      await service.open();
      ends.push(() => service.close());
      const deps = office();
      offices = [deps, office()];
      await deps.tokens.enterRequestToken(concurConnection, service.makeRequestToken(), deps.now());
      const started = await stage.client.workflow.start('keepToken', {
        taskQueue: documentsQueue(stage.prefix),
        workflowId: `${stage.prefix}${tokenKeeperWorkflowId(concurConnection)}`,
        args: [{ connection: concurConnection, queuePrefix: stage.prefix, rotationsPerRun }],
      });
      const handle = stage.client.workflow.getHandle(started.workflowId);
      await untilDetails(handle, /is connected/);
      const dayOf = async (day: number) =>
        stage.environment.sleep(startMs + day * dayMs - (await stage.environment.currentTimeMs()));

      for (const day of [20, 40, 60, 79.9]) {
        await dayOf(day);
        await refuseAndRenew(deps, handle);
      }
      await dayOf(100);
      // Its first request of day 80 began it; it is longer than the fifth of a life that is left then.
      const maintenance = { fromMs: service.maintenanceUntilMs - maintenanceMs, untilMs: service.maintenanceUntilMs };
      assert.ok(maintenance.fromMs > startMs + 80 * dayMs);
      await refuseAndRenew(deps, handle);
      for (const day of [130, 160]) {
        await dayOf(day);
        await refuseAndRenew(deps, handle);
      }
      await dayOf(187.9);
      assert.ok(longestGapMs(maintenance) <= retryMaximumMs, `${longestGapMs(maintenance)} ms without a token`);

      service.isDisconnected = true;
      await handle.signal(messageNames.refreshNow);
      const parked = await untilDetails(handle, /is parked since \d{4}-/);
      assert.match(parked, /code `108`.*\n\n\*\*What to do:\*\* Create a company request token/s);
      const before = service.refreshes;
      await stage.environment.sleep('20 minutes');
      assert.equal(service.refreshes, before, 'parked, it calls nobody');
      clockMs = await stage.environment.currentTimeMs();
      await deps.tokens.enterRequestToken(concurConnection, service.makeRequestToken(), deps.now());
      service.fixedEndMs = undefined;
      await handle.signal(messageNames.reauthorise, { by: 'Ada' });
      await untilDetails(handle, /is connected/);
      await dayOf(190.5);

      assert.deepEqual(service.violations, []);
      assert.equal(service.mostAtOnce, 1, 'two writers at once');
      assert.equal(service.redirects, 1, 'the untold move is found out once');
      assert.equal(service.exchanges, 3, 'connected, cured in the first day, connected again');
      assert.match(await currentDetails(handle), /Last `reauthorise`: Ada/);
      const expected = [30, 14, 7, 1].map((days) => `refresh-token-ends: ${concurConnection}, within ${days} days`);
      const told = database.notified.filter((cause) => !cause.startsWith('step-failing'));
      assert.deepEqual(told, [...expected, `concur-credentials: ${concurConnection}`]);
      assert.deepEqual(await openAlerts(database.db), []);

      const { events } = await historySize(handle);
      assert.ok(events < rotationsPerRun * 14, `${events} events in one run`);
      const first = stage.client.workflow.getHandle(started.workflowId, started.firstExecutionRunId);
      assert.equal((await first.describe()).status.name, 'CONTINUED_AS_NEW');
      for (const each of [first, handle]) {
        const text = JSON.stringify(await each.fetchHistory(), readable);
        assert.deepEqual(
          service.secrets.concat(client.clientSecret).filter((secret) => text.includes(secret)),
          [],
        );
      }
      await handle.terminate('the test is over');
    },
    limitMs,
  );
});

/** Payloads of a history are bytes; a secret inside them must be found, too. */
const readable = (_name: string, value: unknown): unknown =>
  value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value;
