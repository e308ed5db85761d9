import { Decimal } from 'decimal.js';
import type { Settlement, TrackedErpDocument } from '../../contracts/erp-port.js';
import { groupedBy } from './grouped.js';
import type { ODataClient } from './odata.js';
import { allOf, dayOf, foldCode, numberEquals, sameCode, since, textEquals } from './odata-literals.js';
import {
  vendSettlementColumns,
  vendSettlementSchema,
  vendTransColumns,
  vendTransSchema,
  type VendSettlement,
  type VendTrans,
} from './schemas.js';

/** A posted document that the ERP pays, by what identifies its vendor entry. */
interface Payable {
  documentId: string;
  part: number;
  account: string;
  invoice: string;
  voucher: string;
  entryKey: string | undefined;
}
/** A payable with its vendor entry as it is now. */
interface Entry {
  payable: Payable;
  row: VendTrans;
}
interface Scope {
  odata: ODataClient;
  company: string;
  signal: AbortSignal;
}

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
  const scope: Scope = { odata, company, signal };
  const payables = documents.flatMap(payableOf);
  if (payables.length === 0) return [];
  const entries =
    changedSince === undefined ? await entriesOf(scope, payables) : await changedEntries(scope, payables, changedSince);
  const rows = await readSettlements(scope, entries);
  const offsets = await readOffsets(scope, rows);
  return entries.flatMap((entry) => {
    const own = rows.filter((row) => row.TransRecId === entry.row.SourceKey).sort(byAge);
    const sign = settlingSign(own);
    return own.flatMap((row) => settlementsOf(scope, entry, row, offsets.get(row.OffsetRecid), sign));
  });
}

function payableOf({ documentId, document, proof }: TrackedErpDocument): Payable[] {
  if (document.payable === undefined || proof === undefined) return [];
  const { vendorAccount, invoiceNumber } = document.payable;
  const entryKey = proof.vendorEntryKey;
  const { part } = document;
  return [
    { documentId, part, account: vendorAccount, invoice: invoiceNumber, voucher: proof.documentNumber, entryKey },
  ];
}

/** Vendor entries of a company that changed lately, matched in memory: one query for all open documents. */
async function changedEntries(scope: Scope, payables: readonly Payable[], changedSince: string): Promise<Entry[]> {
  const rows = await readVendTrans(scope, scope.company, { filter: since('SysModifiedDateTime', changedSince) });
  return matched(payables, rows);
}

/**
 * Vendor entries by their keys. Keys change when an environment is restored or copied (trap 25), so an entry that is
 * another one's now is looked for again by account and invoice number.
 */
async function entriesOf(scope: Scope, payables: readonly Payable[]): Promise<Entry[]> {
  const keys = payables.flatMap(({ entryKey }) =>
    entryKey === undefined ? [] : [numberEquals('SourceKey', entryKey)],
  );
  const byKey = matched(payables, await readVendTrans(scope, scope.company, { anyOf: keys }));
  const found = new Set(byKey.map(({ payable }) => payable));
  const lost = payables.filter((payable) => !found.has(payable));
  const pairs = lost.map(
    ({ account, invoice }) => `(${allOf(textEquals('AccountNum', account), textEquals('Invoice', invoice))})`,
  );
  return [...byKey, ...matched(lost, await readVendTrans(scope, scope.company, { anyOf: pairs }))];
}

function matched(payables: readonly Payable[], rows: readonly VendTrans[]): Entry[] {
  const byIdentity = new Map(rows.map((row) => [identity(row.AccountNum, row.Invoice, row.Voucher), row]));
  return payables.flatMap((payable) => {
    const row = byIdentity.get(identity(payable.account, payable.invoice, payable.voucher));
    return row === undefined ? [] : [{ payable, row }];
  });
}

function identity(account: string, invoice: string, voucher: string): string {
  return JSON.stringify([account, invoice, voucher].map(foldCode));
}

