import type { Company } from './company.js';
import { businessError, notInTable } from './errors.js';
import { captionOfField } from './fields.js';
import { dimensions, dimensionValues, ledgerSetup } from './tables-master.js';
import { integer, text, type Row } from './values.js';

/** Value codes by dimension code. */
export type Dimensions = Record<string, string>;

/** Fields of lines that show a shortcut dimension, by position. */
export const shortcutFields: Record<number, string> = {
  1: 'Shortcut_Dimension_1_Code',
  2: 'Shortcut_Dimension_2_Code',
  3: 'ShortcutDimCode3',
  4: 'ShortcutDimCode4',
  5: 'ShortcutDimCode5',
  6: 'ShortcutDimCode6',
  7: 'ShortcutDimCode7',
  8: 'ShortcutDimCode8',
};

/** Dimension values of a dimension set; none for 0. */
export function dimensionsOf(company: Company, setId: number): Dimensions {
  const kept = company.head.dimensionSets[setId - 1];
  return kept === undefined ? {} : (JSON.parse(kept) as Dimensions);
}

/** Id of the set with exactly these values; 0 for none. Sets are never changed. */
export function setIdOf(company: Company, values: Dimensions): number {
  const pairs = Object.entries(values)
    .filter(([, value]) => value !== '')
    .sort(([left], [right]) => (left < right ? -1 : 1));
  if (pairs.length === 0) return 0;
  const signature = JSON.stringify(Object.fromEntries(pairs));
  const { dimensionSets } = company.head;
  const known = dimensionSets.indexOf(signature);
  return known >= 0 ? known + 1 : dimensionSets.push(signature);
}

/** Code of the shortcut dimension at a position, 1 to 8; empty if the company has none there. */
export function shortcutCode(company: Company, position: number): string {
  return text(company.table(ledgerSetup).get('') ?? {}, `Shortcut_Dimension_${position}_Code`);
}

/** Value of the shortcut dimension of a record with a dimension set. */
export function shortcutValue(company: Company, row: Row, position: number): string {
  return dimensionsOf(company, integer(row, 'Dimension_Set_ID'))[shortcutCode(company, position)] ?? '';
}

/**
 * Puts the value of a shortcut dimension into the record's set. Only that the value exists is checked here; whether it is
 * blocked or a heading shows at posting (dynamics-nav.md section 9).
 */
export function putShortcut(company: Company, row: Row, change: { field: string; table: string; value: string }): void {
  const { field, table, value } = change;
  const position = Number(/\d/.exec(field)?.[0]);
  const code = shortcutCode(company, position);
  if (code === '' && value !== '') {
    throw businessError(`Shortcut Dimension ${position} Code is not set up in the General Ledger Setup.`);
  }
  if (value !== '' && company.table(dimensionValues).get(code, value) === undefined) {
    throw notInTable(captionOfField(field), table, value, 'Dimension Value');
  }
  const values = { ...dimensionsOf(company, integer(row, 'Dimension_Set_ID')), [code]: value };
  row['Dimension_Set_ID'] = setIdOf(company, values);
}

/** Records of the page Dimension Set Entries. */
export function dimensionSetRows(company: Company): Row[] {
  return company.head.dimensionSets.flatMap((kept, index) =>
    Object.entries(JSON.parse(kept) as Dimensions).map(([code, value]) => ({
      Dimension_Set_ID: index + 1,
      Dimension_Code: code,
      Dimension_Name: text(company.table(dimensions).get(code) ?? {}, 'Name'),
      DimensionValueCode: value,
      Dimension_Value_Name: text(company.table(dimensionValues).get(code, value) ?? {}, 'Name'),
    })),
  );
}
