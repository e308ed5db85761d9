import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fittedNumber } from '../../src/mapping/erp-keys.js';
import { fittedText, numberedText } from '../../src/mapping/erp-text.js';
import { bcMapping, changed, foMapping, plan } from './mapping-fixtures.js';

test('S92, S99: an expense report becomes one balanced F&O voucher, a line per allocation with its own dimensions', () => {
  const plannedAll = plan('expense-split-with-tax', foMapping);
  const { documents, refusals, target } = plannedAll;
  const [masterData] = plannedAll.masterData;
  assert.deepEqual(refusals, []);
  assert.deepEqual(target, { erp: 'fo-test', company: 'demf' });
  const [journal] = documents;
  assert.ok(journal?.route === 'fo-general-journal' && documents.length === 1);
  const shown = journal.lines.map((line) =>
    [line.accountType, line.account, line.debit ?? `-${line.credit}`, dims(line)].join(' '),
  );
  assert.deepEqual(shown, [
    'Vend E-001 -86 ',
    'Ledger 191000 -14 ',
    'Ledger 210000 -138 ',
    'Ledger 610000 30.67 BU-10,D410',
    'Ledger 157600 2.66 ',
    'Ledger 610000 33.33 BU-20,D420',
    'Ledger 610000 33.34 BU-20,D430',
    'Ledger 611000 124 BU-10,D410',
    'Ledger 191000 14 ',
  ]);
  assert.deepEqual(journal.payable, {
    vendorAccount: 'E-001',
    amount: '86',
    invoiceNumber: `EXP-${journal.keySeed.slice(0, 12)}`,
  });
  assert.equal(journal.debitTotal, '238');
  assert.equal(journal.lines[0]?.invoice, journal.payable.invoiceNumber);
  assert.equal(journal.description, `Concur EXP ${journal.keySeed} A1B2C3D4E5F6A7B8C9D0`);
  assert.match(journal.keySeed, /^[0-9A-F]{16}$/);
  assert.match(journal.journalBatchNumber, /^CQ[0-9A-Z]{8}$/);
  assert.equal(journal.lines[3]?.text, '4/9 Hotel 2026-02-01');
  assert.equal(new Set(journal.lines.map(({ text }) => text)).size, 9);
  assert.ok(masterData);
  assert.deepEqual([masterData.vendors, masterData.journalNames], [['E-001'], ['CNQREXP']]);
});

const dims = (line: { dimensions: { value: string }[] }): string => line.dimensions.map(({ value }) => value).join(',');

test('Keys depend on FI document id and company only: the same again is the same, another document is another', () => {
  const [first] = plan('expense-split-with-tax', foMapping).documents;
  const [again] = plan('expense-split-with-tax', foMapping).documents;
  const [other] = plan('expense-split-with-tax', foMapping, undefined, { fiId: 'f'.repeat(32) }).documents;
  assert.deepEqual(first, again);
  assert.notEqual(first?.keySeed, other?.keySeed);
});

test('S3: an invoice becomes a vendor invoice journal: vendor credit first, then a debit per allocation', () => {
  const { documents, refusals } = plan('invoice-two-lines', foMapping);
  assert.deepEqual(refusals, []);
  const [journal] = documents;
  assert.ok(journal?.route === 'fo-vendor-invoice-journal');
  assert.deepEqual(
    journal.lines.map(
      (line) => `${line.lineNumber} ${line.accountType} ${line.account} ${line.debit ?? '-'} ${line.credit ?? '-'}`,
    ),
    ['1 Vend S-20001 - 1205', '2 Ledger 710000 605 -', '3 Ledger 710000 400 -', '4 Ledger 720000 200 -'],
  );
  assert.equal(journal.payable?.invoiceNumber, 'RE-2026-00017');
  assert.deepEqual(
    [journal.documentOn, journal.dueOn, journal.reference],
    ['2026-02-03', '2026-03-05', 'RE-2026-00017'],
  );
  assert.equal(dims(journal.lines[1] ?? { dimensions: [] }), 'BU-10,DL2');
});

