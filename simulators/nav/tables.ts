import type { TableDefinition } from './fields.js';
import * as documents from './tables-documents.js';
import * as journals from './tables-journals.js';
import * as ledger from './tables-ledger.js';
import * as master from './tables-master.js';

const all: TableDefinition[] = [master, documents, journals, ledger].flatMap((module) =>
  Object.values<unknown>(module).filter(isTable),
);

function isTable(exported: unknown): exported is TableDefinition {
  return typeof exported === 'object' && exported !== null && 'keys' in exported && 'fields' in exported;
}

/** The table of this name. Throws for any other. */
export function findTable(name: string): TableDefinition {
  const found = all.find((table) => table.name === name);
  if (found === undefined) throw new Error(`no simulated table ${name}`);
  return found;
}
