import type { Settlement, TrackedErpDocument } from '../../contracts/erp-port.js';
import { readVendorEntries, type LedgerPages } from '../dynamics-nav-classic/ledger.js';
import { vendorDetailSchema, vendorEntrySchema } from '../dynamics-nav-classic/schemas.js';
import { settlementsOnPages } from '../dynamics-nav-classic/settlements.js';
import { pageRoute } from './odata.js';
import type { BcCompany } from './options.js';
import type { OwedEntry } from './owed-entries.js';
import type { BcParts } from './parts.js';
import type { Touch, TouchedFrom } from './touches.js';
import { quoted } from './wire-text.js';

/** A row of page 29, and of page 574. */
export { vendorDetailSchema as detailPageRow, vendorEntrySchema as entryPageRow };

/** Where a published page stands. A company whose name holds a slash cannot stand in the path (NAV spec 2). */
export function pageCall(
  { name }: BcCompany,
  service: string,
): { route: typeof pageRoute; path: string; query: Record<string, string>; fresh: true } {
  const isInPath = !name.includes('/');
  const path = isInPath ? `Company(${encodeURIComponent(quoted(name))})/${service}` : service;
  return { route: pageRoute, path, query: isInPath ? {} : { company: name }, fresh: true };
}

/**
 * The vendor ledger on the published pages 29 and 574, as classic NAV shows it (NAV spec 15, source 4). Pages are read from the
 * primary database, and their amounts are in the documents' own currency.
 */
function pagesOf({ odata, facts, ledgerPages }: BcParts, company: BcCompany): LedgerPages {
  return {
    odata: {
      list: ({ operation, service, filter, signal }, row) => {
        const call = pageCall(company, service === 'vendorLedgerEntries' ? ledgerPages.entries : ledgerPages.details);
        const query = { ...call.query, ...(filter === undefined ? {} : { $filter: filter }) };
        return odata.list({ ...call, operation: operation.replace(/^nav\./, 'bc.'), query, signal }, row);
      },
    },
    facts: { fiscalYear: (_, on, signal) => facts.fiscalYear(company, on, signal) },
  };
}

/** Vendor ledger entries by document number. */
export async function entriesOnPages(
  parts: BcParts,
  company: BcCompany,
  documentNumbers: readonly string[],
  signal: AbortSignal,
): Promise<OwedEntry[]> {
  const rows = await readVendorEntries(pagesOf(parts, company), company, 'Document_No', documentNumbers, signal);
  return rows.map((row) => ({
    entryNo: row.Entry_No,
    amount: row.Original_Amount,
    documentNumber: row.Document_No,
    documentType: row.Document_Type,
    vendor: row.Vendor_No,
  }));
}

/** Postings and revaluations. */
const settlesNothing = /^Initial Entry$|Gain|Loss/i;

/** Entries that got a row in the detailed ledger, from somewhere on. */
export async function touchesOnPages(
  parts: BcParts,
  company: BcCompany,
  from: TouchedFrom,
  signal: AbortSignal,
): Promise<Touch[]> {
  const filter = 'on' in from ? `Posting_Date ge ${from.on}` : `Entry_No gt ${from.after}`;
  const call = { operation: 'bc.vendor-details.read', company: company.name, filter, signal };
  const rows = await pagesOf(parts, company).odata.list(
    { ...call, service: 'detailedVendorLedgerEntries' },
    vendorDetailSchema,
  );
  return rows.map((row) => ({
    rowNo: row.Entry_No,
    entryNos: settlesNothing.test(row.Entry_Type) ? [] : [row.Vendor_Ledger_Entry_No],
  }));
}

/** All settlements of documents whose vendor ledger entry is known. */
export function settlementsFromPages(
  parts: BcParts,
  company: BcCompany,
  documents: readonly TrackedErpDocument[],
  signal: AbortSignal,
): Promise<Settlement[]> {
  return settlementsOnPages(pagesOf(parts, company), company, documents, signal);
}
