import { z } from 'zod';
import type { ErpVendor, VendorReading } from '../../contracts/vendor-master.js';
import { filled, readVendorRows, vendorNumber, vendorText as text } from '../vendor-rows.js';
import type { LogicalSet } from './entity-sets.js';
import type { ODataClient } from './odata.js';
import { UnknownSet } from './odata-errors.js';
import { dayOf } from './odata-literals.js';

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
 * All vendors of one company, one-time vendors left out: those are made for a single invoice. An environment that does not
 * publish `VendorsV3` is read by `VendorsV2`, which has the same fields (F&O spec 12). Throws as `ODataClient.read`.
 */
export async function readVendors(
  { odata, now }: { odata: ODataClient; now: () => number },
  company: string,
  signal: AbortSignal,
  heartbeat: () => void,
): Promise<VendorReading> {
  const read = (set: LogicalSet): Promise<Record<string, unknown>[]> =>
    odata.read({
      set,
      company,
      select: vendorMasterColumns,
      orderBy: 'VendorAccountNumber',
      complete: true,
      onPage: heartbeat,
      row: z.record(z.string(), z.unknown()),
      signal,
    });
  let rows;
  try {
    rows = await read('VendorsV3');
  } catch (error) {
    if (!(error instanceof UnknownSet)) throw error;
    rows = await read('VendorsV2');
  }
  const today = new Date(now()).toISOString().slice(0, 10);
  const at = { schema: vendorRow, numberField: 'VendorAccountNumber', company, erp: 'Finance & Operations' };
  return readVendorRows(rows, at, (row) => (row.IsOneTimeVendor === 'Yes' ? undefined : vendorOf(row, today)));
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
