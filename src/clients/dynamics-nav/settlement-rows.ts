import { Decimal } from 'decimal.js';
import type { ErpDocument } from '../../contracts/erp-documents.js';
import type { Settlement } from '../../contracts/erp-port.js';
import type { VendorEntry } from './schemas.js';
import { asCode, moneyText, sumOf } from './wire-text.js';

/** Everything read about one posted document's vendor ledger entry. */
export interface EntryHistory {
  documentId: string;
  document: ErpDocument;
  /** vleEntryNo of the document. */
  entryNo: string;
  /** All detailed rows of that entry. */
  rows: VendorEntry[];
  /** Rows of other entries whose applied number is this entry: it was the applying one. */
  appliedRows: VendorEntry[];
}

/** An application of a document to a counter entry. Amount positive when it settles, negative when it is taken back. */
interface Application {
  row: VendorEntry;
  counterEntryNo: string;
  amountLcy: Decimal;
}

/** A settlement whose amount is still in local currency. */
interface Draft extends Application {
  kind: Settlement['kind'];
  reference: string;
}

/**
 * Entry numbers of the documents on the other side (NAV spec 15, step 4): where the applied number is another entry, it
 * is that one and our own row tells the amount; where it is our own, each row of another entry that carries it tells.
 */
export function applicationsOf({ entryNo, rows, appliedRows }: EntryHistory): Application[] {
  const own = rows
    .filter((row) => row.dvleEntryType === 'Application')
    .filter((row) => row.dvleAppliedVendLedgerEntryNo !== entryNo && row.dvleAppliedVendLedgerEntryNo !== '0')
    .map((row) => ({
      row,
      counterEntryNo: row.dvleAppliedVendLedgerEntryNo,
      amountLcy: new Decimal(row.dvleAmountLCY),
    }));
  const others = appliedRows
    .filter((row) => row.dvleEntryType === 'Application' && row.vleEntryNo !== entryNo)
    .map((row) => ({ row, counterEntryNo: row.vleEntryNo, amountLcy: new Decimal(row.dvleAmountLCY).neg() }));
  return [...own, ...others];
}

/**
 * Settlements of one document; undefined while its rows contradict each other, as a lagging replica or a date filter of
 * the app can make them (NAV spec 15, step 3): then a later reading decides.
 * @param counters Initial Entry rows of counter entries by entry number
 * @param localCurrency the currency of all analytics amounts
 */
export function settlementsOf(
  company: string,
  history: EntryHistory,
  counters: ReadonlyMap<string, VendorEntry>,
  localCurrency: string | undefined,
  fiscalYears: ReadonlyMap<string, string>,
): Settlement[] | undefined {
  const { document, documentId, entryNo, rows } = history;
  const original = sumOf(rows.filter((row) => row.dvleEntryType === 'Initial Entry').map((row) => row.dvleAmountLCY));
  const remaining = sumOf(rows.map((row) => row.dvleAmountLCY));
  const opens = rows.flatMap((row) => (row.vleOpen === undefined ? [] : [row.vleOpen]));
  if (original.isZero() || opens.some((isOpen) => isOpen === remaining.isZero())) return undefined;

  const drafts: Draft[] = [];
  for (const { row, counterEntryNo, amountLcy } of applicationsOf(history)) {
    const counter = counters.get(counterEntryNo);
    // What the other document is decides between payment and credit; unknown is not a payment.
    if (counter === undefined) return undefined;
    const kind = kindOf(counter, rows);
    drafts.push({ row, counterEntryNo, amountLcy, kind, reference: counter.dvleDocumentNo });
  }
  for (const row of rows) {
    const kind = reductionKind(row.dvleEntryType);
    if (kind === undefined) continue;
    const amountLcy = new Decimal(row.dvleAmountLCY);
    drafts.push({ row, counterEntryNo: entryNo, amountLcy, kind, reference: row.dvleDocumentNo });
  }
  const { payable, currency } = document;
  const isLocal = payable === undefined || localCurrency === undefined || asCode(currency) === asCode(localCurrency);
  const amounts = isLocal ? undefined : inDocumentCurrency(new Decimal(payable.amount), original, drafts, rows);
  return drafts.flatMap((draft): Settlement[] => {
    const { row, counterEntryNo, amountLcy, kind, reference } = draft;
    const amount = amounts?.get(draft) ?? amountLcy;
    if (amount.isZero()) return [];
    return [
      {
        documentId,
        part: document.part,
        settlementKey: keyOf(company, reference, row, counterEntryNo, entryNo, amountLcy),
        kind,
        amount: moneyText(amount),
        currency,
        settledOn: row.dvlePostingDate,
        reference,
        fiscalYear: fiscalYears.get(row.dvlePostingDate) ?? row.dvlePostingDate.slice(0, 4),
      },
    ];
  });
}

