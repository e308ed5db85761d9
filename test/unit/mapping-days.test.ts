import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CompanyMapping } from '../../src/contracts/mapping-rules.js';
import { changed, facts, foMapping, plan } from './mapping-fixtures.js';

const supplier = (erp: string, days: { from?: string; to?: string }) => ({ concur: 'S-20001', erp, ...days });
const renamed: CompanyMapping = {
  ...foMapping,
  vendors: {
    sameCode: false,
    byCode: {},
    dated: [supplier('OLD', { from: '2025-01-01', to: '2025-12-31' }), supplier('NEW', { from: '2026-01-01' })],
  },
};

/** The vendor account of an invoice of this day, posted on that one; or why there is none. */
function vendorOn(day: string, mapping = renamed, today = facts.today['fo-test/demf'] ?? ''): string {
  const [year, month, date] = day.split('-');
  const written = `"invoiceDate": "${month}/${date}/${year}"`;
  const text = changed('invoice-two-lines', ['"invoiceDate": "02/03/2026"', written]);
  const { documents, refusals } = plan('invoice-two-lines', mapping, text, { today: { 'fo-test/demf': today } });
  return documents[0]?.payable?.vendorAccount ?? refusals.map(({ code, why }) => `${code}: ${why}`).join('; ');
}

describe('Rows of certain days', () => {
  it('B8: both days of a row count, and the first one before or after them does not', () => {
    assert.deepEqual(
      ['2025-01-01', '2025-12-31', '2026-01-01'].map((day) => vendorOn(day)),
      ['OLD', 'OLD', 'NEW'],
    );
    assert.match(
      vendorOn('2024-12-31'),
      /^vendor-unmapped: the rows for S-20001 in vendors do not hold on 2024-12-31 \(from 2025-01-01 to 2025-12-31; from 2026-01-01\)$/,
    );
  });

  it('B8, B10: the date of the document decides, and not the day on which it is posted', () => {
    assert.equal(vendorOn('2025-12-31', { ...renamed, postingDate: 'today' }, '2026-01-15'), 'OLD');
    assert.equal(vendorOn('2026-01-01', { ...renamed, postingDate: 'today' }, '2025-12-31'), 'NEW');
  });

  it('B8: a code that has lost its zeros in a spreadsheet is named where its document is held, and not taken', () => {
    const lost = { ...foMapping, vendors: { sameCode: false, byCode: { 20001: 'V-1' } } };
    const text = changed('invoice-two-lines', ['"S-20001"', '"0020001"']);
    const { documents, refusals } = plan('invoice-two-lines', lost, text);
    assert.deepEqual(documents, []);
    assert.match(refusals[0]?.why ?? '', /no row for 0020001 in vendors, but there is one for 20001: have zeros/);
  });
});
