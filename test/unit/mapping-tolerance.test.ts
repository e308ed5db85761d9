import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NeutralDocument } from '../../src/contracts/ledger.js';
import { readConcurDocument } from '../../src/mapping/concur-to-document.js';
import { DocumentUnreadable } from '../../src/mapping/document-unreadable.js';
import { amountOf, divided, plain, sumOf } from '../../src/mapping/money.js';
import { planErpDocuments } from '../../src/mapping/plan.js';
import { publishedLedger } from '../../src/mapping/published-ledger.js';
import { changed, facts, foMapping, read, rulesFor } from './mapping-fixtures.js';

type Json = Record<string, unknown>;

const line = (given: Json = {}): Json => ({
  journalPayer: 'COMP',
  journalPayee: 'EMPL',
  journalAccountCode: '6100',
  amountGross: 30,
  amountNetOfReclaim: 30,
  ...given,
});
const entry = (given: Json = {}): Json => ({
  entryId: 'E1',
  entryApprovedAmount: 30,
  entryIsPersonal: 'N',
  allocation: [{ allocationPercentage: 100, journal: [line()], tax: [] }],
  ...given,
});
const report = (given: Json = {}, header: Json = {}): Json => ({
  employee: { employeeId: 'KX10001' },
  report: {
    reportId: 'R1',
    employeeCurrencyAlphaCode: 'EUR',
    reportUserDefinedDate: '2026-02-03',
    ledgerCode: 'DE01',
    ...header,
  },
  expenseEntry: [entry()],
  ...given,
});
const expense = (document: Json): NeutralDocument => readConcurDocument('expense', JSON.stringify(document));
const shown = (document: NeutralDocument): string[] =>
  publishedLedger(document).lines.map((each) => `${each.account ?? each.party ?? each.authority} ${each.amount}`);
const codes = ({ refusals }: NeutralDocument): string[] => refusals.map(({ code }) => code);

test('M1: a document with nothing but what must be there is posted: flags, rates, names, totals and lists may be missing', () => {
  const document = expense(report());
  assert.deepEqual(document.refusals, []);
  assert.deepEqual(shown(document), ['6100 30', 'EMPL -30']);
});

const liberal: [what: string, document: Json][] = [
  [
    'lists that are their only element',
    report({ expenseEntry: entry({ allocation: { journal: line(), tax: null } }) }),
  ],
  [
    'blank and null figures',
    report({ expenseEntry: [entry({ reportEntryTransactionAmount: '', entryExchangeRate: null })] }),
  ],
  ['numbers as text, with blanks', report({ expenseEntry: [entry({ entryApprovedAmount: ' 30.00000000 ' })] })],
  [
    'codes in lower case',
    report(
      {
        expenseEntry: [
          entry({
            entryIsPersonal: 'n',
            allocation: [{ journal: [line({ journalPayer: 'comp', journalPayee: 'empl ' })] }],
          }),
        ],
      },
      { employeeCurrencyAlphaCode: 'eur' },
    ),
  ],
  ['flags as booleans', report({ expenseEntry: [entry({ entryIsPersonal: false })] }, { isTest: false })],
  ['one allocation without its percentage', report({ expenseEntry: [entry({ allocation: [{ journal: [line()] }] })] })],
  [
    'members that nobody has documented',
    report({ expenseEntry: [entry({ novelty: { deep: [1, null] } })], other: [] }),
  ],
  ['no cash advances at all', report({ cashAdvanceApplication: null })],
];
for (const [what, document] of liberal) {
  test(`M1, B12: ${what} are read, and the ledger is the same`, () => {
    const neutral = expense(document);
    assert.deepEqual(neutral.refusals, []);
    assert.deepEqual(shown(neutral), ['6100 30', 'EMPL -30']);
    assert.equal(neutral.currency, 'EUR');
  });
}

test('S93: what must balance is refused with the name of its entry, also where its lines are missing altogether', () => {
  const said = { expenseTypeName: 'Hotel', entryDate: '2026-02-01T00:00:00.000Z' };
  const missing = expense(report({ expenseEntry: [entry(), entry({ ...said, entryId: 'E2', allocation: [] })] }));
  assert.match(
    missing.refusals[0]?.message ?? '',
    /^Entry 2 \(Hotel 2026-02-01\): the journal lines sum to 0, .* 30\.$/,
  );
  const empty = expense(report({ expenseEntry: [entry({ ...said, allocation: [{ journal: [] }] })] }));
  assert.deepEqual(codes(empty), ['E3']);
  const nothing = expense(report({ expenseEntry: [entry(), entry({ entryApprovedAmount: 0, allocation: null })] }));
  assert.deepEqual(nothing.refusals, []);
});

