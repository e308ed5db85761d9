import assert from 'node:assert/strict';
import test from 'node:test';
import { defaultVendorSyncRules } from '../../src/contracts/vendor-master.js';
import { vendorRecord } from '../../src/mapping/vendor-master/vendor-record.js';
import { changedProperties, vendorDigest } from '../../src/mapping/vendor-master/vendor-digest.js';
import { vendor } from './vendor-master-fixtures.js';

const rules = defaultVendorSyncRules;
const mapped = (changes: Parameters<typeof vendor>[1], place = {}) =>
  vendorRecord(vendor('V-1', changes), { company: 'usmf', rules, ...place });

test('S13: the ERP account is the vendor code, the company stands in the address code', () => {
  const { record, problems } = mapped({ taxId: 'DE1', email: 'a@example.test', state: 'SH', paymentTerms: '30' });
  assert.deepEqual(problems, []);
  assert.deepEqual(record, {
    vendorCode: 'V-1',
    addressCode: 'USMF-V-1',
    vendorName: 'Supplier V-1',
    countryCode: 'DE',
    currencyCode: 'EUR',
    taxId: 'DE1',
    address1: 'Kaistr. 4',
    city: 'Kiel',
    state: 'SH',
    postalCode: '24103',
    contactEmail: 'a@example.test',
    paymentTerms: '30',
    paymentMethodType: 'CLIENT',
    approved: true,
  });
});

test('the pattern of the address code is filled once: an account never counts as a placeholder or a replacement pattern', () => {
  const odd = vendorRecord(vendor('{company}$&'), {
    company: 'x',
    rules: { ...rules, addressCode: '{company}/{account}' },
  });
  assert.equal(odd.record.addressCode, 'x/{company}$&');
});

test('S14: a vendor that the ERP does not offer is not approved in Concur', () => {
  assert.equal(mapped({ offered: false, hold: 'All' }).record.approved, false);
});

test('codes are never cut: two vendors could become one', () => {
  const long = vendorRecord(vendor('A'.repeat(33)), { company: 'usmf', rules });
  assert.equal(long.isUnnameable, true);
  assert.match(long.problems.join(' '), /account has 33 characters.*at most 32/);
  const company = vendorRecord(vendor('10000'), { company: 'CRONUS International Limited UK', rules });
  assert.equal(company.isUnnameable, true);
  assert.match(company.problems.join(' '), /configure a shorter addressCode/);
  assert.equal(vendorRecord(vendor('A'.repeat(27)), { company: 'usmf', rules }).isUnnameable, false);
});

test('codes that Concur was told stay, whatever the rules say now', () => {
  const codes = { vendorCode: 'V-1', addressCode: 'OLD-1' };
  assert.equal(mapped({}, { codes }).record.addressCode, 'OLD-1');
});

test('what Concur would refuse is refused in sentences, and everything that is wrong is said at once', () => {
  const { problems } = mapped({ name: ' ', countryCode: 'DEU', currency: '' });
  assert.equal(problems.length, 3);
  assert.match(problems.join(' '), /no name.*"DEU" is not a code of two letters.*no currency/);
  assert.match(mapped({ countryCode: '' }).problems.join(' '), /address has no country/);
  assert.match(mapped({ countryCode: 'de' }).problems.join(' '), /"de" is not a code of two letters/);
  assert.match(mapped({ currency: 'EURO' }).problems.join(' '), /"EURO" is not a code of three letters/);
  assert.match(mapped({ postalCode: '1'.repeat(21) }).problems.join(' '), /postal code has 21 characters.*at most 20/);
  assert.match(mapped({ name: 'x'.repeat(256) }).problems.join(' '), /name has more than 255 characters/);
  assert.deepEqual(mapped({ name: 'x'.repeat(255), postalCode: '1'.repeat(20) }).problems, []);
});

test('trap 15: an address in a country with sanctioned regions is refused without its state', () => {
  assert.match(mapped({ countryCode: 'UA' }).problems.join(' '), /demands the state of addresses in UA/);
  assert.deepEqual(mapped({ countryCode: 'UA', state: 'Kyiv' }).problems, []);
});

test('texts come in one line, empty ones not at all, and terms only as days', () => {
  const { record } = mapped({ street: 'Tower 2\r\n 5th floor', city: '  ', paymentTerms: 'Net30' });
  assert.equal(record.address1, 'Tower 2 5th floor');
  assert.equal('city' in record || 'paymentTerms' in record, false);
  assert.equal('paymentTerms' in mapped({ paymentTerms: '0' }).record, false);
});

test('decisions 22: the payment method and the group are those of the rules', () => {
  const { record } = mapped(
    { paymentMethod: 'CHECK' },
    { rules: { ...rules, group: 'USMF', paymentMethodType: 'WIRE' } },
  );
  assert.deepEqual([record.paymentMethodType, record.group], ['WIRE', 'USMF']);
});

test('a digest does not depend on the order of properties, and tells every difference', () => {
  const { record } = mapped({});
  const reversed = Object.fromEntries(Object.entries(record).reverse()) as typeof record;
  assert.equal(vendorDigest(reversed), vendorDigest(record));
  assert.notEqual(vendorDigest({ ...record, approved: false }), vendorDigest(record));
  const { city: _city, ...without } = record;
  assert.notEqual(vendorDigest(without), vendorDigest(record));
  assert.deepEqual(changedProperties(record, { ...without, vendorName: 'B' }), ['city', 'vendorName']);
  assert.deepEqual(changedProperties(record, reversed), []);
});
