import type { FoVendor } from '../harness/master-data.js';
import type { Company } from './store.js';
import type { Row } from './values.js';

const defaultGroup = '10';
const firstPartyNumber = 4_000;
const searchNameLength = 20;

const yes = (flag: boolean | undefined): string => (flag === true ? 'Yes' : 'No');

function addressCells({ address = {} }: FoVendor): Row {
  return {
    AddressStreet: address.street ?? '',
    AddressCity: address.city ?? '',
    AddressStateId: address.state ?? '',
    AddressZipCode: address.zip ?? '',
    AddressCountryRegionId: address.country ?? '',
    AddressCountryRegionISOCode: address.countryIso ?? '',
  };
}

function vendorRow(company: Company, vendor: FoVendor, index: number): Row {
  return {
    dataAreaId: company.company.toLowerCase(),
    VendorAccountNumber: vendor.account,
    VendorOrganizationName: vendor.name,
    VendorSearchName: vendor.name.slice(0, searchNameLength),
    VendorGroupId: vendor.group ?? defaultGroup,
    VendorPartyType: vendor.isPerson === true ? 'Person' : 'Organization',
    VendorPartyNumber: String(firstPartyNumber + index).padStart(9, '0'),
    CurrencyCode: vendor.currency ?? company.currency,
    DefaultPaymentTermsName: vendor.paymentTerms ?? 'Net30',
    DefaultVendorPaymentMethodName: vendor.paymentMethod ?? 'ELEC',
    OnHoldStatus: vendor.onHold ?? 'No',
    ...(vendor.holdUntil === undefined ? {} : { VendorHoldReleaseDate: `${vendor.holdUntil}T00:00:00Z` }),
    IsOneTimeVendor: yes(vendor.isOneTime),
    TaxExemptNumber: vendor.taxId ?? '',
    PrimaryEmailAddress: vendor.email ?? '',
    ...addressCells(vendor),
  };
}

function groupRows(company: Company): Row[] {
  const groups = new Set([defaultGroup, ...company.vendors.map(({ group }) => group ?? defaultGroup)]);
  return [...groups].map((group) => ({
    dataAreaId: company.company.toLowerCase(),
    VendorGroupId: group,
    Description: `Vendors ${group}`,
  }));
}

function paymentMethodRows(company: Company): Row[] {
  const dataAreaId = company.company.toLowerCase();
  const cells = { dataAreaId, PaymentStatus: 'None', BridgingPostingEnabled: 'No', AccountType: 'Bank' };
  return [
    { ...cells, Name: 'ELEC', PaymentType: 'ElectronicPayment' },
    { ...cells, Name: 'CHECK', PaymentType: 'Check' },
  ];
}

function parametersRow(company: Company): Row {
  return {
    dataAreaId: company.company.toLowerCase(),
    IsCheckInvoiceNumberUsed: company.invoiceNumberCheck ?? 'NoDuplicate',
    AutomationWorkflowSubmission: yes(company.invoiceAutomation !== false),
  };
}

/** Rows of the vendor sets that follow from the master data (section 12); bank accounts are nobody's business here. */
export function vendorRows(companies: readonly Company[]): [set: string, rows: Row[]][] {
  return [
    ['VendorsV3', companies.flatMap((company) => company.vendors.map((one, index) => vendorRow(company, one, index)))],
    ['VendorGroups', companies.flatMap(groupRows)],
    ['VendorBankAccounts', []],
    ['VendorPaymentMethods', companies.flatMap(paymentMethodRows)],
    ['VendorParameters', companies.map(parametersRow)],
  ];
}
