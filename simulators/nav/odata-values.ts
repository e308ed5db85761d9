import { createHash } from 'node:crypto';
import { Decimal } from 'decimal.js';
import { isLosslessNumber, LosslessNumber } from 'lossless-json';
import { badFilter, badRequest, NavError, notEvaluated, tooLong } from './errors.js';
import type { Field } from './fields.js';
import { meantMember, shownMember, type OptionFormat } from './options.js';
import { codeOf, isDate, text, type Row, type Scalar } from './values.js';

/** Value as it goes into JSON: decimals as exact numeric literals, options by the format of the service. */
export function toWire(field: Field, value: Scalar, format: OptionFormat): unknown {
  if (field.kind === 'decimal') return new LosslessNumber(new Decimal(String(value)).plus(0).toFixed());
  return field.kind === 'option' ? shownMember(field.members ?? [], String(value), format) : value;
}

/** Checked value of a request body. Throws NavError for one that the field does not take. */
export function fromWire(name: string, field: Field, value: unknown, format: OptionFormat): Scalar {
  const wrong = (): NavError =>
    badRequest(`Cannot convert the value of '${name}' to the expected type '${field.kind}'.`);
  if (value === null) {
    throw new NavError(400, 'BadRequest_RequiredParamNotProvided', 'NavNullException', `'${name}' cannot be blank.`);
  }
  switch (field.kind) {
    case 'code':
    case 'text':
      if (typeof value !== 'string') throw wrong();
      return fitting(field, field.kind === 'code' ? codeOf(value) : value);
    case 'option':
      if (typeof value !== 'string' && !isLosslessNumber(value)) throw wrong();
      return member(field, String(value), format);
    case 'date':
      if (typeof value !== 'string' || !isDate(value)) throw wrong();
      return value;
    case 'flag':
      if (typeof value !== 'boolean') throw wrong();
      return value;
    case 'decimal':
      if (!isLosslessNumber(value)) throw wrong();
      return new Decimal(value.toString()).toFixed();
    default:
      if (!isLosslessNumber(value) || !/^-?\d{1,10}$/.test(value.toString())) throw wrong();
      return Number(value.toString());
  }
}

function member(field: Field, given: string, format: OptionFormat): string {
  const members = field.members ?? [];
  const found = meantMember(members, given, format);
  if (found !== undefined) return found;
  const shown = members.map((one) => shownMember(members, one, format)).join(',');
  throw notEvaluated(`Your entry of '${given}' is not an acceptable value. The existing options are: ${shown}`);
}

/** Text that fits its field. Throws NavError if it is too long. */
export function fitting(field: Field, value: string): string {
  if (field.maxLength !== undefined && value.length > field.maxLength) throw tooLong(value, field.maxLength);
  return value;
}

/** A literal of a filter or a key: texts and captions in quotes, all else bare. */
export function fromLiteral(name: string, field: Field, raw: string, format: OptionFormat): Scalar {
  const isQuoted = raw.startsWith("'");
  const value = isQuoted ? raw.slice(1, -1).replaceAll("''", "'") : raw;
  const wrong = (): NavError =>
    badRequest(`A binary operator with incompatible types was detected near '${name}'. Literal: ${raw}`);
  const wantsQuotes = field.kind === 'code' || field.kind === 'text' || (field.kind === 'option' && !format.ordinals);
  if (isQuoted !== wantsQuotes) throw wrong();
  switch (field.kind) {
    case 'code':
    case 'text':
      return filterText(name, field, value);
    case 'option': {
      const found = meantMember(field.members ?? [], value, format);
      if (found === undefined) throw badFilter(name, value, 'The value is not an option.');
      return found;
    }
    case 'date':
      if (!isDate(value)) throw wrong();
      return value;
    case 'flag':
      if (value !== 'true' && value !== 'false') throw wrong();
      return value === 'true';
    default:
      if (!/^-?\d+(\.\d+)?$/.test(value)) throw wrong();
      return field.kind === 'integer' ? Number(value) : value;
  }
}

/** A filter value that is longer than its field is an error, not "no rows" (section 4). */
export function filterText(name: string, field: Field, value: string): string {
  if (field.maxLength !== undefined && value.length > field.maxLength) {
    const limit = `it must be less than or equal to ${field.maxLength} characters.`;
    throw badFilter(name, value, `The length of the string is ${value.length}, but ${limit}`);
  }
  return field.kind === 'code' ? codeOf(value) : value;
}

/** Negative, zero or positive, by the kind of the field. */
export function compareBy(field: Field, left: Scalar, right: Scalar): number {
  if (field.kind === 'decimal' || field.kind === 'integer') return new Decimal(String(left)).comparedTo(String(right));
  const [one, other] = [String(left), String(right)];
  return one < other ? -1 : one > other ? 1 : 0;
}

/** The weak etag of this version of a record. */
export function etagOf(table: string, key: string, row: Row): string {
  const stamp = createHash('sha256').update(`${table}\n${key}`).digest().readUInt32BE(0);
  return `W/"${Buffer.from(`'20;${stamp};${text(row, '$version')};'`).toString('base64')}"`;
}
