import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { runSandbox, temporaryFolder } from '../e2e/sandbox-process.js';

const count = 40;

describe('a brutal Concur: lost answers, revoked tokens, a moved company, recalls and resubmissions', () => {
  const folder = temporaryFolder();
  after(() => folder.remove());

  it('S30 S83 S102 B5: every document reaches its right state in Concur exactly once, and no rule is broken', async (t) => {
    const { code, report, stderr } = await runSandbox([
      ...['--documents', String(count), '--faults', 'brutal', '--faults-in', 'concur', '--until-settled'],
      ...['--fresh', '--state', `${folder.path}/state`],
    ]);
    t.diagnostic(JSON.stringify({ ...report, held: report.held.length, sums: undefined }));
    assert.deepEqual(report.problems, [], stderr);
    assert.deepEqual([report.ok, report.violations, report.duplicates], [true, 0, 0]);
    // One comes back after it was returned, one after it was recalled; the connector may never have seen the recalled one.
    assert.equal(report.resubmitted, 2);
    assert.equal(report.recalled, 1);
    assert.ok((report.returned ?? 0) >= 1);
    assert.equal(
      Object.values(report.concurDocuments ?? {}).reduce((sum, n) => sum + n, 0),
      count + 2,
    );
    assert.ok(report.documents === count + 2 || report.documents === count + 1);
    assert.deepEqual(report.openStages, {});
    assert.equal(report.outcomes['returned'], report.returned);
    assert.equal(report.tokenRevocations?.refresh, 1);
    assert.ok(report.tokenRevocations.access >= 1);
    assert.equal(report.moves, 1);
    assert.equal(code, 0);
  });
});
