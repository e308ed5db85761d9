import type { EffectiveDays, LiabilityTarget, MappingPlace, TableExtras } from '../contracts/mapping-rules.js';

/** An answer of the mapping, and the sentence that says which row, rule or declaration has given it (B6, B8). */
export interface Decided<Value = string> {
  value: Value;
  why: string;
}

/** Rows of one table under the name by which the configuration knows it. */
export type NamedTable<Value> = TableExtras<Value> & {
  name: string;
  byCode: Record<string, Value>;
  sameCode?: boolean;
};

/** Account and vendor codes have at most 20 characters in both ERPs (F&O spec 10, NAV spec 8). */
export const codeLimit = 20;

/** Says whether a row or rule holds on a day, `YYYY-MM-DD`. */
export function holdsOn({ from, to }: EffectiveDays, day: string): boolean {
  return (from === undefined || from <= day) && (to === undefined || day <= to);
}

/** The own value of a code, never one that every object has. */
export function ownRow<Value>(rows: Record<string, Value>, code: string): Value | undefined {
  return Object.hasOwn(rows, code) ? rows[code] : undefined;
}

/** The row of a code that holds on the day of the document. */
export function rowOf<Value extends string | LiabilityTarget>(
  table: NamedTable<Value>,
  code: string,
  day: string,
): Decided<Value> | undefined {
  const value = ownRow(table.byCode, code);
  if (value !== undefined) return decidedBy(table.name, code, value, ownRow(table.places ?? {}, code));
  const dated = table.dated?.find((row) => row.concur === code && holdsOn(row, day));
  if (dated === undefined) return undefined;
  const found = decidedBy(table.name, code, dated.erp, dated.place);
  return { ...found, why: `${found.why} (${daysText(dated)})` };
}

/** The row of a code, else the code itself where the table says so. */
export function rowOrSame(table: NamedTable<string>, code: string, day: string): Decided | undefined {
  const found = rowOf(table, code, day);
  if (found !== undefined || table.sameCode !== true || code.length > codeLimit) return found;
  return { value: code, why: `${table.name}: sameCode, ${code} is its own ERP code` };
}

/** What counts where a code has no row; a person has declared it. */
export function declaredDefault<Value>(
  { name, default: value }: NamedTable<Value>,
  reason: string,
): Decided<Value> | undefined {
  return value === undefined ? undefined : { value, why: `default of ${name}: ${reason} → ${shown(value)}` };
}

/** Why a table has no answer: for refusals. */
export function noRowWhy(table: NamedTable<unknown>, code: string, day: string): string {
  const others = (table.dated ?? []).filter((row) => row.concur === code);
  const rows =
    others.length === 0
      ? `no row for ${code} in ${table.name}`
      : `the rows for ${code} in ${table.name} do not hold on ${day} (${others.map(daysText).join('; ')})`;
  const same = table.sameCode === true && code.length > codeLimit ? [`${code} is too long for sameCode`] : [];
  const alike = others.length > 0 ? undefined : Object.keys(table.byCode).find((each) => isSameNumber(each, code));
  const lost = alike === undefined ? [] : [`but there is one for ${alike}: have zeros in front been lost?`];
  return [rows, ...same, ...lost].join(', ');
}

/** A spreadsheet takes codes of digits for numbers and drops their zeros; which of the two is right only a person knows. */
function isSameNumber(left: string, right: string): boolean {
  const [one, other] = [left, right].map((code) => (/^\d+$/.test(code) ? code.replace(/^0+/, '') : undefined));
  return one !== undefined && one !== '' && one === other;
}

function decidedBy<Value>(name: string, code: string, value: Value, place: MappingPlace | undefined): Decided<Value> {
  return { value, why: `${rowText(name, place)}: ${code} → ${shown(value)}` };
}

/** Names a row as a person finds it: the line number of a CSV file is the row of the spreadsheet. */
function rowText(name: string, place: MappingPlace | undefined): string {
  if (place === undefined) return `table of ${name}`;
  return place.file.endsWith('.csv')
    ? `table ${place.file} row ${place.line}`
    : `${name} in ${place.file} line ${place.line}`;
}

/** The place of a setting, as part of a sentence; empty where it is not known. */
export const placeText = (place: MappingPlace | undefined): string =>
  place === undefined ? '' : ` (${place.file} line ${place.line})`;

/** The days of a row or rule in words. */
export function daysText({ from, to }: EffectiveDays): string {
  if (from === undefined) return to === undefined ? 'always' : `until ${to}`;
  return to === undefined ? `from ${from}` : `from ${from} to ${to}`;
}

function shown(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Object.entries(value).flat().join(' ');
  return String(value);
}
