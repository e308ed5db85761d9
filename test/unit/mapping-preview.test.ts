import assert from 'node:assert/strict';
import { test } from 'node:test';
import { previewText } from '../../src/cli/preview/preview-text.js';
import type { CompanyMapping } from '../../src/contracts/mapping-rules.js';
import { rowsOf } from '../../src/mapping/erp-document-rows.js';
import { sumOf } from '../../src/mapping/money.js';
import { previewOfPlan } from '../../src/mapping/preview.js';
import { bcMapping, foMapping, plan, read, type Fixture } from './mapping-fixtures.js';

const fixtures: Fixture[] = ['expense-split-with-tax', 'expense-with-advance', 'invoice-two-lines', 'cash-advance'];
const preview = (name: Fixture, mapping: CompanyMapping, text?: string) =>
  previewOfPlan(read(name, text), plan(name, mapping, text));
const withAdvance = (mapping: CompanyMapping): CompanyMapping => ({ ...mapping, currency: 'GBP' });

test('B6, S99: the rows of every ERP document sum to zero, and each says which rule, row or declaration decided it', () => {
  for (const name of fixtures) {
    for (const base of [foMapping, bcMapping]) {
      const mapping = name === 'expense-with-advance' || name === 'cash-advance' ? withAdvance(base) : base;
      const { erpDocuments, explained, refusals } = preview(name, mapping);
      assert.deepEqual(refusals, [], `${name} ${mapping.kind}`);
      for (const [index, document] of erpDocuments.entries()) {
        const rows = rowsOf(document);
        assert.ok(sumOf(rows.map(({ amount }) => amount)).isZero(), name);
        const shown = explained[index]?.rows ?? [];
        assert.deepEqual(
          shown.map(({ why: _, ...row }) => row),
          rows,
        );
        for (const { account, why } of shown) assert.notEqual(why, '', `${name} ${mapping.kind} ${account}`);
      }
    }
  }
});

test('B6: the reason of a row is that of its own codes, also where rows differ by nothing but their order', () => {
  const { explained } = preview('expense-split-with-tax', foMapping);
  const rows = explained[0]?.rows ?? [];
  const hotels = rows.filter(({ account }) => account === '610000');
  assert.equal(hotels.length, 3);
  for (const { why, dimensions } of hotels) {
    assert.match(why, /6100 → 610000/);
    for (const { value } of dimensions) assert.ok(why.includes(value), `${value} in ${why}`);
  }
  assert.match(rows.find(({ account }) => account === 'E-001')?.why ?? '', /KX10001 → E-001/);
});

test('B6: a preview for people shows ledger, ERP document, both dates, the plan and the reasons; a refusal says what to do', () => {
  const lines = previewText(preview('expense-split-with-tax', foMapping)).join('\n');
  for (const part of [
    /\| expense +\| 6110 +\| +124\.00 \|/,
    /plan [0-9A-F]{12}/,
    /→ fo-test: fo-general-journal in demf/,
    /dated 2026-02-03, posted 2026-02-03/,
    /\| +\| total +\| +\| +238\.00 \| +238\.00 \|/,
    /why 1: .*KX10001 → E-001/,
  ]) {
    assert.match(lines, part);
  }
  const unmapped = preview('expense-split-with-tax', { ...foMapping, employees: { sameCode: false, byId: {} } });
  assert.equal(unmapped.plan, null);
  assert.match(previewText(unmapped).join('\n'), /REFUSED \(vendor-missing\) The employee KX10001 .*Create the vendor/);
});

test('B6: the same document has the same plan, and another posting date is another plan', () => {
  const first = preview('cash-advance', withAdvance(foMapping)).plan;
  assert.equal(preview('cash-advance', withAdvance(foMapping)).plan, first);
  assert.notEqual(preview('cash-advance', { ...withAdvance(foMapping), postingDate: 'today' }).plan, first);
});
