import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DocType } from '../../src/contracts/documents.js';
import type { NeutralDocument } from '../../src/contracts/ledger.js';
import { readConcurDocument } from '../../src/mapping/concur-to-document.js';
import { DocumentUnreadable } from '../../src/mapping/document-unreadable.js';
import { currencyDecimals } from '../../src/mapping/money.js';
import { planErpDocuments } from '../../src/mapping/plan.js';
import { publishedLedger } from '../../src/mapping/published-ledger.js';
import { facts, foMapping, rulesFor } from './mapping-fixtures.js';

type Json = Record<string, unknown>;

const line = (gross: number, given: Json = {}): Json => ({
  journalPayer: gross < 0 ? 'EMPL' : 'COMP',
  journalPayee: gross < 0 ? 'COMP' : 'EMPL',
  journalAccountCode: '6100',
  amountGross: gross,
  amountNetOfReclaim: gross,
  ...given,
});
const entry = (gross: number, given: Json = {}, lines: Json[] = [line(gross)], tax: Json[] = []): Json => ({
  entryId: `E${gross}`,
  entryApprovedAmount: gross,
  entryIsPersonal: 'N',
  allocation: [{ allocationPercentage: 100, journal: lines, tax }],
  ...given,
});
const personal = (lines: Json[]): Json => ({
  entryId: 'P',
  entryApprovedAmount: 0,
  entryIsPersonal: 'Y',
  allocation: [{ allocationId: null, allocationPercentage: null, journal: lines, tax: [] }],
});
const report = (expenseEntry: Json[], header: Json = {}, cashAdvanceApplication: Json[] = []): Json => ({
  employee: { employeeId: 'KX10001' },
  report: {
    reportId: 'R1',
    employeeCurrencyAlphaCode: 'EUR',
    reportUserDefinedDate: '2026-02-03',
    ledgerCode: 'DE01',
    ...header,
  },
  expenseEntry,
  cashAdvanceApplication,
});
const application = (amount: number, account: string | null = '1620'): Json => ({
  cashAdvanceId: 'A1',
  cashAdvanceApplicationAmount: amount,
  cashAdvanceClearingAccountCode: account,
  cashAdvanceTransactionType: 2,
});
const read = (document: Json, docType: DocType = 'expense'): NeutralDocument =>
  readConcurDocument(docType, JSON.stringify(document));
const shown = (document: NeutralDocument): string[] =>
  publishedLedger(document).lines.map((each) => `${each.account ?? each.party ?? each.authority} ${each.amount}`);
const codes = ({ refusals }: NeutralDocument): string[] => refusals.map(({ code }) => code);

test('B12: tax rows without a key, as old documents have them, belong to the only line; the order of equal ones decides nothing', () => {
  const row = (authority: string, amount: number): Json => ({
    amountTax: amount,
    amountReclaim: amount,
    taxReclaimCode: 'R',
    taxAuthorityLabel: authority,
  });
  const lines = [line(30, { amountNetOfReclaim: 25 })];
  const single = read(report([entry(30, {}, lines, [row('DEVAT', 5)])]));
  assert.deepEqual([codes(single), shown(single)], [[], ['6100 25', 'DEVAT 5', 'EMPL -30']]);
  const abroad = { entryCurrAlphaCode: 'USD', entryExchangeRate: 0.9 };
  const rows = [row('DEVAT', 3), row('FRVAT', 3)];
  const odd = [line(30, { amountNetOfReclaim: 24.99 })];
  const [forwards, backwards] = [rows, [...rows].reverse()].map((tax) =>
    shown(read(report([entry(30, abroad, odd, tax)]))).sort(),
  );
  assert.deepEqual(forwards, backwards);
  const two = [line(20, { amountNetOfReclaim: 15 }), line(10)];
  assert.deepEqual(codes(read(report([entry(30, {}, two, [row('DEVAT', 5)])]))), ['E6']);
});

test('B12: a line without amounts beside a personal pair, or alone, neither refuses nor adds anything', () => {
  const pair = [
    line(14, { journalPayee: 'CBCP', journalAccountCode: '1999' }),
    line(-14, { journalAccountCode: '1999' }),
  ];
  const zero = line(0, { journalAccountCode: '' });
  const beside = read(report([entry(30), personal([...pair, zero])]));
  assert.deepEqual(
    [codes(beside), shown(beside).sort()],
    [[], ['1999 -14', '1999 14', '6100 30', 'CBCP -14', 'EMPL -16']],
  );
  assert.deepEqual(shown(read(report([entry(30), personal([zero])]))), ['6100 30', 'EMPL -30']);
  assert.deepEqual(codes(read(report([entry(30), personal([line(14)])]))), ['E3', 'E4p']);
  const nothing = read(report([entry(30)], {}, [application(0, null)]));
  assert.deepEqual([codes(nothing), shown(nothing)], [[], ['6100 30', 'EMPL -30']]);
});

