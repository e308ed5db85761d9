import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dimensionsOf } from '../../src/mapping/dimension-resolver.js';
import type { CodedDocument, CostLeg, Missing } from '../../src/mapping/code-resolver.js';
import { foMapping } from './mapping-fixtures.js';

const field = 'allocationCustom1Code';
const values = (code: string, rule: object): string[] => {
  const dimension = { dimension: 'PROJECT', from: [field], required: true, sameCode: true, byCode: {}, ...rule };
  const leg = { leg: 'expense', fields: { [field]: code }, text: 'Hotel' } as unknown as CostLeg;
  const document = { documentOn: '2026-08-21', businessId: 'R-1' } as unknown as CodedDocument;
  const missing: Missing = ({ message }) => assert.fail(message);
  return dimensionsOf({ ...foMapping, dimensions: [dimension] }, document, leg, missing).map(
    ({ value }) => value.value,
  );
};

test('B35, S16: a document that names an item of ours is posted with the code of the ERP', () => {
  assert.deepEqual(values('P_h100__A', { listCodes: true }), ['P-100_A']);
  assert.deepEqual(values('P_h100', { listCodes: true, byCode: { 'P-100': 'PX' } }), ['PX']);
  // An item that people have entered, and a list that is not ours.
  assert.deepEqual(values('CC_1', { listCodes: true }), ['CC_1']);
  assert.deepEqual(values('P_h100', {}), ['P_h100']);
});
