import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { waitUntil } from '../../src/launcher/wait-until.js';
import { processEnded, processesNaming, runSandbox, RunningSandbox, temporaryFolder } from './sandbox-process.js';

const documents = 8;

describe('Ctrl-C in the middle, and the next start', () => {
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
    const { processes } = running.ready;
    assert.deepEqual(Object.keys(processes).sort(), ['launcher', 'postgres', 'simulators', 'temporal', 'worker']);
    const ended = await running.interrupt();
    assert.equal(ended.code, 0, ended.stderr);
    for (const pid of Object.values(processes)) await processEnded(pid, 5_000);
    assert.deepEqual(processesNaming(folder.path), []);
  });

  it('M3: the next start goes on with the same documents and finishes each of them once', async () => {
    const { code, report, stderr } = await runSandbox(['--until-settled', '--state', folder.path]);
    assert.deepEqual(report.problems, [], stderr);
    assert.equal(report.documents, documents);
    assert.equal(report.duplicates, 0);
    assert.equal(report.violations, 0);
    assert.equal(code, 0);
    assert.deepEqual(processesNaming(folder.path), []);
  });

  it('--fresh forgets everything that earlier runs left', async () => {
    const args = ['--fresh', '--documents', '1', '--erp', 'nav', '--until-settled', '--state', folder.path];
    const { code, report, stderr } = await runSandbox(args);
    assert.deepEqual(report.problems, [], stderr);
    assert.equal(report.documents, 1);
    assert.deepEqual(report.erpDocuments, { fo: 0, bc: 1 });
    assert.equal(code, 0);
  });
});
