import { Decimal } from 'decimal.js';
import { LosslessNumber } from 'lossless-json';

const MAXIMUM_DIGITS = 23;
const MAXIMUM_DECIMALS = 8;

/**
 * Turns a decimal string into a JSON number without passing through a float, keeping its decimals (`315.00`). Throws
 * RangeError for anything but a number of at least zero with at most 23 digits and 8 decimals (platform spec 4.3).
 */
export function amountLiteral(amount: string): LosslessNumber {
  if (!/^\d+(\.\d+)?$/.test(amount)) {
    if (!/^\d+(\.\d+)?e[+-]?\d+$/i.test(amount))
      throw new RangeError('an amount for Concur is a decimal of at least zero');
    return amountLiteral(new Decimal(amount).toFixed());
  }
  const [whole = '', decimals = ''] = amount.split('.');
  if (whole.length + decimals.length > MAXIMUM_DIGITS || decimals.length > MAXIMUM_DECIMALS) {
    throw new RangeError('an amount for Concur has at most 23 digits and 8 decimals');
  }
  return new LosslessNumber(amount);
}

/** Passes a calendar day `YYYY-MM-DD` through; throws RangeError for anything else. */
export function calendarDay(day: string): string {
  const instant = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(instant) || !new Date(instant).toISOString().startsWith(day)) {
    throw new RangeError('a date for Concur is a calendar day YYYY-MM-DD');
  }
  return day;
}

/** The only time stamp that Concur shows rightly: exactly three decimals and Z (FIS spec 5.3, trap 12). */
export function clearingDate(day: string): string {
  return `${calendarDay(day)}T00:00:00.000Z`;
}

/** Cuts a text to what Concur stores, without splitting a character. */
export function cutTo(text: string, length: number): string {
  return text.length <= length ? text : Array.from(text).slice(0, length).join('').slice(0, length);
}