test('C12: a negative invoice turns the sides round in F&O and becomes a credit memo in Business Central', () => {
  const negative = changed(
    'invoice-two-lines',
    ['"requestTotal": 1205.00000000', '"requestTotal": -1205'],
    ['"amountNetInvoice": 1200.00000000', '"amountNetInvoice": -1200'],
    ['"amountShippingTotal": 5.00000000', '"amountShippingTotal": -5'],
    [
      '"amountGross": 605.00, "amountNet": 600.00, "amountShipping": 5.00',
      '"amountGross": -605, "amountNet": -600, "amountShipping": -5',
    ],
    ['"amountGross": 400.00, "amountNet": 400.00', '"amountGross": -400, "amountNet": -400'],
    ['"amountGross": 200.00, "amountNet": 200.00', '"amountGross": -200, "amountNet": -200'],
  );
  const [journal] = plan('invoice-two-lines', foMapping, negative).documents;
  assert.ok(journal?.route === 'fo-vendor-invoice-journal');
  assert.deepEqual([journal.lines[0]?.debit, journal.lines[1]?.credit, journal.payable], ['1205', '605', undefined]);
  for (const kind of ['business-central', 'dynamics-nav'] as const) {
    const { documents, refusals } = plan('invoice-two-lines', { ...bcMapping, kind }, negative);
    assert.deepEqual(refusals, []);
    const [memo] = documents;
    assert.ok(memo?.route === 'bc-purchase-credit-memo');
    assert.deepEqual(
      [memo.vendorNumber, memo.vendorCreditMemoNumber, memo.debitTotal, memo.payable],
      ['S-20001', 'RE-2026-00017', '1205', undefined],
    );
    assert.deepEqual(
      memo.lines.map(({ accountNumber, amount }) => `${accountNumber} ${amount}`),
      ['710000 605', '710000 400', '720000 200'],
      'what the supplier credits is positive',
    );
  }
});

test('S4: an expense report becomes a Business Central journal in a batch of its own', () => {
  const { documents, refusals } = plan('expense-split-with-tax', bcMapping);
  assert.deepEqual(refusals, []);
  const [journal] = documents;
  assert.ok(journal?.route === 'bc-general-journal');
  assert.match(journal.documentNumber, /^CX[A-Z2-7]{13}$/);
  assert.equal(journal.batchCode, `C${journal.documentNumber.slice(2, 11)}`);
  assert.equal(journal.externalDocumentNumber, 'A1B2C3D4E5F6A7B8C9D0');
  assert.ok(journal.batchDisplayName.includes(journal.documentNumber));
  assert.deepEqual(
    journal.lines
      .filter(({ accountType }) => accountType === 'Vendor')
      .map(({ accountNumber, amount }) => [accountNumber, amount]),
    [['E-001', '-86']],
  );
  assert.deepEqual(journal.lines.map(({ lineNumber }) => lineNumber).slice(0, 2), [10_000, 20_000]);
});

test('Decisions 20: a foreign-currency report is refused on the journal route and posted as purchase invoice', () => {
  const dollars = changed('expense-split-with-tax', [
    '"employeeCurrencyAlphaCode": "EUR"',
    '"employeeCurrencyAlphaCode": "USD"',
  ]);
  const { refusals } = plan('expense-split-with-tax', bcMapping, dollars);
  assert.deepEqual(
    refusals.map(({ hold, code }) => `${hold} ${code}`),
    ['unsupported-document foreign-currency'],
  );
  const [invoice] = plan(
    'expense-split-with-tax',
    { ...bcMapping, routes: { expense: 'bc-purchase-invoice' } },
    dollars,
  ).documents;
  assert.ok(invoice?.route === 'bc-purchase-invoice');
  assert.equal(invoice.currency, 'USD');
  assert.equal(invoice.vendorInvoiceNumber, `EXP-${invoice.keySeed.slice(0, 12)}`);
  assert.deepEqual(
    invoice.lines.map(({ amount }) => amount),
    ['30.67', '2.66', '33.33', '33.34', '124', '14', '-14', '-138'],
  );
  assert.equal(invoice.payable?.amount, '86');
});

test('An invoice becomes a purchase invoice with our marker; a long supplier number is shortened and told', () => {
  const long = `re/${'9'.repeat(40)}`;
  const text = changed('invoice-two-lines', ['RE-2026-00017', long]);
  const { documents, warnings } = plan('invoice-two-lines', bcMapping, text);
  const [invoice] = documents;
  assert.ok(invoice?.route === 'bc-purchase-invoice');
  assert.match(invoice.vendorInvoiceNumber, /^9{28}-[0-9A-F]{6}$/);
  assert.equal(invoice.marker, `CONCUR ${invoice.keySeed} D1B2C3D4E5F6A7B8C9D0`);
  assert.deepEqual(
    warnings.map(({ code }) => code),
    ['invoice-number-shortened'],
  );
  assert.notEqual(fittedNumber(`a${'9'.repeat(40)}`, 20), fittedNumber(`b${'9'.repeat(40)}`, 20));
  assert.equal(fittedNumber('9'.repeat(40), 20).length, 20);
});

