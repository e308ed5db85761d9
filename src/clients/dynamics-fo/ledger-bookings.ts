import { Decimal } from 'decimal.js';
import { z } from 'zod';
import type { DimensionValue } from '../../contracts/erp-documents.js';
import { isMainAccount, segmentsOf, type DimensionFormat } from './dimension-format.js';
import { groupedBy } from './grouped.js';
import { RoleMissing, UnknownField, UnknownSet } from './odata-errors.js';
import { companyId, foldCode, numberEquals, sameCode, textEquals } from './odata-literals.js';
import type { PostingScope } from './posting-reads.js';
import {
  accountEntryColumns,
  accountEntrySchema,
  ledgerEntryColumns,
  ledgerEntrySchema,
  type AccountEntry,
  type LedgerEntry,
} from './schemas.js';

/** Vouchers of the general ledger with their bookings by `SourceKey`. */
export interface Ledger {
  headers: LedgerEntry[];
  bookings: Map<string, AccountEntry[]>;
}

/** Reads vouchers in bulk; undefined where this environment does not show its general ledger to the service user. */
export async function readLedger(
  { odata, company, signal }: Omit<PostingScope, 'kind'>,
  vouchers: readonly string[],
): Promise<Ledger | undefined> {
  try {
    const headers = await odata.read({
      set: 'GeneralJournalEntryBiEntities',
      filter: textEquals('SubledgerVoucherDataAreaId', companyId(company)),
      anyOf: vouchers,
      select: ledgerEntryColumns,
      row: ledgerEntrySchema,
      signal,
    });
    const bookings = await odata.read({
      set: 'GeneralJournalAccountEntryBiEntities',
      anyOf: headers.map(({ SourceKey }) => numberEquals('GeneralJournalEntry', SourceKey)),
      select: accountEntryColumns,
      row: accountEntrySchema,
      signal,
    });
    return { headers, bookings: groupedBy(bookings, (row) => row.GeneralJournalEntry) };
  } catch (error) {
    if (error instanceof UnknownSet || error instanceof UnknownField || error instanceof RoleMissing) return undefined;
    throw error;
  }
}

/** Signed amount of a booking, debit positive. */
export const amountOf = (row: AccountEntry): Decimal => new Decimal(row.TransactionCurrencyAmount);

/** What shall be booked on one combination of values. */
export interface MeantBooking {
  /** The main account among them only where it is known. */
  values: readonly DimensionValue[];
  /** Signed, debit positive. */
  amount: Decimal;
}

/** In what bookings differ from the plan, in words; or the account whose values cannot be told apart. */
export type BookingComparison = { differences: string[] } | { undecided: string };

/** What is compared with what. */
export interface BookingsToCompare {
  meant: readonly MeantBooking[];
  rows: readonly AccountEntry[];
  format: DimensionFormat;
  /** The main account is left out where the posting set-up of F&O chooses it. */
  mainAccount: 'known' | 'chosen-by-erp';
  /** What the bookings on no planned combination must come to, and what they are called. */
  rest: { name: string; amount: Decimal };
}

/**
 * Compares sums per combination of values: F&O may book several lines as one. Account structures may order the segments otherwise
 * than the format for integrations does, so values go by the names that the ledger gives them. Where it gives none, positions of
 * the format have to agree; the same values in another order prove neither the plan nor a difference.
 */
export function compareBookings(comparison: BookingsToCompare): BookingComparison {
  const { rows, format } = comparison;
  const byName = differencesBy(nameAndValue, comparison);
  const nameless = rows.find((row) => namedValues(format, row) === undefined);
  if (byName.length === 0 || nameless === undefined) return { differences: byName };
  const inAnyOrder = differencesBy(({ value }) => foldCode(value), comparison);
  return inAnyOrder.length === 0 ? { undecided: nameless.LedgerAccount } : { differences: inAnyOrder };
}

