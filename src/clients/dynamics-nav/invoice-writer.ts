import type { ErpWriteContext, WriteResult } from '../../contracts/erp-port.js';
import { OutcomeUnknown, Rejected, Unavailable } from '../http/errors.js';
import { settleDimensions } from './dimensions.js';
import {
  differencesOf,
  findInvoices,
  invoiceJson,
  isDraft,
  isPosted,
  plannedTotal,
  undimensionedLines,
} from './invoice-drafts.js';
import {
  deleteTwin,
  existing,
  living,
  lookForOurs,
  namedDuplicate,
  refusalAbout,
  type DraftRef,
  type InvoiceWrite,
} from './invoice-look.js';
import { readLedger } from './ledger-entries.js';
import type { BcCompany } from './options.js';
import { tryFindOwedEntries } from './owed-entries.js';
import type { BcParts } from './parts.js';
import { alone, askRepeatedly, callPost } from './posting.js';
import { requireOpenDate } from './posting-window.js';
import { invoiceProof } from './proofs.js';
import { kindOf, supplierNumberOf, type PurchaseDocument } from './purchase-kinds.js';
import { isRefusal } from './refusals.js';
import { createdSchema, type PurchaseRecord } from './schemas.js';
import { asCode } from './wire-text.js';

/**
 * Route B (NAV spec 12), for credit memos too (17): look by vendor and supplier's number, draft, compare, post, prove. A number
 * that somebody else used is a `Conflict` before anything is written (S80, S82); our own lost attempt is adopted (S81).
 */
export async function writeInvoice(
  parts: BcParts,
  company: BcCompany,
  document: PurchaseDocument,
  context: ErpWriteContext,
): Promise<WriteResult> {
  const write: InvoiceWrite = { parts, company, document, context };
  const draft = await ensureDraft(write);
  const { id, isDeep, seen } = draft.value;
  const isUnposted = seen === undefined || isDraft(living(write, seen));
  if (isUnposted && !isDeep) await ensureDimensions(write, id);
  const post = await ensurePosted(write, draft.value);
  const posted = await askRepeatedly(parts, company, context, () => proved(write, id));
  const part = document.part;
  const adopted = draft.adopted || post.adopted;
  if (posted === undefined) {
    const reason = `Business Central accepted the posting but does not show the ${kindOf(document).noun} as posted yet.`;
    return { keys: { id }, adopted, posting: { state: 'waiting', part, reason } };
  }
  const owed = { documentNumber: posted.number, document };
  const entries = await tryFindOwedEntries(parts, company, [owed], context.signal, true);
  const proof = await invoiceProof(parts, company, document, posted, entries.get(owed), context.signal);
  return { keys: { id: posted.id }, adopted, posting: { state: 'posted', part, proof } };
}

function ensureDraft(write: InvoiceWrite): Promise<{ value: DraftRef; adopted: boolean }> {
  const { parts, company, document, context } = write;
  const { set, calls, write: guard } = kindOf(document);
  return context.writes.create<DraftRef>({
    operation: `${guard}-draft`,
    key: `${asCode(document.vendorNumber)}/${asCode(supplierNumberOf(document))}/${document.keySeed}`,
    payload: { marker: document.marker, total: plannedTotal(document).toFixed(), lines: document.lines },
    look: () => lookForOurs(write),
    create: async () => {
      await requireOpenDate(parts, company, document, context.signal);
      const call = { operation: `${calls}.create`, path: `${company.path}/${set}`, signal: context.signal };
      try {
        const { id } = await parts.odata.create({ ...call, json: invoiceJson(document, true) }, createdSchema);
        return { id, isDeep: true };
      } catch (error) {
        if (!isRefusal(error, 'dimension-exists')) throw error;
        // The refused insert left nothing behind; the safe order of section 9 follows on the lines.
        const { id } = await parts.odata.create({ ...call, json: invoiceJson(document, false) }, createdSchema);
        return { id, isDeep: false };
      }
    },
  });
}

