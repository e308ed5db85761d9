import { Decimal } from 'decimal.js';
import type { PostingProof, PostingState } from '../../contracts/erp-port.js';
import { Rejected } from '../http/errors.js';
import type { FoJournal, JournalKind } from './journal-kinds.js';
import type { DimensionFormat } from './dimension-format.js';
import { inWords, journalDifferences } from './journal-differences.js';
import { pairPostedLines, planLines } from './journal-lines.js';
import { dayOf, sameCode } from './odata-literals.js';
import { ofVendor, vendorLine, type JournalOfDocument } from './posting-reads.js';
import type { VendTrans, WrittenLine } from './schemas.js';

/** What a posted document left behind besides its vendor's entry. */
export interface Posted {
  voucher: string;
  postedOn: string;
  currency: string;
  debitTotal: Decimal;
  /** In what it differs from the plan, in words. */
  differences: string[];
  /** Voucher by which it was taken back, as far as the general ledger tells. */
  reversedBy?: string;
}

/**
 * What the lines of a posted journal say, compared with the plan: accounts, amounts, dimensions, dates, invoice number and currency
 * line by line (B9, S43). The voucher is read after the posting, which may have replaced it (trap 13).
 */
export function postedLines(
  document: FoJournal,
  kind: JournalKind,
  format: DimensionFormat,
  lines: readonly WrittenLine[],
): Posted {
  const [first] = lines;
  return {
    voucher: first?.voucher ?? '',
    postedOn: dayOf(first?.postingOn ?? '') ?? document.postingOn,
    currency: first?.currency ?? '',
    debitTotal: Decimal.sum(0, ...lines.map(({ debit }) => debit)),
    differences: lineDifferences(document, kind, format, lines),
  };
}

function lineDifferences(
  document: FoJournal,
  kind: JournalKind,
  format: DimensionFormat,
  lines: readonly WrittenLine[],
): string[] {
  try {
    const pairing = pairPostedLines(kind, planLines(document, format), lines);
    return journalDifferences(pairing, format)
      .filter(({ countsOncePosted }) => countsOncePosted)
      .map(inWords);
  } catch (error) {
    // The format lacks what the plan needs: whatever is posted cannot be what was meant.
    if (!(error instanceof Rejected)) throw error;
    return [`the lines, which cannot be compared (${error.message})`];
  }
}

/**
 * The state of a posted document. Where somebody is owed money, posted means "seen in the vendor's subledger" (F&O spec 7), unless
 * the lines already say that something else was posted.
 */
export function provenState(
  { document, journal }: JournalOfDocument,
  posted: Posted,
  entries: readonly VendTrans[],
): PostingState {
  const { part } = document;
  const vendor = vendorLine(document);
  const own = vendor === undefined ? [] : ofVendor(entries, vendor.account);
  const entry = vendor && entryOf(vendor, own, posted.voucher, journal);
  if (vendor !== undefined && entry === undefined && posted.differences.length === 0) {
    const reason = `Journal ${journal} is posted; the entry of its vendor is not visible yet.`;
    return { state: 'waiting', part, reason };
  }
  const differences = [...posted.differences, ...(entry === undefined ? [] : entryDifferences(document, entry))];
  const reversedBy = (entry && reversalOf(entry, own))?.Voucher ?? posted.reversedBy;
  return {
    state: 'posted',
    part,
    proof: {
      ...factsOf(part, posted, entry),
      ...(differences.length === 0 ? {} : { differences }),
      ...(reversedBy === undefined ? {} : { reversedBy }),
    },
  };
}

function factsOf(part: number, posted: Posted, entry: VendTrans | undefined): PostingProof {
  const postedOn = dayOf(entry?.TransDate ?? '') ?? posted.postedOn;
  return {
    part,
    documentNumber: entry?.Voucher ?? posted.voucher,
    postedOn,
    fiscalYear: postedOn.slice(0, 4),
    debitTotal: posted.debitTotal.toFixed(),
    currency: posted.currency,
    // Invoices are negative in the vendor subledger (trap 18): what is owed is positive here.
    ...(entry === undefined
      ? {}
      : { vendorEntryKey: entry.SourceKey, vendorAmount: new Decimal(entry.AmountCur).negated().toFixed() }),
  };
}

type VendorLine = FoJournal['lines'][number];

/** Amount of a planned line, debit positive: what is owed to a vendor is negative, as in the vendor subledger. */
export const signedAmount = ({ debit, credit }: VendorLine): Decimal => new Decimal(debit ?? 0).minus(credit ?? 0);

/**
 * The vendor's entry of a posting. Another posting of the same invoice number must not prove ours, so voucher or journal have to
 * agree. Where several rows do, as a reversal under the same voucher would, it is the one with the amount that was meant.
 */
