import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConcurDocument } from '../../src/mapping/concur-to-document.js';
import { DocumentUnreadable } from '../../src/mapping/document-unreadable.js';
import { amountOf, currencyDecimals, fitsCurrency, plain, roundedTo } from '../../src/mapping/money.js';
import { publishedLedger } from '../../src/mapping/published-ledger.js';
import { changed, fixtureText, read } from './mapping-fixtures.js';

test('Amounts keep every digit and are written plainly', () => {
  assert.equal(plain(amountOf('50.00000000')), '50');
  assert.equal(plain(amountOf('0E-8')), '0');
  assert.equal(plain(amountOf('-15.00')), '-15');
  assert.equal(plain(amountOf('12345678901234567890123.12345678')), '12345678901234567890123.12345678');
  assert.deepEqual(['JPY', 'EUR', 'KWD'].map(currencyDecimals), [0, 2, 3]);
  assert.ok(fitsCurrency(amountOf('1.10000000'), 'EUR') && !fitsCurrency(amountOf('1.5'), 'JPY'));
  assert.equal(plain(roundedTo(amountOf('0.125'), 'EUR')), '0.13');
});

test('S99: split, tax, card and personal item become one balanced ledger', () => {
  const document = read('expense-split-with-tax');
  assert.deepEqual(document.refusals, []);
  assert.deepEqual(publishedLedger(document), {
    currency: 'EUR',
    lines: [
      line('expense', '6100', { allocationCustom1Code: 'BU-10', allocationCustom2Code: '410' }, '30.67'),
      line('expense', '6100', { allocationCustom1Code: 'BU-20', allocationCustom2Code: '420' }, '33.33'),
      line('expense', '6100', { allocationCustom1Code: 'BU-20', allocationCustom2Code: '430' }, '33.34'),
      line('expense', '6110', { allocationCustom1Code: 'BU-10', allocationCustom2Code: '410' }, '124'),
      { leg: 'personal', account: '1910', amount: '14' },
      { leg: 'personal', account: '1910', amount: '-14' },
      { leg: 'inputTax', authority: 'DEVAT', reclaimCode: 'V1', taxCode: null, amount: '2.66' },
      { leg: 'party', party: 'EMPL', id: 'KX10001', amount: '-86' },
      { leg: 'party', party: 'CBCP', amount: '-138' },
    ],
  });
});

function line(leg: 'expense', account: string, costObjects: Record<string, string>, amount: string) {
  return { leg, account, costObjects, amount };
}

test('S98: fields of allocation, entry and report are known by name, employee fields are not', () => {
  const [leg] = read('expense-split-with-tax').legs;
  assert.ok(leg?.leg === 'expense');
  assert.deepEqual(leg.fields, {
    allocationCustom1Code: 'BU-10',
    allocationCustom2Code: '410',
    entryCustom5Code: 'E-5',
    reportCustom1Code: 'R-1',
  });
});

test('Dates are cut, never converted, and invoice dates are read as MM/DD/YYYY', () => {
  assert.equal(read('expense-split-with-tax').documentOn, '2026-02-03');
  const invoice = read('invoice-two-lines');
  assert.deepEqual([invoice.documentOn, invoice.dueOn], ['2026-02-03', '2026-03-05']);
  assert.throws(
    () => read('invoice-two-lines', changed('invoice-two-lines', ['02/03/2026', '13/03/2026'])),
    (error) => error instanceof DocumentUnreadable && error.paths.includes('requestHeader.invoiceDate'),
  );
});

test('An invoice is its gross per allocation against the supplier; journals as object or array', () => {
  const document = read('invoice-two-lines');
  assert.deepEqual(document.refusals, []);
  const lines = publishedLedger(document).lines.map((each) => `${each.leg} ${each.account ?? each.id} ${each.amount}`);
  assert.deepEqual(lines, ['expense 7100 605', 'expense 7100 400', 'expense 7200 200', 'party S-20001 -1205']);
});

test('An invoice that Concur pays is marked so', () => {
  for (const [from, to] of [
    ['"payMethodType": "CLIENT"', '"payMethodType": "ACH"'],
    ['"invoicePayIndicator": "N"', '"invoicePayIndicator": "Y"'],
  ] as const) {
    const { legs } = read('invoice-two-lines', changed('invoice-two-lines', [from, to]));
    const party = legs.filter((leg) => leg.leg === 'party');
    assert.ok(party.every((leg) => leg.settledBy === 'concur-invoice-pay'));
  }
});

test('C21, M1: issue and application of a cash advance clear the advance account; the rest is returned', () => {
  const issue = publishedLedger(read('cash-advance')).lines;
  assert.deepEqual(issue, [
    { leg: 'advance', account: '1620', amount: '300' },
    { leg: 'party', party: 'EMPL', id: 'KX10003', amount: '-300' },
  ]);
  const applied = read('expense-with-advance');
  assert.deepEqual(applied.refusals, []);
  assert.deepEqual(publishedLedger(applied).lines.slice(1), [
    { leg: 'advance', account: '1620', cashAdvanceId: 'C0FFEE', amount: '-300' },
    { leg: 'party', party: 'EMPL', id: 'KX10003', amount: '20' },
  ]);
});

test('Payroll and Expense Pay redirect what the employee gets; zero legs are dropped', () => {
  const payroll = changed('expense-split-with-tax', [
    '"payrollPayIndicator": "N"',
    '"payrollPayIndicator": "Y", "payrollPaymentClearingAccountCode": "2240"',
  ]);
  const settled = (text: string): string[] =>
    read('expense-split-with-tax', text).legs.flatMap((leg) =>
      leg.leg === 'party' && leg.party === 'EMPL' ? [`${leg.settledBy} ${leg.clearingAccount ?? '-'}`] : [],
    );
  assert.deepEqual([...new Set(settled(payroll))], ['payroll 2240']);
  const expensePay = changed('expense-split-with-tax', [
    '"expensePayIndicator": "N"',
    '"expensePayIndicator": "Y", "liabilityAccountCode": "2250"',
  ]);
  assert.deepEqual([...new Set(settled(expensePay))], ['expense-pay 2250', 'erp -']);
});

test('Funds obligations are refused as unsupported, other structures as unreadable with their paths', () => {
  const withInstruction = changed('expense-with-advance', ['"report":', '"instruction": "CREATE", "report":']);
  for (const text of [withInstruction, '{"employee":{},"report":{},"expenseEntry":null}']) {
    assert.throws(
      () => readConcurDocument('expense', text),
      (error) => error instanceof DocumentUnreadable && error.hold === 'unsupported-document',
    );
  }
  const broken = changed('expense-with-advance', ['"entryApprovedAmount": 280', '"entryApprovedAmount": "1E999999"']);
  assert.throws(
    () => readConcurDocument('expense', broken),
    (error) => error instanceof DocumentUnreadable && error.paths.includes('expenseEntry.0.entryApprovedAmount'),
  );
  assert.throws(() => readConcurDocument('invoice', 'no json'), DocumentUnreadable);
  assert.throws(() => readConcurDocument('cashadvance', fixtureText('invoice-two-lines')), DocumentUnreadable);
});

test('A document that was delivered as a JSON string is read all the same', () => {
  const text = JSON.stringify(fixtureText('cash-advance'));
  assert.equal(readConcurDocument('cashadvance', text).total, '300');
});
