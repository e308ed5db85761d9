import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LegalEntityRule } from '../../src/contracts/mapping-rules.js';
import { nameOfTarget, resolveLegalEntities } from '../../src/mapping/legal-entity.js';

const at = (company: string) => ({ erp: 'fo', company });

const perAllocation: LegalEntityRule = {
  path: 'expenseEntry.allocation.allocationCustom2Code',
  codes: { GB01: at('gbsi'), FR01: at('frrt') },
};
const perReport: LegalEntityRule = { path: 'report.ledgerCode', docTypes: ['expense'], codes: { MAIN: at('usmf') } };
const perEmployee: LegalEntityRule = {
  path: 'employee.employeeOrgUnit1Code',
  codes: { UK: at('gbsi'), FR: at('frrt') },
};

function report(...codes: (string | null)[]) {
  const expenseEntry = codes.map((code) => ({ entryIsPersonal: 'N', allocation: [{ allocationCustom2Code: code }] }));
  return { report: { ledgerCode: 'MAIN' }, employee: { employeeOrgUnit1Code: 'UK' }, expenseEntry };
}

function resolved(legalEntity: LegalEntityRule[], document: unknown, payingEntity: LegalEntityRule[] = []): string {
  const result = resolveLegalEntities({ legalEntity, payingEntity }, 'expense', document);
  return 'entities' in result
    ? result.entities.paying.company
    : `${result.refusal.hold}: ${result.refusal.message} ${result.refusal.remedy}`;
}

test('Decisions 18: the first rule of which a code is listed decides', () => {
  assert.equal(resolved([perAllocation, perReport], report('GB01', 'GB01')), 'gbsi');
  assert.equal(resolved([perAllocation, perReport], report(null, 'XX')), 'usmf');
  assert.equal(resolved([perReport, perAllocation], report('GB01')), 'usmf');
});

test('Decisions 14: allocations of two companies hold while no rule says which pays, and never go to one silently (trap 33)', () => {
  const message = resolved([perAllocation], report('GB01', 'FR01'));
  assert.match(message, /^legal-entity-unresolved: .*GB01 → fo\/gbsi; FR01 → fo\/frrt.*rules\.payingEntity/);
  assert.match(resolved([perAllocation, perReport], report('GB01', null)), /\(empty\) → no company/);
  assert.match(resolved([perAllocation], report('GB01', null), [perEmployee]), /\(empty\) → no company/);
});

test('B37: with a rule for the paying company each allocation has its own company, and the rest is of the one that pays', () => {
  const result = resolveLegalEntities(
    { legalEntity: [perAllocation], payingEntity: [perEmployee] },
    'expense',
    report('GB01', 'FR01', 'GB01'),
  );
  assert.ok('entities' in result);
  const { paying, bearing } = result.entities;
  assert.equal(nameOfTarget(paying), 'fo/gbsi');
  const companies = [0, 1, 2].map((item) => bearing({ item, allocation: 0 }).company);
  assert.deepEqual(companies, ['gbsi', 'frrt', 'gbsi']);
  assert.equal(bearing({ item: 9, allocation: 0 }).company, 'gbsi');
});

test('B37: several allocations of one entry are told apart, and a rule on the header speaks for all of them', () => {
  const document = report('GB01');
  document.expenseEntry[0]?.allocation.push({ allocationCustom2Code: 'FR01' });
  const bearing = (legalEntity: LegalEntityRule[]): string[] => {
    const result = resolveLegalEntities({ legalEntity, payingEntity: [perEmployee] }, 'expense', document);
    assert.ok('entities' in result);
    return [0, 1].map((allocation) => result.entities.bearing({ item: 0, allocation }).company);
  };
  assert.deepEqual(bearing([perAllocation]), ['gbsi', 'frrt']);
  assert.deepEqual(bearing([perReport]), ['usmf', 'usmf']);
});

test('B37: a rule for the paying company that does not answer holds, also where all parts are of one company', () => {
  const document = { ...report('FR01'), employee: { employeeOrgUnit1Code: 'XX' } };
  assert.match(resolved([perAllocation], document, [perEmployee]), /No rule says which company pays: .*= XX/);
  assert.equal(resolved([perAllocation], document, [{ ...perEmployee, docTypes: ['invoice'] }]), 'frrt');
  const twice: LegalEntityRule = { path: 'expenseEntry.allocation.allocationCustom2Code', codes: perAllocation.codes };
  assert.match(resolved([perReport], report('GB01', 'FR01'), [twice]), /More than one company would pay/);
});

test('Personal entries, which are never allocated, do not stand in the way', () => {
  const document = report('GB01');
  document.expenseEntry.push({ entryIsPersonal: 'Y', allocation: [{ allocationCustom2Code: null }] });
  assert.equal(resolved([perAllocation], document), 'gbsi');
  document.expenseEntry.push({ entryIsPersonal: ' y', allocation: [{ allocationCustom2Code: 'FR01' }] });
  assert.equal(resolved([perAllocation], document, [perEmployee]), 'gbsi');
});

test('A list that Concur delivers as its only element is read all the same', () => {
  const document = { expenseEntry: { entryIsPersonal: 'N', allocation: { allocationCustom2Code: 'FR01' } } };
  assert.equal(resolved([perAllocation], document), 'frrt');
});

test('No rule, no listed code: the document holds and says what was found', () => {
  assert.match(resolved([], report('GB01')), /No rule of legal entities applies/);
  assert.match(resolved([perAllocation], report('ZZ', null)), /allocationCustom2Code = ZZ, \(empty\)/);
  assert.match(
    resolved([{ ...perReport, docTypes: ['invoice'] }], report('GB01')),
    /No rule of legal entities applies/,
  );
  assert.match(resolved([{ path: 'report.toString', codes: { constructor: at('x') } }], report()), /report\.toString/);
});
