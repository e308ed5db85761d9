import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Journal } from '../../simulators/harness/types.js';
import { check, RunningSandbox, temporaryFolder, type DocumentRow } from './sandbox-process.js';

const count = 24;

/** Operations of the simulated Concur that only read, or that get a token. */
const reads = new Set([
  ...['token', 'app-token', 'transactions', 'paymentrequest', 'vendors', 'vendorGroups', 'digests', 'expenseReports'],
  ...['expenseReport', 'identityUsers', 'event-topics', 'event-subscriptions', 'event-subscription'],
]);
/** What S8 allows to be written: confirmations, vendor sync and subscriptions. */
const allowedWrites = new Set([
  ...['acknowledgements', 'postingconfirmations', 'paymentconfirmations', 'bulkUpdate'],
  ...['vendorCreate', 'vendorUpdate', 'event-subscription-save'],
]);

/** A week of one firm with one ERP, in which nobody touches anything. */
describe('a run that nobody touches', () => {
  const folder = temporaryFolder();
  let sandbox: RunningSandbox;
  let documents: DocumentRow[];
  let journal: Journal;

  before(async () => {
    sandbox = await RunningSandbox.start(`${folder.path}/state`, ['--documents', String(count), '--erp', 'fo']);
    documents = await sandbox.settled(count);
    journal = await sandbox.journal();
  });
  after(async () => {
    await sandbox.stop();
    folder.remove();
  });

  it('S7: a clean document is posted, paid and confirmed without a single action of a person in its audit trail', async () => {
    const clean = documents.filter(({ holdReason }) => holdReason === null);
    assert.ok(clean.length >= count * 0.9, `${clean.length} are clean`);
    const actors = await sandbox.query<{ id: string; actors: string[] }>(
      `select document_id as id, array_agg(distinct actor) as actors from audit where document_id = any($1) group by 1`,
      [clean.map(({ id }) => id)],
    );
    assert.equal(actors.length, clean.length, 'each has an audit trail');
    // Whatever a person does is written down under that person's name.
    for (const each of actors) assert.deepEqual(each.actors, ['connector'], each.id);
    const confirmed = new Set(journal.concur.filter(({ postingDocs }) => postingDocs.length > 0).map(({ id }) => id));
    for (const { id, fiId } of clean) assert.ok(confirmed.has(fiId), `${id} is confirmed as posted`);
  });

  it('S8: of all calls to Concur, only confirmations, vendor sync and subscriptions write; no journal is written back', () => {
    const operations = Object.keys(journal.calls['concur'] ?? {});
    const strange = operations.filter((name) => !reads.has(name) && !allowedWrites.has(name));
    assert.deepEqual(strange, []);
    for (const needed of ['acknowledgements', 'postingconfirmations', 'paymentconfirmations', 'bulkUpdate']) {
      assert.ok(operations.includes(needed), needed);
    }
    const written = new Set(
      journal.writes.filter(({ system }) => system === 'concur').map(({ operation }) => operation),
    );
    assert.deepEqual(
      [...written].filter((name) => !allowedWrites.has(name)),
      [],
    );
  });

  it("S121: nothing is exported by hand, and the ERP's totals equal what Concur approved, by company and currency", async () => {
    const report = await check(journal);
    assert.deepEqual(report.problems, []);
    assert.equal(report.sums.length, 3);
    assert.ok(report.sums.every(({ agree, concur }) => agree && concur !== '0'));
    assert.equal(report.ledgers.documents, documents.filter(({ holdReason }) => holdReason === null).length);
  });
});