function kindOf(counter: VendorEntry, rows: readonly VendorEntry[]): Settlement['kind'] {
  if (counter.dvleDocumentType === 'Payment') return 'payment';
  // "Reverse Transaction" posts the same number again with the opposite amount, and applies the two to each other.
  const isReversal = rows.some(
    (row) =>
      row.dvleEntryType === 'Initial Entry' &&
      asCode(row.dvleDocumentNo) === asCode(counter.dvleDocumentNo) &&
      row.dvleDocumentType === counter.dvleDocumentType &&
      new Decimal(row.dvleAmountLCY).eq(new Decimal(counter.dvleAmountLCY).neg()),
  );
  if (isReversal) return 'reversal';
  return counter.dvleDocumentType === 'Credit Memo' ? 'credit' : 'other';
}

/** Rows that settle without a counter document. Gains and losses only revalue and settle nothing. */
function reductionKind(entryType: string): Settlement['kind'] | undefined {
  if (/^Payment (Discount|Tolerance)/.test(entryType)) return 'discount';
  return entryType === 'Appln. Rounding' || entryType === 'Correction of Remaining Amount' ? 'other' : undefined;
}

/**
 * `<company>/<counter document>/<year>/<counter entry>-<application>-<row>`: the row's own number keeps the key unique
 * where one payment settles several documents in one application, or is taken back and applied again.
 */
function keyOf(
  company: string,
  reference: string,
  row: VendorEntry,
  counterEntryNo: string,
  entryNo: string,
  amountLcy: Decimal,
): string {
  const own = row.dvleEntryNo ?? `${entryNo}${amountLcy.isNegative() ? 'R' : ''}`;
  const year = row.dvlePostingDate.slice(0, 4);
  return `${company}/${reference}/${year}/${counterEntryNo}-${row.dvleApplicationNo}-${own}`;
}

/**
 * Analytics rows know local currency only. The settled share of the entry is applied to the document's own amount, each settlement
 * being what it adds to the sum before it: so many parts never lose a cent, and once nothing remains the sum is the document's
 * amount, although the entry was revalued meanwhile. What a settlement comes to depends on nothing that was posted after it.
 */
function inDocumentCurrency(
  owed: Decimal,
  originalLcy: Decimal,
  drafts: readonly Draft[],
  rows: readonly VendorEntry[],
): Map<Draft, Decimal> {
  const ordered = drafts
    .map((draft) => ({ draft, place: placeOf(draft, rows) }))
    .sort((left, right) => left.place - right.place);
  const amounts = new Map<Draft, Decimal>();
  let settledLcy = new Decimal(0);
  let told = new Decimal(0);
  for (const [index, { draft }] of ordered.entries()) {
    settledLcy = settledLcy.plus(draft.amountLcy);
    const remaining = sumOf(rows.slice(0, ordered[index + 1]?.place).map((row) => row.dvleAmountLCY));
    const share = settledLcy.div(originalLcy.abs()).times(owed).toDecimalPlaces(2, Decimal.ROUND_HALF_UP);
    const sum = remaining.isZero() ? owed : Decimal.min(share, owed);
    amounts.set(draft, sum.minus(told));
    told = sum;
  }
  return amounts;
}

/** Where a settlement stands among the rows of the entry, which come in the order of their posting. */
function placeOf({ row, amountLcy }: Draft, rows: readonly VendorEntry[]): number {
  const own = rows.indexOf(row);
  if (own >= 0) return own;
  const mirrored = rows.findIndex(
    (each) => each.dvleApplicationNo === row.dvleApplicationNo && new Decimal(each.dvleAmountLCY).eq(amountLcy),
  );
  return mirrored >= 0 ? mirrored : rows.length;
}
