import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LegalEntityRule } from '../../src/contracts/mapping-rules.js';
import { resolveLegalEntity } from '../../src/mapping/legal-entity.js';

const at = (company: string) => ({ erp: 'fo', company });

const perAllocation: LegalEntityRule = {
  path: 'expenseEntry.allocation.allocationCustom2Code',
  codes: { GB01: at('gbsi'), FR01: at('frrt') },
};
const perReport: LegalEntityRule = { path: 'report.ledgerCode', docTypes: ['expense'], codes: { MAIN: at('usmf') } };

function report(...codes: (string | null)[]) {
  const expenseEntry = codes.map((code) => ({ entryIsPersonal: 'N', allocation: [{ allocationCustom2Code: code }] }));
  return { report: { ledgerCode: 'MAIN' }, expenseEntry };
}

const resolved = (rules: LegalEntityRule[], document: unknown): string => {
  const result = resolveLegalEntity(rules, 'expense', document);
  return 'target' in result ? result.target.company : `${result.refusal.hold}: ${result.refusal.message}`;
};

test('Decisions 18: the first rule of which a code is listed decides', () => {
  assert.equal(resolved([perAllocation, perReport], report('GB01', 'GB01')), 'gbsi');
  assert.equal(resolved([perAllocation, perReport], report(null, 'XX')), 'usmf');
  assert.equal(resolved([perReport, perAllocation], report('GB01')), 'usmf');
});

test('Allocations of two companies hold, naming both, and never go to one of them silently (trap 33)', () => {
  const message = resolved([perAllocation], report('GB01', 'FR01'));
  assert.match(message, /^legal-entity-unresolved: .*GB01 → fo\/gbsi; FR01 → fo\/frrt/);
  assert.match(resolved([perAllocation, perReport], report('GB01', null)), /\(empty\) → no company/);
});

test('Personal entries, which are never allocated, do not stand in the way', () => {
  const document = report('GB01');
  document.expenseEntry.push({ entryIsPersonal: 'Y', allocation: [{ allocationCustom2Code: null }] });
  assert.equal(resolved([perAllocation], document), 'gbsi');
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
