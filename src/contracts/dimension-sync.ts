/** One value of an ERP dimension. */
export interface ErpDimensionValue {
  code: string;
  name: string;
  /** New documents in Concur may name it; false where postings with it would be refused. */
  offered: boolean;
}

/** How the values of one dimension are told to one list of Concur. */
export interface DimensionSyncRules {
  /** Id of the list in Concur. */
  list: string;
  /** Long code of the item below which the values stand, in a connected list; the first level where it is left out. */
  below?: string;
  /** What is done with items that the ERP does not know. */
  fromConcur: 'off' | 'propose';
  /** Percent of the items that Concur was told of which one run may change or remove. */
  maximumSharePercent: number;
  /** Up to so many may change or be removed whatever share that is. */
  minimumChanges: number;
}

/** One dimension of an ERP company, and the list of a Concur connection that is told of its values. */
export interface DimensionPlace {
  concur: string;
  erp: string;
  company: string;
  dimension: string;
  list: string;
}

/** An item as the list of Concur holds it (concur-platform 5). */
export interface ListItem {
  /** The codes of the item and of those above it, joined by hyphens. */
  code: string;
  shortCode: string;
  value: string;
  isDeleted: boolean;
}

/** What Concur was last told of one value. */
export interface ToldListItem {
  /** The value's code in the ERP. */
  code: string;
  itemCode: string;
  name: string;
  offered: boolean;
}

/** `restore`: the list holds the item, but deleted. */
export type ListChangeKind = 'create' | 'update' | 'restore' | 'remove';

export interface ListChange {
  kind: ListChangeKind;
  /** The value's code in the ERP. */
  code: string;
  /** Code of the item on its own level. */
  itemCode: string;
  /** Long code, by which a change names the item. */
  longCode: string;
  name: string;
}

/** A value that is not told to Concur, and why. */
export interface ListRefusal {
  code: string;
  /** A sentence for an accountant. */
  message: string;
}

/** What a comparison of the ERP's values with the list comes to. */
export interface ListComparison {
  read: number;
  unchanged: number;
  changes: ListChange[];
  refusals: ListRefusal[];
  /** Values that Concur holds as they should stand, and that it was not told of by us: they are remembered. */
  known: ToldListItem[];
  /** Items that Concur offers and the ERP does not know. */
  unknown: { itemCode: string; code: string; name: string }[];
  /** More would change than one run may change: a sentence for the person who decides. */
  tooMany?: string;
}

/** Input of `readDimensionValues`, on the queue of the ERP. */
export interface ReadDimensionValuesInput extends DimensionPlace {
  run: string;
}

/** Input of `syncListItems`, on the queue of the Concur connection. */
export interface SyncListItemsInput extends ReadDimensionValuesInput {
  dryRun: boolean;
  force: boolean;
  /** Who asked for the run; left out for a scheduled one. */
  by?: string;
}

export interface SyncDimensionsInput {
  concur: string;
  erp: string;
  company: string;
  /** In this order. */
  dimensions: { dimension: string; list: string }[];
  queuePrefix: string;
  dryRun: boolean;
  force: boolean;
  by?: string;
  retryMaximumSeconds: number;
}

/** Numbers of one run of one dimension. In one that is held back they say what it would have done. */
export interface SyncListResult {
  read: number;
  unchanged: number;
  created: number;
  updated: number;
  removed: number;
  refused: number;
  /** Items of Concur that the ERP does not know and that wait for a person. */
  proposed: number;
  heldBack?: string;
}

export type SyncDimensionsResult = Record<string, SyncListResult>;
