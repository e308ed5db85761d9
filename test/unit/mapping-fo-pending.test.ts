import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FoPendingInvoice } from '../../src/contracts/erp-documents.js';
import type { CompanyMapping } from '../../src/contracts/mapping-rules.js';
import { documentKeys } from '../../src/mapping/erp-keys.js';
import { masterDataNeeds } from '../../src/activities/master-data.js';
import { configFiles } from './config-files.js';
import { changed, facts, fixtureText, foMapping, plan } from './mapping-fixtures.js';

const pending: CompanyMapping = {
  ...foMapping,
  routes: { invoice: 'fo-pending-invoice' },
  journalNames: {},
  accounts: { sameCode: false, byCode: {} },
  procurementCategories: { hierarchy: 'Procurement', unit: 'ea', byCode: { 7100: 'Boards', 7200: 'Consulting' } },
};
const invoiceText = fixtureText('invoice-two-lines');
const consulting = '"lineItemDescription": "Consulting",';

function planned(text = invoiceText, mapping = pending): FoPendingInvoice {
  const { documents, refusals } = plan('invoice-two-lines', mapping, text);
  assert.deepEqual(refusals, []);
  const [document] = documents;
  assert.ok(document?.route === 'fo-pending-invoice' && documents.length === 1);
  return document;
}

function refusals(text: string, mapping = pending): [hold: string, code: string, message: string][] {
  const result = plan('invoice-two-lines', mapping, text);
  assert.deepEqual(result.documents, []);
  return result.refusals.map(({ hold, code, message }) => [hold, code, message]);
}

/** The consulting line of the fixture with references to a purchase order, and the order of the header. */
function withOrder(line: object, header: object = {}): string {
  const fields = (of: object): string => JSON.stringify(of).slice(1, -1);
  return changed(
    'invoice-two-lines',
    [consulting, [consulting.slice(0, -1), fields(line)].filter(Boolean).join(', ') + ','],
    ['"ledgerCode": "DE01",', ['"ledgerCode": "DE01"', fields(header)].filter(Boolean).join(', ') + ','],
  );
}

test('S3, S99: an invoice becomes a pending vendor invoice with a line per allocation, its category and its own dimensions', () => {
  const document = planned();
  assert.deepEqual(
    document.lines.map(({ lineNumber, goods, quantity, unitPrice, amount, text }) => [
      lineNumber,
      'category' in goods ? `${goods.hierarchy}/${goods.category}/${goods.unit}` : 'order',
      `${quantity} x ${unitPrice} = ${amount}`,
      text,
    ]),
    [
      [1, 'Procurement/Boards/ea', '1 x 605 = 605', 'Printed circuit boards'],
      [2, 'Procurement/Boards/ea', '1 x 400 = 400', 'Printed circuit boards'],
      [3, 'Procurement/Consulting/ea', '1 x 200 = 200', 'Consulting'],
    ],
  );
  assert.deepEqual(
    document.lines.map(({ dimensions }) => dimensions.map(({ value }) => value).join()),
    ['BU-10,DL2', 'BU-20,DL2', ''],
  );
  assert.deepEqual(document.dimensions, [], 'one line has none: nothing is common to all');
  assert.deepEqual(
    [document.vendorAccount, document.invoiceNumber, document.amount, document.debitTotal, document.dueOn],
    ['S-20001', 'RE-2026-00017', '1205', '1205', '2026-03-05'],
  );
  assert.deepEqual(document.payable, { vendorAccount: 'S-20001', amount: '1205', invoiceNumber: 'RE-2026-00017' });
  assert.deepEqual(
    [document.documentNumber, document.description],
    [document.keySeed, `Concur INV ${document.keySeed} D1B2C3D4E5F6A7B8C9D0`],
  );
  const [masterData] = plan('invoice-two-lines', pending).masterData;
  assert.deepEqual([masterData?.vendors, masterData?.accounts, masterData?.journalNames], [['S-20001'], [], []]);
});

