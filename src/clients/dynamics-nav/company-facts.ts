import { Rejected } from '../http/errors.js';
import type { BcOData } from './odata.js';
import type { BcClock, BcCompany } from './options.js';
import { accountingPeriodSchema, generalLedgerSetupSchema } from './schemas.js';
import type { z } from 'zod';

type AccountingPeriod = z.infer<typeof accountingPeriodSchema>;
type GeneralLedgerSetup = z.infer<typeof generalLedgerSetupSchema>;

export interface BcCompanyFacts {
  /** Code of the local currency (LCY), or undefined where the setup does not say. */
  localCurrency(company: BcCompany, signal: AbortSignal): Promise<string | undefined>;
  /** First and last day on which the company allows postings; absent where that side is open. Kept for a minute. */
  postingWindow(company: BcCompany, signal: AbortSignal): Promise<{ from?: string; to?: string }>;
  /** Name of the fiscal year of a posting date; the calendar year where no periods can be read. */
  fiscalYear(company: BcCompany, on: string, signal: AbortSignal): Promise<string>;
}

const keptMs = 60 * 60_000;
/** A window that is being opened for a document that waits must count at once. */
const windowKeptMs = 60_000;

/** Setup of a company that rarely changes, kept for an hour (NAV spec 7). */
export function createCompanyFacts(odata: BcOData, clock: BcClock): BcCompanyFacts {
  const currencies = new Map<string, { value: string | undefined; until: number }>();
  const windows = new Map<string, { value: { from?: string; to?: string }; until: number }>();
  const periods = new Map<string, { value: AccountingPeriod[]; until: number }>();

  async function kept<T>(
    cache: Map<string, { value: T; until: number }>,
    company: BcCompany,
    read: () => Promise<T>,
    forMs = keptMs,
  ): Promise<T> {
    const known = cache.get(company.path);
    if (known !== undefined && known.until > clock.now()) return known.value;
    const value = await read();
    cache.set(company.path, { value, until: clock.now() + forMs });
    return value;
  }

  async function setup(company: BcCompany, signal: AbortSignal): Promise<GeneralLedgerSetup | undefined> {
    const path = `${company.path}/generalLedgerSetup`;
    return (await odata.list({ operation: 'bc.setup.read', path, signal }, generalLedgerSetupSchema))[0];
  }

  return {
    localCurrency: (company, signal) =>
      kept(currencies, company, async () => (await setup(company, signal))?.localCurrencyCode || undefined),
    postingWindow: (company, signal) =>
      kept(
        windows,
        company,
        async () => {
          const { allowPostingFrom: from, allowPostingTo: to } = (await setup(company, signal)) ?? {};
          return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
        },
        windowKeptMs,
      ),
    async fiscalYear(company, on, signal) {
      const known = await kept(periods, company, async () => {
        const path = `${company.path}/accountingPeriods`;
        try {
          return await odata.list({ operation: 'bc.periods.list', path, signal }, accountingPeriodSchema);
        } catch (error) {
          // Without the right to read periods the calendar year must do; a posting proof may not fail over it.
          if (error instanceof Rejected) return [];
          throw error;
        }
      });
      return fiscalYearOf(known, on);
    },
  };
}

/**
 * Names a fiscal year by the calendar year in which it starts; Business Central itself gives it no name. A date beyond
 * the last defined year falls back to its calendar year.
 */
export function fiscalYearOf(periods: readonly AccountingPeriod[], on: string): string {
  const start = periods
    .filter((period) => period.newFiscalYear === true && period.startingDate <= on)
    .map((period) => period.startingDate)
    .sort()
    .at(-1);
  if (start === undefined) return on.slice(0, 4);
  const next = `${Number(start.slice(0, 4)) + 1}${start.slice(4)}`;
  return (on < next ? start : on).slice(0, 4);
}
