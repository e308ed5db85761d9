import type { ErpWriteContext, PostingState, TrackedErpDocument, WriteResult } from '../../contracts/erp-port.js';
import { Rejected } from '../http/errors.js';
import type { DimensionFormatReader } from './dimension-format-reader.js';
import { refuseForeignDuplicate } from './foreign-duplicates.js';
import { createJournalAccess } from './journal-access.js';
import { journalDifferences, type Difference } from './journal-differences.js';
import { ensureHeader, type WriteMode } from './journal-header.js';
import type { FoJournal } from './journal-kinds.js';
import { pairLines, planLines } from './journal-lines.js';
import { fillUp, type WriteSession } from './journal-fill.js';
import type { ODataClient } from './odata.js';
import { sameCode } from './odata-literals.js';
import type { JournalHeader } from './schemas.js';

/** What the writer needs beside the document. */
export interface JournalWriterParts {
  odata: ODataClient;
  formats: DimensionFormatReader;
  mode: (company: string) => WriteMode;
  /** Posting state of one document, for a journal that turns out to be posted. */
  postingOf: (tracked: TrackedErpDocument, signal: AbortSignal) => Promise<PostingState>;
}

/**
 * Writes one document as one journal with one voucher, exactly once (F&O spec 6, 10): finds or creates the header,
 * completes the lines, reads everything back and compares. May be called again after any failure.
 *
 * Throws `Conflict` for an entry of the same invoice that is not ours, `Rejected` for what F&O refuses
 * (`erp-refused`, `period-closed`), for what cannot be expressed (`dimension-unusable`) and for a journal that differs
 * from what was meant (`erp-document-changed`, `dimension-lost`).
 */
export async function writeJournal(
  parts: JournalWriterParts,
  document: FoJournal,
  context: ErpWriteContext,
): Promise<WriteResult> {
  const { odata } = parts;
  const { signal } = context;
  const format = await parts.formats.required(signal);
  const planned = planLines(document, format);
  const access = createJournalAccess(odata, document, signal);
  const session: WriteSession = { odata, document, access, planned, format, context };
  const refuseDuplicates = (): Promise<void> => refuseForeignDuplicate(odata, document, format, signal);
  const ensured = await ensureHeader(session, parts.mode(document.company), refuseDuplicates);
  context.heartbeat();
  if (!ensured.header.posted && ensured.lines !== 'written') await fillUp(session, ensured);
  const header = await readBack(session, ensured.header.journal);
  const keys = { journal: header.journal };
  const posting: PostingState = header.posted
    ? await parts.postingOf({ documentId: document.keySeed, document, keys }, signal)
    : { state: 'waiting', part: document.part };
  return { keys, adopted: ensured.adopted, posting };
}

/** Reads header and lines as they are now, not as the answers to the creates said (trap 23, 24). */
async function readBack(
  { odata, document, access, planned, format }: WriteSession,
  journal: string,
): Promise<JournalHeader> {
  const [header, lines] = await Promise.all([access.header(journal), access.lines([journal])]);
  const refuse = (message: string, code: string): Rejected =>
    new Rejected(message, { system: odata.system, operation: 'read-back' }, code);
  if (header === undefined)
    throw refuse(`Journal ${journal} was removed while it was written.`, 'erp-document-changed');
  const differences = [
    ...headerDifferences(header, document),
    // Journal names may delete lines at posting (trap 13); then the posted entries are the only evidence.
    ...(header.posted && lines.length === 0 ? [] : journalDifferences(pairLines(access.kind, planned, lines), format)),
  ];
  const relevant = header.posted ? differences.filter(({ concernsMoney }) => concernsMoney) : differences;
  const first = relevant[0];
  if (first === undefined) return header;
  // A lost dimension is the more telling finding where both kinds occur.
  const code = relevant.some((difference) => difference.code === 'dimension-lost') ? 'dimension-lost' : first.code;
  const fields = relevant.map(({ field }) => field).join(', ');
  throw refuse(`Journal ${journal} differs from the document in: ${fields}.`, code);
}

function headerDifferences(header: JournalHeader, document: FoJournal): Difference[] {
  const fields: [string, boolean][] = [
    ['journal name', sameCode(header.journalName, document.journalName)],
    ['description', header.description.trimEnd() === document.description.trimEnd()],
  ];
  return fields
    .filter(([, same]) => !same)
    .map(([field]) => ({ code: 'erp-document-changed', field, concernsMoney: false }));
}
