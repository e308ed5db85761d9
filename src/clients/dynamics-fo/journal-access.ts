import { Conflict } from '../http/errors.js';
import { journalKinds, lineColumns, type FoJournal, type JournalKind } from './journal-kinds.js';
import type { ODataClient } from './odata.js';
import { allOf, numberEquals, sameCode, textEquals } from './odata-literals.js';
import { headerColumns, headerSchema, type JournalHeader, type WrittenLine } from './schemas.js';

/** Reads of the journal that a document has, or shall get. */
export interface JournalAccess {
  readonly kind: JournalKind;
  /**
   * The journal with the document's mark, and which of the given numbers other journals occupy. Throws `Conflict` where
   * two journals carry the mark and both hold lines: a person must remove one.
   */
  find(numbers?: readonly string[]): Promise<{ ours: JournalHeader | undefined; occupied: Set<string> }>;
  /** The journals whose description is the document's mark, and those with one of the given numbers. */
  journals(numbers: readonly string[]): Promise<JournalHeader[]>;
  header(journal: string): Promise<JournalHeader | undefined>;
  lines(journals: readonly string[]): Promise<WrittenLine[]>;
  line(journal: string, lineNumber: string): Promise<WrittenLine | undefined>;
  /** Lines of any journal that carry the document's reference. */
  referringLines(): Promise<WrittenLine[]>;
}

/** Binds the reads to one document. */
export function createJournalAccess(odata: ODataClient, document: FoJournal, signal: AbortSignal): JournalAccess {
  const kind = journalKinds[document.route];
  const { company, description, keySeed } = document;

  const headers = (anyOf: string[], isOwn: (row: JournalHeader) => boolean): Promise<JournalHeader[]> =>
    odata.read({
      set: kind.headers,
      company,
      anyOf,
      isOwn,
      select: headerColumns,
      orderBy: 'JournalBatchNumber',
      row: headerSchema,
      signal,
    });

  // The journal name is not asked for: it may have been mapped anew between two attempts, the mark never is.
  const journals = (numbers: readonly string[]): Promise<JournalHeader[]> =>
    headers(
      [textEquals('Description', description), ...numbers.map((number) => textEquals('JournalBatchNumber', number))],
      (row) =>
        sameCode(row.description.trimEnd(), description.trimEnd()) ||
        numbers.some((number) => sameCode(number, row.journal)),
    );

  const linesWhere = (anyOf: string[], isOwn?: (row: WrittenLine) => boolean): Promise<WrittenLine[]> =>
    odata.read({
      set: kind.lines,
      company,
      anyOf,
      ...(isOwn === undefined ? {} : { isOwn }),
      select: lineColumns(kind),
      orderBy: 'JournalBatchNumber,LineNumber',
      row: kind.line,
      signal,
    });

  const lines = (numbers: readonly string[]): Promise<WrittenLine[]> =>
    linesWhere(
      numbers.map((journal) => textEquals('JournalBatchNumber', journal)),
      (row) => numbers.some((journal) => sameCode(journal, row.journal)),
    );

  /** Two journals with one mark: the posted one or the only one with lines stays, else the oldest. */
  async function choose(marked: JournalHeader[]): Promise<JournalHeader | undefined> {
    if (marked.length < 2) return marked[0];
    const filled = new Set((await lines(marked.map(({ journal }) => journal))).map(({ journal }) => journal));
    const meant = marked.filter(({ journal, posted }) => posted || filled.has(journal));
    if (meant.length < 2) return meant[0] ?? marked[0];
    const numbers = meant.map(({ journal }) => journal).join(' and ');
    throw new Conflict(`The journals ${numbers} both hold this document; delete the one that is not posted.`, {
      system: odata.system,
      operation: `${kind.headers}.read`,
    });
  }

  return {
    kind,
    journals,
    lines,
    referringLines: () => linesWhere([textEquals('Document', keySeed)], (row) => sameCode(row.document, keySeed)),
    async line(journal, lineNumber) {
      const key = allOf(textEquals('JournalBatchNumber', journal), numberEquals('LineNumber', lineNumber));
      const rows = await linesWhere([key]);
      return rows[0];
    },
    async find(numbers = []) {
      const rows = await journals(numbers);
      const isMarked = (row: JournalHeader): boolean => row.description.trimEnd() === description.trimEnd();
      const ours = await choose(rows.filter(isMarked));
      return { ours, occupied: new Set(rows.filter((row) => !isMarked(row)).map(({ journal }) => journal)) };
    },
    async header(journal) {
      const rows = await headers([textEquals('JournalBatchNumber', journal)], (row) => sameCode(row.journal, journal));
      return rows[0];
    },
  };
}
