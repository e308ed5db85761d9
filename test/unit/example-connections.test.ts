import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { examineMappings } from '../../src/config/examine-mapping.js';
import { loadConnections } from '../../src/config/load-connections.js';
import { SettingsError } from '../../src/config/settings-error.js';
import { projectRoot } from '../../src/launcher/project-root.js';
import { codeResolver } from '../../src/mapping/code-resolver.js';
import { newRefusals } from '../../src/mapping/plan-types.js';
import { plannedLines } from '../../src/mapping/planned-lines.js';
import { changed, facts, read } from './mapping-fixtures.js';

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

  it('uses each table and mapping file that stands beside it', () => {
    const used = loadConnections(example, secrets).rules.companies.flatMap(({ source }) => source?.files ?? []);
    for (const folder of ['tables', 'mapping']) {
      for (const file of readdirSync(join(projectRoot(), 'examples', folder))) {
        assert.ok(used.includes(`${folder}/${file}`), `${folder}/${file} is not used by the example`);
      }
    }
  });

  it('B8: a mapping check finds nothing in it, and its rules decide as docs/mapping.md tells', () => {
    assert.deepEqual(examineMappings(example).faults, []);
    const mapping = loadConnections(example, secrets).rules.companies.find(({ company }) => company === 'demf');
    assert.ok(mapping);
    const document = read(
      'expense-split-with-tax',
      changed(
        'expense-split-with-tax',
        ['"entryIsPersonal": "N"', '"entryIsPersonal": "N", "entryCountryCode": "CH"'],
        ['"employeeOrgUnit2Code": "999"', '"employeeOrgUnit2Code": "D10"'],
        ['KX10001', '2004001'],
      ),
    );
    const refusals = newRefusals();
    const { details, parties } = plannedLines(document, codeResolver(mapping, facts, document, refusals), 'accounts');
    assert.deepEqual(refusals.list, []);
    const [hotel] = details;
    assert.deepEqual(
      [hotel?.account, hotel?.dimensions],
      [
        '466100',
        [
          { dimension: 'CostCenter', value: 'CC-0410' },
          { dimension: 'Department', value: '010' },
        ],
      ],
    );
    assert.match(
      hotel?.why ?? '',
      /^rule 'hotels abroad' \(mapping\/demf\.yaml line \d+\); CostCenter: CC-0410, .*table tables\/cost-centres\.csv row 2/,
    );
    assert.equal(parties[0]?.account, 'E-002001');
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
