import { Decimal } from 'decimal.js';
import { isLosslessNumber, parse } from 'lossless-json';
import type { EntityDefinition } from './entity-definition.js';
import { hasMember } from './enumerations.js';
import { bodyInvalid, unknownProperty } from './odata-errors.js';
import { dayOfSent, defaultValue, enumerationOf, toInstant, type FieldType, type Row } from './values.js';

const isBase64 = (value: string): boolean => Buffer.from(value, 'base64').toString('base64') === value;
const sentInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

function wrongType(field: string, type: FieldType): Error {
  return bodyInvalid(`Cannot convert the literal of property '${field}' to the expected type '${type}'.`);
}

function instantValue(field: string, type: FieldType, value: unknown): string {
  if (typeof value !== 'string' || !sentInstant.test(value) || Number.isNaN(Date.parse(value)))
    throw wrongType(field, type);
  return value;
}

function fieldValue(field: string, type: FieldType, value: unknown, note: (message: string) => void): string | null {
  const enumeration = enumerationOf(type);
  if (value === null) {
    if (type !== 'string' && type !== 'binary' && enumeration === undefined) throw wrongType(field, type);
    return defaultValue(type);
  }
  if (enumeration !== undefined) {
    if (typeof value !== 'string' || !hasMember(enumeration, value)) throw wrongType(field, type);
    return value;
  }
  switch (type) {
    case 'binary':
      if (typeof value !== 'string' || !isBase64(value)) throw wrongType(field, type);
      return value;
    case 'date': {
      const sent = instantValue(field, type, value);
      const { day, slipped } = dayOfSent(sent);
      if (slipped) note(`${field} was sent as ${sent} and slipped to ${day}: dates go at noon UTC`);
      return day;
    }
    case 'datetime':
      return toInstant(new Date(instantValue(field, type, value)));
    case 'decimal':
    case 'int64':
    case 'int32': {
      // Numbers as text are refused: the service does not announce IEEE754Compatible.
      if (!isLosslessNumber(value)) throw wrongType(field, type);
      const number = new Decimal(value.value);
      if (type !== 'decimal' && !number.isInteger()) throw wrongType(field, type);
      return number.toFixed();
    }
    default:
      if (typeof value !== 'string') throw wrongType(field, type);
      return value;
  }
}

/**
 * Reads a POST or PATCH body: only what was sent, typed and known. Members that begin with `@odata.` are left out. Throws
 * OData's 400 for unknown properties and wrong types; a date that slips a day is noted as broken rule.
 */
export function parseBody(definition: EntityDefinition, body: string, note: (message: string) => void): Row {
  let parsed: unknown;
  try {
    parsed = parse(body);
  } catch {
    throw bodyInvalid('The request body is not valid JSON.');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw bodyInvalid('The request body must be a JSON object.');
  }
  const row: Row = {};
  for (const [field, value] of Object.entries(parsed)) {
    if (field.includes('@odata.')) continue;
    const type = definition.fields[field];
    if (type === undefined) throw unknownProperty(definition.entityType, field);
    row[field] = fieldValue(field, type, value, note);
  }
  return row;
}