function readVendTrans(
  { odata, signal }: Scope,
  company: string,
  which: { filter: string } | { anyOf: readonly string[] },
): Promise<VendTrans[]> {
  return odata.read({
    set: 'VendTransBiEntities',
    company,
    ...which,
    select: vendTransColumns,
    orderBy: 'SourceKey',
    row: vendTransSchema,
    signal,
  });
}

function readSettlements({ odata, company, signal }: Scope, entries: readonly Entry[]): Promise<VendSettlement[]> {
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

/** The entries on the other side, each read in its own company: a payment may sit in another one (trap 15). */
async function readOffsets(scope: Scope, rows: readonly VendSettlement[]): Promise<Map<string, VendTrans>> {
  const offsets = new Map<string, VendTrans>();
  const byCompany = groupedBy(
    rows.filter((row) => row.OffsetRecid !== '0'),
    (row) => (row.OffsetCompany === '' ? scope.company : row.OffsetCompany).toLowerCase(),
  );
  for (const [company, group] of byCompany) {
    const anyOf = group.map((row) => numberEquals('SourceKey', row.OffsetRecid));
    for (const row of await readVendTrans(scope, company, { anyOf })) offsets.set(row.SourceKey, row);
  }
  return offsets;
}

function byAge(left: VendSettlement, right: VendSettlement): number {
  const days = left.TransDate.localeCompare(right.TransDate);
  return days !== 0 ? days : new Decimal(left.SourceKey).comparedTo(right.SourceKey);
}

/**
 * The sign of rows that settle; the other sign undoes. Settled amounts carry the entry's own sign, but nothing documents
 * that for the settlement rows: more is always settled than undone, and where all is undone the oldest row settled.
 */
function settlingSign(rows: readonly VendSettlement[]): Decimal {
  const total = rows.reduce((sum, row) => sum.plus(row.SettleAmountCur), new Decimal(0));
  return new Decimal(Decimal.sign(total.isZero() ? (rows[0]?.SettleAmountCur ?? '1') : total));
}

function settlementsOf(
  { company }: Scope,
  { payable, row: entry }: Entry,
  row: VendSettlement,
  offset: VendTrans | undefined,
  sign: Decimal,
): Settlement[] {
  const settled = sign.times(row.SettleAmountCur);
  const discount = new Decimal(row.UtilizedCashDisc).abs().times(Decimal.sign(settled));
  const settledOn = dayOf(row.TransDate) ?? dayOf(offset?.TransDate ?? '') ?? '';
  const reference = row.OffsetTransVoucher === '' ? (offset?.Voucher ?? '') : row.OffsetTransVoucher;
  const fiscalYear = settledOn.slice(0, 4);
  const key = `${company.toUpperCase()}/${reference}/${fiscalYear}/${row.SourceKey}`;
  const { documentId, part } = payable;
  const base = { documentId, part, currency: entry.CurrencyCode, settledOn, reference, fiscalYear };
  const money = settled.minus(discount);
  const both: Settlement[] = [
    { ...base, settlementKey: key, kind: kindOf(entry, offset), amount: money.toFixed() },
    { ...base, settlementKey: `${key}/discount`, kind: 'discount', amount: discount.toFixed() },
  ];
  return both.filter(({ amount }) => !new Decimal(amount).isZero());
}

/** Entries that reduce what is owed without money: credit notes and postings of journals. */
const CREDIT_TYPES: ReadonlySet<string> = new Set(['Purch', 'Vend', 'GeneralJournal']);

/** Only an offset of type `Payment` is money. An offset with our own voucher or invoice number is a reversal. */
function kindOf(entry: VendTrans, offset: VendTrans | undefined): Settlement['kind'] {
  if (offset === undefined) return 'other';
  if (offset.TransType === 'Payment') return 'payment';
  if (offset.TransType === 'CashDiscount') return 'discount';
  const isReversal = sameCode(offset.Voucher, entry.Voucher) || sameCode(offset.Invoice, entry.Invoice);
  return CREDIT_TYPES.has(offset.TransType) && !isReversal ? 'credit' : 'other';
}
