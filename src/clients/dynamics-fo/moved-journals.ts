import { foldCode, sameCode } from './odata-literals.js';
import { readDetails, readReferringLines, type JournalOfDocument, type PostingScope } from './posting-reads.js';

/** Where the lines of a document stand that are not in its own journal any more. */
export interface Moved {
  /** The journal that holds them now. */
  journal: string;
  /** Whether *Post and transfer* has made that journal out of ours; otherwise a person has moved or copied the lines. */
  byTransfer: boolean;
}

/** A batch that posts every night may transfer a voucher that goes on failing every night. */
const MAX_TRANSFERS = 50;

/** A Concur document may have several parts in one company, each with a journal of its own. */
export const partKey = (documentId: string, part: number): string => JSON.stringify([documentId, part]);

/**
 * Looks for the lines of documents whose own journal lacks them: *Post and transfer* moves a voucher that fails into a new journal,
 * which names the old one as its parent, and that one into a third (F&O spec 7). Found ones stand under their {@link partKey}.
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
  const parents = await readParents(
    scope,
    elsewhere.map(({ journal }) => journal),
    tracked.map(({ journal }) => journal),
  );
  const moved = new Map<string, Moved>();
  for (const { one, journal } of elsewhere) {
    const byTransfer = descends(journal, one.journal, parents);
    const key = partKey(one.documentId, one.document.part);
    if (byTransfer || !moved.has(key)) moved.set(key, { journal, byTransfer });
  }
  return moved;
}

/** Parents by folded journal number, up to journals that have none and to the ones that are `known` to be the first. */
async function readParents(
  scope: PostingScope,
  journals: readonly string[],
  known: readonly string[],
): Promise<Map<string, string>> {
  const parents = new Map(known.map((journal) => [foldCode(journal), '']));
  let next = journals;
  for (let transfers = 0; transfers < MAX_TRANSFERS; transfers += 1) {
    next = [...new Set(next.map(foldCode))].filter((journal) => journal !== '' && !parents.has(journal));
    if (next.length === 0) break;
    const details = await readDetails(scope, next);
    for (const journal of next) parents.set(journal, details.get(journal)?.ParentJournalNum ?? '');
    next = next.map((journal) => parents.get(journal) ?? '');
  }
  return parents;
}

function descends(journal: string, from: string, parents: ReadonlyMap<string, string>): boolean {
  const seen = new Set<string>();
  let at = foldCode(journal);
  while (at !== '' && !seen.has(at)) {
    seen.add(at);
    const parent = parents.get(at) ?? '';
    if (sameCode(parent, from)) return true;
    at = foldCode(parent);
  }
  return false;
}
