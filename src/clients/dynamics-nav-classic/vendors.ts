import { z } from 'zod';
import type { ErpVendor, VendorReading } from '../../contracts/vendor-master.js';
import { asCode } from '../dynamics-nav/wire-text.js';
import { filled, readVendorRows, vendorNumber, vendorText as text } from '../vendor-rows.js';
import type { NavOData } from './odata.js';
import type { NavCompany } from './options.js';

const vendorRow = z.object({
  No: vendorNumber,
  Name: text,
  Address: text,
  Address_2: text,
  City: text,
  Post_Code: text,
  Country_Region_Code: text,
  E_Mail: text,
  VAT_Registration_No: text,
  Currency_Code: text,
  Payment_Terms_Code: text,
  Vendor_Posting_Group: text,
  Blocked: text,
  Privacy_Blocked: z.boolean().nullish(),
});

/**
 * All vendors of one company, from the vendor card: the list page has no addresses. A value of `Blocked` that nobody knows counts
 * as blocked. Throws as `NavOData.list`.
 */
export async function readNavVendors(
  odata: NavOData,
  company: NavCompany,
  signal: AbortSignal,
  heartbeat: () => void,
): Promise<VendorReading> {
  const rows = await odata.list(
    { operation: 'nav.vendors.read', company: company.name, service: 'vendorCard', onPage: heartbeat, signal },
    z.record(z.string(), z.unknown()),
  );
  const at = { schema: vendorRow, numberField: 'No', company: company.name, erp: 'NAV' };
  return readVendorRows(rows, at, vendorOf);
}

function vendorOf(row: z.infer<typeof vendorRow>): ErpVendor {
  const hold = row.Privacy_Blocked === true ? 'Privacy' : row.Blocked;
  return {
    account: asCode(row.No),
    name: row.Name,
    ...filled({
      group: row.Vendor_Posting_Group,
      currency: row.Currency_Code,
      paymentTerms: row.Payment_Terms_Code,
      taxId: row.VAT_Registration_No,
      email: row.E_Mail,
      street: [row.Address, row.Address_2].filter((line) => line !== '').join(', '),
      city: row.City,
      postalCode: row.Post_Code,
      countryCode: row.Country_Region_Code.toUpperCase(),
    }),
    offered: hold === '' || hold === 'Payment',
    hold,
  };
}
