import { Decimal } from 'decimal.js';
import type { FoPendingInvoice } from '../../contracts/erp-documents.js';
import type { PostingProof, PostingState, TrackedErpDocument } from '../../contracts/erp-port.js';
import type { DimensionFormat } from './dimension-format.js';
import { readLedger, type Ledger } from './ledger-bookings.js';
import type { ODataClient } from './odata.js';
import { allOf, dayOf, sameCode, textEquals } from './odata-literals.js';
import { isOwnPending, isOwnPosted, readInvoices } from './pending-access.js';
import { entryDifferences, postedDifferences } from './pending-differences.js';
import { ledgerFinding } from './pending-ledger.js';
import type { PostedInvoice } from './pending-schemas.js';
import { readStatuses, statusOf, unpostedInvoice } from './pending-status.js';
import { reversalOf } from './posted-proof.js';
import type { PostingParts } from './postings.js';
import { vendTransColumns, vendTransSchema, type VendTrans } from './schemas.js';

/** A pending invoice as the store knows it. */
export type TrackedInvoice = TrackedErpDocument & { document: FoPendingInvoice };

/** Tells whether a tracked document is a pending invoice. */
export const isTrackedInvoice = (tracked: TrackedErpDocument): tracked is TrackedInvoice =>
  tracked.document.route === 'fo-pending-invoice';

type State = PostingState & { documentId: string };

/**
 * Asks in bulk which pending invoices of a company are posted. The proof is the posted invoice with our document number, the
 * vendor's entry with its voucher (F&O spec 7; S100, C15), and the bookings of that voucher, which alone tell the lines; the same
 * number posted by somebody else proves nothing.
 */
export async function findPostedInvoices(
  { odata, formats }: Pick<PostingParts, 'odata' | 'formats'>,
  company: string,
  tracked: readonly TrackedInvoice[],
  signal: AbortSignal,
): Promise<State[]> {
  const documents = tracked.map(({ document }) => document);
  const { pending, posted } = await readInvoices(odata, company, documents, signal);
  const own = documents.flatMap((document) => posted.find((row) => isOwnPosted(document, row)) ?? []);
  const waiting = documents.flatMap((document) => pending.find((row) => isOwnPending(document, row)) ?? []);
  const [proofs, statuses] = await Promise.all([
    own.length === 0 ? undefined : readProofs({ odata, formats }, company, own, signal),
    readStatuses(odata, company, waiting, signal),
  ]);
  return tracked.map(({ documentId, document }): State => {
    const invoice = posted.find((row) => isOwnPosted(document, row));
    if (invoice !== undefined && proofs !== undefined) return { documentId, ...postedState(document, invoice, proofs) };
    const header = pending.find((row) => isOwnPending(document, row));
    return header === undefined
      ? { documentId, state: 'missing', part: document.part, reason: whyMissing(document, posted) }
      : { documentId, ...unpostedInvoice(document, header, statusOf(header, statuses)) };
  });
}

/** What the proofs of one company's posted invoices are made of. */
interface Proofs {
  entries: VendTrans[];
  ledger: Ledger | undefined;
  format: DimensionFormat;
}

/** Only a sentence where the set-up of the environment does not allow any comparison. */
async function readProofs(
  { odata, formats }: Pick<PostingParts, 'odata' | 'formats'>,
  company: string,
  posted: readonly PostedInvoice[],
  signal: AbortSignal,
): Promise<Proofs | string> {
  const vouchers = posted.map(({ voucher }) => textEquals('SubledgerVoucher', voucher));
  const [reading, entries, ledger] = await Promise.all([
    formats.readAgain(signal),
    readEntries(odata, company, posted, signal),
    readLedger({ odata, company, signal }, vouchers),
  ]);
  if ('problem' in reading) {
    return `It is posted, but cannot be compared with what was meant. ${reading.problem.message}`;
  }
  return { entries, ledger, format: reading.format };
}

function readEntries(
  odata: ODataClient,
  company: string,
  posted: readonly PostedInvoice[],
  signal: AbortSignal,
): Promise<VendTrans[]> {
  return odata.read({
    set: 'VendTransBiEntities',
    company,
    // By voucher for the proof, by number for an entry that reverses it.
    anyOf: posted.flatMap(({ account, voucher, number }) =>
      [textEquals('Voucher', voucher), textEquals('Invoice', number)].map(
        (term) => `(${allOf(textEquals('AccountNum', account), term)})`,
      ),
    ),
    select: vendTransColumns,
    row: vendTransSchema,
    signal,
  });
}

function whyMissing(document: FoPendingInvoice, posted: readonly PostedInvoice[]): string {
  const { invoiceNumber, vendorAccount } = document;
  const gone = `The pending vendor invoice ${invoiceNumber} is no longer in Finance & Operations`;
  const other = posted.find((row) => sameCode(row.account, vendorAccount) && sameCode(row.number, invoiceNumber));
  return other === undefined
    ? `${gone}; a person removed it.`
    : `${gone}. Voucher ${other.voucher} has posted this invoice number without the connector's document number ${document.documentNumber}.`;
}

function postedState(document: FoPendingInvoice, invoice: PostedInvoice, proofs: Proofs | string): PostingState {
  const { part, invoiceNumber } = document;
  const waiting = (reason: string): PostingState => ({ state: 'waiting', part, reason });
  if (typeof proofs === 'string') return waiting(proofs);
  const own = proofs.entries.filter((row) => sameCode(row.AccountNum, invoice.account));
  const entry = entryOf(document, own, invoice.voucher);
  if (entry === undefined) {
    return waiting(`Invoice ${invoiceNumber} is posted; the entry of its vendor is not visible yet.`);
  }
  const certain = [...postedDifferences(document, invoice), ...entryDifferences(document, entry)];
  const finding = ledgerFinding(document, entry, proofs.ledger, proofs.format);
  if ('waiting' in finding && certain.length === 0) return waiting(finding.waiting);
  const differences = [...certain.map(({ field }) => field), ...('differences' in finding ? finding.differences : [])];
  const reversal = reversalOf(entry, own);
  return {
    state: 'posted',
    part,
    proof: {
      ...factsOf(document, invoice, entry),
      ...(differences.length === 0 ? {} : { differences }),
      ...(reversal === undefined ? {} : { reversedBy: reversal.Voucher }),
    },
  };
}

/** Where several rows carry the voucher, as a reversal might, it is the one with the amount that was meant. */
function entryOf({ amount }: FoPendingInvoice, own: readonly VendTrans[], voucher: string): VendTrans | undefined {
  const candidates = own.filter((row) => row.TransType !== 'Payment' && sameCode(row.Voucher, voucher));
  return candidates.find((row) => new Decimal(row.AmountCur).negated().equals(amount)) ?? candidates[0];
}

function factsOf(document: FoPendingInvoice, invoice: PostedInvoice, entry: VendTrans): PostingProof {
  const { part } = document;
  const postedOn = dayOf(entry.TransDate) ?? document.postingOn;
  // In the document's direction: an invoice that was posted as a credit note shows as a negative total.
  const direction = new Decimal(document.amount).isNegative() ? -1 : 1;
  return {
    part,
    documentNumber: invoice.voucher,
    postedOn,
    fiscalYear: postedOn.slice(0, 4),
    debitTotal: new Decimal(invoice.amount).times(direction).toFixed(),
    currency: invoice.currency,
    vendorEntryKey: entry.SourceKey,
    // Invoices are negative in the vendor subledger (trap 18): what is owed is positive here.
    vendorAmount: new Decimal(entry.AmountCur).negated().toFixed(),
  };
}
