import { Conflict, type Rejected } from '../http/errors.js';
import { DuplicateKey } from './odata-errors.js';
import { lineDifferences, pairInvoiceLines } from './pending-differences.js';
import { pendingLineBody, type PlannedInvoiceLine } from './pending-lines.js';
import { pendingLineSchema, type PendingHeader, type PendingLine } from './pending-schemas.js';
import { changed, type InvoiceSession } from './pending-session.js';
import { isEditable } from './pending-status.js';

/**
 * Writes the line numbers that an invoice lacks, one after the other: only for documents that are too large for one transaction.
 * Lines that are there must be the planned ones.
 */
export async function fillInvoice(session: InvoiceSession, { reference }: PendingHeader): Promise<void> {
  const { access, planned, context } = session;
  const { missing, extra, pairs } = pairInvoiceLines(planned, await access.lines(reference));
  if (extra.length > 0) {
    throw altered(session, ['an additional line']);
  }
  for (const pair of pairs) requireSame(session, pair.planned, pair.written);
  // Posting takes header and lines away: then nothing is missing.
  if (missing.length > 0 && (await access.look()).posted !== undefined) return;
  for (const line of missing) {
    const look = (): Promise<PendingLine | undefined> => findLine(session, reference, line);
    await context.writes.create<PendingLine>({
      operation: 'fo.pending-line',
      key: `${session.document.headerReference}/${line.line.lineNumber}`,
      payload: line,
      look,
      create: () => createLine(session, reference, line, look),
    });
    context.heartbeat();
  }
}

async function findLine(
  session: InvoiceSession,
  reference: string,
  line: PlannedInvoiceLine,
): Promise<PendingLine | undefined> {
  const found = await session.access.line(reference, String(line.line.lineNumber));
  if (found !== undefined) requireSame(session, line, found);
  return found;
}

async function createLine(
  session: InvoiceSession,
  reference: string,
  line: PlannedInvoiceLine,
  look: () => Promise<PendingLine | undefined>,
): Promise<PendingLine> {
  const { odata, planned, context } = session;
  await requireOpen(session);
  try {
    const body = pendingLineBody(planned, reference, line);
    return await odata.create('VendorInvoiceLines', body, pendingLineSchema, context.signal);
  } catch (error) {
    if (!(error instanceof DuplicateKey)) throw error;
    const found = await look();
    if (found !== undefined) return found;
    throw new Conflict(error.message, error.call);
  }
}

/** Asked right before each line: somebody may submit or post the half-filled invoice in between (F&O spec 10, trap 24). */
async function requireOpen(session: InvoiceSession): Promise<void> {
  const { pending, posted } = await session.access.look();
  const { invoiceNumber } = session.document;
  if (posted !== undefined || pending === undefined) {
    throw changed(session, `The pending vendor invoice ${invoiceNumber} left before all of its lines were written.`);
  }
  if (!isEditable(pending.review)) {
    throw changed(session, `The pending vendor invoice ${invoiceNumber} was submitted before it had all of its lines.`);
  }
}

function requireSame(session: InvoiceSession, line: PlannedInvoiceLine, written: PendingLine): void {
  const fields = lineDifferences(line, written, session.format).map(({ field }) => field);
  if (fields.length > 0) throw altered(session, fields);
}

function altered(session: InvoiceSession, fields: readonly string[]): Rejected {
  const { invoiceNumber } = session.document;
  return changed(
    session,
    `The pending vendor invoice ${invoiceNumber} differs from the document in: ${fields.join(', ')}.`,
  );
}
