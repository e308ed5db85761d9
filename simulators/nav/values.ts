import { Decimal } from 'decimal.js';

/** A value as it is kept: decimals and dates are strings, options the English name of their member. */
export type Scalar = string | number | boolean;

/** One record. Names with a dollar sign are the simulator's own and never leave it. */
export type Row = Record<string, Scalar>;

/** The date that means "none" or "open". */
export const EMPTY_DATE = '0001-01-01';

const dayMs = 86_400_000;

/** A field as text; empty if the record does not have it. */
export function text(row: Row, field: string): string {
  return String(row[field] ?? '');
}

/** A field as an exact number; zero if the record does not have it. */
export function decimal(row: Row, field: string): Decimal {
  return new Decimal(text(row, field) || '0');
}

/** A field as a whole number; zero if the record does not have it. */
export function integer(row: Row, field: string): number {
  return Number(row[field] ?? 0);
}

/** Decimal string without an exponent or a negative zero. */
export function plain(value: Decimal): string {
  return value.plus(0).toFixed();
}

/** Rounded to cents, half away from zero, as the application rounds amounts. */
export function cents(value: Decimal): Decimal {
  return value.toDecimalPlaces(2, Decimal.ROUND_HALF_UP);
}

/** True for an existing day, `YYYY-MM-DD`. */
export function isDate(value: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value) || Number.isNaN(Date.parse(value))) return false;
  return new Date(value).toISOString().startsWith(value);
}

/** The day that a date formula such as `30D` or `1M` makes of another; any other formula leaves it. */
export function dayAfter(day: string, formula: string): string {
  const [, count = '0', unit] = /^(\d+)([DM])$/.exec(formula) ?? [];
  const date = new Date(`${day}T00:00:00.000Z`);
  if (unit === 'M') date.setUTCMonth(date.getUTCMonth() + Number(count));
  return new Date(date.getTime() + (unit === 'D' ? Number(count) * dayMs : 0)).toISOString().slice(0, 10);
}

/** Upper-cased and trimmed, as fields of type Code are kept. */
export function codeOf(value: string): string {
  return value.trim().toUpperCase();
}
