import type { BcMasterData } from '../harness/master-data.js';
import type { DefaultDimensionRow, Stored } from './records.js';
import type { Table } from './table.js';
import { EMPTY_DATE, type Company, type World } from './world.js';

type CompanyMasterData = BcMasterData['companies'][number];
/** A vendor as the master data tells it. */
export type VendorMasterData = CompanyMasterData['vendors'][number];

/** G/L account that takes the vendors' balances; made implicitly. */
export const PAYABLES_ACCOUNT = '2310';
/** G/L account that takes tax computed by purchase invoices; made implicitly. */
export const PURCHASE_TAX_ACCOUNT = '5630';
/** The journal batch that belongs to people: a connector must never post it. */
export const DEFAULT_BATCH = 'DEFAULT';

/** Creates or updates companies and their records by their codes; nothing is deleted, unchanged records keep their etag. */
export function loadMasterData(world: World, data: BcMasterData): void {
  for (const source of data.companies) {
    if (source.name.length > 30) throw new Error(`Company name longer than 30 characters: ${source.name}`);
    const company = world.company(source.name) ?? newCompany(world, source);
    company.currency = source.currency;
    company.allowPostingFrom = source.allowPostingFrom ?? EMPTY_DATE;
    company.allowPostingTo = source.allowPostingTo ?? EMPTY_DATE;
    company.blockedCombinations = source.blockedCombinations ?? [];
    for (const account of source.accounts) {
      const { number, displayName, role, blocked = false, directPosting = true, accountType = 'Posting' } = account;
      upsert(world, company.accounts, (row) => row.number === codeOf(number), {
        ...{ number: codeOf(number), displayName, role, blocked, directPosting, accountType },
      });
    }
    for (const vendor of source.vendors) upsertVendor(world, company, vendor);
    for (const dimension of source.dimensions) loadDimension(world, company, dimension);
    for (const employee of source.employees ?? []) loadEmployee(world, company, employee);
    loadDefaults(world, company, source);
  }
  world.undo.commit();
  world.desk.changed();
}

/** Creates or updates one vendor, as a clerk would. */
export function upsertVendor(world: World, company: Company, vendor: VendorMasterData): void {
  const number = codeOf(vendor.number);
  const { displayName, blocked = ' ', withoutPostingGroup = false } = vendor;
  const named = codeOf(vendor.currencyCode ?? '');
  const currencyCode = named === company.currency ? '' : named;
  upsert(world, company.vendors, (row) => row.number === number, {
    ...{ number, displayName, blocked, currencyCode, withoutPostingGroup },
  });
}

function newCompany(world: World, source: CompanyMasterData): Company {
  const company = world.addCompany(source.name, source.currency);
  const head = { blocked: false, directPosting: false, accountType: 'Posting' };
  company.accounts.insert({
    ...world.newRecord(),
    ...head,
    ...{ number: PAYABLES_ACCOUNT, displayName: 'Vendors', role: 'liability' },
  });
  company.accounts.insert({
    ...world.newRecord(),
    ...head,
    ...{ number: PURCHASE_TAX_ACCOUNT, displayName: 'Purchase VAT', role: 'tax' },
  });
  company.journals.insert({
    ...world.newRecord(),
    ...{ code: DEFAULT_BATCH, displayName: 'Default Journal Batch', templateDisplayName: 'GENERAL' },
    ...{ lines: [], postedAt: 0 },
  });
  return company;
}

function loadDimension(world: World, company: Company, source: CompanyMasterData['dimensions'][number]): void {
  const code = codeOf(source.code);
  const dimension = upsert(world, company.dimensions, (row) => row.code === code, {
    ...{ code, blocked: source.blocked ?? false },
  });
  for (const value of source.values) {
    const valueCode = codeOf(value.code);
    upsert(world, company.dimensionValues, (row) => row.dimensionId === dimension.id && row.code === valueCode, {
      ...{ code: valueCode, dimensionCode: code, dimensionId: dimension.id },
      ...{ blocked: value.blocked ?? false, valueType: value.valueType ?? 'Standard' },
    });
  }
}

function loadEmployee(
  world: World,
  company: Company,
  source: NonNullable<CompanyMasterData['employees']>[number],
): void {
  const { number, status = 'Active', ...texts } = source;
  const existing = company.employees.find((row) => row.number === codeOf(number));
  const wanted = { number: codeOf(number), status, texts };
  if (existing === undefined) company.employees.insert({ ...world.newRecord(), ...wanted });
  else if (JSON.stringify(existing.texts) !== JSON.stringify(texts) || existing.status !== status) {
    company.employees.update(existing, wanted);
  }
}

/** Creates or updates the default dimensions that accounts and vendors name. */
function loadDefaults(world: World, company: Company, source: CompanyMasterData): void {
  for (const [parentType, rows] of [
    ['Account', source.accounts],
    ['Vendor', source.vendors],
  ] as const) {
    for (const { number, defaultDimensions } of rows) {
      const table = parentType === 'Account' ? company.accounts : company.vendors;
      const parent = table.find((row: { number: string }) => row.number === codeOf(number));
      if (parent === undefined || defaultDimensions === undefined) continue;
      for (const { dimension, value = '', validation = ' ' } of defaultDimensions) {
        const [dimensionCode, valueCode] = [codeOf(dimension), codeOf(value)];
        const isSame = (row: DefaultDimensionRow): boolean =>
          row.parentId === parent.id && row.dimensionCode === dimensionCode;
        upsert(world, company.defaultDimensions, isSame, {
          ...{ parentType, parentId: parent.id, dimensionCode, valueCode, postingValidation: validation },
        });
      }
    }
  }
}

function upsert<Row extends Stored>(
  world: World,
  table: Table<Row>,
  matches: (row: Row) => boolean,
  wanted: Omit<Row, keyof Stored>,
): Row {
  const existing = table.find(matches);
  if (existing === undefined) return table.insert({ ...world.newRecord(), ...wanted } as Row);
  const current = existing as unknown as Record<string, unknown>;
  const changed = Object.entries(wanted).some(([name, value]) => current[name] !== value);
  return changed ? table.update(existing, wanted as Partial<Row>) : existing;
}

function codeOf(text: string): string {
  return text.trim().toUpperCase();
}
