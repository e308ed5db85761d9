import { Decimal } from 'decimal.js';
import { amountOf, readLedger, type Ledger } from './ledger-bookings.js';
import { foldCode, sameCode, textEquals } from './odata-literals.js';
import type { JournalOfDocument, PostingScope } from './posting-reads.js';
import type { LedgerEntry } from './schemas.js';

/** A posted journal that owes no vendor anything, with its voucher. */
export interface LedgerPosting {
  one: JournalOfDocument;
  voucher: string;
}

/**
 * Vouchers by which postings without a vendor were taken back, by part: no subledger tells (F&O spec 9). Where the general ledger
 * cannot be read nobody can know, and they count as standing.
 */
export async function reversalsInLedger(
  scope: PostingScope,
  postings: readonly LedgerPosting[],
): Promise<Map<JournalOfDocument, string>> {
  if (postings.length === 0) return new Map();
  const ledger = await readLedger(
    scope,
    postings.flatMap(({ one, voucher }) => [
      textEquals('DocumentNumber', one.document.keySeed),
      ...(voucher === '' ? [] : [textEquals('SubledgerVoucher', voucher)]),
    ]),
  );
  if (ledger === undefined) return new Map();
  return new Map(
    postings.flatMap(({ one, voucher }) => {
      const own = ledger.headers.filter(
        (row) =>
          sameCode(row.DocumentNumber, one.document.keySeed) ||
          (voucher !== '' && sameCode(row.SubledgerVoucher, voucher)),
      );
      const reversal = reversalAmong(own, ledger);
      return reversal === undefined ? [] : [[one, reversal.SubledgerVoucher] as const];
    }),
  );
}

/**
 * The newest of the vouchers of one document where together they come to nothing on every account: a posting and the one that takes
 * it back carry the same document number or voucher and opposite amounts. One that was made again after that stands.
 */
export function reversalAmong(vouchers: readonly LedgerEntry[], { bookings }: Ledger): LedgerEntry | undefined {
  if (vouchers.length < 2) return undefined;
  const sums = new Map<string, Decimal>();
  for (const row of vouchers.flatMap(({ SourceKey }) => bookings.get(SourceKey) ?? [])) {
    const account = `${foldCode(row.TransactionCurrencyCode)} ${foldCode(row.LedgerAccount)}`;
    sums.set(account, amountOf(row).plus(sums.get(account) ?? 0));
  }
  // The ledger may show a voucher before its bookings (trap 27).
  if (sums.size === 0 || [...sums.values()].some((sum) => !sum.isZero())) return undefined;
  return inOrder(vouchers).at(-1);
}

/** F&O numbers the rows of a table upwards. */
export const inOrder = (vouchers: readonly LedgerEntry[]): LedgerEntry[] =>
  vouchers.toSorted((left, right) => new Decimal(left.SourceKey).comparedTo(right.SourceKey));