test('M1: a cash advance debits the advance account and is owed to the employee', () => {
  const [journal] = plan('cash-advance', foMapping).documents;
  assert.ok(journal?.route === 'fo-general-journal');
  assert.deepEqual(
    journal.lines.map((line) => `${line.account} ${line.debit ?? `-${line.credit}`}`),
    ['E-003 -300', '162000 300'],
  );
  assert.equal(journal.description, `Concur ADV ${journal.keySeed} C0FFEE00C0FFEE00C0FFEE00C0FFEE00`);
  assert.equal(journal.description.length, 60);
  const [applied] = plan('expense-with-advance', foMapping).documents;
  assert.equal(applied?.payable, undefined);
});

test('S92, S93, S97: every code without mapping is listed at once, and nothing falls on a default', () => {
  const bare = {
    ...foMapping,
    accounts: { sameCode: false, byCode: { 6100: '610000' } },
    employees: { sameCode: false, byId: {} },
  };
  const { documents, refusals, masterData } = plan('expense-split-with-tax', {
    ...bare,
    cardLiabilities: {},
    inputTax: [],
  });
  assert.deepEqual(documents, []);
  assert.deepEqual(
    refusals.map(({ code, field }) => `${code} ${field}`),
    [
      'tax-unmapped DEVAT/V1',
      'account-unmapped 6110',
      'account-unmapped 1910',
      'vendor-unmapped KX10001',
      'card-unmapped CBCP',
    ],
  );
  assert.equal(refusals[3]?.vendorKey, 'fo-test/demf/employee/KX10001');
  assert.deepEqual(masterData[0]?.accounts, ['610000']);
});

test('S89: the vendor that an operator resolved wins over tables', () => {
  const { documents } = plan('expense-split-with-tax', foMapping, undefined, {
    resolvedVendors: { 'fo-test/demf/employee/KX10001': 'E-777' },
  });
  assert.equal(documents[0]?.payable?.vendorAccount, 'E-777');
});

test('A supplier code that no ERP can hold is a missing vendor, also with equal codes', () => {
  const text = changed('invoice-two-lines', ['S-20001', '94F5'.repeat(8)]);
  const { refusals } = plan('invoice-two-lines', foMapping, text);
  assert.deepEqual(
    refusals.map(({ hold }) => hold),
    ['vendor-missing'],
  );
});

test('S98: an unmapped cost object holds; it falls on no other field', () => {
  const text = changed('expense-split-with-tax', [
    '"allocationCustom2Code": "430"',
    '"allocationCustom2Code": "499", "lineItemCustom2Code": "L-2"',
  ]);
  const { refusals } = plan('expense-split-with-tax', foMapping, text);
  assert.deepEqual(
    refusals.map(({ hold, code }) => `${hold} ${code}`),
    ['mapping-missing dimension-unmapped'],
  );
});

test('A required dimension that is empty holds, except on personal items', () => {
  const [unit, department] = foMapping.dimensions;
  assert.ok(unit && department);
  const mapping = { ...foMapping, dimensions: [{ ...unit, required: true }, department] };
  assert.deepEqual(plan('expense-split-with-tax', mapping).refusals, []);
  const text = changed('expense-split-with-tax', ['"allocationCustom1Code": "BU-10"', '"allocationCustom1Code": " "']);
  assert.deepEqual(
    plan('expense-split-with-tax', mapping, text).refusals.map(({ code }) => code),
    ['dimension-empty'],
  );
});

test('Payroll and Expense Pay go to clearing accounts and are never payable', () => {
  const payroll = changed('expense-split-with-tax', [
    '"payrollPayIndicator": "N"',
    '"payrollPayIndicator": "Y", "payrollPaymentClearingAccountCode": "2240"',
  ]);
  assert.deepEqual(
    plan('expense-split-with-tax', foMapping, payroll).refusals.map(({ code }) => code),
    ['clearing-unmapped'],
  );
  const [journal] = plan('expense-split-with-tax', { ...foMapping, payrollClearing: '224000' }, payroll).documents;
  assert.ok(journal?.route === 'fo-general-journal');
  assert.ok(journal.lines.every(({ accountType }) => accountType === 'Ledger'));
  assert.equal(journal.payable, undefined);
  assert.equal(journal.lines.find(({ account }) => account === '224000')?.credit, '86');
});

