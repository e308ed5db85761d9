import { foldCode, sameCode } from './odata-literals.js';
import { readDetails, readReferringLines, type JournalOfDocument, type PostingScope } from './posting-reads.js';

/** Where the lines of a document stand that are not in its own journal any more. */
export interface Moved {
  /** The journal that holds them now. */
  journal: string;
  /** Whether *Post and transfer* has made that journal out of ours; otherwise a person has moved or copied the lines. */
  byTransfer: boolean;
}

/** A Concur document may have several parts in one company, each with a journal of its own. */
export const partKey = (documentId: string, part: number): string => JSON.stringify([documentId, part]);

/**
 * Looks for the lines of documents whose own journal lacks them: *Post and transfer* moves a voucher that fails into a new journal,
 * which names the old one as its parent (F&O spec 7). Found ones stand under their {@link partKey}.
 */
export async function findMoved(
  scope: PostingScope,
  tracked: readonly JournalOfDocument[],
): Promise<Map<string, Moved>> {
  const lines = await readReferringLines(
    scope,
    tracked.map(({ document }) => document.keySeed),
  );
  const elsewhere = tracked.flatMap((one) => {
    const others = (lines.get(foldCode(one.document.keySeed)) ?? []).map(({ journal }) => journal);
    const journals = [...new Set(others)].filter((journal) => !sameCode(journal, one.journal));
    return journals.map((journal) => ({ one, journal }));
  });
  const details = await readDetails(
    scope,
    elsewhere.map(({ journal }) => journal),
  );
  const moved = new Map<string, Moved>();
  for (const { one, journal } of elsewhere) {
    const parent = details.get(foldCode(journal))?.ParentJournalNum ?? '';
    const byTransfer = sameCode(parent, one.journal);
    const key = partKey(one.documentId, one.document.part);
    if (byTransfer || !moved.has(key)) moved.set(key, { journal, byTransfer });
  }
  return moved;
}
