import { z } from 'zod';
import type { OpenSpan } from '../../contracts/posting-periods.js';
import type { ODataClient } from './odata.js';
import { isUnreadable } from './odata-errors.js';
import { foldCode, sameCode, textEquals } from './odata-literals.js';
import { text } from './schemas.js';

/** Reads the days on which a company takes postings; undefined where this environment does not tell (F&O spec 8, [M]). */
export type OpenPeriodsReader = (company: string, signal: AbortSignal) => Promise<OpenSpan[] | undefined>;

/** Calendars change once a year. */
const CALENDAR_MS = 60 * 60_000;
/** A period that is being opened for a document that waits must count at once. */
const STATUS_MS = 60_000;

const ledgerSchema = z.object({ LegalEntityId: text, FiscalCalendar: text });
// Dates come as noon or as midnight: the day counts (F&O spec 2).
const day = text.transform((value) => value.slice(0, 10));
const periodSchema = z.object({ FiscalYear: text, PeriodName: text, StartDate: day, EndDate: day, Type: text });
const statusSchema = z.object({
  LegalEntityId: text,
  YearName: text,
  PeriodName: text,
  PeriodStatus: text,
  LedgerAccessLevel: text,
  VendAccessLevel: text,
});
type Period = z.infer<typeof periodSchema>;
type Status = z.infer<typeof statusSchema>;

/** Opening and closing periods lie on days of ordinary ones; nothing of ours is dated into them. */
const special: ReadonlySet<string> = new Set(['Opening', 'Closing']);

/** Makes the reader; one per adapter. What an environment does not publish or permit is asked again after an hour. */
export function createOpenPeriodsReader(odata: ODataClient, now: () => number): OpenPeriodsReader {
  const calendars = new Map<string, Kept<{ calendar: string; periods: Period[] } | undefined>>();
  const spans = new Map<string, Kept<OpenSpan[] | undefined>>();

  async function calendarOf(company: string, signal: AbortSignal) {
    const ledgers = await odata.read({
      set: 'Ledgers',
      select: ['LegalEntityId', 'FiscalCalendar'],
      row: ledgerSchema,
      signal,
    });
    const calendar = ledgers.find(({ LegalEntityId }) => sameCode(LegalEntityId, company))?.FiscalCalendar ?? '';
    if (calendar === '') return undefined;
    const periods = await odata.read({
      set: 'FiscalPeriods',
      filter: textEquals('Calendar', calendar),
      select: ['Calendar', 'FiscalYear', 'PeriodName', 'StartDate', 'EndDate', 'Type'],
      row: periodSchema,
      signal,
    });
    return { calendar, periods: periods.filter(({ Type }) => !special.has(Type)) };
  }

  async function read(company: string, signal: AbortSignal): Promise<OpenSpan[] | undefined> {
    const found = await kept(calendars, company, now(), CALENDAR_MS, () => calendarOf(company, signal));
    if (found === undefined) return undefined;
    const rows = await odata.read({
      set: 'LedgerFiscalPeriods',
      filter: textEquals('Calendar', found.calendar),
      select: [
        ...['LegalEntityId', 'Calendar', 'YearName', 'PeriodName', 'PeriodStatus'],
        ...['LedgerAccessLevel', 'VendAccessLevel'],
      ],
      row: statusSchema,
      signal,
    });
    const own = rows.filter(({ LegalEntityId }) => sameCode(LegalEntityId, company));
    return own.length === 0 ? undefined : openSpansOf(found.periods, own);
  }

  return async (company, signal) => {
    try {
      return await kept(spans, company, now(), STATUS_MS, () => read(company, signal));
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      spans.set(foldCode(company), { value: undefined, until: now() + CALENDAR_MS });
      return undefined;
    }
  };
}

interface Kept<T> {
  value: T;
  until: number;
}

async function kept<T>(
  cache: Map<string, Kept<T>>,
  company: string,
  at: number,
  forMs: number,
  read: () => Promise<T>,
): Promise<T> {
  const known = cache.get(foldCode(company));
  if (known !== undefined && known.until > at) return known.value;
  const value = await read();
  cache.set(foldCode(company), { value, until: at + forMs });
  return value;
}

/** Open periods in order of their days; those that follow on each other are one span. */
function openSpansOf(periods: readonly Period[], statuses: readonly Status[]): OpenSpan[] {
  const open = new Set(
    statuses.filter(isOpen).map(({ YearName, PeriodName }) => foldCode(`${YearName}/${PeriodName}`)),
  );
  const days = periods
    .filter(({ FiscalYear, PeriodName }) => open.has(foldCode(`${FiscalYear}/${PeriodName}`)))
    .sort((left, right) => (left.StartDate < right.StartDate ? -1 : 1));
  const spans: { from: string; to: string }[] = [];
  for (const { StartDate: from, EndDate: to } of days) {
    const last = spans.at(-1);
    if (last !== undefined && from <= dayAfter(last.to)) last.to = to > last.to ? to : last.to;
    else spans.push({ from, to });
  }
  return spans;
}

/** A period that only a group of users may post to may be open for the poster: F&O judges when it posts. */
const isOpen = ({ PeriodStatus, LedgerAccessLevel, VendAccessLevel }: Status): boolean =>
  PeriodStatus === 'Open' && LedgerAccessLevel !== 'None' && VendAccessLevel !== 'None';

function dayAfter(on: string): string {
  const next = new Date(`${on}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return next.toISOString().slice(0, 10);
}
