import type { JsonObject } from './concur-json.js';

const byNameAndNumber = new Intl.Collator('en', { numeric: true });
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
  const found: [string, string][] = [];
  for (const source of sources) {
    for (const [field, value] of Object.entries(source)) {
      const code = filled(value);
      if (code !== undefined && codedField.test(field) && !field.startsWith('employee')) {
        found.push([field, code]);
      }
    }
  }
  return Object.fromEntries(found.sort(([left], [right]) => byNameAndNumber.compare(left, right)));
}

/** The cost objects of an allocation: its filled `allocationCustomNCode` fields only (decisions 16). */
export function costObjectsOf(allocation: JsonObject): Record<string, string> {
  const codes = Object.entries(filledCodes(allocation));
  return Object.fromEntries(codes.filter(([field]) => field.startsWith('allocationCustom')));
}
