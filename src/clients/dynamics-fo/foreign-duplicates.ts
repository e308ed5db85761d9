import { z } from 'zod';
import type { FoPendingInvoice } from '../../contracts/erp-documents.js';
import { Conflict } from '../http/errors.js';
import { segmentsOf, type DimensionFormat } from './dimension-format.js';
import { journalKinds, type FoJournal } from './journal-kinds.js';
import type { ODataClient } from './odata.js';
import { allOf, sameCode, textEquals } from './odata-literals.js';
import type { ReadQuery } from './odata-reads.js';
import {
  pendingHeaderColumns,
  pendingHeaderSchema,
  type PendingHeader,
  type PostedInvoice,
} from './pending-schemas.js';
import { dividedByReversal } from './posted-proof.js';
import { text, vendTransColumns, vendTransSchema, type VendTrans } from './schemas.js';

interface VendorInvoice {
  account: string;
  invoice: string;
}
/** The entries that are looked for. */
interface Search {
  odata: ODataClient;
  company: string;
  keySeed: string;
  meant: readonly VendorInvoice[];
  format: DimensionFormat;
  /** What the vendors' subledger holds of them. */
  entries: Promise<{ standing: VendTrans[]; reversed: VendTrans[] }>;
  signal: AbortSignal;
}

const entryColumns = [
  'dataAreaId',
  'JournalBatchNumber',
  'Voucher',
  'AccountType',
  'AccountDisplayValue',
  'OffsetAccountType',
  'OffsetAccountDisplayValue',
  'Invoice',
  'Document',
];
/** Line of a journal of either kind, as far as it tells whose invoice it books. */
const entrySchema = z.object({
  JournalBatchNumber: z.string().min(1),
  Voucher: text,
  AccountType: text,
  AccountDisplayValue: text,
  OffsetAccountType: text,
  OffsetAccountDisplayValue: text,
  Invoice: text,
  Document: text,
});

/**
 * Asks for entries of the same vendor and invoice number before the first create, when no journal carries our mark: posted ones
 * (T1), lines of journals (J3), and pending vendor invoices (P2, F&O spec 10). F&O itself may accept duplicates (C8), and any hit
 * is somebody else's entry or a journal of ours that was altered. What F&O has posted and fully taken back again is no hit: its
 * invoice may be sent once more under a new document (B11). Throws `Conflict` with its number; nothing is adopted and nothing
 * written (S80, S82).
 */
export async function refuseForeignDuplicate(
  odata: ODataClient,
  document: FoJournal,
  format: DimensionFormat,
  signal: AbortSignal,
): Promise<void> {
  const { company, keySeed, route, docType, description } = document;
  const meant = document.lines.flatMap(({ accountType, account, invoice }): VendorInvoice[] =>
    accountType === 'Vend' && invoice !== undefined && invoice !== '' ? [{ account, invoice }] : [],
  );
  // Numbers that the connector derives itself are nobody else's.
  const numbers = docType === 'invoice' ? meant : [];
  // Posting takes the pending row away: read in this order, an invoice that is posted meanwhile is still seen.
  const both = odata.readInOrder([pendingOf(company, numbers, signal), entriesOf(company, meant, signal)], signal);
  const pending = both.then(([rows]) => rows);
  const entries = both.then(([, rows]) => divided(rows, meant));
  const search: Search = { odata, company, keySeed, meant, format, entries, signal };
  // The number may wait in a person's invoice journal, or in a journal of the own kind.
  const routes = [...new Set(['fo-vendor-invoice-journal', route] as const)];
  await refuseAny(odata, [
    postedEntry(search),
    ...routes.map((each) =>
      journalLine(search, each, each === route ? `its description is not "${description}" any more` : undefined),
    ),
    pendingInvoice(meant, pending),
  ]);
}

/**
 * The same for a pending vendor invoice; its own kind, P2 and P3, is looked for where ours is.
 *
 * @param foreignPosted posted invoices with the number and without our mark, which may still be asked for
 */
export async function refuseEntryBesidePending(
  odata: ODataClient,
  document: FoPendingInvoice,
  format: DimensionFormat,
  foreignPosted: Promise<readonly PostedInvoice[]>,
  signal: AbortSignal,
): Promise<void> {
  const { company, keySeed, vendorAccount, invoiceNumber } = document;
  const meant = [{ account: vendorAccount, invoice: invoiceNumber }];
  const entries = odata.read(entriesOf(company, meant, signal)).then((rows) => divided(rows, meant));
  const search: Search = { odata, company, keySeed, meant, format, entries, signal };
  const own = 'it is to become a pending vendor invoice';
  await refuseAny(odata, [
    postedInvoice(search, foreignPosted),
    postedEntry(search),
    journalLine(search, 'fo-vendor-invoice-journal', own),
    journalLine(search, 'fo-general-journal', own),
  ]);
}

async function refuseAny(odata: ODataClient, looks: readonly Promise<string | undefined>[]): Promise<void> {
  const found = (await Promise.all(looks)).find((hit) => hit !== undefined);
  if (found !== undefined) throw new Conflict(found, { system: odata.system, operation: 'duplicate-check' });
}

