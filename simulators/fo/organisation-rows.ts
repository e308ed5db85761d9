import { businessEventCatalogue } from './business-event-catalogue.js';
import type { Company } from './store.js';
import { toDay, type Row } from './values.js';

const calendar = 'Fiscal';
const periods = [2024, 2025, 2026, 2027, 2028, 2029, 2030].flatMap((year) =>
  Array.from({ length: 12 }, (_, month) => ({
    year: String(year),
    name: `Period ${String(month + 1)}`,
    firstDay: toDay(new Date(Date.UTC(year, month, 1))),
    lastDay: toDay(new Date(Date.UTC(year, month + 1, 0))),
  })),
);

const calendarRows: Row[] = periods.map(({ year, name, firstDay, lastDay }) => ({
  Calendar: calendar,
  FiscalYear: year,
  PeriodName: name,
  StartDate: firstDay,
  EndDate: lastDay,
  Type: 'Operating',
}));

function ledgerPeriodRows(company: Company): Row[] {
  return periods.map(({ year, name, lastDay }) => ({
    LedgerName: company.company.toUpperCase(),
    Calendar: calendar,
    YearName: year,
    PeriodName: name,
    LegalEntityId: company.company.toLowerCase(),
    PeriodStatus: isClosed(company, lastDay) ? 'Closed' : 'Open',
  }));
}

function isClosed({ openFrom, closedMonth }: Company, lastDay: string): boolean {
  return (openFrom !== undefined && lastDay < openFrom) || lastDay.slice(0, 7) === closedMonth;
}

const currencyNames = new Intl.DisplayNames('en-US', { type: 'currency' });

const currencyRows: Row[] = Intl.supportedValuesOf('currency').map((code) => ({
  CurrencyCode: code,
  Name: currencyNames.of(code) ?? code,
}));

const eventRows: Row[] = businessEventCatalogue.map(({ id, name, contract }) => ({
  BusinessEventId: id,
  Name: name,
  Contract: contract,
  Description: name,
  Module: 'AccountsPayable',
}));

/** Key of the row of BatchJobs that stands for the recurring batch of section 7. */
export const postJournalsJob = '68719480001';

const batchJobRows: Row[] = [{ BatchJobRecId: postJournalsJob, JobDescription: 'Post journals', Status: 'Waiting' }];

/** Rows of the sets about companies, calendars and the environment itself. */
export function organisationRows(companies: readonly Company[]): [set: string, rows: Row[]][] {
  return [
    [
      'LegalEntities',
      companies.map((company) => ({
        LegalEntityId: company.company.toLowerCase(),
        Name: company.name,
        CompanyName: company.name,
        LanguageId: 'en-US',
      })),
    ],
    ['LedgerFiscalPeriods', companies.flatMap(ledgerPeriodRows)],
    ['FiscalPeriods', calendarRows],
    ['Currencies', currencyRows],
    ['BusinessEventsCatalogs', eventRows],
    ['BatchJobs', batchJobRows],
  ];
}
