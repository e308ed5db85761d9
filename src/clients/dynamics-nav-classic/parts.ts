import type { DimensionValue, ErpDocument } from '../../contracts/erp-documents.js';
import type { ErpWriteContext } from '../../contracts/erp-port.js';
import type { OpenSpan } from '../../contracts/posting-periods.js';
import { fiscalYearOf } from '../dynamics-nav/company-facts.js';
import { asCode } from '../dynamics-nav/wire-text.js';
import { Rejected } from '../http/errors.js';
import { createKept } from '../http/kept.js';
import type { NavCodeunit } from './codeunit.js';
import type { NavOData } from './odata.js';
import type { NavCompany } from './options.js';
import type { NavRefusalCode } from './refusals.js';
import { ledgerSetupSchema, periodSchema, shortcutFields, type LedgerSetup, type ShortcutField } from './schemas.js';

/** What the parts of the adapter share. */
export interface NavParts {
  odata: NavOData;
  /** Absent in draft mode. */
  codeunit?: NavCodeunit;
  facts: NavFacts;
}

/** One document on its way: what all steps share. */
export interface NavWrite<Document extends ErpDocument> {
  parts: NavParts;
  company: NavCompany;
  document: Document;
  context: ErpWriteContext;
}

/** A refusal of the connector's own. */
export function navRefused({ odata }: NavParts, operation: string, message: string, code: NavRefusalCode): Rejected {
  return new Rejected(message, { system: odata.system, operation }, code);
}

/** Set-up of a company; kept for a minute, periods for an hour. */
export interface NavFacts {
  setup(company: NavCompany, signal: AbortSignal): Promise<LedgerSetup>;
  fiscalYear(company: NavCompany, on: string, signal: AbortSignal): Promise<string>;
}

const setupKeptMs = 60_000;
const periodsKeptMs = 60 * 60_000;

export function createNavFacts(odata: NavOData, now: () => number): NavFacts {
  const setups = createKept<LedgerSetup>(setupKeptMs, { now });
  const calendars = createKept<Parameters<typeof fiscalYearOf>[0]>(periodsKeptMs, { now });
  return {
    setup: ({ name, settings }, signal) =>
      setups.get(name, async () => {
        const call = { operation: 'nav.setup.read', company: name, service: 'ledgerSetup' as const, signal };
        const [row] = await odata.list(call, ledgerSetupSchema);
        if (row === undefined)
          throw new Rejected(
            'NAV shows no general ledger setup.',
            { system: odata.system, operation: call.operation },
            'erp-refused',
          );
        return { ...row, LCY_Code: row.LCY_Code || settings.currency };
      }),
    fiscalYear: async ({ name }, on, signal) => {
      const periods = await calendars.get(name, async () => {
        const call = { operation: 'nav.periods.list', company: name, service: 'accountingPeriods' as const, signal };
        const rows = await odata.list(call, periodSchema).catch((error: unknown) => {
          // Without the page the calendar year must do; a posting proof may not fail over it.
          if (error instanceof Rejected) return [];
          throw error;
        });
        return rows.map((row) => ({ startingDate: row.Starting_Date, newFiscalYear: row.New_Fiscal_Year }));
      });
      return fiscalYearOf(periods, on);
    },
  };
}

/** Currency as NAV stores it: blank is local currency, and its code is refused (NAV spec 4). */
export function currencyCode(setup: LedgerSetup, currency: string): string {
  return asCode(setup.LCY_Code) === asCode(currency) ? '' : asCode(currency);
}

/** Fields and values of planned dimensions. Throws `Rejected` for a dimension that is no shortcut dimension of the company. */
export function shortcutValues(
  parts: NavParts,
  company: NavCompany,
  setup: LedgerSetup,
  dimensions: readonly DimensionValue[],
): Partial<Record<ShortcutField, string>> {
  const fields: Partial<Record<ShortcutField, string>> = {};
  for (const { dimension, value } of dimensions) {
    const field = shortcutFieldOf(setup, dimension);
    if (field === undefined)
      throw navRefused(parts, 'nav.dimensions.check', noShortcut(company, dimension), 'dimension-unusable');
    fields[field] = asCode(value);
  }
  return fields;
}

export function noShortcut(company: NavCompany, dimension: string): string {
  return `Dimension ${dimension} is no shortcut dimension of ${company.name}. Enter it on the page General Ledger Setup.`;
}

/** The field that shows a dimension on lines; undefined where the company has none for it. */
export function shortcutFieldOf(setup: LedgerSetup, dimension: string): ShortcutField | undefined {
  const codes = [
    setup.Shortcut_Dimension_1_Code,
    setup.Shortcut_Dimension_2_Code,
    setup.Shortcut_Dimension_3_Code,
    setup.Shortcut_Dimension_4_Code,
    setup.Shortcut_Dimension_5_Code,
    setup.Shortcut_Dimension_6_Code,
    setup.Shortcut_Dimension_7_Code,
    setup.Shortcut_Dimension_8_Code,
  ].map(asCode);
  return shortcutFields[codes.indexOf(asCode(dimension))];
}

/** True where a line carries all of these values. */
export function carries(row: Record<ShortcutField, string>, fields: Partial<Record<ShortcutField, string>>): boolean {
  return shortcutFields.every((field) => fields[field] === undefined || asCode(row[field]) === fields[field]);
}

/** The company's posting window; a user's own window shows only at posting (NAV spec trap 23). */
export function postingWindow({ Allow_Posting_From: from, Allow_Posting_To: to }: LedgerSetup): OpenSpan {
  const isSet = (date: string): boolean => date !== '' && date !== '0001-01-01';
  return { ...(isSet(from) ? { from } : {}), ...(isSet(to) ? { to } : {}) };
}

/** Refuses a date outside the company's posting window. */
export function requireOpenDate(parts: NavParts, company: NavCompany, setup: LedgerSetup, on: string): void {
  const { from, to } = postingWindow(setup);
  if ((from === undefined || on >= from) && (to === undefined || on <= to)) return;
  const message = `${company.name} takes postings from ${from ?? 'any day'} to ${to ?? 'any day'}; ${on} lies outside.`;
  throw navRefused(parts, 'nav.setup.read', message, 'period-closed');
}

/** Runs the work under the company's posting lease: parallel posts deadlock (NAV spec 5). */
export function alone<T>({ settings }: NavCompany, work: () => Promise<T>): Promise<T> {
  return settings.postingLease === undefined ? work() : settings.postingLease(work);
}

/** Tells Temporal that a long call is alive. */
export async function beating<T>({ heartbeat }: ErpWriteContext, work: () => Promise<T>): Promise<T> {
  const timer = setInterval(heartbeat, 10_000);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    heartbeat();
  }
}
