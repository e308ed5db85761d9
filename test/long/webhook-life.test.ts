import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { createWebhookActivities } from '../../src/activities/index.js';
import { Unavailable } from '../../src/clients/http/errors.js';
import { documentsQueue, erpQueue } from '../../src/contracts/task-queues.js';
import { webhookKeeperWorkflowId } from '../../src/contracts/workflow-ids.js';
import { openAlerts } from '../../src/store/alert-store.js';
import type { Stage as ActivityStage } from '../activities/stage.js';
import { openStage } from '../activities/stage.js';
import type { WebhookStage } from '../support/webhook-stage.js';
import { openWebhookStage, webhookConnection } from '../support/webhook-stage.js';
import { historySize, untilDetails, useStage } from '../workflows/support.js';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** Hundreds of checks; a busy machine takes several times what an idle one does. */
const limitMs = 360_000;
const checksPerRun = 150;

let clockMs = 0;
let database: ActivityStage;
let webhooks: WebhookStage;
before(async () => {
  database = await openStage();
  webhooks = await openWebhookStage({ ...database, now: () => new Date(clockMs) });
});
after(async () => {
  await webhooks.close();
  await database.close();
});

/** The activities of the connector, on the server's clock. */
const timed =
  <Given, Result>(work: (given: Given) => Promise<Result>) =>
  async (given: Given): Promise<Result> => {
    clockMs = await stage.environment.currentTimeMs();
    return work(given);
  };

/** When the keeper will look next; it looks every hour at the latest. */
let nextLookMs = 0;
const real = () => createWebhookActivities(webhooks.deps);

/** How often documents that wait for a vendor were woken. */
let woken = 0;

const stage = useStage((prefix) => ({
  [documentsQueue(prefix)]: {
    tellVendors: async () => {
      woken += 1;
      return { told: 1 };
    },
    tellMasterData: async () => ({ told: 0 }),
  },
  [erpQueue(prefix, webhookConnection)]: {
    keepWebhooks: timed(async (asked: { renewAll?: true }) => {
      const state = await real().keepWebhooks(asked);
      nextLookMs = new Date(state.nextCheckAt).getTime();
      return state;
    }),
    sweepChanges: timed((given: object) => real().sweepChanges(given)),
    markNewsTold: timed((news: { company: string; upTo: string }) => real().markNewsTold(news)),
    readWaitedVendorsFromErp: async () => ({ watched: 1, vendorKeys: ['bc/North Ltd/supplier/V1'] }),
    readPostingsFromErp: async () => ({ watched: 0, found: 0, untold: 0 }),
    readSettlementsFromErp: async () => ({ watched: 0, found: 0, untold: 0 }),
  },
}));

const standing = () => webhooks.bc.simulator.webhooks().subscriptions;

async function auditCount(webhook: string): Promise<number> {
  const { rows } = await database.db.query<{ count: number }>(
    `select count(*)::int as count from audit where data ->> 'webhook' = $1`,
    [webhook],
  );
  return rows[0]?.count ?? 0;
}

describe('a month of one Business Central connection', () => {
  stage.test(
    'S54, S58, S59, S32: thirty days without a gap; what is deleted comes back, and what was missed is read once',
    async () => {
      const startMs = (clockMs = await stage.environment.currentTimeMs());
      const { simulator } = webhooks.bc;
      const started = await stage.client.workflow.start('keepWebhooks', {
        taskQueue: documentsQueue(stage.prefix),
        workflowId: `${stage.prefix}${webhookKeeperWorkflowId(webhookConnection)}`,
        args: [{ connection: webhookConnection, queuePrefix: stage.prefix, retryMaximumSeconds: 300, checksPerRun }],
      });
      const handle = stage.client.workflow.getHandle(started.workflowId);
      await untilDetails(handle, /4 subscriptions stand/);
      const dayOf = async (day: number) => {
        await stage.environment.sleep(startMs + day * dayMs - (await stage.environment.currentTimeMs()));
        clockMs = await stage.environment.currentTimeMs();
      };

      for (let day = 1; day <= 10; day += 1) {
        await dayOf(day);
        assert.equal(standing().length, 4, `day ${day}`);
      }
      assert.equal(await auditCount('created'), 4);

      // Deleted behind our back just after a look; two vendors come before anybody can notice.
      await dayOf(10.5);
      while (nextLookMs - clockMs < 30 * minuteMs) {
        await stage.environment.sleep('5 minutes');
        clockMs = await stage.environment.currentTimeMs();
      }
      const [wokenBefore, freshBefore] = [woken, await changesKnown()];
      simulator.deleteSubscriptions({});
      webhooks.bc.createVendor('41000');
      await stage.environment.sleep('10 minutes');
      clockMs = await stage.environment.currentTimeMs();
      webhooks.bc.createVendor('41001');
      await stage.environment.sleep('61 minutes');
      assert.equal(standing().length, 4);
      assert.equal(await auditCount('created'), 8);
      assert.equal((await changesKnown()) - freshBefore, 2);
      assert.equal(woken - wokenBefore, 1, 'both vendors are one wake of their company');
      await stage.environment.sleep('13 hours');
      assert.equal(woken - wokenBefore, 1, 'later sweeps bring nothing twice');

      // Business Central is away for five hours, while renewals fall due.
      await dayOf(14.9);
      webhooks.bc.onRequest = ({ operation }) => {
        throw new Unavailable('Business Central is away.', { system: 'bc', operation });
      };
      await stage.environment.sleep('5 hours');
      webhooks.bc.onRequest = () => undefined;

      for (let day = 16; day <= 30; day += 2) {
        await dayOf(day);
        assert.equal(standing().length, 4, `day ${day}`);
      }
      const { expired, deletedByAnswer } = simulator.webhooks();
      assert.deepEqual([expired, deletedByAnswer], [0, 0], 'none has ever expired');
      const renewals = webhooks.bc.calls.filter(({ method, status }) => method === 'PATCH' && status < 300).length;
      assert.equal(await auditCount('renewed'), renewals, 'each renewal is audited');
      assert.ok(renewals >= 4 * 26 && renewals <= 4 * 34, `${renewals} renewals`);
      assert.deepEqual(webhooks.bc.violations, []);
      assert.deepEqual(await openAlerts(database.db), []);

      const first = stage.client.workflow.getHandle(started.workflowId, started.firstExecutionRunId);
      assert.equal((await first.describe()).status.name, 'CONTINUED_AS_NEW');
      const { events } = await historySize(first);
      assert.ok(events < checksPerRun * 20, `${events} events in one run`);
      const secrets = webhooks.bc.calls.flatMap(({ body }) => {
        const sent = body as { clientState?: string; notificationUrl?: string } | undefined;
        return [sent?.clientState ?? [], sent?.notificationUrl?.split('/').at(-1) ?? []].flat();
      });
      for (const each of [first, handle]) {
        const text = JSON.stringify(await each.fetchHistory(), readable);
        assert.deepEqual(
          secrets.filter((secret) => text.includes(secret)),
          [],
        );
      }
      await handle.terminate('the test is over');
    },
    limitMs,
  );
});

async function changesKnown(): Promise<number> {
  const { rows } = await database.db.query<{ count: number }>(
    `select count(*)::int as count from erp_changes where entity_set = 'vendors'`,
  );
  return rows[0]?.count ?? 0;
}

/** Payloads of a history are bytes; a secret inside them must be found, too. */
const readable = (_name: string, value: unknown): unknown =>
  value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value;
