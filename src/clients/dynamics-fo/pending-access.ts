import { Decimal } from 'decimal.js';
import type { FoPendingInvoice } from '../../contracts/erp-documents.js';
import type { ODataClient } from './odata.js';
import { allOf, numberEquals, sameCode, textEquals } from './odata-literals.js';
import type { ReadQuery } from './odata-reads.js';
import {
  pendingHeaderColumns,
  pendingHeaderSchema,
  pendingLineColumns,
  pendingLineSchema,
  postedInvoiceColumns,
  postedInvoiceSchema,
  type PendingHeader,
  type PendingLine,
  type PostedInvoice,
} from './pending-schemas.js';

/** Everything that F&O holds of a vendor's invoice number, pending and posted, ours told from that of others. */
export interface InvoiceStanding {
  /** With our reference, or with our document number under another reference. */
  pending: PendingHeader | undefined;
  /** With our document number. */
  posted: PostedInvoice | undefined;
  foreignPending: PendingHeader | undefined;
  /** More than one where the number was posted and taken back before. */
  foreignPosted: PostedInvoice[];
}

/** Reads of the pending invoice that a document has, or shall get. */
export interface PendingAccess {
  /** P1, P2 and P3 of F&O spec 10. */
  look(): Promise<InvoiceStanding>;
  /** The same with the lines of the pending invoice, which are read last. */
  lookWithLines(): Promise<InvoiceStanding & { lines: PendingLine[] }>;
  lines(reference: string): Promise<PendingLine[]>;
  line(reference: string, number: string): Promise<PendingLine | undefined>;
}

/** Tells whether a pending invoice is the document's. */
export function isOwnPending({ headerReference, documentNumber }: FoPendingInvoice, row: PendingHeader): boolean {
  return sameCode(row.reference, headerReference) || sameCode(row.document, documentNumber);
}

/** Tells whether a posted invoice carries the document's mark. */
export const isOwnPosted = ({ documentNumber }: FoPendingInvoice, row: PostedInvoice): boolean =>
  sameCode(row.document, documentNumber);

/**
 * Pending invoices by reference, and by vendor and number, of any documents of one company; and posted ones by mark, and by vendor
 * and number: a person may have corrected the number before posting. Posting takes the pending row away: read in this order, an
 * invoice that is posted between the reads is still seen.
 */
export async function readInvoices(
  odata: ODataClient,
  company: string,
  documents: readonly FoPendingInvoice[],
  signal: AbortSignal,
): Promise<{ pending: PendingHeader[]; posted: PostedInvoice[] }> {
  const [pending, posted] = await odata.readInOrder(
    [pendingOf(company, documents, signal), postedOf(company, documents, signal)],
    signal,
  );
  return { pending, posted };
}

function pendingOf(
  company: string,
  documents: readonly FoPendingInvoice[],
  signal: AbortSignal,
): ReadQuery<PendingHeader> {
  return {
    set: 'VendorInvoiceHeaders',
    company,
    anyOf: documents.flatMap((document) => [
      textEquals('HeaderReference', document.headerReference),
      `(${allOf(textEquals('InvoiceAccount', document.vendorAccount), textEquals('InvoiceNumber', document.invoiceNumber))})`,
    ]),
    select: pendingHeaderColumns,
    orderBy: 'HeaderReference',
    row: pendingHeaderSchema,
    isOwn: (row) =>
      documents.some(
        ({ headerReference, vendorAccount, invoiceNumber }) =>
          sameCode(row.reference, headerReference) ||
          (sameCode(row.account, vendorAccount) && sameCode(row.number, invoiceNumber)),
      ),
    signal,
  };
}

function postedOf(
  company: string,
  documents: readonly FoPendingInvoice[],
  signal: AbortSignal,
): ReadQuery<PostedInvoice> {
  return {
    set: 'VendInvoiceJourBiEntities',
    company,
    anyOf: documents.flatMap((document) => [
      textEquals('DocumentNum', document.documentNumber),
      `(${allOf(textEquals('InvoiceAccount', document.vendorAccount), textEquals('InvoiceId', document.invoiceNumber))})`,
    ]),
    select: postedInvoiceColumns,
    orderBy: 'SourceKey',
    row: postedInvoiceSchema,
    isOwn: (row) =>
      documents.some(
        ({ documentNumber, vendorAccount, invoiceNumber }) =>
          sameCode(row.document, documentNumber) ||
          (sameCode(row.account, vendorAccount) && sameCode(row.number, invoiceNumber)),
      ),
    signal,
  };
}

/** Binds the reads to one document. */
export function createPendingAccess(
  odata: ODataClient,
  document: FoPendingInvoice,
  signal: AbortSignal,
): PendingAccess {
  const { company, headerReference } = document;
  const linesWhere = (term: string, isOwn: (row: PendingLine) => boolean): ReadQuery<PendingLine> => ({
    set: 'VendorInvoiceLines',
    company,
    anyOf: [term],
    isOwn,
    select: pendingLineColumns,
    orderBy: 'HeaderReference,InvoiceLineNumber',
    row: pendingLineSchema,
    signal,
  });
  const linesOf = (reference: string): ReadQuery<PendingLine> =>
    linesWhere(textEquals('HeaderReference', reference), (row) => sameCode(row.reference, reference));

  function standing(pending: readonly PendingHeader[], posted: readonly PostedInvoice[]): InvoiceStanding {
    return {
      pending:
        pending.find((row) => sameCode(row.reference, headerReference)) ??
        pending.find((row) => isOwnPending(document, row)),
      posted: posted.find((row) => isOwnPosted(document, row)),
      foreignPending: pending.find((row) => !isOwnPending(document, row)),
      foreignPosted: posted.filter((row) => !isOwnPosted(document, row)),
    };
  }

  return {
    async look() {
      const { pending, posted } = await readInvoices(odata, company, [document], signal);
      return standing(pending, posted);
    },
    async lookWithLines() {
      const [pending, posted, lines] = await odata.readInOrder(
        [pendingOf(company, [document], signal), postedOf(company, [document], signal), linesOf(headerReference)],
        signal,
      );
      const found = standing(pending, posted);
      // A person may have entered it under another reference, with our document number.
      const reference = found.pending?.reference ?? headerReference;
      const isOurs = sameCode(reference, headerReference);
      return { ...found, lines: isOurs ? lines : await odata.read(linesOf(reference)) };
    },
    lines: (reference) => odata.read(linesOf(reference)),
    async line(reference, number) {
      const key = `(${allOf(textEquals('HeaderReference', reference), numberEquals('InvoiceLineNumber', number))})`;
      const rows = await odata.read(
        linesWhere(key, (row) => sameCode(row.reference, reference) && new Decimal(row.number).equals(number)),
      );
      return rows[0];
    },
  };
}
