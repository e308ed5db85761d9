import {
  byText,
  code,
  fixed,
  idField,
  modifiedField,
  option,
  plainField,
  text,
  type EntitySet,
  type Field,
} from './odata-fields.js';
import type { AccountRow, DimensionRow, DimensionValueRow, Stored, VendorEntryRow, VendorRow } from './records.js';
import { remainingOf } from './ledger-amounts.js';
import { EMPTY_DATE, EMPTY_GUID, guidOf, type Company, type CompanyHead, type World } from './world.js';

/** Currency id of a code: all zeros for local currency, whose code is stored blank. */
export function currencyId(currencyCode: string): string {
  return currencyCode === '' ? EMPTY_GUID : guidOf(`currency:${currencyCode}`);
}

function blankTexts<Row>(lengths: Record<string, number>): Record<string, Field<Row>> {
  return Object.fromEntries(Object.entries(lengths).map(([name, length]) => [name, text(length, () => '')]));
}

/** Companies of the environment; read-only. */
export const companies: EntitySet<CompanyHead> = {
  name: 'companies',
  type: 'company',
  fields: {
    id: idField(),
    systemVersion: fixed(text(250, () => '25.4.29661.29727')),
    timestamp: fixed(plainField('integer', (row) => row.version)),
    name: fixed(text(30, (row) => row.name)),
    displayName: fixed(text(250, () => '')),
    businessProfileId: fixed(text(250, () => '')),
    systemCreatedAt: fixed(plainField('instant', (row) => new Date(row.createdAt).toISOString())),
    systemCreatedBy: fixed(plainField('guid', () => guidOf('user:system'))),
    systemModifiedAt: modifiedField(),
    systemModifiedBy: fixed(plainField('guid', () => guidOf('user:system'))),
  },
  parts: {},
  order: (left, right) => byText(left.name, right.name),
  lagging: false,
};

/** Setup: posting window, local currency, shortcut dimensions. One row. */
export const generalLedgerSetup: EntitySet<CompanyHead> = {
  name: 'generalLedgerSetup',
  type: 'generalLedgerSetup',
  fields: {
    id: idField(),
    allowPostingFrom: plainField('date', (row) => row.allowPostingFrom),
    allowPostingTo: plainField('date', () => EMPTY_DATE),
    additionalReportingCurrency: code(10, () => ''),
    localCurrencyCode: code(10, (row) => row.currency),
    localCurrencySymbol: text(10, (row) => row.currency),
    lastModifiedDateTime: modifiedField(),
    allowQueryFromConsolidation: plainField('flag', () => false),
    ...Object.fromEntries(
      Array.from({ length: 8 }, (_, at) => [
        `shortcutDimension${at + 1}Code`,
        code<CompanyHead>(20, (_row, view) => shortcutDimension(view.company, at + 1)),
      ]),
    ),
  },
  parts: {},
  order: () => 0,
  lagging: false,
};

/** Code of a shortcut dimension, 1…8: the dimensions in the order of the master data. Empty if there are fewer. */
export function shortcutDimension(company: Company, position: number): string {
  return company.dimensions.all()[position - 1]?.code ?? '';
}

/** A month of the calendar. */
export interface PeriodRow extends Stored {
  startingDate: string;
}

/** Fiscal periods; fiscal years are calendar years. */
export const accountingPeriods: EntitySet<PeriodRow> = {
  name: 'accountingPeriods',
  type: 'accountingPeriod',
  fields: {
    id: idField(),
    startingDate: plainField('date', (row) => row.startingDate),
    name: text(10, (row) => row.startingDate.slice(0, 7)),
    newFiscalYear: plainField('flag', (row) => row.startingDate.slice(5, 7) === '01'),
    closed: plainField('flag', () => false),
    dateLocked: plainField('flag', (row) => row.startingDate.slice(5, 7) === '01'),
    lastModifiedDateTime: modifiedField(),
  },
  parts: {},
  order: (left, right) => byText(left.startingDate, right.startingDate),
  lagging: false,
};

/** Months from the year before to the year after today. */
export function periodRows(world: World, company: Company): PeriodRow[] {
  const year = world.desk.now().getUTCFullYear() - 1;
  return Array.from({ length: 36 }, (_, at) => {
    const startingDate = `${year + Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}-01`;
    const id = guidOf(`period:${company.name}:${startingDate}`);
    return { id, version: 1, createdAt: company.createdAt, modifiedAt: company.modifiedAt, startingDate };
  });
}

