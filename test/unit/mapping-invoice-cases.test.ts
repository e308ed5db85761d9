import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NeutralDocument } from '../../src/contracts/ledger.js';
import { readConcurDocument } from '../../src/mapping/concur-to-document.js';
import { publishedLedger } from '../../src/mapping/published-ledger.js';

type Json = Record<string, unknown>;

const invoice = (lineItem: unknown, header: Json = {}): Json => ({
  requestHeader: {
    requestId: 'I1',
    vendorInvoiceNumber: 'S-1',
    invoiceDate: '02/03/2026',
    currencyAlphaCode: 'EUR',
    requestTotal: 100,
    ledgerCode: 'DE01',
    ...header,
  },
  vendor: { vendorCode: 'S-20001' },
  lineItem,
});
const ofInvoice = (document: Json): NeutralDocument => readConcurDocument('invoice', JSON.stringify(document));
const shown = (document: NeutralDocument): string[] =>
  publishedLedger(document).lines.map((each) => `${each.account ?? each.party ?? each.authority} ${each.amount}`);
const codes = ({ refusals }: NeutralDocument): string[] => refusals.map(({ code }) => code);

const allocation = (gross: number, given: Json = {}): Json => ({
  allocationPercentage: 50,
  journal: { accountCode: '7100', amountGross: gross, ...given },
});

test('B12: an invoice with shipping, tax, a discount line and several allocations is its gross per allocation', () => {
  const taxed = (gross: number, net: number, shipping: number, tax: number): Json =>
    allocation(gross, { amountNet: net, amountShipping: shipping, tax: { amountTax: tax } });
  const document = ofInvoice(
    invoice(
      [
        { lineItemDescription: 'Goods', allocation: [taxed(62, 50, 2, 10), taxed(63, 50, 3, 10)] },
        { lineItemDescription: 'Discount', allocation: [taxed(-25, -25, 0, 0)] },
      ],
      { requestTotal: 100, amountNetInvoice: 75, amountShippingTotal: 5 },
    ),
  );
  assert.deepEqual(document.refusals, []);
  assert.equal(document.salesTax, '20');
  assert.deepEqual(shown(document), ['7100 100', 'VENDOR -100']);
});

test('I1: tax that only the header states must be all that lies between net and gross', () => {
  const items = [
    {
      allocation: [
        allocation(60, { amountNet: 50, amountShipping: 0 }),
        allocation(40, { amountNet: 32, amountShipping: 0, tax: [] }),
      ],
    },
  ];
  assert.deepEqual(codes(ofInvoice(invoice(items, { amountTax: 18 }))), []);
  assert.deepEqual(codes(ofInvoice(invoice(items, { amountVAT1: 10, amountVAT2: 8 }))), []);
  assert.deepEqual(codes(ofInvoice(invoice(items, { amountTax: 17 }))), ['I1', 'I1']);
});

test('I1: allocations that miss the total by a cent are refused, never rounded into place; a line that differs is named', () => {
  const three = [
    { lineItemDescription: 'Paper', allocation: [allocation(33.33), allocation(33.33), allocation(33.33)] },
  ];
  assert.match(ofInvoice(invoice(three)).refusals[0]?.message ?? '', /sum to 99\.99, the invoice says 100/);
  const odd = [{ lineItemDescription: 'Paper', allocation: [allocation(100, { amountNet: 99, amountShipping: 0 })] }];
  assert.match(
    ofInvoice(invoice(odd)).refusals[0]?.message ?? '',
    /^Line 1 \(Paper\): net, shipping and tax sum to 99/,
  );
  const priced = [{ lineItemQuantity: 3, lineItemUnitPrice: 33, allocation: [allocation(100, { amountNet: 100 })] }];
  const neutral = ofInvoice(invoice(priced));
  assert.deepEqual([codes(neutral), neutral.warnings.map(({ code }) => code)], [[], ['I2']]);
});

test('I1: signs that disagree are refused, a negative invoice as a whole is not (C12)', () => {
  assert.deepEqual(codes(ofInvoice(invoice([{ allocation: [allocation(100)] }], { requestTotal: -100 }))), ['I1']);
  assert.deepEqual(codes(ofInvoice(invoice([{ allocation: [allocation(-100)] }], { requestTotal: -100 }))), []);
});
