import type { Call } from './calls.js';
import type { Page } from './page-definition.js';
import type { Row, Scalar } from './values.js';

/** A field that was just given a value. */
export interface Change {
  value: Scalar;
  before: Scalar | undefined;
}

/** The triggers of a table: what the application does when a page writes its records. All throw NavError to refuse. */
export interface TableLogic {
  /** A new record with its key and what it starts with; `given` are the parts of the key that are known. */
  begin: (call: Call, given: Row, page: Page) => Row;
  /** The other fields that came with a new record, before it is in the table. */
  beforeInsert?: (call: Call, row: Row, values: readonly (readonly [string, Scalar])[]) => void;
  /** By field, after it was set: checks the value and sets what depends on it. */
  validate: Record<string, (call: Call, row: Row, change: Change) => void>;
  /** The record as it is after a write. */
  written?: (call: Call, row: Row) => void;
  removed?: (call: Call, row: Row) => void;
  /** What the record is called in the journal of the simulators. */
  deskKey: (call: Call, row: Row) => string;
}
