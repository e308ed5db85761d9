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
 * Writes the lines that the journal lacks, strictly one after the other, because parallel lines collide (trap 11). Lines
 * that are there must be the planned ones: an altered line stops everything before another one is added, else its
 * correct twin would be written beside it. Resolves with whether a journal of an earlier attempt had to be completed: then F&O may
 * have tried to post the half of it.
 */
export async function fillUp(session: WriteSession, { header, lines }: EnsuredHeader): Promise<boolean> {
  const { planned, document, context } = session;
  // A journal created by this very call cannot hold lines, so its looks cost no request.
  const isEmpty = lines === 'none';
  const state = isEmpty ? { missing: planned, voucher: undefined } : await stateOf(session, header.journal);
  let voucher = state.voucher;
  for (const line of state.missing) {
    const look = (): Promise<WrittenLine | undefined> => findLine(session, header.journal, line);
    const { value } = await context.writes.create<WrittenLine>({
      operation: 'fo.journal-line',
      key: `${document.keySeed}/${header.journal}/${line.number}`,
      payload: line,
      look: isEmpty ? () => Promise.resolve(undefined) : look,
      create: () => createLine(session, header.journal, line, look),
    });
    voucher ??= value.voucher;
    if (value.voucher !== voucher) {
      throw severalVouchers(session, header.journal);
    }
    context.heartbeat();
  }
  return !isEmpty && state.missing.length > 0;
}

async function createLine(
  { odata, document, access, context }: WriteSession,
  journal: string,
  line: PlannedLine,
  look: () => Promise<WrittenLine | undefined>,
): Promise<WrittenLine> {
  const { kind } = access;
  try {
    return await odata.create(kind.lines, lineBody(kind, document.company, journal, line), kind.line, context.signal);
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

async function findLine(session: WriteSession, journal: string, line: PlannedLine): Promise<WrittenLine | undefined> {
  const { access, planned } = session;
  const { pairs } = pairLines(access.kind, planned, await access.lines([journal]));
  const found = pairs.find((pair) => pair.planned.number === line.number);
  if (found === undefined) return undefined;
  const differences = lineDifferences(line, found.written, session.format);
  if (differences.length > 0) throw altered(session, journal, differences);
  return found.written;
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
