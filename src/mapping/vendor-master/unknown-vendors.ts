import type { ConcurVendor } from '../../clients/concur/vendor-client.js';
import type { NewErpVendor, ProposedVendor } from '../../contracts/proposals.js';
import type { ErpVendor, VendorReading } from '../../contracts/vendor-master.js';
import { foldAccount } from './change-cap.js';
import { oneLine } from './vendor-record.js';

/** What is compared: all that Concur holds, and all that is known of it. */
export interface VendorsToPropose {
  vendors: readonly ConcurVendor[];
  reading: VendorReading;
  /** Codes that Concur was told, by whatever company of the connection. */
  told: readonly { vendorCode: string; addressCode: string }[];
  /** Vendor codes that the mapping, or a person's answer, leads to an account of the ERP. */
  mapped: ReadonlySet<string>;
  /** Vendor group of the company; a vendor that is in groups, and not in this one, is another company's. */
  group?: string;
}

/**
 * Vendors that Concur knows and the ERP company does not (C9): entered there or asked for by an employee. One that is not approved
 * and that nobody has asked for was declined there, or blocked by us, and is not worth a question.
 */
export function unknownVendors({ vendors, reading, told, mapped, group }: VendorsToPropose): ProposedVendor[] {
  const accounts = new Set(
    [...reading.vendors, ...reading.unreadable].map(({ account = '' }) => foldAccount(account)).filter(Boolean),
  );
  const toldCodes = new Set(told.map(({ vendorCode }) => foldAccount(vendorCode)));
  const byTaxId = accountsBy(reading.vendors, ({ taxId = '' }) => compact(taxId));
  const byName = accountsBy(reading.vendors, ({ name }) => compact(name));
  return vendors
    .filter(({ vendorCode, addressCode }) => vendorCode !== '' && addressCode !== '')
    .filter(({ vendorCode }) => !accounts.has(foldAccount(vendorCode)) && !toldCodes.has(foldAccount(vendorCode)))
    .filter(({ vendorCode }) => !mapped.has(vendorCode))
    .filter(({ approved = false, addressImportSyncId = '' }) => approved || addressImportSyncId !== '')
    .filter(({ groups = [] }) => group === undefined || groups.length === 0 || groups.includes(group))
    .map((vendor) => {
      const name = oneLine(vendor.vendorName ?? '');
      const candidates = new Set([
        ...(byTaxId.get(compact(vendor.taxId ?? '')) ?? []),
        ...(byName.get(compact(name)) ?? []),
      ]);
      return {
        vendorCode: vendor.vendorCode,
        addressCode: vendor.addressCode,
        name,
        ...filledTexts(vendor),
        ...(candidates.size === 0 ? {} : { candidates: [...candidates].sort() }),
      };
    });
}

/** Names one vendor of Concur; codes have no control characters. */
export const proposalKey = ({ vendorCode, addressCode }: Pick<ProposedVendor, 'vendorCode' | 'addressCode'>): string =>
  `${vendorCode}\t${addressCode}`;

/** Longest values of Business Central (NAV spec 8); what it says of the others reaches a person in its own words. */
const nameLimit = 100;
const accountLimit = 20;

/**
 * The vendor as the ERP shall hold it. A vendor code that can be an account becomes the account; a longer one is Concur's own, and
 * the ERP numbers the vendor. Nothing is cut: the sentences of `problems` say what a person has to shorten.
 */
export function newErpVendor(proposed: ProposedVendor): { vendor: NewErpVendor; problems: string[] } {
  const { vendorCode, addressCode: _code, requestId: _request, candidates: _candidates, ...facts } = proposed;
  const { length } = facts.name;
  const problems = [
    ...(length === 0 ? ['It has no name in Concur.'] : []),
    ...(length > nameLimit ? [`Its name has ${length} characters; the ERP takes at most ${nameLimit}.`] : []),
  ];
  const account = vendorCode.trim();
  return { vendor: { ...(account.length <= accountLimit ? { account } : {}), ...facts }, problems };
}

function filledTexts(vendor: ConcurVendor): Omit<ProposedVendor, 'vendorCode' | 'addressCode' | 'name'> {
  const { taxId, address1, address2, city, state, postalCode, countryCode, currencyCode } = vendor;
  const texts = { taxId, address1, address2, city, state, postalCode, countryCode, currencyCode };
  const all = { ...texts, email: vendor.contactEmail, requestId: vendor.addressImportSyncId };
  const filled = Object.entries(all).map(([name, text = '']) => [name, oneLine(text)] as const);
  return Object.fromEntries(filled.filter(([, text]) => text !== ''));
}

/** Tax numbers and names are written with and without blanks, dots and dashes. */
const compact = (text: string): string => text.toUpperCase().replaceAll(/[^\p{L}\p{N}]/gu, '');

function accountsBy(vendors: readonly ErpVendor[], valueOf: (vendor: ErpVendor) => string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const vendor of vendors) {
    const value = valueOf(vendor);
    if (value !== '') found.set(value, [...(found.get(value) ?? []), vendor.account]);
  }
  return found;
}
