import { Decimal } from 'decimal.js';
import type { ErpDocument } from '../../contracts/erp-documents.js';
import { ExternalSystemError, Rejected } from '../http/errors.js';
import type { BcRead } from './odata.js';
import type { BcCompany } from './options.js';
import type { BcParts } from './parts.js';
import { isRefusal } from './refusals.js';
import { vendorEntrySchema, type VendorEntry } from './schemas.js';
import { asCode, canExist, equalsAny, fieldLengths, inChunks } from './wire-text.js';

/** A posted document whose vendor ledger entry is looked for. */
export interface OwedDocument {
  documentNumber: string;
  document: ErpDocument;
}

const asIs = (value: string): string => value;

/** Every question to the analytics API asks for whole rows in a fixed order, because its pages have no key. */
async function ask(
  { odata }: BcParts,
  company: BcCompany,
  filter: string,
  signal: AbortSignal,
): Promise<VendorEntry[]> {
  const call: BcRead = {
    operation: 'bc.vendor-entries.read',
    route: 'microsoft/analytics/v1.0',
    path: `${company.path}/vendorLedgerEntries`,
    query: { $filter: filter, $orderby: 'vleEntryNo,dvleEntryNo' },
    signal,
  };
  try {
    return await odata.list(call, vendorEntrySchema);
  } catch (error) {
    if (!isRefusal(error, 'not-offered')) throw error;
    const message =
      'Business Central has no vendor ledger entries in its analytics API: the app Power BI Reports is not installed.';
    throw new Rejected(message, { ...error.call, cause: error }, 'erp-refused');
  }
}

async function askForAny(
  parts: BcParts,
  company: BcCompany,
  field: 'vleEntryNo' | 'dvleAppliedVendLedgerEntryNo',
  entryNos: readonly string[],
  signal: AbortSignal,
): Promise<VendorEntry[]> {
  const rows: VendorEntry[] = [];
  for (const chunk of inChunks([...new Set(entryNos)])) {
    rows.push(...(await ask(parts, company, equalsAny(field, chunk, asIs), signal)));
  }
  return rows;
}

/** All detailed rows of vendor ledger entries. */
export function rowsOfEntries(
  parts: BcParts,
  company: BcCompany,
  entryNos: readonly string[],
  signal: AbortSignal,
): Promise<VendorEntry[]> {
  return askForAny(parts, company, 'vleEntryNo', entryNos, signal);
}

/** All detailed rows that name one of these entries as the applying one. */
export function rowsAppliedTo(
  parts: BcParts,
  company: BcCompany,
  entryNos: readonly string[],
  signal: AbortSignal,
): Promise<VendorEntry[]> {
  return askForAny(parts, company, 'dvleAppliedVendLedgerEntryNo', entryNos, signal);
}

/** Applications and un-applications posted on or after a date, of all vendors of the company. */
export function applicationsSince(
  parts: BcParts,
  company: BcCompany,
  on: string,
  signal: AbortSignal,
): Promise<VendorEntry[]> {
  return ask(parts, company, `dvleEntryType eq 'Application' and dvlePostingDate ge ${on}`, signal);
}

/** Initial rows of the vendor ledger entries that belong to posted documents, by document (NAV spec 15, step 2). */
export async function findVendorEntries<T extends OwedDocument>(
  parts: BcParts,
  company: BcCompany,
  owed: readonly T[],
  signal: AbortSignal,
): Promise<Map<T, VendorEntry>> {
  const numbers = [...new Set(owed.map(({ documentNumber }) => asCode(documentNumber)))];
  const rows: VendorEntry[] = [];
  for (const chunk of inChunks(numbers.filter((number) => canExist(number, fieldLengths.documentNumber)))) {
    rows.push(...(await ask(parts, company, equalsAny('dvleDocumentNo', chunk), signal)));
  }
  const found = new Map<T, VendorEntry>();
  for (const one of owed) {
    const row = initialRowOf(one, rows);
    if (row !== undefined) found.set(one, row);
  }
  return found;
}

/**
 * The same, where a failure may not stand in the way: right after posting the replica may lag and the app may be
 * missing, and the payment watch asks again.
 */
export async function tryFindVendorEntries<T extends OwedDocument>(
  parts: BcParts,
  company: BcCompany,
  owed: readonly T[],
  signal: AbortSignal,
): Promise<Map<T, VendorEntry>> {
  const payable = owed.filter(({ document }) => document.payable !== undefined);
  if (company.settings.paymentSource !== 'analytics' || payable.length === 0) return new Map();
  try {
    return await findVendorEntries(parts, company, payable, signal);
  } catch (error) {
    if (error instanceof ExternalSystemError) return new Map();
    throw error;
  }
}

function initialRowOf(
  { documentNumber, document }: OwedDocument,
  rows: readonly VendorEntry[],
): VendorEntry | undefined {
  const { payable, route } = document;
  if (payable === undefined) return undefined;
  const isInvoice = route === 'bc-purchase-invoice';
  const candidates = rows.filter(
    (row) =>
      row.dvleEntryType === 'Initial Entry' &&
      asCode(row.dvleDocumentNo) === asCode(documentNumber) &&
      (!isInvoice || row.dvleDocumentType === 'Invoice'),
  );
  const ofVendor = candidates.filter((row) => asCode(row.dvleVendorNo) === asCode(payable.vendorAccount));
  // An invoice may be owed to a pay-to vendor that we do not know; a journal entry of another vendor is never ours.
  const pool = ofVendor.length === 0 && isInvoice ? candidates : ofVendor;
  if (pool.length === 1) return pool[0];
  const exact = pool.filter((row) => new Decimal(row.dvleAmountLCY).abs().eq(payable.amount));
  return exact.length === 1 ? exact[0] : undefined;
}
