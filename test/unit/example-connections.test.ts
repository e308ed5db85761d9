import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { loadConnections } from '../../src/config/load-connections.js';
import { SettingsError } from '../../src/config/settings-error.js';
import { projectRoot } from '../../src/launcher/project-root.js';

const example = join(projectRoot(), 'examples', 'connections.yaml');

const secrets = {
  CONNECTOR_DATABASE_URL: 'postgres://connector:secret@127.0.0.1/connector',
  CONNECTOR_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
  CONCUR_ACME_EU_CLIENT_SECRET: 'secret-of-acme-eu',
  CONCUR_ACME_US_CLIENT_SECRET: 'secret-of-acme-us',
  FO_CLIENT_SECRET: 'secret-of-fo',
  BC_CLIENT_SECRET: 'secret-of-bc',
};

describe('the example of a connections file', () => {
  it('is valid with its secrets and tables and has one company of each kind and more', () => {
    const { file, rules } = loadConnections(example, secrets);
    assert.deepEqual(
      file.concur.map(({ name }) => name),
      ['acme-eu', 'acme-us'],
    );
    assert.deepEqual(
      rules.companies.map(({ erp, kind, company }) => [erp, kind, company]),
      [
        ['fo', 'dynamics-fo', 'usmf'],
        ['fo', 'dynamics-fo', 'demf'],
        ['bc', 'business-central', 'ACME Services GmbH'],
      ],
    );
    assert.equal(rules.companies[0]?.employees.byId['1017001'], 'E-001017');
  });
  it('has the mapping version that the README quotes from config check', () => {
    const { rules } = loadConnections(example, secrets);
    assert.ok(readFileSync(join(projectRoot(), 'README.md'), 'utf8').includes(`mapping version ${rules.version}`));
  });

  it('leads each listed code to a company, for all document types', () => {
    const { rules } = loadConnections(example, secrets);
    const types = rules.legalEntity.flatMap(({ docTypes = [] }) => docTypes);
    assert.deepEqual(types.sort(), ['cashadvance', 'expense', 'invoice']);
    for (const rule of rules.legalEntity) assert.deepEqual(Object.keys(rule.codes), ['US01', 'DE01', 'DE02']);
  });

  it('uses each table that stands beside it', () => {
    const used = JSON.stringify(loadConnections(example, secrets).file);
    for (const table of readdirSync(join(projectRoot(), 'examples', 'tables'))) {
      assert.ok(used.includes(`"tables/${table}"`), `${table} is not used by the example`);
    }
  });

  it('S32: holds no secret; without the environment each missing one is named, all together', () => {
    assert.throws(
      () => loadConnections(example, {}),
      (error: unknown) => {
        assert.ok(error instanceof SettingsError);
        for (const name of Object.keys(secrets)) assert.match(error.message, new RegExp(name));
        return true;
      },
    );
  });
});
