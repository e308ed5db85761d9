import type { BcCompany } from './options.js';

/** A row of the detailed vendor ledger: its own number, and the entries that it concerns. */
export interface Touch {
  rowNo: string | undefined;
  entryNos: readonly string[];
}

/** Where to read on: rows of a posting date and later ones, or all rows that came after one. */
export type TouchedFrom = { on: string } | { after: string };

export interface Touches {
  /**
   * Numbers of the vendor ledger entries that were touched since an instant. Asked again with the same instant, for other documents
   * or because a pass was broken off, it answers for the same rows.
   */
  since(company: BcCompany, at: string, read: (from: TouchedFrom) => Promise<Touch[]>): Promise<Set<string>>;
  /** Says of a touched entry whether its rows told what happened; one that did not counts as touched until it does. */
  understood(company: BcCompany, entryNo: string, isUnderstood: boolean): void;
}

/** How far back a payment may be dated that was entered while nobody watched; the self-check of each document finds older ones. */
const backdatedDays = 31;

/**
 * Remembers up to which row of the detailed ledger each company was read. Payments are often posted under an earlier date, that of
 * the bank, so that no window of posting dates finds them all; the numbers of the rows only grow.
 */
export function createTouches(): Touches {
  const passes = new Map<string, { at: string; from: TouchedFrom; seen: string | undefined }>();
  const unclear = new Map<string, Set<string>>();
  return {
    understood({ path }, entryNo, isUnderstood) {
      const entries = unclear.get(path) ?? new Set<string>();
      unclear.set(path, entries);
      if (isUnderstood) entries.delete(entryNo);
      else entries.add(entryNo);
    },
    async since(company, at, read) {
      const last = passes.get(company.path);
      // A new instant says that the pass before was completed, so that what it had seen is done.
      const isSamePass = last?.at === at;
      const from = isSamePass
        ? last.from
        : last?.seen === undefined
          ? { on: daysBefore(at, backdatedDays) }
          : { after: last.seen };
      const touches = await read(from);
      if (!isSamePass) {
        // Only the first answer of a pass counts: what comes between two of them is not yet known to all documents.
        passes.set(company.path, { at, from, seen: newest(touches) ?? last?.seen });
      }
      return new Set([...touches.flatMap(({ entryNos }) => entryNos), ...(unclear.get(company.path) ?? [])]);
    },
  };
}

function newest(touches: readonly Touch[]): string | undefined {
  let highest: string | undefined;
  for (const { rowNo } of touches) {
    if (rowNo !== undefined && (highest === undefined || BigInt(rowNo) > BigInt(highest))) highest = rowNo;
  }
  return highest;
}

function daysBefore(instant: string, days: number): string {
  return new Date(Date.parse(instant.slice(0, 10)) - days * 86_400_000).toISOString().slice(0, 10);
}
