import { Decimal } from 'decimal.js';
import type { Settlement, TrackedErpDocument } from '../../contracts/erp-port.js';
import { groupedBy } from './grouped.js';
import type { ODataClient } from './odata.js';
import { dayOf, numberEquals, sameCode } from './odata-literals.js';
import { readCheques } from './payment-lines.js';
import { reverses } from './posted-proof.js';
import {
  vendSettlementColumns,
  vendSettlementSchema,
  vendTransColumns,
  vendTransSchema,
  type VendSettlement,
  type VendTrans,
} from './schemas.js';
import {
  changedEntries,
  entriesOf,
  payableOf,
  readVendTrans,
  type Entry,
  type SubledgerScope,
} from './vendor-entries.js';

/**
 * Settlements of posted documents, from the settlement rows themselves: the payment's amount is not this document's
 * share, "closed" is not "paid", and a discount is no money (traps 14, 15; F&O spec 8). A reversed payment gives a second
 * row with a negative amount, so that rows stay stable and their sum is what is paid (trap 16).
 */
export async function findSettlements(
  odata: ODataClient,
  company: string,
  documents: readonly TrackedErpDocument[],
  changedSince: string | undefined,
  signal: AbortSignal,
): Promise<Settlement[]> {
  const scope: SubledgerScope = { odata, company, select: vendTransColumns, row: vendTransSchema, signal };
  const payables = documents.flatMap(payableOf);
  if (payables.length === 0) return [];
  const entries =
    changedSince === undefined ? await entriesOf(scope, payables) : await changedEntries(scope, payables, changedSince);
  const rows = await readSettlements(scope, entries);
  const offsets = await readOffsets(scope, rows);
  return entries.flatMap((entry) => {
    const own = rows.filter((row) => row.TransRecId === entry.row.SourceKey).sort(byAge);
    const sign = settlingSign(own);
    const named = createKeys(company, entry.row);
    return own.flatMap((row) => settlementsOf(entry, row, offsets.get(row.OffsetRecid), sign, named));
  });
}

function readSettlements(
  { odata, company, signal }: SubledgerScope,
  entries: readonly Entry[],
): Promise<VendSettlement[]> {
  return odata.read({
    set: 'VendSettlementBiEntities',
    company,
    anyOf: entries.map(({ row }) => numberEquals('TransRecId', row.SourceKey)),
    select: vendSettlementColumns,
    orderBy: 'SourceKey',
    row: vendSettlementSchema,
    signal,
  });
}

/** An entry on the other side, with the number of the cheque where it is a payment by one. */
interface Offset {
  row: VendTrans;
  cheque: string | undefined;
}

const isPayment = ({ TransType }: VendTrans): boolean => TransType === 'Payment';

/** The entries on the other side, each read in its own company: a payment may sit in another one (trap 15). */
async function readOffsets(scope: SubledgerScope, rows: readonly VendSettlement[]): Promise<Map<string, Offset>> {
  const offsets = new Map<string, Offset>();
  const byCompany = groupedBy(
    rows.filter((row) => row.OffsetRecid !== '0'),
    (row) => (row.OffsetCompany === '' ? scope.company : row.OffsetCompany).toLowerCase(),
  );
  for (const [company, group] of byCompany) {
    const anyOf = group.map((row) => numberEquals('SourceKey', row.OffsetRecid));
    const entries = await readVendTrans({ ...scope, company }, { anyOf });
    const cheques = await readCheques({ ...scope, company }, entries.filter(isPayment));
    for (const row of entries) offsets.set(row.SourceKey, { row, cheque: cheques.get(row.SourceKey) });
  }
  return offsets;
}

function byAge(left: VendSettlement, right: VendSettlement): number {
  const days = left.TransDate.localeCompare(right.TransDate);
  return days !== 0 ? days : new Decimal(left.SourceKey).comparedTo(right.SourceKey);
}

