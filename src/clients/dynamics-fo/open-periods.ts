import { z } from 'zod';
import type { OpenSpan } from '../../contracts/posting-periods.js';
import { createKept } from '../http/kept.js';
import type { ODataClient } from './odata.js';
import { isUnreadable } from './odata-errors.js';
import type { FiscalPeriod, LedgerPeriod } from './fiscal-periods.js';
import {
  closedFor,
  fiscalPeriodColumns,
  fiscalPeriodSchema,
  isOrdinary,
  ledgerPeriodColumns,
  ledgerPeriodSchema,
} from './fiscal-periods.js';
import { foldCode, sameCode, textEquals } from './odata-literals.js';
import { text } from './schemas.js';

/** Reads the days on which a company takes postings; undefined where this environment does not tell (F&O spec 8, [M]). */
export type OpenPeriodsReader = (company: string, signal: AbortSignal) => Promise<OpenSpan[] | undefined>;

/** Calendars change once a year. */
const CALENDAR_MS = 60 * 60_000;
/** A period that is being opened for a document that waits must count at once. */
const STATUS_MS = 60_000;

const ledgerSchema = z.object({ LegalEntityId: text, FiscalCalendar: text });

/** Makes the reader; one per adapter. What an environment does not publish or permit is asked again after an hour. */
export function createOpenPeriodsReader(odata: ODataClient, now: () => number): OpenPeriodsReader {
  const calendars = createKept<{ calendar: string; periods: FiscalPeriod[] } | undefined>(CALENDAR_MS, { now });
  const spans = createKept<OpenSpan[] | undefined>(STATUS_MS, { now });

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
      select: fiscalPeriodColumns,
      row: fiscalPeriodSchema,
      signal,
    });
    return { calendar, periods: periods.filter(isOrdinary) };
  }

  async function read(company: string, signal: AbortSignal): Promise<OpenSpan[] | undefined> {
    const found = await calendars.get(foldCode(company), () => calendarOf(company, signal));
    if (found === undefined) return undefined;
    const rows = await odata.read({
      set: 'LedgerFiscalPeriods',
      filter: textEquals('Calendar', found.calendar),
      select: ledgerPeriodColumns,
      row: ledgerPeriodSchema,
      signal,
    });
    const own = rows.filter(({ LegalEntityId }) => sameCode(LegalEntityId, company));
    return own.length === 0 ? undefined : openSpansOf(found.periods, own);
  }

  return async (company, signal) => {
    try {
      return await spans.get(foldCode(company), () => read(company, signal));
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      calendars.put(foldCode(company), undefined);
      return undefined;
    }
  };
}

/** Open periods in order of their days; those that follow on each other are one span. */
function openSpansOf(periods: readonly FiscalPeriod[], statuses: readonly LedgerPeriod[]): OpenSpan[] {
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

/** A status that nobody knows is not open. */
const isOpen = (row: LedgerPeriod): boolean => row.PeriodStatus === 'Open' && closedFor(row) === undefined;

function dayAfter(on: string): string {
  const next = new Date(`${on}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return next.toISOString().slice(0, 10);
}
