import { Decimal } from 'decimal.js';
import type { ErpWriteContext, Withdrawal } from '../../contracts/erp-port.js';
import type { Rejected } from '../http/errors.js';
import { amountOf, findInvoices, isDraft, isOurs, isPosted, readInvoice } from './invoice-drafts.js';
import { findInvoicePostings, type TrackedInvoice } from './invoice-postings.js';
import type { BcCompany } from './options.js';
import type { BcParts } from './parts.js';
import { kindOf, supplierNumberOf, type PurchaseDocument } from './purchase-kinds.js';
import type { PurchaseLine, PurchaseRecord } from './schemas.js';
import { asCode } from './wire-text.js';
import {
  blocked,
  ChangedMeanwhile,
  deleteUnder,
  gone,
  lookingAgain,
  refusalIn,
  requiredEtag,
  type Gone,
} from './withdrawing.js';

interface InvoiceWithdrawal {
  parts: BcParts;
  company: BcCompany;
  tracked: TrackedInvoice;
  context: ErpWriteContext;
}

/**
 * Takes an unposted purchase invoice or credit memo out of Business Central again, and reads back that nothing is left (FIS spec 5.1). Only a
 * draft that is ours goes, under the etag of the look: DELETE on a posted id may delete the posted document (NAV spec trap 4). An
 * invoice that a person has cancelled by credit memo counts as taken out. May be repeated after any failure.
 */
export function withdrawInvoice(
  parts: BcParts,
  company: BcCompany,
  tracked: TrackedInvoice,
  context: ErpWriteContext,
): Promise<Withdrawal> {
  const withdrawal: InvoiceWithdrawal = { parts, company, tracked, context };
  return lookingAgain(async () => {
    const before = await standingInvoices(withdrawal);
    const forbidden = await whatForbids(withdrawal, before);
    if (forbidden !== undefined) return forbidden;
    const refusal = await refusalIn(async () => {
      for (const { id } of before) await deleteDraft(withdrawal, id);
    });
    const left = await standingInvoices(withdrawal);
    return (await whatForbids(withdrawal, left)) ?? remainder(tracked.document, left, refusal);
  });
}

/** Invoices of ours that are not cancelled: by the saved id, and by vendor and number where the id was lost. */
async function standingInvoices({ parts, company, tracked, context }: InvoiceWithdrawal): Promise<PurchaseRecord[]> {
  const { document, keys } = tracked;
  const found = await findInvoices(parts, company, document, context.signal, { lines: false });
  const ids = new Set([...(keys.id === undefined ? [] : [keys.id]), ...found.map(({ id }) => id)]);
  const ours: PurchaseRecord[] = [];
  for (const id of ids) {
    const invoice = await readInvoice(parts, company, document, id, context.signal);
    if (invoice === undefined || invoice.status === 'Canceled') continue;
    if (id === keys.id || carriesMarker(document, invoice) || isOurs(document, invoice)) ours.push(invoice);
  }
  return ours;
}

/** Why nothing may be deleted; undefined where every invoice is a draft of the connector's own. */
async function whatForbids(
  withdrawal: InvoiceWithdrawal,
  invoices: readonly PurchaseRecord[],
): Promise<Withdrawal | undefined> {
  const { document } = withdrawal.tracked;
  const { noun } = kindOf(document);
  const posted = invoices.find(isPosted);
  if (posted !== undefined) return postedAs(withdrawal, posted);
  for (const invoice of invoices) {
    const { number, status } = invoice;
    if (!isDraft(invoice)) return blocked(`Purchase ${noun} ${number} has the status ${status}.`);
    if (status !== 'Draft')
      return blocked(`Draft purchase ${noun} ${number} waits for an approval. Cancel the approval request.`);
    if (!carriesMarker(document, invoice) && !carriesNumber(document, invoice)) {
      return blocked(
        `Draft purchase ${noun} ${number} was written by the connector, but carries neither its marker nor supplier's number ` +
          `${supplierNumberOf(document)} any more. Delete the draft, if it is not needed for something else.`,
      );
    }
    const added = addedLines(document, invoice);
    if (added > 0) {
      const lines = added === 1 ? 'a line' : `${added} lines`;
      return blocked(`A person has added ${lines} to draft purchase ${noun} ${number}. Delete the draft.`);
    }
  }
  return undefined;
}

