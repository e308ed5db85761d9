import { z } from 'zod';
import type { ErpVendorCreation } from '../../contracts/erp-port.js';
import type { NewErpVendor, SimilarVendor } from '../../contracts/proposals.js';
import { Rejected } from '../http/errors.js';
import type { BcOData } from './odata.js';
import type { BcCompany } from './options.js';
import { asCode, canExist, fieldLengths, quoted } from './wire-text.js';

const text = z.string().default('');
const vendorRow = z.object({ number: z.string().min(1), displayName: text, taxRegistrationNumber: text });

/** The number series numbers the vendor itself (NAV spec 8). */
const numberedByErp = /may not enter numbers manually/i;

/** Creates vendors in Business Central (NAV spec 8); `within` finds the company and turns refusals into reasons. */
export function createVendorCreation(
  odata: BcOData,
  within: <T>(name: string, signal: AbortSignal, work: (company: BcCompany) => Promise<T>) => Promise<T>,
): ErpVendorCreation {
  return {
    look: (name, vendor, signal) => within(name, signal, (company) => similarVendors(odata, company, vendor, signal)),
    create: (name, vendor, signal) => within(name, signal, (company) => createVendor(odata, company, vendor, signal)),
  };
}

/** Each by one field: Business Central refuses chains over several (NAV spec 4). */
async function similarVendors(
  odata: BcOData,
  company: BcCompany,
  { account = '', taxId = '', name }: NewErpVendor,
  signal: AbortSignal,
): Promise<SimilarVendor[]> {
  const filters = [
    ...(canExist(account, fieldLengths.number) ? [`number eq ${quoted(asCode(account))}`] : []),
    ...(taxId === '' ? [] : [`taxRegistrationNumber eq ${quoted(taxId)}`]),
    ...(name === '' ? [] : [`displayName eq ${quoted(name)}`]),
  ];
  const found = new Map<string, SimilarVendor>();
  for (const $filter of filters) {
    const read = {
      operation: 'bc.vendors.look',
      path: `${company.path}/vendors`,
      query: { $filter },
      fresh: true,
      signal,
    };
    for (const row of await odata.list(read, vendorRow)) {
      const number = asCode(row.number);
      found.set(number, { account: number, name: row.displayName, taxId: row.taxRegistrationNumber });
    }
  }
  return [...found.values()];
}

async function createVendor(
  odata: BcOData,
  company: BcCompany,
  vendor: NewErpVendor,
  signal: AbortSignal,
): Promise<{ account: string }> {
  const post = async (json: object): Promise<{ account: string }> => {
    const call = { operation: 'bc.vendors.create', path: `${company.path}/vendors`, json, signal };
    return { account: asCode((await odata.create(call, vendorRow)).number) };
  };
  const { number, ...rest } = bodyOf(vendor);
  if (number === undefined) return post(rest);
  try {
    return await post({ number, ...rest });
  } catch (error) {
    if (error instanceof Rejected && numberedByErp.test(error.message)) return post(rest);
    throw error;
  }
}

/** Blocked for payment: the vendor may be invoiced, and is not paid until a person has entered and checked the rest. */
function bodyOf(vendor: NewErpVendor): Record<string, string> {
  const { account, name, taxId, address1, address2, city, state, postalCode, countryCode, currencyCode, email } =
    vendor;
  const fields = {
    number: account,
    displayName: name,
    addressLine1: address1,
    addressLine2: address2,
    ...{ city, state, postalCode, country: countryCode, email },
    taxRegistrationNumber: taxId,
    currencyCode,
    blocked: 'Payment',
  };
  const filled = Object.entries(fields).filter((entry): entry is [string, string] => (entry[1] ?? '') !== '');
  return Object.fromEntries(filled);
}
