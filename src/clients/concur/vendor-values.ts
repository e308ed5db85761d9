import {
  customFields,
  defined,
  listOf,
  optionalText,
  optionalTruth,
  readTexts,
  wireObject,
  wireTexts,
  type Texts,
  type WireObject,
} from './legacy-answers-fields.js';

/** Texts of a vendor record with their longest values (platform spec 3). */
export const VENDOR_TEXTS = {
  vendorName: { wire: 'VendorName', limit: 255 },
  countryCode: { wire: 'CountryCode' },
  currencyCode: { wire: 'CurrencyCode' },
  paymentMethodType: { wire: 'PaymentMethodType' },
  taxId: { wire: 'TaxID', limit: 48 },
  provincialTaxId: { wire: 'ProvincialTaxID', limit: 15 },
  taxType: { wire: 'TaxType' },
  address1: { wire: 'Address1', limit: 255 },
  address2: { wire: 'Address2', limit: 255 },
  address3: { wire: 'Address3', limit: 255 },
  city: { wire: 'City', limit: 255 },
  state: { wire: 'State', limit: 255 },
  postalCode: { wire: 'PostalCode', limit: 20 },
  paymentTerms: { wire: 'PaymentTerms' },
  discountTermsDays: { wire: 'DiscountTermsDays' },
  discountPercentage: { wire: 'DiscountPercentage' },
  accountNumber: { wire: 'AccountNumber', limit: 50 },
  contactFirstName: { wire: 'ContactFirstName', limit: 255 },
  contactLastName: { wire: 'ContactLastName', limit: 255 },
  contactEmail: { wire: 'ContactEmail', limit: 255 },
  contactPhoneNumber: { wire: 'ContactPhoneNumber', limit: 25 },
  purchaseOrderContactFirstName: { wire: 'PurchaseOrderContactFirstName', limit: 255 },
  purchaseOrderContactLastName: { wire: 'PurchaseOrderContactLastName', limit: 255 },
  purchaseOrderContactEmail: { wire: 'PurchaseOrderContactEmail', limit: 255 },
  purchaseOrderContactPhoneNumber: { wire: 'PurchaseOrderContactPhoneNumber', limit: 25 },
  defaultEmployeeId: { wire: 'DefaultEmployeeID', limit: 48 },
  defaultExpenseTypeName: { wire: 'DefaultExpenseTypeName', limit: 64 },
  vendorFormName: { wire: 'VendorFormName', limit: 64 },
  shippingMethod: { wire: 'ShippingMethod', limit: 10 },
  shippingTerms: { wire: 'ShippingTerms', limit: 10 },
  voucherNotes: { wire: 'VoucherNotes', limit: 250 },
  addressImportSyncId: { wire: 'AddressImportSyncID', limit: 20 },
  ...customFields(20, 48),
} as const;

/** The two codes that together name a record: one vendor code has any number of addresses. */
export interface VendorKey {
  /** At most 32 characters. */
  vendorCode: string;
  /** At most 32 characters, unique within the vendor code. */
  addressCode: string;
}

/**
 * One address of a vendor. `countryCode` is two upper-case letters, `addressImportSyncId` marks a vendor that an employee
 * asked for, list fields among `custom1` … `custom20` hold item codes. An empty text clears a field.
 */
export interface ConcurVendor extends VendorKey, Texts<typeof VENDOR_TEXTS> {
  approved?: boolean;
  /** Names of the vendor groups; changed by `addToGroup` and `removeFromGroup` only. */
  groups?: string[];
  /** Members of the record that have no property here, as Concur wrote them: they go back unchanged. */
  rest?: Readonly<Record<string, unknown>>;
}

/** What a caller wants to be different; a property that is left out stays. */
export type VendorChanges = Partial<Omit<ConcurVendor, 'groups' | 'rest'>>;

/** What Concur takes a vendor for that names no method (trap 15). */
const DEFAULT_METHOD = 'CLIENT';

/** Members of an answer that no request may carry. */
const RESPONSE_ONLY = ['ID', 'URI', 'Country', 'StatusList', 'VendorBankList', 'VendorGroupList'];

/** Cleared by the letter N; an empty text leaves them as they are. */
const CLEARED_BY_N: ReadonlySet<string> = new Set([
  'AccountNumber',
  'DefaultEmployeeID',
  'DefaultExpenseTypeName',
  'VendorFormName',
]);

/** Reads one record of an answer; a code that Concur does not give is empty, and such a record cannot be written. */
export function readVendor(record: WireObject): ConcurVendor {
  const { VendorCode, AddressCode, ...others } = record;
  const vendorCode = optionalText.parse(VendorCode) ?? '';
  const addressCode = optionalText.parse(AddressCode) ?? '';
  const { texts, rest } = readTexts(VENDOR_TEXTS, others);
  const approved = optionalTruth.parse(rest['Approved']);
  if (approved !== undefined) delete rest['Approved'];
  const groups = listOf(rest['VendorGroupList'], 'VendorGroup').flatMap((group) => groupName(group) ?? []);
  for (const name of RESPONSE_ONLY) Reflect.deleteProperty(rest, name);
  return { ...texts, vendorCode, addressCode, ...defined({ approved }), groups, rest };
}

/** One record of a request. */
export function vendorBody(vendor: ConcurVendor): Record<string, unknown> {
  const { vendorCode, addressCode, approved, groups: _groups, rest = {}, ...texts } = vendor;
  const kept = Object.entries(rest).filter(([name]) => !RESPONSE_ONLY.includes(name));
  const written = Object.entries(wireTexts(VENDOR_TEXTS, texts));
  return {
    ...Object.fromEntries(kept),
    VendorCode: vendorCode,
    AddressCode: addressCode,
    ...Object.fromEntries(written.map(([name, text]) => [name, text === '' && CLEARED_BY_N.has(name) ? 'N' : text])),
    ...(approved === undefined ? {} : { Approved: approved ? 'Y' : 'N' }),
  };
}

/**
 * The whole record for an update: Concur may reset what a PUT leaves out, the payment method for certain (trap 15). Other
 * codes are accepted only for a vendor that an employee asked for: `addressImportSyncId` then says which record is meant.
 * Throws RangeError otherwise.
 */
export function mergedForUpdate(current: ConcurVendor, changes: VendorChanges): ConcurVendor {
  const merged = { ...current, paymentMethodType: current.paymentMethodType ?? DEFAULT_METHOD, ...defined(changes) };
  const isOther = merged.vendorCode !== current.vendorCode || merged.addressCode !== current.addressCode;
  if (isOther && current.addressImportSyncId === undefined) {
    throw new RangeError('the codes of a vendor address change only where an employee asked for the vendor');
  }
  if (merged.paymentMethodType === '') throw new RangeError('the payment method of a vendor cannot be cleared');
  return merged;
}

function groupName(group: unknown): string | undefined {
  if (typeof group === 'string') return group;
  const named = wireObject.safeParse(group);
  return named.success ? optionalText.parse(named.data['Name']) : undefined;
}
