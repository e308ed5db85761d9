import { Decimal } from 'decimal.js';
import { BcError, badRequest } from './errors.js';
import type { Field, Scalar } from './odata-fields.js';
import { decodeMember } from './wire.js';

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;
const NUMBER = /^-?\d+(\.\d+)?$/;

/** True for a GUID literal. */
export function isGuid(text: string): boolean {
  return GUID.test(text);
}

/** True for an existing day, `YYYY-MM-DD`. */
export function isDate(text: string): boolean {
  return DATE.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text);
}

/** A literal of a filter: strings in quotes, all else bare. A value too long for its field is an error, not "no rows". */
export function filterLiteral<Row>(name: string, field: Field<Row>, raw: string): Scalar {
  const quoted = raw.startsWith("'");
  const value = quoted ? raw.slice(1, -1).replaceAll("''", "'") : raw;
  const wrong = (): BcError =>
    badRequest(`A binary operator with incompatible types was detected near '${name}'. Literal: ${raw}`);
  if (field.kind === 'code' || field.kind === 'text' || field.kind === 'option') {
    if (!quoted) throw wrong();
    return filterText(name, field, value);
  }
  if (quoted) throw wrong();
  switch (field.kind) {
    case 'guid':
      if (!isGuid(value)) throw wrong();
      return value.toLowerCase();
    case 'date':
      if (!isDate(value)) throw wrong();
      return value;
    case 'instant':
      if (!INSTANT.test(value)) throw wrong();
      return value;
    case 'flag':
      if (value !== 'true' && value !== 'false') throw wrong();
      return value === 'true';
    default:
      if (!NUMBER.test(value)) throw wrong();
      return value;
  }
}

function filterText<Row>(name: string, field: Field<Row>, value: string): string {
  if (field.kind === 'option') {
    const member = decodeMember(value);
    if (field.members?.includes(member) === true) return member;
    throw badRequest(`The string '${value}' is not a valid enumeration type constant for '${name}'.`);
  }
  if (field.maxLength !== undefined && value.length > field.maxLength) {
    const limit = `it must be less than or equal to ${field.maxLength} characters`;
    throw new BcError(
      400,
      'Application_FilterErrorException',
      `The filter "${name}: ${value}" is not valid. The length of the string is ${value.length}, but ${limit}.`,
    );
  }
  return field.kind === 'code' ? value.trim().toUpperCase() : value;
}

/** Negative, zero or positive, by the kind of the field. */
export function compareValues<Row>(field: Field<Row>, left: Scalar, right: Scalar): number {
  switch (field.kind) {
    case 'decimal':
    case 'integer':
      return new Decimal(String(left)).comparedTo(String(right));
    case 'instant':
      return Date.parse(String(left)) - Date.parse(String(right));
    default: {
      const [one, other] = [String(left), String(right)];
      return one < other ? -1 : one > other ? 1 : 0;
    }
  }
}
