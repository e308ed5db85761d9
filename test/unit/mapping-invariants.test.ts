import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConcurJson } from '../../src/mapping/concur-json.js';
import { planErpDocuments } from '../../src/mapping/plan.js';
import type { Fixture } from './mapping-fixtures.js';
import { changed, facts, fixtureText, foMapping, read, rulesFor } from './mapping-fixtures.js';

type Case = [code: string, fixture: Fixture, from: string, to: string];

const refused: Case[] = [
  ['E2', 'expense-split-with-tax', '"totalApprovedAmount": 224.00000000', '"totalApprovedAmount": 225'],
  ['E3', 'expense-split-with-tax', '"entryApprovedAmount": 124.00000000', '"entryApprovedAmount": 124.01'],
  ['E4', 'expense-split-with-tax', '"allocationPercentage": 33.34000000', '"allocationPercentage": 33.00'],
  ['E4p', 'expense-split-with-tax', '"amountGross": -14', '"amountGross": -13'],
  ['E6', 'expense-split-with-tax', '"taxGuid": ["T1"]', '"taxGuid": ["T2"]'],
  ['E6', 'expense-split-with-tax', '"taxGuid": ["T1"]', '"taxGuid": []'],
  ['E7', 'expense-split-with-tax', '"journalPayee": "EMPL"', '"journalPayee": "COMP"'],
  ['E7', 'expense-split-with-tax', '"journalPayee": "EMPL"', '"journalPayee": "BANK"'],
  [
    'E8',
    'expense-split-with-tax',
    '"journalPayer": "COMP", "journalPayee": "CBCP"',
    '"journalPayer": "CBCP", "journalPayee": "COMP"',
  ],
  ['E10', 'expense-split-with-tax', '"amountReclaim": 2.66000000', '"amountReclaim": 2.65'],
  ['E12', 'expense-split-with-tax', '"journalAccountCode": "6110"', '"journalAccountCode": " "'],
  ['E12', 'expense-split-with-tax', '"clearingAccountCode": "1910"', '"clearingAccountCode": null'],
  [
    'precision',
    'expense-with-advance',
    '"cashAdvanceApplicationAmount": -20',
    '"cashAdvanceApplicationAmount": -20.005',
  ],
  ['A1', 'expense-with-advance', '"cashAdvanceApplicationAmount": -20', '"cashAdvanceApplicationAmount": 20'],
  ['A1', 'expense-with-advance', '"cashAdvanceTransactionType": 2', '"cashAdvanceTransactionType": 3'],
  ['A2', 'expense-with-advance', '"cashAdvanceReturnsAmount": 20', '"cashAdvanceReturnsAmount": 0'],
  ['A4', 'expense-with-advance', '"journalAccountCode": "6140"', '"journalAccountCode": "1620"'],
  ['N1', 'cash-advance', '"requestAmount": 300', '"requestAmount": 310'],
  ['N2', 'cash-advance', '"debitOrCredit": "DR"', '"debitOrCredit": "CR"'],
  ['I1', 'invoice-two-lines', '"requestTotal": 1205.00000000', '"requestTotal": 1206'],
  ['I1', 'invoice-two-lines', '"amountNetInvoice": 1200.00000000', '"amountNetInvoice": 1199'],
  ['I1', 'invoice-two-lines', '"amountShippingTotal": 5.00000000', '"amountShippingTotal": 0'],
  ['I1', 'invoice-two-lines', '"amountNet": 200.00', '"amountNet": 190.00'],
];

for (const [code, fixture, from, to] of refused) {
  test(`${code} forbids posting: ${fixture} with ${to}`, () => {
    const { refusals } = read(fixture, changed(fixture, [from, to]));
    assert.ok(
      refusals.some((finding) => finding.code === code),
      JSON.stringify(refusals),
    );
    assert.ok(refusals.every((finding) => finding.field !== undefined && finding.remedy !== undefined));
  });
}

