import { byText, code, fixed, option, plainField, text, type EntitySet, type Part } from './odata-fields.js';
import type { DimensionPair, Stored } from './records.js';
import { EMPTY_GUID, type Company } from './world.js';

/** One dimension of a parent as the API shows it; its id is the id of the dimension, so it repeats over parents. */
export interface DimensionLineRow extends Stored {
  pair: DimensionPair;
  parentId: string;
  parentType: string;
  valueId: string;
}

const PARENT_TYPES = [
  ...['Journal Line', 'Purchase Invoice', 'Purchase Invoice Line', 'Purchase Credit Memo', 'Purchase Credit Memo Line'],
  ...['Purchase Order', 'Purchase Order Line', 'Purchase Receipt', 'Purchase Receipt Line', 'General Ledger Entry'],
] as const;

/** Dimensions of drafts, journal lines and posted entries. */
export const dimensionSetLines: EntitySet<DimensionLineRow> = {
  name: 'dimensionSetLines',
  type: 'dimensionSetLine',
  fields: {
    id: plainField('guid', (row) => row.id),
    code: code(20, (row) => row.pair.code),
    consolidationCode: fixed(code(20, () => '')),
    parentId: fixed(plainField('guid', (row) => row.parentId)),
    parentType: fixed(option(PARENT_TYPES, (row) => row.parentType)),
    displayName: fixed(text(30, (row) => row.pair.code)),
    valueId: plainField('guid', (row) => row.valueId),
    valueCode: code(20, (row) => row.pair.value),
    valueConsolidationCode: fixed(code(20, () => '')),
    valueDisplayName: fixed(text(50, (row) => row.pair.value)),
  },
  parts: {},
  order: (left, right) => byText(left.pair.code, right.pair.code),
  lagging: false,
  parent: { field: 'parentId', message: 'You must get to the parent first to get to the dimension set line.' },
};

/** Dimension lines of a parent. */
export function dimensionRows(
  company: Company,
  parent: Stored & { dimensions: DimensionPair[] },
  parentType: string,
): DimensionLineRow[] {
  return parent.dimensions.map((pair) => {
    const dimension = company.dimensions.find((row) => row.code === pair.code);
    const value = company.dimensionValues.find((row) => row.dimensionCode === pair.code && row.code === pair.value);
    const { version, createdAt, modifiedAt } = parent;
    const id = dimension?.id ?? EMPTY_GUID;
    return {
      id,
      version,
      createdAt,
      modifiedAt,
      pair,
      parentId: parent.id,
      parentType,
      valueId: value?.id ?? EMPTY_GUID,
    };
  });
}

/** The navigation from a parent to its dimension lines. */
export function dimensionPart(parentType: string): Part<Stored & { dimensions: DimensionPair[] }> {
  return { set: dimensionSetLines, rows: (row, view) => dimensionRows(view.company, row, parentType) };
}
