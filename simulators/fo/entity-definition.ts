import type { EnumerationName } from './enumerations.js';
import { defaultValue, type FieldType, type Row } from './values.js';

/** One entity set: what the wire shows of it. */
export interface EntityDefinition {
  set: string;
  /** EDM type name without namespace. */
  entityType: string;
  /** AOT name, the one in error texts. */
  aotName: string;
  keys: readonly string[];
  fields: Readonly<Record<string, FieldType>>;
  /** What each field holds while it is not set. */
  defaults: Readonly<Row>;
  /** Fields by which rows are found without a scan. */
  indexes: readonly string[];
  /** Fields without which a create is refused. */
  required: readonly string[];
  /** Fields that only the server fills: a create or an update that names one is refused. */
  readOnly: readonly string[];
  /** Fields besides the keys that a create may set and an update may not. */
  createOnly: readonly string[];
}

interface FieldGroups {
  set: string;
  entityType: string;
  aotName?: string;
  /** Blank-separated names; a key that no other group types is a string. */
  keys: string;
  strings?: string;
  decimals?: string;
  dates?: string;
  datetimes?: string;
  int64s?: string;
  int32s?: string;
  binaries?: string;
  enums?: Record<string, EnumerationName>;
  indexes?: string;
  required?: string;
  readOnly?: string;
  createOnly?: string;
}

const words = (names: string | undefined): string[] => (names ?? '').split(/\s+/).filter((name) => name !== '');

/** Builds a definition from blank-separated field names by type. */
export function defineEntity(groups: FieldGroups): EntityDefinition {
  const typed = new Map<string, FieldType>();
  for (const name of words(groups.strings)) typed.set(name, 'string');
  for (const name of words(groups.decimals)) typed.set(name, 'decimal');
  for (const name of words(groups.dates)) typed.set(name, 'date');
  for (const name of words(groups.datetimes)) typed.set(name, 'datetime');
  for (const name of words(groups.int64s)) typed.set(name, 'int64');
  for (const name of words(groups.int32s)) typed.set(name, 'int32');
  for (const name of words(groups.binaries)) typed.set(name, 'binary');
  for (const [name, enumeration] of Object.entries(groups.enums ?? {})) typed.set(name, `enum:${enumeration}`);
  const keys = words(groups.keys);
  const fields: Record<string, FieldType> = {};
  for (const key of keys) fields[key] = typed.get(key) ?? 'string';
  for (const [name, type] of typed) fields[name] = type;
  return {
    set: groups.set,
    entityType: groups.entityType,
    aotName: groups.aotName ?? `${groups.entityType}Entity`,
    keys,
    fields,
    defaults: Object.fromEntries(Object.entries(fields).map(([name, type]) => [name, defaultValue(type)])),
    indexes: words(groups.indexes),
    required: words(groups.required),
    readOnly: words(groups.readOnly),
    createOnly: words(groups.createOnly),
  };
}

/** Whether rows of the set belong to a company. */
export function isCompanyBound(definition: EntityDefinition): boolean {
  return 'dataAreaId' in definition.fields;
}

/** A row with every field of the definition; what is not given takes the type's default. */
export function completeRow(definition: EntityDefinition, given: Row): Row {
  return { ...definition.defaults, ...given };
}

/** The cells of a row that differ from their defaults; `completeRow` brings the others back. */
export function compactRow(definition: EntityDefinition, row: Row): Row {
  const compact: Row = {};
  for (const name in row) {
    const value = row[name];
    if (value !== undefined && value !== definition.defaults[name]) compact[name] = value;
  }
  return compact;
}
