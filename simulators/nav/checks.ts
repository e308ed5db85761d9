import type { Company } from './company.js';
import { dimensionsOf } from './dimensions.js';
import { businessError, fieldError, missingValue, NavError } from './errors.js';
import { isOpen } from './posting-window.js';
import { vatOf } from './purchase-amounts.js';
import { defaultDimensions, dimensions, dimensionValues } from './tables-master.js';
import { text, type Row } from './values.js';

/** Refuses accounts that cannot be posted to directly. */
export function checkAccount(account: Row): void {
  const where = `in G/L Account: No.=${text(account, 'No')}`;
  if (account['Account_Type'] !== 'Posting') {
    throw fieldError(
      `Account Type must be equal to 'Posting'  ${where}. Current value is '${text(account, 'Account_Type')}'.`,
    );
  }
  if (account['$blocked'] === true)
    throw fieldError(`Blocked must be equal to 'No'  ${where}. Current value is 'Yes'.`);
  if (account['Direct_Posting'] === false) {
    throw fieldError(`Direct Posting must be equal to 'Yes'  ${where}. Current value is 'No'.`);
  }
}

/** Refuses vendors blocked for everything or for privacy; vendors blocked for payment may be invoiced. */
export function checkVendor(vendor: Row, verb: 'create' | 'post'): void {
  const blocked = `You cannot ${verb} this type of document when Vendor ${text(vendor, 'No')} is blocked`;
  if (vendor['Privacy_Blocked'] === true) throw businessError(`${blocked} for privacy.`);
  if (vendor['Blocked'] === 'All') throw businessError(`${blocked} with type All`);
}

/** Refuses vendors without the groups that posting takes accounts from; vendors made by a service may lack them. */
export function checkPostingGroups(vendor: Row): void {
  const where = `Vendor: No.=${text(vendor, 'No')}`;
  if (text(vendor, 'Vendor_Posting_Group') === '') throw missingValue('Vendor Posting Group', where);
  if (text(vendor, 'Gen_Bus_Posting_Group') === '') throw missingValue('Gen. Bus. Posting Group', where);
}

/** Refuses posting dates outside the window. */
export function checkPostingDate(company: Company, postingDate: string): void {
  if (!isOpen(company, postingDate)) {
    throw businessError('Posting Date is not within your range of allowed posting dates.');
  }
}

/** Refuses a combination of VAT groups that nobody has set up. */
export function checkVatSetup(company: Company, business: string, product: string): void {
  if (product === '' || vatOf(company, business, product) !== undefined) return;
  const message = `The VAT Posting Setup does not exist. Identification fields and values: VAT Bus. Posting Group='${business}',VAT Prod. Posting Group='${product}'`;
  throw new NavError(404, 'Internal_RecordNotFound', 'NavCSideRecordNotFoundException', message);
}

/** Which record brings default dimensions along. */
export interface DimensionOwner {
  table: 15 | 23 | 5200;
  number: string;
}

const ownerNames = { 15: 'G/L Account', 23: 'Vendor', 5200: 'Employee' } as const;

/** Values that a record brings along by its default dimensions. */
export function defaultsOf(company: Company, { table, number }: DimensionOwner): Record<string, string> {
  const rows = company.table(defaultDimensions).filter((row) => row['Table_ID'] === table && row['No'] === number);
  return Object.fromEntries(rows.map((row) => [text(row, 'Dimension_Code'), text(row, 'Dimension_Value_Code')]));
}

/** Refuses blocked dimensions and values, headings, and what the default dimensions of the owners forbid or miss. */
export function checkDimensions(
  company: Company,
  setId: number,
  where: string,
  owners: readonly DimensionOwner[],
): void {
  const values = dimensionsOf(company, setId);
  for (const [dimension, value] of Object.entries(values)) checkValue(company, dimension, value);
  for (const [left, right] of company.head.blockedCombinations) {
    if (values[left] === undefined || values[right] === undefined) continue;
    throw businessError(
      `The combination of dimensions used in ${where} is blocked. Dimensions ${left} and ${right} can't be used concurrently.`,
    );
  }
  for (const owner of owners) {
    const rules = company
      .table(defaultDimensions)
      .filter((row) => row['Table_ID'] === owner.table && row['No'] === owner.number);
    for (const rule of rules) checkRule(rule, values, where, `${ownerNames[owner.table]} ${owner.number}`);
  }
}

function checkValue(company: Company, dimension: string, value: string): void {
  if (company.table(dimensions).get(dimension)?.['Blocked'] === true) {
    throw businessError(`Dimension ${dimension} is blocked.`);
  }
  const row = company.table(dimensionValues).get(dimension, value) ?? {};
  if (row['Blocked'] === true) throw businessError(`Dimension Value ${dimension} - ${value} is blocked.`);
  if (row['Dimension_Value_Type'] !== 'Standard') {
    throw businessError(
      `Dimension Value Type for Dimension Value ${dimension} - ${value} must not be ${text(row, 'Dimension_Value_Type')}.`,
    );
  }
}

function checkRule(rule: Row, values: Record<string, string>, where: string, owner: string): void {
  const [dimension, wanted] = [text(rule, 'Dimension_Code'), text(rule, 'Dimension_Value_Code')];
  const value = values[dimension] ?? '';
  const caused = `A dimension used in ${where} has caused an error.`;
  switch (rule['Value_Posting']) {
    case 'Code Mandatory':
      if (value !== '') return;
      throw businessError(`${caused} Select a Dimension Value Code for the Dimension Code ${dimension} for ${owner}.`);
    case 'Same Code':
      if (value === wanted) return;
      throw businessError(
        `${caused} The Dimension Value Code must be ${wanted} for the Dimension Code ${dimension} for ${owner}.`,
      );
    case 'No Code':
      if (value === '') return;
      throw businessError(`${caused} The Dimension Code ${dimension} must not be mentioned for ${owner}.`);
    default:
  }
}
