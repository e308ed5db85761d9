import type { Company, World } from './company.js';
import type { TableDefinition } from './fields.js';
import { bankAccount, employeesAccount, payablesAccount } from './ledger.js';
import { defaultBatch } from './logic-journal-batch.js';
import type { NavAccount, NavCompanyData, NavMasterData, NavVendor } from './master-data-types.js';
import { postedReceipts } from './tables-documents.js';
import { journalBatches } from './tables-journals.js';
import * as master from './tables-master.js';
import { codeOf, EMPTY_DATE, type Row } from './values.js';

/** Creates or updates companies and their records by their codes; nothing is deleted, unchanged records keep their etag. */
export function loadMasterData(world: World, data: NavMasterData): void {
  for (const source of data.companies) {
    if (source.name.length > 30) throw new Error(`Company name longer than 30 characters: ${source.name}`);
    const company = world.company(source.name) ?? newCompany(world, source);
    company.head.manualNumbers = source.manualNumbers ?? false;
    company.head.journalPostingSeries = source.journalPostingSeries ?? '';
    company.head.allowPostingFrom = source.allowPostingFrom ?? EMPTY_DATE;
    company.head.allowPostingTo = source.allowPostingTo ?? EMPTY_DATE;
    company.head.blockedCombinations = source.blockedCombinations ?? [];
    loadSetup(company, source);
    for (const dimension of source.dimensions) loadDimension(company, dimension);
    for (const account of source.accounts) loadAccount(company, account);
    for (const vendor of source.vendors) upsertVendor(world, company, vendor);
    for (const employee of source.employees ?? []) loadEmployee(company, employee);
    for (const { number, vendor, postingDate } of source.receipts ?? []) {
      const dates = { Posting_Date: postingDate, Document_Date: postingDate };
      upsert(company, postedReceipts, { No: codeOf(number), Buy_from_Vendor_No: codeOf(vendor), ...dates });
    }
  }
  world.undo.commit();
  world.desk.changed();
}

/** Creates or updates one vendor, as a clerk would: with the posting groups that a vendor of a template has. */
export function upsertVendor(world: World, company: Company, vendor: NavVendor): void {
  const { blocked = ' ', currencyCode = '', privacyBlocked = false, vatGroup = '' } = vendor;
  const number = codeOf(vendor.number);
  const group = vendor.withoutPostingGroup === true ? '' : 'DOMESTIC';
  const wanted = {
    ...{ No: number, Name: vendor.displayName, Blocked: blocked, Privacy_Blocked: privacyBlocked },
    Currency_Code: codeOf(currencyCode) === company.head.currency ? '' : codeOf(currencyCode),
    ...{ Payment_Terms_Code: codeOf(vendor.paymentTerms ?? ''), Pay_to_Vendor_No: codeOf(vendor.payTo ?? '') },
    ...{ E_Mail: vendor.email ?? '', VAT_Registration_No: vendor.taxId ?? '' },
    ...{ Vendor_Posting_Group: group, Gen_Bus_Posting_Group: group, VAT_Bus_Posting_Group: codeOf(vatGroup) },
  };
  upsert(company, master.vendors, wanted, { Last_Date_Modified: world.today() });
  loadDefaults(company, 23, number, vendor.defaultDimensions);
}

function loadSetup(company: Company, source: NavCompanyData): void {
  const shortcuts = Object.fromEntries(
    source.dimensions.slice(0, 8).map(({ code }, index) => [`Shortcut_Dimension_${index + 1}_Code`, codeOf(code)]),
  );
  upsert(company, master.ledgerSetup, {
    ...{ Primary_Key: '', LCY_Code: source.currency, ...shortcuts },
    Global_Dimension_1_Code: shortcuts['Shortcut_Dimension_1_Code'] ?? '',
    Global_Dimension_2_Code: shortcuts['Shortcut_Dimension_2_Code'] ?? '',
  });
  for (const { code, rate } of source.currencies ?? []) {
    const wanted = { Code: codeOf(code), ISO_Code: codeOf(code), Amount_Rounding_Precision: '0.01', $rate: rate };
    upsert(company, master.currencies, wanted);
  }
  for (const { code, formula } of source.paymentTerms ?? []) {
    upsert(company, master.paymentTerms, { Code: codeOf(code), Due_Date_Calculation: formula, Description: code });
  }
  for (const { business, product, percent, account } of source.vat ?? []) {
    upsert(company, master.vatSetup, {
      ...{ VAT_Bus_Posting_Group: codeOf(business), VAT_Prod_Posting_Group: codeOf(product) },
      ...{ VAT_Percent: percent, Purchase_VAT_Account: codeOf(account) },
    });
  }
}

