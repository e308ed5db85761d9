/** One item of a list, below its parent; its long code is made of those above it. */
export interface ListItemRecord {
  id: string;
  shortCode: string;
  value: string;
  /** Id of the item above it; absent on the first level. */
  parentId?: string;
  isDeleted: boolean;
}

/** A list with its items in the order in which they came. */
export interface ListRecord {
  id: string;
  value: string;
  levelCount: number;
  /** Another app manages the list: nobody else may change it. */
  isManagedByOther: boolean;
  items: ListItemRecord[];
}

/** The long code of an item: those of all items above it, joined by hyphens (concur-platform.md 5). */
export function longCodeOf(list: ListRecord, item: ListItemRecord): string {
  const parent = list.items.find(({ id }) => id === item.parentId);
  return parent === undefined ? item.shortCode : `${longCodeOf(list, parent)}-${item.shortCode}`;
}

/** How many items stand above one, itself included. */
export function levelOf(list: ListRecord, item: ListItemRecord): number {
  const parent = list.items.find(({ id }) => id === item.parentId);
  return parent === undefined ? 1 : levelOf(list, parent) + 1;
}

/** The item with a long code, deleted ones included. */
export function itemByCode(list: ListRecord, code: string): ListItemRecord | undefined {
  return list.items.find((item) => longCodeOf(list, item) === code);
}

/** An item as the service answers it. */
export function itemAnswer(list: ListRecord, item: ListItemRecord): Record<string, unknown> {
  const hasChildren = list.items.some(({ parentId, isDeleted }) => parentId === item.id && !isDeleted);
  return {
    id: item.id,
    code: longCodeOf(list, item),
    shortCode: item.shortCode,
    value: item.value,
    parentId: item.parentId ?? null,
    level: levelOf(list, item),
    isDeleted: item.isDeleted,
    lists: [{ id: list.id, hasChildren }],
  };
}
