import type { Stored } from './records.js';
import type { Company, World } from './world.js';

/** A property value as it is kept: decimals and dates are strings. */
export type Scalar = string | number | boolean;

/** Kinds of properties; `code` is upper-cased and trimmed text. */
export type FieldKind = 'code' | 'text' | 'guid' | 'date' | 'instant' | 'decimal' | 'integer' | 'flag' | 'option';

/** Whose eyes read: which company, and whether a lagging replica answers. */
export interface View {
  world: World;
  company: Company;
  replica: boolean;
  nowMs: number;
}

/** One property of an entity. Methods, so that a set of typed rows fits where the row type does not matter. */
export interface Field<Row> {
  kind: FieldKind;
  /** Longest text that fits; filters with longer values are refused. */
  maxLength?: number;
  /** Members of an option, plain names. */
  members?: readonly string[];
  readOnly: boolean;
  read(row: Row, view: View): Scalar;
}

/** Records below a record: lines, dimensions. */
export interface Part<Row> {
  set: EntitySet;
  rows(row: Row, view: View): Stored[];
}

/** One entity set of the API. */
export interface EntitySet<Row extends Stored = Stored> {
  name: string;
  /** Singular name, for messages and metadata. */
  type: string;
  fields: Record<string, Field<Row>>;
  parts: Record<string, Part<Row>>;
  /** Order without `$orderby`: the primary key. */
  order(left: Row, right: Row): number;
  /** Reads without `Data-Access-Intent: ReadWrite` come from a replica that lags. */
  lagging: boolean;
  /** Filter field that a read without parent must name, and what is answered if it does not. */
  parent?: { field: string; message: string };
  /** Queries have neither key nor etag. */
  keyless?: boolean;
}

/** How long a new row stays invisible on the replica, milliseconds. */
export const REPLICA_LAG_MS = 300;

/** True if this reader sees something that was written at the given epoch millisecond. */
export function sees(view: View, writtenAt: number): boolean {
  return !view.replica || writtenAt <= view.nowMs - REPLICA_LAG_MS;
}

type Reader<Row> = (row: Row, view: View) => Scalar;

/** Upper-cased, trimmed text. */
export function code<Row>(maxLength: number, read: Reader<Row>): Field<Row> {
  return { kind: 'code', maxLength, readOnly: false, read };
}

/** Free text. */
export function text<Row>(maxLength: number, read: Reader<Row>): Field<Row> {
  return { kind: 'text', maxLength, readOnly: false, read };
}

/** One of a fixed list of members. */
export function option<Row>(members: readonly string[], read: Reader<Row>): Field<Row> {
  return { kind: 'option', members, readOnly: false, read };
}

/** Anything without length or members. */
export function plainField<Row>(kind: Exclude<FieldKind, 'code' | 'text' | 'option'>, read: Reader<Row>): Field<Row> {
  return { kind, readOnly: false, read };
}

/** The same field, not writable. */
export function fixed<Row>(field: Field<Row>): Field<Row> {
  return { ...field, readOnly: true };
}

/** The record's id. */
export function idField<Row extends Stored>(): Field<Row> {
  return fixed(plainField('guid', (row) => row.id));
}

/** The record's change instant. */
export function modifiedField<Row extends Stored>(): Field<Row> {
  return fixed(plainField('instant', (row) => row.modifiedAt));
}

/** Comparison of texts by code unit, as an order. */
export function byText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
