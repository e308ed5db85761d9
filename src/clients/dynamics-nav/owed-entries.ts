import { Decimal } from 'decimal.js';
import type { ErpDocument } from '../../contracts/erp-documents.js';
import { ExternalSystemError } from '../http/errors.js';
import type { BcCompany } from './options.js';
import type { BcParts } from './parts.js';
import { entriesOnPages } from './payment-pages.js';
import { rowsOfDocuments } from './vendor-entries.js';
import { asCode } from './wire-text.js';

/** A posted document whose vendor ledger entry is looked for. */
export interface OwedDocument {
  documentNumber: string;
  document: ErpDocument;
}

/** A vendor ledger entry as it was posted; the amount in local currency, or in the document's own, as the source has it. */
export interface OwedEntry {
  entryNo: string;
  amount: string;
  documentNumber: string;
  documentType: string;
  vendor: string;
}

/** The vendor ledger entries of posted documents, from the source of the company (NAV spec 15); nothing with `status-only`. */
export async function findOwedEntries<T extends OwedDocument>(
  parts: BcParts,
  company: BcCompany,
  owed: readonly T[],
  signal: AbortSignal,
  isPatient = false,
): Promise<Map<T, OwedEntry>> {
  const numbers = [...new Set(owed.map(({ documentNumber }) => asCode(documentNumber)))];
  if (numbers.length === 0) return new Map();
  const entries = await readEntries(parts, company, numbers, signal, isPatient);
  const found = new Map<T, OwedEntry>();
  for (const one of owed) {
    const entry = entryOf(one, entries);
    if (entry !== undefined) found.set(one, entry);
  }
  return found;
}

async function readEntries(
  parts: BcParts,
  company: BcCompany,
  numbers: readonly string[],
  signal: AbortSignal,
  isPatient: boolean,
): Promise<OwedEntry[]> {
  switch (company.settings.paymentSource) {
    case 'status-only':
      return [];
    case 'pages':
      return entriesOnPages(parts, company, numbers, signal);
    case 'analytics': {
      const rows = await rowsOfDocuments(parts, company, numbers, signal, isPatient);
      return rows
        .filter((row) => row.dvleEntryType === 'Initial Entry')
        .map((row) => ({
          entryNo: row.vleEntryNo,
          amount: row.dvleAmountLCY,
          documentNumber: row.dvleDocumentNo,
          documentType: row.dvleDocumentType,
          vendor: row.dvleVendorNo,
        }));
    }
  }
}

/**
 * The same right after a posting, where a failure may not stand in the way: a replica may lag and the source may be missing, and
 * the payment watch asks again.
 */
export async function tryFindOwedEntries<T extends OwedDocument>(
  parts: BcParts,
  company: BcCompany,
  owed: readonly T[],
  signal: AbortSignal,
  isPatient = false,
): Promise<Map<T, OwedEntry>> {
  const payable = owed.filter(({ document }) => document.payable !== undefined);
  try {
    return await findOwedEntries(parts, company, payable, signal, isPatient);
  } catch (error) {
    if (error instanceof ExternalSystemError) return new Map();
    throw error;
  }
}

function entryOf({ documentNumber, document }: OwedDocument, entries: readonly OwedEntry[]): OwedEntry | undefined {
  const { payable, route } = document;
  if (payable === undefined) return undefined;
  const isInvoice = route === 'bc-purchase-invoice';
  const candidates = entries.filter(
    (entry) =>
      asCode(entry.documentNumber) === asCode(documentNumber) && (!isInvoice || entry.documentType === 'Invoice'),
  );
  const ofVendor = candidates.filter((entry) => asCode(entry.vendor) === asCode(payable.vendorAccount));
  // An invoice may be owed to a pay-to vendor that we do not know; a journal entry of another vendor is never ours.
  const pool = ofVendor.length === 0 && isInvoice ? candidates : ofVendor;
  if (pool.length === 1) return pool[0];
  const exact = pool.filter(({ amount }) => new Decimal(amount).abs().eq(payable.amount));
  return exact.length === 1 ? exact[0] : undefined;
}
