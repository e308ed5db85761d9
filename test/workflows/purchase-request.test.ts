import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type { WorkflowHandle } from '@temporalio/client';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import type {
  createDocumentActivities,
  createPurchaseOrderActivities,
  createPurchaseRequestActivities,
  createPurchaseReviewActivities,
} from '../../src/activities/index.js';
import { messageNames } from '../../src/contracts/messages.js';
import type {
  ProcessPurchaseRequestResult,
  PurchaseRequestRead,
  PurchaseRequestReview,
  PurchaseRequestStatus,
  PurchaseRequestTimings,
} from '../../src/contracts/purchase-orders.js';
import { purchaseMessages, purchaseRequestWorkflowId } from '../../src/contracts/purchase-orders.js';
import type { Hold } from '../../src/contracts/steps.js';
import { concurQueue, documentsQueue, erpQueue } from '../../src/contracts/task-queues.js';
import { waitUntil } from '../../src/launcher/wait-until.js';
import { concurConnection, currentDetails, daySeconds, shownAttributes, useStage } from './support.js';

/** What the systems around one request say; the workflow only decides. */
interface World {
  read: PurchaseRequestRead;
  review: Partial<PurchaseRequestReview>;
  holds: { read?: Hold; review?: Hold; write?: Hold };
  calls: string[];
}
const worlds = new Map<string, World>();
const worldOf = (id: string): World => worlds.get(id) ?? assert.fail(`no world ${id}`);
const answer = <T extends object>(hold: Hold | undefined, done: T) =>
  hold === undefined ? { status: 'done' as const, ...done } : { status: 'hold' as const, hold };

const concur: ReturnType<typeof createPurchaseRequestActivities> = {
  async readPurchaseRequestFromConcur({ id }) {
    worldOf(id).calls.push('read');
    return answer(worldOf(id).holds.read, worldOf(id).read);
  },
  async closePurchaseOrderInConcur({ id, orderNumber }) {
    worldOf(id).calls.push(`close ${orderNumber}`);
    worldOf(id).review = { orders: [], ended: { outcome: 'completed', detail: 'closed in Concur' } };
    return { status: 'done' };
  },
};
const erp: ReturnType<typeof createPurchaseOrderActivities> = {
  async writePurchaseOrderToErp({ id, orderNumber }) {
    const world = worldOf(id);
    world.calls.push(`write ${orderNumber}`);
    if (orderNumber === 'PO-77' && world.holds.write) return { status: 'hold', hold: world.holds.write };
    const todos = (world.review.todos ?? []).filter((todo) => todo.orderNumber !== orderNumber);
    const written = { orderNumber, state: 'open', erp: 'bc', company: 'CRONUS', erpNumber: '106026' };
    world.review = { ...world.review, todos, orders: [...(world.review.orders ?? []), written] };
    return { status: 'done' };
  },
  async checkPurchaseOrdersInErp({ id }) {
    worldOf(id).calls.push('check');
    return { status: 'done' };
  },
};
const store: ReturnType<typeof createPurchaseReviewActivities> &
  Pick<ReturnType<typeof createDocumentActivities>, 'rememberVendor'> = {
  async reviewPurchaseRequest({ id }) {
    const { holds, review } = worldOf(id);
    return answer(holds.review, { orders: [], todos: [], openChanges: [], ...review });
  },
  async decidePurchaseOrderChange({ id, change, decision }) {
    worldOf(id).calls.push(`decide ${change} ${decision}`);
    if (change !== '12') return { accepted: false, why: `There is no change record ${change}.` };
    worldOf(id).review.openChanges = [];
    return { accepted: true };
  },
  async ignorePurchaseRequest({ id, by }) {
    worldOf(id).calls.push(`ignore by ${by}`);
    return { outcome: 'ignored', detail: 'Nothing of it is in an ERP.' };
  },
  async alertPurchaseRequestOverdue({ id }) {
    worldOf(id).calls.push('overdue');
    return {};
  },
  async rememberVendor({ documentId, resolution }) {
    worldOf(documentId).calls.push(`vendor ${resolution.vendorNumber}`);
    delete worldOf(documentId).holds.review;
    return {};
  },
};

const stage = useStage((prefix) => ({
  [documentsQueue(prefix)]: store,
  [concurQueue(prefix, concurConnection)]: concur,
  [erpQueue(prefix, 'bc')]: erp,
}));

const timings: PurchaseRequestTimings = {
  pendingSeconds: 60,
  checkSeconds: daySeconds,
  holdReminderSeconds: daySeconds,
  holdLimitSeconds: 3 * daySeconds,
  retryMaximumSeconds: 600,
};

let next = 0;

