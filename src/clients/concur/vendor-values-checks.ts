import { checkLengths } from './legacy-answers-fields.js';
import { VENDOR_TEXTS, type ConcurVendor, type VendorKey } from './vendor-values.js';

/** What may differ between companies and releases. */
export interface VendorRules {
  /** ISO codes of the countries for which Concur demands and checks a state: those with sanctioned regions. */
  stateRequiredIn: readonly string[];
  /** Most records of one call; Concur's own limit is not documented. */
  maximumPerCall: number;
}

const CODE_LIMIT = 32;
const METHODS = ['ACH', 'CARD', 'CHECK', 'CLIENT', 'PAYPVD', 'VCHER', 'WIRE'];
const TAX_TYPES = ['DITX', 'DNTX', 'INTX'];
const CHECK_ADDRESS_LIMIT = 50;

/**
 * Throws RangeError with a sentence for what Concur would refuse, or take for something else, in one call of records
 * (platform spec 3). An update must name its payment method: left out, Concur resets it to CLIENT.
 */
export function checkVendors(vendors: readonly ConcurVendor[], verb: 'create' | 'update', rules: VendorRules): void {
  if (vendors.length === 0 || vendors.length > rules.maximumPerCall) {
    throw new RangeError(`one call takes 1 to ${rules.maximumPerCall} vendor addresses, not ${vendors.length}`);
  }
  for (const vendor of vendors) {
    checkVendor(vendor, rules);
    if (verb === 'update' && (vendor.paymentMethodType ?? '') === '') {
      refuse(vendor, 'an update names the payment method, which Concur would reset to CLIENT');
    }
  }
  checkTogether(vendors);
}

/** Throws RangeError for codes that cannot name a record. */
export function checkKey(key: VendorKey): void {
  for (const [name, code] of Object.entries({ vendorCode: key.vendorCode, addressCode: key.addressCode })) {
    if (code === '' || code.length > CODE_LIMIT) refuse(key, `${name} has 1 to ${CODE_LIMIT} characters`);
  }
}

function checkVendor(vendor: ConcurVendor, rules: VendorRules): void {
  const { countryCode = '', currencyCode = '', state = '', paymentMethodType = '', taxType = '' } = vendor;
  checkKey(vendor);
  if ((vendor.vendorName ?? '') === '') refuse(vendor, 'the name is missing');
  if (!/^[A-Z]{2}$/.test(countryCode)) refuse(vendor, 'countryCode is two upper-case letters (ISO 3166)');
  if (!/^[A-Z]{3}$/.test(currencyCode)) refuse(vendor, 'currencyCode is three upper-case letters (ISO 4217)');
  if (state === '' && rules.stateRequiredIn.includes(countryCode)) {
    refuse(vendor, `${countryCode} has regions under sanctions, so that Concur demands the state`);
  }
  if (paymentMethodType !== '' && !METHODS.includes(paymentMethodType)) {
    refuse(vendor, `paymentMethodType is one of ${METHODS.join(', ')}`);
  }
  if (taxType !== '' && !TAX_TYPES.includes(taxType)) refuse(vendor, `taxType is one of ${TAX_TYPES.join(', ')}`);
  checkDays(vendor, 'paymentTerms', 999);
  checkDays(vendor, 'discountTermsDays', 998);
  checkPercentage(vendor);
  checkLengths(VENDOR_TEXTS, vendor, nameOf(vendor));
  checkMethod(vendor);
}

/** What single payment methods need beyond the rest. */
function checkMethod(vendor: ConcurVendor): void {
  const { paymentMethodType, address1 = '', address2 = '', state = '' } = vendor;
  if (paymentMethodType === 'VCHER' && (vendor.contactEmail ?? '') === '') {
    refuse(vendor, 'payment by VCHER needs contactEmail');
  }
  if (paymentMethodType !== 'CHECK') return;
  if (Math.max(address1.length, address2.length) > CHECK_ADDRESS_LIMIT) {
    refuse(vendor, `paid by check, address1 and address2 have at most ${CHECK_ADDRESS_LIMIT} characters`);
  }
  if (vendor.countryCode === 'US' && state !== '' && !/^[A-Z]{2}$/.test(state)) {
    refuse(vendor, 'paid by check, the state of a US address is its two letters');
  }
}

function checkDays(vendor: ConcurVendor, name: 'paymentTerms' | 'discountTermsDays', maximum: number): void {
  const days = vendor[name] ?? '';
  if (days !== '' && !(/^\d{1,3}$/.test(days) && Number(days) >= 1 && Number(days) <= maximum)) {
    refuse(vendor, `${name} is a whole number of days from 1 to ${maximum}`);
  }
}

function checkPercentage(vendor: ConcurVendor): void {
  const percentage = vendor.discountPercentage ?? '';
  if (percentage !== '' && (!/^\d+(\.\d{1,8})?$/.test(percentage) || percentage.replace('.', '').length > 11)) {
    refuse(vendor, 'discountPercentage has at most 11 digits, 8 of them decimals');
  }
}

/** One name and one tax number per vendor code; each record once, because results are told apart by their codes. */
function checkTogether(vendors: readonly ConcurVendor[]): void {
  const keys = new Set<string>();
  const firsts = new Map<string, ConcurVendor>();
  for (const vendor of vendors) {
    const key = JSON.stringify([vendor.vendorCode, vendor.addressCode]);
    if (keys.has(key)) refuse(vendor, 'each vendor address once in a call');
    keys.add(key);
    const first = firsts.get(vendor.vendorCode) ?? vendor;
    firsts.set(vendor.vendorCode, first);
    if (first.vendorName !== vendor.vendorName) refuse(vendor, 'all addresses of a vendor code have the same name');
    const taxIds = new Set([first.taxId ?? '', vendor.taxId ?? ''].filter((taxId) => taxId !== ''));
    if (taxIds.size > 1) refuse(vendor, 'all addresses of a vendor code have the same tax number, or none');
  }
}

const nameOf = ({ vendorCode, addressCode }: VendorKey): string => `vendor ${vendorCode}/${addressCode}`;

function refuse(key: VendorKey, sentence: string): never {
  throw new RangeError(`${nameOf(key)}: ${sentence}`);
}
