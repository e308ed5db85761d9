import type { ErpWriteContext, Withdrawal } from '../../contracts/erp-port.js';
import { Rejected } from '../http/errors.js';
import type { JournalWriterParts } from './journal-writer.js';
import { ChangedMeanwhile } from './odata-errors.js';
import { allOf, textEquals } from './odata-literals.js';
import { createPendingAccess, type InvoiceStanding, type PendingAccess } from './pending-access.js';
import type { TrackedInvoice } from './pending-postings.js';
import type { PendingHeader, PendingLine, PostedInvoice } from './pending-schemas.js';
import { isEditable } from './pending-status.js';
import { vendTransColumns, vendTransSchema } from './schemas.js';

interface Session {
  parts: Pick<JournalWriterParts, 'odata' | 'postingOf'>;
  tracked: TrackedInvoice;
  access: PendingAccess;
  context: ErpWriteContext;
}
/** What a guarded delete brings about. */
interface Gone {
  gone: true;
}
const gone: Gone = { gone: true };

/** How often the invoice may change under our hands before the caller has to try again. */
const ATTEMPTS = 3;

/**
 * Takes a pending invoice of ours out of F&O: its lines, then the header, and reads back that nothing is left (F&O spec 6.4, 9).
 * A posted invoice, one that is in the workflow, and one with lines of others stay as they are. May be repeated after any
 * failure.
 */
export async function withdrawPendingInvoice(
  parts: Session['parts'],
  tracked: TrackedInvoice,
  context: ErpWriteContext,
): Promise<Withdrawal> {
  const access = createPendingAccess(parts.odata, tracked.document, context.signal);
  const session: Session = { parts, tracked, access, context };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await withdrawOnce(session);
    } catch (error) {
      if (!(error instanceof ChangedMeanwhile) || attempt === ATTEMPTS) throw error;
    }
  }
}

async function withdrawOnce(session: Session): Promise<Withdrawal> {
  const before = await session.access.look();
  const forbidden = await whatForbids(session, before);
  if (forbidden !== undefined) return forbidden;
  if (before.pending === undefined) return { state: 'gone' };
  const refusal = await takeOut(session, before.pending);
  const left = await session.access.look();
  const stays = await whatForbids(session, left);
  if (stays !== undefined) return stays;
  return left.pending === undefined ? { state: 'gone' } : stillThere(session, refusal);
}

/** Why nothing may be deleted: posted, in the hands of others, or locked. */
async function whatForbids(session: Session, standing: InvoiceStanding): Promise<Withdrawal | undefined> {
  const { pending, posted, foreignPosted } = standing;
  if (posted !== undefined) return postedAs(session, posted);
  if (pending === undefined) return postedUnseen(session, foreignPosted[0]);
  const { invoiceNumber } = session.tracked.document;
  if (!isEditable(pending.review)) {
    return blocked(
      `The workflow of the pending vendor invoice ${invoiceNumber} is at ${pending.review}. Recall the invoice from the workflow.`,
    );
  }
  const foreign = foreignLines(session, await session.access.lines(pending.reference));
  if (foreign.length > 0) {
    const lines = foreign.map(({ number }) => number).join(', ');
    return blocked(
      `The pending vendor invoice ${invoiceNumber} also holds what the connector did not write (line ${lines}). Delete the invoice there.`,
    );
  }
  return undefined;
}

/** The same proof that a posting watch would find; a posting that cannot be proven yet is no reason to delete anything. */
async function postedAs({ parts, tracked, context }: Session, posted: PostedInvoice): Promise<Withdrawal> {
  const state = await parts.postingOf(tracked, context.signal);
  if (state.state === 'posted') return { state: 'posted', proof: state.proof };
  const { voucher } = posted;
  return { state: 'blocked', reason: `${state.reason ?? 'It is posted.'} Its voucher is ${voucher}.`, voucher };
}

