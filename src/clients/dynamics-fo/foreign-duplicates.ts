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
 * posted ones (T1) and lines of journals (J3, F&O spec 10). F&O itself may accept duplicates (C8), so any hit is somebody
 * else's entry. Throws `Conflict` with its number; nothing is adopted and nothing written (S80, S82).
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
  if (meant.length === 0) return;
  const [posted, ...inJournals] = await Promise.all([
    postedEntry(odata, document, meant, signal),
    // An invoice number may also wait in an invoice journal of a person; in the own set a journal that lost its mark.
    ...[...new Set(['fo-vendor-invoice-journal', document.route] as const)].map((route) =>
      journalLine(odata, document, route, meant, format, signal),
    ),
  ]);
  const found = posted ?? inJournals.find((hit) => hit !== undefined);
  if (found === undefined) return;
  throw new Conflict(
    `Finance & Operations already holds invoice ${found.invoice} of vendor ${found.account} in ${found.place}, which the connector did not write.`,
    { system: odata.system, operation: 'duplicate-check' },
  );
}

type Hit = VendorInvoice & { place: string };

async function postedEntry(
  odata: ODataClient,
  document: FoJournal,
  meant: readonly VendorInvoice[],
  signal: AbortSignal,
): Promise<Hit | undefined> {
  const rows = await odata.read({
    set: 'VendTransBiEntities',
    company: document.company,
    anyOf: meant.map((one) => `(${allOf(textEquals('AccountNum', one.account), textEquals('Invoice', one.invoice))})`),
    select: vendTransColumns,
    row: vendTransSchema,
    signal,
  });
  const hit = rows.find((row) => meant.some((one) => isSame(one, row.AccountNum, row.Invoice)));
  return hit && { account: hit.AccountNum, invoice: hit.Invoice, place: `voucher ${hit.Voucher}` };
}

async function journalLine(
  odata: ODataClient,
  document: FoJournal,
  route: FoJournal['route'],
  meant: readonly VendorInvoice[],
  format: DimensionFormat,
  signal: AbortSignal,
): Promise<Hit | undefined> {
  const kind = journalKinds[route];
  const rows = await odata.read({
    set: kind.lines,
    company: document.company,
    anyOf: meant.map(({ invoice }) => textEquals('Invoice', invoice)),
    select: lineColumns(kind),
    row: kind.line,
    signal,
  });
  // Escapes vary with the delimiter, so accounts are compared unescaped and in memory.
  const account = (displayed: string): string => segmentsOf(format, displayed).join(format.delimiter);
  const hit = rows.find(
    (row) => row.accountType === 'Vend' && meant.some((one) => isSame(one, account(row.account), row.invoice)),
  );
  return hit && { account: account(hit.account), invoice: hit.invoice, place: `journal ${hit.journal}` };
}

function isSame(meant: VendorInvoice, account: string, invoice: string): boolean {
  return sameCode(meant.account, account) && sameCode(meant.invoice, invoice);
}
