import type { DimensionValue } from '../../contracts/erp-documents.js';
import type { MasterDataFinding, MasterDataRequest } from '../../contracts/erp-port.js';
import { createDefaultDimensionCheck } from './default-dimensions.js';
import type { BcCompany } from './options.js';
import type { BcParts } from './parts.js';
import { accountSchema, dimensionSchema, dimensionValueSchema, vendorSchema } from './schemas.js';
import { asCode, canExist, equalsAny, fieldLengths, inChunks } from './wire-text.js';

/** Checks vendors, accounts and dimension values of a company before anything is written (S84, S85, S94, S95). */
export type CheckMasterData = (request: MasterDataRequest, signal: AbortSignal) => Promise<MasterDataFinding[]>;

const keptMs = 60_000;

/**
 * Only good news about accounts and dimensions is kept, and only for a minute, so that a repaired account counts at
 * once; vendors are always asked anew because people block them. Journal names do not apply: each document gets its
 * own batch. `dimension-blocked` is never found: the API does not show it (NAV spec 9).
 */
export function createMasterDataCheck(parts: BcParts): CheckMasterData {
  const { odata, companies, clock } = parts;
  const checkDefaults = createDefaultDimensionCheck(parts);
  const kept = new Map<string, number>();
  const isKept = (key: string): boolean => (kept.get(key) ?? 0) > clock.now();
  const keep = (key: string): void => {
    for (const [old, until] of kept) if (until <= clock.now()) kept.delete(old);
    kept.set(key, clock.now() + keptMs);
  };

  async function checkVendors(
    company: BcCompany,
    vendors: string[],
    signal: AbortSignal,
  ): Promise<MasterDataFinding[]> {
    const path = `${company.path}/vendors`;
    const blocked = new Map<string, string>();
    for (const numbers of inChunks(vendors.filter((vendor) => canExist(vendor, fieldLengths.number)))) {
      const query = { $filter: equalsAny('number', numbers) };
      const call = { operation: 'bc.vendors.check', path, query, fresh: true, signal };
      for (const row of await odata.list(call, vendorSchema)) blocked.set(asCode(row.number), row.blocked);
    }
    return vendors.flatMap((code): MasterDataFinding[] => {
      const state = blocked.get(code);
      if (state === undefined) {
        return [{ kind: 'vendor-missing', code, message: `Vendor ${code} does not exist in ${company.name}.` }];
      }
      // `Payment` may be invoiced; only the payment will not come (NAV spec 8).
      if (state !== 'All') return [];
      return [
        { kind: 'vendor-blocked', code, message: `Vendor ${code} is blocked for everything in ${company.name}.` },
      ];
    });
  }

  async function checkAccounts(
    company: BcCompany,
    accounts: string[],
    signal: AbortSignal,
  ): Promise<MasterDataFinding[]> {
    const keyOf = (account: string): string => `${company.path}/accounts/${account}`;
    const unknown = accounts.filter((account) => !isKept(keyOf(account)));
    const problems = new Map<string, string | undefined>();
    for (const numbers of inChunks(unknown.filter((account) => canExist(account, fieldLengths.number)))) {
      const query = { $filter: equalsAny('number', numbers) };
      const call = { operation: 'bc.accounts.check', path: `${company.path}/accounts`, query, signal };
      for (const row of await odata.list(call, accountSchema)) problems.set(asCode(row.number), accountProblem(row));
    }
    return unknown.flatMap((code): MasterDataFinding[] => {
      if (!problems.has(code)) {
        return [{ kind: 'account-missing', code, message: `Account ${code} does not exist in ${company.name}.` }];
      }
      const problem = problems.get(code);
      if (problem !== undefined) return [{ kind: 'account-blocked', code, message: `Account ${code} ${problem}.` }];
      keep(keyOf(code));
      return [];
    });
  }

  async function valuesOf(
    company: BcCompany,
    dimensionId: string,
    values: string[],
    signal: AbortSignal,
  ): Promise<Set<string>> {
    const found = new Set<string>();
    const path = `${company.path}/dimensions(${dimensionId})/dimensionValues`;
    for (const codes of inChunks(values.filter((value) => canExist(value, fieldLengths.dimensionCode)))) {
      const query = { $filter: equalsAny('code', codes) };
      const call = { operation: 'bc.dimension-values.check', path, query, signal };
      for (const row of await odata.list(call, dimensionValueSchema)) found.add(asCode(row.code));
    }
    return found;
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
      if (isKept(keyOf(code, asCode(value)))) continue;
      byDimension.set(code, (byDimension.get(code) ?? new Set()).add(asCode(value)));
    }
    const ids = new Map<string, string>();
    const askable = [...byDimension.keys()].filter((code) => canExist(code, fieldLengths.dimensionCode));
    for (const codes of inChunks(askable)) {
      const query = { $filter: equalsAny('code', codes) };
      const call = { operation: 'bc.dimensions.check', path: `${company.path}/dimensions`, query, signal };
      for (const row of await odata.list(call, dimensionSchema)) ids.set(asCode(row.code), row.id);
    }
    const findings: MasterDataFinding[] = [];
    for (const [dimension, values] of byDimension) {
      const id = ids.get(dimension);
      const found = id === undefined ? new Set<string>() : await valuesOf(company, id, [...values], signal);
      for (const value of values) {
        if (found.has(value)) keep(keyOf(dimension, value));
        else findings.push(missingDimension(company, dimension, value, id !== undefined));
      }
    }
    return findings;
  }

  return async (request, signal) => {
    const company = await companies.resolve(request.company, signal);
    return [
      ...(await checkVendors(company, distinct(request.vendors), signal)),
      ...(await checkAccounts(company, distinct(request.accounts), signal)),
      ...(await checkDimensions(company, request.dimensions, signal)),
      ...(await checkDefaults(company, request.lines ?? [], signal)),
    ];
  };
}

function distinct(codes: string[]): string[] {
  return [...new Set(codes.map(asCode))];
}

function accountProblem(account: {
  accountType: string;
  directPosting: boolean;
  blocked: boolean;
}): string | undefined {
  if (account.accountType !== 'Posting')
    return `is a ${account.accountType.toLowerCase()} account and takes no postings`;
  if (account.blocked) return 'is blocked';
  return account.directPosting ? undefined : 'does not allow direct posting';
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
