import { Decimal } from 'decimal.js';
import type { EntityDefinition } from './entity-definition.js';
import type { Row } from './values.js';

/** Takes the inverse of every change, so that a changeset can be undone. */
export type UndoLog = (undo: () => void) => void;

/** Rows of one set in order of insertion, unique by key and found quickly by the indexed fields; text compares without case. */
export class Table {
  private readonly byKeyText = new Map<string, Row>();
  private readonly positions = new Map<Row, number>();
  private readonly indexes: Map<string, Map<string, Set<Row>>>;
  private inserted = 0;

  constructor(
    readonly definition: EntityDefinition,
    private readonly undoLog: UndoLog,
  ) {
    this.indexes = new Map(definition.indexes.map((field) => [field, new Map<string, Set<Row>>()]));
  }

  get size(): number {
    return this.positions.size;
  }

  rows(): IterableIterator<Row> {
    return this.positions.keys();
  }

  /** The row with these key values, in the order of the definition's keys. */
  byKey(values: readonly (string | null)[]): Row | undefined {
    return this.byKeyText.get(this.keyText(values));
  }

  /** Rows whose indexed field equals the value, or undefined if the field has no index. */
  candidates(field: string, value: string): ReadonlySet<Row> | undefined {
    const index = this.indexes.get(field);
    return index === undefined ? undefined : (index.get(value.toLowerCase()) ?? new Set());
  }

  /** Rows of a set of candidates in order of insertion. */
  inOrder(rows: Iterable<Row>): Row[] {
    return [...rows].sort((left, right) => (this.positions.get(left) ?? 0) - (this.positions.get(right) ?? 0));
  }

  /** Adds a row whose key is free; the caller has checked that. */
  insert(row: Row): Row {
    row['$version'] ??= '1';
    this.link(row, this.inserted++);
    this.undoLog(() => {
      this.unlink(row);
    });
    return row;
  }

  /** Changes fields other than keys, and with them the ETag. */
  update(row: Row, changes: Row): void {
    const before: Row = { ...row };
    this.assign(row, { ...changes, $version: String(Number(row['$version'] ?? '1') + 1) });
    this.undoLog(() => {
      this.assign(row, before);
    });
  }

  remove(row: Row): void {
    const position = this.positions.get(row) ?? 0;
    this.unlink(row);
    this.undoLog(() => {
      this.link(row, position);
    });
  }

  private keyText(values: readonly (string | null)[]): string {
    const parts = this.definition.keys.map((key, index) => {
      const value = values[index] ?? '';
      return this.definition.fields[key] === 'decimal' ? new Decimal(value).toFixed() : value.toLowerCase();
    });
    return parts.join('\u0000');
  }

  private keyTextOf(row: Row): string {
    return this.keyText(this.definition.keys.map((key) => row[key] ?? ''));
  }

  private link(row: Row, position: number): void {
    this.byKeyText.set(this.keyTextOf(row), row);
    this.positions.set(row, position);
    this.addToIndexes(row);
  }

  private unlink(row: Row): void {
    this.byKeyText.delete(this.keyTextOf(row));
    this.positions.delete(row);
    this.removeFromIndexes(row);
  }

  private assign(row: Row, changes: Row): void {
    this.removeFromIndexes(row);
    Object.assign(row, changes);
    this.addToIndexes(row);
  }

  private addToIndexes(row: Row): void {
    for (const [field, index] of this.indexes) {
      const value = (row[field] ?? '').toLowerCase();
      const entry = index.get(value);
      if (entry === undefined) index.set(value, new Set([row]));
      else entry.add(row);
    }
  }

  private removeFromIndexes(row: Row): void {
    for (const [field, index] of this.indexes) {
      const value = (row[field] ?? '').toLowerCase();
      const entry = index.get(value);
      entry?.delete(row);
      if (entry?.size === 0) index.delete(value);
    }
  }
}
