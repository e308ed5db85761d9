import { Rejected } from '../http/errors.js';
import type { BcRead } from './odata.js';
import type { BcCompany } from './options.js';
import type { BcParts } from './parts.js';
import { isRefusal } from './refusals.js';
import { vendorEntrySchema, type VendorEntry } from './schemas.js';
import type { TouchedFrom } from './touches.js';
import { asCode, canExist, equalsAny, fieldLengths, inChunks } from './wire-text.js';

/** Numbers are short: more of them fit into one address. */
const entriesPerChain = 40;

const asIs = (value: string): string => value;

/** The analytics query. Every question asks for whole rows in a fixed order, because its pages have no key (NAV spec 15). */
function callFor(company: BcCompany, signal: AbortSignal): BcRead {
  return {
    operation: 'bc.vendor-entries.read',
    route: 'microsoft/analytics/v1.0',
    path: `${company.path}/vendorLedgerEntries`,
    query: { $orderby: 'vleEntryNo,dvleEntryNo' },
    signal,
  };
}

async function whereOffered(read: () => Promise<VendorEntry[]>): Promise<VendorEntry[]> {
  try {
    return await read();
  } catch (error) {
    if (!isRefusal(error, 'not-offered')) throw error;
    const message =
      'Business Central has no vendor ledger entries in its analytics API: the app Power BI Reports is not installed.';
    throw new Rejected(message, { ...error.call, cause: error }, 'erp-refused');
  }
}

function ask({ odata }: BcParts, company: BcCompany, filter: string, signal: AbortSignal): Promise<VendorEntry[]> {
  const call = callFor(company, signal);
  return whereOffered(() => odata.list({ ...call, query: { ...call.query, $filter: filter } }, vendorEntrySchema));
}

async function askForAny(
  parts: BcParts,
  company: BcCompany,
  field: 'vleEntryNo' | 'dvleAppliedVendLedgerEntryNo',
  entryNos: readonly string[],
  signal: AbortSignal,
): Promise<VendorEntry[]> {
  const rows: VendorEntry[] = [];
  for (const chunk of inChunks([...new Set(entryNos)], entriesPerChain)) {
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

/** Applications and un-applications of all vendors of the company, from somewhere on. */
export function applicationsFrom(
  parts: BcParts,
  company: BcCompany,
  from: TouchedFrom,
  signal: AbortSignal,
): Promise<VendorEntry[]> {
  const bound = 'on' in from ? `dvlePostingDate ge ${from.on}` : `dvleEntryNo gt ${from.after}`;
  return ask(parts, company, `dvleEntryType eq 'Application' and ${bound}`, signal);
}

/** Detailed rows of posted documents, by document number (NAV spec 15, step 2). */
export function rowsOfDocuments(
  { readChain }: BcParts,
  company: BcCompany,
  documentNumbers: readonly string[],
  signal: AbortSignal,
  isPatient: boolean,
): Promise<VendorEntry[]> {
  return whereOffered(() =>
    readChain({
      ...callFor(company, signal),
      field: 'dvleDocumentNo',
      values: documentNumbers.map(asCode).filter((number) => canExist(number, fieldLengths.documentNumber)),
      row: vendorEntrySchema,
      valueOf: ({ dvleDocumentNo }) => dvleDocumentNo,
      isPatient,
    }),
  );
}
