import type { FoPendingInvoice } from '../../contracts/erp-documents.js';
import type { ErpWriteContext, WriteResult } from '../../contracts/erp-port.js';
import type { JournalWriterParts } from './journal-writer.js';
import { createPendingAccess } from './pending-access.js';
import { ensureInvoice } from './pending-create.js';
import { adoptionDifferences, invoiceDifferences } from './pending-differences.js';
import { fillInvoice } from './pending-fill.js';
import { planInvoice } from './pending-lines.js';
import type { PendingHeader, PostedInvoice } from './pending-schemas.js';
import { changed, type InvoiceSession } from './pending-session.js';

/**
 * Writes one document as one pending vendor invoice, exactly once (F&O spec 6.4, 10): looks, creates header and lines as one
 * transaction, reads everything back and compares. May be called again after any failure.
 *
 * Throws `Conflict` for an entry of the same invoice that is not ours, `Rejected` for what F&O refuses (`erp-refused`,
 * `period-closed`), for what cannot be expressed (`dimension-unusable`) and for an invoice that differs from what was meant
 * (`erp-document-changed`, `dimension-lost`).
 */
export async function writePendingInvoice(
  parts: Pick<JournalWriterParts, 'odata' | 'formats' | 'postingOf'>,
  document: FoPendingInvoice,
  context: ErpWriteContext,
): Promise<WriteResult> {
  const { odata } = parts;
  const { signal } = context;
  const format = await parts.formats.required(signal);
  const planned = planInvoice(document, format);
  const access = createPendingAccess(odata, document, signal);
  const session: InvoiceSession = { odata, document, access, planned, format, context };
  const ensured = await ensureInvoice(session);
  context.heartbeat();
  if (ensured.header !== undefined && !ensured.isComplete) await fillInvoice(session, ensured.header);
  const now = await readBack(session);
  const keys = { id: now.header?.reference ?? document.headerReference, invoice: document.invoiceNumber };
  const posting =
    now.header === undefined
      ? await parts.postingOf({ documentId: document.keySeed, document, keys }, signal)
      : { state: 'waiting' as const, part: document.part };
  return { keys, adopted: ensured.isAdopted, posting };
}

/** Reads the invoice as it is now, not as the answers to the creates said (traps 23, 24); F&O may have posted it meanwhile. */
async function readBack(session: InvoiceSession): Promise<{ header: PendingHeader | undefined }> {
  const { access, planned, document, format } = session;
  const { pending, posted, lines } = await access.lookWithLines();
  if (posted !== undefined) {
    refusePostedDifferences(session, posted);
    return { header: undefined };
  }
  if (pending === undefined) {
    throw changed(session, `The pending vendor invoice ${document.invoiceNumber} was removed while it was written.`);
  }
  const differences = invoiceDifferences(planned, pending, lines, format);
  if (differences.length === 0) return { header: pending };
  // Posting takes header and lines away: lines that are gone with their header by now were not removed by a person.
  const again = await access.look();
  if (again.posted !== undefined) {
    refusePostedDifferences(session, again.posted);
    return { header: undefined };
  }
  // A lost dimension is the more telling finding where both kinds occur.
  const isLost = differences.some(({ code }) => code === 'dimension-lost');
  const fields = differences.map(({ field }) => field).join(', ');
  const message = `The pending vendor invoice ${document.invoiceNumber} differs from the document in: ${fields}.`;
  throw changed(session, message, isLost ? 'dimension-lost' : 'erp-document-changed');
}

function refusePostedDifferences(session: InvoiceSession, posted: PostedInvoice): void {
  const { document } = session;
  const fields = adoptionDifferences(document, posted).map(({ field }) => field);
  if (fields.length === 0) return;
  throw changed(
    session,
    `Finance & Operations has posted this document as invoice ${posted.number} of vendor ${posted.account} (voucher ${posted.voucher}), which differs from it in: ${fields.join(', ')}.`,
  );
}
