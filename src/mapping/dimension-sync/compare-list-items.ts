import type {
  DimensionSyncRules,
  ErpDimensionValue,
  ListChange,
  ListComparison,
  ListItem,
  ListRefusal,
  ToldListItem,
} from '../../contracts/dimension-sync.js';
import { erpCodeOf, listItemCode } from '../../contracts/list-item-codes.js';
import { fittedText } from '../erp-text.js';

/** What is compared: one complete read of the dimension, the items that stand in Concur now, and what it was told. */
export interface ListsToCompare {
  dimension: string;
  company: string;
  rules: DimensionSyncRules;
  values: readonly ErpDimensionValue[];
  /** Items of the level that the values stand on; deleted ones may be among them. */
  items: readonly ListItem[];
  told: readonly ToldListItem[];
}

/** Longest texts of the older list service; the newer one states none (concur-platform 5). */
const codeLimit = 32;
const nameLimit = 64;

const fold = (code: string): string => code.toUpperCase();

/**
 * Compares the values of a dimension with the list in Concur as it stands (S16). A value that is not offered, or that is gone,
 * is removed from the list; an item that Concur was never told of is left alone. After all changes there are none.
 */
export function compareListItems(given: ListsToCompare): ListComparison {
  const { values, items, rules, told } = given;
  const colliding = collidingCodes(values);
  const byShortCode = new Map(items.map((item) => [fold(item.shortCode), item]));
  const toldByCode = new Map(told.map((one) => [one.code, one]));
  const refusals: ListRefusal[] = [];
  const changes: ListChange[] = [];
  const known: ToldListItem[] = [];
  let unchanged = 0;
  for (const value of distinct(values)) {
    const item = standing(value.code, byShortCode, toldByCode.get(value.code));
    const problem = value.offered ? problemOf(value, given.company, given.dimension, colliding) : undefined;
    if (problem !== undefined) {
      refusals.push({ code: value.code, message: problem });
      continue;
    }
    const itemCode = item?.shortCode ?? listItemCode(value.code);
    const name = itemName(value);
    const change = changeOf(value, item, name);
    if (change === undefined) {
      unchanged += 1;
      if (item !== undefined) known.push({ code: value.code, itemCode, name, offered: value.offered });
    } else changes.push({ kind: change, code: value.code, itemCode, longCode: longCode(rules, itemCode), name });
  }
  const codes = new Set(values.map(({ code }) => code));
  changes.push(...vanished(given, codes, byShortCode));
  const tooMany = tooManyItems(given, changes);
  return {
    ...{ read: values.length, unchanged, changes, refusals, known },
    unknown: unknownItems(given, codes),
    ...(tooMany === undefined ? {} : { tooMany }),
  };
}

function changeOf(value: ErpDimensionValue, item: ListItem | undefined, name: string): ListChange['kind'] | undefined {
  if (!value.offered) return item === undefined || item.isDeleted ? undefined : 'remove';
  if (item === undefined) return 'create';
  if (item.isDeleted) return 'restore';
  return item.value === name ? undefined : 'update';
}

/** The item of a value: as it was told, by our code, or as people have entered it with the plain code. */
function standing(
  code: string,
  items: ReadonlyMap<string, ListItem>,
  told: ToldListItem | undefined,
): ListItem | undefined {
  const candidates = [told?.itemCode ?? '', listItemCode(code), code].map((one) => items.get(fold(one)));
  return candidates.find((item) => item?.isDeleted === false) ?? candidates.find((item) => item !== undefined);
}

/** Codes that differ in the ERP and that a list cannot tell apart (B35). */
function collidingCodes(values: readonly ErpDimensionValue[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { code } of distinct(values)) {
    const key = fold(listItemCode(code));
    groups.set(key, [...(groups.get(key) ?? []), code].sort());
  }
  return new Map(
    [...groups.values()].filter(({ length }) => length > 1).flatMap((group) => group.map((code) => [code, group])),
  );
}

/** Codes are never cut: two values could become one. */
function problemOf(
  { code }: ErpDimensionValue,
  company: string,
  dimension: string,
  colliding: ReadonlyMap<string, string[]>,
): string | undefined {
  const where = `Value ${code} of dimension ${dimension} of ${company} cannot be told to Concur.`;
  const others = (colliding.get(code) ?? []).filter((other) => other !== code);
  if (others.length > 0)
    return `${where} Concur cannot tell it from ${others.join(', ')}; give one of them another code.`;
  const { length } = listItemCode(code);
  if (length > codeLimit) {
    return `${where} Its code has ${length} characters, each hyphen and underscore counted twice; Concur takes at most ${codeLimit}.`;
  }
  return undefined;
}

/** A hyphen in a name may corrupt the list as well as one in a code; the dash looks the same to people. */
function itemName({ code, name }: ErpDimensionValue): string {
  const plain = fittedText(name === '' ? code : name, nameLimit);
  return plain.replaceAll('-', '–');
}

const longCode = ({ below }: DimensionSyncRules, itemCode: string): string =>
  below === undefined ? itemCode : `${below}-${itemCode}`;

/** What Concur was told of and the ERP does not have any more. */
function vanished(
  { told, rules }: ListsToCompare,
  codes: ReadonlySet<string>,
  items: ReadonlyMap<string, ListItem>,
): ListChange[] {
  return told.flatMap(({ code, itemCode, name }): ListChange[] => {
    const item = items.get(fold(itemCode));
    if (codes.has(code) || item === undefined || item.isDeleted) return [];
    return [{ kind: 'remove', code, itemCode: item.shortCode, longCode: longCode(rules, item.shortCode), name }];
  });
}

function unknownItems({ items, told }: ListsToCompare, codes: ReadonlySet<string>): ListComparison['unknown'] {
  const known = new Set([...codes].flatMap((code) => [fold(code), fold(listItemCode(code))]));
  const ours = new Set(told.map(({ itemCode }) => fold(itemCode)));
  return items
    .filter(({ isDeleted, shortCode }) => !isDeleted && !known.has(fold(shortCode)) && !ours.has(fold(shortCode)))
    .map(({ shortCode, value }) => ({ itemCode: shortCode, code: erpCodeOf(shortCode), name: value }));
}

/** The guard of the vendors, for lists: new items never count, an empty read is held back whatever the numbers are. */
function tooManyItems(
  { values, told, rules, dimension, company }: ListsToCompare,
  changes: readonly ListChange[],
): string | undefined {
  const offered = told.filter((one) => one.offered).length;
  const removed = changes.filter(({ kind }) => kind === 'remove').length;
  const counted = changes.filter(({ kind }) => kind === 'remove' || kind === 'update').length;
  if (removed > 0 && !values.some((value) => value.offered)) {
    return `No value of ${dimension} of ${company} is left to tell, while Concur knows ${offered}: all of them would be removed. Look at the service user's rights, the company and the dimension.`;
  }
  const isLarge = counted * 100 > rules.maximumSharePercent * offered;
  if (!isLarge || counted <= rules.minimumChanges) return undefined;
  return `${counted} of the ${offered} values of ${dimension} of ${company} that Concur knows would change (${removed} of them removed), more than ${rules.maximumSharePercent} %. Look at the planned changes; if they are right, force the run.`;
}

function distinct(values: readonly ErpDimensionValue[]): ErpDimensionValue[] {
  return [...new Map(values.map((value) => [value.code, value])).values()];
}
