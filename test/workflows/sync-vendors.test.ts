import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type {
  createDocumentActivities,
  createErpActivities,
  createVendorMasterActivities,
  createVendorOutcomeActivities,
} from '../../src/activities/index.js';
import { concurQueue, documentsQueue, erpQueue } from '../../src/contracts/task-queues.js';
import type { SyncVendorsInput, SyncVendorsResult, VendorPlan } from '../../src/contracts/vendor-master.js';
import type { VendorSyncOutcome } from '../../src/contracts/vendor-master.js';
import { vendorSyncWorkflowId } from '../../src/contracts/workflow-ids.js';
import { concurConnection, currentDetails, useStage } from './support.js';

const noPlan: VendorPlan = { read: 0, unchanged: 0, create: 0, update: 0, block: 0, refused: 0, pending: 0 };

/** What the comparison comes to, and what was asked for. */
const world = { plan: noPlan, pending: 0, roundSize: 50, calls: [] as string[], outcomes: [] as VendorSyncOutcome[] };
const runs = new Set<string>();

const summary = (): SyncVendorsResult => {
  const { read, unchanged, create, update, block, refused } = world.plan;
  return { read, unchanged, created: create - world.pending, updated: update, blocked: block, refused };
};

const erp: Pick<ReturnType<typeof createErpActivities>, 'readVendorMaster'> = {
  async readVendorMaster({ erp: name, company, run }) {
    runs.add(run);
    world.calls.push(`read ${name}/${company}`);
    return { read: world.plan.read, unreadable: 0 };
  },
};
const documents: Pick<ReturnType<typeof createDocumentActivities>, 'planVendorSync'> &
  ReturnType<typeof createVendorOutcomeActivities> = {
  async planVendorSync({ run, concur, dryRun, force, by = 'schedule' }) {
    runs.add(run);
    world.calls.push(`plan for ${concur}, dry ${dryRun}, forced ${force}, by ${by}`);
    return world.plan;
  },
  async reportVendorSync(outcome) {
    world.outcomes.push(outcome);
    return {};
  },
};
const concur: ReturnType<typeof createVendorMasterActivities> = {
  async writeVendorChanges({ run }) {
    runs.add(run);
    const done = Math.min(world.roundSize, world.pending);
    world.pending -= done;
    world.calls.push(`write ${done}`);
    return { remaining: world.pending, done, refused: 0, result: summary() };
  },
};

const stage = useStage((prefix) => ({
  [documentsQueue(prefix)]: documents,
  [concurQueue(prefix, concurConnection)]: concur,
  [erpQueue(prefix, 'fo')]: erp,
}));

async function sync(plan: Partial<VendorPlan>, changes: Partial<SyncVendorsInput> = {}, roundSize = 50) {
  const whole = { ...noPlan, ...plan };
  Object.assign(world, { plan: whole, pending: whole.pending, roundSize, calls: [], outcomes: [] });
  runs.clear();
  const input: SyncVendorsInput = {
    ...{ concur: concurConnection, erp: 'fo', company: 'usmf', queuePrefix: stage.prefix },
    ...{ dryRun: false, force: false, retryMaximumSeconds: 600, ...changes },
  };
  const handle = await stage.client.workflow.start('syncVendors', {
    taskQueue: documentsQueue(stage.prefix),
    workflowId: `${stage.prefix}${vendorSyncWorkflowId(input.concur, input.erp, input.company)}`,
    args: [input],
  });
  return { handle, result: (await handle.result()) as SyncVendorsResult };
}

describe('the vendor sync', () => {
  stage.test('S13: it reads, compares, and writes until nothing remains, all under one run', async () => {
    const plan = { read: 500, unchanged: 370, create: 120, update: 8, block: 2, pending: 120 };
    const { result, handle } = await sync(plan, { by: 'A. Accountant', force: true });
    assert.deepEqual(world.calls, [
      'read fo/usmf',
      'plan for acme, dry false, forced true, by A. Accountant',
      ...['write 50', 'write 50', 'write 20'],
    ]);
    assert.equal(runs.size, 1);
    assert.deepEqual(result, { read: 500, unchanged: 370, created: 120, updated: 8, blocked: 2, refused: 0 });
    const details = await currentDetails(handle);
    assert.match(details, /Vendors of fo\/usmf to Concur company acme/);
    assert.match(details, /Vendors read: \*\*500\*\*, of which 370 are as Concur was last told/);
    assert.match(details, /new, told to Concur: \*\*120\*\*/);
  });

  stage.test('S13: unchanged vendors cause no call to Concur', async () => {
    const { result } = await sync({ read: 500, unchanged: 500 });
    assert.deepEqual(world.calls, ['read fo/usmf', 'plan for acme, dry false, forced false, by schedule']);
    assert.equal(result.unchanged, 500);
    assert.deepEqual(
      world.outcomes.map(({ result: { heldBack } }) => heldBack),
      [undefined],
      'an older alert ends',
    );
  });

  stage.test('S14: too many changes are held back as a result, told to people, and nothing is written', async () => {
    const heldBack = '90 of the 100 vendors of usmf that Concur knows would change.';
    const { result, handle } = await sync({ read: 100, block: 90, heldBack });
    assert.equal(
      world.calls.some((each) => each.startsWith('write')),
      false,
    );
    assert.deepEqual([result.heldBack, result.blocked], [heldBack, 90]);
    assert.equal(world.outcomes[0]?.result.heldBack, heldBack);
    const details = await currentDetails(handle);
    assert.match(details, /90 of the 100 vendors/);
    assert.match(details, /vendors sync --force --by 'YOUR NAME' --erp fo --company 'usmf'/);
  });

  stage.test('S18: a dry run writes nothing, and alerts nobody', async () => {
    const { result } = await sync({ read: 5, create: 5, heldBack: 'This was a dry run.' }, { dryRun: true });
    assert.deepEqual(world.calls, ['read fo/usmf', 'plan for acme, dry true, forced false, by schedule']);
    assert.deepEqual([result.created, world.outcomes.length], [5, 0]);
  });

  stage.test('S13: a run whose changes a later one has taken over ends instead of asking for ever', async () => {
    await sync({ read: 7, create: 7, pending: 7 }, {}, 0);
    assert.equal(world.calls.filter((each) => each.startsWith('write')).length, 1);
  });

  stage.test(
    'S13: a long run continues as new with the same run and the same plan',
    async () => {
      const plan = { read: 25_000, create: 25_000, pending: 25_000 };
      const { handle, result } = await sync(plan);
      assert.equal(result.created, 25_000);
      assert.equal(world.calls.filter((each) => each.startsWith('read')).length, 1);
      assert.equal(runs.size, 1);
      const runIds = [await handle.describe(), await stage.client.workflow.getHandle(handle.workflowId).describe()];
      assert.ok(
        runIds.every(({ runId }) => runId !== handle.firstExecutionRunId),
        'no new run was begun',
      );
    },
    180_000,
  );
});
