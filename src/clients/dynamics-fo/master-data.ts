import type { MasterDataFinding, MasterDataRequest } from '../../contracts/erp-port.js';
import { dimensionsMissingFrom } from './dimension-format.js';
import type { DimensionFormatReader } from './dimension-format-reader.js';
import {
  chartOfAccounts,
  dimensionCode,
  judgeAccounts,
  judgeDimensionValues,
  judgeJournalNames,
  judgeVendors,
  type Judged,
  type Lookup,
  type RoutesOfJournalName,
} from './master-data-lookups.js';
import { journalNameMissing } from './master-data-rules.js';
import type { ODataClient } from './odata.js';
import { foldCode, holdsWildcard } from './odata-literals.js';
import { createPositiveCache, type PositiveCache } from './positive-cache.js';

/** Checks what a document needs, in bulk and before any write; lists every finding at once (S84, S93). */
export type MasterDataCheck = (request: MasterDataRequest, signal: AbortSignal) => Promise<MasterDataFinding[]>;

const REMEMBER_MS = 60_000;
const REMEMBER_CHART_MS = 60 * 60_000;

/**
 * Makes the check. Good answers are remembered for a minute per company, so that a warm document costs none; whatever is missing
 * or blocked is asked for every time. What is blocked within that minute is refused by F&O itself.
 */
export function createMasterDataCheck(
  odata: ODataClient,
  formats: DimensionFormatReader,
  now: () => number,
  routesOf: RoutesOfJournalName,
): MasterDataCheck {
  const good = createPositiveCache(REMEMBER_MS, now);
  const charts = new Map<string, { chart: string; until: number }>();

  async function chartOf(lookup: Lookup): Promise<string | undefined> {
    const known = charts.get(foldCode(lookup.company));
    if (known !== undefined && now() < known.until) return known.chart;
    const chart = await chartOfAccounts(lookup);
    if (chart !== undefined) charts.set(foldCode(lookup.company), { chart, until: now() + REMEMBER_CHART_MS });
    return chart;
  }

  async function checkAccounts(lookup: Lookup, codes: readonly string[]): Promise<MasterDataFinding[]> {
    if (codes.length === 0) return [];
    const { company } = lookup;
    const chart = await chartOf(lookup);
    if (chart === undefined) {
      return [{ kind: 'setup', code: company, message: `Company ${company} has no ledger with a chart of accounts.` }];
    }
    return findings(codes, remembered(good, `account/${company}`), (asked) => judgeAccounts(lookup, chart, asked), {
      kind: 'account-missing',
      sentence: (code) => `Main account ${code} does not exist in the chart of accounts of company ${company}.`,
    });
  }

  async function checkDimensionValues(
    lookup: Lookup,
    dimensions: MasterDataRequest['dimensions'],
  ): Promise<MasterDataFinding[]> {
    const byCode = new Map(dimensions.map((one) => [dimensionCode(one), one]));
    const judge = (asked: readonly string[]): Promise<Judged> =>
      judgeDimensionValues(
        lookup,
        asked.flatMap((code) => byCode.get(code) ?? []),
      );
    return findings([...byCode.keys()], remembered(good, `dimension/${lookup.company}`), judge, {
      kind: 'dimension-missing',
      sentence: (code) => `The dimension value ${code} does not exist for company ${lookup.company}.`,
    });
  }

  return async (request, signal) => {
    const { company } = request;
    const lookup: Lookup = { odata, company, signal, today: new Date(now()).toISOString().slice(0, 10) };
    const found = await Promise.all([
      findings(request.vendors, remembered(good, `vendor/${company}`), (asked) => judgeVendors(lookup, asked), {
        kind: 'vendor-missing',
        sentence: (code) => `Vendor ${code} does not exist in company ${company}.`,
      }),
      checkAccounts(lookup, request.accounts),
      checkDimensionValues(lookup, request.dimensions),
      findings(
        request.journalNames,
        remembered(good, `journal-name/${company}`),
        (asked) => judgeJournalNames(lookup, asked, routesOf),
        { kind: 'setup', sentence: (code) => journalNameMissing(code, company) },
      ),
      checkFormat(formats, request, signal),
    ]);
    return found.flat();
  };
}

interface Remembered {
  has(code: string): boolean;
  add(code: string): void;
}

function remembered(cache: PositiveCache, scope: string): Remembered {
  const keyOf = (code: string): string => foldCode(`${scope}/${code}`);
  return { has: (code) => cache.has(keyOf(code)), add: (code) => cache.add(keyOf(code)) };
}

/** Asks for the codes that are not known to be good. A code with a wildcard cannot be asked for and counts as missing. */
async function findings(
  codes: readonly string[],
  good: Remembered,
  judge: (asked: readonly string[]) => Promise<Judged>,
  missing: { kind: MasterDataFinding['kind']; sentence: (code: string) => string },
): Promise<MasterDataFinding[]> {
  const asked = [...new Set(codes)].filter((code) => !good.has(code));
  const askable = asked.filter((code) => !holdsWildcard(code));
  const judged: Judged = askable.length === 0 ? new Map<string, MasterDataFinding>() : await judge(askable);
  return asked.flatMap((code) => {
    if (!judged.has(foldCode(code))) return [{ kind: missing.kind, code, message: missing.sentence(code) }];
    const finding = judged.get(foldCode(code));
    if (finding === undefined) good.add(code);
    return finding === undefined ? [] : [finding];
  });
}

/** A mapped dimension that the active format lacks would be lost: found here, by name, before any write (S42). */
async function checkFormat(
  formats: DimensionFormatReader,
  { dimensions }: MasterDataRequest,
  signal: AbortSignal,
): Promise<MasterDataFinding[]> {
  const names = dimensions.map(({ dimension }) => dimension);
  let reading = await formats.read(signal);
  if ('format' in reading && dimensionsMissingFrom(reading.format, names).length > 0) {
    reading = await formats.readAgain(signal);
  }
  if ('problem' in reading) return [reading.problem];
  return dimensionsMissingFrom(reading.format, names).map((dimension) => ({
    kind: 'setup',
    code: dimension,
    message: `Dimension ${dimension} is not part of the active ledger dimension format for integrating applications.`,
  }));
}
