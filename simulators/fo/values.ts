import { Decimal } from 'decimal.js';
import { LosslessNumber } from 'lossless-json';
import { enumerations, type EnumerationName } from './enumerations.js';

/**
 * One row: wire field name → text. Numbers are decimal text, date-only fields `YYYY-MM-DD`, date-times ISO in UTC without
 * fraction, unset enumerations null. Names beginning with `$` are the simulator's own and never leave it.
 */
export type Row = Record<string, string | null>;

/** Type of a field; `date` is annotated AXType/Date in the real metadata, both date kinds are Edm.DateTimeOffset. */
export type FieldType =
  'string' | 'decimal' | 'int64' | 'int32' | 'date' | 'datetime' | 'binary' | `enum:${EnumerationName}`;

/** Day that stands for "no date" (section 2). */
export const emptyDay = '1900-01-01';

/** Date-time that stands for "none" (section 2). */
export const emptyInstant = '1900-01-01T00:00:00Z';

/** The enumeration of an enumeration type, else undefined. */
export function enumerationOf(type: FieldType): EnumerationName | undefined {
  return type.startsWith('enum:') ? (type.slice('enum:'.length) as EnumerationName) : undefined;
}

/** What an unset field holds. */
export function defaultValue(type: FieldType): string {
  const enumeration = enumerationOf(type);
  if (enumeration !== undefined) return enumerations[enumeration][0];
  switch (type) {
    case 'decimal':
    case 'int64':
    case 'int32':
      return '0';
    case 'date':
      return emptyDay;
    case 'datetime':
      return emptyInstant;
    default:
      return '';
  }
}

/** Value as it goes on the wire: numbers as numeric literals without a detour over floats, dates at noon UTC. */
export function toWire(type: FieldType, value: string | null | undefined): unknown {
  if (value === null || value === undefined) return null;
  if (type === 'decimal') return new LosslessNumber(new Decimal(value).toFixed());
  if (type === 'int64' || type === 'int32') return new LosslessNumber(value);
  if (type === 'date') return `${value}T12:00:00Z`;
  return value;
}

/** ISO instant without fraction, as F&O shows date-times. */
export function toInstant(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

/** Calendar day in UTC. */
export function toDay(date: Date): string {
  return date.toISOString().slice(0, 10);
}

const serviceUserOffsetHours = 8;

/**
 * Day that a date-only field keeps of a sent date-time. The service user sits eight hours west of UTC, so that a date sent
 * at midnight slips to the day before (trap 8); `slipped` says so.
 */
export function dayOfSent(sent: string): { day: string; slipped: boolean } {
  const instant = new Date(sent);
  const utcDay = toDay(instant);
  if (utcDay === emptyDay) return { day: emptyDay, slipped: false };
  const day = toDay(new Date(instant.getTime() - serviceUserOffsetHours * 3_600_000));
  return { day, slipped: day !== utcDay };
}

/** Sum of decimal texts. */
export function sum(values: Iterable<string>): Decimal {
  let total = new Decimal(0);
  for (const value of values) total = total.plus(value);
  return total;
}

/** Text of a field that is known to be set; empty where it is not. */
export function text(row: Row, field: string): string {
  return row[field] ?? '';
}