const warned: Case[] = [
  ['E1', 'expense-with-advance', '"totalApprovedAmount": 280', '"totalApprovedAmount": null'],
  ['E9', 'expense-split-with-tax', '"amountNetOfTax": 28.01000000', '"amountNetOfTax": 28.02'],
  [
    'E16',
    'expense-split-with-tax',
    '"reportEntryTransactionAmount": 100.00000000',
    '"reportEntryTransactionAmount": 99',
  ],
  ['E17', 'expense-split-with-tax', '"entryExchangeRate": 1.00000000', '"entryExchangeRate": 1.01'],
  ['E18', 'expense-split-with-tax', '"entryId": "E2"', '"entryId": "E1"'],
  ['N3', 'cash-advance', '"currencyAlphaCode": "GBP"', '"currencyAlphaCode": "USD"'],
];

for (const [code, fixture, from, to] of warned) {
  test(`${code} is told but does not forbid posting (decisions 15): ${to}`, () => {
    const { warnings, refusals } = read(fixture, changed(fixture, [from, to]));
    assert.ok(
      warnings.some((finding) => finding.code === code),
      JSON.stringify(warnings),
    );
    assert.deepEqual(refusals, []);
  });
}

test('E5 is told but does not forbid posting: percentages 30, 36.66 and 33.34 over equal amounts', () => {
  const text = changed(
    'expense-split-with-tax',
    ['"allocationPercentage": 33.33000000', '"allocationPercentage": 30'],
    ['"allocationPercentage": 33.33000000', '"allocationPercentage": 36.66'],
  );
  const { warnings, refusals } = read('expense-split-with-tax', text);
  assert.deepEqual([...new Set(warnings.map(({ code }) => code))], ['E5']);
  assert.deepEqual(refusals, []);
});

test('Thirds cut after eight decimals are a whole, and lines without figures of their own are tolerated', () => {
  const text = changed(
    'expense-split-with-tax',
    ['"allocationPercentage": 33.33000000', '"allocationPercentage": 33.33333333'],
    ['"allocationPercentage": 33.33000000', '"allocationPercentage": 33.33333333'],
    ['"allocationPercentage": 33.34000000', '"allocationPercentage": 33.33333333'],
  );
  assert.deepEqual(read('expense-split-with-tax', text).refusals, []);
});

test('Every offender is listed, not only the first (S93)', () => {
  const text = changed(
    'expense-split-with-tax',
    ['"totalApprovedAmount": 224.00000000', '"totalApprovedAmount": 1'],
    ['"journalAccountCode": "6110"', '"journalAccountCode": null'],
    ['"amountReclaim": 2.66000000', '"amountReclaim": 1'],
  );
  const codes = read('expense-split-with-tax', text).refusals.map(({ code }) => code);
  assert.deepEqual(codes.sort(), ['E10', 'E12', 'E2']);
});

test('Tax rows in the spend currency only give the proportion', () => {
  const text = changed(
    'expense-split-with-tax',
    ['"entryExchangeRate": 1.00000000', '"entryExchangeRate": 0.5'],
    ['"amountReclaim": 2.66000000', '"amountReclaim": 5.32'],
  );
  const { legs, refusals } = read('expense-split-with-tax', text);
  assert.deepEqual(refusals, []);
  assert.deepEqual(
    legs.flatMap((leg) => (leg.leg === 'inputTax' ? [leg.amount] : [])),
    ['2.66'],
  );
});

test('S99, B1: a ledger that is out of balance is refused by the plan too, whichever reader it came from', () => {
  const sound = read('expense-split-with-tax');
  const fis = parseConcurJson(fixtureText('expense-split-with-tax'));
  const legs = sound.legs.filter(({ leg }) => leg !== 'inputTax');
  const { documents, refusals } = planErpDocuments({ ...sound, legs }, fis, rulesFor(foMapping), facts);
  assert.deepEqual(documents, []);
  assert.deepEqual(
    refusals.map(({ code, hold }) => [code, hold]),
    [['B1', 'document-inconsistent']],
  );
});
