import assert from 'node:assert/strict';
import { publishedSamples, runSandbox } from './sandbox-process.js';

/** The sample invoice's vendor code has 32 characters, which no ERP holds; the sample report contradicts itself. */
const expectedHolds = [
  ['5d52e21465fab0578ec144168e11f6d9', 'vendor-missing'],
  ['b0d2cb404ece206e7f72d3e02628fd35', 'document-inconsistent'],
];

/** Runs the published documents to their end in a folder, with these ERPs, and judges what became of them. */
export async function judgePublishedRun(folder: string, erp: 'fo' | 'nav' | 'both'): Promise<void> {
  const state = `${folder}/${erp}`;
  const { code, report, stderr } = await runSandbox([
    ...['--documents', publishedSamples, '--erp', erp, '--until-settled', '--fresh', '--state', state],
  ]);
  assert.deepEqual(report.problems, [], stderr);
  assert.equal(report.ok, true);
  assert.equal(report.documents, 20);
  assert.deepEqual(
    report.held.map(({ documentId, reason }) => [documentId, reason]).sort(),
    expectedHolds,
    JSON.stringify(report.held),
  );
  assert.deepEqual(report.holds, { 'vendor-missing': 1, 'document-inconsistent': 1 });
  assert.equal((report.outcomes['paid'] ?? 0) + (report.outcomes['posted-no-payment-expected'] ?? 0), 18);
  assert.deepEqual(report.openStages, {});
  assert.equal((report.erpDocuments?.['fo'] ?? 0) + (report.erpDocuments?.['bc'] ?? 0), 18);
  assert.equal(report.duplicates, 0);
  assert.equal(report.violations, 0);
  const sums = report.sums as { legalEntity: string; agree: boolean }[];
  assert.ok(sums.length > 0);
  assert.deepEqual(
    sums.filter(({ agree }) => !agree),
    [],
  );
  assert.equal(code, 0);
}
