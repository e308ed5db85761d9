import type { ErpWriteContext } from '../../contracts/erp-port.js';
import { Conflict, Rejected } from '../http/errors.js';
import { findByNumber, findInvoices, isDraft, isOurs, isPosted, readInvoice } from './invoice-drafts.js';
import type { BcCompany } from './options.js';
import type { BcParts } from './parts.js';
import { kindOf, supplierNumberOf, type PurchaseDocument } from './purchase-kinds.js';
import { isRefusal } from './refusals.js';
import type { PurchaseRecord } from './schemas.js';
import { asCode } from './wire-text.js';

/** One invoice or credit memo on its way: what all steps share. */
export interface InvoiceWrite {
  parts: BcParts;
  company: BcCompany;
  document: PurchaseDocument;
  context: ErpWriteContext;
}

/** A document of ours that is to be posted. */
export interface DraftRef {
  id: string;
  /** This very call inserted its dimensions, so a lost one is lost, not pending. */
  isDeep: boolean;
  /** As the look has found it a moment ago; absent where this very call has created it. */
  seen?: PurchaseRecord;
}

/** Ours, posted before drafts, older before newer; undefined where the number is free. Throws where it is not ours. */
export async function lookForOurs(write: InvoiceWrite): Promise<DraftRef | undefined> {
  const { parts, document } = write;
  const { ours, others } = await sameNumber(write);
  const [kept, ...twins] = ours;
  if (kept !== undefined) {
    for (const twin of twins) await deleteTwin(write, twin);
    return { id: kept.id, isDeep: false, seen: kept };
  }
  const other = others[0];
  if (other === undefined) return undefined;
  const operation = `${kindOf(document).calls}.find`;
  throw new Conflict(takenBy(write, other), { system: parts.odata.system, operation });
}

/** Every document with the vendor and the number of ours, apart by whose they are; ours in order of preference. */
async function sameNumber(write: InvoiceWrite): Promise<{ ours: PurchaseRecord[]; others: PurchaseRecord[] }> {
  const { parts, company, document, context } = write;
  const ours: PurchaseRecord[] = [];
  const others: PurchaseRecord[] = [];
  for (const found of await findInvoices(parts, company, document, context.signal, { lines: true })) {
    const isWhole = found.lines !== undefined;
    const invoice = isWhole ? found : await readInvoice(parts, company, document, found.id, context.signal);
    if (invoice !== undefined) (isOurs(document, invoice) ? ours : others).push(invoice);
  }
  ours.sort(
    (a, b) =>
      Number(isPosted(b)) - Number(isPosted(a)) || a.number.length - b.number.length || (a.number < b.number ? -1 : 1),
  );
  return { ours, others };
}

function takenBy({ company, document }: InvoiceWrite, other: PurchaseRecord): string {
  const { noun } = kindOf(document);
  return (
    `Possible duplicate: ${company.name} already holds purchase ${noun} ${other.number} (${other.status}) with ` +
    `supplier's number ${supplierNumberOf(document)} of vendor ${other.vendorNumber}, and it is not the connector's.`
  );
}

/**
 * Two of ours mean that an attempt was repeated too early; the newer draft goes. Only a draft is ever deleted, read in
 * this moment, with its etag: DELETE on a posted id may delete the posted document (NAV spec trap 4).
 */
export async function deleteTwin(
  { parts, company, document, context }: InvoiceWrite,
  { id }: PurchaseRecord,
): Promise<void> {
  const { signal } = context;
  const { set, calls } = kindOf(document);
  const path = `${company.path}/${set}(${id})`;
  for (let attempt = 1; attempt <= twinAttempts; attempt += 1) {
    const twin = await readInvoice(parts, company, document, id, signal);
    const ifMatch = twin?.['@odata.etag'];
    if (twin?.status !== 'Draft' || ifMatch === undefined || !isOurs(document, twin)) return;
    try {
      await parts.odata.act('DELETE', { operation: `${calls}.delete-twin`, path, ifMatch, signal });
      return;
    } catch (error) {
      if (isRefusal(error, 'not-found')) return;
      // A read alone may move an etag (NAV spec 4): what stands there now is looked at again.
      if (!isRefusal(error, 'entity-changed') || attempt === twinAttempts) throw error;
    }
  }
}

/** Who changes a draft more often than that is a person at work on it. */
const twinAttempts = 3;

/** A duplicate that Business Central has found while it posted, by the name of the other document where it can be seen. */
export async function namedDuplicate(write: InvoiceWrite, own: PurchaseRecord, error: Rejected): Promise<Rejected> {
  const { parts, company, document, context } = write;
  const vendors = [own.vendorNumber, own.payToVendorNumber].map(asCode).filter((vendor) => vendor !== '');
  const others = await findByNumber(parts, company, [document], context.signal);
  const other = others.find(
    ({ id, vendorNumber, payToVendorNumber }) =>
      id !== own.id && (vendors.includes(asCode(vendorNumber)) || vendors.includes(asCode(payToVendorNumber))),
  );
  if (other === undefined) return error;
  return new Rejected(`${error.message} ${takenBy(write, other)}`, { ...error.call, cause: error }, error.code);
}

/**
 * The document by id, or by its number where a posting has given it another id; a removed or cancelled one stops the document,
 * because its fate is a person's doing.
 */
export async function existing(write: InvoiceWrite, id: string): Promise<PurchaseRecord> {
  const { parts, company, document, context } = write;
  const invoice = await readInvoice(parts, company, document, id, context.signal);
  return living(write, invoice ?? (await sameNumber(write)).ours[0]);
}

/** The document, if it is a draft or posted. Throws for one that a person has cancelled or removed. */
export function living(write: InvoiceWrite, invoice: PurchaseRecord | undefined): PurchaseRecord {
  if (invoice !== undefined && (isDraft(invoice) || isPosted(invoice))) return invoice;
  const fate = invoice === undefined ? 'was removed' : `is ${invoice.status.toLowerCase()}`;
  const subject = `Purchase ${kindOf(write.document).noun} ${supplierNumberOf(write.document)}`;
  throw refusalAbout(write, `${subject} ${fate} in Business Central.`, 'erp-document-changed');
}

/** A refusal of our own, about a document that was read. */
export function refusalAbout({ parts, document }: InvoiceWrite, message: string, code: string): Rejected {
  return new Rejected(message, { system: parts.odata.system, operation: `${kindOf(document).calls}.read` }, code);
}
