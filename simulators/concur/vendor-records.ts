import { isLosslessNumber } from 'lossless-json';
import type { JsonObject } from './post-body.js';

const lengths: Record<string, number> = {
  VendorCode: 32,
  AddressCode: 32,
  VendorName: 255,
  CountryCode: 2,
  CurrencyCode: 3,
  State: 255,
  Address1: 255,
  Address2: 255,
  Address3: 255,
  City: 255,
  PostalCode: 20,
  TaxID: 48,
  ProvincialTaxID: 15,
  AccountNumber: 50,
  ...contact('Contact'),
  ...contact('PurchaseOrderContact'),
  ...Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`Custom${index + 1}`, 48])),
  PaymentTerms: 3,
  DiscountTermsDays: 3,
  DiscountPercentage: 12,
  PaymentMethodType: 6,
  DefaultEmployeeID: 48,
  DefaultExpenseTypeName: 64,
  VendorFormName: 64,
  ShippingMethod: 10,
  ShippingTerms: 10,
  VoucherNotes: 250,
  Approved: 1,
  IsLineItemVatIncld: 1,
  IsVisibleForContentExtraction: 1,
  TaxType: 4,
  AddressImportSyncID: 20,
};

/** Fields that the service answers and ignores when they come back. */
const answeredOnly = new Set(['ID', 'URI', 'Country', 'StatusList', 'VendorBankList', 'VendorGroupList']);

/** Fields that a vendor may be given, in the order of the answers. */
export const vendorFields: readonly string[] = Object.keys(lengths);

/** All ways in which a vendor may be paid. */
export const paymentMethods: readonly string[] = ['ACH', 'CARD', 'CHECK', 'CLIENT', 'PAYPVD', 'VCHER', 'WIRE'];

const required = ['VendorCode', 'AddressCode', 'VendorName', 'CountryCode', 'CurrencyCode'];
const clearedByN = ['DefaultEmployeeID', 'DefaultExpenseTypeName', 'VendorFormName', 'AccountNumber'];
const yesOrNo = ['Approved', 'IsLineItemVatIncld', 'IsVisibleForContentExtraction'];
/** Countries with sanctions on some of their regions: only the State tells. */
const needsState = ['UA', 'RU'];

/** The filled fields of a record as text, or what is wrong with its form. Null and an empty text leave a field empty. */
export function readVendorFields(record: JsonObject): Record<string, string> | string {
  const fields: Record<string, string> = {};
  for (const [name, value] of Object.entries(record)) {
    const longest = lengths[name];
    if (answeredOnly.has(name) || value === null || value === '') continue;
    if (longest === undefined) return `${name} is not a field of a vendor`;
    const text = isLosslessNumber(value) ? value.value : value;
    if (typeof text !== 'string') return `${name} must be text`;
    if (text.length > longest) return `${name} is longer than ${longest}`;
    if (text !== 'N' || !clearedByN.includes(name)) fields[name] = text;
  }
  return fields;
}

/** A wrong form that no program should send, or undefined. */
export function vendorFormFault(fields: Record<string, string>): string | undefined {
  const missing = required.find((name) => fields[name] === undefined);
  if (missing !== undefined) return `${missing} is required`;
  if (!/^[A-Z]{2}$/.test(fields['CountryCode'] ?? '')) return 'CountryCode must be two upper-case letters';
  if (!/^[A-Z]{3}$/.test(fields['CurrencyCode'] ?? '')) return 'CurrencyCode must be three upper-case letters';
  const flag = yesOrNo.find((name) => !['Y', 'N', undefined].includes(fields[name]));
  if (flag !== undefined) return `${flag} must be Y or N`;
  if (!paymentMethods.includes(fields['PaymentMethodType'] ?? 'CLIENT')) return 'PaymentMethodType is unknown';
  if (!['DITX', 'DNTX', 'INTX', undefined].includes(fields['TaxType'])) return 'TaxType is unknown';
  return wholeNumberFault(fields, 'PaymentTerms', 999) ?? wholeNumberFault(fields, 'DiscountTermsDays', 998);
}

/** What is missing for this country or this way of payment, or undefined. */
export function vendorContentFault(fields: Record<string, string>): string | undefined {
  const country = fields['CountryCode'] ?? '';
  const method = fields['PaymentMethodType'];
  if (needsState.includes(country) && fields['State'] === undefined) return `State is required for ${country}`;
  if (method === 'CHECK') {
    if (country === 'US' && !/^[A-Z]{2}$/.test(fields['State'] ?? '')) return 'State must be two letters for checks';
    const long = ['Address1', 'Address2'].find((name) => (fields[name] ?? '').length > 50);
    if (long !== undefined) return `${long} is longer than 50, which a check cannot carry`;
  }
  if (method === 'VCHER' && fields['ContactEmail'] === undefined) return 'ContactEmail is required for VCHER';
  return undefined;
}

function wholeNumberFault(fields: Record<string, string>, name: string, most: number): string | undefined {
  const text = fields[name] ?? '1';
  return /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= most ? undefined : `${name} is not 1 to ${most}`;
}

function contact(prefix: string): Record<string, number> {
  return {
    [`${prefix}FirstName`]: 255,
    [`${prefix}LastName`]: 255,
    [`${prefix}Email`]: 255,
    [`${prefix}PhoneNumber`]: 25,
  };
}