function loadAccount(company: Company, account: NavAccount): void {
  const { role, blocked = false, directPosting = true, accountType = 'Posting' } = account;
  const number = codeOf(account.number);
  upsert(company, master.accounts, {
    ...{ No: number, Name: account.displayName, Account_Type: accountType, Direct_Posting: directPosting },
    ...{ Income_Balance: role === 'cost' ? 'Income Statement' : 'Balance Sheet' },
    ...{ Gen_Posting_Type: account.postingType ?? ' ', $role: role, $blocked: blocked, $productGroup: 'MISC' },
    ...{ $vatBusiness: codeOf(account.vatBusiness ?? ''), $vatProduct: codeOf(account.vatProduct ?? '') },
  });
  loadDefaults(company, 15, number, account.defaultDimensions);
}

function loadEmployee(company: Company, employee: NonNullable<NavCompanyData['employees']>[number]): void {
  const { number, givenName = '', surname = '', email = '', iban = '', status = 'Active' } = employee;
  upsert(company, master.employees, {
    ...{ No: codeOf(number), First_Name: givenName, Last_Name: surname, Company_E_Mail: email, IBAN: iban },
    ...{ Status: status, Employee_Posting_Group: 'EMPLOYEES' },
  });
}

function loadDefaults(
  company: Company,
  table: 15 | 23,
  number: string,
  defaults: NavAccount['defaultDimensions'] = [],
): void {
  for (const { dimension, value = '', validation = ' ' } of defaults) {
    const key = { Table_ID: table, No: number, Dimension_Code: codeOf(dimension) };
    const rule = { Dimension_Value_Code: codeOf(value), Value_Posting: validation };
    upsert(company, master.defaultDimensions, { ...key, ...rule });
  }
}

function loadDimension(company: Company, source: NavCompanyData['dimensions'][number]): void {
  const { blocked = false } = source;
  const dimension = codeOf(source.code);
  const names = { Name: source.code.slice(0, 30), Code_Caption: `${source.code} Code` };
  upsert(company, master.dimensions, { Code: dimension, ...names, Blocked: blocked });
  for (const { code, valueType = 'Standard', ...value } of source.values) {
    upsert(company, master.dimensionValues, {
      ...{ Dimension_Code: dimension, Code: codeOf(code), Name: code },
      ...{ Dimension_Value_Type: valueType, Blocked: value.blocked ?? false },
    });
  }
}

/** What every company has: control accounts, and the batch of its people. */
function newCompany(world: World, source: NavCompanyData): Company {
  const company = world.addCompany(source.name, source.currency);
  for (const [number, displayName] of [
    [payablesAccount, 'Vendors'],
    [employeesAccount, 'Employees Payable'],
    [bankAccount, 'Bank'],
  ] as const) {
    loadAccount(company, { number, displayName, role: 'liability', directPosting: false });
  }
  upsert(company, journalBatches, {
    ...{ Journal_Template_Name: 'GENERAL', Name: defaultBatch, Description: 'Default Journal Batch' },
    Bal_Account_Type: 'G/L Account',
  });
  return company;
}

/** `stamp` is what a new or changed record gets besides. */
function upsert(company: Company, definition: TableDefinition, wanted: Row, stamp: Row = {}): void {
  const table = company.table(definition);
  const existing = table.get(...definition.keys.map((key) => wanted[key] ?? ''));
  if (existing === undefined) table.insert({ ...wanted, ...stamp });
  else if (Object.entries(wanted).some(([name, value]) => existing[name] !== value)) {
    table.update(existing, { ...wanted, ...stamp });
  }
}
