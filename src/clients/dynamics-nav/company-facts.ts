import { Rejected } from '../http/errors.js';
import { createKept } from '../http/kept.js';
import type { BcOData } from './odata.js';
import type { BcClock, BcCompany } from './options.js';
import { accountingPeriodSchema, generalLedgerSetupSchema } from './schemas.js';
import type { z } from 'zod';

type AccountingPeriod = z.infer<typeof accountingPeriodSchema>;

/** First and last day on which a company allows postings; absent where that side is open. */
export interface PostingWindow {
  from?: string;
  to?: string;
}

export interface BcCompanyFacts {
  /** Code of the local currency (LCY), or undefined where the setup does not say. */
  localCurrency(company: BcCompany, signal: AbortSignal): Promise<string | undefined>;
  /** Kept for a minute. */
  postingWindow(company: BcCompany, signal: AbortSignal): Promise<PostingWindow>;
  /** Name of the fiscal year of a posting date; the calendar year where no periods can be read. */
  fiscalYear(company: BcCompany, on: string, signal: AbortSignal): Promise<string>;
}

const keptMs = 60 * 60_000;
/** A window that is being opened for a document that waits must count at once. */
const windowKeptMs = 60_000;

/** Setup of a company that rarely changes, kept for an hour (NAV spec 7). */
export function createCompanyFacts(odata: BcOData, clock: BcClock): BcCompanyFacts {
  const currencies = createKept<string | undefined>(keptMs, clock);
  const windows = createKept<PostingWindow>(windowKeptMs, clock);
  const periods = createKept<AccountingPeriod[]>(keptMs, clock);

  /** One row says both: the window is read more often, and the currency is taken along. */
  async function readSetup(
    company: BcCompany,
    signal: AbortSignal,
  ): Promise<{ window: PostingWindow; currency: string | undefined }> {
    const path = `${company.path}/generalLedgerSetup`;
    const [row] = await odata.list({ operation: 'bc.setup.read', path, signal }, generalLedgerSetupSchema);
    const { allowPostingFrom: from, allowPostingTo: to } = row ?? {};
    const window = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
    const currency = row?.localCurrencyCode || undefined;
    windows.put(company.path, window);
    currencies.put(company.path, currency);
    return { window, currency };
  }

  return {
    localCurrency: (company, signal) =>
      currencies.get(company.path, async () => (await readSetup(company, signal)).currency),
    postingWindow: (company, signal) =>
      windows.get(company.path, async () => (await readSetup(company, signal)).window),
    async fiscalYear(company, on, signal) {
      const known = await periods.get(company.path, async () => {
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
