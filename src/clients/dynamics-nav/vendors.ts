import { z } from 'zod';
import type { ErpVendor, VendorReading } from '../../contracts/vendor-master.js';
import { filled, readVendorRows, vendorNumber, vendorText as text } from '../vendor-rows.js';
import type { BcOData } from './odata.js';
import type { BcCompany } from './options.js';
import { asCode, decodeName } from './wire-text.js';

// Countries and extensions add and drop fields: all but the number are optional (NAV spec 4).
const vendorRow = z.object({
  number: vendorNumber,
  displayName: text,
  addressLine1: text,
  addressLine2: text,
  city: text,
  state: text,
  country: text,
  postalCode: text,
  email: text,
  taxRegistrationNumber: text,
  currencyCode: text,
  blocked: text,
});
type VendorRow = z.infer<typeof vendorRow>;

/**
 * All vendors of one company. `blocked` has three values (NAV spec 8): free, `Payment`, which may be invoiced and waits for its
 * money, and `All`. A value that nobody knows counts as blocked. The posting groups are not in this API, so that a rule by
 * vendor group finds none. Throws as `BcOData.list`.
 */
export async function readVendors(
  odata: BcOData,
  company: BcCompany,
  signal: AbortSignal,
  heartbeat: () => void,
): Promise<VendorReading> {
  const rows = await odata.list(
    {
      operation: 'bc.vendors.read',
      path: `${company.path}/vendors`,
      query: { $orderby: 'number' },
      // What a lagging replica does not show yet would be taken for removed.
      fresh: true,
      onPage: heartbeat,
      signal,
    },
    z.record(z.string(), z.unknown()),
  );
  const at = { schema: vendorRow, numberField: 'number', company: company.name, erp: 'Business Central' };
  return readVendorRows(rows, at, vendorOf);
}

function vendorOf(row: VendorRow): ErpVendor {
  const hold = decodeName(row.blocked);
  const street = [row.addressLine1, row.addressLine2].filter((line) => line !== '').join(', ');
  return {
    account: asCode(row.number),
    name: row.displayName,
    ...filled({
      currency: row.currencyCode,
      taxId: row.taxRegistrationNumber,
      email: row.email,
      street,
      city: row.city,
      state: row.state,
      postalCode: row.postalCode,
      countryCode: row.country.toUpperCase(),
    }),
    offered: hold === '' || hold === 'Payment',
    hold,
  };
}
