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
  type Part,
} from './odata-fields.js';
import { firstOpenDay, isBlocked } from './checks.js';
import { defaultsOf } from './dimension-rules.js';
import {
  postingValidations,
  type AccountRow,
  type DefaultDimensionRow,
  type DimensionRow,
  type DimensionValueRow,
  type EmployeeRow,
  type Stored,
  type VendorEntryRow,
  type VendorRow,
} from './records.js';
import { remainingOf } from './ledger-amounts.js';
import { EMPTY_DATE, EMPTY_GUID, guidOf, type Company, type CompanyHead, type World } from './world.js';

/** Currency id of a code: all zeros for local currency, whose code is stored blank. */
export function currencyId(currencyCode: string): string {
  return currencyCode === '' ? EMPTY_GUID : guidOf(`currency:${currencyCode}`);
}

const address = { addressLine1: 100, addressLine2: 50, city: 30, state: 30, country: 10, postalCode: 20 };
/** Texts of vendors that are only kept, with their lengths. */
export const VENDOR_TEXTS: Record<string, number> = {
  ...address,
  ...{ phoneNumber: 30, email: 80, website: 255, taxRegistrationNumber: 50 },
};
const EMPLOYEE_TEXTS: Record<string, number> = {
  ...{ givenName: 30, middleName: 30, surname: 30, jobTitle: 30, ...address },
  ...{ phoneNumber: 30, mobilePhone: 30, email: 80, personalEmail: 80, iban: 50 },
};

function keptTexts<Row extends { texts?: Record<string, string> }>(
  lengths: Record<string, number>,
): Record<string, Field<Row>> {
  const names = Object.entries(lengths);
  return Object.fromEntries(names.map(([name, length]) => [name, text(length, (row: Row) => row.texts?.[name] ?? '')]));
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
    allowPostingFrom: plainField('date', (_row, { world, company }) => firstOpenDay(world, company)),
    allowPostingTo: plainField('date', (row) => row.allowPostingTo ?? EMPTY_DATE),
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
  closed: boolean;
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
    closed: plainField('flag', (row) => row.closed),
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
    const closed = world.setUpFaults['period-closed'] === true && startingDate < firstOpenDay(world, company);
    return { id, version: 1, createdAt: company.createdAt, modifiedAt: company.modifiedAt, startingDate, closed };
  });
}

/** Default dimensions of accounts and vendors, with what posting asks of them. */
export const defaultDimensions: EntitySet<DefaultDimensionRow> = {
  name: 'defaultDimensions',
  type: 'defaultDimension',
  fields: {
    id: idField(),
    parentType: option([' ', 'Customer', 'Item', 'Vendor', 'Employee', 'Account'], (row) => row.parentType),
    parentId: plainField('guid', (row) => row.parentId),
    dimensionId: plainField('guid', (row, { company }) => dimensionIdOf(company, row.dimensionCode)),
    dimensionCode: fixed(code(20, (row) => row.dimensionCode)),
    dimensionValueId: plainField('guid', (row, { company }) => valueIdOf(company, row)),
    dimensionValueCode: fixed(code(20, (row) => row.valueCode)),
    postingValidation: option(postingValidations, (row) => row.postingValidation),
    lastModifiedDateTime: modifiedField(),
  },
  parts: {},
  order: (left, right) => byText(left.dimensionCode, right.dimensionCode),
  lagging: false,
  parent: { field: 'parentId', message: 'You must get to the parent first to get to the default dimensions.' },
};

function dimensionIdOf(company: Company, dimensionCode: string): string {
  return company.dimensions.find((row) => row.code === dimensionCode)?.id ?? EMPTY_GUID;
}

function valueIdOf(company: Company, { dimensionCode, valueCode }: DefaultDimensionRow): string {
  const value = company.dimensionValues.find((row) => row.dimensionCode === dimensionCode && row.code === valueCode);
  return value?.id ?? EMPTY_GUID;
}

function defaultsPart(parentType: DefaultDimensionRow['parentType']): Part<Stored> {
  return {
    set: defaultDimensions,
    rows: ({ id }, { world, company }) => defaultsOf(world, company, { parentType, parentId: id }),
  };
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
    blocked: plainField('flag', (row, { world }) => isBlocked(world, row)),
    accountType: option(['Posting', 'Heading', 'Total', 'Begin-Total', 'End-Total'], (row) => row.accountType),
    directPosting: plainField('flag', (row) => row.directPosting),
    netChange: plainField('decimal', () => '0'),
    lastModifiedDateTime: modifiedField(),
  },
  parts: { defaultDimensions: defaultsPart('Account') },
  order: (left, right) => byText(left.number, right.number),
  lagging: false,
};

/** Vendors, without posting groups and bank data (section 8). */
export const vendors: EntitySet<VendorRow> = {
  name: 'vendors',
  type: 'vendor',
  fields: {
    id: idField(),
    number: code(20, (row) => row.number),
    displayName: text(100, (row) => row.displayName),
    ...keptTexts(VENDOR_TEXTS),
    currencyId: plainField('guid', (row) => currencyId(row.currencyCode)),
    currencyCode: code(10, (row, view) => row.currencyCode || view.company.currency),
    irs1099Code: fixed(code(10, () => '')),
    paymentTermsId: plainField('guid', (row) => row.paymentTermsId ?? EMPTY_GUID),
    paymentMethodId: plainField('guid', (row) => row.paymentMethodId ?? EMPTY_GUID),
    taxLiable: fixed(plainField('flag', () => false)),
    blocked: option([' ', 'Payment', 'All'], (row) => row.blocked),
    balance: fixed(plainField('decimal', (row, view) => vendorBalance(row, view.company.vendorEntries.all()))),
    lastModifiedDateTime: modifiedField(),
  },
  parts: { defaultDimensions: defaultsPart('Vendor') },
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

/** Employees; personal data. */
export const employees: EntitySet<EmployeeRow> = {
  name: 'employees',
  type: 'employee',
  fields: {
    id: idField(),
    number: code(20, (row) => row.number),
    displayName: fixed(text(100, ({ texts }) => [texts['givenName'], texts['surname']].filter(Boolean).join(' '))),
    ...keptTexts(EMPLOYEE_TEXTS),
    status: option(['Active', 'Inactive', 'Terminated'], (row) => row.status),
    lastModifiedDateTime: modifiedField(),
  },
  parts: {},
  order: (left, right) => byText(left.number, right.number),
  lagging: false,
};
