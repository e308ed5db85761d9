import { Decimal } from 'decimal.js';
import type { FoPendingInvoice } from '../../contracts/erp-documents.js';
import type { DimensionFormat } from './dimension-format.js';
import { amountOf, compareBookings, currencyDifference, sumDifference, type Ledger } from './ledger-bookings.js';
import { dayOf, sameCode } from './odata-literals.js';
import { dateDifference, orderUnknown } from './posted-ledger.js';
import type { AccountEntry, VendTrans } from './schemas.js';

/** In what the general ledger differs from the plan, in words; or why it cannot tell yet. */
export type LedgerFinding = { differences: string[] } | { waiting: string };

/**
 * Compares the bookings of a posted vendor invoice with its planned lines: the posted invoice itself shows a total only. The set-up of
 * F&O chooses the main accounts, so what is compared is the amount on each combination of dimension values, the vendor's side,
 * currency and day (C15, S43). The ledger may lag behind the posting (trap 27).
 */
export function ledgerFinding(
  document: FoPendingInvoice,
  entry: VendTrans,
  ledger: Ledger | undefined,
  format: DimensionFormat,
): LedgerFinding {
  const posted = `Invoice ${document.invoiceNumber} is posted as voucher ${entry.Voucher}`;
  if (ledger === undefined) {
    return {
      waiting: `${posted}, but cannot be compared with what was meant, because the general ledger cannot be read. Let the service user read GeneralJournalEntryBiEntities and GeneralJournalAccountEntryBiEntities.`,
    };
  }
  const own = ledger.headers.filter(
    (row) => sameCode(row.SubledgerVoucher, entry.Voucher) && dayOf(row.AccountingDate) === dayOf(entry.TransDate),
  );
  const [first] = own;
  const rows = own.flatMap(({ SourceKey }) => ledger.bookings.get(SourceKey) ?? []).filter(isOfInvoice);
  if (first === undefined || rows.length === 0) {
    return { waiting: `${posted}; it will be proven by the general ledger, where it does not stand yet.` };
  }
  const compared = compareBookings({
    meant: document.lines.map(({ dimensions, amount }) => ({ values: dimensions, amount: new Decimal(amount) })),
    rows: rows.filter((row) => !isVendorSide(row)),
    format,
    mainAccount: 'chosen-by-erp',
    rest: { name: 'bookings with other dimensions', amount: new Decimal(0) },
  });
  if ('undecided' in compared) return { waiting: `${posted}. ${orderUnknown(compared.undecided)}` };
  const owed = Decimal.sum(0, ...rows.filter(isVendorSide).map(amountOf));
  return {
    differences: [
      ...dateDifference(document, first),
      ...compared.differences,
      ...sumDifference("bookings on the vendor's side", new Decimal(document.amount).negated(), owed),
      ...currencyDifference(document.currency, rows),
    ],
  };
}

const isVendorSide = ({ PostingType }: AccountEntry): boolean => PostingType === 'VendBalance';

/** Posting the invoice of a received order takes the bookings of the product receipt back, which were none of ours. */
const isOfInvoice = ({ PostingType }: AccountEntry): boolean => !PostingType.includes('PckSl');
