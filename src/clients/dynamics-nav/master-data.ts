import type { DimensionValue } from '../../contracts/erp-documents.js';
import type { MasterDataFinding, MasterDataRequest } from '../../contracts/erp-port.js';
import { createDefaultDimensionCheck } from './default-dimensions.js';
import type { BcCompany } from './options.js';
import type { BcParts } from './parts.js';
import { accountSchema, dimensionSchema, dimensionValueSchema, type Account } from './schemas.js';
import type { VendorFacts } from './vendor-facts.js';
import { asCode, canExist, fieldLengths } from './wire-text.js';

/** Checks vendors, accounts and dimension values of a company before anything is written (S84, S85, S94, S95). */
export type CheckMasterData = (request: MasterDataRequest, signal: AbortSignal) => Promise<MasterDataFinding[]>;

const keptMs = 5 * 60_000;

/**
 * Only good news about accounts and dimensions is kept, and only for minutes, so that a repaired account counts at once; what is
 * blocked meanwhile is refused at posting. Vendors are always asked anew because people block them. Journal names do not apply: each
 * document gets its own batch. `dimension-blocked` is never found: the API does not show it (NAV spec 9).
 */
export function createMasterDataCheck(parts: BcParts): CheckMasterData {
  const { readChain, companies, vendors, clock } = parts;
  const checkDefaults = createDefaultDimensionCheck(parts);
  const kept = new Map<string, { id: string; until: number }>();
  const keptId = (key: string): string | undefined => {
    const known = kept.get(key);
    return known !== undefined && known.until > clock.now() ? known.id : undefined;
  };
  const keep = (key: string, id: string): void => {
    for (const [old, { until }] of kept) if (until <= clock.now()) kept.delete(old);
    kept.set(key, { id, until: clock.now() + keptMs });
  };

  /** Ids of usable accounts by number, and what is wrong with the others. */
  async function readAccounts(company: BcCompany, accounts: string[], signal: AbortSignal) {
    const keyOf = (account: string): string => `${company.path}/accounts/${account}`;
    const usable = new Map<string, string>();
    const problems = new Map<string, string>();
    const unknown: string[] = [];
    for (const account of accounts) {
      const id = keptId(keyOf(account));
      if (id === undefined) unknown.push(account);
      else usable.set(account, id);
    }
    const rows = await readChain({
      operation: 'bc.accounts.check',
      path: `${company.path}/accounts`,
      field: 'number',
      values: unknown.filter((account) => canExist(account, fieldLengths.number)),
      row: accountSchema,
      valueOf: ({ number }) => number,
      signal,
    });
    for (const row of rows) {
      const problem = accountProblem(row);
      if (problem !== undefined) {
        problems.set(asCode(row.number), problem);
        continue;
      }
      usable.set(asCode(row.number), row.id);
      keep(keyOf(asCode(row.number)), row.id);
    }
    return { usable, problems };
  }

  async function valuesOf(
    company: BcCompany,
    dimensionId: string,
    values: string[],
    signal: AbortSignal,
  ): Promise<Set<string>> {
    const rows = await readChain({
      operation: 'bc.dimension-values.check',
      path: `${company.path}/dimensions(${dimensionId})/dimensionValues`,
      field: 'code',
      values: values.filter((value) => canExist(value, fieldLengths.dimensionCode)),
      row: dimensionValueSchema,
      valueOf: ({ code }) => code,
      signal,
    });
    return new Set(rows.map(({ code }) => asCode(code)));
  }

  async function dimensionIds(company: BcCompany, codes: string[], signal: AbortSignal): Promise<Map<string, string>> {
    const keyOf = (code: string): string => `${company.path}/dimensions/${code}`;
    const ids = new Map<string, string>();
    for (const code of codes) {
      const id = keptId(keyOf(code));
      if (id !== undefined) ids.set(code, id);
    }
    const rows = await readChain({
      operation: 'bc.dimensions.check',
      path: `${company.path}/dimensions`,
      field: 'code',
      values: codes.filter((code) => !ids.has(code) && canExist(code, fieldLengths.dimensionCode)),
      row: dimensionSchema,
      valueOf: ({ code }) => code,
      signal,
    });
    for (const { code, id } of rows) {
      ids.set(asCode(code), id);
      keep(keyOf(asCode(code)), id);
    }
    return ids;
  }

  async function checkDimensions(
    company: BcCompany,
    wanted: DimensionValue[],
    signal: AbortSignal,
  ): Promise<MasterDataFinding[]> {
    const keyOf = (dimension: string, value: string): string => `${company.path}/dimensions/${dimension}=${value}`;
    const byDimension = new Map<string, Set<string>>();
    for (const { dimension, value } of wanted) {
      const code = asCode(dimension);
      if (keptId(keyOf(code, asCode(value))) !== undefined) continue;
      byDimension.set(code, (byDimension.get(code) ?? new Set()).add(asCode(value)));
    }
    const ids = await dimensionIds(company, [...byDimension.keys()], signal);
    const findings: MasterDataFinding[] = [];
    for (const [dimension, values] of byDimension) {
      const id = ids.get(dimension);
      const found = id === undefined ? new Set<string>() : await valuesOf(company, id, [...values], signal);
      for (const value of values) {
        if (id !== undefined && found.has(value)) keep(keyOf(dimension, value), id);
        else findings.push(missingDimension(company, dimension, value, id !== undefined));
      }
    }
    return findings;
  }

  return async ({ company: name, vendors: asked, accounts, dimensions, lines = [] }, signal) => {
    const company = await companies.resolve(name, signal);
    const parties = lines.flatMap(({ account, vendor, inheritsFrom }) => [
      ...(vendor ? [account] : []),
      ...(inheritsFrom === undefined ? [] : [inheritsFrom]),
    ]);
    const coded = lines.filter(({ vendor }) => !vendor).map(({ account }) => account);
    const [vendorFacts, accountFacts, dimensionFindings] = await Promise.all([
      vendors.read(company, distinct([...asked, ...parties]), signal),
      readAccounts(company, distinct([...accounts, ...coded]), signal),
      checkDimensions(company, dimensions, signal),
    ]);
    return [
      ...distinct(asked).flatMap((code) => vendorFindings(company, code, vendorFacts.get(code))),
      ...distinct(accounts).flatMap((code) => accountFindings(company, code, accountFacts)),
      ...dimensionFindings,
      ...(await checkDefaults(company, lines, { vendors: vendorFacts, accountIds: accountFacts.usable }, signal)),
    ];
  };
}

