import { Decimal } from 'decimal.js';
import type { PostingState } from '../../contracts/erp-port.js';
import { segmentsOf, type DimensionFormat } from './dimension-format.js';
import { groupedBy } from './grouped.js';
import type { FoJournal } from './journal-kinds.js';
import { RoleMissing, UnknownField, UnknownSet } from './odata-errors.js';
import { companyId } from './odata.js';
import { dayOf, foldCode, numberEquals, sameCode, textEquals } from './odata-literals.js';
import { signedAmount, provenState, type Posted } from './posted-proof.js';
import { ofVendor, vendorLine, type JournalOfDocument, type PostingScope } from './posting-reads.js';
import {
  accountEntryColumns,
  accountEntrySchema,
  ledgerEntryColumns,
  ledgerEntrySchema,
  type AccountEntry,
  type LedgerEntry,
  type VendTrans,
} from './schemas.js';

/**
 * Proves postings whose lines are gone, because the journal name deletes them at posting (trap 13), from the general ledger. Its rows
 * may lag behind the posting, so that none there means waiting (trap 27).
 */
export async function statesByLedger(
  scope: PostingScope,
  tracked: readonly JournalOfDocument[],
  entries: readonly VendTrans[],
  format: DimensionFormat,
): Promise<(PostingState & { documentId: string })[]> {
  if (tracked.length === 0) return [];
  const ledger = await readLedger(scope, tracked, entries);
  return tracked.map((one) => ({
    documentId: one.documentId,
    ...(ledger === undefined ? unreadable(one) : stateOf(one, ledger, entries, format)),
  }));
}

interface Ledger {
  headers: LedgerEntry[];
  bookings: Map<string, AccountEntry[]>;
}

/** Undefined where this environment does not show its general ledger to the service user. */
async function readLedger(
  { odata, company, signal }: PostingScope,
  tracked: readonly JournalOfDocument[],
  entries: readonly VendTrans[],
): Promise<Ledger | undefined> {
  try {
    const headers = await odata.read({
      set: 'GeneralJournalEntryBiEntities',
      filter: textEquals('SubledgerVoucherDataAreaId', companyId(company)),
      anyOf: tracked.map((one) => {
        const entry = entryOf(one, entries);
        return entry === undefined
          ? textEquals('DocumentNumber', one.document.keySeed)
          : textEquals('SubledgerVoucher', entry.Voucher);
      }),
      select: ledgerEntryColumns,
      row: ledgerEntrySchema,
      signal,
    });
    const bookings = await odata.read({
      set: 'GeneralJournalAccountEntryBiEntities',
      anyOf: headers.map(({ SourceKey }) => numberEquals('GeneralJournalEntry', SourceKey)),
      select: accountEntryColumns,
      row: accountEntrySchema,
      signal,
    });
    return { headers, bookings: groupedBy(bookings, (row) => row.GeneralJournalEntry) };
  } catch (error) {
    if (error instanceof UnknownSet || error instanceof UnknownField || error instanceof RoleMissing) return undefined;
    throw error;
  }
}

/** The journal number is all that is left to tell our entry from another one with the same invoice number. */
function entryOf({ document, journal }: JournalOfDocument, entries: readonly VendTrans[]): VendTrans | undefined {
  const vendor = vendorLine(document);
  if (vendor === undefined) return undefined;
  const own = ofVendor(entries, vendor.account).filter((row) => sameCode(row.JournalNum, journal));
  return own.find((row) => signedAmount(vendor).equals(row.AmountCur)) ?? own[0];
}

