import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type {
  createDimensionReadActivities,
  createListItemActivities,
  createVendorCreationActivities,
  createVendorProposalActivities,
} from '../../src/activities/index.js';
import type { SyncDimensionsInput, SyncDimensionsResult } from '../../src/contracts/dimension-sync.js';
import { concurQueue, documentsQueue, erpQueue } from '../../src/contracts/task-queues.js';
import type { SyncVendorsInput } from '../../src/contracts/vendor-master.js';
import { dimensionSyncWorkflowId, vendorSyncWorkflowId } from '../../src/contracts/workflow-ids.js';
import { concurConnection, currentDetails, useStage } from './support.js';

const world = { calls: [] as string[], toCreate: 0 };
const plan = { read: 1, unchanged: 1, create: 0, update: 0, block: 0, refused: 0, pending: 0 };

const stage = useStage((prefix) => ({
  [documentsQueue(prefix)]: {
    async planVendorSync() {
      world.calls.push('plan');
      return plan;
    },
    async reportVendorSync() {
      return {};
    },
  },
  [concurQueue(prefix, concurConnection)]: {
    async syncListItems({ dimension, dryRun }) {
      world.calls.push(`sync ${dimension} ${dryRun}`);
      const heldBack = dryRun ? { heldBack: 'This was a dry run.' } : {};
      return { read: 2, unchanged: 1, created: 1, updated: 0, removed: 0, refused: 0, proposed: 3, ...heldBack };
    },
    async findVendorProposals() {
      world.calls.push('find');
      return { open: 1, toCreate: world.toCreate };
    },
  } satisfies ReturnType<typeof createListItemActivities> & ReturnType<typeof createVendorProposalActivities>,
  [erpQueue(prefix, 'bc')]: {
    async readDimensionValues({ dimension }) {
      world.calls.push(`read ${dimension}`);
      return { read: 2 };
    },
    async createProposedVendors() {
      world.calls.push('create');
      return { created: world.toCreate };
    },
    async readVendorMaster() {
      world.calls.push('read vendors');
      return { read: 1, unreadable: 0 };
    },
  } satisfies ReturnType<typeof createDimensionReadActivities> &
    ReturnType<typeof createVendorCreationActivities> & { readVendorMaster: () => Promise<object> },
}));

const place = { concur: concurConnection, erp: 'bc', company: 'north' };

async function syncVendors(changes: Partial<SyncVendorsInput>, toCreate = 0): Promise<string[]> {
  Object.assign(world, { calls: [], toCreate });
  const input: SyncVendorsInput = {
    ...{ ...place, queuePrefix: stage.prefix, dryRun: false, force: false, retryMaximumSeconds: 600 },
    ...changes,
  };
  const workflowId = `${stage.prefix}${vendorSyncWorkflowId(concurConnection, 'bc', 'north')}`;
  await stage.client.workflow.execute('syncVendors', {
    ...{ taskQueue: documentsQueue(stage.prefix), workflowId, args: [input] },
  });
  return world.calls;
}

describe('the dimension sync', () => {
  stage.test('S16: it reads and compares dimension by dimension, and shows what it found', async () => {
    world.calls = [];
    const input: SyncDimensionsInput = {
      ...{ ...place, queuePrefix: stage.prefix, dryRun: true, force: false, retryMaximumSeconds: 600 },
      dimensions: [
        { dimension: 'AREA', list: 'l-1' },
        { dimension: 'DEPARTMENT', list: 'l-2' },
      ],
    };
    const handle = await stage.client.workflow.start('syncDimensions', {
      taskQueue: documentsQueue(stage.prefix),
      workflowId: `${stage.prefix}${dimensionSyncWorkflowId(concurConnection, 'bc', 'north')}`,
      args: [input],
    });
    const result = (await handle.result()) as SyncDimensionsResult;
    assert.deepEqual(world.calls, ['read AREA', 'sync AREA true', 'read DEPARTMENT', 'sync DEPARTMENT true']);
    assert.equal(result['AREA']?.created, 1);
    assert.match(await currentDetails(handle), /DEPARTMENT: 2 values read; 1 new.*3 proposed\. Nothing was written/);
  });
});

describe('vendors from Concur', () => {
  stage.test('C9: they are looked for before the comparison; what was created is read again', async () => {
    assert.deepEqual(await syncVendors({ fromConcur: true }), ['read vendors', 'find', 'plan']);
    assert.deepEqual(await syncVendors({ fromConcur: true }, 1), [
      ...['read vendors', 'find', 'create', 'read vendors', 'plan'],
    ]);
  });

  stage.test('C9, S18: switched off, and in a dry run, nothing is looked for and nothing created', async () => {
    assert.deepEqual(await syncVendors({}, 1), ['read vendors', 'plan']);
    assert.deepEqual(await syncVendors({ fromConcur: true, dryRun: true }, 1), ['read vendors', 'plan']);
  });
});