function distinct(codes: string[]): string[] {
  return [...new Set(codes.map(asCode))];
}

function vendorFindings({ name }: BcCompany, code: string, facts: VendorFacts | undefined): MasterDataFinding[] {
  if (facts === undefined) {
    return [{ kind: 'vendor-missing', code, message: `Vendor ${code} does not exist in ${name}.` }];
  }
  // `Payment` may be invoiced; only the payment will not come (NAV spec 8).
  if (facts.blocked !== 'All') return [];
  return [{ kind: 'vendor-blocked', code, message: `Vendor ${code} is blocked for everything in ${name}.` }];
}

function accountFindings(
  { name }: BcCompany,
  code: string,
  { usable, problems }: { usable: ReadonlyMap<string, string>; problems: ReadonlyMap<string, string> },
): MasterDataFinding[] {
  if (usable.has(code)) return [];
  const problem = problems.get(code);
  return problem === undefined
    ? [{ kind: 'account-missing', code, message: `Account ${code} does not exist in ${name}.` }]
    : [{ kind: 'account-blocked', code, message: `Account ${code} ${problem}.` }];
}

function accountProblem({ accountType, blocked, directPosting }: Account): string | undefined {
  if (accountType !== 'Posting') return `is a ${accountType.toLowerCase()} account and takes no postings`;
  if (blocked) return 'is blocked';
  return directPosting ? undefined : 'does not allow direct posting';
}

function missingDimension(
  company: BcCompany,
  dimension: string,
  value: string,
  dimensionExists: boolean,
): MasterDataFinding {
  const what = dimensionExists ? `Value ${value} of dimension ${dimension}` : `Dimension ${dimension}`;
  return {
    kind: 'dimension-missing',
    code: `${dimension}=${value}`,
    message: `${what} does not exist in ${company.name}.`,
  };
}