test('S78: the reference is a UUID of FI document, ERP, company and part, and nothing else', () => {
  const reference = planned().headerReference;
  assert.match(reference, /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const of = { fiId: facts.fiId, erp: 'fo-test', company: 'demf', part: 1 };
  assert.equal(documentKeys(of).headerReference, reference);
  const others = [{ fiId: 'f'.repeat(32) }, { erp: 'fo-other' }, { company: 'usmf' }, { part: 2 }];
  const all = others.map((other) => documentKeys({ ...of, ...other }).headerReference);
  assert.equal(new Set([reference, ...all]).size, 5);
});

test('S99: what all lines have in common goes to the header', () => {
  const text = changed('invoice-two-lines', [consulting, `${consulting} "lineItemCustom2Code": "L-2",`]);
  assert.deepEqual(planned(text).dimensions, [{ dimension: 'Department', value: 'DL2' }]);
});

test('S99: a negative invoice keeps its number and has negative quantities, and nobody is owed anything', () => {
  const text = ['605', '600', '400', '200', '1205', '1200', '5'].reduce(
    (before, amount) => before.replaceAll(new RegExp(`(": )(${amount}\\.0)`, 'g'), '$1-$2'),
    invoiceText,
  );
  const credit = planned(text);
  assert.deepEqual(
    credit.lines.map(({ quantity, unitPrice, amount }) => `${quantity} x ${unitPrice} = ${amount}`),
    ['-1 x 605 = -605', '-1 x 400 = -400', '-1 x 200 = -200'],
  );
  assert.deepEqual([credit.invoiceNumber, credit.amount, credit.debitTotal], ['RE-2026-00017', '-1205', '1205']);
  assert.equal(credit.payable, undefined);
});

test('S93: all accounts without a category are named at once, and none goes to a default', () => {
  const mapping = { ...pending, procurementCategories: { hierarchy: 'Procurement', unit: 'ea', byCode: {} } };
  assert.deepEqual(
    refusals(invoiceText, mapping).map(([hold, code, message]) => [hold, code, /Account (\d+)/.exec(message)?.[1]]),
    [
      ['mapping-missing', 'category-unmapped', '7100'],
      ['mapping-missing', 'category-unmapped', '7200'],
    ],
  );
});

test('S99: tax has no place on this route, whether the rows state it or only the header', () => {
  const rows = changed(
    'invoice-two-lines',
    [
      '"amountGross": 200.00, "amountNet": 200.00, "amountShipping": 0, "tax": []',
      '"amountGross": 200.00, "amountNet": 180.00, "amountShipping": 0, "tax": [{ "amountTax": 20 }]',
    ],
    ['"amountNetInvoice": 1200', '"amountNetInvoice": 1180'],
  );
  const header = changed('invoice-two-lines', ['"requestTotal"', '"amountTax": "20.00000000", "requestTotal"']);
  for (const text of [rows, header]) {
    const [[hold, code, message] = [], ...more] = refusals(text);
    assert.deepEqual([hold, code, more], ['unsupported-document', 'tax', []]);
    assert.match(message ?? '', /^The invoice has 20 EUR of tax\. F&O calculates/);
  }
  const none = changed('invoice-two-lines', ['"requestTotal"', '"amountTax": "0E-8", "requestTotal"']);
  assert.equal(planned(none).amount, '1205');
});

test('an invoice that Concur pays has no vendor in F&O, so the route cannot carry it', () => {
  const text = changed('invoice-two-lines', ['"invoicePayIndicator": "N"', '"invoicePayIndicator": "Y"']);
  const codes = refusals(text, { ...pending, invoicePayClearing: '210900' }).map(([hold, code]) => `${hold} ${code}`);
  assert.deepEqual(codes, ['unsupported-document no-vendor']);
});

test('an invoice that adds up to nothing is refused', () => {
  const text = ['605', '600', '5', '1205', '1200'].reduce(
    (before, amount) => before.replace(new RegExp(`(": )(${amount}\\.0+)`), '$1 0'),
    invoiceText,
  );
  const zero = text
    .replace('"requestTotal":  0', '"requestTotal": 0')
    .replace('400.00, "amountNet": 400', '-200.00, "amountNet": -200');
  assert.ok(refusals(zero).some(([, code]) => code === 'no-vendor'));
});

test('S3: a line of a purchase order goes to the line of the order, without a category and with its quantity', () => {
  const order = { lineItemPurchaseOrderNumber: 'PO-77', poLineNumber: 10, lineItemQuantity: 4, lineItemUnitPrice: 50 };
  for (const text of [
    withOrder(order),
    withOrder({ ...order, lineItemPurchaseOrderNumber: null }, { poNumber: 'PO-77' }),
    withOrder({ ...order, poLineNumber: '10.00000000' }),
  ]) {
    const mapping = { ...pending, procurementCategories: { hierarchy: 'P', unit: 'ea', byCode: { 7100: 'Boards' } } };
    const line = planned(text, mapping).lines[2];
    assert.deepEqual(
      [line?.goods, line?.quantity, line?.unitPrice, line?.amount],
      [{ purchaseOrder: 'PO-77', purchaseLine: '10' }, '4', '50', '200'],
    );
  }
});

test('S82: an order without its line, divided, or at another price is held, never booked around the order', () => {
  const order = {
    lineItemPurchaseOrderNumber: 'PO-77',
    poLineNumber: '10',
    lineItemQuantity: 4,
    lineItemUnitPrice: 50,
  };
  const cases: [text: string, code: string, message: RegExp][] = [
    [withOrder({ ...order, poLineNumber: null }), 'order-line-unknown', /Line 2 .* PO-77, but Concur delivers no line/],
    [withOrder({ ...order, poLineNumber: 'A-1' }), 'order-line-unknown', /calls the line of the order "A-1"/],
    [withOrder({}, { poNumber: 'PO-77' }), 'order-line-unknown', /belongs to purchase order PO-77, .* on none/],
    [
      withOrder({ ...order, lineItemUnitPrice: 51 }),
      'order-price',
      /amount 200 is not quantity times price \(4 × 51\)/,
    ],
    [withOrder({ ...order, lineItemQuantity: null }), 'order-price', /\(none × 50\)/],
    [
      changed('invoice-two-lines', [
        '"lineItemDescription": "Printed circuit boards",',
        '"lineItemDescription": "Printed circuit boards", "lineItemPurchaseOrderNumber": "PO-77", "poLineNumber": "1",',
      ]),
      'order-line-split',
      /Line 1 .* several allocations/,
    ],
  ];
  for (const [text, code, message] of cases) {
    const [found, ...more] = refusals(text);
    assert.deepEqual([found?.[0], found?.[1], more], ['unsupported-document', code, []]);
    assert.match(found?.[2] ?? '', message);
  }
});

test('S2: an order number changes nothing on the journal routes', () => {
  const text = withOrder({ lineItemPurchaseOrderNumber: 'PO-77' }, { poNumber: 'PO-77' });
  const [before] = plan('invoice-two-lines', foMapping).documents;
  assert.deepEqual(plan('invoice-two-lines', foMapping, text).documents, [before]);
});

test('S2: the same invoice posts to the general journal, the invoice journal or a pending invoice, with equal totals', () => {
  const routes = ['fo-general-journal', 'fo-vendor-invoice-journal', 'fo-pending-invoice'] as const;
  const totals = routes.map((invoice) => {
    const mapping = { ...pending, accounts: foMapping.accounts, journalNames: foMapping.journalNames };
    const [document] = plan('invoice-two-lines', { ...mapping, routes: { invoice } }).documents;
    return [document?.route, document?.debitTotal, document?.payable?.amount, document?.keySeed === planned().keySeed];
  });
  assert.deepEqual(
    totals,
    routes.map((route) => [route, '1205', '1205', true]),
  );
});

test('S2, S99: the connections file chooses routes per legal entity; a route lacks nothing that it needs', (test) => {
  const journals = 'journalNames: { expense: EXP, cashadvance: ADV, invoice: INV }';
  const routes = (invoice: string): [string, string] => [
    journals,
    `routes: { expense: fo-vendor-invoice-journal, invoice: ${invoice} }\n        journalNames: { expense: EXP, cashadvance: ADV }`,
  ];
  const categories = 'vendors: { sameCode: true }';
  const withCategories: [string, string] = [
    categories,
    `${categories}\n          procurementCategories: { hierarchy: Procurement, table: categories.csv, codes: { '7100': Boards } }`,
  ];
  const table = { 'categories.csv': 'concur,erp\n7200,Consulting\n' };
  const [company] = configFiles(test, [routes('fo-pending-invoice'), withCategories], table).load().rules.companies;
  const { places, ...categoriesRead } = company?.procurementCategories ?? {};
  assert.deepEqual(categoriesRead, {
    hierarchy: 'Procurement',
    unit: 'ea',
    byCode: { 7100: 'Boards', 7200: 'Consulting' },
  });
  assert.deepEqual(places?.['7200'], { file: 'categories.csv', line: 2 });
  assert.deepEqual(company?.journalNames, { expense: 'EXP', cashadvance: 'ADV' });
  assert.equal(company.routes.expense, 'fo-vendor-invoice-journal');
  assert.match(
    configFiles(test, [routes('fo-pending-invoice')])
      .faults()
      .join(),
    /fo-pending-invoice needs procurementCategories/,
  );
  assert.match(
    configFiles(test, [routes('fo-general-journal')])
      .faults()
      .join(),
    /fo-general-journal needs a journal name; add journalNames\.invoice/,
  );
  const repeated = { 'categories.csv': 'concur,erp\n7100,Other\n' };
  const faults = configFiles(test, [routes('fo-pending-invoice'), withCategories], repeated).faults();
  assert.match(faults.join(), /categories\.csv:2: the code 7100 is mapped twice/);
});

test('S84: the vendor and all dimension values are asked for before the write; categories have no set that could be', () => {
  const document = planned();
  const row = { documentId: 'doc', part: 1, erp: 'fo-test', company: 'demf', state: 'planned', document } as const;
  const [needs] = masterDataNeeds([
    { ...row, keys: {}, proof: null, refusal: null, waiting: null, accepted: null, writtenAt: null },
  ]);
  assert.deepEqual(
    [needs?.vendors, needs?.accounts, needs?.journalNames, needs?.dimensions.map(({ value }) => value)],
    [['S-20001'], [], [], ['BU-10', 'DL2', 'BU-20']],
  );
});
