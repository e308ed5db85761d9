import type { BcPurchaseInvoice } from '../../contracts/erp-documents.js';
import type { ErpWriteContext, WriteResult } from '../../contracts/erp-port.js';
import { Conflict, OutcomeUnknown, Rejected, Unavailable } from '../http/errors.js';
import { settleDimensions } from './dimensions.js';
import {
  differencesOf,
  findInvoices,
  invoiceJson,
  isDraft,
  isOurs,
  isPosted,
  plannedTotal,
  readInvoice,
  undimensionedLines,
} from './invoice-drafts.js';
import { readLedger } from './ledger-entries.js';
import type { BcCompany } from './options.js';
import type { BcParts } from './parts.js';
import { alone, askRepeatedly, callPost } from './posting.js';
import { invoiceProof } from './proofs.js';
import { isRefusal } from './refusals.js';
import { createdSchema, type PurchaseInvoice } from './schemas.js';
import { tryFindVendorEntries } from './vendor-entries.js';
import { asCode } from './wire-text.js';

/** One invoice on its way: what all steps share. */
interface InvoiceWrite {
  parts: BcParts;
  company: BcCompany;
  document: BcPurchaseInvoice;
  context: ErpWriteContext;
}

/** A draft that we may post. `isDeep`: this very call inserted its dimensions, so a lost one is lost, not pending. */
interface DraftRef {
  id: string;
  isDeep: boolean;
}

/**
 * Route B (NAV spec 12): look by vendor and supplier's number, draft, compare, post, prove. A number that somebody else
 * used is a `Conflict` before anything is written (S80, S82); our own lost attempt is adopted (S81).
 */
export async function writeInvoice(
  parts: BcParts,
  company: BcCompany,
  document: BcPurchaseInvoice,
  context: ErpWriteContext,
): Promise<WriteResult> {
  const write: InvoiceWrite = { parts, company, document, context };
  const draft = await ensureDraft(write);
  const { id } = draft.value;
  const invoice = await existing(write, id);
  if (isDraft(invoice) && !draft.value.isDeep) await ensureDimensions(write, id);
  const post = await ensurePosted(write, id);
  const posted = await askRepeatedly(parts, company, context, () => proved(write, id));
  const part = document.part;
  const adopted = draft.adopted || post.adopted;
  if (posted === undefined) {
    const reason = 'Business Central accepted the posting but does not show the invoice as posted yet.';
    return { keys: { id }, adopted, posting: { state: 'waiting', part, reason } };
  }
  const owed = { documentNumber: posted.number, document };
  const entries = await tryFindVendorEntries(parts, company, [owed], context.signal);
  const proof = await invoiceProof(parts, company, document, posted, entries.get(owed), context.signal);
  return { keys: { id }, adopted, posting: { state: 'posted', part, proof } };
}

