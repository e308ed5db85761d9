import type { MasterDataFinding, MasterDataLine } from '../../contracts/erp-port.js';
import { Rejected } from '../http/errors.js';
import type { BcCompany } from './options.js';
import type { BcParts } from './parts.js';
import { defaultDimensionSchema, numberedSchema, type DefaultDimension } from './schemas.js';
import { asCode, canExist, equalsAny, fieldLengths, inChunks } from './wire-text.js';

/** Compares planned lines with the default dimensions of their accounts and vendors (NAV spec 9). */
export type CheckDefaultDimensions = (
  company: BcCompany,
  lines: readonly MasterDataLine[],
  signal: AbortSignal,
) => Promise<MasterDataFinding[]>;

type Owner = 'accounts' | 'vendors';
type Defaults = ReadonlyMap<string, DefaultDimension[]>;

const keptMs = 60_000;

/**
 * Finds what Business Central would refuse when it posts: a mandatory dimension without a value, a value where none or another
 * one is prescribed. A line carries the defaults of its account, and in a purchase document those of the vendor, beside our own.
 * Where the defaults cannot be read nothing is found here, and Business Central judges when it posts.
 */
export function createDefaultDimensionCheck({ odata, clock }: BcParts): CheckDefaultDimensions {
  const kept = new Map<string, { rows: DefaultDimension[]; until: number }>();

  async function defaultsOf(
    company: BcCompany,
    owner: Owner,
    numbers: readonly string[],
    signal: AbortSignal,
  ): Promise<Defaults> {
    const keyOf = (number: string): string => `${company.path}/${owner}/${number}`;
    const isKept = (number: string): boolean => (kept.get(keyOf(number))?.until ?? 0) > clock.now();
    const asked = numbers.filter((number) => !isKept(number) && canExist(number, fieldLengths.number));
    for (const chunk of inChunks(asked)) {
      const call = { path: `${company.path}/${owner}`, query: { $filter: equalsAny('number', chunk) }, signal };
      const rows = await odata.list({ ...call, operation: `bc.${owner}.ids` }, numberedSchema);
      const numberOf = new Map(rows.map(({ id, number }) => [id.toLowerCase(), asCode(number)]));
      const found = await rowsOf(company, [...numberOf.keys()], signal);
      for (const number of chunk) {
        const own = found.filter(({ parentId }) => numberOf.get(parentId.toLowerCase()) === number);
        kept.set(keyOf(number), { rows: own, until: clock.now() + keptMs });
      }
    }
    return new Map(numbers.map((number) => [number, kept.get(keyOf(number))?.rows ?? []]));
  }

  async function rowsOf(company: BcCompany, ids: string[], signal: AbortSignal): Promise<DefaultDimension[]> {
    const path = `${company.path}/defaultDimensions`;
    const rows: DefaultDimension[] = [];
    for (const chunk of inChunks(ids)) {
      const query = { $filter: equalsAny('parentId', chunk, (id) => id) };
      const call = { operation: 'bc.default-dimensions.read', path, query, signal };
      rows.push(...(await odata.list(call, defaultDimensionSchema)));
    }
    return rows;
  }

  return async (company, lines, signal) => {
    const numbersOf = (isVendor: boolean): string[] => [
      ...new Set([
        ...lines.filter(({ vendor }) => vendor === isVendor).map(({ account }) => asCode(account)),
        ...lines.flatMap(({ inheritsFrom }) => (isVendor && inheritsFrom !== undefined ? [asCode(inheritsFrom)] : [])),
      ]),
    ];
    try {
      const accounts = await defaultsOf(company, 'accounts', numbersOf(false), signal);
      const vendors = await defaultsOf(company, 'vendors', numbersOf(true), signal);
      const findings = lines.flatMap((line) => findingsOf(line, accounts, vendors));
      return [...new Map(findings.map((finding) => [finding.message, finding])).values()];
    } catch (error) {
      if (error instanceof Rejected) return [];
      throw error;
    }
  };
}

function findingsOf(line: MasterDataLine, accounts: Defaults, vendors: Defaults): MasterDataFinding[] {
  const account = asCode(line.account);
  const planned = new Map(line.dimensions.map(({ dimension, value }) => [asCode(dimension), asCode(value)]));
  const inherited = line.inheritsFrom === undefined ? [] : (vendors.get(asCode(line.inheritsFrom)) ?? []);
  const owner = `${line.vendor ? 'Vendor' : 'Account'} ${account}`;
  return ((line.vendor ? vendors : accounts).get(account) ?? []).flatMap((rule): MasterDataFinding[] => {
    const dimension = asCode(rule.dimensionCode);
    const prescribed = asCode(rule.dimensionValueCode);
    const value = planned.get(dimension);
    const taken = inherited.find(({ dimensionCode }) => asCode(dimensionCode) === dimension)?.dimensionValueCode ?? '';
    const refused = (what: string): MasterDataFinding[] => [
      { kind: 'dimension-missing', code: `${account}/${dimension}`, message: `${owner} ${what}.` },
    ];
    switch (rule.postingValidation) {
      case 'Code Mandatory':
        if (value !== undefined || prescribed !== '' || taken !== '') return [];
        return refused(`requires a value of dimension ${dimension}, and the document has none for it`);
      case 'Same Code':
        if (value === undefined || value === prescribed) return [];
        return refused(
          prescribed === ''
            ? `takes no value of dimension ${dimension}, but the document has ${value}`
            : `takes only ${prescribed} of dimension ${dimension}, but the document has ${value}`,
        );
      case 'No Code':
        return value === undefined
          ? []
          : refused(`takes no value of dimension ${dimension}, but the document has ${value}`);
      default:
        return [];
    }
  });
}
