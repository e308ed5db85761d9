import { defaultVendorSyncRules } from '../../src/contracts/vendor-master.js';
import type { ErpVendor, ToldVendor, VendorComparison, VendorReading } from '../../src/contracts/vendor-master.js';
import { compareVendors, type VendorsToCompare } from '../../src/mapping/vendor-master/compare-vendors.js';

/** A vendor that Concur takes as it is. */
export const vendor = (account: string, changes: Partial<ErpVendor> = {}): ErpVendor => ({
  account,
  name: `Supplier ${account}`,
  group: '10',
  currency: 'EUR',
  countryCode: 'DE',
  street: 'Kaistr. 4',
  city: 'Kiel',
  postalCode: '24103',
  offered: true,
  hold: 'No',
  ...changes,
});

export const readingOf = (...vendors: ErpVendor[]): VendorReading => ({ vendors, unreadable: [] });

/** Compares a read of USMF with what Concur was told. */
export const compare = (vendors: ErpVendor[], given: Partial<VendorsToCompare> = {}): VendorComparison =>
  compareVendors({
    company: 'usmf',
    rules: defaultVendorSyncRules,
    reading: readingOf(...vendors),
    told: [],
    elsewhere: [],
    ...given,
  });

/** What Concur was told after it has taken every change. */
export function toldAfter(told: readonly ToldVendor[], { changes }: VendorComparison): ToldVendor[] {
  const now = new Map(told.map((one) => [one.account, one]));
  for (const { account, record, hash } of changes) now.set(account, { account, record, hash });
  return [...now.values()];
}

/** What Concur was told once it knows these vendors. */
export const toldOf = (...vendors: ErpVendor[]): ToldVendor[] => toldAfter([], compare(vendors));
