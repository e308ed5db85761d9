import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CompanyMapping } from '../../src/contracts/mapping-rules.js';
import { bcMapping, changed, foMapping, plan } from './mapping-fixtures.js';

/** The department of the employee (999 in the fixture) as a dimension of its own, beside those of the cost objects. */
const withHome = (mapping: CompanyMapping, from: string[] = []): CompanyMapping => ({
  ...mapping,
  dimensions: [
    ...mapping.dimensions,
    {
      ...{ dimension: 'Home', from, fromEmployee: ['employeeOrgUnit2Code'], required: false, sameCode: false },
      byCode: { 999: 'H-999', 410: 'H-410' },
    },
  ],
});

/** Dimension values of the cost lines, in order, per dimension. */
function valuesOf(mapping: CompanyMapping, dimension: string, text?: string): (string | undefined)[] {
  const { documents, refusals } = plan('expense-split-with-tax', mapping, text);
  assert.deepEqual(refusals, []);
  const lines = documents.flatMap(
    (document): { dimensions: { dimension: string; value: string }[] }[] => document.lines,
  );
  return lines
    .filter(({ dimensions }) => dimensions.length > 0)
    .map(({ dimensions }) => dimensions.find((each) => each.dimension === dimension)?.value);
}

for (const mapping of [foMapping, bcMapping]) {
  const { kind } = mapping;
  const [, costCenter] = mapping.dimensions;
  const first = costCenter?.dimension ?? '';

  test(`S96: every cost line carries the employee's department in the dimension declared for it (${kind})`, () => {
    const homes = valuesOf(withHome(mapping), 'Home');
    assert.ok(homes.length > 0);
    assert.deepEqual([...new Set(homes)], ['H-999']);
    const filled = (values: (string | undefined)[]) => values.filter((value) => value !== undefined);
    // What is personal has no cost objects, and the department all the same.
    assert.deepEqual(filled(valuesOf(withHome(mapping), first)), valuesOf(mapping, first));
  });

  test(`S96: what the allocation says overrides the employee's department (${kind})`, () => {
    const home = withHome(mapping, ['allocationCustom2Code']);
    const ofCosts = valuesOf(home, first, only410()).map((value) => value !== undefined);
    const expected = ofCosts.map((isCost) => (isCost ? 'H-410' : 'H-999'));
    assert.deepEqual(valuesOf(home, 'Home', only410()), expected);
    assert.deepEqual([...new Set(expected)].sort(), ['H-410', 'H-999']);
  });

  test(`S96, S98: where no dimension is declared as the employee's own, no line carries his department (${kind})`, () => {
    assert.doesNotMatch(JSON.stringify(plan('expense-split-with-tax', mapping).documents), /999/);
    // Nor does it stand in for a cost object that is missing.
    const text = changed('expense-split-with-tax', ['"allocationCustom2Code": "410"', '"allocationCustom2Code": ""']);
    const planned = plan('expense-split-with-tax', withHome(mapping), text);
    assert.doesNotMatch(JSON.stringify(planned.documents.map(({ lines }) => lines)), /"D999"|"999"/);
  });

  test(`S96: a department without a mapping holds the document instead of being left out (${kind})`, () => {
    const text = changed('expense-split-with-tax', ['"employeeOrgUnit2Code": "999"', '"employeeOrgUnit2Code": "998"']);
    const { refusals } = plan('expense-split-with-tax', withHome(mapping), text);
    assert.ok(refusals.length > 0);
    assert.match(refusals[0]?.message ?? '', /Home: the code 998 of employeeOrgUnit2Code has no mapping/);
  });
}

/** The report with one cost centre in all allocations. */
function only410(): string {
  return changed(
    'expense-split-with-tax',
    ['"allocationCustom2Code": "420"', '"allocationCustom2Code": "410"'],
    ['"allocationCustom2Code": "430"', '"allocationCustom2Code": "410"'],
  );
}