/** `what (1 was meant, 2 stands there)`; nothing where both are the same. */
export const sumDifference = (what: string, meant: Decimal, found: Decimal): string[] =>
  meant.equals(found) ? [] : [`${what} (${meant.toFixed()} was meant, ${found.toFixed()} stands there)`];

/** Bookings in another currency than was meant. */
export function currencyDifference(currency: string, rows: readonly AccountEntry[]): string[] {
  const foreign = rows.find((row) => !sameCode(row.TransactionCurrencyCode, currency));
  return foreign === undefined
    ? []
    : [`currency (${currency} was meant, ${foreign.TransactionCurrencyCode} stands there)`];
}

const nameAndValue = ({ dimension, value }: DimensionValue): string => `${foldCode(dimension)}=${foldCode(value)}`;

function differencesBy(
  partOf: (value: DimensionValue) => string,
  { meant, rows, format, mainAccount, rest }: BookingsToCompare,
): string[] {
  const keyOf = (values: readonly DimensionValue[]): string =>
    values
      .filter(({ value }) => value.trim() !== '')
      .map(partOf)
      .sort()
      .join(' ');
  const valuesOf = (row: AccountEntry): DimensionValue[] =>
    (namedValues(format, row) ?? placedValues(format, row)).filter(
      ({ dimension }) => mainAccount === 'known' || !isMainAccount(dimension),
    );
  const names = new Map(meant.map(({ values }) => [keyOf(values), inWords(values, mainAccount)]));
  const planned = sums(meant.map(({ values, amount }) => [keyOf(values), amount]));
  const found = sums(rows.map((row) => [keyOf(valuesOf(row)), amountOf(row)]));
  const others = [...found].filter(([key]) => !planned.has(key)).map(([, amount]) => amount);
  return [
    ...[...planned].flatMap(([key, amount]) =>
      sumDifference(`bookings ${names.get(key) ?? key}`, amount, found.get(key) ?? new Decimal(0)),
    ),
    ...sumDifference(rest.name, rest.amount, Decimal.sum(0, ...others)),
  ];
}

function inWords(values: readonly DimensionValue[], mainAccount: BookingsToCompare['mainAccount']): string {
  if (mainAccount === 'known') return `on ${values.map(({ value }) => value).join(' ')}`;
  if (values.length === 0) return 'without dimensions';
  return `with ${values.map(({ dimension, value }) => `${dimension} ${value}`).join(', ')}`;
}

const oneObject = z.record(z.string(), z.string());
/** No document tells the shape: one object, or one for each value, by the upper-case names of the dimensions. */
const namedSchema = z.union([oneObject, z.array(oneObject)]);

/** Values by the names that the ledger gives them; undefined where it gives none, or names that the format does not know. */
function namedValues(format: DimensionFormat, row: AccountEntry): DimensionValue[] | undefined {
  const parsed = namedSchema.safeParse(jsonOf(row.LedgerDimensionValuesJson));
  if (!parsed.success) return undefined;
  const values = [parsed.data]
    .flat()
    .flatMap((named) => Object.entries(named).map(([dimension, value]) => ({ dimension, value })));
  const known = [...format.ledger, ...(format.defaults ?? [])];
  const isKnown = values.every(({ dimension }) => known.some((name) => sameCode(name, dimension)));
  return isKnown && values.some(({ dimension }) => isMainAccount(dimension)) ? values : undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const placedValues = (format: DimensionFormat, row: AccountEntry): DimensionValue[] =>
  segmentsOf(format, row.LedgerAccount).map((value, at) => ({
    dimension: format.ledger[at] ?? `segment ${at + 1}`,
    value,
  }));

function sums(amounts: readonly (readonly [string, Decimal])[]): Map<string, Decimal> {
  const totals = new Map<string, Decimal>();
  for (const [key, amount] of amounts) totals.set(key, amount.plus(totals.get(key) ?? 0));
  return totals;
}