test('S99: a currency of four decimals keeps them, and refuses a fifth', () => {
  assert.deepEqual(['JPY', 'EUR', 'KWD', 'CLF', 'UYW'].map(currencyDecimals), [0, 2, 3, 4, 4]);
  const inFunds = (amount: number): NeutralDocument =>
    read(report([entry(amount)], { employeeCurrencyAlphaCode: 'CLF' }));
  assert.deepEqual(codes(inFunds(1.2345)), []);
  assert.ok(codes(inFunds(1.23456)).includes('precision'));
});

test('M1: an applied advance lessens what Concur pays where only Concur owes the employee, in any order of the entries', () => {
  const byConcur = (gross: number, account: string): Json =>
    entry(gross, { expensePayIndicator: 'Y', liabilityAccountCode: account });
  const backCharge = personal([line(14, { journalPayee: 'CBCP' }), line(-14)]);
  const entries = [backCharge, byConcur(40, '2251'), byConcur(90, '2250')];
  const advancePaidBy = (expenseEntry: Json[]): unknown => {
    const legs = read(report(expenseEntry, {}, [application(-25)])).legs;
    const leg = legs.find((each) => each.leg === 'party' && each.amount === '25');
    return leg?.leg === 'party' ? [leg.settledBy, leg.clearingAccount] : undefined;
  };
  assert.deepEqual(advancePaidBy(entries), ['expense-pay', '2250']);
  assert.deepEqual(advancePaidBy([...entries].reverse()), ['expense-pay', '2250']);
  assert.deepEqual(advancePaidBy([...entries, entry(20)]), ['erp', undefined]);
  assert.deepEqual(advancePaidBy([backCharge]), ['erp', undefined]);
});

test('S93: what is missing or of another form is said in words that an accountant knows', () => {
  const message = (document: Json): string => {
    try {
      read(document);
    } catch (error) {
      if (error instanceof DocumentUnreadable) return error.message;
    }
    return 'it was read';
  };
  const missing = message(report([entry(30, {}, [line(30, { amountNetOfReclaim: null })])]));
  assert.match(missing, /journal\.0\.amountNetOfReclaim: missing$/);
  const odd = message(report([entry(30, { expenseTypeName: {} })], { reportId: undefined }));
  assert.match(odd, /report\.reportId: missing; .*expenseTypeName: not of the form that Concur documents$/);
});

test('B37: personal items, returned advances and advances belong to the company that pays, without any allocation to ask', () => {
  const target = { erp: foMapping.erp, company: foMapping.company };
  const rules = {
    ...rulesFor(foMapping),
    legalEntity: [{ path: 'expenseEntry.allocation.allocationCustom3Code', codes: { DE01: target } }],
    payingEntity: [
      { path: 'report.ledgerCode', docTypes: ['expense' as const], codes: { DE01: target } },
      { path: 'employeeData.employeeOrgUnit1Code', docTypes: ['cashadvance' as const], codes: { DE: target } },
    ],
  };
  const refusalsOf = (docType: DocType, document: Json): string[] => {
    const { refusals, documents } = planErpDocuments(read(document, docType), JSON.stringify(document), rules, facts);
    return [...refusals.map(({ code }) => code), ...documents.map(({ part, company }) => `${company} ${part}`)];
  };
  const pair = [line(14, { journalPayee: 'CBCP' }), line(-14)];
  assert.deepEqual(refusalsOf('expense', report([personal(pair)])), ['demf 1']);
  const returned = report([], { cashAdvanceReturnsAmount: 100, totalApprovedAmount: 0 }, [application(-100)]);
  assert.deepEqual(refusalsOf('expense', returned), ['demf 1']);
  const advance = {
    employeeData: { employeeId: 'KX10001', employeeOrgUnit1Code: 'DE' },
    cashAdvanceData: { cashAdvanceId: 'A1', employeeCurrencyAlphaCode: 'EUR', issuedDate: '2026-02-03' },
    journalData: [{ accountCode: '1620', amount: 100, debitOrCredit: 'DR', payer: 'COMP', payee: 'EMPL' }],
  };
  assert.deepEqual(refusalsOf('cashadvance', advance), ['demf 1']);
  assert.deepEqual(refusalsOf('expense', report([entry(30)])), ['legal-entity']);
  const rejected = entry(0, { allocation: null });
  const own = entry(30, {}, []);
  own['allocation'] = [{ allocationPercentage: 100, allocationCustom3Code: 'DE01', journal: [line(30)], tax: [] }];
  assert.deepEqual(refusalsOf('expense', report([rejected, own])), ['demf 1']);
});

test('B12: percentages of many equal allocations that are cut, not rounded, after two decimals are a whole', () => {
  const shares = (count: number, percentage: number): string[] => {
    const allocation = Array.from({ length: count }, () => ({
      allocationPercentage: percentage,
      journal: [line(10)],
      tax: [],
    }));
    return codes(read(report([entry(10 * count, { allocation })])));
  };
  assert.deepEqual([shares(6, 16.66), shares(7, 14.28), shares(3, 33.33)], [[], [], []]);
  assert.deepEqual([shares(6, 16.65), shares(2, 49.99), shares(1, 99.99)], [['E4'], ['E4'], ['E4']]);
});
