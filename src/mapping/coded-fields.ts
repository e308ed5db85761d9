import type { JsonObject } from './concur-json.js';

const byNameAndNumber = new Intl.Collator('en', { numeric: true });
const employeeField = /^employee(Custom|OrgUnit)\d{1,2}Code$/;
const codedField = /^[a-z][A-Za-z]*?(Custom|OrgUnit)\d{1,2}Code$/;

/** The text, trimmed; undefined for null, missing and blank. */
export function filled(text: unknown): string | undefined {
  return typeof text === 'string' && text.trim() !== '' ? text.trim() : undefined;
}

/**
 * All filled `…CustomNCode` and `…OrgUnitNCode` fields of the given objects by field name, sorted by name and number. The
 * code counts, never the display value: a free-text field has its text in `Code` too (FIS spec 9).
 */
export function filledCodes(...sources: JsonObject[]): Record<string, string> {
  return sortedCodes(sources.flatMap(codesIn));
}

const sortedCodes = (codes: [string, string][]): Record<string, string> =>
  Object.fromEntries([...codes].sort(([left], [right]) => byNameAndNumber.compare(left, right)));

/** A report has hundreds of fields and is asked once per journal line: each object is searched once, what is dear last. */
const searched = new WeakMap<JsonObject, [string, string][]>();

function codesIn(source: JsonObject): [string, string][] {
  const known = searched.get(source);
  if (known !== undefined) return known;
  const found: [string, string][] = [];
  for (const field of Object.keys(source)) {
    if (!field.endsWith('Code')) continue;
    const code = filled(source[field]);
    if (code !== undefined && codedField.test(field) && !field.startsWith('employee')) found.push([field, code]);
  }
  searched.set(source, found);
  return found;
}

/** Filled custom and org-unit codes of the employee; they are no cost objects (decisions 17). */
export function employeeCodes(employee: JsonObject): Record<string, string> {
  const found = Object.keys(employee).flatMap((field): [string, string][] => {
    const code = field.endsWith('Code') ? filled(employee[field]) : undefined;
    return code !== undefined && employeeField.test(field) ? [[field, code]] : [];
  });
  return sortedCodes(found);
}

/** Those of the given traits of a leg that are filled (see `contracts/mapping-conditions.ts`). */
export function traitsOf(given: Record<string, unknown>): { traits?: Record<string, string> } {
  const found = Object.entries(given).flatMap(([name, value]): [string, string][] => {
    const text = filled(value);
    return text === undefined ? [] : [[name, text]];
  });
  return found.length === 0 ? {} : { traits: Object.fromEntries(found) };
}

/** The cost objects of an allocation: its filled `allocationCustomNCode` fields only (decisions 16). */
export function costObjectsOf(allocation: JsonObject): Record<string, string> {
  const codes = Object.entries(filledCodes(allocation));
  return Object.fromEntries(codes.filter(([field]) => field.startsWith('allocationCustom')));
}
