import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { waitUntil } from '../../src/launcher/wait-until.js';
import {
  check,
  processEnded,
  processesNaming,
  runSandbox,
  RunningSandbox,
  temporaryFolder,
} from '../e2e/sandbox-process.js';

const documents = 8;
/** A cost or tax amount makes the sums disagree, any other one leaves its voucher out of balance. */
const namesCompany =
  /^fo\/\w+ (in [A-Z]{3}: Concur confirmed [\d.-]+, the ERP posted [\d.-]+\.|\S+ is out of balance by 1\.)$/m;

/** One state folder through four starts: interrupted, finished and altered behind our back, checked, and started over. */
describe('Ctrl-C, the next start, and an amount that is altered in the ERP', () => {
  const folder = temporaryFolder();
  let sandbox: RunningSandbox | undefined;
  after(async () => {
    await sandbox?.stop();
    folder.remove();
  });

  it('M3: Ctrl-C while documents are under way leaves no process behind', async () => {
    const running = await RunningSandbox.start(folder.path, ['--documents', String(documents), '--seed', '11']);
    sandbox = running;
    await waitUntil(
      async () => {
        const rows = await running.documents();
        const written = rows.filter(({ stage }) => !['discovered', 'acknowledged', 'validated'].includes(stage));
        return written.length >= 2 ? true : undefined;
      },
      { limitMs: 120_000, onLimit: () => new Error('no document got as far as the ERP') },
    );
    const open = (await running.documents()).filter(({ outcome }) => outcome === null);
    assert.ok(open.length > 0, 'the interruption comes in the middle');
    const { processes } = running.ready;
    assert.deepEqual(Object.keys(processes).sort(), [
      'launcher',
      'postgres',
      'receiver',
      'simulators',
      'temporal',
      'worker',
    ]);
    const ended = await running.interrupt();
    assert.equal(ended.code, 0, ended.stderr);
    for (const pid of Object.values(processes)) await processEnded(pid, 5_000);
    assert.deepEqual(processesNaming(folder.path), []);
  });

  it('M3: the next start goes on with the same documents and finishes each of them once', async () => {
    sandbox = await RunningSandbox.start(folder.path, []);
    const rows = await sandbox.settled(documents);
    assert.equal(rows.length, documents);
    const report = await check(await sandbox.journal());
    assert.deepEqual(report.problems, []);
    const posted = rows.filter(({ outcome }) => outcome === 'paid' || outcome === 'posted-no-payment-expected');
    assert.equal(report.erpDocuments.fo + report.erpDocuments.bc, posted.length);
  });

  it('S125: when one posted amount is altered, the checker names the company', async () => {
    assert.ok(sandbox);
    const { tampered } = await sandbox.control<{ tampered: unknown }>('POST', '/tamper', { erp: 'fo' });
    assert.ok(tampered, 'something was altered');
    const report = await check(await sandbox.journal());
    assert.equal(report.ok, false);
    assert.match(report.problems.join('\n'), namesCompany);
    assert.equal((await sandbox.interrupt()).code, 0);
  });

  it('S125: the next run over the same state ends with 1 and says which company disagrees', async () => {
    const { code, report, stderr } = await runSandbox(['--until-settled', '--state', folder.path]);
    assert.equal(code, 1);
    assert.equal(report.ok, false);
    assert.equal(report.documents, documents, 'the documents of the first run');
    const [problem] = report.problems;
    assert.match(problem ?? '', namesCompany);
    assert.ok(stderr.includes(problem ?? '?'), 'a person reads it as well');
    assert.deepEqual(processesNaming(folder.path), []);
  });

  it('--fresh forgets everything that earlier runs left, and then both sides agree again', async () => {
    const args = ['--fresh', '--documents', '1', '--erp', 'nav', '--until-settled', '--state', folder.path];
    const { code, report, stderr } = await runSandbox(args);
    assert.deepEqual(report.problems, [], stderr);
    assert.equal(report.documents, 1);
    assert.deepEqual(report.erpDocuments, { fo: 0, bc: 1, nav: 0 });
    assert.equal(code, 0);
  });
});
