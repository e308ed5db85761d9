import type { JsonObject } from './concur-json.js';
import { remembered } from './remembered.js';

const employeeField = /^employee(Custom|OrgUnit)\d{1,2}Code$/;
const codedField = /^[a-z][A-Za-z]*?(Custom|OrgUnit)\d{1,2}Code$/;

/** The text, trimmed; undefined for null, missing and blank. */
export function filled(text: unknown): string | undefined {
  return typeof text === 'string' ? text.trim() || undefined : undefined;
}

/** A field and its code, trimmed and not empty. */
export type CodedField = [field: string, code: string];

/**
 * All filled `…CustomNCode` and `…OrgUnitNCode` fields of an object but the employee's own. The code counts, never the display
 * value: a free-text field has its text in `Code` too (FIS spec 9).
 */
export function codedFields(source: JsonObject): CodedField[] {
  return filledFields(source, (field) => codedField.test(field) && !field.startsWith('employee'));
}

/** What the costs of an allocation are coded with, by field name, sorted by name and number. */
export interface CostCodes {
  /** The allocation's own `allocationCustomNCode` fields only (decisions 16). */
  costObjects: Record<string, string>;
  /** All coded fields of the allocation and of what is around it. */
  fields: Record<string, string>;
}

/** @param around coded fields of the entry and the report, or of the line and the invoice, that the allocation belongs to */
export function costCodes(allocation: JsonObject, around: readonly CodedField[]): CostCodes {
  const own = codedFields(allocation);
  return {
    costObjects: sortedCodes(own.filter(([field]) => field.startsWith('allocationCustom'))),
    fields: sortedCodes([...own, ...around]),
  };
}

const sortedCodes = (codes: CodedField[]): Record<string, string> =>
  Object.fromEntries(codes.length < 2 ? codes : [...codes].sort(([left], [right]) => inOrder(left, right)));

/** By name, then by number: `Custom2` comes before `Custom10`. */
function inOrder(left: string, right: string): number {
  const [one, other] = [sortKey(left), sortKey(right)];
  if (one !== other) return one < other ? -1 : 1;
  return left === right ? 0 : left < right ? -1 : 1;
}

const sortKey = remembered(2_000, (field) => field.toLowerCase().replace(/\d+/, (digits) => digits.padStart(2, '0')));

/** A report has hundreds of fields: what is dear to ask comes last. */
function filledFields(source: JsonObject, isWanted: (field: string) => boolean): CodedField[] {
  const found: CodedField[] = [];
  for (const field of Object.keys(source)) {
    if (!field.endsWith('Code')) continue;
    const code = filled(source[field]);
    if (code !== undefined && isWanted(field)) found.push([field, code]);
  }
  return found;
}

/** Filled custom and org-unit codes of the employee; they are no cost objects (decisions 17). */
export function employeeCodes(employee: JsonObject): Record<string, string> {
  return sortedCodes(filledFields(employee, (field) => employeeField.test(field)));
}

/** Those of the given traits of a leg that are filled (see `contracts/mapping-conditions.ts`). */
export function traitsOf(given: Record<string, unknown>): { traits?: Record<string, string> } {
  const traits: Record<string, string> = {};
  for (const name of Object.keys(given)) {
    const text = filled(given[name]);
    if (text !== undefined) traits[name] = text;
  }
  return Object.keys(traits).length === 0 ? {} : { traits };
}
