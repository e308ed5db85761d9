import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { CsvTable } from '../mapping/mapping-tables.js';
import { csvTables } from '../mapping/mapping-tables.js';
import { UsageError } from './failure.js';
import { sandboxFolder } from './installation.js';
import { readRules } from './mapping-diff.js';

interface ExportOptions {
  config?: string;
  out: string;
}

export function exportMapping(name: string, { config, out }: ExportOptions): void {
  const tables = tablesOf(config ?? resolve(sandboxFolder(), 'connections.yaml'), name);
  const there = tables.map((table) => join(out, table.name)).filter((path) => existsSync(path));
  if (there.length > 0) throw new UsageError(`${there.join(', ')}: already there. Name another folder.`);
  try {
    mkdirSync(out, { recursive: true });
    for (const table of tables) writeFileSync(join(out, table.name), table.text, { flag: 'wx' });
  } catch {
    throw new UsageError(`${out} cannot be written.`);
  }
  for (const table of tables) console.log(`${join(out, table.name)}: ${table.rows} rows`);
  if (tables.length === 0) console.log(`The mapping of ${name} has no tables.`);
}

/**
 * The tables of one company by its name, `erp/company`.
 * @throws UsageError where there is no such company
 */
export function tablesOf(config: string, name: string): CsvTable[] {
  const { companies } = readRules(config);
  const mapping = companies.find(({ erp, company }) => `${erp}/${company}` === name);
  if (mapping !== undefined) return csvTables(mapping);
  const known = companies.map(({ erp, company }) => `${erp}/${company}`).join(', ');
  throw new UsageError(`${name} is no company of ${config}; there is ${known}.`);
}
