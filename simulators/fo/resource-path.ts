import { Decimal } from 'decimal.js';
import type { EntityDefinition } from './entity-definition.js';
import { dataEntitiesNamespace, hasMember } from './enumerations.js';
import { parseKeyPairs, type Literal } from './filter-parser.js';
import { enumerationOf, type FieldType } from './values.js';

/** What a path below `/data` names. */
export interface ResourcePath {
  set: string;
  /** Inside of the brackets, as sent; absent for the set itself. */
  predicate?: string;
}

/** Splits `/data/Set` and `/data/Set(key)`; undefined for anything else. */
export function parseResourcePath(path: string): ResourcePath | undefined {
  const match = /^\/data\/([A-Za-z_]\w*)(?:\((.*)\))?$/s.exec(path);
  if (match === null) return undefined;
  const [, set = '', predicate] = match;
  return predicate === undefined ? { set } : { set, predicate };
}

function keyValue(type: FieldType, literal: Literal): string | undefined {
  const enumeration = enumerationOf(type);
  if (literal.kind === 'enumeration') {
    const fits = enumeration !== undefined && literal.type === `${dataEntitiesNamespace}.${enumeration}`;
    return fits && hasMember(enumeration, literal.value) ? literal.value : undefined;
  }
  if (literal.kind === 'string') return type === 'string' ? literal.value : undefined;
  if (literal.kind !== 'number') return undefined;
  if (type === 'decimal') return new Decimal(literal.value).toFixed();
  return type === 'int64' || type === 'int32' ? literal.value : undefined;
}

/**
 * Key values in the order of the definition, or undefined if the key is malformed: a missing, unknown or unnamed field, or
 * a literal of the wrong kind. The router answers that with its own 404 (section 2, key syntax).
 */
export function parseKey(definition: EntityDefinition, predicate: string): string[] | undefined {
  const pairs = parseKeyPairs(predicate);
  if (pairs === undefined || pairs.size !== definition.keys.length) return undefined;
  const values: string[] = [];
  for (const key of definition.keys) {
    const literal = pairs.get(key);
    const value = literal === undefined ? undefined : keyValue(definition.fields[key] ?? 'string', literal);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;
}

/** Keyed path of a row, for `Location`. */
export function keyedPath(definition: EntityDefinition, row: Readonly<Record<string, string | null>>): string {
  const pairs = definition.keys.map((key) => {
    const value = row[key] ?? '';
    const type = definition.fields[key];
    if (type === 'string') return `${key}='${encodeURIComponent(value.replaceAll("'", "''"))}'`;
    const enumeration = type === undefined ? undefined : enumerationOf(type);
    return enumeration === undefined ? `${key}=${value}` : `${key}=${dataEntitiesNamespace}.${enumeration}'${value}'`;
  });
  return `${definition.set}(${pairs.join(',')})`;
}
