import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRules } from '../../src/cli/mapping-diff.js';
import { dimensionTables, dimensionsOf } from '../../src/mapping/dimension-resolver.js';
import type { CodedDocument, CostLeg, Missing } from '../../src/mapping/code-resolver.js';
import { mappingChanges } from '../../src/mapping/mapping-changes.js';
import { configFiles } from './config-files.js';
import { foMapping } from './mapping-fixtures.js';

const field = 'allocationCustom1Code';
const values = (code: string, rule: object): string[] => {
  const dimension = { dimension: 'PROJECT', from: [field], required: true, sameCode: true, byCode: {}, ...rule };
  const leg = { leg: 'expense', fields: { [field]: code }, text: 'Hotel' } as unknown as CostLeg;
  const document = { documentOn: '2026-08-21', businessId: 'R-1' } as unknown as CodedDocument;
  const missing: Missing = ({ message }) => assert.fail(message);
  const mapping = { ...foMapping, dimensions: [dimension] };
  return dimensionsOf(mapping, dimensionTables(mapping), document, leg, missing).map(({ value }) => value.value);
};

test('B8, S16: a file is read with it, so that a preview and a comparison say what the workers do, and the version tells', (t) => {
  const dimensions = 'mapping: { dimensions: [{ dimension: project, from: [allocationCustom1Code] }] }';
  const synced = 'dimensionSync: [{ dimension: PROJECT, concur: emea, list: L1 }]';
  const [without, of] = [
    configFiles(t, [['mapping: {}', dimensions]]),
    configFiles(t, [['mapping: {}', `${dimensions}\n        ${synced}`]]),
  ].map(({ path }) => readRules(path));
  assert.deepEqual(
    [without, of].map((rules) => rules?.companies[1]?.dimensions[0]?.listCodes),
    [undefined, true],
  );
  assert.notEqual(without?.version, of?.version);
  assert.ok(without && of);
  assert.deepEqual(
    mappingChanges(without, of).map(({ table, row }) => [table, row]),
    [['dimension project', 'fields']],
  );
});

test('B35, S16: a document that names an item of ours is posted with the code of the ERP', () => {
  assert.deepEqual(values('P_h100__A', { listCodes: true }), ['P-100_A']);
  assert.deepEqual(values('P_h100', { listCodes: true, byCode: { 'P-100': 'PX' } }), ['PX']);
  // An item that people have entered, and a list that is not ours.
  assert.deepEqual(values('CC_1', { listCodes: true }), ['CC_1']);
  assert.deepEqual(values('P_h100', {}), ['P_h100']);
});
