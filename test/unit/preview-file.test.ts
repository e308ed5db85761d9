import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A command of ours, with no setting and no secret in its environment. */
function run(...words: string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', ...words], {
    cwd: root,
    env: { PATH: process.env['PATH'] },
    encoding: 'utf8',
    maxBuffer: 1e8,
  });
  return { status, out: stdout, err: stderr };
}

describe('Commands that need no installation', () => {
  it('B6, B8: a file is previewed with the mapping of a connections file without its secrets', () => {
    const file = 'test/fixtures/fis/expense-split-with-tax.json';
    const { status, out, err } = run('preview', '--document', file, '--config', 'examples/connections.yaml', '--json');
    assert.deepEqual([status, err], [0, '']);
    const { documents } = JSON.parse(out) as { documents: { target: unknown; refusals: { hold: string }[] }[] };
    assert.deepEqual(
      documents.map(({ target, refusals }) => [target, refusals.map(({ hold }) => hold)]),
      [[{ erp: 'fo', company: 'demf' }, ['mapping-missing', 'vendor-missing']]],
    );
  });

  it('the same seed generates the same documents, and each of them can be previewed', (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'generated-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'documents.json');
    assert.equal(run('documents', 'generate', '--count', '70', '--seed', '7', '--out', path).status, 0);
    const [again, other] = ['7', '8'].map((seed) => run('documents', 'generate', '--count', '70', '--seed', seed).out);
    const preview = run('preview', '--document', path, '--json');
    assert.equal(preview.status, 0, preview.err);
    const shown = JSON.parse(preview.out) as { documents: unknown[]; skipped: unknown[] };
    assert.deepEqual([shown.documents.length, shown.skipped], [70, []]);
    assert.equal(again, readFileSync(path, 'utf8'));
    assert.notEqual(again, other);
  });
});
