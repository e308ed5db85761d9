import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createVendorPlanActivities, createVendorReadActivities } from '../../src/activities/vendor-master.js';
import { Unavailable } from '../../src/clients/http/errors.js';
import { defaultVendorSyncRules } from '../../src/contracts/vendor-master.js';
import {
  nextPendingChanges,
  recordChangeResult,
  remainingChanges,
  runSummary,
} from '../../src/store/vendor-master-store.js';
import { vendor } from '../unit/vendor-master-fixtures.js';
import type { FakeErp } from './fake-erp.js';
import { fakeErp } from './fake-erp.js';
import type { Stage } from './stage.js';
import { inActivity, openStage } from './stage.js';
import { concur, erpName, takeAllChanges, vendorCompany } from './vendor-stage.js';

let stage: Stage;
let erp: FakeErp;
before(async () => {
  stage = await openStage();
  erp = fakeErp();
});
after(() => stage.close());

const company = (name: string, connection?: string) => vendorCompany({ stage, erp }, name, connection);
const takeAll = (run: string) => takeAllChanges(stage, run);

test('S13, S14: a run tells what is new, changed or gone, and the next one finds nothing to do', async () => {
  const at = company('plain');
  const first = await at.run([vendor('A'), vendor('B')]);
  const counts = { read: 2, unchanged: 0, create: 2, update: 0, block: 0, refused: 0, pending: 2 };
  assert.deepEqual(first.plan, counts);
  assert.deepEqual(await takeAll(first.run), ['create A', 'create B']);
  const second = await at.run([vendor('A', { city: 'Husum' })]);
  assert.deepEqual(await takeAll(second.run), ['update A', 'block B']);
  assert.deepEqual(await runSummary(stage.db, second.run), {
    ...{ read: 1, unchanged: 0, created: 0, updated: 1, blocked: 1, refused: 0 },
  });
  const third = await at.run([vendor('A', { city: 'Husum' })]);
  assert.deepEqual([third.plan.unchanged, third.plan.pending], [1, 0]);
  const { run, lines } = await at.report();
  assert.deepEqual([run?.run, run?.by, lines], [third.run, 'schedule', []]);
  assert.ok(run?.finishedAt);
});

test('changes are taken in the order of the accounts, so many at a time, and a run ends with its last result', async () => {
  const at = company('paged');
  const { run } = await at.run([vendor('C'), vendor('A'), vendor('B')]);
  const accounts = async () => (await nextPendingChanges(stage.db, run, 2)).map(({ account }) => account);
  assert.deepEqual(await accounts(), ['A', 'B']);
  for (const account of await accounts()) await recordChangeResult(stage.db, run, account, { state: 'done' });
  assert.equal((await at.report()).run?.finishedAt, undefined);
  assert.deepEqual([await accounts(), await remainingChanges(stage.db, run)], [['C'], 1]);
  await recordChangeResult(stage.db, run, 'C', { state: 'done' });
  assert.ok((await at.report()).run?.finishedAt);
});

test('a change carries the whole record and what was told, through the store and back', async () => {
  const at = company('round-trip');
  const { run } = await at.run([vendor("O'NEIL", { name: 'Süd "Öl" \\ {x}' })]);
  const [change] = await nextPendingChanges(stage.db, run, 1);
  assert.deepEqual(change?.record, {
    vendorCode: "O'NEIL",
    addressCode: "ROUND-TRIP-O'NEIL",
    vendorName: 'Süd "Öl" \\ {x}',
    ...{ countryCode: 'DE', currencyCode: 'EUR', address1: 'Kaistr. 4', city: 'Kiel', postalCode: '24103' },
    ...{ paymentMethodType: 'CLIENT', approved: true },
  });
  assert.ok(change.changed.includes('vendorName') && change.hash.length === 64);
});