test('An invoice that Concur pays is refused where a vendor line would be paid again', () => {
  const text = changed('invoice-two-lines', ['"payMethodType": "CLIENT"', '"payMethodType": "CHECK"']);
  const mapping = { ...foMapping, invoicePayClearing: '229000' };
  assert.deepEqual(
    plan('invoice-two-lines', mapping, text).refusals.map(({ code }) => code),
    ['no-vendor'],
  );
  const journalRoute = { ...mapping, routes: { invoice: 'fo-general-journal' as const } };
  assert.equal(plan('invoice-two-lines', journalRoute, text).documents[0]?.payable, undefined);
});

test('A card vendor next to the employee is refused in F&O and a second vendor line in Business Central', () => {
  const cardLiabilities = { CBCP: { vendor: 'AMEX' } };
  const { refusals } = plan('expense-split-with-tax', { ...foMapping, cardLiabilities });
  assert.deepEqual(
    refusals.map(({ hold, code }) => `${hold} ${code}`),
    ['unsupported-document second-vendor'],
  );
  const [journal] = plan('expense-split-with-tax', { ...bcMapping, cardLiabilities }).documents;
  assert.ok(journal?.route === 'bc-general-journal');
  assert.equal(journal.lines.filter(({ accountType }) => accountType === 'Vendor').length, 2);
  assert.equal(journal.payable?.amount, '86');
});

test('Documents of test users reach only companies marked as test (decisions 18)', () => {
  const text = changed('cash-advance', ['"isTest": "N"', '"isTest": "Y"']);
  assert.deepEqual(
    plan('cash-advance', foMapping, text).refusals.map(({ hold }) => hold),
    ['test-document'],
  );
  assert.deepEqual(plan('cash-advance', { ...foMapping, isTest: true }, text).refusals, []);
});

test('Decisions 19: posting dates by policy; a closed period is told before any write', () => {
  const on = (postingDate: 'document' | 'today' | 'next-open', openFrom?: string) =>
    plan('expense-split-with-tax', { ...foMapping, postingDate }, undefined, {
      openFrom: openFrom === undefined ? {} : { 'fo-test/demf': openFrom },
    });
  assert.equal(on('document').documents[0]?.postingOn, '2026-02-03');
  assert.equal(on('today').documents[0]?.postingOn, '2026-04-01');
  assert.equal(on('next-open', '2026-03-01').documents[0]?.postingOn, '2026-03-01');
  assert.equal(on('next-open', '2026-01-01').documents[0]?.postingOn, '2026-02-03');
  assert.deepEqual(
    on('document', '2026-03-01').refusals.map(({ hold }) => hold),
    ['period-closed'],
  );
});

test('Routes that cannot post a document type are refused', () => {
  const { refusals } = plan('cash-advance', { ...foMapping, routes: { cashadvance: 'fo-vendor-invoice-journal' } });
  assert.ok(refusals.some(({ code }) => code === 'route'));
});

test('S2: an expense report becomes a vendor invoice journal where the route says so', () => {
  const [journal] = plan('expense-split-with-tax', {
    ...foMapping,
    routes: { expense: 'fo-vendor-invoice-journal' },
  }).documents;
  assert.ok(journal?.route === 'fo-vendor-invoice-journal');
  assert.equal(journal.lines[0]?.invoice, `EXP-${journal.keySeed.slice(0, 12)}`);
});

test('An inconsistent document is refused with its mapping offenders in one list', () => {
  const text = changed(
    'expense-split-with-tax',
    ['"totalApprovedAmount": 224.00000000', '"totalApprovedAmount": 1'],
    ['KX10001', 'KX9'],
  );
  const holds = plan('expense-split-with-tax', foMapping, text).refusals.map(({ hold }) => hold);
  assert.deepEqual(holds, ['document-inconsistent', 'vendor-missing']);
});

test('Texts are one line and never cut through a character', () => {
  assert.equal(fittedText('Taxi\n to\tthe  fair', 60), 'Taxi to the fair');
  assert.equal(fittedText(`${'a'.repeat(59)}🚕`, 60), 'a'.repeat(59));
  assert.equal(numberedText(2, 10, 'x'.repeat(80), 60).length, 60);
});
