import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConcurVendor } from '../../src/clients/concur/vendor-client.js';
import {
  newErpVendor,
  unknownVendors,
  type VendorsToPropose,
} from '../../src/mapping/vendor-master/unknown-vendors.js';
import { readingOf, vendor } from './vendor-master-fixtures.js';

const inConcur = (vendorCode: string, more: Partial<ConcurVendor> = {}): ConcurVendor => ({
  ...{ vendorCode, addressCode: 'MAIN', vendorName: `Firm ${vendorCode}`, approved: true, groups: [] },
  ...more,
});
const codes = (vendors: ConcurVendor[], given: Partial<VendorsToPropose> = {}): string[] =>
  unknownVendors({ reading: readingOf(vendor('KNOWN')), told: [], mapped: new Set(), ...given, vendors }).map(
    ({ vendorCode }) => vendorCode,
  );

test('C9: what the ERP holds, in any case of letters, and what any company has told is not proposed', () => {
  const told = [{ vendorCode: 'TOLD', addressCode: 'OTHER-TOLD' }];
  assert.deepEqual(codes([inConcur('known'), inConcur('TOLD'), inConcur('NEW')], { told }), ['NEW']);
  const reading = { vendors: [vendor('A')], unreadable: [{ account: 'BROKEN', message: 'unreadable' }] };
  assert.deepEqual(codes([inConcur('BROKEN'), inConcur('NEW')], { reading }), ['NEW']);
});

test('C9: a vendor of another company, by its groups, and one that was declined are left alone', () => {
  const ours = inConcur('OURS', { groups: ['X', 'USMF'] });
  const theirs = inConcur('THEIRS', { groups: ['DEMF'] });
  assert.deepEqual(codes([ours, theirs, inConcur('FREE')], { group: 'USMF' }), ['OURS', 'FREE']);
  const asked = inConcur('ASKED', { approved: false, addressImportSyncId: 'R1' });
  assert.deepEqual(codes([inConcur('DECLINED', { approved: false }), asked]), ['ASKED']);
});

test('C9: the same tax number or name, however they are written, makes a vendor of the ERP a candidate', () => {
  const reading = readingOf(vendor('A', { taxId: 'DE 123.456' }), vendor('B', { name: 'Nordlicht-Optik GmbH' }));
  const [found] = unknownVendors({
    ...{ reading, told: [], mapped: new Set<string>() },
    vendors: [inConcur('N', { taxId: 'de123456', vendorName: 'NORDLICHT OPTIK GMBH' })],
  });
  assert.deepEqual(found?.candidates, ['A', 'B']);
});

test("C9: no fact of a proposal is bank data, and Concur's own long code is no account", () => {
  const rest = { VendorBankList: [{ AccountNumber: 'DE89' }], AccountNumber: 'DE89' };
  const [found] = unknownVendors({
    ...{ reading: readingOf(vendor('A')), told: [], mapped: new Set<string>() },
    vendors: [inConcur('C0FFEE00C0FFEE00C0FFEE00C0FFEE00', { accountNumber: 'DE89', rest })],
  });
  assert.ok(found);
  assert.ok(!JSON.stringify(found).includes('DE89'));
  assert.equal(newErpVendor(found).vendor.account, undefined);
  assert.equal(newErpVendor({ ...found, vendorCode: 'S-100' }).vendor.account, 'S-100');
});

test('C9: a name that the ERP cannot hold is a question for a person and never cut', () => {
  const proposed = { vendorCode: 'A', addressCode: 'A', name: 'x'.repeat(101) };
  assert.match(newErpVendor(proposed).problems.join(), /101 characters; the ERP takes at most 100/);
  assert.match(newErpVendor({ ...proposed, name: '' }).problems.join(), /no name/);
});
