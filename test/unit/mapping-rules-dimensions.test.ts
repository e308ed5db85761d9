import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CompanyMapping } from '../../src/contracts/mapping-rules.js';
import { mapped, rule } from './mapped-lines.js';
import { changed, foMapping } from './mapping-fixtures.js';

const hotel = /^Hotel/;

describe('Dimensions', () => {
  const [unit, department] = foMapping.dimensions;
  assert.ok(unit && department);

  it('S98: a declared default fills an empty field; a filled code without a row holds all the same', () => {
    const dimensions = [unit, { ...department, default: 'D000', from: ['allocationCustom3Code'] }];
    assert.match(
      mapped({ dimensions }).line(hotel).why,
      /Department: D000, default of Department: allocationCustom3Code are empty → D000/,
    );
    const text = changed('expense-split-with-tax', [
      '"allocationCustom2Code": "430"',
      '"allocationCustom2Code": "499"',
    ]);
    const { refusals } = mapped({ dimensions: [unit, { ...department, default: 'D000' }] }, { text });
    assert.deepEqual(
      refusals.map(({ unmapped }) => unmapped),
      [{ kind: 'dimension', code: '499', dimension: 'Department' }],
    );
  });

  it("S96, decisions 17: the employee's department feeds a dimension of its own; the allocation overrides it", () => {
    const own = {
      dimension: 'Staff',
      from: ['allocationCustom3Code'],
      fromEmployee: ['employeeOrgUnit2Code'],
      required: true,
      sameCode: false,
      byCode: { 999: 'S-999', 7: 'S-7' },
    };
    const text = changed('expense-split-with-tax', ['"allocationCustom3Code": ""', '"allocationCustom3Code": "7"']);
    const values = mapped({ dimensions: [own] }, { text })
      .lines.filter(({ text: written }) => /^(Hotel|Airfare)/.test(written))
      .map(({ dimensions }) => dimensions.map(({ value }) => value).join());
    assert.deepEqual(values.slice(0, 4), ['S-7', 'S-999', 'S-999', 'S-999']);
  });

  it('S98: a required cost object that is empty holds although the employee has a code in the same place', () => {
    const text = changed('expense-split-with-tax', ['"allocationCustom2Code": "410"', '"allocationCustom2Code": ""']);
    const { refusals } = mapped(
      { dimensions: [{ ...department, required: true, byCode: { ...department.byCode, 999: 'D999' } }] },
      { text },
    );
    assert.deepEqual(
      refusals.map(({ code }) => code),
      ['dimension-empty'],
    );
  });
});

describe('Cards', () => {
  const withProgram = (program: string) =>
    changed('expense-split-with-tax', [
      '"reportEntryPatKey": "1003"',
      `"reportEntryPatKey": "1003", "cardProgramTypeCode": "${program}"`,
    ]);

  it('B8: a rule, the card program, the payment type and the party decide the liability, in this order', () => {
    const party = {};
    const byType = { ...party, paymentTypes: { byCode: { 1003: { ledger: '210003' } } } };
    const byProgram = { ...byType, cardPrograms: { byCode: { AMX: { ledger: '210001' } } } };
    const byRule = {
      ...byProgram,
      rules: [
        rule('amex', { party: { in: ['CBCP'] }, cardProgram: { prefix: 'AM' } }, { liability: { ledger: '210009' } }),
      ],
    };
    const accountOf = (changes: Partial<CompanyMapping>) =>
      mapped(changes, { text: withProgram('AMX') }).line(/^CBCP/).account;
    assert.deepEqual([party, byType, byProgram, byRule].map(accountOf), ['210000', '210003', '210001', '210009']);
    assert.equal(mapped(byProgram, { text: withProgram('OTHER') }).line(/^CBCP/).account, '210003');
  });
});
