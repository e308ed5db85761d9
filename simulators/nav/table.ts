import type { UndoLog } from '../bc/table.js';
import { sameKey } from './errors.js';
import { captionOfField, type TableDefinition } from './fields.js';
import { text, type Row, type Scalar } from './values.js';

/** What a table needs to know of its surroundings. */
export interface TableTools {
  undo: UndoLog;
  nowMs: () => number;
}

/** The records of one table of one company, by primary key; every change can be undone through the log. */
export class Table {
  readonly definition: TableDefinition;
  readonly #rows: Map<string, Row>;
  readonly #tools: TableTools;

  constructor(definition: TableDefinition, tools: TableTools, rows: readonly Row[] = []) {
    this.definition = definition;
    this.#tools = tools;
    this.#rows = new Map(rows.map((row) => [this.keyOf(row), row]));
  }

  /** All records in the order of the primary key. */
  rows(): Row[] {
    const { keys } = this.definition;
    return [...this.#rows.values()].sort((left, right) => {
      for (const key of keys) {
        const order = compareScalars(left[key] ?? '', right[key] ?? '');
        if (order !== 0) return order;
      }
      return 0;
    });
  }

  /** All records in no order, for searches that name no key. */
  values(): IterableIterator<Row> {
    return this.#rows.values();
  }

  get(...key: readonly Scalar[]): Row | undefined {
    return this.#rows.get(key.map(String).join('\n'));
  }

  find(matches: (row: Row) => boolean): Row | undefined {
    for (const row of this.#rows.values()) if (matches(row)) return row;
    return undefined;
  }

  filter(matches: (row: Row) => boolean): Row[] {
    return [...this.#rows.values()].filter(matches);
  }

  /** Adds a record. Throws NavError if its key is taken. */
  insert(row: Row): Row {
    const { name, keys } = this.definition;
    const key = this.keyOf(row);
    if (this.#rows.has(key)) {
      const values = keys.map((field) => `${captionOfField(field)}='${text(row, field)}'`).join(',');
      throw sameKey(`The ${name} already exists. Identification fields and values: ${values}`);
    }
    const kept: Row = { ...row, $version: 1, $createdAt: this.#tools.nowMs(), $changedAt: this.#tools.nowMs() };
    this.#rows.set(key, kept);
    this.#tools.undo.note(() => this.#rows.delete(key));
    return kept;
  }

  /** Changes the record in place, with a new version; its key stays. */
  update(row: Row, patch: Row): Row {
    const before = { ...row };
    Object.assign(row, patch, { $version: Number(row['$version']) + 1, $changedAt: this.#tools.nowMs() });
    this.#tools.undo.note(() => {
      for (const name of Object.keys(row)) if (!(name in before)) Reflect.deleteProperty(row, name);
      Object.assign(row, before);
    });
    return row;
  }

  /** Keeps something of the simulator's own with a record: not a change that anybody sees. */
  note(row: Row, own: Row): void {
    Object.assign(row, own);
  }

  remove(row: Row): void {
    const key = this.keyOf(row);
    this.#rows.delete(key);
    this.#tools.undo.note(() => this.#rows.set(key, row));
  }

  /** The primary key as one text. */
  keyOf(row: Row): string {
    return this.definition.keys.map((field) => text(row, field)).join('\n');
  }
}

/** Negative, zero or positive; numbers as numbers, all else by code unit. */
export function compareScalars(left: Scalar, right: Scalar): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  const [one, other] = [String(left), String(right)];
  return one < other ? -1 : one > other ? 1 : 0;
}
