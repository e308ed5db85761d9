import type { DimensionValue } from '../../contracts/erp-documents.js';
import type { MasterDataFinding, MasterDataRequest } from '../../contracts/erp-port.js';
import { asCode, canExist, equalsAny, fieldLengths, inChunks, quoted } from '../dynamics-nav/wire-text.js';
import type { NavCompany } from './options.js';
import { noShortcut, shortcutFieldOf, type NavParts } from './parts.js';
import { accountSchema, dimensionValueSchema, vendorCheckSchema } from './schemas.js';

/**
 * What is missing, blocked or unusable of vendors, accounts and dimension values, before anything is written (S84, S93, S94).
 * Default dimensions of accounts and vendors are judged by NAV when it posts.
 */
export async function checkNavMasterData(
  parts: NavParts,
  company: NavCompany,
  request: MasterDataRequest,
  signal: AbortSignal,
): Promise<MasterDataFinding[]> {
  return [
    ...(await checkVendors(parts, company, distinct(request.vendors), signal)),
    ...(await checkAccounts(parts, company, distinct(request.accounts), signal)),
    ...(await checkDimensions(parts, company, request.dimensions, signal)),
  ];
}

const distinct = (codes: readonly string[]): string[] => [...new Set(codes.map(asCode))];

async function checkVendors(
  { odata }: NavParts,
  company: NavCompany,
  vendors: readonly string[],
  signal: AbortSignal,
): Promise<MasterDataFinding[]> {
  const found = new Map<string, { Blocked: string; Vendor_Posting_Group: string }>();
  for (const chunk of inChunks(vendors.filter((code) => canExist(code, fieldLengths.number)))) {
    const call = { operation: 'nav.vendors.check', company: company.name, service: 'vendorList' as const, signal };
    const rows = await odata.list({ ...call, filter: equalsAny('No', chunk) }, vendorCheckSchema);
    for (const row of rows) found.set(asCode(row.No), row);
  }
  return vendors.flatMap((code): MasterDataFinding[] => {
    const row = found.get(code);
    if (row === undefined) {
      return [{ kind: 'vendor-missing', code, message: `Vendor ${code} does not exist in ${company.name}.` }];
    }
    // `Payment` may be invoiced; only the payment will not come (NAV spec 8).
    if (row.Blocked !== '' && row.Blocked !== 'Payment') {
      return [
        { kind: 'vendor-blocked', code, message: `Vendor ${code} is blocked for everything in ${company.name}.` },
      ];
    }
    if (row.Vendor_Posting_Group !== '') return [];
    return [{ kind: 'setup', code, message: `Vendor ${code} of ${company.name} has no vendor posting group.` }];
  });
}

async function checkAccounts(
  { odata }: NavParts,
  company: NavCompany,
  accounts: readonly string[],
  signal: AbortSignal,
): Promise<MasterDataFinding[]> {
  const problems = new Map<string, string | undefined>();
  for (const chunk of inChunks(accounts.filter((code) => canExist(code, fieldLengths.number)))) {
    const call = { operation: 'nav.accounts.check', company: company.name, service: 'accounts' as const, signal };
    const rows = await odata.list({ ...call, filter: equalsAny('No', chunk) }, accountSchema);
    for (const row of rows) problems.set(asCode(row.No), accountProblem(row));
  }
  return accounts.flatMap((code): MasterDataFinding[] => {
    if (!problems.has(code)) {
      return [{ kind: 'account-missing', code, message: `Account ${code} does not exist in ${company.name}.` }];
    }
    const problem = problems.get(code);
    return problem === undefined ? [] : [{ kind: 'account-blocked', code, message: `Account ${code} ${problem}.` }];
  });
}

function accountProblem(row: { Account_Type: string; Direct_Posting: boolean; Blocked: boolean }): string | undefined {
  if (row.Account_Type !== 'Posting') return `is a ${row.Account_Type.toLowerCase()} account and takes no postings`;
  if (row.Blocked) return 'is blocked';
  return row.Direct_Posting ? undefined : 'does not allow direct posting';
}

async function checkDimensions(
  parts: NavParts,
  company: NavCompany,
  wanted: readonly DimensionValue[],
  signal: AbortSignal,
): Promise<MasterDataFinding[]> {
  if (wanted.length === 0) return [];
  const setup = await parts.facts.setup(company, signal);
  const findings: MasterDataFinding[] = [];
  for (const dimension of distinct(wanted.map((one) => one.dimension))) {
    const values = distinct(wanted.filter((one) => asCode(one.dimension) === dimension).map(({ value }) => value));
    if (shortcutFieldOf(setup, dimension) === undefined) {
      findings.push({ kind: 'setup', code: dimension, message: noShortcut(company, dimension) });
      continue;
    }
    const problems = await valueProblems(parts, company, dimension, values, signal);
    for (const value of values) {
      const problem = problems.has(value) ? problems.get(value) : 'does not exist';
      if (problem === undefined) continue;
      const message = `Value ${value} of dimension ${dimension} ${problem} in ${company.name}.`;
      const kind = problems.has(value) ? 'dimension-blocked' : 'dimension-missing';
      findings.push({ kind, code: `${dimension}=${value}`, message });
    }
  }
  return findings;
}

/** What keeps the values that exist from being posted to; undefined for nothing. */
async function valueProblems(
  { odata }: NavParts,
  company: NavCompany,
  dimension: string,
  values: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, string | undefined>> {
  const problems = new Map<string, string | undefined>();
  for (const chunk of inChunks(values.filter((value) => canExist(value, fieldLengths.dimensionCode)))) {
    const filter = `Dimension_Code eq ${quoted(dimension)} and (${equalsAny('Code', chunk)})`;
    const service = 'dimensionValues' as const;
    const call = { operation: 'nav.dimension-values.check', company: company.name, service, filter, signal };
    for (const row of await odata.list(call, dimensionValueSchema)) {
      const type = row.Dimension_Value_Type;
      const isStandard = type === 'Standard';
      const structure = isStandard ? undefined : `is a ${type.toLowerCase()} and takes no postings`;
      problems.set(asCode(row.Code), row.Blocked ? 'is blocked' : structure);
    }
  }
  return problems;
}
