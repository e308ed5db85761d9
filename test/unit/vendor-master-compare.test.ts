import assert from 'node:assert/strict';
import test from 'node:test';
import { defaultVendorSyncRules } from '../../src/contracts/vendor-master.js';
import type { VendorComparison, VendorElsewhere } from '../../src/contracts/vendor-master.js';
import { compare, readingOf, toldAfter, toldOf, vendor } from './vendor-master-fixtures.js';

const rules = defaultVendorSyncRules;
const kinds = ({ changes }: VendorComparison) => changes.map(({ kind, account }) => `${kind} ${account}`);
const many = (count: number, changes = {}) =>
  Array.from({ length: count }, (_, index) => vendor(`V${1000 + index}`, changes));

test('S13: new and changed vendors are told, unchanged ones cause no change', () => {
  const told = toldOf(vendor('A'), vendor('B'));
  const comparison = compare([vendor('A'), vendor('B', { city: 'Husum' }), vendor('C')], { told });
  assert.deepEqual(kinds(comparison), ['update B', 'create C']);
  assert.deepEqual(comparison.changes[0]?.changed, ['city']);
  assert.ok(comparison.changes[1]?.changed.includes('vendorName'));
  assert.deepEqual([comparison.read, comparison.unchanged], [3, 1]);
});

test('S14: a vendor that is blocked, or gone from a complete read, is blocked in Concur and never deleted', () => {
  const told = toldOf(vendor('A'), vendor('B'), vendor('C'));
  const comparison = compare([vendor('A', { offered: false }), vendor('C')], { told });
  assert.deepEqual(kinds(comparison), ['block A', 'block B']);
  assert.deepEqual(comparison.changes[1]?.record, { ...told[1]?.record, approved: false });
  const after = toldAfter(told, comparison);
  assert.deepEqual(kinds(compare([vendor('A', { offered: false }), vendor('C')], { told: after })), []);
});

test('S14: what is wrong with a blocked vendor never keeps it from being blocked', () => {
  const told = toldOf(vendor('A'));
  const comparison = compare([vendor('A', { offered: false, countryCode: '', name: '' })], { told });
  assert.deepEqual([kinds(comparison), comparison.refusals], [['block A'], []]);
  assert.equal(comparison.changes[0]?.record.countryCode, 'DE');
});

test('S19: blocking tells nothing but that: what Concur was told before is what it still holds', () => {
  const told = toldOf(vendor('A', { taxId: 'T1' }));
  const blocked = compare([vendor('A', { offered: false, taxId: 'T2' })], { told });
  assert.deepEqual(blocked.changes[0]?.changed, ['approved']);
  assert.deepEqual(
    blocked.changes.map(({ record }) => record.taxId),
    ['T1'],
  );
  const again = compare([vendor('A')], { told: toldAfter(told, blocked) });
  assert.deepEqual(again.changes[0]?.changed, ['approved', 'taxId']);
});

test('S14: a blocked vendor that Concur was never told of is blocked where an import may have put it there', () => {
  assert.deepEqual(kinds(compare([vendor('A', { offered: false })])), ['block A']);
  const unnameable = compare([vendor('A'.repeat(40), { offered: false })]);
  assert.deepEqual([unnameable.changes, unnameable.refusals, unnameable.unchanged], [[], [], 1]);
});

test('a vendor that stays blocked causes no change, whatever else changes, and all of it is told when it is offered again', () => {
  const told = toldAfter([], compare([vendor('A', { offered: false })]));
  assert.deepEqual(kinds(compare([vendor('A', { offered: false, city: 'Husum' })], { told })), []);
  const again = compare([vendor('A', { city: 'Husum' })], { told });
  assert.deepEqual(
    again.changes.map(({ kind, changed }) => [kind, changed]),
    [['update', ['approved', 'city']]],
  );
});

test('what Concur holds is told again where it is not certain', () => {
  const [told] = toldOf(vendor('A'));
  const { hash: _hash, ...uncertain } = told!;
  assert.deepEqual(kinds(compare([vendor('A')], { told: [uncertain] })), ['update A']);
  const blocked = { ...uncertain, record: { ...uncertain.record!, approved: false } };
  assert.deepEqual(kinds(compare([vendor('Z')], { told: [blocked] })), ['block A', 'create Z']);
});

test('S126: a vendor that cannot be told has its sentence, and what Concur was told of it stays', () => {
  const told = toldOf(vendor('A'));
  const comparison = compare([vendor('A', { countryCode: '' })], { told });
  assert.deepEqual(comparison.changes, []);
  assert.deepEqual(comparison.refusals, [
    {
      account: 'A',
      name: 'Supplier A',
      message:
        'Vendor A of usmf cannot be told to Concur. Its address has no country, which Concur demands; enter it in the ERP.',
    },
  ]);
});

test('a row that cannot be read is not gone; while nobody knows whose row it is, no vendor counts as gone', () => {
  const told = toldOf(vendor('A'), vendor('B'));
  const known = { vendors: [vendor('Z')], unreadable: [{ account: 'a', message: 'Unreadable.' }] };
  assert.deepEqual(kinds(compare([], { told, reading: known })), ['block B', 'create Z']);
  const unknown = { vendors: [vendor('Z')], unreadable: [{ message: 'Unreadable.' }] };
  const comparison = compare([], { told, reading: unknown });
  assert.deepEqual([kinds(comparison), comparison.read], [['create Z'], 2]);
  assert.match(comparison.refusals[0]?.message ?? '', /^Unreadable\. .*none counts as removed/);
});

