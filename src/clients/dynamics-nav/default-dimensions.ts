import type { MasterDataFinding, MasterDataLine } from '../../contracts/erp-port.js';
import { Rejected } from '../http/errors.js';
import type { BcCompany } from './options.js';
import type { BcParts } from './parts.js';
import { defaultDimensionSchema, type DefaultDimension } from './schemas.js';
import type { VendorFacts } from './vendor-facts.js';
import { asCode } from './wire-text.js';

/** What was read of the parties of the lines: vendors by number, and ids of accounts by number. */
export interface LineParties {
  vendors: ReadonlyMap<string, VendorFacts>;
  accountIds: ReadonlyMap<string, string>;
}

/** Compares planned lines with the default dimensions of their accounts and vendors (NAV spec 9). */
export type CheckDefaultDimensions = (
  company: BcCompany,
  lines: readonly MasterDataLine[],
  parties: LineParties,
  signal: AbortSignal,
) => Promise<MasterDataFinding[]>;

type Defaults = ReadonlyMap<string, readonly DefaultDimension[]>;

const keptMs = 5 * 60_000;

/**
 * Finds what Business Central would refuse when it posts: a mandatory dimension without a value, a value where none or another
 * one is prescribed. A line carries the defaults of its account, and in a purchase document those of the vendor, beside our own.
 * Where the defaults cannot be read nothing is found here, and Business Central judges when it posts.
 */
export function createDefaultDimensionCheck({ readChain, clock }: BcParts): CheckDefaultDimensions {
  const kept = new Map<string, { rows: DefaultDimension[]; until: number }>();

  async function ofAccounts(
    company: BcCompany,
    ids: ReadonlyMap<string, string>,
    signal: AbortSignal,
  ): Promise<Defaults> {
    const keyOf = (id: string): string => `${company.path}/${asCode(id)}`;
    const asked = [...ids.values()].filter((id) => (kept.get(keyOf(id))?.until ?? 0) <= clock.now());
    const found = await readChain({
      operation: 'bc.default-dimensions.read',
      path: `${company.path}/defaultDimensions`,
      field: 'parentId',
      values: asked,
      literal: (id) => id,
      row: defaultDimensionSchema,
      valueOf: ({ parentId }) => parentId,
      signal,
    });
    for (const id of asked) {
      const rows = found.filter(({ parentId }) => asCode(parentId) === asCode(id));
      kept.set(keyOf(id), { rows, until: clock.now() + keptMs });
    }
    return new Map([...ids].map(([number, id]) => [number, kept.get(keyOf(id))?.rows ?? []]));
  }

  return async (company, lines, { vendors, accountIds }, signal) => {
    const used = new Set(lines.filter(({ vendor }) => !vendor).map(({ account }) => asCode(account)));
    const ids = new Map([...accountIds].filter(([number]) => used.has(number)));
    const ofVendors = new Map([...vendors].map(([number, { defaults = [] }]) => [number, defaults]));
    try {
      const defaults = await ofAccounts(company, ids, signal);
      const findings = lines.flatMap((line) => {
        const found = findingsOf(line, defaults, ofVendors);
        const id = ids.get(asCode(line.account));
        // A rule that is being changed for a document that waits must count at once.
        if (found.length > 0 && id !== undefined) kept.delete(`${company.path}/${asCode(id)}`);
        return found;
      });
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