async function ensureDimensions(write: InvoiceWrite, id: string): Promise<void> {
  const { parts, company, document, context } = write;
  const pending = async () => undimensionedLines(parts, company, document, await existing(write, id), context.signal);
  await context.writes.create({
    operation: `${kindOf(document).write}-dimensions`,
    key: id,
    payload: document.lines.map(({ dimensions }) => dimensions),
    look: async () => ((await pending()).length === 0 ? { settled: true } : undefined),
    create: async () => {
      for (const line of await pending()) {
        const parent = { set: kindOf(document).lineSet, id: line.id };
        await settleDimensions(parts.odata, company, parent, line.planned.dimensions, context.signal);
      }
      return { settled: true };
    },
  });
}

function ensurePosted(write: InvoiceWrite, { id, seen }: DraftRef): Promise<{ value: object; adopted: boolean }> {
  const { company, document, context } = write;
  return context.writes.create<object>({
    operation: `${kindOf(document).write}-post`,
    key: id,
    payload: { marker: document.marker, total: plannedTotal(document).toFixed() },
    // What this call has created a moment ago is not posted yet; a draft is read once more before it is.
    look: () => Promise.resolve(seen !== undefined && isPosted(seen) ? { posted: true } : undefined),
    create: () => alone(company, () => postDraft(write, id)),
  });
}

/** Verifies and posts in one breath. A refusal is only believed once the document still is a draft (NAV spec 16). */
async function postDraft(write: InvoiceWrite, id: string): Promise<object> {
  const { parts, company, document, context } = write;
  const draft = await existing(write, id);
  if (isPosted(draft)) return { posted: true };
  await refuseDifferent(write, draft);
  await requireOpenDate(parts, company, document, context.signal);
  const { set, calls } = kindOf(document);
  try {
    await callPost(parts, `${calls}.post`, `${company.path}/${set}(${draft.id})`, context);
  } catch (error) {
    if (!(error instanceof Rejected) && !(error instanceof Unavailable)) throw error;
    if (isPosted(await existing(write, id))) return { posted: true };
    if (isRefusal(error, 'posting-uncertain')) throw new OutcomeUnknown(error.message, { ...error.call, cause: error });
    // Somebody saved the draft while it was posted: nothing has happened, and the next attempt reads it anew.
    if (isRefusal(error, 'entity-changed')) throw new Unavailable(error.message, { ...error.call, cause: error });
    if (isRefusal(error, 'possible-duplicate')) throw await namedDuplicate(write, draft, error);
    throw error;
  }
  return { requested: true };
}

async function refuseDifferent(write: InvoiceWrite, draft: PurchaseRecord): Promise<void> {
  const { parts, company, document, context } = write;
  const { noun } = kindOf(document);
  const localCurrency = await parts.facts.localCurrency(company, context.signal);
  const differences = differencesOf(document, draft, localCurrency);
  if (differences.length > 0) {
    const message = `Draft ${noun} ${draft.number} differs from what was meant: ${differences.join('; ')}.`;
    throw refusalAbout(write, message, 'erp-document-changed');
  }
  const lost = await undimensionedLines(parts, company, document, draft, context.signal);
  if (lost.length === 0) return;
  const message = `Business Central lost dimensions of ${lost.length} lines of draft ${noun} ${draft.number}.`;
  throw refusalAbout(write, message, 'dimension-unusable');
}

/** Posted both as a document and in the ledger; undefined as long as one of them does not show (trap 6). */
async function proved(write: InvoiceWrite, id: string): Promise<PurchaseRecord | undefined> {
  const { parts, company, document, context } = write;
  const { signal } = context;
  const rows = await findInvoices(parts, company, document, signal, { lines: false, isPatient: true });
  const found = rows.find((row) => row.id === id);
  const invoice = found === undefined ? await existing(write, id) : living(write, found);
  if (!isPosted(invoice)) return undefined;
  // A create whose answer was lost may be done late, when another one has taken its place.
  for (const twin of rows.filter((row) => row.id !== invoice.id && isDraft(row))) await deleteTwin(write, twin);
  const ledger = await readLedger(parts, company, [invoice.number], signal, true);
  return ledger.size === 0 ? undefined : invoice;
}
