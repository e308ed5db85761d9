import type { ErpWriteContext } from '../../contracts/erp-port.js';
import { Conflict, Rejected } from '../http/errors.js';
import type { DimensionFormat } from './dimension-format.js';
import type { JournalAccess } from './journal-access.js';
import { inWords, lineDifferences, type Difference } from './journal-differences.js';
import type { EnsuredHeader } from './journal-header.js';
import type { FoJournal } from './journal-kinds.js';
import { lineBody, pairLines, type PlannedLine } from './journal-lines.js';
import type { ODataClient } from './odata.js';
import { DuplicateKey } from './odata-errors.js';
import { inChunks } from './odata-literals.js';
import { MAX_OPERATIONS } from './batch.js';
import type { WrittenLine } from './schemas.js';

/** One call of the writer: the document, its lines ready for the wire, and everything needed to write them. */
export interface WriteSession {
  odata: ODataClient;
  document: FoJournal;
  access: JournalAccess;
  planned: PlannedLine[];
  format: DimensionFormat;
  context: ErpWriteContext;
}

/**
 * Writes the lines that the journal lacks as one transaction (up to 100 lines), because parallel lines collide (trap 11) and a
 * batch would post half a journal. Lines that are there must be the planned ones: an altered line stops everything before
 * another one is added, else its correct twin would be written beside it. Resolves with whether a journal of an earlier
 * attempt had to be completed: then F&O may have tried to post the half of it.
 */
export async function fillUp(session: WriteSession, { header, lines }: EnsuredHeader): Promise<boolean> {
  const { planned, context } = session;
  // A journal created by this very call cannot hold lines, so its look costs no request.
  let isNew = lines === 'none';
  const state = isNew ? { missing: planned, voucher: undefined } : await stateOf(session, header.journal);
  let voucher = state.voucher;
  for (const chunk of inChunks(state.missing, MAX_OPERATIONS)) {
    const written = await writeLines(session, header.journal, chunk, isNew);
    const vouchers = new Set([...(voucher === undefined ? [] : [voucher]), ...written.map((line) => line.voucher)]);
    if (vouchers.size > 1) throw severalVouchers(session, header.journal);
    [voucher] = vouchers;
    isNew = false;
    context.heartbeat();
  }
  return lines !== 'none' && state.missing.length > 0;
}

async function writeLines(
  session: WriteSession,
  journal: string,
  chunk: PlannedLine[],
  isNew: boolean,
): Promise<WrittenLine[]> {
  const { document, context } = session;
  const look = (): Promise<WrittenLine[] | undefined> => findLines(session, journal, chunk);
  const { value } = await context.writes.create<WrittenLine[]>({
    operation: 'fo.journal-lines',
    key: `${document.keySeed}/${journal}/${chunk.map(({ number }) => number).join(',')}`,
    payload: chunk,
    look: isNew ? () => Promise.resolve(undefined) : look,
    create: () => createLines(session, journal, chunk, look),
  });
  return value;
}

async function createLines(
  { odata, document, access, context }: WriteSession,
  journal: string,
  chunk: readonly PlannedLine[],
  look: () => Promise<WrittenLine[] | undefined>,
): Promise<WrittenLine[]> {
  const { kind } = access;
  const rows = chunk.map((line) => ({ set: kind.lines, body: lineBody(kind, document.company, journal, line) }));
  try {
    const written = await odata.createTogether(rows, `${journal}${document.keySeed}`, context.signal);
    const call = { system: odata.system, operation: 'batch' };
    return written.map((row) => odata.parseRow(kind.line, row, call));
  } catch (error) {
    if (!(error instanceof DuplicateKey)) throw error;
    const found = await look();
    if (found !== undefined) return found;
    throw new Conflict(error.message, error.call);
  }
}

async function stateOf(
  session: WriteSession,
  journal: string,
): Promise<{ missing: PlannedLine[]; voucher: string | undefined }> {
  const { access, planned, document } = session;
  const written = await access.lines([journal]);
  const { pairs, missing, extra } = pairLines(access.kind, planned, written);
  const differences = pairs.flatMap((pair) => lineDifferences(pair.planned, pair.written, session.format));
  if (differences.length > 0) throw altered(session, journal, differences);
  if (extra.length > 0)
    throw changed(session, `Journal ${journal} of ${document.reference} holds lines that are not ours`);
  if (new Set(written.map(({ voucher }) => voucher)).size > 1) throw severalVouchers(session, journal);
  return { missing, voucher: written[0]?.voucher };
}

/** All lines of a transaction, or none of them; some of them were left over by a person, and nothing is added to those. */
async function findLines(
  session: WriteSession,
  journal: string,
  chunk: readonly PlannedLine[],
): Promise<WrittenLine[] | undefined> {
  const { access, planned } = session;
  const { pairs } = pairLines(access.kind, planned, await access.lines([journal]));
  const found = pairs.filter((pair) => chunk.some(({ number }) => number === pair.planned.number));
  if (found.length === 0) return undefined;
  const differences = found.flatMap((pair) => lineDifferences(pair.planned, pair.written, session.format));
  if (differences.length > 0) throw altered(session, journal, differences);
  if (found.length < chunk.length) {
    throw changed(session, `Journal ${journal} of ${session.document.reference} lost lines while it was written`);
  }
  return found.map(({ written }) => written);
}

function altered(session: WriteSession, journal: string, differences: readonly Difference[]): Rejected {
  const fields = differences.map(inWords).join(', ');
  const isLost = differences.some(({ code }) => code === 'dimension-lost');
  return changed(session, `Journal ${journal} differs from the document in: ${fields}`, isLost);
}

/** The journal name's set-up decides; one document must be one voucher (F&O spec 6.2). */
function severalVouchers(session: WriteSession, journal: string): Rejected {
  const { journalName } = session.document;
  return changed(
    session,
    `Journal name ${journalName} spreads journal ${journal} over several vouchers; set it to one voucher`,
  );
}

function changed({ odata }: WriteSession, fact: string, isLost = false): Rejected {
  const call = { system: odata.system, operation: 'journal-lines' };
  return new Rejected(`${fact}.`, call, isLost ? 'dimension-lost' : 'erp-document-changed');
}
