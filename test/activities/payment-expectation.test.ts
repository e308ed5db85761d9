import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noPaymentReason } from '../../src/activities/payment-expectation.js';
import type { DocType } from '../../src/contracts/documents.js';
import type { CompanyMapping } from '../../src/contracts/mapping-rules.js';
import { changed, fixtureText, foMapping, plan, type Fixture } from '../unit/mapping-fixtures.js';

const mapping: CompanyMapping = {
  ...foMapping,
  payrollClearing: '224000',
  expensePayClearing: '225000',
  invoicePayClearing: '229000',
};
const journalForInvoices: CompanyMapping = { ...mapping, routes: { invoice: 'fo-general-journal' } };

/** Why no payment follows for a document as it comes from Concur, through the whole plan. */
function reasonFor(docType: DocType, fixture: Fixture, text: string, given: CompanyMapping = mapping) {
  const { documents, refusals } = plan(fixture, given, text);
  assert.deepEqual(refusals, [], 'the document can be posted');
  assert.ok(documents.length > 0);
  const planned = documents.map((document) => ({ erp: document.erp, company: document.company, document }));
  return noPaymentReason({ docType }, planned, []);
}

const expense = (...replacements: [string, string][]) => changed('expense-split-with-tax', ...replacements);
const advance = (...replacements: [string, string][]) => changed('expense-with-advance', ...replacements);
const payee = ['"journalPayer": "COMP", "journalPayee": "EMPL"', '"journalPayer": "COMP", "journalPayee": "CBCP"'] as [
  string,
  string,
];

test('S101: an expense report that the ERP pays is waited for', () => {
  assert.equal(reasonFor('expense', 'expense-split-with-tax', fixtureText('expense-split-with-tax')), undefined);
});

for (const [name, text] of [
  [
    'payroll pays (trap 32)',
    expense(['"payrollPayIndicator": "N"', '"payrollPayIndicator": "Y", "payrollPaymentClearingAccountCode": "2240"']),
  ],
  [
    'Expense Pay pays (trap 32)',
    expense(['"expensePayIndicator": "N"', '"expensePayIndicator": "Y", "liabilityAccountCode": "2250"']),
  ],
  [
    'only the company card is used',
    expense(payee, payee, payee, [
      '"journalPayer": "EMPL", "journalPayee": "COMP"',
      '"journalPayer": "CBCP", "journalPayee": "COMP"',
    ]),
  ],
] as const) {
  test(`S103: a report for which ${name} waits for no payment`, () => {
    assert.match(reasonFor('expense', 'expense-split-with-tax', text) ?? '', /owes nobody money/);
  });
}

for (const [name, text] of [
  [
    'zero',
    advance(
      ['"cashAdvanceReturnsAmount": 20', '"cashAdvanceReturnsAmount": 0'],
      ['"cashAdvanceApplicationAmount": -20', '"cashAdvanceApplicationAmount": 0'],
    ),
  ],
  ['negative: the employee owes', fixtureText('expense-with-advance')],
] as const) {
  test(`S103: a report whose net is ${name} waits for no payment (trap 31)`, () => {
    assert.match(reasonFor('expense', 'expense-with-advance', text) ?? '', /zero or negative/);
  });
}

for (const method of ['ACH', 'CHECK', 'VCHER', 'PAYPVD']) {
  test(`S103: an invoice that Concur pays by ${method} waits for no payment of the ERP`, () => {
    const text = changed('invoice-two-lines', ['"payMethodType": "CLIENT"', `"payMethodType": "${method}"`]);
    assert.match(reasonFor('invoice', 'invoice-two-lines', text, journalForInvoices) ?? '', /owes nobody money/);
  });
}

test('S103: an invoice that Concur Invoice Pay pays waits for no payment; one that the ERP pays does', () => {
  const text = changed('invoice-two-lines', ['"invoicePayIndicator": "N"', '"invoicePayIndicator": "Y"']);
  assert.match(reasonFor('invoice', 'invoice-two-lines', text, journalForInvoices) ?? '', /owes nobody money/);
  for (const method of ['CLIENT', 'WIRE', 'CARD']) {
    const paid = changed('invoice-two-lines', ['"payMethodType": "CLIENT"', `"payMethodType": "${method}"`]);
    assert.equal(reasonFor('invoice', 'invoice-two-lines', paid), undefined, method);
  }
});

test('C1: a cash advance waits for no payment, and says that Concur takes no confirmation for it', () => {
  const reason = reasonFor('cashadvance', 'cash-advance', fixtureText('cash-advance'));
  assert.match(reason ?? '', /Concur takes no payment confirmation for cash advances/);
});
