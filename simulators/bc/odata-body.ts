import { isLosslessNumber, parse } from 'lossless-json';
import { BcError, badRequest, readOnlyProperty } from './errors.js';
import type { EntitySet, Field, Scalar } from './odata-fields.js';
import { isDate, isGuid } from './odata-values.js';
import type { Stored } from './records.js';
import { decodeMember } from './wire.js';

/** A checked request body: property values as they are kept, and deep-inserted parts not yet checked. */
export interface Body {
  values: Record<string, Scalar>;
  parts: Record<string, unknown[]>;
}

/** JSON of a request body; numbers keep every digit. */
export function jsonBody(headers: Record<string, string | string[] | undefined>, body: string): unknown {
  const type = String(headers['content-type'] ?? '');
  if (!type.toLowerCase().includes('application/json')) {
    // What the service says when the header is forgotten: it does not mention the header.
    throw badRequest("Requested value '' was not found. The request body is empty or cannot be read.");
  }
  try {
    return parse(body);
  } catch {
    throw badRequest('The request body is not valid JSON.');
  }
}

/** Checks a body against the set: unknown, read-only, mistyped and too long values are refused. */
export function checkedBody(set: EntitySet, body: unknown): Body {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw badRequest('The request body must be an object.');
  const checked: Body = { values: {}, parts: {} };
  for (const [name, value] of Object.entries(body)) {
    if (name.includes('@odata.')) continue;
    const field = Object.hasOwn(set.fields, name) ? set.fields[name] : undefined;
    if (field !== undefined) checked.values[name] = checkedValue(name, field, value);
    else if (Object.hasOwn(set.parts, name)) checked.parts[name] = checkedPart(name, value);
    else throw badRequest(`The property '${name}' does not exist on type 'Microsoft.NAV.${set.type}'.`);
  }
  return checked;
}

function checkedPart(name: string, value: unknown): unknown[] {
  if (!Array.isArray(value)) throw badRequest(`An array was expected for the navigation property '${name}'.`);
  return value as unknown[];
}

function checkedValue(name: string, field: Field<Stored>, value: unknown): Scalar {
  if (field.readOnly) throw readOnlyProperty(name);
  if (value === null) {
    throw new BcError(400, 'BadRequest_RequiredParamNotProvided', `The property '${name}' cannot be blank.`);
  }
  const wrong = (): BcError =>
    badRequest(`Cannot convert the value of '${name}' to the expected type '${field.kind}'.`);
  switch (field.kind) {
    case 'code':
    case 'text':
      if (typeof value !== 'string') throw wrong();
      return fittingText(field, field.kind === 'code' ? value.trim().toUpperCase() : value);
    case 'option':
      if (typeof value !== 'string') throw wrong();
      return knownMember(field, value);
    case 'guid':
      if (typeof value !== 'string' || !isGuid(value)) throw wrong();
      return value.toLowerCase();
    case 'date':
      if (typeof value !== 'string' || !isDate(value)) throw wrong();
      return value;
    case 'flag':
      if (typeof value !== 'boolean') throw wrong();
      return value;
    case 'decimal':
      if (!isLosslessNumber(value)) throw wrong();
      return value.toString();
    case 'integer':
      if (!isLosslessNumber(value) || !/^-?\d{1,10}$/.test(value.toString())) throw wrong();
      return Number(value.toString());
    default:
      throw readOnlyProperty(name);
  }
}

function fittingText(field: Field<Stored>, value: string): string {
  if (field.maxLength !== undefined && value.length > field.maxLength) {
    throw new BcError(
      400,
      'Application_StringExceededLength',
      `The length of the string is ${value.length}, but it must be less than or equal to ${field.maxLength} characters. Value: ${value}`,
    );
  }
  return value;
}

function knownMember(field: Field<Stored>, value: string): string {
  const member = decodeMember(value);
  const members = field.members ?? [];
  if (members.includes(member)) return member;
  throw new BcError(
    400,
    'Application_EvaluateException',
    `'${value}' is not an option. The existing options are: ${members.join(',')}`,
  );
}