/** What was posted without our document number, or is known as posted by its voucher only. */
async function postedUnseen(session: Session, other: PostedInvoice | undefined): Promise<Withdrawal | undefined> {
  const { parts, tracked, context } = session;
  const { document, keys, proof } = tracked;
  if (proof !== undefined) {
    const entries = await parts.odata.read({
      set: 'VendTransBiEntities',
      company: document.company,
      filter: allOf(textEquals('AccountNum', document.vendorAccount), textEquals('Voucher', proof.documentNumber)),
      select: vendTransColumns,
      row: vendTransSchema,
      signal: context.signal,
    });
    if (entries.length > 0) return { state: 'posted', proof };
  }
  // It was written once and is not pending any more: what is posted under its number may be it.
  if (other === undefined || keys.id === undefined) return undefined;
  const reason = `Voucher ${other.voucher} of vendor ${other.account} has posted invoice ${other.number}, and the pending vendor invoice of the connector is no longer there. Reverse the voucher.`;
  return { state: 'blocked', reason, voucher: other.voucher };
}

function foreignLines({ tracked }: Session, lines: readonly PendingLine[]): PendingLine[] {
  const own = new Set(tracked.document.lines.map(({ lineNumber }) => lineNumber));
  return lines.filter(({ number }) => !own.has(Number(number)));
}

/** The refusal that ended it, if there was one; what then became of the invoice is asked, not concluded from the refusal. */
async function takeOut(session: Session, header: PendingHeader): Promise<Rejected | undefined> {
  try {
    for (const line of await session.access.lines(header.reference)) await deleteLine(session, line);
    await deleteHeader(session, header);
    return undefined;
  } catch (error) {
    if (error instanceof Rejected) return error;
    throw error;
  }
}

async function deleteLine(session: Session, { reference, number, amount, text }: PendingLine): Promise<void> {
  const { parts, tracked, access, context } = session;
  const { company } = tracked.document;
  await context.writes.create<Gone>({
    operation: 'fo.withdraw-line',
    key: `${reference}/${number}`,
    payload: { reference, number, amount, text },
    look: async () => ((await access.line(reference, number)) === undefined ? gone : undefined),
    create: async () => {
      await requireUnposted(session);
      await parts.odata.remove('VendorInvoiceLines', { company, reference, lineNumber: number }, context.signal);
      return gone;
    },
  });
  context.heartbeat();
}

async function deleteHeader(session: Session, { reference, description }: PendingHeader): Promise<void> {
  const { parts, tracked, access, context } = session;
  const { company } = tracked.document;
  await context.writes.create<Gone>({
    operation: 'fo.withdraw-invoice',
    key: reference,
    payload: { reference, description },
    look: async () => ((await access.look()).pending === undefined ? gone : undefined),
    create: async () => {
      await requireUnposted(session);
      const lines = await access.lines(reference);
      if (lines.length > 0) throw meanwhile(session, 'got a line');
      await parts.odata.remove('VendorInvoiceHeaders', { company, reference }, context.signal);
      return gone;
    },
  });
  context.heartbeat();
}

/** Asked again right before each delete, because anybody may submit or post the invoice in between (F&O spec 9, trap 24). */
async function requireUnposted(session: Session): Promise<void> {
  const { pending, posted } = await session.access.look();
  if (posted !== undefined) throw meanwhile(session, 'was posted');
  if (pending === undefined) throw meanwhile(session, 'was removed');
  if (!isEditable(pending.review)) throw meanwhile(session, 'was submitted');
}

function meanwhile({ parts, tracked }: Session, what: string): ChangedMeanwhile {
  const message = `The pending vendor invoice ${tracked.document.invoiceNumber} ${what} while it was withdrawn.`;
  return new ChangedMeanwhile(message, { system: parts.odata.system, operation: 'withdraw' });
}

function stillThere({ tracked }: Session, refusal: Rejected | undefined): Withdrawal {
  const invoice = `the pending vendor invoice ${tracked.document.invoiceNumber}`;
  return blocked(
    refusal === undefined
      ? `Finance & Operations accepted the deletion of ${invoice}, but it is still there. Delete it there.`
      : `Finance & Operations refuses to delete ${invoice}: ${refusal.message} Delete the invoice there.`,
  );
}

const blocked = (reason: string): Withdrawal => ({ state: 'blocked', reason });
