import type { LedgerLeg, LegPosition } from '../contracts/ledger.js';
import type { ExpenseAllocation, ExpenseJournalLine } from './concur-schemas.js';
import { filled } from './coded-fields.js';
import type { Amount } from './money.js';
import { amountOf, divided, plain, sumOf } from './money.js';

type TaxRow = ExpenseAllocation['tax'][number];

/** The key of a tax row; old documents give it none. */
export const taxKeyOf = (row: TaxRow): string | undefined => filled(row.taxGuid);

/** The tax rows of a journal line. Old documents name none: then an only line has them all (trap 42). */
export function taxRowsOf(allocation: ExpenseAllocation, line: ExpenseJournalLine): TaxRow[] {
  if (line.taxGuid === null || line.taxGuid === undefined) {
    return allocation.journal.length === 1 ? allocation.tax : [];
  }
  const guids = new Set(line.taxGuid);
  return allocation.tax.filter((row) => guids.has(taxKeyOf(row) ?? ''));
}

/**
 * Input tax of a line: gross minus net of reclaim, split over its rows by what they reclaim. Where the rows do not sum to
 * it (spend currency, shared rows), the difference rules and they only give the proportion (FIS spec 10.1 step 3).
 */
export function taxLegs(
  allocation: ExpenseAllocation,
  line: ExpenseJournalLine,
  currency: string,
  about: { text: string; entryId: string; at: LegPosition; traits?: Record<string, string> },
): LedgerLeg[] {
  const tax = amountOf(line.amountGross).minus(amountOf(line.amountNetOfReclaim));
  if (tax.isZero()) {
    return [];
  }
  const rows = taxRowsOf(allocation, line).filter((row) => !amountOf(row.amountReclaim).isZero());
  const shares = rows.length === 0 ? [tax] : sharesOf(tax, rows, currency);
  return shares.flatMap((amount, index) => (amount.isZero() ? [] : [taxLeg(rows[index], amount, about)]));
}

function sharesOf(tax: Amount, rows: TaxRow[], currency: string): Amount[] {
  const claimed = sumOf(rows.map((row) => row.amountReclaim));
  if (claimed.eq(tax)) {
    return rows.map((row) => amountOf(row.amountReclaim));
  }
  const weights = rows.map((row) => ({ key: orderKey(row), weight: amountOf(row.amountReclaim) }));
  return divided(tax, weights, currency);
}

/** Without a key rows are told apart by what they say, so that their order decides nothing. */
const orderKey = (row: TaxRow): string =>
  taxKeyOf(row) ?? JSON.stringify([row.taxAuthorityLabel, row.taxReclaimCode, row.taxCode]);

function taxLeg(row: TaxRow | undefined, amount: Amount, about: Parameters<typeof taxLegs>[3]): LedgerLeg {
  const authority = filled(row?.taxAuthorityLabel) ?? '';
  return {
    leg: 'inputTax',
    authority,
    reclaimCode: filled(row?.taxReclaimCode) ?? '',
    taxCode: filled(row?.taxCode) ?? null,
    amount: plain(amount),
    text: `Input tax ${authority} ${about.text}`,
    entryId: about.entryId,
    at: about.at,
    ...(about.traits === undefined ? {} : { traits: about.traits }),
  };
}
