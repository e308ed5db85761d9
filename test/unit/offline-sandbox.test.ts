import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { erpChoices, erpsOf } from '../../src/cli/sandbox/options.js';
import { sandboxSecrets, writeSandboxConnections } from '../../src/cli/sandbox/write-connections.js';
import { loadConnections } from '../../src/config/load-connections.js';
import { projectRoot } from '../../src/launcher/project-root.js';
import { generateDocuments } from '../../src/sandbox/generate-documents.js';
import { planSandbox } from '../../src/sandbox/sandbox-plan.js';

/** The name of a permission at Microsoft, which is a text and no address that is called. */
const scope = 'https://api.businesscentral.dynamics.com/.default';

test('S128: the sandbox needs no account of anybody: its addresses are of this machine, its secrets its own', (t) => {
  for (const erp of erpChoices) {
    const folder = mkdtempSync(join(tmpdir(), 'connector-offline-'));
    t.after(() => rmSync(folder, { recursive: true }));
    sandboxSecrets(folder);
    const url = 'http://127.0.0.1:1';
    const urls = { concur: url, entra: url, fo: url, bc: url, nav: url, control: url };
    const { rules } = planSandbox(generateDocuments({ count: 12, seed: 1 }), { erp: erpsOf(erp) });
    const path = writeSandboxConnections(folder, urls, rules, { erp });
    const addresses = readFileSync(path, 'utf8').match(/https?:\/\/[^\s'"]+/g) ?? [];
    assert.ok(addresses.length > 2, erp);
    assert.deepEqual(
      addresses.filter((address) => address !== scope && new URL(address).hostname !== '127.0.0.1'),
      [],
      erp,
    );
    // Every secret that the file names is found without a variable of an environment.
    const { file } = loadConnections(path, { DATABASE_URL: 'postgres://127.0.0.1:1/none' });
    assert.ok(file.erp.length > 0);
  }
});

test('S128: it is free to use: a free licence, and every dependency is a version of the public registry', () => {
  const { license, dependencies, devDependencies } = JSON.parse(
    readFileSync(join(projectRoot(), 'package.json'), 'utf8'),
  ) as { license: string; dependencies: Record<string, string>; devDependencies: Record<string, string> };
  assert.equal(license, 'Apache-2.0');
  const versions = Object.entries({ ...dependencies, ...devDependencies });
  assert.deepEqual(
    versions.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)),
    [],
  );
});
