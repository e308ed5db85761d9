import { Conflict } from '../http/errors.js';
import { foreign, refuseEntryBesidePending } from './foreign-duplicates.js';
import { DuplicateKey } from './odata-errors.js';
import { MAX_OPERATIONS } from './batch.js';
import { headerBody, pendingLineBody } from './pending-lines.js';
import { pendingHeaderSchema, type PendingHeader } from './pending-schemas.js';
import type { InvoiceSession } from './pending-session.js';

/** The invoice of a document. */
export interface EnsuredInvoice {
  /** The pending invoice; undefined where F&O has posted it already. */
  header: PendingHeader | undefined;
  /** Whether all lines were written with the header, so that a line which is not there was removed by a person. */
  isComplete: boolean;
  isAdopted: boolean;
}
/** Ours, pending or posted. */
type Found = { header: PendingHeader | undefined };

/**
 * Finds the document's invoice or creates it. The reference is ours, so that a repeated create fails on the key whatever became
 * of the first one. Every look that finds nothing also asks for entries of others; no create ever goes out unchecked.
 */
export async function ensureInvoice(session: InvoiceSession): Promise<EnsuredInvoice> {
  const { document, planned, context } = session;
  const asChangeset = planned.lines.length < MAX_OPERATIONS;
  let isCreated = false;
  const create = async (): Promise<Found> => {
    try {
      const header = await (asChangeset ? createTogether(session) : createAlone(session));
      isCreated = true;
      return { header };
    } catch (error) {
      if (!(error instanceof DuplicateKey)) throw error;
      // Never trusted alone: ours is adopted, a foreign one is named (S81, S82).
      const found = await lookOrRefuse(session);
      if (found !== undefined) return found;
      throw new Conflict(error.message, error.call);
    }
  };
  const { value } = await context.writes.create<Found>({
    operation: 'fo.pending-invoice',
    key: document.headerReference,
    payload: { header: headerBody(planned), lines: planned.lines },
    look: () => lookOrRefuse(session),
    create,
  });
  return { header: value.header, isComplete: asChangeset, isAdopted: !isCreated };
}

/** P1 to P3, then everything else that may hold the same invoice; undefined only where nothing does. */
async function lookOrRefuse({ odata, access, document, format, context }: InvoiceSession): Promise<Found | undefined> {
  // Asked in one moment, all looks travel in one request; whose invoice is there, does not mind what else is.
  const standing = access.look();
  const foreignPosted = standing.then((found) => found.foreignPosted);
  const unique = refuseEntryBesidePending(odata, document, format, foreignPosted, context.signal);
  unique.catch(() => undefined);
  const { pending, posted, foreignPending } = await standing;
  if (posted !== undefined) return { header: undefined };
  if (pending !== undefined) return { header: pending };
  if (foreignPending !== undefined) {
    const call = { system: odata.system, operation: 'duplicate-check' };
    throw new Conflict(foreign(foreignPending.account, foreignPending.number, 'a pending vendor invoice'), call);
  }
  await unique;
  return undefined;
}

function createAlone({ odata, planned, context }: InvoiceSession): Promise<PendingHeader> {
  return odata.create('VendorInvoiceHeaders', headerBody(planned), pendingHeaderSchema, context.signal);
}

async function createTogether({ odata, document, planned, context }: InvoiceSession): Promise<PendingHeader> {
  const { headerReference } = document;
  const [header] = await odata.createTogether(
    [
      { set: 'VendorInvoiceHeaders', body: headerBody(planned) },
      ...planned.lines.map((line) => ({
        set: 'VendorInvoiceLines' as const,
        body: pendingLineBody(planned, headerReference, line),
      })),
    ],
    headerReference,
    context.signal,
  );
  return odata.parseRow(pendingHeaderSchema, header, { system: odata.system, operation: 'batch' });
}
