import type { ErpWriteContext, PostingState, TrackedErpDocument, WriteResult } from '../../contracts/erp-port.js';
import { Rejected } from '../http/errors.js';
import type { DimensionFormatReader } from './dimension-format-reader.js';
import { refuseForeignDuplicate } from './foreign-duplicates.js';
import { createJournalAccess } from './journal-access.js';
import { inWords, journalDifferences, type Difference } from './journal-differences.js';
import { ensureHeader, type WriteMode } from './journal-header.js';
import type { FoJournal } from './journal-kinds.js';
import { pairLines, planLines } from './journal-lines.js';
import { fillUp, type WriteSession } from './journal-fill.js';
import type { ODataClient } from './odata.js';
import { foldCode, sameCode } from './odata-literals.js';
import type { PostingService } from './posting-service.js';
import { postOnCall } from './posting-on-call.js';
import { readDetails } from './posting-reads.js';
import type { JournalHeader } from './schemas.js';

/** What the writer needs beside the document. */
export interface JournalWriterParts {
  odata: ODataClient;
  formats: DimensionFormatReader;
  mode: (company: string) => WriteMode;
  /** Posting state of one document, for a journal that turns out to be posted. */
  postingOf: (tracked: TrackedErpDocument, signal: AbortSignal) => Promise<PostingState>;
  /** The customer's service that posts a journal at once; undefined where F&O posts by itself. */
  postingService: (company: string) => PostingService | undefined;
}

/**
 * Writes one document as one journal with one voucher, exactly once (F&O spec 6, 10): finds or creates the header,
 * completes the lines, reads everything back and compares, and asks for the posting where the customer has a service for that. May
 * be called again after any failure. A journal that turns out to be posted is compared by its proof.
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
  const isCompleted = !ensured.header.posted && ensured.lines !== 'written' && (await fillUp(session, ensured));
  const header = await readBack(session, ensured.header.journal);
  const earlierLog = isCompleted && !header.posted ? await logOf(session, header.journal) : '';
  const keys = { journal: header.journal, ...(earlierLog === '' ? {} : { earlierLog }) };
  return { keys, adopted: ensured.adopted, posting: await postingAfter(parts, session, header) };
}

/**
 * Asks the customer's service once more to post a written journal. It is read and compared before, as at its writing: a person may
 * have mended it into something else meanwhile, and what differs is not posted by us (B9, trap 24). Throws as {@link writeJournal}.
 */
export async function postJournalAgain(
  parts: JournalWriterParts,
  tracked: TrackedErpDocument & { document: FoJournal },
  journal: string,
  context: ErpWriteContext,
): Promise<PostingState> {
  const { odata } = parts;
  const { document } = tracked;
  const access = createJournalAccess(odata, document, context.signal);
  if ((await access.header(journal)) === undefined) return parts.postingOf(tracked, context.signal);
  const format = await parts.formats.required(context.signal);
  const session: WriteSession = { odata, document, access, planned: planLines(document, format), format, context };
  return postingAfter(parts, session, await readBack(session, journal));
}

async function logOf({ odata, document, access, context }: WriteSession, journal: string): Promise<string> {
  const scope = { odata, company: document.company, kind: access.kind, signal: context.signal };
  const details = await readDetails(scope, [journal]);
  return details.get(foldCode(journal))?.Log ?? '';
}

async function postingAfter(
  { postingOf, postingService }: JournalWriterParts,
  { document, access, context }: WriteSession,
  { journal, posted }: JournalHeader,
): Promise<PostingState> {
  const tracked: TrackedErpDocument = { documentId: document.keySeed, document, keys: { journal } };
  const service = postingService(document.company);
  // A posted journal is asked about in the same way: the answer to an earlier call may have been lost.
  if (service !== undefined) return postOnCall({ service, tracked, document, journal, access, postingOf }, context);
  return posted ? postingOf(tracked, context.signal) : { state: 'waiting', part: document.part };
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
  if (header.posted) return header;
  const differences = [
    ...headerDifferences(header, document),
    ...journalDifferences(pairLines(access.kind, planned, lines), format),
  ];
  const first = differences[0];
  if (first === undefined) return header;
  // A lost dimension is the more telling finding where both kinds occur.
  const code = differences.some((difference) => difference.code === 'dimension-lost') ? 'dimension-lost' : first.code;
  throw refuse(`Journal ${journal} differs from the document in: ${differences.map(inWords).join(', ')}.`, code);
}

function headerDifferences(header: JournalHeader, document: FoJournal): Difference[] {
  const fields: [string, boolean][] = [
    ['journal name', sameCode(header.journalName, document.journalName)],
    ['description', header.description.trimEnd() === document.description.trimEnd()],
  ];
  return fields
    .filter(([, same]) => !same)
    .map(([field]) => ({ code: 'erp-document-changed', field, countsOncePosted: false }));
}
