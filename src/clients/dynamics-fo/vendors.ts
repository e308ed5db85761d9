import { z } from 'zod';
import type { ErpVendor, VendorReading } from '../../contracts/vendor-master.js';
import { filled, readVendorRows, vendorNumber, vendorText as text } from '../vendor-rows.js';
import type { ODataClient } from './odata.js';
import { dayOf, foldCode, holdsWildcard, textEquals } from './odata-literals.js';
import { readVendorSet } from './vendor-set.js';

// Enumerations stay open texts (F&O spec 2).
const vendorRow = z.object({
  VendorAccountNumber: vendorNumber,
  VendorOrganizationName: text,
  VendorGroupId: text,
  CurrencyCode: text,
  DefaultPaymentTermsName: text,
  DefaultVendorPaymentMethodName: text,
  TaxExemptNumber: text,
  PrimaryEmailAddress: text,
  AddressStreet: text,
  AddressCity: text,
  AddressStateId: text,
  AddressZipCode: text,
  AddressCountryRegionISOCode: text,
  OnHoldStatus: text,
  VendorHoldReleaseDate: text,
  IsOneTimeVendor: text,
});
type VendorRow = z.infer<typeof vendorRow>;

/** What a reading of all vendors selects: ~280 fields otherwise (F&O spec 12). */
export const vendorMasterColumns = ['dataAreaId', ...vendorRow.keyof().options];

/** Holds under which new documents may name the vendor (F&O spec 12); a state that nobody knows is none of them. */
const offeredHolds: ReadonlySet<string> = new Set(['', 'No', 'Never', 'Payment', 'Requisition', 'PurchOrder']);

/**
 * All vendors of one company, one-time vendors left out: those are made for a single invoice. Pages may shift while they are read,
 * and not every environment counts its rows: vendors that are `expected` and missing from the pages are asked for by their numbers.
 * Throws as `ODataClient.read`.
 */
export async function readVendors(
  { odata, now }: { odata: ODataClient; now: () => number },
  company: string,
  signal: AbortSignal,
  heartbeat: () => void,
  expected: readonly string[] = [],
): Promise<VendorReading> {
  const query = {
    ...{ company, select: vendorMasterColumns, onPage: heartbeat, signal },
    row: z.record(z.string(), z.unknown()),
  };
  const listed = await readVendorSet(odata, { ...query, orderBy: 'VendorAccountNumber', complete: true });
  const lost = missingFrom(listed, expected);
  const rows =
    lost.length === 0
      ? listed
      : [
          ...listed,
          ...(await readVendorSet(odata, {
            ...query,
            anyOf: lost.map((account) => textEquals('VendorAccountNumber', account)),
          })),
        ];
  const today = new Date(now()).toISOString().slice(0, 10);
  const at = { schema: vendorRow, numberField: 'VendorAccountNumber', company, erp: 'Finance & Operations' };
  return readVendorRows(rows, at, (row) => (row.IsOneTimeVendor === 'Yes' ? undefined : vendorOf(row, today)));
}

/** A number with a wildcard cannot be asked for. */
function missingFrom(rows: readonly Record<string, unknown>[], expected: readonly string[]): string[] {
  const numberOf = (row: Record<string, unknown>): string =>
    vendorNumber.safeParse(row['VendorAccountNumber']).data ?? '';
  const listed = new Set(rows.map((row) => foldCode(numberOf(row))));
  return expected.filter((account) => !listed.has(foldCode(account)) && !holdsWildcard(account));
}

function vendorOf(row: VendorRow, today: string): ErpVendor {
  return {
    account: row.VendorAccountNumber,
    name: row.VendorOrganizationName,
    ...filled({
      group: row.VendorGroupId,
      currency: row.CurrencyCode,
      paymentTerms: row.DefaultPaymentTermsName,
      paymentMethod: row.DefaultVendorPaymentMethodName,
      taxId: row.TaxExemptNumber,
      email: row.PrimaryEmailAddress,
      street: row.AddressStreet,
      city: row.AddressCity,
      state: row.AddressStateId,
      postalCode: row.AddressZipCode,
      countryCode: row.AddressCountryRegionISOCode.toUpperCase(),
    }),
    offered: offeredHolds.has(row.OnHoldStatus) || isReleased(row.VendorHoldReleaseDate, today),
    hold: row.OnHoldStatus,
  };
}

/** A hold ends with the day of its release, although its status stays; the empty date of F&O means no end. */
function isReleased(releaseDate: string, today: string): boolean {
  const releasedOn = dayOf(releaseDate);
  return releasedOn !== undefined && releasedOn <= today;
}
