import { Conflict } from '../http/errors.js';
import type { WriteSession } from './journal-fill.js';
import { lineBody } from './journal-lines.js';
import { DuplicateKey } from './odata-errors.js';
import { companyId } from './odata-literals.js';
import { MAX_OPERATIONS } from './batch.js';
import { headerSchema, type JournalHeader } from './schemas.js';
import { candidateNumbers } from './strong-numbers.js';

/**
 * `strong`: the client chooses the journal number and sends header and lines as one transaction. `recovery`: the number
 * sequence chooses, and the journal is found by its description (F&O spec 10).
 */
export type WriteMode = 'strong' | 'recovery';

/** The journal of a document and what is known of its lines. */
export interface EnsuredHeader {
  header: JournalHeader;
  /** Whether the journal was there before this call. */
  adopted: boolean;
  /** `none`: created a moment ago without lines; `written`: created with all lines; `unknown`: look. */
  lines: 'none' | 'written' | 'unknown';
}

/**
 * Finds the document's journal or creates it. Every look that finds none also asks for foreign duplicates, so that no
 * create ever goes out unchecked.
 */
export async function ensureHeader(
  session: WriteSession,
  mode: WriteMode,
  refuseDuplicates: () => Promise<void>,
): Promise<EnsuredHeader> {
  const { document, access, planned, context } = session;
  const numbers = mode === 'strong' ? candidateNumbers(document.journalBatchNumber, document.keySeed) : [];
  const asChangeset = mode === 'strong' && planned.length < MAX_OPERATIONS;
  const seen: { occupied: ReadonlySet<string>; lines: EnsuredHeader['lines'] } = {
    occupied: new Set(),
    lines: 'unknown',
  };

  const find = async (): Promise<JournalHeader | undefined> => {
    const { ours, occupied } = await access.find(numbers);
    seen.occupied = occupied;
    return ours;
  };
  const look = async (): Promise<JournalHeader | undefined> => {
    // Asked in one moment, all looks travel in one request; whose journal is there, does not mind what else is.
    const unique = refuseDuplicates();
    unique.catch(() => undefined);
    const ours = await find();
    if (ours === undefined) await unique;
    return ours;
  };
  const create = async (number: string | undefined): Promise<JournalHeader> => {
    const created = await (asChangeset ? createWithLines(session, number) : createAlone(session, number));
    seen.lines = asChangeset ? 'written' : 'none';
    return created;
  };
  const free = (): (string | undefined)[] =>
    mode === 'strong' ? numbers.filter((number) => !seen.occupied.has(number)) : [undefined];
  const { value: header } = await context.writes.create<JournalHeader>({
    operation: asChangeset ? 'fo.journal-changeset' : 'fo.journal-header',
    key: document.description,
    payload: { header: headerBody(session, numbers[0]), lines: planned },
    look,
    create: () => createUnderFreeNumber(session, free(), find, create),
  });
  if (seen.lines !== 'unknown') return { header, adopted: false, lines: seen.lines };
  // What one transaction wrote is complete; a line that it lacks now was removed by a person and is not put back.
  const isTransaction = asChangeset && numbers.includes(header.journal);
  return { header, adopted: true, lines: isTransaction ? 'written' : 'unknown' };
}

/**
 * Takes the first free number; `undefined` leaves the choice to the number sequence. A number that turns out to be taken
 * is a known outcome, nothing was written: our own journal under it is adopted (S81), a foreign one leads to the next.
 */
async function createUnderFreeNumber(
  { odata }: WriteSession,
  numbers: readonly (string | undefined)[],
  find: () => Promise<JournalHeader | undefined>,
  create: (number: string | undefined) => Promise<JournalHeader>,
): Promise<JournalHeader> {
  let clash = new Conflict('The journal numbers of this document all belong to other journals.', {
    system: odata.system,
    operation: 'journal-number',
  });
  for (const number of numbers) {
    try {
      return await create(number);
    } catch (error) {
      if (!(error instanceof DuplicateKey)) throw error;
      const ours = await find();
      if (ours !== undefined) return ours;
      clash = new Conflict(error.message, error.call);
    }
  }
  throw clash;
}

function headerBody({ document }: WriteSession, number: string | undefined): Record<string, unknown> {
  return {
    dataAreaId: companyId(document.company),
    ...(number === undefined ? {} : { JournalBatchNumber: number }),
    JournalName: document.journalName,
    // Left out, it would default from the journal name and the mark would be lost (trap 12).
    Description: document.description,
  };
}

async function createAlone(session: WriteSession, number: string | undefined): Promise<JournalHeader> {
  const { odata, access, context } = session;
  return odata.create(access.kind.headers, headerBody(session, number), headerSchema, context.signal);
}

async function createWithLines(session: WriteSession, number: string | undefined): Promise<JournalHeader> {
  const { odata, document, access, planned, context } = session;
  const { kind } = access;
  const journal = number ?? document.journalBatchNumber;
  const [header] = await odata.createTogether(
    [
      { set: kind.headers, body: headerBody(session, journal) },
      ...planned.map((line) => ({ set: kind.lines, body: lineBody(kind, document.company, journal, line) })),
    ],
    journal,
    context.signal,
  );
  return odata.parseRow(headerSchema, header, { system: odata.system, operation: 'batch' });
}
