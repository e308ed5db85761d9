import type { Company } from './company.js';
import type { Row, Scalar } from './values.js';

/** Kinds of fields; `code` is upper-cased and trimmed text. */
export type FieldKind = 'code' | 'text' | 'option' | 'date' | 'decimal' | 'integer' | 'flag';

/** One field of a table. */
export interface Field {
  kind: FieldKind;
  maxLength?: number;
  /** Members of an option in the order of their ordinals, English names. */
  members?: readonly string[];
  /** Table whose key the value must be, unless it is empty. */
  relation?: () => TableDefinition;
  /** Of fields that are worked out when they are read (FlowFields, shortcut dimensions). */
  read?: (row: Row, company: Company) => Scalar;
}

/** One table; the names of its fields are those that OData makes of them. */
export interface TableDefinition {
  name: string;
  keys: readonly string[];
  fields: Record<string, Field>;
}

/** Upper-cased, trimmed text. */
export function code(maxLength: number, relation?: () => TableDefinition): Field {
  return relation === undefined ? { kind: 'code', maxLength } : { kind: 'code', maxLength, relation };
}

/** Free text. */
export function free(maxLength: number): Field {
  return { kind: 'text', maxLength };
}

/** One of a fixed list of members. */
export function option(members: readonly string[]): Field {
  return { kind: 'option', members };
}

export const date: Field = { kind: 'date' };
export const amount: Field = { kind: 'decimal' };
export const whole: Field = { kind: 'integer' };
export const flag: Field = { kind: 'flag' };

/** The same field, worked out when it is read. */
export function computed(field: Field, read: NonNullable<Field['read']>): Field {
  return { ...field, read };
}

/** Value of a field of a record as it is seen from outside. */
export function readField(field: Field, name: string, row: Row, company: Company): Scalar {
  return field.read?.(row, company) ?? row[name] ?? blankOf(field);
}

/** The value of a field that nobody has filled. */
export function blankOf({ kind, members }: Field): Scalar {
  switch (kind) {
    case 'option':
      return members?.[0] ?? '';
    case 'date':
      return '0001-01-01';
    case 'decimal':
      return '0';
    case 'integer':
      return 0;
    case 'flag':
      return false;
    default:
      return '';
  }
}

/** Name of a field as messages give it: `Vendor_Invoice_No` is "Vendor Invoice No.". */
export function captionOfField(name: string): string {
  return name
    .replace(/^(Buy|Pay|Applies)_(from|to)_/, '$1-$2 ')
    .replaceAll('_', ' ')
    .replace(/\b(No|Doc)\b/g, '$1.');
}
