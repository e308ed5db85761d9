import {
  closedFor,
  fiscalPeriodColumns,
  fiscalPeriodSchema,
  isOrdinary,
  ledgerPeriodColumns,
  ledgerPeriodSchema,
} from '../fiscal-periods.js';
import { menu } from '../menu-paths.js';
import type { ODataClient } from '../odata.js';
import { allOf, sameCode, textEquals } from '../odata-literals.js';
import { readLedger } from './company-check.js';
import type { FoCompanyUse } from './fo-set-up.js';
import { doubt, fault, fine, type SetUpFinding } from '../../set-up-finding.js';

/**
 * Whether today's period is open for the ledger and for vendors. Periods of ledgers carry no dates, so today's one is looked
 * up in the fiscal calendar first; neither set is promised, and without them there is nothing to tell.
 */
export async function periodFinding(
  odata: ODataClient,
  { company, today }: FoCompanyUse,
  signal: AbortSignal,
): Promise<SetUpFinding> {
  const check = `open period, ${company}`;
  const ledger = await readLedger(odata, company, signal);
  if (ledger === undefined) return doubt(check, 'Not looked at: the company has no ledger.', {});
  const current = await periodOf(odata, ledger.FiscalCalendar, today, signal);
  if (current === undefined) {
    return doubt(check, `The fiscal calendar ${ledger.FiscalCalendar} has no period for ${today}.`, {
      switchesOff: `postings dated ${today}`,
      remedy: `Create the periods of the fiscal year in ${menu.ledgerCalendars}.`,
    });
  }
  const rows = await odata.read({
    set: 'LedgerFiscalPeriods',
    filter: allOf(textEquals('Calendar', ledger.FiscalCalendar), textEquals('PeriodName', current.PeriodName)),
    select: ledgerPeriodColumns,
    row: ledgerPeriodSchema,
    signal,
  });
  const row = rows.find((one) => sameCode(one.LegalEntityId, company) && sameCode(one.YearName, current.FiscalYear));
  const period = `${current.PeriodName} of ${current.FiscalYear}`;
  if (row === undefined) return doubt(check, `The ledger of ${company} does not show its period ${period}.`, {});
  const closed = closedFor(row);
  if (closed === undefined) return fine(check, `${period} is open.`);
  return fault(check, `${period}, in which ${today} lies, is ${closed}.`, {
    switchesOff: `postings dated ${today}`,
    remedy: `In ${menu.ledgerCalendars}, set the Period status of ${period} to Open for ${company}, and the access level of the modules Ledger and Vendor to All or to a group with the poster.`,
  });
}

async function periodOf(odata: ODataClient, calendar: string, today: string, signal: AbortSignal) {
  const rows = await odata.read({
    set: 'FiscalPeriods',
    // A date without time comes as noon, or as midnight: either day counts in full.
    filter: allOf(textEquals('Calendar', calendar), `StartDate le ${today}T12:00:00Z`, `EndDate ge ${today}T00:00:00Z`),
    select: fiscalPeriodColumns,
    row: fiscalPeriodSchema,
    signal,
  });
  return rows.find(isOrdinary);
}
