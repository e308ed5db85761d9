import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CompanyMapping } from '../../src/contracts/mapping-rules.js';
import { bcMapping, changed, foMapping, plan } from './mapping-fixtures.js';

/** An invoice that Concur pays, and a report of which everything was paid with the company card. */
const paidByConcur = changed('invoice-two-lines', ['"payMethodType": "CLIENT"', '"payMethodType": "ACH"']);
const clearing = { invoicePayClearing: '259900', payrollClearing: '259800' };
const payroll = changed('expense-split-with-tax', ['"payrollPayIndicator": "N"', '"payrollPayIndicator": "Y"']);

const routeOf = (of: ReturnType<typeof plan>): string | undefined => of.documents[0]?.route;

test('B12: what Concur or payroll pays becomes a general journal in Business Central, with a warning', () => {
  const mapping: CompanyMapping = { ...bcMapping, ...clearing, routes: { expense: 'bc-purchase-invoice' } };
  for (const planned of [
    plan('invoice-two-lines', mapping, paidByConcur),
    plan('expense-split-with-tax', mapping, payroll),
  ]) {
    assert.deepEqual(planned.refusals, []);
    assert.equal(routeOf(planned), 'bc-general-journal');
    assert.equal(planned.documents[0]?.payable, undefined);
    assert.match(
      planned.warnings.find(({ code }) => code === 'general-journal')?.message ?? '',
      /owes nobody anything/,
    );
  }
  assert.equal(routeOf(plan('expense-split-with-tax', mapping)), 'bc-purchase-invoice');
});

test('B12: in F&O it needs a journal name of its own; without one it holds and says which', () => {
  const mapping: CompanyMapping = { ...foMapping, ...clearing };
  const held = plan('invoice-two-lines', mapping, paidByConcur);
  assert.deepEqual(held.documents, []);
  assert.match(held.refusals[0]?.remedy ?? '', /journalNames\.general/);
  const journalNames = { ...mapping.journalNames, general: 'CNQRGEN' };
  const [journal] = plan('invoice-two-lines', { ...mapping, journalNames }, paidByConcur).documents;
  assert.ok(journal?.route === 'fo-general-journal');
  assert.equal(journal.journalName, 'CNQRGEN');
  const usual = plan('invoice-two-lines', { ...mapping, journalNames });
  assert.equal(routeOf(usual), 'fo-vendor-invoice-journal');
});