test('E12: an empty account is the clearing account on a personal entry only, and none is needed where there is no amount', () => {
  const pair = [
    line({ journalPayee: 'CBCP', journalAccountCode: '' }),
    line({
      amountGross: -30,
      amountNetOfReclaim: -30,
      journalPayer: 'EMPL',
      journalPayee: 'COMP',
      journalAccountCode: null,
    }),
  ];
  const personal = {
    entryIsPersonal: 'Y',
    entryApprovedAmount: 0,
    clearingAccountCode: '1910',
    allocation: [{ journal: pair }],
  };
  const document = expense(report({ expenseEntry: [entry(personal)] }));
  assert.deepEqual(document.refusals, []);
  assert.deepEqual(shown(document), ['1910 30', '1910 -30', 'CBCP -30', 'EMPL 30']);
  const zero = [line(), line({ amountGross: 0, amountNetOfReclaim: 0, journalAccountCode: '' })];
  assert.deepEqual(expense(report({ expenseEntry: [entry({ allocation: [{ journal: zero }] })] })).refusals, []);
});

test('B12: percentages cut after two decimals are a whole; the amounts that Concur has rounded are posted as they are', () => {
  const third = (amount: number): Json => ({
    allocationPercentage: 33.33,
    journal: [line({ amountGross: amount, amountNetOfReclaim: amount })],
  });
  const document = expense(
    report({
      expenseEntry: [entry({ entryApprovedAmount: 100, allocation: [third(33.33), third(33.33), third(33.34)] })],
    }),
  );
  assert.deepEqual(document.refusals, []);
  assert.deepEqual(shown(document), ['6100 100', 'EMPL -100']);
  const short = expense(
    report({
      expenseEntry: [entry({ entryApprovedAmount: 100, allocation: [third(33.33), third(33.33), third(33.33)] })],
    }),
  );
  assert.deepEqual(codes(short), ['E3'], 'a missing cent is nowhere put by us');
});

test('B12: with offsets one tax row serves the lines of two parties, each by its own difference', () => {
  const tax = [
    { taxGuid: 'T', amountTax: 5, amountReclaim: 5, taxAuthorityLabel: 'DEVAT', taxReclaimCode: 'V1', taxCode: null },
  ];
  const journal = [
    line({ amountGross: 18, amountNetOfReclaim: 15, taxGuid: ['T'] }),
    line({ amountGross: 12, amountNetOfReclaim: 10, taxGuid: 'T', journalPayee: 'IBCP' }),
  ];
  const document = expense(
    report({ expenseEntry: [entry({ allocation: [{ allocationPercentage: 100, journal, tax }] })] }),
  );
  assert.deepEqual(document.refusals, []);
  assert.deepEqual(shown(document), ['6100 25', 'DEVAT 5', 'EMPL -18', 'IBCP -12']);
});

test('S99: what rounding leaves over belongs to the greatest share, whatever the order of the rows, in currencies of 0, 2 and 3 decimals', () => {
  const rows = [
    { key: 'a', weight: amountOf('1') },
    { key: 'b', weight: amountOf('1') },
    { key: 'c', weight: amountOf('1') },
  ];
  const shares = (total: string, currency: string, given = rows): string[] =>
    divided(amountOf(total), given, currency)
      .map((share, index) => `${given[index]?.key} ${plain(share)}`)
      .sort();
  assert.deepEqual(shares('100', 'EUR'), ['a 33.34', 'b 33.33', 'c 33.33']);
  assert.deepEqual(shares('100', 'EUR', rows.toReversed()), shares('100', 'EUR'));
  assert.deepEqual(shares('-100', 'JPY'), ['a -34', 'b -33', 'c -33']);
  assert.deepEqual(shares('1', 'KWD'), ['a 0.334', 'b 0.333', 'c 0.333']);
  const uneven = [{ key: 'z', weight: amountOf('5') }, ...rows];
  assert.deepEqual(shares('0.05', 'EUR', uneven), ['a 0.01', 'b 0.01', 'c 0.01', 'z 0.02']);
  for (const total of ['0.01', '7', '99999999.99']) {
    assert.equal(plain(sumOf(divided(amountOf(total), uneven, 'EUR'))), total);
  }
});

