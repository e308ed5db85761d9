import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CompanyMapping } from '../../src/contracts/mapping-rules.js';
import type { ErpRoute } from '../../src/contracts/erp-documents.js';
import { bcMapping, changed, foMapping, plan } from './mapping-fixtures.js';

const beginning = 're-2026-werk-nord-lieferung-kw-31-40';
assert.ok(beginning.length >= 35);

const routes: [ErpRoute, CompanyMapping][] = [
  ['fo-vendor-invoice-journal', foMapping],
  [
    'fo-pending-invoice',
    {
      ...foMapping,
      routes: { invoice: 'fo-pending-invoice' },
      procurementCategories: { hierarchy: 'Procurement', unit: 'ea', byCode: { 7100: 'Parts', 7200: 'Services' } },
    },
  ],
  ['bc-purchase-invoice', bcMapping],
];

/** The number that the vendor's entry gets in the ERP. */
function posted(route: ErpRoute, mapping: CompanyMapping, number: string): string {
  const text = changed('invoice-two-lines', ['RE-2026-00017', number]);
  const { documents, refusals } = plan('invoice-two-lines', mapping, text);
  assert.deepEqual(refusals, []);
  const [document] = documents;
  assert.ok(document?.route === route);
  return document.payable?.invoiceNumber ?? '';
}

describe('Long invoice numbers of suppliers', () => {
  for (const [route, mapping] of routes) {
    it(`B35: two that are equal in their first 35 characters, or in their last, are not merged by ${route}`, () => {
      const limit = route.startsWith('bc') ? 35 : 50;
      const long = `${beginning}${'-lot'.repeat(5)}`;
      const numbers = [`${long}-1`, `${long}-2`, `a-${long}-1`, `b-${long}-1`];
      const found = numbers.map((number) => posted(route, mapping, number));
      const distinct = new Set(found.map((number) => number.toUpperCase()));
      assert.equal(distinct.size, numbers.length, found.join('\n'));
      for (const number of found) assert.ok(number.length <= limit, number);
    });
  }

  it('B35: Business Central writes them in upper case, so that two spellings of one number stay one number', () => {
    const spellings = [`${beginning}-a`, `${beginning.toUpperCase()}-A`, `  ${beginning}-A `];
    const found = spellings.map((number) => posted('bc-purchase-invoice', bcMapping, number));
    assert.equal(new Set(found).size, 1, found.join('\n'));
    assert.equal(found[0], found[0]?.toUpperCase());
  });
});
