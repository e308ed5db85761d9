import type { BcGeneralJournal } from '../../contracts/erp-documents.js';
import { Rejected } from '../http/errors.js';
import type { BcCompany } from './options.js';
import type { BcParts } from './parts.js';
import { requireOpenDate } from './posting-window.js';
import { vendorSchema } from './schemas.js';
import { asCode, canExist, equalsAny, fieldLengths, inChunks, sumOf } from './wire-text.js';

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
  for (const { number, currency } of await vendorCurrencies(parts, company, document, signal)) {
    if (currency === '' || asCode(currency) === asCode(local)) continue;
    throw refuse(`${route}; vendor ${number} is kept in ${currency}.`, 'unsupported-document');
  }
}

async function vendorCurrencies(
  { odata }: BcParts,
  company: BcCompany,
  document: BcGeneralJournal,
  signal: AbortSignal,
): Promise<{ number: string; currency: string }[]> {
  const vendors = document.lines
    .filter(({ accountType }) => accountType === 'Vendor')
    .map((line) => asCode(line.accountNumber));
  const found: { number: string; currency: string }[] = [];
  for (const numbers of inChunks([...new Set(vendors)].filter((number) => canExist(number, fieldLengths.number)))) {
    const query = { $filter: equalsAny('number', numbers) };
    const call = { operation: 'bc.vendors.currency', path: `${company.path}/vendors`, query, fresh: true, signal };
    const rows = await odata.list(call, vendorSchema);
    found.push(...rows.map((row) => ({ number: row.number, currency: row.currencyCode })));
  }
  return found;
}
