import type { BcGeneralJournal } from '../../contracts/erp-documents.js';
import { Rejected } from '../http/errors.js';
import type { BcCompany } from './options.js';
import type { BcParts } from './parts.js';
import { requireOpenDate } from './posting-window.js';
import type { VendorFacts } from './vendor-facts.js';
import { asCode, sumOf } from './wire-text.js';

/**
 * What a general journal by API must fulfil, because Business Central would post something else without a word: the
 * lines balance, the date is open, and since a line has no currency, the document and its vendors are in local currency (decisions 20,
 * NAV spec 10). Throws `Rejected`.
 */
export async function requirePostable(
  parts: BcParts,
  company: BcCompany,
  document: BcGeneralJournal,
  signal: AbortSignal,
): Promise<void> {
  const refuse = (message: string, code: string): Rejected =>
    new Rejected(message, { system: parts.odata.system, operation: 'bc.journals.check' }, code);
  const balance = sumOf(document.lines.map(({ amount }) => amount));
  if (!balance.isZero()) {
    throw refuse(
      `Journal ${document.documentNumber} is out of balance by ${balance.toFixed()}.`,
      'document-inconsistent',
    );
  }
  await requireOpenDate(parts, company, document, signal);
  const local = await parts.facts.localCurrency(company, signal);
  if (local === undefined) return;
  const route = `${company.name} keeps its books in ${local} and a general journal line has no currency`;
  if (asCode(document.currency) !== asCode(local)) {
    throw refuse(
      `${route}; a document in ${document.currency} must be posted as a purchase invoice.`,
      'unsupported-document',
    );
  }
  for (const [number, { currency }] of await vendorsOf(parts, company, document, signal)) {
    if (currency === '' || asCode(currency) === asCode(local)) continue;
    throw refuse(`${route}; vendor ${number} is kept in ${currency}.`, 'unsupported-document');
  }
}

function vendorsOf(
  { vendors }: BcParts,
  company: BcCompany,
  { lines }: BcGeneralJournal,
  signal: AbortSignal,
): Promise<Map<string, VendorFacts>> {
  const parties = lines.filter(({ accountType }) => accountType === 'Vendor');
  return vendors.read(
    company,
    parties.map(({ accountNumber }) => accountNumber),
    signal,
  );
}
