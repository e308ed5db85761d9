import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { referencePath, withReference } from '../../scripts/configuration-reference.js';
import { projectRoot } from '../../src/launcher/project-root.js';

const committed = readFileSync(referencePath(), 'utf8');

describe('docs/configuration.md', () => {
  it('holds the reference that the schema of the connections file gives', () => {
    const hint = 'run `npx tsx scripts/configuration-reference.ts` and commit docs/configuration.md';
    assert.equal(committed, withReference(committed), hint);
  });

  it('refuses a document without its markers', () => {
    assert.throws(() => withReference('# Configuration'), /markers/);
  });

  it('names each variable of .env.example', () => {
    const example = readFileSync(join(projectRoot(), '.env.example'), 'utf8');
    const variables = [...example.matchAll(/^(?:# )?([A-Z][A-Z_]+)=/gm)].map(([, name]) => name ?? '');
    assert.ok(variables.length > 10);
    for (const name of variables) assert.ok(committed.includes(`\`${name}\``), `${name} is not explained`);
  });
});
