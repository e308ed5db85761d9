import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { runSandbox, temporaryFolder } from '../e2e/sandbox-process.js';

/** With this seed F&O refuses two documents at posting, of two routes, and takes payments back. */
const seed = 11;
const count = 40;
const refusedInErp = 2;

describe('a brutal F&O: each write loses its answer, bursts of 429, failing changesets, refusals, reversed cheques', () => {
  const folder = temporaryFolder();
  after(() => folder.remove());

  it('S83 S101 S120 B3 B28: each document is posted once, to the account and dimension, or held with the reason of F&O', async (t) => {
    const { code, report, stderr } = await runSandbox([
      ...['--documents', String(count), '--seed', String(seed), '--erp', 'fo', '--kill-worker', '1'],
      ...['--faults', 'brutal', '--faults-in', 'fo', '--until-settled', '--fresh', '--state', `${folder.path}/state`],
    ]);
    const { held, ledgers, ...rest } = report;
    t.diagnostic(JSON.stringify({ ...rest, held: held.length }));
    assert.deepEqual(report.problems, [], stderr);
    assert.deepEqual([report.ok, report.violations, report.duplicates, report.documents], [true, 0, 0, count]);
    const refused = held.filter(({ message }) => message.includes('is not valid for the account structure'));
    assert.equal(refused.length, refusedInErp);
    // A payment that was taken back after Concur had heard of a part of it is for a person: the document stands in F&O.
    const unposted = held.filter(({ reason }) => reason !== 'payment-needs-decision').length;
    assert.equal(report.erpDocuments?.['fo'], count - unposted, 'whatever is not held before its posting is posted');
    const { documents, sums } = ledgers as { documents: number; sums: { legalEntity: string; agree: boolean }[] };
    assert.equal(documents, count - unposted);
    assert.ok(sums.every(({ agree }) => agree));
    assert.deepEqual([...new Set(sums.map(({ legalEntity }) => legalEntity))], ['fo/demf', 'fo/gbsi', 'fo/usmf']);
    assert.deepEqual(Object.keys(report.callsPerRoute?.fo ?? {}), [
      'fo-general-journal',
      'fo-vendor-invoice-journal',
      'fo-pending-invoice',
    ]);
    assert.ok((report.paid?.takenBack ?? 0) > 0, 'payments were taken back');
    const { fo = {} } = report.faults as Record<string, Record<string, number>>;
    // Bursts of 429 are rarer than so small a run is long.
    for (const kind of ['reset-after', 'server-error-after', 'server-error-before']) {
      assert.ok((fo[kind] ?? 0) > 0, `${kind} happened`);
    }
    const lost = (fo['reset-after'] ?? 0) + (fo['server-error-after'] ?? 0);
    assert.ok(lost > count, 'more answers were lost after the work was done than there are documents');
    assert.deepEqual([report.tokenRevocations?.access, report.moves], [0, 0], 'Concur is calm');
    assert.equal(code, 0);
  });
});