test('vendors outside the vendor groups are not told, and one that leaves them is blocked', () => {
  const inGroups = { ...rules, vendorGroups: ['dom'] };
  const told = toldOf(vendor('A', { group: 'DOM' }), vendor('B', { group: 'DOM' }));
  const read = [vendor('A', { group: 'DOM' }), vendor('B', { group: 'FOR' }), vendor('C', { group: 'FOR' })];
  assert.deepEqual(kinds(compare(read, { told, rules: inGroups })), ['block B']);
});

test('accounts compare without case, and keep the code that Concur was told', () => {
  const told = toldOf(vendor('v1'));
  const comparison = compare([vendor('V1', { name: 'Other' })], { told });
  assert.deepEqual(
    comparison.changes.map(({ kind, account, record }) => [kind, account, record.vendorCode]),
    [['update', 'v1', 'v1']],
  );
});

test('trap 15: one name per vendor code: the same account with another name in another company is refused, naming both', () => {
  const other: VendorElsewhere = {
    ...{ erp: 'fo', company: 'demf', vendorCode: 'A', addressCode: 'DEMF-A', name: 'Acme GmbH', approved: true },
  };
  const comparison = compare([vendor('A', { name: 'Acme Inc.' })], { elsewhere: [other] });
  assert.deepEqual(comparison.changes, []);
  assert.match(comparison.refusals[0]?.message ?? '', /"Acme Inc\." in usmf and "Acme GmbH" in demf/);
  assert.deepEqual(kinds(compare([vendor('A', { name: 'Acme  GmbH' })], { elsewhere: [other] })), ['create A']);
  const blocked = { ...other, approved: false };
  assert.deepEqual(kinds(compare([vendor('A', { name: 'Acme Inc.' })], { elsewhere: [blocked] })), ['create A']);
});

test('a name that differs elsewhere keeps no vendor from being blocked, and what Concur has taken is not asked again', () => {
  const other = { erp: 'fo', company: 'demf', vendorCode: 'a', addressCode: 'DEMF-A', name: 'Other', approved: true };
  const told = toldOf(vendor('A'));
  assert.deepEqual(kinds(compare([vendor('A', { offered: false })], { told, elsewhere: [other] })), ['block A']);
  assert.deepEqual(kinds(compare([vendor('A', { city: 'Husum' })], { told, elsewhere: [other] })), ['update A']);
  assert.equal(compare([vendor('A', { name: 'New' })], { told, elsewhere: [other] }).refusals.length, 1);
});

test('two companies never share a record: an address code that another company uses for the same account is refused', () => {
  const other = {
    erp: 'bc',
    company: 'USMF',
    vendorCode: 'A',
    addressCode: 'usmf-a',
    name: 'Supplier A',
    approved: true,
  };
  const comparison = compare([vendor('A')], { elsewhere: [other] });
  assert.deepEqual(comparison.changes, []);
  assert.match(
    comparison.refusals[0]?.message ?? '',
    /address code "USMF-A" .* configure addressCode with \{COMPANY\}/,
  );
});

test('the cap: more than the share and more than the minimum holds a run back with a sentence', () => {
  const told = toldOf(...many(100));
  const changed = (count: number) => [...many(count, { city: 'Husum' }), ...many(100).slice(count)];
  assert.equal(compare(changed(20), { told }).tooMany, undefined);
  assert.match(
    compare(changed(21), { told }).tooMany ?? '',
    /^21 of the 100 vendors of usmf .* \(0 of them blocked\), more than 20 %/,
  );
  assert.match(compare(many(79), { told }).tooMany ?? '', /21 of them blocked/);
  assert.equal(compare(changed(21), { told, rules: { ...rules, minimumChanges: 21 } }).tooMany, undefined);
  assert.equal(compare(changed(21), { told, rules: { ...rules, maximumSharePercent: 21 } }).tooMany, undefined);
});

test('the cap: new vendors do not count, so that a first run is never held back', () => {
  assert.equal(compare(many(500)).tooMany, undefined);
  assert.equal(compare(many(500), { told: toldOf(vendor('A')) }).tooMany, undefined);
  assert.equal(compare(many(500, { offered: false })).tooMany, undefined);
});

test('the cap: what Concur refused before counts no more, or a run would never be let go again', () => {
  const told = toldOf(...many(30));
  const read = many(30, { city: 'Husum' });
  const first = compare(read, { told });
  assert.notEqual(first.tooMany, undefined);
  const refused = told.map((one, index) => ({ ...one, refusedHash: first.changes[index]!.hash }));
  const second = compare(read, { told: refused });
  assert.deepEqual([second.changes.length, second.tooMany], [30, undefined]);
});

test('S40: a read that leaves no vendor is held back however few Concur knows: it looks like a missing right', () => {
  const told = toldOf(vendor('A'), vendor('B'));
  assert.match(compare([], { told }).tooMany ?? '', /^No vendor of usmf is left to tell, while Concur knows 2/);
  assert.notEqual(compare([vendor('A')], { told, rules: { ...rules, vendorGroups: ['typo'] } }).tooMany, undefined);
  assert.equal(compare([]).tooMany, undefined);
  const blocked = toldAfter(told, compare([], { told }));
  assert.equal(compare([], { told: blocked }).tooMany, undefined);
});

test('a row that comes twice while pages move counts once', () => {
  assert.deepEqual(kinds(compare([], { reading: readingOf(vendor('A'), vendor('A')) })), ['create A']);
});
