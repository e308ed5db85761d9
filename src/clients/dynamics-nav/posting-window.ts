import type { ErpDocumentBase } from '../../contracts/erp-documents.js';
import { Rejected } from '../http/errors.js';
import type { BcCompany } from './options.js';
import type { BcParts } from './parts.js';

/**
 * Refuses a posting date outside the company's allowed range before anything is written (NAV spec 7). A range of the user's own
 * cannot be read; Business Central judges by it when it posts. Throws `Rejected`.
 */
export async function requireOpenDate(
  { odata, facts }: BcParts,
  company: BcCompany,
  { postingOn }: ErpDocumentBase,
  signal: AbortSignal,
): Promise<void> {
  const { from, to } = await facts.postingWindow(company, signal);
  if ((from === undefined || postingOn >= from) && (to === undefined || postingOn <= to)) return;
  const range = [from === undefined ? '' : ` from ${from}`, to === undefined ? '' : ` to ${to}`].join('');
  throw new Rejected(
    `The posting date ${postingOn} lies outside the range in which ${company.name} allows postings${range} (General Ledger Setup).`,
    { system: odata.system, operation: 'bc.setup.read' },
    'period-closed',
  );
}
