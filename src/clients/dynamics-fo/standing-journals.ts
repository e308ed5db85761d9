import type { ErpWriteContext, TrackedErpDocument } from '../../contracts/erp-port.js';
import { groupedBy } from './grouped.js';
import type { JournalAccess } from './journal-access.js';
import type { FoJournal } from './journal-kinds.js';
import type { JournalWriterParts } from './journal-writer.js';
import { foldCode, sameCode } from './odata-literals.js';
import type { JournalHeader, WrittenLine } from './schemas.js';

/** A document of a route that F&O has, as the store knows it. */
export type TrackedJournal = TrackedErpDocument & { document: FoJournal };

/** One withdrawal: what all steps share. */
export interface WithdrawalSession {
  parts: Pick<JournalWriterParts, 'odata' | 'postingOf'>;
  tracked: TrackedJournal;
  access: JournalAccess;
  context: ErpWriteContext;
}

/** A journal with its lines, ours and those of others. */
export interface StandingJournal {
  header: JournalHeader;
  own: WrittenLine[];
  foreign: WrittenLine[];
}

/** Everything of a document that stands in F&O at this moment. */
export interface Standing {
  /** Journals with the document's mark. */
  marked: StandingJournal[];
  /** Journals of others, or that a person has made his own, with lines of the document in them. */
  unmarked: StandingJournal[];
}

/** The mark is the key seed in the description; a person may have added words to it. */
export function isMarked({ keySeed }: FoJournal, { description }: JournalHeader): boolean {
  return foldCode(description).includes(foldCode(keySeed));
}

/** The connector's lines carry the key seed as their document reference. */
export function isOwnLine({ keySeed }: FoJournal, { document }: WrittenLine): boolean {
  return sameCode(document, keySeed);
}

/**
 * Looks by mark, by the number that was saved and by the reference of the lines: a create may have been lost before its number
 * was known, and *Post and transfer* moves lines into a new journal (F&O spec 7, 10).
 */
export async function lookForJournals({ access, tracked }: WithdrawalSession): Promise<Standing> {
  const { document, keys } = tracked;
  const referring = (await access.referringLines()).map(({ journal }) => journal);
  const numbers = new Set([...(keys.journal === undefined ? [] : [keys.journal]), ...referring]);
  const headers = await access.journals([...numbers]);
  const lines = groupedBy(await access.lines(headers.map(({ journal }) => journal)), ({ journal }) =>
    foldCode(journal),
  );
  const journals = headers.map((header): StandingJournal => {
    const all = lines.get(foldCode(header.journal)) ?? [];
    const own = all.filter((line) => isOwnLine(document, line));
    return { header, own, foreign: all.filter((line) => !own.includes(line)) };
  });
  return {
    marked: journals.filter(({ header }) => isMarked(document, header)),
    // The saved number alone says nothing, except of a posted journal whose lines the posting has deleted (trap 13).
    unmarked: journals.filter(
      ({ header, own, foreign }) =>
        !isMarked(document, header) && (own.length > 0 || (header.posted && foreign.length === 0)),
    ),
  };
}
