import type { Stored } from './records.js';

/** What happened to a record, as webhooks name it. */
export type ChangeKind = 'created' | 'updated' | 'deleted';

/** One change of a watched record that stands. `at` is its change instant. */
export interface Change {
  /** Id of the company. */
  company: string;
  /** Entity set that shows the record. */
  set: string;
  id: string;
  kind: ChangeKind;
  at: string;
}

interface Step {
  undo: () => void;
  change: Change | undefined;
}

/** Undo steps of the request in execution: a database transaction for a simulator that works in memory. */
export class UndoLog {
  readonly #committed: (changes: Change[]) => void;
  #steps: Step[] = [];

  /** `committed` is told of the changes of watched records once they stand. */
  constructor(committed: (changes: Change[]) => void = () => undefined) {
    this.#committed = committed;
  }

  /** Remembers how to take back one change, and what to tell of it. */
  note(undo: () => void, change?: Change): void {
    this.#steps.push({ undo, change });
  }

  /** Position to roll back to. */
  mark(): number {
    return this.#steps.length;
  }

  /** Takes back everything since the mark, newest first. */
  rollBackTo(mark: number): void {
    while (this.#steps.length > mark) this.#steps.pop()?.undo();
  }

  /** Everything so far is final. */
  commit(): void {
    const changes = this.#steps.flatMap(({ change }) => (change === undefined ? [] : [change]));
    this.#steps = [];
    if (changes.length > 0) this.#committed(changes);
  }
}

/** Where the changes of a table are seen. */
export interface Watch {
  company: string;
  set: string;
}

/** Records by id in the order of their creation; every change can be undone through the log. */
export class Table<Row extends Stored> {
  readonly #rows: Map<string, Row>;
  readonly #undo: UndoLog;
  readonly #now: () => Date;
  readonly #watch: Watch | undefined;

  constructor(undo: UndoLog, now: () => Date, rows: readonly Row[] = [], watch?: Watch) {
    this.#undo = undo;
    this.#now = now;
    this.#rows = new Map(rows.map((row) => [row.id, row]));
    this.#watch = watch;
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
    this.#undo.note(() => this.#rows.delete(row.id), this.#change(row, 'created'));
    return row;
  }

  /** Changes the row in place, with a new version (etag) and change instant. */
  update(row: Row, patch: Partial<Row>): Row {
    const before = { ...row };
    Object.assign(row, patch, { version: row.version + 1, modifiedAt: this.#now().toISOString() });
    this.#undo.note(() => Object.assign(row, before), this.#change(row, 'updated'));
    return row;
  }

  /** A new version (etag) of a row that says the same as before: nobody is told. */
  touch(row: Row): void {
    row.version += 1;
    this.#undo.note(() => (row.version -= 1));
  }

  remove(row: Row): void {
    this.#rows.delete(row.id);
    this.#undo.note(() => this.#rows.set(row.id, row), this.#change(row, 'deleted'));
  }

  #change(row: Row, kind: ChangeKind): Change | undefined {
    return this.#watch === undefined ? undefined : { ...this.#watch, id: row.id, kind, at: this.#now().toISOString() };
  }
}