function entryOf(
  vendor: VendorLine,
  own: readonly VendTrans[],
  voucher: string,
  journal: string,
): VendTrans | undefined {
  const candidates = own.filter(
    (row) =>
      row.TransType !== 'Payment' &&
      (voucher === '' ? sameCode(row.JournalNum, journal) : sameCode(row.Voucher, voucher)),
  );
  const meant = signedAmount(vendor);
  const sameInvoice = candidates.filter(
    ({ Invoice }) => vendor.invoice === undefined || sameCode(Invoice, vendor.invoice),
  );
  return sameInvoice.find((row) => meant.equals(row.AmountCur)) ?? sameInvoice[0] ?? candidates[0];
}

/** The entry is what payments settle: its amount is compared by itself, since F&O calculates taxes at posting (F&O spec 6.5). */
function entryDifferences(document: FoJournal, entry: VendTrans): string[] {
  const vendor = vendorLine(document);
  if (vendor === undefined) return [];
  const meant = signedAmount(vendor);
  const said = (field: string, planned: string, found: string): string =>
    `${field} of the vendor's entry (${planned} was meant, ${found === '' ? 'nothing' : found} stands there)`;
  const amount = new Decimal(entry.AmountCur);
  return [
    ...(amount.equals(meant) ? [] : [said('amount', meant.negated().toFixed(), amount.negated().toFixed())]),
    ...(sameCode(entry.CurrencyCode, document.currency)
      ? []
      : [said('currency', document.currency, entry.CurrencyCode)]),
    ...(vendor.invoice === undefined || sameCode(entry.Invoice, vendor.invoice)
      ? []
      : [said('invoice number', vendor.invoice, entry.Invoice)]),
    ...(dayOf(entry.TransDate) === document.postingOn
      ? []
      : [said('date', document.postingOn, dayOf(entry.TransDate) ?? '')]),
  ];
}

/**
 * Tells whether a row takes a posting back: the same voucher or invoice number with the opposite amount, and no payment (F&O spec 9).
 */
export function reverses(row: VendTrans, entry: VendTrans): boolean {
  if (row.SourceKey === entry.SourceKey || row.TransType === 'Payment') return false;
  const amount = new Decimal(row.AmountCur);
  if (amount.isZero() || !amount.negated().equals(entry.AmountCur)) return false;
  return sameCode(row.Voucher, entry.Voucher) || (entry.Invoice !== '' && sameCode(row.Invoice, entry.Invoice));
}

/**
 * The row that takes a posting back. The invoice number may have been posted and taken back before: where another posting of the same
 * number and amount stands there, only a row that came after ours is about ours.
 */
export function reversalOf(entry: VendTrans, own: readonly VendTrans[]): VendTrans | undefined {
  const opposites = own.filter((row) => reverses(row, entry)).sort(byRecord);
  const sameVoucher = opposites.find((row) => sameCode(row.Voucher, entry.Voucher));
  const isTwin = (row: VendTrans): boolean =>
    row.SourceKey !== entry.SourceKey &&
    row.TransType !== 'Payment' &&
    sameCode(row.Invoice, entry.Invoice) &&
    new Decimal(row.AmountCur).equals(entry.AmountCur);
  if (sameVoucher !== undefined || !own.some(isTwin)) return sameVoucher ?? opposites[0];
  return opposites.find((row) => byRecord(row, entry) > 0);
}

/** Order of creation: F&O numbers the rows of a table upwards. */
const byRecord = (left: VendTrans, right: VendTrans): number => new Decimal(left.SourceKey).comparedTo(right.SourceKey);

/**
 * Divides entries of one vendor and invoice number into those that stand and those that an opposite entry has taken back. Each entry
 * takes back one other; payments only payments.
 */
export function dividedByReversal(rows: readonly VendTrans[]): { standing: VendTrans[]; reversed: VendTrans[] } {
  const standing: VendTrans[] = [];
  const reversed: VendTrans[] = [];
  for (const row of [...rows].sort(byRecord)) {
    const at = standing.findIndex((other) => isOpposite(row, other));
    if (at === -1) standing.push(row);
    else reversed.push(row, ...standing.splice(at, 1));
  }
  return { standing, reversed };
}

const isOpposite = (row: VendTrans, other: VendTrans): boolean =>
  sameCode(row.AccountNum, other.AccountNum) &&
  sameCode(row.Invoice, other.Invoice) &&
  sameCode(row.CurrencyCode, other.CurrencyCode) &&
  (row.TransType === 'Payment') === (other.TransType === 'Payment') &&
  !new Decimal(row.AmountCur).isZero() &&
  new Decimal(row.AmountCur).negated().equals(other.AmountCur);
