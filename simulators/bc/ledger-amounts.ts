import { Decimal } from 'decimal.js';
import type { VendorEntryRow } from './records.js';
import type { Company } from './world.js';

/** One unit of any foreign currency in local currency: exact, and far enough from 1 to show a mix-up. */
const FOREIGN_RATE = 2;

/** Local currency per unit of the currency; a blank code or the company's own is local currency. */
export function exchangeRate(company: Company, currencyCode: string): number {
  return currencyCode === '' || currencyCode === company.currency ? 1 : FOREIGN_RATE;
}

/** Sum of all detailed entries, signed (owed is negative): in the entries' own currency and in local currency. */
export function remainingOf(entries: readonly VendorEntryRow[]): { amount: Decimal; lcy: Decimal } {
  const details = entries.flatMap((entry) => entry.details);
  return {
    amount: Decimal.sum(0, ...details.map((detail) => detail.amount)),
    lcy: Decimal.sum(0, ...details.map((detail) => detail.amountLcy)),
  };
}

/** Amount of the initial entry, signed: in the entry's own currency and in local currency. */
export function originalOf(entry: VendorEntryRow): { amount: Decimal; lcy: Decimal } {
  const initial = entry.details.find((detail) => detail.entryType === 'Initial Entry');
  return { amount: new Decimal(initial?.amount ?? 0), lcy: new Decimal(initial?.amountLcy ?? 0) };
}
