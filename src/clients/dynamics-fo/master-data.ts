import type { DimensionValue } from '../../contracts/erp-documents.js';
import type { MasterDataFinding, MasterDataRequest } from '../../contracts/erp-port.js';
import { dimensionsMissingFrom } from './dimension-format.js';
import type { DimensionFormatReader } from './dimension-format-reader.js';
import { accountFinding, dimensionFinding, journalNameFinding, vendorFinding } from './master-data-rules.js';
import type { ODataClient } from './odata.js';
import { allOf, foldCode, holdsWildcard, sameCode, textEquals } from './odata-literals.js';
import { createPositiveCache } from './positive-cache.js';
import {
  dimensionValueColumns,
  dimensionValueSchema,
  journalNameColumns,
  journalNameSchema,
  ledgerColumns,
  ledgerSchema,
  mainAccountColumns,
  mainAccountSchema,
  vendorColumns,
  vendorSchema,
} from './schemas.js';

/** Checks what a document needs, in bulk and before any write; lists every finding at once (S84, S93). */
export type MasterDataCheck = (request: MasterDataRequest, signal: AbortSignal) => Promise<MasterDataFinding[]>;

const REMEMBER_MS = 60_000;
const REMEMBER_CHART_MS = 60 * 60_000;

/** Makes the check. Good answers except those about vendors are remembered for a minute per company. */
export function createMasterDataCheck(
  odata: ODataClient,
  formats: DimensionFormatReader,
  now: () => number,
): MasterDataCheck {
  const good = createPositiveCache(REMEMBER_MS, now);
  const charts = new Map<string, { chart: string; until: number }>();
  const today = (): string => new Date(now()).toISOString().slice(0, 10);

  /** Asks for those codes that are not known to be good, and remembers the good ones. */
  async function judgeAll(
    scope: string,
    codes: readonly string[],
    missing: (code: string) => MasterDataFinding,
    judge: (asked: readonly string[]) => Promise<Map<string, MasterDataFinding | undefined>>,
  ): Promise<MasterDataFinding[]> {
    const keyOf = (code: string): string => `${foldCode(scope)}/${foldCode(code)}`;
    const asked = [...new Set(codes)].filter((code) => !good.has(keyOf(code)));
    const askable = asked.filter((code) => !holdsWildcard(code));
    const judged = askable.length === 0 ? new Map<string, undefined>() : await judge(askable);
    return asked.flatMap((code) => {
      if (!judged.has(foldCode(code))) return [missing(code)];
      const finding = judged.get(foldCode(code));
      if (finding === undefined) good.add(keyOf(code));
      return finding === undefined ? [] : [finding];
    });
  }

  /** The company's chart of accounts; undefined where the company has no ledger. */
  async function chartOf(company: string, signal: AbortSignal): Promise<string | undefined> {
    const known = charts.get(foldCode(company));
    if (known !== undefined && now() < known.until) return known.chart;
    const spellings = [...new Set([company, company.toUpperCase(), company.toLowerCase()])];
    const rows = await odata.read({
      set: 'Ledgers',
      anyOf: spellings.map((spelling) => textEquals('LegalEntityId', spelling)),
      select: ledgerColumns,
      row: ledgerSchema,
      signal,
    });
    const chart = rows.find((row) => sameCode(row.LegalEntityId, company))?.ChartOfAccounts;
    if (chart === undefined || chart === '') return undefined;
    charts.set(foldCode(company), { chart, until: now() + REMEMBER_CHART_MS });
    return chart;
  }

  async function checkVendors({ company, vendors }: MasterDataRequest, signal: AbortSignal) {
    const asked = [...new Set(vendors)];
    const rows = await odata.read({
      set: 'VendorsV3',
      company,
      anyOf: asked.filter((code) => !holdsWildcard(code)).map((code) => textEquals('VendorAccountNumber', code)),
      select: vendorColumns,
      row: vendorSchema,
      signal,
    });
    return asked.flatMap((code): MasterDataFinding[] => {
      const row = rows.find((candidate) => sameCode(candidate.VendorAccountNumber, code));
      const missing = `Vendor ${code} does not exist in company ${company}.`;
      if (row === undefined) return [{ kind: 'vendor-missing', code, message: missing }];
      const finding = vendorFinding(code, row.OnHoldStatus);
      return finding === undefined ? [] : [finding];
    });
  }

  async function checkAccounts({ company, accounts }: MasterDataRequest, signal: AbortSignal) {
    if (accounts.length === 0) return [];
    const chart = await chartOf(company, signal);
    if (chart === undefined) {
      const message = `Company ${company} has no ledger with a chart of accounts.`;
      return [{ kind: 'setup', code: company, message } satisfies MasterDataFinding];
    }
    const missing = (code: string): MasterDataFinding => ({
      kind: 'account-missing',
      code,
      message: `Main account ${code} does not exist in the chart of accounts of company ${company}.`,
    });
    return judgeAll(`account/${company}`, accounts, missing, async (asked) => {
      const rows = await odata.read({
        set: 'MainAccounts',
        filter: textEquals('ChartOfAccounts', chart),
        anyOf: asked.map((code) => textEquals('MainAccountId', code)),
        select: mainAccountColumns,
        row: mainAccountSchema,
        signal,
      });
      return new Map(rows.map((row) => [foldCode(row.MainAccountId), accountFinding(row, today())]));
    });
  }

  async function checkDimensionValues({ company, dimensions }: MasterDataRequest, signal: AbortSignal) {
    const byCode = new Map(dimensions.map((one) => [codeOf(one), one]));
    const missing = (code: string): MasterDataFinding => ({
      kind: 'dimension-missing',
      code,
      message: `Value ${byCode.get(code)?.value ?? ''} of dimension ${byCode.get(code)?.dimension ?? ''} does not exist.`,
    });
    return judgeAll(`dimension/${company}`, [...byCode.keys()], missing, async (asked) => {
      const wanted = asked.flatMap((code) => byCode.get(code) ?? []);
      const rows = await odata.read({
        set: 'FinancialDimensionValues',
        anyOf: wanted.map(
          ({ dimension, value }) =>
            `(${allOf(textEquals('FinancialDimension', dimension), textEquals('DimensionValue', value))})`,
        ),
        select: dimensionValueColumns,
        row: dimensionValueSchema,
        signal,
      });
      // Shared lists have no company; a value bound to another company does not count.
      const own = rows.filter((row) => row.LegalEntityId === '' || sameCode(row.LegalEntityId, company));
      return new Map(
        own.map((row) => [
          foldCode(codeOf({ dimension: row.FinancialDimension, value: row.DimensionValue })),
          dimensionFinding(row, today()),
        ]),
      );
    });
  }

  async function checkJournalNames({ company, journalNames }: MasterDataRequest, signal: AbortSignal) {
    const missing = (code: string): MasterDataFinding => ({
      kind: 'setup',
      code,
      message: `Journal name ${code} does not exist in company ${company}.`,
    });
    return judgeAll(`journal-name/${company}`, journalNames, missing, async (asked) => {
      const rows = await odata.read({
        set: 'JournalNames',
        company,
        anyOf: asked.map((name) => textEquals('Name', name)),
        select: journalNameColumns,
        row: journalNameSchema,
        signal,
      });
      return new Map(rows.map((row) => [foldCode(row.Name), journalNameFinding(row)]));
    });
  }

  /** A mapped dimension that the active format lacks would be lost: found here, by name, before any write (S42). */
  async function checkFormat({ dimensions }: MasterDataRequest, signal: AbortSignal): Promise<MasterDataFinding[]> {
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

  return async (request, signal) => {
    const checks = [checkVendors, checkAccounts, checkDimensionValues, checkJournalNames, checkFormat];
    return (await Promise.all(checks.map((check) => check(request, signal)))).flat();
  };
}

function codeOf({ dimension, value }: DimensionValue): string {
  return `${dimension}=${value}`;
}
