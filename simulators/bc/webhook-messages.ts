import type { ChangeKind } from './table.js';
import type { PendingItem, SubscriptionRow } from './webhook-state.js';

/** Adds newer items to older ones: one per subscription and record, as the receiver would have to see them together. */
export function mergeItems(older: readonly PendingItem[], newer: readonly PendingItem[]): PendingItem[] {
  const merged = new Map(older.map((item) => [keyOf(item), item]));
  for (const item of newer) {
    const before = merged.get(keyOf(item));
    const kind = before === undefined ? item.kind : mergedKind(before.kind, item.kind);
    if (kind === undefined) merged.delete(keyOf(item));
    else merged.set(keyOf(item), { ...item, kind, firstAt: before?.firstAt ?? item.firstAt });
  }
  return [...merged.values()];
}

function keyOf({ subscription, record }: PendingItem): string {
  return `${subscription}/${record}`;
}

/** Undefined: what was made and deleted again is not told at all. */
function mergedKind(before: ChangeKind, after: ChangeKind): ChangeKind | undefined {
  if (before === 'created') return after === 'deleted' ? undefined : 'created';
  return after === 'created' ? 'updated' : after;
}

/** What shapes the items of a message besides the changes. */
export interface MessageShape {
  /** More changes than this of one subscription become one item. */
  threshold: number;
  random: () => number;
}

/** The message to one URL: all subscriptions together, in the order of their first change. */
export function messageOf(
  items: readonly PendingItem[],
  subscriptions: readonly SubscriptionRow[],
  shape: MessageShape,
): { value: Record<string, string>[] } {
  const ordered = [...items].sort((left, right) => (left.firstAt < right.firstAt ? -1 : 1));
  const named = [...new Set(ordered.map(({ subscription }) => subscription))];
  const value = named.flatMap((id) => {
    const subscription = subscriptions.find((row) => row.id === id);
    const own = ordered.filter((item) => item.subscription === id);
    if (subscription === undefined) return [];
    if (own.length > shape.threshold) return [collectionItem(subscription, own, shape)];
    return own.map((item) => recordItem(subscription, item, shape));
  });
  return { value };
}

/** The leading slash of the resource is there or not, as it pleases the sender. */
function recordItem(
  subscription: SubscriptionRow,
  item: PendingItem,
  { random }: MessageShape,
): Record<string, string> {
  const resource = `${random() < 0.5 ? '/' : ''}${setPath(subscription)}(${item.record})`;
  return itemOf(subscription, { resource, changeType: item.kind, lastModifiedDateTime: item.at });
}

/** 50 ms before the first change; the bare set if anything was deleted, because no filter finds what is gone. */
function collectionItem(
  subscription: SubscriptionRow,
  items: readonly PendingItem[],
  { random }: MessageShape,
): Record<string, string> {
  const first = Math.min(...items.map(({ firstAt }) => Date.parse(firstAt)));
  const field = random() < 0.5 ? 'lastModifiedDateTime' : 'lastDateTimeModified';
  const since = new Date(first - 50).toISOString();
  const bare = items.some(({ kind }) => kind === 'deleted');
  const resource = `/${setPath(subscription)}${bare ? '' : `?$filter=${field}%20gt%20${since}`}`;
  const last = items.reduce((latest, { at }) => (at > latest ? at : latest), '');
  return itemOf(subscription, { resource, changeType: 'collection', lastModifiedDateTime: last });
}

function setPath({ company, set }: SubscriptionRow): string {
  return `api/v2.0/companies(${company})/${set}`;
}

function itemOf(
  { id, clientState, expiresAt }: SubscriptionRow,
  change: { resource: string; changeType: string; lastModifiedDateTime: string },
): Record<string, string> {
  const expirationDateTime = new Date(expiresAt).toISOString();
  return { subscriptionId: id, clientState, expirationDateTime, ...change };
}
