import { resolve } from 'node:path';
import type { EffectiveDays, LiabilityTarget, MappingPlace, TableExtras } from '../contracts/mapping-rules.js';
import type { CsvRow } from './csv-rows.js';
import { readCsvRows } from './csv-rows.js';
import type { TellFault } from './mapping-fault.js';
import { tableName } from './mapping-include.js';

/** Where the mapping of one company stands, and who is told of its faults. */
export interface MappingContext {
  /** Folder of the connections file. */
  folder: string;
  /** The mapping file, if it stands in one of its own, relative to that folder. */
  mappingFile: string | undefined;
  /** Place of a path inside the mapping. */
  locate: (path: readonly PropertyKey[]) => MappingPlace;
  tell: TellFault;
  /** Tables that have been read, relative to the folder. */
  tables: Set<string>;
}

/** Longest code of each kind in the ERP (F&O spec 10, NAV spec 8). */
export interface CodeRule {
  /** What the code is called in messages, for example `account`. */
  what: string;
  limit: number;
}

/** A row before it is known whether it may stand beside the others. */
export interface Row<Value> extends EffectiveDays {
  concur: string;
  erp: Value;
  place: MappingPlace;
}

/** The rows that always hold, by code, and those that hold for certain days. */
export type Rows<Value> = TableExtras<Value> & { byCode: Record<string, Value> };

const datedColumns = ['from', 'to', 'note'];

interface TableSection {
  table?: string | undefined;
  codes: Record<string, string>;
  rows?: ({ concur: string; erp: string } & { from?: string | undefined; to?: string | undefined })[];
}

/** Reads the rows of a table of codes, in place and in its CSV file. Faulty rows are told and left out. */
export function readRows(
  section: TableSection,
  at: PropertyKey[],
  rule: CodeRule,
  context: MappingContext,
): Rows<string> {
  const { locate } = context;
  const inPlace = Object.entries(section.codes).map(([concur, erp]): Row<string> => ({
    concur,
    erp,
    place: locate([...at, 'codes', concur]),
  }));
  const dated = (section.rows ?? []).map(({ concur, erp, from, to }, index): Row<string> => ({
    ...daysOf({ from, to }),
    ...{ concur, erp, place: locate([...at, 'rows', index]) },
  }));
  const columns = { required: ['concur', 'erp'], optional: datedColumns };
  const listed = csvRows(section.table, at, columns, context).map(({ values, place }): Row<string> => ({
    ...daysOf({ from: values['from'], to: values['to'] }),
    ...{ concur: values['concur'] ?? '', erp: values['erp'] ?? '', place },
  }));
  const rows = [...inPlace, ...dated, ...listed];
  return unambiguous(
    rows.filter((row) => isUsable(row, row.erp, rule, context.tell)),
    context.tell,
  );
}

/** The same for liabilities: the column `as` says whether the account is a ledger or a vendor account. */
export function readLiabilities(
  section: { table?: string | undefined; codes: Record<string, LiabilityTarget> } | undefined,
  at: PropertyKey[],
  context: MappingContext,
): Rows<LiabilityTarget> | undefined {
  if (section === undefined) return undefined;
  const { locate, tell } = context;
  const inPlace = Object.entries(section.codes).map(([concur, erp]): Row<LiabilityTarget> => ({
    concur,
    erp,
    place: locate([...at, 'codes', concur]),
  }));
  const columns = { required: ['concur', 'erp', 'as'], optional: datedColumns };
  const listed = csvRows(section.table, at, columns, context).flatMap(({ values, place }): Row<LiabilityTarget>[] => {
    const { concur = '', erp = '', as, from, to } = values;
    if (as !== 'ledger' && as !== 'vendor') {
      tell(place, `the column as holds ${as}`, 'write ledger or vendor');
      return [];
    }
    const target: LiabilityTarget = as === 'ledger' ? { ledger: erp } : { vendor: erp };
    return [{ ...daysOf({ from, to }), concur, erp: target, place }];
  });
  const usable = [...inPlace, ...listed].filter((row) =>
    isUsable(row, accountOf(row.erp), { what: 'account', limit: 20 }, tell),
  );
  return unambiguous(usable, tell);
}

/** The account of a liability, whichever it is. */
export const accountOf = (target: LiabilityTarget): string => ('ledger' in target ? target.ledger : target.vendor);

/** Rows of the CSV table that a section names, if it names one. */
export function csvRows(
  table: string | undefined,
  at: PropertyKey[],
  columns: { required: readonly string[]; optional: readonly string[] },
  { folder, mappingFile, locate, tell, tables }: MappingContext,
): CsvRow[] {
  if (table === undefined) return [];
  const name = tableName(mappingFile, table);
  tables.add(name);
  return readCsvRows(resolve(folder, name), name, columns, locate(at), tell);
}