function ensureDraft(write: InvoiceWrite): Promise<{ value: DraftRef; adopted: boolean }> {
  const { parts, company, document, context } = write;
  return context.writes.create<DraftRef>({
    operation: 'bc.invoice-draft',
    key: `${asCode(document.vendorNumber)}/${asCode(document.vendorInvoiceNumber)}/${document.keySeed}`,
    payload: { marker: document.marker, total: plannedTotal(document).toFixed(), lines: document.lines },
    look: () => lookForOurs(write),
    create: async () => {
      const call = {
        operation: 'bc.invoices.create',
        path: `${company.path}/purchaseInvoices`,
        signal: context.signal,
      };
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

/** Ours, posted before drafts, older before newer; undefined where the number is free. Throws where it is not ours. */
async function lookForOurs(write: InvoiceWrite): Promise<DraftRef | undefined> {
  const { parts, company, document, context } = write;
  const found = await findInvoices(parts, company, document, context.signal);
  const ours: PurchaseInvoice[] = [];
  const others: PurchaseInvoice[] = [];
  for (const { id } of found) {
    const invoice = await readInvoice(parts, company, id, context.signal);
    if (invoice !== undefined) (isOurs(document, invoice) ? ours : others).push(invoice);
  }
  ours.sort(
    (a, b) =>
      Number(isPosted(b)) - Number(isPosted(a)) || a.number.length - b.number.length || (a.number < b.number ? -1 : 1),
  );
  const [kept, ...twins] = ours;
  if (kept !== undefined) {
    for (const twin of twins) await deleteTwin(write, twin);
    return { id: kept.id, isDeep: false };
  }
  const other = others[0];
  if (other === undefined) return undefined;
  throw new Conflict(takenBy(write, other), { system: parts.odata.system, operation: 'bc.invoices.find' });
}

function takenBy({ company, document }: InvoiceWrite, other: PurchaseInvoice): string {
  return (
    `Possible duplicate: ${company.name} already holds purchase invoice ${other.number} (${other.status}) with ` +
    `supplier's number ${document.vendorInvoiceNumber} of vendor ${document.vendorNumber}, and it is not the connector's.`
  );
}

/**
 * Two of ours mean that an attempt was repeated too early; the newer draft goes. Only a draft is ever deleted, read in
 * this moment, with its etag: DELETE on a posted id may delete the posted document (NAV spec trap 4).
 */
async function deleteTwin({ parts, company, context }: InvoiceWrite, twin: PurchaseInvoice): Promise<void> {
  const ifMatch = twin['@odata.etag'];
  if (twin.status !== 'Draft' || ifMatch === undefined) return;
  const path = `${company.path}/purchaseInvoices(${twin.id})`;
  try {
    await parts.odata.act('DELETE', { operation: 'bc.invoices.delete-twin', path, ifMatch, signal: context.signal });
  } catch (error) {
    // Changed or gone meanwhile: then it is no longer ours to remove.
    if (!isRefusal(error, 'not-found', 'entity-changed')) throw error;
  }
}

async function ensureDimensions(write: InvoiceWrite, id: string): Promise<void> {
  const { parts, company, document, context } = write;
  const pending = async () => undimensionedLines(parts, company, document, await existing(write, id), context.signal);
  await context.writes.create({
    operation: 'bc.invoice-dimensions',
    key: id,
    payload: document.lines.map(({ dimensions }) => dimensions),
    look: async () => ((await pending()).length === 0 ? { settled: true } : undefined),
    create: async () => {
      for (const line of await pending()) {
        const parent = { set: 'purchaseInvoiceLines' as const, id: line.id };
        await settleDimensions(parts.odata, company, parent, line.planned.dimensions, context.signal);
      }
      return { settled: true };
    },
  });
}

function ensurePosted(write: InvoiceWrite, id: string): Promise<{ value: object; adopted: boolean }> {
  const { company, document, context } = write;
  return context.writes.create<object>({
    operation: 'bc.invoice-post',
    key: id,
    payload: { marker: document.marker, total: plannedTotal(document).toFixed() },
    look: async () => (isPosted(await existing(write, id)) ? { posted: true } : undefined),
    create: () => alone(company, () => postDraft(write, id)),
  });
}

/** Verifies and posts in one breath. A refusal is only believed once the invoice still is a draft (NAV spec 16). */
async function postDraft(write: InvoiceWrite, id: string): Promise<object> {
  const { parts, company, context } = write;
  const draft = await existing(write, id);
  if (isPosted(draft)) return { posted: true };
  await refuseDifferent(write, draft);
  try {
    await callPost(parts, 'bc.invoices.post', `${company.path}/purchaseInvoices(${id})`, context);
  } catch (error) {
    if (!(error instanceof Rejected) && !(error instanceof Unavailable)) throw error;
    if (isPosted(await existing(write, id))) return { posted: true };
    if (isRefusal(error, 'posting-uncertain')) throw new OutcomeUnknown(error.message, { ...error.call, cause: error });
    if (isRefusal(error, 'possible-duplicate')) throw await namedDuplicate(write, id, error);
    throw error;
  }
  return { requested: true };
}

async function namedDuplicate(write: InvoiceWrite, id: string, error: Rejected): Promise<Rejected> {
  const { parts, company, document, context } = write;
  const others = await findInvoices(parts, company, document, context.signal);
  const other = others.find((invoice) => invoice.id !== id);
  if (other === undefined) return error;
  return new Rejected(`${error.message} ${takenBy(write, other)}`, { ...error.call, cause: error }, error.code);
}

/** The invoice by id; a removed or cancelled one stops the document, because its fate is a person's doing. */
async function existing(write: InvoiceWrite, id: string): Promise<PurchaseInvoice> {
  const { parts, company, document, context } = write;
  const invoice = await readInvoice(parts, company, id, context.signal);
  if (invoice !== undefined && (isDraft(invoice) || isPosted(invoice))) return invoice;
  const fate = invoice === undefined ? 'was removed' : `is ${invoice.status.toLowerCase()}`;
  throw refusal(
    write,
    `Purchase invoice ${document.vendorInvoiceNumber} ${fate} in Business Central.`,
    'erp-document-changed',
  );
}

async function refuseDifferent(write: InvoiceWrite, draft: PurchaseInvoice): Promise<void> {
  const { parts, company, document, context } = write;
  const differences = differencesOf(document, draft);
  if (differences.length > 0) {
    const message = `Draft invoice ${draft.number} differs from what was meant: ${differences.join('; ')}.`;
    throw refusal(write, message, 'erp-document-changed');
  }
  const lost = await undimensionedLines(parts, company, document, draft, context.signal);
  if (lost.length === 0) return;
  const message = `Business Central lost dimensions of ${lost.length} lines of draft invoice ${draft.number}.`;
  throw refusal(write, message, 'dimension-unusable');
}

/** Posted both as a document and in the ledger; undefined as long as one of them does not show (trap 6). */
async function proved(write: InvoiceWrite, id: string): Promise<PurchaseInvoice | undefined> {
  const { parts, company, context } = write;
  const invoice = await existing(write, id);
  if (!isPosted(invoice)) return undefined;
  const ledger = await readLedger(parts, company, [invoice.number], context.signal);
  return ledger.size === 0 ? undefined : invoice;
}

function refusal({ parts }: InvoiceWrite, message: string, code: string): Rejected {
  return new Rejected(message, { system: parts.odata.system, operation: 'bc.invoices.read' }, code);
}
