import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { runSandbox, temporaryFolder } from '../e2e/sandbox-process.js';

const count = 24;

describe('classic NAV in the sandbox', () => {
  for (const erp of ['nav-classic', 'nav-classic-drafts']) {
    const folder = temporaryFolder();
    after(() => folder.remove());
    const who = erp === 'nav-classic' ? 'the codeunit posts' : 'a person posts the drafts';

    it(`S4 S95 S101 M2 B28: ${who}, each document once, and each payment is confirmed`, async (t) => {
      const { code, report, stderr } = await runSandbox([
        ...['--documents', String(count), '--seed', '3', '--erp', erp, '--faults', 'realistic', '--faults-in', 'nav'],
        ...['--until-settled', '--fresh', '--state', `${folder.path}/state`],
      ]);
      const { held, ledgers, ...rest } = report;
      t.diagnostic(JSON.stringify({ ...rest, held: held.length }));
      assert.deepEqual(report.problems, [], stderr);
      assert.deepEqual([report.ok, report.violations, report.duplicates, report.documents], [true, 0, 0, count]);
      assert.equal(report.erpDocuments?.['nav'], count - held.length);
      assert.equal((ledgers as { documents: number }).documents, count - held.length);
      assert.ok((report.credits ?? 0) > 0, 'credits of suppliers were posted');
      const calls = Object.keys((report.calls as Record<string, object>)['nav'] ?? {});
      assert.equal(
        calls.some((operation) => operation.startsWith('ConcurConnector.Post')),
        erp === 'nav-classic',
      );
      assert.ok((report.callsPerRoute?.nav?.['bc-general-journal']?.documents ?? 0) > 0);
      assert.equal(code, 0);
    });
  }
});