function pendingOf(company: string, meant: readonly VendorInvoice[], signal: AbortSignal): ReadQuery<PendingHeader> {
  return {
    set: 'VendorInvoiceHeaders',
    company,
    anyOf: meant.map(
      (one) => `(${allOf(textEquals('InvoiceAccount', one.account), textEquals('InvoiceNumber', one.invoice))})`,
    ),
    select: pendingHeaderColumns,
    row: pendingHeaderSchema,
    isOwn: (row) => meant.some((one) => isSame(one, row.account, row.number)),
    signal,
  };
}

function entriesOf(company: string, meant: readonly VendorInvoice[], signal: AbortSignal): ReadQuery<VendTrans> {
  return {
    set: 'VendTransBiEntities',
    company,
    anyOf: meant.map((one) => `(${allOf(textEquals('AccountNum', one.account), textEquals('Invoice', one.invoice))})`),
    select: vendTransColumns,
    row: vendTransSchema,
    isOwn: (row) => meant.some((one) => isSame(one, row.AccountNum, row.Invoice)),
    signal,
  };
}

const divided = (rows: readonly VendTrans[], meant: readonly VendorInvoice[]): ReturnType<typeof dividedByReversal> =>
  dividedByReversal(rows.filter((row) => meant.some((one) => isSame(one, row.AccountNum, row.Invoice))));

async function postedEntry({ entries }: Search): Promise<string | undefined> {
  const [hit] = (await entries).standing;
  return hit && foreign(hit.AccountNum, hit.Invoice, `voucher ${hit.Voucher}`);
}

async function postedInvoice(search: Search, posted: Promise<readonly PostedInvoice[]>): Promise<string | undefined> {
  const [isReversed, rows] = await Promise.all([reversedVouchers(search), posted]);
  const hit = rows.find(({ voucher }) => !isReversed(voucher));
  return hit && foreign(hit.account, hit.number, `voucher ${hit.voucher}`);
}

/** Posted invoices and the lines of posted journals stay where they are when their entry is taken back. */
async function reversedVouchers({ entries }: Search): Promise<(voucher: string) => boolean> {
  const { standing, reversed } = await entries;
  const holds = (rows: readonly VendTrans[], voucher: string): boolean =>
    rows.some((row) => sameCode(row.Voucher, voucher));
  return (voucher) => voucher !== '' && holds(reversed, voucher) && !holds(standing, voucher);
}

async function pendingInvoice(
  meant: readonly VendorInvoice[],
  pending: Promise<readonly PendingHeader[]>,
): Promise<string | undefined> {
  const hit = (await pending).find((row) => meant.some((one) => isSame(one, row.account, row.number)));
  return hit && foreign(hit.account, hit.number, 'a pending vendor invoice');
}

/** @param own why a line with our own reference is no match, where such lines are looked for in this kind of journal */
async function journalLine(
  search: Search,
  route: FoJournal['route'],
  own: string | undefined,
): Promise<string | undefined> {
  const { odata, company, keySeed, meant, format, signal } = search;
  const rows = await odata.read({
    set: journalKinds[route].lines,
    company,
    // The key seed stands in the reference of every line of ours, so a journal that lost its description is found too.
    anyOf: [
      ...meant.map(({ invoice }) => textEquals('Invoice', invoice)),
      ...(own === undefined ? [] : [textEquals('Document', keySeed)]),
    ],
    select: entryColumns,
    row: entrySchema,
    isOwn: (row) => sameCode(row.Document, keySeed) || meant.some(({ invoice }) => sameCode(invoice, row.Invoice)),
    signal,
  });
  const ours = rows.find((row) => sameCode(row.Document, keySeed));
  if (ours !== undefined) {
    const why = own ?? 'it is to be written to another kind of journal';
    return `Journal ${ours.JournalBatchNumber} holds lines of this document, but ${why}.`;
  }
  // Escapes vary with the delimiter, so accounts are compared unescaped and in memory. A person may have booked the vendor as
  // the offset of a cost.
  const vendorsOf = (row: z.infer<typeof entrySchema>): string[] =>
    [
      { type: row.AccountType, displayed: row.AccountDisplayValue },
      { type: row.OffsetAccountType, displayed: row.OffsetAccountDisplayValue },
    ].flatMap(({ type, displayed }) => (type === 'Vend' ? [segmentsOf(format, displayed).join(format.delimiter)] : []));
  const isReversed = await reversedVouchers(search);
  for (const row of rows.filter(({ Voucher }) => !isReversed(Voucher))) {
    const account = vendorsOf(row).find((vendor) => meant.some((one) => isSame(one, vendor, row.Invoice)));
    if (account !== undefined) return foreign(account, row.Invoice, `journal ${row.JournalBatchNumber}`);
  }
  return undefined;
}

/** The sentence of a clash: whose invoice, and where it is. */
export function foreign(account: string, invoice: string, place: string): string {
  return `Finance & Operations already holds invoice ${invoice} of vendor ${account} in ${place}, which the connector did not write.`;
}

function isSame(meant: VendorInvoice, account: string, invoice: string): boolean {
  return sameCode(meant.account, account) && sameCode(meant.invoice, invoice);
}
