import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { check, runSandbox, RunningSandbox, temporaryFolder } from './sandbox-process.js';

const documents = 6;

describe('an amount that is altered in the ERP behind the connector', () => {
  const folder = temporaryFolder();
  let sandbox: RunningSandbox | undefined;
  after(async () => {
    await sandbox?.stop();
    folder.remove();
  });

  it('S125: both sides agree until one posted amount is altered; then the checker names the company', async () => {
    sandbox = await RunningSandbox.start(folder.path, ['--documents', String(documents), '--seed', '7', '--erp', 'fo']);
    await sandbox.settled(documents);
    const honest = await check(await sandbox.journal());
    assert.deepEqual(honest.problems, []);

    const { tampered } = await sandbox.control<{ tampered: unknown }>('POST', '/tamper', { erp: 'fo' });
    assert.ok(tampered, 'something was altered');
    const report = await check(await sandbox.journal());
    assert.equal(report.ok, false);
    const disagreeing = report.sums.filter(({ agree }) => !agree);
    assert.equal(disagreeing.length, 1);
    assert.ok(report.problems.some((problem) => problem.startsWith(`${disagreeing[0]?.legalEntity ?? '?'} in `)));
    assert.equal((await sandbox.interrupt()).code, 0);
  });

  it('S125: the next run over the same state ends with 1 and says which company disagrees', async () => {
    const { code, report, stderr } = await runSandbox(['--until-settled', '--erp', 'fo', '--state', folder.path]);
    assert.equal(code, 1);
    assert.equal(report.ok, false);
    assert.equal(report.documents, documents, 'the documents of the first run');
    const [problem] = report.problems;
    assert.match(problem ?? '', /^fo\/\w+ in [A-Z]{3}: Concur confirmed [\d.-]+, the ERP posted [\d.-]+\.$/);
    assert.ok(stderr.includes(problem ?? '?'), 'a person reads it as well');
  });
});
