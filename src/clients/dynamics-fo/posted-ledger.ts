import { Decimal } from 'decimal.js';
import type { PostingState } from '../../contracts/erp-port.js';
import { MAIN_ACCOUNT, type DimensionFormat } from './dimension-format.js';
import type { FoJournal } from './journal-kinds.js';
import {
  amountOf,
  compareBookings,
  currencyDifference,
  readLedger,
  type BookingComparison,
  type Ledger,
} from './ledger-bookings.js';
import { inOrder, reversalAmong } from './ledger-reversals.js';
import { dayOf, sameCode, textEquals } from './odata-literals.js';
import { signedAmount, provenState, type Posted } from './posted-proof.js';
import { ofVendor, vendorLine, type JournalOfDocument, type PostingScope } from './posting-reads.js';
import type { AccountEntry, LedgerEntry, VendTrans } from './schemas.js';

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
  const ledger = await readLedger(
    scope,
    tracked.map((one) => {
      const entry = entryOf(one, entries);
      return entry === undefined
        ? textEquals('DocumentNumber', one.document.keySeed)
        : textEquals('SubledgerVoucher', entry.Voucher);
    }),
  );
  return tracked.map((one) => ({
    documentId: one.documentId,
    ...(ledger === undefined ? unreadable(one) : stateOf(one, ledger, entries, format)),
  }));
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
  ledger: Ledger,
  entries: readonly VendTrans[],
  format: DimensionFormat,
): PostingState {
  const { document, journal } = one;
  const entry = entryOf(one, entries);
  const all = ledger.headers.filter((row) =>
    entry === undefined
      ? sameCode(row.DocumentNumber, document.keySeed)
      : sameCode(row.SubledgerVoucher, entry.Voucher) && dayOf(row.AccountingDate) === dayOf(entry.TransDate),
  );
  const reversal = entry === undefined ? reversalAmong(all, ledger) : undefined;
  // What was taken back is compared as it was posted at first.
  const own = reversal === undefined ? all : inOrder(all).slice(0, 1);
  const [first] = own;
  const rows = own.flatMap(({ SourceKey }) => ledger.bookings.get(SourceKey) ?? []);
  if (first === undefined || rows.length === 0) {
    const reason = `Journal ${journal} is posted and its lines are gone, because its journal name deletes them at posting; it will be proven by the general ledger, where it does not stand yet.`;
    return { state: 'waiting', part: document.part, reason };
  }
  const compared = bookingDifferences(document, rows, format);
  if ('undecided' in compared) {
    const reason = `Journal ${journal} is posted and its lines are gone, because its journal name deletes them at posting. ${orderUnknown(compared.undecided)}`;
    return { state: 'waiting', part: document.part, reason };
  }
  const posted: Posted = {
    voucher: first.SubledgerVoucher,
    postedOn: dayOf(first.AccountingDate) ?? document.postingOn,
    currency: rows[0]?.TransactionCurrencyCode ?? '',
    debitTotal: Decimal.sum(0, ...rows.map(amountOf).filter((amount) => amount.isPositive())),
    differences: [
      ...dateDifference(document, first),
      ...compared.differences,
      ...currencyDifference(document.currency, rows),
    ],
    ...(reversal === undefined ? {} : { reversedBy: reversal.SubledgerVoucher }),
  };
  return provenState(one, posted, entries);
}

function unreadable({ document, journal }: JournalOfDocument): PostingState {
  const reason =
    `Journal ${journal} is posted, but its lines are gone: journal name ${document.journalName} deletes them at posting, and the general ledger cannot be read instead. ` +
    'Switch off "Delete lines after posting" of the journal name, or let the service user read GeneralJournalEntryBiEntities and GeneralJournalAccountEntryBiEntities.';
  return { state: 'waiting', part: document.part, reason };
}

/** Why bookings cannot be compared whose values stand in another order than the format's. */
export const orderUnknown = (account: string): string =>
  `The general ledger shows the values of ${account} in another order than the active ledger dimension format and does not name their dimensions (LedgerDimensionValuesJson), so that they cannot be compared with what was meant; a person must compare them.`;

/** A voucher that the general ledger has on another day than was meant. */
export function dateDifference({ postingOn }: { postingOn: string }, { AccountingDate }: LedgerEntry): string[] {
  const found = dayOf(AccountingDate) ?? 'nothing';
  return found === postingOn ? [] : [`posting date (${postingOn} was meant, ${found} stands there)`];
}

/** Whatever the ledger lines leave over must be the vendor's side. */
function bookingDifferences(
  { lines }: FoJournal,
  rows: readonly AccountEntry[],
  format: DimensionFormat,
): BookingComparison {
  const vendors = lines.filter(({ accountType }) => accountType === 'Vend').map(signedAmount);
  return compareBookings({
    meant: lines
      .filter(({ accountType }) => accountType === 'Ledger')
      .map((line) => ({
        values: [{ dimension: MAIN_ACCOUNT, value: line.account }, ...line.dimensions],
        amount: signedAmount(line),
      })),
    rows,
    format,
    mainAccount: 'known',
    rest: { name: 'bookings on other accounts', amount: Decimal.sum(0, ...vendors) },
  });
}