test('every step may be repeated: a read replaces itself, a plan stays, a result counts once', async () => {
  const at = company('repeated');
  await at.read('repeated-1', vendor('OLD'));
  await at.read('repeated-1', vendor('A'), vendor('B'));
  const plan = await at.plan('repeated-1');
  assert.equal(plan.create, 2);
  assert.equal(await recordChangeResult(stage.db, 'repeated-1', 'A', { state: 'done' }), true);
  assert.equal(await recordChangeResult(stage.db, 'repeated-1', 'A', { state: 'refused', message: 'late' }), false);
  assert.deepEqual(await at.plan('repeated-1'), { ...plan, pending: 1 });
  assert.equal((await runSummary(stage.db, 'repeated-1')).created, 1);
  // A workflow that is reset begins again under the same run.
  await at.read('repeated-1', vendor('A'), vendor('B', { city: 'Husum' }));
  const again = await at.plan('repeated-1');
  assert.deepEqual([again.unchanged, again.pending], [1, 1]);
  assert.deepEqual(await takeAll('repeated-1'), ['create B']);
});

test('a run that nothing was read for is never planned: an empty list would block every vendor', async () => {
  await assert.rejects(company('unread').plan('unread-1'));
  await assert.rejects(runSummary(stage.db, 'unread-1'), /has no plan/);
  const at = company('failed-read');
  erp.faults.push(new Unavailable('away', { system: 'fo', operation: 'VendorsV3.read' }));
  await assert.rejects(at.read('failed-read-1', vendor('A')));
  await assert.rejects(at.plan('failed-read-1'));
  await assert.rejects(runSummary(stage.db, 'failed-read-1'), /has no plan/);
});

test('S18: a company whose connections file does not name this Concur connection is told to nobody', async () => {
  const at = company('off', 'other');
  await at.read('off-1', vendor('A'));
  const plans = createVendorPlanActivities({
    ...stage,
    vendorSync: { [`${erpName}/off`]: { concur, rules: defaultVendorSyncRules } },
  });
  const input = { concur: 'other', erp: erpName, company: 'off', run: 'off-1', dryRun: false, force: false };
  await assert.rejects(
    inActivity(() => plans.planVendorSync(input)),
    { type: 'Rejected', nonRetryable: true },
  );
  assert.deepEqual(await nextPendingChanges(stage.db, 'off-1', 10), []);
});

test('a dry run shows what it would do and leaves nothing to write, and no other run feels it', async () => {
  const at = company('dry');
  const live = await at.run([vendor('A')]);
  const dry = await at.run([vendor('A'), vendor('B')], { dryRun: true, by: 'dana' });
  assert.match(dry.plan.heldBack ?? '', /dry run/);
  assert.deepEqual([dry.plan.create, dry.plan.pending], [2, 0]);
  assert.deepEqual(await nextPendingChanges(stage.db, dry.run, 10), []);
  const { run, lines } = await at.report();
  assert.deepEqual([run?.dryRun, run?.by, run?.result.created], [true, 'dana', 2]);
  assert.deepEqual(
    lines.map(({ account, state }) => [account, state]),
    [
      ['A', 'held-back'],
      ['B', 'held-back'],
    ],
  );
  assert.deepEqual(await takeAll(live.run), ['create A']);
});

test('S14: more than the share is held back for a person, and goes with force', async () => {
  const at = company('capped');
  const many = Array.from({ length: 40 }, (_, index) => vendor(`V${100 + index}`));
  await takeAll((await at.run(many)).run);
  const held = await at.run(many.slice(0, 5));
  assert.match(held.plan.heldBack ?? '', /35 of the 40 vendors of capped/);
  assert.deepEqual([held.plan.block, held.plan.pending], [35, 0]);
  assert.match((await at.report()).lines[0]?.message ?? '', /force the run/);
  const forced = await at.run(many.slice(0, 5), { force: true, by: 'dana' });
  assert.equal((await takeAll(forced.run)).length, 35);
});

test('S126: what Concur refuses is told with its words, tried again in the next run, and over when nothing differs', async () => {
  const at = company('refused');
  const first = await at.run([vendor('A'), vendor('B', { countryCode: '' })]);
  await recordChangeResult(stage.db, first.run, 'A', { state: 'refused', message: 'State is missing.' });
  const { run, lines } = await at.report();
  assert.equal(run?.result.refused, 2);
  assert.deepEqual(
    lines.map(({ account, name, state }) => [account, name, state]),
    [
      ['B', 'Supplier B', 'refused'],
      ['A', 'Supplier A', 'refused'],
    ],
  );
  assert.equal(lines[1]?.message, 'State is missing.');
  const second = await at.run([vendor('A')]);
  assert.deepEqual(await takeAll(second.run), ['create A']);
  assert.deepEqual((await at.report()).lines, []);
});

