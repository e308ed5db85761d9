import { CsvError, parse } from 'csv-parse/sync';
import type { MappingPlace } from '../contracts/mapping-rules.js';
import { didYouMean } from './similar-text.js';
import type { TellFault } from './mapping-fault.js';
import { readTextFile } from './text-file.js';

/** A row of a CSV table by its column names, and where it stands. */
export interface CsvRow {
  values: Record<string, string>;
  place: MappingPlace;
}

interface Columns {
  required: readonly string[];
  /** Columns that may be left out; their cells may be empty. */
  optional: readonly string[];
}

/**
 * Reads a CSV table: UTF-8, a header line, commas. All faults are told; rows of the wrong length and rows with empty cells are
 * left out.
 * @param path where it stands
 * @param name by which it is told
 */
export function readCsvRows(path: string, name: string, columns: Columns, at: MappingPlace, tell: TellFault): CsvRow[] {
  const file = readTextFile(path);
  if (file === undefined) tell(at, `${name} cannot be read`, 'write the CSV table or remove the reference');
  else if ('message' in file) tell({ file: name, line: 1 }, file.message, file.remedy);
  if (file === undefined || 'message' in file) return [];
  const records = parseRecords(file.text, name, tell);
  if (records === undefined) return [];
  const [header, ...rows] = records;
  if (header === undefined) {
    tell({ file: name, line: 1 }, 'the table is empty', `begin it with the header line ${columns.required.join(',')}`);
    return [];
  }
  if (!checkHeader(header, name, columns, tell)) return [];
  return rows.flatMap((row) => rowOf(row, header.cells, name, columns, tell));
}

interface CsvRecord {
  cells: string[];
  line: number;
}

function parseRecords(text: string, name: string, tell: TellFault): CsvRecord[] | undefined {
  let sound = 0;
  try {
    const records = parse(text, {
      ...{ info: true, skip_empty_lines: true, trim: true, bom: true, relax_column_count: true },
      on_record: (record: string[], { lines }: { lines: number }) => {
        sound = lines;
        return record;
      },
    }) as unknown as { record: string[]; info: { lines: number } }[];
    return records.map(({ record, info }) => ({ cells: record, line: info.lines }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // A quote that is never closed takes the rest of the file: it stands in the row after the last sound one.
    const isOpen = error.code === 'CSV_QUOTE_NOT_CLOSED';
    const line = isOpen ? sound + 1 : Number(error['lines'] ?? 1);
    const what = isOpen ? 'a quote is not closed' : error.message;
    tell(
      { file: name, line },
      `the table is no valid CSV from here on (${what})`,
      'close the quotes, or double quotes inside of them',
    );
    return undefined;
  }
}

function checkHeader(header: CsvRecord, name: string, { required, optional }: Columns, tell: TellFault): boolean {
  const place = { file: name, line: header.line };
  const known = [...required, ...optional];
  const missing = required.filter((column) => !header.cells.includes(column));
  if (missing.length > 0) {
    const written = header.cells.join(',').replaceAll('\t', ' ');
    const remedy = header.cells.some((cell) => /[;\t|]/.test(cell))
      ? 'separate the columns by commas'
      : `write the header line ${required.join(',')}`;
    tell(place, `the table needs the columns ${required.join(' and ')}, but its header is ${written}`, remedy);
    return false;
  }
  const twice = header.cells.find((column, index) => header.cells.indexOf(column) !== index);
  if (twice !== undefined) {
    tell(place, `the table has two columns ${twice}`, 'remove one of the two, or call it note');
    return false;
  }
  for (const column of header.cells.filter((each) => !known.includes(each))) {
    const hint = didYouMean(column, known);
    tell(
      place,
      `the table has a column ${column} that nobody reads`,
      hint === '' ? 'remove it, or call it note' : hint,
    );
  }
  return true;
}

function rowOf(
  { cells, line }: CsvRecord,
  header: string[],
  name: string,
  { required }: Columns,
  tell: TellFault,
): CsvRow[] {
  const place = { file: name, line };
  if (cells.length !== header.length) {
    const message = `the row has ${cells.length} cells, the header ${header.length}`;
    tell(place, message, 'add what is missing, or put a cell that holds a comma in quotes');
    return [];
  }
  const values = Object.fromEntries(header.map((column, index) => [column, cells[index] ?? '']));
  const empty = required.filter((column) => values[column] === '');
  if (empty.length === 0) return [{ values, place }];
  tell(place, `a row needs a value in the columns ${required.join(' and ')}`, 'fill the cell or remove the row');
  return [];
}