/** Chart of accounts; read-only. */
export const accounts: EntitySet<AccountRow> = {
  name: 'accounts',
  type: 'account',
  fields: {
    id: idField(),
    number: code(20, (row) => row.number),
    displayName: text(100, (row) => row.displayName),
    category: option([' ', 'Assets', 'Liabilities', 'Equity', 'Income', 'Cost of Goods Sold', 'Expense'], (row) =>
      row.role === 'cost' ? 'Expense' : row.role === 'liability' ? 'Liabilities' : 'Assets',
    ),
    subCategory: text(80, () => ''),
    blocked: plainField('flag', (row) => row.blocked),
    accountType: option(['Posting', 'Heading', 'Total', 'Begin-Total', 'End-Total'], (row) => row.accountType),
    directPosting: plainField('flag', (row) => row.directPosting),
    netChange: plainField('decimal', () => '0'),
    lastModifiedDateTime: modifiedField(),
  },
  parts: {},
  order: (left, right) => byText(left.number, right.number),
  lagging: false,
};

/** Default dimensions; the simulated companies have none. */
export const defaultDimensions: EntitySet = {
  name: 'defaultDimensions',
  type: 'defaultDimension',
  fields: {
    id: idField(),
    parentType: option([' ', 'Customer', 'Item', 'Vendor', 'Employee', 'Account'], () => ' '),
    parentId: plainField('guid', () => EMPTY_GUID),
    dimensionId: plainField('guid', () => EMPTY_GUID),
    dimensionCode: code(20, () => ''),
    dimensionValueId: plainField('guid', () => EMPTY_GUID),
    dimensionValueCode: code(20, () => ''),
    postingValidation: option([' ', 'Code Mandatory', 'Same Code', 'No Code'], () => ' '),
    lastModifiedDateTime: modifiedField(),
  },
  parts: {},
  order: () => 0,
  lagging: false,
};

/** Vendors. Read-only here: vendors come from the master data or from the control API. */
export const vendors: EntitySet<VendorRow> = {
  name: 'vendors',
  type: 'vendor',
  fields: {
    id: idField(),
    number: code(20, (row) => row.number),
    displayName: text(100, (row) => row.displayName),
    ...blankTexts({ addressLine1: 100, addressLine2: 50, city: 30, state: 30, country: 10, postalCode: 20 }),
    ...blankTexts({ phoneNumber: 30, email: 80, website: 255, taxRegistrationNumber: 50 }),
    currencyId: plainField('guid', (row) => currencyId(row.currencyCode)),
    currencyCode: code(10, (row, view) => row.currencyCode || view.company.currency),
    irs1099Code: code(10, () => ''),
    paymentTermsId: plainField('guid', () => EMPTY_GUID),
    paymentMethodId: plainField('guid', () => EMPTY_GUID),
    taxLiable: plainField('flag', () => false),
    blocked: option([' ', 'Payment', 'All'], (row) => row.blocked),
    balance: plainField('decimal', (row, view) => vendorBalance(row, view.company.vendorEntries.all())),
    lastModifiedDateTime: modifiedField(),
  },
  parts: { defaultDimensions: { set: defaultDimensions, rows: () => [] } },
  order: (left, right) => byText(left.number, right.number),
  lagging: false,
};

/** What the company owes the vendor, local currency. */
function vendorBalance(vendor: VendorRow, entries: VendorEntryRow[]): string {
  return remainingOf(entries.filter((entry) => entry.open && entry.vendorNumber === vendor.number))
    .lcy.neg()
    .toFixed();
}

/** Values of dimensions; read-only. */
export const dimensionValues: EntitySet<DimensionValueRow> = {
  name: 'dimensionValues',
  type: 'dimensionValue',
  fields: {
    id: idField(),
    code: code(20, (row) => row.code),
    dimensionId: plainField('guid', (row) => row.dimensionId),
    displayName: text(50, (row) => row.code),
    consolidationCode: code(20, () => ''),
    lastModifiedDateTime: modifiedField(),
  },
  parts: {},
  order: (left, right) => byText(left.dimensionCode, right.dimensionCode) || byText(left.code, right.code),
  lagging: false,
};

/** Dimensions; read-only. */
export const dimensions: EntitySet<DimensionRow> = {
  name: 'dimensions',
  type: 'dimension',
  fields: {
    id: idField(),
    code: code(20, (row) => row.code),
    displayName: text(30, (row) => row.code),
    consolidationCode: code(20, () => ''),
    lastModifiedDateTime: modifiedField(),
  },
  parts: {
    dimensionValues: {
      set: dimensionValues,
      rows: (row, view) => view.company.dimensionValues.all().filter((value) => value.dimensionId === row.id),
    },
  },
  order: (left, right) => byText(left.code, right.code),
  lagging: false,
};

/** Employees; the simulated companies keep none. */
export const employees: EntitySet = {
  name: 'employees',
  type: 'employee',
  fields: {
    id: idField(),
    number: code(20, () => ''),
    ...blankTexts({ displayName: 100, givenName: 30, middleName: 30, surname: 30, jobTitle: 30 }),
    ...blankTexts({ email: 80, personalEmail: 80, iban: 50 }),
    status: option(['Active', 'Inactive', 'Terminated'], () => 'Active'),
    lastModifiedDateTime: modifiedField(),
  },
  parts: { defaultDimensions: { set: defaultDimensions, rows: () => [] } },
  order: () => 0,
  lagging: false,
};
