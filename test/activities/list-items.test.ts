import assert from 'node:assert/strict';
import { after, before, test, type TestContext } from 'node:test';
import type { ProposedValue } from '../../src/contracts/proposals.js';
import { newestDimensionRun } from '../../src/store/list-item-store.js';
import { listProposals } from '../../src/store/proposal-store.js';
import { bothSides } from './both-sides.js';
import { openStage, type Stage } from './stage.js';

let stage: Stage;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());

const list = 'cost-centres';

interface Item {
  shortCode: string;
  value?: string;
  below?: string;
}

async function sides(t: TestContext, connection: string, levelCount = 1, ...items: Item[]) {
  const both = await bothSides(stage, connection);
  t.after(() => both.concur.close());
  both.concur.concur.company.seedLists([
    {
      ...{ id: list, value: 'Cost centres', levelCount, isManagedByOther: false },
      items: items.map(({ shortCode, value = shortCode, below }) => ({
        ...{ id: `id-${shortCode}`, shortCode, value, isDeleted: false },
        ...(below === undefined ? {} : { parentId: `id-${below}` }),
      })),
    },
  ]);
  const held = () =>
    (both.concur.concur.company.lists()[0]?.items ?? []).map(
      ({ shortCode, value, isDeleted }) => `${shortCode} ${value}${isDeleted ? ' deleted' : ''}`,
    );
  /** Gives the dimensions of the simulated company these values. */
  const erpHas = (code: string, ...values: string[]) => {
    both.erp.bc.loadMasterData({
      companies: [
        {
          ...{ name: 'North Ltd', currency: 'GBP', vendors: [], accounts: [] },
          dimensions: [{ code, values: values.map((one) => ({ code: one })) }],
        },
      ],
    });
  };
  both.writes();
  return { ...both, held, erpHas };
}

test('S16: a new dimension value becomes a list item once; the second run writes nothing', async (t) => {
  const at = await sides(t, 'fresh');
  const first = await at.syncDimension('DEPARTMENT', { list });
  assert.deepEqual([first.read, first.created, first.refused, first.heldBack], [2, 2, 0, undefined]);
  assert.deepEqual(at.writes().sort(), [
    'concur listItemCreate cost-centres/ADM applied',
    'concur listItemCreate cost-centres/SALES applied',
  ]);
  const second = await at.syncDimension('DEPARTMENT', { list });
  assert.deepEqual([second.unchanged, second.created, at.writes()], [2, 0, []]);
  at.erpHas('DEPARTMENT', 'LAB');
  assert.equal((await at.syncDimension('DEPARTMENT', { list })).created, 1);
  assert.deepEqual(at.writes(), ['concur listItemCreate cost-centres/LAB applied']);
  assert.deepEqual(at.concur.violations(), []);
});

test('B35, S16: a code with a hyphen stands below its company without one, and the list stays whole', async (t) => {
  const at = await sides(t, 'nested', 2, { shortCode: 'USMF' });
  assert.equal((await at.syncDimension('PROJECT', { list, below: 'USMF' })).created, 1);
  assert.deepEqual(at.writes(), ['concur listItemCreate cost-centres/USMF-P_h100 applied']);
  await at.syncDimension('PROJECT', { list, below: 'USMF' });
  assert.deepEqual(at.writes(), []);
});

test('C9, S16: a list item of Concur is proposed to a person once, and nothing goes back to Concur', async (t) => {
  const at = await sides(
    t,
    'proposed',
    1,
    { shortCode: 'SALES' },
    { shortCode: 'ADM' },
    { shortCode: 'NEW_h1', value: 'New lab' },
  );
  const result = await at.syncDimension('DEPARTMENT', { list });
  assert.deepEqual([result.proposed, at.writes()], [1, []]);
  await at.syncDimension('DEPARTMENT', { list });
  const proposals = await listProposals<ProposedValue>(stage.db, 'dimension-value', at.place);
  assert.deepEqual(
    proposals.map(({ facts, state }) => [facts.code, facts.name, state]),
    [['NEW-1', 'New lab', 'open']],
  );
  assert.equal(stage.notified.filter((cause) => cause.startsWith('dimension-value-proposals: proposed')).length, 1);
  // A person enters it in the ERP: the proposal ends, and there is no echo.
  at.erpHas('DEPARTMENT', 'NEW-1');
  at.concur.concur.company.lists();
  assert.equal((await at.syncDimension('DEPARTMENT', { list })).proposed, 0);
  assert.deepEqual(await listProposals(stage.db, 'dimension-value', at.place, ['open', 'accepted']), []);
});

test('S16: a dry run and a run over the cap write nothing, and say what they would have done', async (t) => {
  const at = await sides(t, 'held');
  assert.match((await at.syncDimension('DEPARTMENT', { list }, { dryRun: true })).heldBack ?? '', /dry run/);
  assert.deepEqual([at.writes(), at.held()], [[], []]);
  await at.syncDimension('DEPARTMENT', { list });
  at.writes();
  // Somebody renames both items in Concur.
  at.concur.concur.company.seedLists(
    at.concur.concur.company
      .lists()
      .map((one) => ({ ...one, items: one.items.map((item) => ({ ...item, value: 'Renamed' })) })),
  );
  const held = await at.syncDimension('DEPARTMENT', { list });
  assert.match(held.heldBack ?? '', /2 of the 2 values .* would change/);
  assert.deepEqual(at.writes(), []);
  const cause = 'dimension-sync-held-back: held: bc/North Ltd DEPARTMENT';
  assert.ok(stage.notified.includes(cause));
  const run = await newestDimensionRun(stage.db, { ...at.place, dimension: 'DEPARTMENT', list });
  assert.deepEqual(
    run?.lines.map(({ kind }) => kind),
    ['update', 'update'],
  );
  assert.equal((await at.syncDimension('DEPARTMENT', { list }, { force: true })).updated, 2);
  assert.equal(at.writes().length, 2);
});

test('S16: an item that was deleted in Concur is taken back instead of being created again', async (t) => {
  const at = await sides(t, 'deleted');
  await at.syncDimension('DEPARTMENT', { list });
  const [only] = at.concur.concur.company.lists();
  assert.ok(only);
  at.concur.concur.company.seedLists([
    { ...only, items: only.items.map((item) => ({ ...item, isDeleted: item.shortCode === 'ADM' })) },
  ]);
  at.writes();
  const { created, refused } = await at.syncDimension('DEPARTMENT', { list });
  assert.deepEqual([created, refused], [1, 0]);
  assert.ok(!at.held().some((one) => one.endsWith('deleted')));
  at.writes();
  await at.syncDimension('DEPARTMENT', { list });
  assert.deepEqual(at.writes(), []);
});

test('S18: a dimension that the connections file does not name is told to nobody', async (t) => {
  const at = await sides(t, 'unnamed');
  const place = { ...at.place, dimension: 'DEPARTMENT', list, run: 'unnamed-1', dryRun: false, force: false };
  await assert.rejects(at.activities.syncListItems(place));
  assert.deepEqual(at.writes(), []);
});

test('S16: a dimension that the company does not have removes nothing', async (t) => {
  const at = await sides(t, 'absent', 1, { shortCode: 'SALES' });
  await assert.rejects(at.syncDimension('DEPARTMNET', { list }), /does not exist/);
  assert.deepEqual([at.writes(), at.held()], [[], ['SALES SALES']]);
});