async function follow(given: Partial<World>): Promise<{ world: World; handle: WorkflowHandle }> {
  next += 1;
  const requestId = `${stage.prefix}request-${next}`;
  const id = purchaseRequestWorkflowId({ connection: concurConnection, requestId });
  const world: World = { read: { watchedIn: [] }, review: {}, holds: {}, calls: [], ...given };
  worlds.set(id, world);
  const handle = await stage.client.workflow.start('processPurchaseRequest', {
    taskQueue: documentsQueue(stage.prefix),
    workflowId: id,
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    args: [{ id, key: { connection: concurConnection, requestId }, queuePrefix: stage.prefix, timings }],
  });
  return { world, handle };
}

const statusOf = (handle: WorkflowHandle): Promise<PurchaseRequestStatus> => handle.query(messageNames.documentStatus);

function until(
  handle: WorkflowHandle,
  isReached: (status: PurchaseRequestStatus) => boolean,
): Promise<PurchaseRequestStatus> {
  return waitUntil(
    async () => {
      const status = await statusOf(handle);
      return isReached(status) ? status : undefined;
    },
    { limitMs: 20_000, everyMs: 25, onLimit: () => new Error('the status is never reached') },
  );
}

const waits = (handle: WorkflowHandle) => until(handle, ({ stage: at }) => at === 'in-erp');
const ended = { outcome: 'completed', detail: 'PO-77: completed' } as const;
const endOf = async (handle: WorkflowHandle) => (await handle.result()) as ProcessPurchaseRequestResult;
const write = { what: 'write', orderNumber: 'PO-77', erp: 'bc' } as const;
const missing: Hold = { reason: 'vendor-missing', message: 'No vendor.', vendorKeys: ['bc/CRONUS/supplier/V-9'] };
const by = 'A. Buyer';

