import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ErpDocument } from '../../src/contracts/erp-documents.js';
import { waitUntil } from '../../src/launcher/wait-until.js';
import { exampleDocuments, writeDocumentFiles } from './example-documents.js';
import { check, cli, RunningSandbox, temporaryFolder } from './sandbox-process.js';

interface Previewed {
  workflowId: string;
  number: string;
  plan: string | null;
  holdReason: string | null;
  erpDocuments: ErpDocument[];
  explained: { rows: { why: string }[] }[];
}

/** The first weeks of an installation: nothing is posted that nobody has seen. */
describe('a sandbox in which each document waits for a release', () => {
  const folder = temporaryFolder();
  const { all } = exampleDocuments(21);
  let sandbox: RunningSandbox;

  before(async () => {
    const documents = writeDocumentFiles(folder.path, all);
    const args = ['--documents', documents, '--erp', 'both', '--release', 'manual'];
    sandbox = await RunningSandbox.start(`${folder.path}/state`, args);
    await sandbox.settled(all.length);
  });
  after(async () => {
    await sandbox.stop();
    folder.remove();
  });

  const preview = async (): Promise<{ text: string; documents: Previewed[] }> => {
    const { code, stdout, stderr } = await cli('preview', '--waiting', '--json', '--config', sandbox.config);
    assert.equal(code, 0, stderr);
    return { text: stdout, documents: (JSON.parse(stdout) as { documents: Previewed[] }).documents };
  };

  it('B6: a whole batch is previewed without any write, and what is posted after the release equals the preview', async () => {
    const { text, documents } = await preview();
    assert.equal(documents.length, all.length);
    for (const { holdReason, plan, explained } of documents) {
      assert.equal(holdReason, 'awaiting-release');
      assert.match(plan ?? '', /^[0-9A-F]{12}$/);
      assert.ok(explained.every(({ rows }) => rows.length > 0 && rows.every(({ why }) => why !== '')));
    }
    const before = await sandbox.journal();
    assert.deepEqual(
      before.writes.filter(({ system, operation }) => system !== 'concur' && !operation.includes('subscription')),
      [],
      'no ERP has been written to',
    );
    const file = join(folder.path, 'previewed.json');
    writeFileSync(file, text);
    const args = ['--previewed', file, '--by', 'A. Accountant', '--config', sandbox.config];
    const released = await cli('documents', 'release', ...args);
    assert.equal(released.code, 0, released.stderr);
    await waitUntil(
      async () => ((await sandbox.documents()).every(({ outcome }) => outcome === 'paid') ? true : undefined),
      { limitMs: 180_000, everyMs: 300, onLimit: () => new Error('not all of the released documents were paid') },
    );
    for (const { workflowId, erpDocuments } of documents) {
      const rows = await sandbox.query<{ document: ErpDocument }>(
        'select document from erp_documents where document_id = $1 order by part',
        [workflowId],
      );
      assert.deepEqual(
        rows.map(({ document }) => document),
        erpDocuments,
      );
    }
    assert.deepEqual((await check(await sandbox.journal())).problems, []);
    const again = await cli('documents', 'release', '--waiting', '--by', 'A. Accountant', '--config', sandbox.config);
    assert.deepEqual(
      { code: again.code, stderr: again.stderr },
      { code: 2, stderr: 'No document waits for a release.\n' },
    );
  });

  it('B6, S114: who released which plan stands in the story of the document', async () => {
    const [row] = await sandbox.documents();
    const { stdout } = await cli('documents', 'show', row?.fiId ?? '', '--config', sandbox.config);
    assert.match(stdout, /A\. Accountant +\{"note":"","released":"[0-9A-F]{12}"\}/);
  });
});