test('S99: an amount that the currency cannot express is refused by name, 0 and 3 decimals included', () => {
  const inCurrency = (currency: string, amount: number): string[] =>
    codes(
      expense(
        report(
          {
            expenseEntry: [
              entry({
                entryApprovedAmount: amount,
                allocation: [{ journal: [line({ amountGross: amount, amountNetOfReclaim: amount })] }],
              }),
            ],
          },
          { employeeCurrencyAlphaCode: currency },
        ),
      ),
    );
  assert.deepEqual(inCurrency('JPY', 1500), []);
  assert.ok(inCurrency('JPY', 1500.5).includes('precision'));
  assert.deepEqual(inCurrency('KWD', 1.125), []);
  assert.ok(inCurrency('EUR', 1.125).includes('precision'));
});

test('B12: a document without amounts holds, or is planned as nothing where that is declared; never beside another fault', () => {
  const zero = report({
    expenseEntry: [
      entry({
        entryApprovedAmount: 0,
        allocation: [{ journal: [line({ amountGross: 0, amountNetOfReclaim: '0E-8' })] }],
      }),
    ],
  });
  const faulty = report({ expenseEntry: [] }, { totalApprovedAmount: 10 });
  const planOf = (document: Json, zeroDocuments: 'hold' | 'confirm') =>
    planErpDocuments(expense(document), JSON.stringify(document), { ...rulesFor(foMapping), zeroDocuments }, facts);
  assert.equal(planOf(zero, 'hold').refusals[0]?.code, 'nothing-to-post');
  assert.match(planOf(zero, 'hold').refusals[0]?.remedy ?? '', /zeroDocuments/);
  const confirmed = planOf(zero, 'confirm');
  assert.deepEqual([confirmed.isEmpty, confirmed.refusals, confirmed.documents], [true, [], []]);
  const refused = planOf(faulty, 'confirm');
  assert.deepEqual([refused.isEmpty, refused.refusals.map(({ code }) => code)], [undefined, ['E2']]);
  assert.equal(planOf(report(), 'confirm').isEmpty, undefined);
});

test('M1: an advance that is no issue is refused, and one that the employee gives back turns the sides round', () => {
  const applied = changed('cash-advance', ['"transactionType": 1', '"transactionType": 3']);
  assert.deepEqual(codes(read('cash-advance', applied)), ['A1']);
  const returned = changed(
    'cash-advance',
    ['"amount": 300', '"amount": -300'],
    ['"requestAmount": 300', '"requestAmount": -300'],
    ['"DR"', '"cr"'],
  );
  assert.deepEqual(codes(read('cash-advance', returned)), []);
  assert.deepEqual(shown(read('cash-advance', returned)), ['1620 -300', 'EMPL 300']);
});

test('A2: a returned advance that the amounts do not show is told; the amounts are posted as they are', () => {
  const { warnings, refusals } = expense(report({}, { cashAdvanceReturnsAmount: 5 }));
  assert.deepEqual([warnings.map(({ code }) => code), refusals], [['E1', 'A2'], []]);
});

test('A structure that FIS does not document is unreadable and says where', () => {
  const broken: [Json, string][] = [
    [report({ expenseEntry: [entry({ entryApprovedAmount: '1,50' })] }), 'expenseEntry.0.entryApprovedAmount'],
    [report({ expenseEntry: [entry({ entryIsPersonal: 'maybe' })] }), 'expenseEntry.0.entryIsPersonal'],
    [report({}, { employeeCurrencyAlphaCode: 'EURO' }), 'report.employeeCurrencyAlphaCode'],
    [report({ expenseEntry: [entry({ allocation: [{ journal: [null] }] })] }), 'expenseEntry.0.allocation.0.journal.0'],
  ];
  for (const [document, path] of broken) {
    assert.throws(
      () => expense(document),
      (error) => error instanceof DocumentUnreadable && error.paths.includes(path),
      path,
    );
  }
});