describe('the workflow of a purchase request', () => {
  stage.test(
    'S6: it reads, writes each order once, looks into the ERP from then on, and ends with the orders',
    async () => {
      const { world, handle } = await follow({
        read: { requestNumber: '100231', watchedIn: [] },
        review: { todos: [write, { ...write, orderNumber: 'PO-78' }] },
      });
      await waits(handle);
      assert.deepEqual(world.calls, ['read', 'write PO-77', 'write PO-78']);
      const shown = shownAttributes(await handle.describe());
      assert.deepEqual(
        [shown['DocumentStage'], shown['DocumentNumber'], shown['ErpNumber'], shown['LegalEntity']],
        ['in-erp', '100231', '106026', 'CRONUS'],
      );
      world.read = { ...world.read, watchedIn: ['bc'] };
      world.calls.length = 0;
      await handle.signal(messageNames.retryStep, { by, note: '' });
      await waitUntil(() => (world.calls.includes('check') ? true : undefined), {
        limitMs: 20_000,
        everyMs: 25,
        onLimit: () => new Error('the ERP is not asked'),
      });
      world.review = { ...world.review, ended };
      const result = await endOf(handle);
      assert.deepEqual([result.outcome, result.orders.length], ['completed', 2]);
      assert.ok(!world.calls.some((call) => call.startsWith('write')), world.calls.join());
    },
  );

  stage.test('S112: while Concur has made no order it asks after a minute, then ever more rarely', async () => {
    const { world, handle } = await follow({
      read: { watchedIn: [], waitingFor: 'Concur is still creating the request.' },
    });
    assert.match((await until(handle, ({ waitingFor }) => waitingFor.includes('creating'))).waitingFor, /creating/);
    await stage.environment.sleep('30 minutes');
    // 1 + 2 + 4 + 8 minutes, not thirty questions.
    assert.ok(world.calls.length >= 4 && world.calls.length <= 6, world.calls.join());
    Object.assign(world, { read: { watchedIn: [] }, review: { todos: [write] } });
    await stage.environment.sleep('1 hour');
    assert.equal((await waits(handle)).orders.length, 1);
    world.review = { ...world.review, ended };
    await handle.signal(messageNames.retryStep, { by, note: '' });
    await endOf(handle);
  });

  stage.test('S89: a missing vendor holds; the answer releases it, by update or by signal', async () => {
    const { world, handle } = await follow({ holds: { review: missing }, review: { todos: [write] } });
    await until(handle, ({ hold }) => hold?.reason === 'vendor-missing');
    assert.equal(shownAttributes(await handle.describe())['HoldReason'], 'vendor-missing');
    assert.match(await currentDetails(handle), /resolveVendor[\s\S]*bc\/CRONUS\/supplier\/V-9/);
    const wrong = handle.executeUpdate(messageNames.resolveVendor, { args: [{ vendorKey: 'x' }] });
    await assert.rejects(wrong, WorkflowUpdateFailedError);
    const args = [{ vendorKey: 'bc/CRONUS/supplier/V-9', vendorNumber: '20000', by, note: '' }] as const;
    assert.match(
      String(await handle.executeUpdate(messageNames.resolveVendor, { args: [...args] })),
      /20000 is remembered/,
    );
    const status = await waits(handle);
    assert.equal(status.hold, undefined);
    assert.ok(world.calls.indexOf('vendor 20000') < world.calls.indexOf('write PO-77'));
    assert.equal(shownAttributes(await handle.describe())['HoldReason'], undefined);
    world.review = { ...world.review, ended };
    await handle.signal(messageNames.retryStep, { by, note: '' });
    await endOf(handle);
  });

  stage.test(
    'S86: a held request tries again at each reminder, asks a person at its limit, and goes on by itself',
    async () => {
      const refused: Hold = { reason: 'erp-refused', message: 'Refused.', vendorKeys: [] };
      const { world, handle } = await follow({
        holds: { write: refused },
        review: { todos: [write, { ...write, orderNumber: 'PO-78' }] },
      });
      await until(handle, ({ hold }) => hold?.reason === 'erp-refused');
      assert.deepEqual(world.calls, ['read', 'write PO-77', 'write PO-78'], 'the other order is written');
      await stage.environment.sleep('100 hours');
      assert.equal(world.calls.filter((call) => call === 'overdue').length, 1);
      assert.ok(world.calls.filter((call) => call === 'read').length >= 4);
      world.holds = {};
      await handle.signal(messageNames.retryStep, { by, note: 'mended' });
      await until(handle, ({ hold, stage: at }) => at === 'in-erp' && hold === undefined);
      world.review = { ...world.review, ended };
      await handle.signal(messageNames.retryStep, { by, note: '' });
      await endOf(handle);
    },
  );

  stage.test(
    'S113: an open change is shown with what to do; the decision is handed on, a wrong one is told',
    async () => {
      const seenAt = '2026-08-21T10:00:00.000Z';
      const change = { change: '12', orderNumber: 'PO-77', sentences: ['Line 1, quantity: 3 → 5.'], seenAt };
      const { world, handle } = await follow({
        review: {
          openChanges: [change],
          orders: [{ orderNumber: 'PO-77', state: 'open', erpNumber: '106026', erp: 'bc' }],
        },
      });
      assert.equal((await waits(handle)).openChanges.length, 1);
      const details = await currentDetails(handle);
      assert.match(details, /Change 12 of order PO-77[\s\S]*3 → 5[\s\S]*decideChange[\s\S]*replaced/);
      const faulty = handle.executeUpdate(purchaseMessages.decideChange, {
        args: [{ change: '12', decision: 'edit', by, note: '' }],
      });
      await assert.rejects(faulty, WorkflowUpdateFailedError);
      await handle.signal(purchaseMessages.decideChange, { change: '13', decision: 'amended', by, note: '' });
      await waitUntil(async () => (/no change record 13/.test(await currentDetails(handle)) ? true : undefined), {
        limitMs: 20_000,
        everyMs: 25,
        onLimit: () => new Error('the refusal is not shown'),
      });
      await handle.executeUpdate(purchaseMessages.decideChange, {
        args: [{ change: '12', decision: 'amended', by, note: '' }],
      });
      await until(handle, ({ openChanges }) => openChanges.length === 0);
      assert.doesNotMatch(await currentDetails(handle), /no change record/);
      assert.deepEqual(
        world.calls.filter((call) => call.startsWith('write')),
        [],
      );
      await handle.executeUpdate(messageNames.ignoreDocument, { args: [{ by, reason: 'test' }] });
      assert.equal((await endOf(handle)).outcome, 'ignored');
    },
  );

  stage.test('S110: an order that is to be closed in Concur is closed there, and the request ends', async () => {
    const { world, handle } = await follow({ review: { todos: [{ ...write, what: 'close-in-concur' }] } });
    assert.equal((await endOf(handle)).detail, 'closed in Concur');
    assert.deepEqual(world.calls, ['read', 'close PO-77']);
  });

  stage.test(
    'S6: a person can stop following a request that is never approved; a second start finds the first',
    async () => {
      const { world, handle } = await follow({
        read: { watchedIn: [], waitingFor: 'The request is not approved in Concur.' },
      });
      await until(handle, ({ waitingFor }) => waitingFor.includes('approved'));
      await handle.signal(messageNames.ignoreDocument, { by, reason: 'withdrawn' });
      assert.equal((await endOf(handle)).outcome, 'ignored');
      assert.equal(world.calls.at(-1), `ignore by ${by}`);
      assert.equal(shownAttributes(await handle.describe())['DocumentStage'], 'closed');
    },
  );
});
