import type { ErpVendor, VendorRecord, VendorSyncRules } from '../../contracts/vendor-master.js';
import { fittedText } from '../erp-text.js';

/** Whose vendor it is, and the codes by which Concur knows it already. */
export interface VendorPlace {
  company: string;
  rules: VendorSyncRules;
  /** Codes that Concur was told: kept for ever, since documents in Concur name them. */
  codes?: Pick<VendorRecord, 'vendorCode' | 'addressCode'>;
}

/** A vendor as Concur shall know it, without what is unusable; each sentence of `problems` names one such thing. */
export interface MappedVendor {
  record: VendorRecord;
  problems: string[];
  /** Concur cannot hold a vendor by such codes: nothing of it can be told. */
  isUnnameable: boolean;
}

const codeLimit = 32;
const longestTerms = 999;

/** Longest texts in Concur (platform spec 3). */
const limits = { taxId: 48, address1: 255, city: 255, state: 255, postalCode: 20, contactEmail: 255 } as const;
const nameLimit = 255;

/** Words for people. */
const fieldNames: Record<keyof typeof limits, string> = {
  taxId: 'tax number',
  address1: 'street',
  city: 'city',
  state: 'state',
  postalCode: 'postal code',
  contactEmail: 'e-mail address',
};

/** Countries with regions under sanctions: Concur takes no address there without its state (platform spec 3). */
const countriesWithState: readonly string[] = ['UA'];

/** One ERP vendor as Concur shall know it (platform spec 3). The vendor code is the ERP account (S13). */
export function vendorRecord(vendor: ErpVendor, { company, rules, codes }: VendorPlace): MappedVendor {
  const problems: string[] = [];
  const vendorCode = codes?.vendorCode ?? vendor.account;
  const addressCode = codes?.addressCode ?? addressCodeOf(vendor.account, company, rules);
  const tooLong = codeProblems(vendorCode, addressCode);
  problems.push(...tooLong);

  const name = oneLine(vendor.name);
  if (name === '') problems.push('It has no name; enter one in the ERP.');
  if (name.length > nameLimit) problems.push(`Its name has more than ${nameLimit} characters.`);

  const record: VendorRecord = {
    vendorCode,
    addressCode,
    vendorName: fittedText(name === '' ? vendor.account : name, nameLimit),
    ...usableTexts(vendor, problems),
    ...usableCodes(vendor, problems),
    ...termsOf(vendor.paymentTerms),
    paymentMethodType: rules.paymentMethodType,
    approved: vendor.offered,
    ...(rules.group === undefined ? {} : { group: rules.group }),
  };
  if (record.countryCode !== undefined && countriesWithState.includes(record.countryCode) && !record.state) {
    problems.push(`Concur demands the state of addresses in ${record.countryCode}; enter it in the ERP.`);
  }
  return { record, problems, isUnnameable: tooLong.length > 0 };
}

/** Names are compared and told in one line, as Concur shows them. */
export const oneLine = (text: string): string => fittedText(text, text.length);

function addressCodeOf(account: string, company: string, { addressCode }: VendorSyncRules): string {
  // One pass, and no replacement patterns: an account may hold `$&` or even `{company}`.
  const values: Record<string, string> = { COMPANY: company.toUpperCase(), company, account };
  return addressCode.replace(/\{(COMPANY|company|account)\}/g, (_, name: string) => values[name] ?? '');
}

/** Codes are never cut: two vendors could become one. */
function codeProblems(vendorCode: string, addressCode: string): string[] {
  const problems = [];
  if (vendorCode.length > codeLimit) {
    problems.push(`Its account has ${vendorCode.length} characters; Concur's vendor codes have at most ${codeLimit}.`);
  }
  if (addressCode === '' || addressCode.length > codeLimit) {
    problems.push(
      `Its address code "${addressCode}" has ${addressCode.length} characters instead of 1 to ${codeLimit}; configure a shorter addressCode, for example without the company's full name.`,
    );
  }
  return problems;
}

function usableTexts(vendor: ErpVendor, problems: string[]): Partial<VendorRecord> {
  const texts = {
    taxId: vendor.taxId,
    address1: vendor.street,
    city: vendor.city,
    state: vendor.state,
    postalCode: vendor.postalCode,
    contactEmail: vendor.email,
  };
  const usable: Partial<VendorRecord> = {};
  for (const name of Object.keys(limits) as (keyof typeof limits)[]) {
    const text = oneLine(texts[name] ?? '');
    if (text.length > limits[name]) {
      problems.push(`Its ${fieldNames[name]} has ${text.length} characters; Concur takes at most ${limits[name]}.`);
    } else if (text !== '') usable[name] = text;
  }
  return usable;
}

function usableCodes({ countryCode = '', currency = '' }: ErpVendor, problems: string[]): Partial<VendorRecord> {
  const hasCountry = /^[A-Z]{2}$/.test(countryCode);
  if (!hasCountry) {
    problems.push(
      countryCode === ''
        ? 'Its address has no country, which Concur demands; enter it in the ERP.'
        : `Its country "${countryCode}" is not a code of two letters (ISO 3166), which Concur demands.`,
    );
  }
  const hasCurrency = /^[A-Z]{3}$/.test(currency);
  if (!hasCurrency) {
    problems.push(
      currency === ''
        ? 'It has no currency, which Concur demands; enter it in the ERP.'
        : `Its currency "${currency}" is not a code of three letters (ISO 4217), which Concur demands.`,
    );
  }
  return { ...(hasCountry ? { countryCode } : {}), ...(hasCurrency ? { currencyCode: currency } : {}) };
}

/** Concur takes days only; the ERP's names of terms (`Net30`, `2/10N30`) are not guessed at. */
function termsOf(paymentTerms = ''): Pick<VendorRecord, 'paymentTerms'> {
  const days = /^\d{1,3}$/.test(paymentTerms) ? Number(paymentTerms) : 0;
  return days >= 1 && days <= longestTerms ? { paymentTerms: String(days) } : {};
}
