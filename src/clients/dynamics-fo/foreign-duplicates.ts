import { Conflict } from '../http/errors.js';
import { segmentsOf, type DimensionFormat } from './dimension-format.js';
import { journalKinds, lineColumns, type FoJournal } from './journal-kinds.js';
import type { ODataClient } from './odata.js';
import { allOf, sameCode, textEquals } from './odata-literals.js';
import { vendTransColumns, vendTransSchema } from './schemas.js';

interface VendorInvoice {
  account: string;
  invoice: string;
}

/**
 * Asks for entries of the same vendor and invoice number before the first create, when no journal carries our mark:
 * posted ones (T1) and lines of journals (J3, F&O spec 10). F&O itself may accept duplicates (C8), and any hit is somebody
 * else's entry or a journal of ours that was altered. Throws `Conflict` with its number; nothing is adopted and nothing
 * written (S80, S82).
 */
export async function refuseForeignDuplicate(
  odata: ODataClient,
  document: FoJournal,
  format: DimensionFormat,
  signal: AbortSignal,
): Promise<void> {
  const meant = document.lines.flatMap(({ accountType, account, invoice }): VendorInvoice[] =>
    accountType === 'Vend' && invoice !== undefined && invoice !== '' ? [{ account, invoice }] : [],
  );
  // The number may wait in a person's invoice journal, or in a journal of the own kind.
  const routes = [...new Set(['fo-vendor-invoice-journal', document.route] as const)];
  const [posted, ...inJournals] = await Promise.all([
    postedEntry(odata, document, meant, signal),
    ...routes.map((route) => journalLine(odata, document, route, meant, format, signal)),
  ]);
  const found = posted ?? inJournals.find((hit) => hit !== undefined);
  if (found !== undefined) throw new Conflict(found, { system: odata.system, operation: 'duplicate-check' });
}

async function postedEntry(
  odata: ODataClient,
  document: FoJournal,
  meant: readonly VendorInvoice[],
  signal: AbortSignal,
): Promise<string | undefined> {
  const rows = await odata.read({
    set: 'VendTransBiEntities',
    company: document.company,
    anyOf: meant.map((one) => `(${allOf(textEquals('AccountNum', one.account), textEquals('Invoice', one.invoice))})`),
    select: vendTransColumns,
    row: vendTransSchema,
    signal,
  });
  const hit = rows.find((row) => meant.some((one) => isSame(one, row.AccountNum, row.Invoice)));
  return hit && foreign(hit.AccountNum, hit.Invoice, `voucher ${hit.Voucher}`);
}

async function journalLine(
  odata: ODataClient,
  document: FoJournal,
  route: FoJournal['route'],
  meant: readonly VendorInvoice[],
  format: DimensionFormat,
  signal: AbortSignal,
): Promise<string | undefined> {
  const kind = journalKinds[route];
  const rows = await odata.read({
    set: kind.lines,
    company: document.company,
    // The key seed stands in the reference of every line of ours, so a journal that lost its description is found too.
    anyOf: [
      ...meant.map(({ invoice }) => textEquals('Invoice', invoice)),
      ...(route === document.route ? [textEquals('Document', document.keySeed)] : []),
    ],
    select: lineColumns(kind),
    row: kind.line,
    signal,
  });
  const own = rows.find((row) => sameCode(row.document, document.keySeed));
  if (own !== undefined) {
    return `Journal ${own.journal} holds lines of this document, but its description is not "${document.description}" any more.`;
  }
  // Escapes vary with the delimiter, so accounts are compared unescaped and in memory.
  const account = (displayed: string): string => segmentsOf(format, displayed).join(format.delimiter);
  const hit = rows.find(
    (row) => row.accountType === 'Vend' && meant.some((one) => isSame(one, account(row.account), row.invoice)),
  );
  return hit && foreign(account(hit.account), hit.invoice, `journal ${hit.journal}`);
}

function foreign(account: string, invoice: string, place: string): string {
  return `Finance & Operations already holds invoice ${invoice} of vendor ${account} in ${place}, which the connector did not write.`;
}

function isSame(meant: VendorInvoice, account: string, invoice: string): boolean {
  return sameCode(meant.account, account) && sameCode(meant.invoice, invoice);
}