test('a refused change leaves what Concur was told before: the old value causes no write, the new one is tried again', async () => {
  const at = company('refused-change');
  await takeAll((await at.run([vendor('A')])).run);
  const changed = await at.run([vendor('A', { city: 'Husum' })]);
  await recordChangeResult(stage.db, changed.run, 'A', { state: 'refused', message: 'No.' });
  assert.equal((await at.run([vendor('A', { city: 'Husum' })], { dryRun: true })).plan.update, 1);
  assert.equal((await at.run([vendor('A')])).plan.unchanged, 1);
});

test('a later run takes over what an earlier one has not written; what is written late is told again', async () => {
  const at = company('overtaken');
  await takeAll((await at.run([vendor('A')])).run);
  const slow = await at.run([vendor('A', { city: 'Husum' })]);
  const [onItsWay] = await nextPendingChanges(stage.db, slow.run, 1);
  // The ERP has gone back to what Concur was told: this run finds nothing to do, while the slow write arrives after all.
  const next = await at.run([vendor('A')]);
  assert.deepEqual([next.plan.unchanged, await remainingChanges(stage.db, slow.run)], [1, 0]);
  await recordChangeResult(stage.db, slow.run, onItsWay!.account, { state: 'done' });
  assert.deepEqual(await takeAll((await at.run([vendor('A')])).run), ['update A']);
  assert.equal((await at.run([vendor('A')])).plan.unchanged, 1);
});

test('a run that is held back takes nothing over', async () => {
  const at = company('not-overtaken');
  const many = Array.from({ length: 30 }, (_, index) => vendor(`V${100 + index}`));
  await takeAll((await at.run(many)).run);
  const slow = await at.run([...many, vendor('Z')]);
  assert.ok((await at.run([])).plan.heldBack);
  assert.deepEqual(await takeAll(slow.run), ['create Z']);
});

test('trap 15: the same account of two companies has one name in Concur; one that changes in both is told run by run', async () => {
  const [usmf, demf] = [company('two-us', 'two'), company('two-de', 'two')];
  await takeAll((await usmf.run([vendor('A', { name: 'Acme' })])).run);
  const other = await demf.run([vendor('A', { name: 'Other' })]);
  assert.deepEqual([other.plan.refused, other.plan.pending], [1, 0]);
  assert.match((await demf.report()).lines[0]?.message ?? '', /"Other" in two-de and "Acme" in two-us/);
  await takeAll((await demf.run([vendor('A', { name: 'Acme' })])).run);
  // The party is renamed: the first company waits until the second has been read with the new name.
  assert.equal((await usmf.run([vendor('A', { name: 'Acme AG' })])).plan.refused, 1);
  assert.deepEqual(await takeAll((await demf.run([vendor('A', { name: 'Acme AG' })])).run), ['update A']);
  assert.deepEqual(await takeAll((await usmf.run([vendor('A', { name: 'Acme AG' })])).run), ['update A']);
});

test('trap 15: a vendor that another company is about to tell counts as told already', async () => {
  const [usmf, demf] = [company('soon-us', 'soon'), company('soon-de', 'soon')];
  await usmf.run([vendor('A', { name: 'Acme' })]);
  assert.equal((await demf.run([vendor('A', { name: 'Other' })])).plan.refused, 1);
  assert.equal((await company('soon-other', 'unrelated').run([vendor('A', { name: 'Other' })])).plan.create, 1);
});

test('a row that could not be read stands in the report and is not blocked', async () => {
  const at = company('unreadable');
  await takeAll((await at.run([vendor('A'), vendor('B')])).run);
  erp.vendors.set(at.name, { vendors: [vendor('A')], unreadable: [{ account: 'B', message: 'B is odd.' }] });
  const reads = createVendorReadActivities(erp.dependencies(stage));
  const input = { erp: erpName, company: at.name, run: 'unreadable-2' };
  assert.deepEqual(await inActivity(() => reads.readVendorMaster(input)), { read: 1, unreadable: 1 });
  const plan = await at.plan('unreadable-2');
  assert.deepEqual([plan.read, plan.block, plan.refused], [2, 0, 1]);
  assert.deepEqual((await at.report()).lines, [{ account: 'B', state: 'refused', changed: [], message: 'B is odd.' }]);
});

