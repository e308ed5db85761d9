import { z } from 'zod';
import { text } from './schemas.js';

// Dates come as noon or as midnight: the day counts (F&O spec 2).
const day = text.transform((value) => value.slice(0, 10));

export const fiscalPeriodColumns = ['Calendar', 'FiscalYear', 'PeriodName', 'StartDate', 'EndDate', 'Type'] as const;
/** A period of a fiscal calendar. */
export const fiscalPeriodSchema = z.object({
  FiscalYear: text,
  PeriodName: text,
  StartDate: day,
  EndDate: day,
  Type: text,
});
export type FiscalPeriod = z.infer<typeof fiscalPeriodSchema>;

export const ledgerPeriodColumns = [
  'LegalEntityId',
  'Calendar',
  'YearName',
  'PeriodName',
  'PeriodStatus',
  'LedgerAccessLevel',
  'VendAccessLevel',
] as const;
/** The state of a period in the ledger of one company; it carries no dates. */
export const ledgerPeriodSchema = z.object({
  LegalEntityId: text,
  YearName: text,
  PeriodName: text,
  PeriodStatus: text,
  LedgerAccessLevel: text,
  VendAccessLevel: text,
});
export type LedgerPeriod = z.infer<typeof ledgerPeriodSchema>;

const special: ReadonlySet<string> = new Set(['Opening', 'Closing']);

/** Opening and closing periods lie on days of ordinary ones; nothing of ours is dated into them. */
export const isOrdinary = ({ Type }: Pick<FiscalPeriod, 'Type'>): boolean => !special.has(Type);

/**
 * Why a period takes no postings of ours, for a sentence; undefined where it does. One that only a group of users may post to may be
 * open for the poster: F&O judges when it posts.
 */
export function closedFor({
  PeriodStatus,
  LedgerAccessLevel,
  VendAccessLevel,
}: Pick<LedgerPeriod, 'PeriodStatus' | 'LedgerAccessLevel' | 'VendAccessLevel'>): string | undefined {
  if (PeriodStatus === 'Closed') return 'permanently closed';
  if (PeriodStatus === 'OnHold') return 'on hold';
  const modules = [
    ...(LedgerAccessLevel === 'None' ? ['Ledger'] : []),
    ...(VendAccessLevel === 'None' ? ['Vendor'] : []),
  ];
  return modules.length === 0 ? undefined : `closed for the module ${modules.join(' and ')}`;
}