/** Days as far as they are filled. */
export function daysOf({ from, to }: { from?: string | undefined; to?: string | undefined }): EffectiveDays {
  return { ...(from ? { from } : {}), ...(to ? { to } : {}) };
}

/** Judges codes and days of a row; a faulty row is told. */
export function isUsable(
  { concur, place, ...days }: Omit<Row<unknown>, 'erp'>,
  erp: string,
  rule: CodeRule,
  tell: TellFault,
): boolean {
  const fault = codeFault(concur, { what: 'code of Concur', limit: 64 }) ?? codeFault(erp, rule);
  if (fault !== undefined) tell(place, fault.message, fault.remedy);
  return areUsable(days, place, tell) && fault === undefined;
}

const control = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u00A0\uFFFD]/u;
/** What a spreadsheet makes of a code of many digits: the digits are lost. */
const scientific = /^\d([.,]\d+)?E\+\d+$/i;

/** What is wrong with a code by itself. */
export function codeFault(code: string, { what, limit }: CodeRule): { message: string; remedy: string } | undefined {
  if (code.trim() === '') return { message: `the ${what} is empty`, remedy: 'write the code or remove the row' };
  if (control.test(code)) {
    const message = `the ${what} ${JSON.stringify(code.replaceAll(new RegExp(control, 'gu'), '?'))} holds a character that cannot be seen or read`;
    return { message, remedy: 'type the code anew, and save the file as UTF-8' };
  }
  if (code !== code.trim())
    return { message: `the ${what} '${code}' has blanks at its ends`, remedy: 'remove the blanks' };
  if (scientific.test(code)) {
    const message = `the ${what} ${code} is a number that a spreadsheet has shortened`;
    return { message, remedy: 'format the column as text and type the code anew' };
  }
  if (code.length <= limit) return undefined;
  const message = `the ${what} ${code} has ${code.length} characters, at most ${limit} are possible`;
  return { message, remedy: 'correct the code' };
}

const isoDay = /^\d{4}-\d{2}-\d{2}$/;

/** Says whether the calendar has the day. */
function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return isoDay.test(text) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** Judges the days of a row or rule. */
export function areUsable({ from, to }: EffectiveDays, place: MappingPlace, tell: TellFault): boolean {
  for (const day of [from, to]) {
    if (day === undefined || isDay(day)) continue;
    tell(place, `${day} is no day`, 'write year, month and day, for example 2026-01-31');
    return false;
  }
  if (from === undefined || to === undefined || from <= to) return true;
  tell(
    place,
    `the row begins on ${from} and has ended before, on ${to}`,
    'exchange the two days or correct one of them',
  );
  return false;
}

/** Two rows of one code that hold on the same day contradict each other: the later one is told and left out. */
function unambiguous<Value>(rows: readonly Row<Value>[], tell: TellFault): Rows<Value> {
  const kept = new Map<string, Row<Value>[]>();
  for (const row of rows) {
    const others = kept.get(row.concur) ?? [];
    const other = others.find((each) => overlap(each, row));
    if (other === undefined) kept.set(row.concur, [...others, row]);
    else tellOverlap(row, other, tell);
  }
  const all = [...kept.values()].flat();
  const always = all.filter((row) => row.from === undefined && row.to === undefined);
  const dated = all.filter((row) => row.from !== undefined || row.to !== undefined);
  return {
    byCode: Object.fromEntries(always.map(({ concur, erp }) => [concur, erp])),
    ...(dated.length === 0 ? {} : { dated }),
    places: Object.fromEntries(always.map(({ concur, place }) => [concur, place])),
  };
}

/** Says whether two rows hold on a common day. */
export function overlap(left: EffectiveDays, right: EffectiveDays): boolean {
  const starts = (days: EffectiveDays): string => days.from ?? '';
  const ends = (days: EffectiveDays): string => days.to ?? '9999-12-31';
  return starts(left) <= ends(right) && starts(right) <= ends(left);
}

function tellOverlap(row: Row<unknown>, other: Row<unknown>, tell: TellFault): void {
  const isAlways = [row, other].every(({ from, to }) => from === undefined && to === undefined);
  const where = `${other.place.file}:${other.place.line}`;
  if (isAlways) tell(row.place, `the code ${row.concur} is mapped twice`, `remove one row (the other is ${where})`);
  else
    tell(
      row.place,
      `the days of ${row.concur} overlap with those of ${where}`,
      'give each of the two rows its own days',
    );
}