test('a company of some thousand vendors is stored and compared', async () => {
  const at = company('large');
  const vendors = Array.from({ length: 2_500 }, (_, index) => vendor(`V${10_000 + index}`));
  const { run, plan } = await at.run(vendors);
  assert.deepEqual([plan.create, await remainingChanges(stage.db, run)], [2_500, 2_500]);
});

test('old reads and runs go; the newest read and the newest plan of each company stay, and what was told', async () => {
  const at = company('pruned');
  const runs: string[] = [];
  for (let count = 0; count < 3; count += 1) {
    const { run } = await at.run([vendor('A')]);
    await takeAll(run);
    runs.push(run);
  }
  const snapshots = async () =>
    (
      await stage.db.query<{ run: string }>(
        'select distinct run from vendor_snapshots where run = any($1) order by run',
        [runs],
      )
    ).rows.map(({ run }) => run);
  // The read before the newest is still there: it was not finished when the newest was stored, or it is the newest but one.
  assert.ok((await snapshots()).includes(runs[2]!) && !(await snapshots()).includes(runs[0]!));
  await stage.db.query(`update vendor_runs set started_at = now() - interval '100 days' where id = any($1)`, [runs]);
  const last = await at.run([vendor('A')]);
  const { rows } = await stage.db.query<{ id: string }>(
    `select id from vendor_runs where company = 'pruned' order by id`,
  );
  assert.deepEqual(
    rows.map(({ id }) => id),
    [runs[2], last.run],
  );
  assert.equal(last.plan.unchanged, 1);
});

test('S14: a run whose read is gone is never planned, not even with force: it would block every vendor', async () => {
  const at = company('read-gone');
  await takeAll((await at.run([vendor('A'), vendor('B')])).run);
  await at.read('read-gone-old', vendor('A'), vendor('B'));
  await stage.db.query(`update vendor_runs set read_at = now() - interval '2 days' where id = 'read-gone-old'`);
  const newer = await at.run([vendor('A'), vendor('B')]);
  await assert.rejects(at.plan('read-gone-old', { force: true }));
  assert.deepEqual(await nextPendingChanges(stage.db, 'read-gone-old', 10), []);
  assert.equal((await at.plan(newer.run)).unchanged, 2);
});

test('a read that comes late from an attempt that was given up undoes no plan', async () => {
  const at = company('late-read');
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  const slow = erp.dependencies(stage);
  const reads = createVendorReadActivities({
    ...slow,
    port: {
      ...slow.port,
      readVendors: async () => {
        await held;
        return { vendors: [], unreadable: [] };
      },
    },
  });
  const late = inActivity(() => reads.readVendorMaster({ erp: erpName, company: at.name, run: 'late-read-1' }));
  await at.read('late-read-1', vendor('A'), vendor('B'));
  const plan = await at.plan('late-read-1');
  release();
  await late;
  assert.equal((await runSummary(stage.db, 'late-read-1')).read, 2);
  assert.deepEqual(await at.plan('late-read-1', { force: true }), plan);
});

test('S14: a read is told which accounts Concur offers, since one that is missing from it is blocked', async () => {
  const at = company('expected');
  const { run } = await at.run([vendor('A'), vendor('B'), vendor('C', { offered: false })]);
  await takeAll(run);
  const asked: (readonly string[])[] = [];
  const dependencies = erp.dependencies(stage);
  const reads = createVendorReadActivities({
    ...dependencies,
    port: {
      ...dependencies.port,
      readVendors: async (_company, _signal, _heartbeat, expected = []) => {
        asked.push([...expected].sort());
        return { vendors: [], unreadable: [] };
      },
    },
  });
  await inActivity(() => reads.readVendorMaster({ erp: erpName, company: at.name, run: 'expected-2' }));
  assert.deepEqual(asked, [['A', 'B']]);
});
