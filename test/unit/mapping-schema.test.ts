import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { mappingJsonSchema } from '../../src/config/mapping-file-schema.js';
import { readYaml } from '../../src/config/yaml-source.js';
import { conditionMeanings, conditionsOf } from '../../src/contracts/mapping-conditions.js';
import { projectRoot } from '../../src/launcher/project-root.js';

const folder = join(projectRoot(), 'examples', 'mapping');

function judge(): (mapping: unknown) => boolean {
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  const validate = ajv.compile(mappingJsonSchema() as object);
  return (mapping) => validate(mapping);
}

describe('The JSON schema of mapping files', () => {
  it('B8: the committed one is that of the code; `concur-dynamics mapping schema` writes it', () => {
    const committed = readFileSync(join(projectRoot(), 'schemas', 'mapping.schema.json'), 'utf8');
    const hint = 'run `concur-dynamics mapping schema` and commit schemas/mapping.schema.json';
    assert.deepEqual(JSON.parse(committed), JSON.parse(JSON.stringify(mappingJsonSchema())), hint);
  });

  it('B8: each example names the schema for editors, and fits it', () => {
    const isValid = judge();
    const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
    assert.ok(files.length > 0);
    for (const file of files) {
      const text = readFileSync(join(folder, file), 'utf8');
      assert.match(text, /^# yaml-language-server: \$schema=\.\.\/\.\.\/schemas\/mapping\.schema\.json\n/);
      assert.ok(isValid(readYaml(join(folder, file))?.data), file);
    }
  });

  it('B8: an editor is told of names that a rule or a dimension cannot have', () => {
    const isValid = judge();
    const rule = (when: string): unknown => parse(`rules: [{ name: a, when: { ${when} }, set: { account: '1' } }]`);
    const dimension = (field: string): unknown => parse(`dimensions: [{ dimension: D, from: [${field}] }]`);
    assert.ok(isValid(rule('expenseType: LODNG, allocationCustom20Code: { prefix: X }')));
    assert.ok(isValid(dimension('entryOrgUnit6Code')));
    for (const wrong of [
      rule('expensetype: LODNG'),
      rule('employeeOrgUnit1Code: X'),
      dimension('allocationCustom21Code'),
    ]) {
      assert.ok(!isValid(wrong), JSON.stringify(wrong));
    }
  });

  it('B8: docs/mapping.md explains each condition, and says where it can be asked for', () => {
    const text = readFileSync(join(projectRoot(), 'docs', 'mapping.md'), 'utf8');
    for (const name of Object.keys(conditionMeanings))
      assert.match(text, new RegExp(`^\\| \`${name}\` +\\|`, 'm'), name);
    for (const target of Object.keys(conditionsOf)) assert.match(text, new RegExp(`\`${target}\``), target);
  });
});
