import type { Stored } from './records.js';

/** Undo steps of the request in execution: a database transaction for a simulator that works in memory. */
export class UndoLog {
  #steps: (() => void)[] = [];

  /** Remembers how to take back one change. */
  note(step: () => void): void {
    this.#steps.push(step);
  }

  /** Position to roll back to. */
  mark(): number {
    return this.#steps.length;
  }

  /** Takes back everything since the mark, newest first. */
  rollBackTo(mark: number): void {
    while (this.#steps.length > mark) this.#steps.pop()?.();
  }

  /** Everything so far is final. */
  commit(): void {
    this.#steps = [];
  }
}

/** Records by id in the order of their creation; every change can be undone through the log. */
export class Table<Row extends Stored> {
  readonly #rows: Map<string, Row>;
  readonly #undo: UndoLog;
  readonly #now: () => Date;

  constructor(undo: UndoLog, now: () => Date, rows: readonly Row[] = []) {
    this.#undo = undo;
    this.#now = now;
    this.#rows = new Map(rows.map((row) => [row.id, row]));
  }

  all(): Row[] {
    return [...this.#rows.values()];
  }

  get(id: string): Row | undefined {
    return this.#rows.get(id);
  }

  find(matches: (row: Row) => boolean): Row | undefined {
    for (const row of this.#rows.values()) if (matches(row)) return row;
    return undefined;
  }

  insert(row: Row): Row {
    this.#rows.set(row.id, row);
    this.#undo.note(() => this.#rows.delete(row.id));
    return row;
  }

  /** Changes the row in place, with a new version (etag) and change instant. */
  update(row: Row, patch: Partial<Row>): Row {
    const before = { ...row };
    Object.assign(row, patch, { version: row.version + 1, modifiedAt: this.#now().toISOString() });
    this.#undo.note(() => Object.assign(row, before));
    return row;
  }

  remove(row: Row): void {
    this.#rows.delete(row.id);
    this.#undo.note(() => this.#rows.set(row.id, row));
  }
}