/**
 * The sign of rows that settle; the other sign undoes. Settled amounts carry the entry's own sign, but nothing documents
 * that for the settlement rows: more is always settled than undone, and where all is undone the row that was made first settled.
 * Its date does not tell: whoever undoes a payment chooses one, and a sign that turned would make a second payment of the undo.
 */
function settlingSign(rows: readonly VendSettlement[]): Decimal {
  const total = rows.reduce((sum, row) => sum.plus(row.SettleAmountCur), new Decimal(0));
  const [first] = rows.toSorted((left, right) => new Decimal(left.SourceKey).comparedTo(right.SourceKey));
  return new Decimal(Decimal.sign(total.isZero() ? (first?.SettleAmountCur ?? '1') : total));
}

type KeyOf = (row: VendSettlement, reference: string, settledOn: string) => string;

/**
 * Keys of the settlements of one entry, to be asked for in the order of age. They are made of what an accountant sees, and not of
 * RecIds, which change when an environment is restored or copied: then every payment would be told a second time (trap 25).
 * Rows that are alike in everything are counted.
 */
function createKeys(company: string, { Voucher }: VendTrans): KeyOf {
  const seen = new Map<string, number>();
  return (row, reference, settledOn) => {
    const amount = new Decimal(row.SettleAmountCur).toFixed();
    const key = [company.toUpperCase(), reference, settledOn, Voucher, amount].join('/');
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return count === 1 ? key : `${key}/${count}`;
  };
}

function settlementsOf(
  { payable, row: entry }: Entry,
  row: VendSettlement,
  found: Offset | undefined,
  sign: Decimal,
  keyOf: KeyOf,
): Settlement[] {
  const offset = found?.row;
  const settled = sign.times(row.SettleAmountCur);
  const discount = new Decimal(row.UtilizedCashDisc).abs().times(Decimal.sign(settled));
  const settledOn = dayOf(row.TransDate) ?? dayOf(offset?.TransDate ?? '') ?? '';
  const reference = row.OffsetTransVoucher === '' ? (offset?.Voucher ?? '') : row.OffsetTransVoucher;
  const key = keyOf(row, reference, settledOn);
  const { documentId, part } = payable;
  const fiscalYear = settledOn.slice(0, 4);
  const base = { documentId, part, currency: entry.CurrencyCode, settledOn, reference, fiscalYear };
  const money = settled.minus(discount);
  const both: Settlement[] = [
    {
      ...{ ...base, settlementKey: key, kind: kindOf(entry, offset), amount: money.toFixed() },
      ...(found?.cheque === undefined ? {} : { chequeNumber: found.cheque }),
    },
    { ...base, settlementKey: `${key}/discount`, kind: 'discount', amount: discount.toFixed() },
  ];
  return both.filter(({ amount }) => !new Decimal(amount).isZero());
}

/** Entries that reduce what is owed without money: credit notes and postings of journals. */
const CREDIT_TYPES: ReadonlySet<string> = new Set(['Purch', 'Vend', 'GeneralJournal']);
/** What F&O itself books when a payment is accepted as full although it is less: nobody has to decide about it. */
const DISCOUNT_TYPES: ReadonlySet<string> = new Set(['CashDiscount', 'PennyDifference']);

/**
 * Only an offset of type `Payment` is money. An offset that cannot be read may be one: it counts as `other` until it can. What
 * another company has paid and this one only passes on (`CrossCompanySettlement`) does not show the payment: a person decides.
 */
function kindOf(entry: VendTrans, offset: VendTrans | undefined): Settlement['kind'] {
  if (offset === undefined) return 'other';
  if (isPayment(offset)) return 'payment';
  if (DISCOUNT_TYPES.has(offset.TransType)) return 'discount';
  if (reverses(offset, entry)) return 'reversal';
  const sameNumber = sameCode(offset.Voucher, entry.Voucher) || sameCode(offset.Invoice, entry.Invoice);
  return CREDIT_TYPES.has(offset.TransType) && !sameNumber ? 'credit' : 'other';
}
