import type { DimensionValue } from '../../contracts/erp-documents.js';
import type { MasterDataFinding } from '../../contracts/erp-port.js';
import type { FoJournal } from './journal-kinds.js';
import { accountFinding, dimensionFinding, journalNameFinding, vendorFinding } from './master-data-rules.js';
import type { ODataClient } from './odata.js';
import { allOf, foldCode, sameCode, textEquals } from './odata-literals.js';
import { readVendorSet } from './vendor-set.js';
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

/** Where and when master data is looked up. */
export interface Lookup {
  odata: ODataClient;
  company: string;
  /** `YYYY-MM-DD`. */
  today: string;
  signal: AbortSignal;
}

/** What exists, by folded code, with what is wrong with it; a code that does not exist is not in the map. */
export type Judged = Map<string, MasterDataFinding | undefined>;

/** Which routes write under a journal name of a company; none where nobody says. */
export type RoutesOfJournalName = (company: string, journalName: string) => readonly FoJournal['route'][];

/** Name of a dimension value in findings and caches. */
export const dimensionCode = ({ dimension, value }: DimensionValue): string => `${dimension}=${value}`;

/** Vendors of the company itself: the same number may exist in several (S40). */
export async function judgeVendors({ odata, company, signal }: Lookup, codes: readonly string[]): Promise<Judged> {
  const rows = await readVendorSet(odata, {
    company,
    anyOf: codes.map((code) => textEquals('VendorAccountNumber', code)),
    select: vendorColumns,
    row: vendorSchema,
    isOwn: (row) => codes.some((code) => sameCode(code, row.VendorAccountNumber)),
    signal,
  });
  return new Map(
    rows.map((row) => [foldCode(row.VendorAccountNumber), vendorFinding(row.VendorAccountNumber, row.OnHoldStatus)]),
  );
}

/** The company's chart of accounts; undefined where the company has no ledger. */
export async function chartOfAccounts({ odata, company, signal }: Lookup): Promise<string | undefined> {
  // Nothing documents that this key compares without case.
  const spellings = [...new Set([company, company.toUpperCase(), company.toLowerCase()])];
  const rows = await odata.read({
    set: 'Ledgers',
    anyOf: spellings.map((spelling) => textEquals('LegalEntityId', spelling)),
    select: ledgerColumns,
    row: ledgerSchema,
    signal,
  });
  const chart = rows.find((row) => sameCode(row.LegalEntityId, company))?.ChartOfAccounts;
  return chart === '' ? undefined : chart;
}

/** Main accounts of a chart. */
export async function judgeAccounts(
  { odata, today, signal }: Lookup,
  chart: string,
  codes: readonly string[],
): Promise<Judged> {
  const rows = await odata.read({
    set: 'MainAccounts',
    filter: textEquals('ChartOfAccounts', chart),
    anyOf: codes.map((code) => textEquals('MainAccountId', code)),
    select: mainAccountColumns,
    row: mainAccountSchema,
    signal,
  });
  return new Map(rows.map((row) => [foldCode(row.MainAccountId), accountFinding(row, today)]));
}

/** Dimension values of shared lists and of the company's own; a value bound to another company does not count. */
export async function judgeDimensionValues(
  { odata, company, today, signal }: Lookup,
  values: readonly DimensionValue[],
): Promise<Judged> {
  const rows = await odata.read({
    set: 'FinancialDimensionValues',
    anyOf: values.map(
      ({ dimension, value }) =>
        `(${allOf(textEquals('FinancialDimension', dimension), textEquals('DimensionValue', value))})`,
    ),
    select: dimensionValueColumns,
    row: dimensionValueSchema,
    signal,
  });
  const usable = rows.filter((row) => row.LegalEntityId === '' || sameCode(row.LegalEntityId, company));
  return new Map(
    usable.map((row) => {
      const code = dimensionCode({ dimension: row.FinancialDimension, value: row.DimensionValue });
      return [foldCode(code), dimensionFinding(row, today)];
    }),
  );
}

/** Journal names of the company, judged by their set-up and by what is written under them. */
export async function judgeJournalNames(
  { odata, company, signal }: Lookup,
  names: readonly string[],
  routesOf: RoutesOfJournalName,
): Promise<Judged> {
  const rows = await odata.read({
    set: 'JournalNames',
    company,
    anyOf: names.map((name) => textEquals('Name', name)),
    select: journalNameColumns,
    row: journalNameSchema,
    signal,
  });
  return new Map(rows.map((row) => [foldCode(row.Name), journalNameFinding(row, routesOf(company, row.Name))]));
}