/** The same proof that the posting watch finds; a posting that cannot be proven yet is no reason to delete anything. */
async function postedAs(
  { parts, company, tracked, context }: InvoiceWithdrawal,
  { id, number }: PurchaseRecord,
): Promise<Withdrawal> {
  const known = { ...tracked, keys: { ...tracked.keys, id } };
  const [state] = await findInvoicePostings(parts, company, [known], context.signal);
  if (state?.state === 'posted') return { state: 'posted', proof: state.proof };
  return blocked(`Purchase ${kindOf(tracked.document).noun} ${number} is posted and shows no ledger entries yet.`);
}

async function deleteDraft(withdrawal: InvoiceWithdrawal, id: string): Promise<void> {
  const { parts, company, tracked, context } = withdrawal;
  const { signal } = context;
  const { set, calls, noun, withdrawal: operation } = kindOf(tracked.document);
  let etag = '';
  await context.writes.create<Gone>({
    operation,
    key: id,
    payload: { marker: tracked.document.marker, invoice: id },
    look: async () => {
      // Reading a draft may move its etag, so the one of this very look is sent (NAV spec 4).
      const invoice = await readInvoice(parts, company, tracked.document, id, signal);
      if (invoice === undefined) return gone;
      if (invoice.status !== 'Draft') {
        const call = { system: parts.odata.system, operation: `${calls}.read` };
        throw new ChangedMeanwhile(`Purchase ${noun} ${invoice.number} is no longer a draft.`, call);
      }
      etag = requiredEtag(parts, invoice, `${calls}.read`);
      return undefined;
    },
    create: () =>
      deleteUnder(parts, etag, {
        operation: `${calls}.withdraw`,
        path: `${company.path}/${set}(${id})`,
        signal,
      }),
  });
  context.heartbeat();
}

function remainder(
  document: PurchaseDocument,
  [standing]: readonly PurchaseRecord[],
  refusal: Rejected | undefined,
): Withdrawal {
  if (standing === undefined) return { state: 'gone' };
  const subject = `Draft purchase ${kindOf(document).noun} ${standing.number}`;
  return blocked(
    refusal === undefined
      ? `${subject} is still there although Business Central accepted its deletion. Delete it there.`
      : `${subject} cannot be deleted. ${refusal.message} Delete the draft there.`,
  );
}

/** The marker, in whatever line it stands by now. */
function carriesMarker({ marker }: PurchaseDocument, { lines }: PurchaseRecord): boolean {
  return (lines ?? []).some(
    ({ lineType, description }) => lineType === 'Comment' && description.trim() === marker.trim(),
  );
}

function carriesNumber(document: PurchaseDocument, invoice: PurchaseRecord): boolean {
  return (
    asCode(invoice.vendorNumber) === asCode(document.vendorNumber) &&
    asCode(invoice.supplierNumber) === asCode(supplierNumberOf(document))
  );
}

/** Money lines that the connector did not write. A line that was only altered still has its account and amount, or its text. */
function addedLines(document: PurchaseDocument, invoice: PurchaseRecord): number {
  const planned = [...document.lines];
  const added = (invoice.lines ?? []).filter((line) => {
    if (line.lineType === 'Comment') return false;
    const at = planned.findIndex((one) => isSameLine(one, line));
    if (at >= 0) planned.splice(at, 1);
    return at < 0;
  });
  return added.length;
}

function isSameLine(planned: PurchaseDocument['lines'][number], line: PurchaseLine): boolean {
  const sameAccount = asCode(line.lineObjectNumber) === asCode(planned.accountNumber);
  if (sameAccount && amountOf(line).eq(new Decimal(planned.amount))) return true;
  return line.description.trim() !== '' && line.description.trim() === planned.description.trim();
}