function stateOf(
  one: JournalOfDocument,
  { headers, bookings }: Ledger,
  entries: readonly VendTrans[],
  format: DimensionFormat,
): PostingState {
  const { document, journal } = one;
  const entry = entryOf(one, entries);
  const own = headers.filter((row) =>
    entry === undefined
      ? sameCode(row.DocumentNumber, document.keySeed)
      : sameCode(row.SubledgerVoucher, entry.Voucher) && dayOf(row.AccountingDate) === dayOf(entry.TransDate),
  );
  const [first] = own;
  const rows = own.flatMap(({ SourceKey }) => bookings.get(SourceKey) ?? []);
  if (first === undefined || rows.length === 0) {
    const reason = `Journal ${journal} is posted and its lines are gone, because its journal name deletes them at posting; it will be proven by the general ledger, where it does not stand yet.`;
    return { state: 'waiting', part: document.part, reason };
  }
  const posted: Posted = {
    voucher: first.SubledgerVoucher,
    postedOn: dayOf(first.AccountingDate) ?? document.postingOn,
    currency: rows[0]?.TransactionCurrencyCode ?? '',
    debitTotal: Decimal.sum(0, ...rows.map(amountOf).filter((amount) => amount.isPositive())),
    differences: [...dateDifference(document, first), ...bookingDifferences(document, rows, format)],
  };
  return provenState(one, posted, entries);
}

function unreadable({ document, journal }: JournalOfDocument): PostingState {
  const reason =
    `Journal ${journal} is posted, but its lines are gone: journal name ${document.journalName} deletes them at posting, and the general ledger cannot be read instead. ` +
    'Switch off "Delete lines after posting" of the journal name, or let the service user read GeneralJournalEntryBiEntities and GeneralJournalAccountEntryBiEntities.';
  return { state: 'waiting', part: document.part, reason };
}

const amountOf = (row: AccountEntry): Decimal => new Decimal(row.TransactionCurrencyAmount);

function dateDifference({ postingOn }: FoJournal, { AccountingDate }: LedgerEntry): string[] {
  const found = dayOf(AccountingDate) ?? 'nothing';
  return found === postingOn ? [] : [`posting date (${postingOn} was meant, ${found} stands there)`];
}

/**
 * Compares sums per account and dimension values: F&O may book several lines as one. Account structures order the segments of the
 * ledger otherwise than the format for integrations does, so their values are compared without order. Whatever the ledger
 * lines leave over must be the vendor's side.
 */
function bookingDifferences(document: FoJournal, rows: readonly AccountEntry[], format: DimensionFormat): string[] {
  const planned = document.lines
    .filter(({ accountType }) => accountType === 'Ledger')
    .map((line) => ({ segments: [line.account, ...line.dimensions.map(({ value }) => value)], line }));
  const names = new Map(planned.map(({ segments }) => [keyOf(segments), segments.join(' ')]));
  const meant = sums(planned.map(({ segments, line }) => [keyOf(segments), signedAmount(line)]));
  const found = sums(rows.map((row) => [keyOf(segmentsOf(format, row.LedgerAccount)), amountOf(row)]));
  const zero = new Decimal(0);
  const said = (what: string, sum: Decimal, standing: Decimal): string[] =>
    sum.equals(standing) ? [] : [`${what} (${sum.toFixed()} was meant, ${standing.toFixed()} stands there)`];
  const others = [...found].filter(([key]) => !meant.has(key)).map(([, amount]) => amount);
  const vendors = document.lines.filter(({ accountType }) => accountType === 'Vend').map(signedAmount);
  const foreign = rows.find((row) => !sameCode(row.TransactionCurrencyCode, document.currency));
  return [
    ...[...meant].flatMap(([key, amount]) =>
      said(`bookings on ${names.get(key) ?? key}`, amount, found.get(key) ?? zero),
    ),
    ...said('bookings on other accounts', Decimal.sum(0, ...vendors), Decimal.sum(0, ...others)),
    ...(foreign === undefined
      ? []
      : [`currency (${document.currency} was meant, ${foreign.TransactionCurrencyCode} stands there)`]),
  ];
}

const keyOf = (segments: readonly string[]): string =>
  segments
    .map(foldCode)
    .filter((segment) => segment !== '')
    .sort()
    .join(' ');

function sums(amounts: readonly (readonly [string, Decimal])[]): Map<string, Decimal> {
  const totals = new Map<string, Decimal>();
  for (const [key, amount] of amounts) totals.set(key, amount.plus(totals.get(key) ?? 0));
  return totals;
}
