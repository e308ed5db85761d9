import type { CompanyMapping, EffectiveDays, LiabilityTarget, TableExtras } from '../contracts/mapping-rules.js';

/** A table of a mapping as a CSV file that the mapping reads back without any difference (B8, B32). */
export interface CsvTable {
  /** Name of the file, without a folder. */
  name: string;
  /** Rows below the header line. */
  rows: number;
  text: string;
}

/** Every table of a company that has rows, wherever they stand now; rules and single settings are no tables. */
export function csvTables(mapping: CompanyMapping): CsvTable[] {
  const { vendors, employees, accounts, expenseTypes, cardPrograms, paymentTypes, procurementCategories } = mapping;
  const codes: [name: string, table: Table<string> | undefined][] = [
    ['vendors', vendors],
    ['employees', { ...employees, byCode: employees.byId }],
    ['accounts', accounts],
    ['expenseTypes', expenseTypes],
    ['procurementCategories', procurementCategories],
    ...mapping.dimensions.map((dimension): [string, Table<string>] => [`dimension-${dimension.dimension}`, dimension]),
  ];
  const liabilities: [name: string, table: Table<LiabilityTarget> | undefined][] = [
    ['cardPrograms', cardPrograms],
    ['paymentTypes', paymentTypes],
  ];
  const taxes = mapping.inputTax.map(({ authority, code, account, from, to }) => ({
    cells: [authority, code, account],
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  }));
  return [
    ...codes.map(([name, table]) =>
      csvTable(
        name,
        ['concur', 'erp'],
        rowsOf(table, (erp) => [erp]),
      ),
    ),
    ...liabilities.map(([name, table]) => csvTable(name, ['concur', 'erp', 'as'], rowsOf(table, accountAs))),
    csvTable('inputTax', ['authority', 'code', 'erp'], taxes),
  ].filter(({ rows }) => rows > 0);
}

type Table<Value> = TableExtras<Value> & { byCode: Record<string, Value> };
type Row = EffectiveDays & { cells: string[] };

const accountAs = (target: LiabilityTarget): string[] =>
  'ledger' in target ? [target.ledger, 'ledger'] : [target.vendor, 'vendor'];

function rowsOf<Value>(table: Table<Value> | undefined, cellsOf: (erp: Value) => string[]): Row[] {
  if (table === undefined) return [];
  const dated = (table.dated ?? []).map(({ concur, erp, from, to }) => ({
    cells: [concur, ...cellsOf(erp)],
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  }));
  return [...Object.entries(table.byCode).map(([concur, erp]) => ({ cells: [concur, ...cellsOf(erp)] })), ...dated];
}

/** Sorted by code and day, so that two exports of one mapping are equal. */
function csvTable(name: string, columns: string[], rows: readonly Row[]): CsvTable {
  const hasDays = rows.some(({ from, to }) => from !== undefined || to !== undefined);
  const cells = rows.map(({ cells: own, from = '', to = '' }) => (hasDays ? [...own, from, to] : own)).sort(byCells);
  const header = hasDays ? [...columns, 'from', 'to'] : columns;
  const text = [header, ...cells].map((row) => `${row.map(quoted).join(',')}\n`).join('');
  return { name: `${name.replaceAll(/[^\p{L}\p{N}_-]/gu, '_')}.csv`, rows: rows.length, text };
}

function byCells(left: readonly string[], right: readonly string[]): number {
  const [one, other] = [left.join('\n'), right.join('\n')];
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

const quoted = (cell: string): string => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
