import { Decimal } from 'decimal.js';
import type { TrackedErpDocument } from '../../contracts/erp-port.js';
import { groupedBy } from './grouped.js';
import type { ODataClient } from './odata.js';
import { allOf, foldCode, numberEquals, sameCode, since, textEquals } from './odata-literals.js';
import type { VendTrans } from './schemas.js';
import type { z } from 'zod';

/** A posted document that the ERP pays, by what identifies its vendor entry. */
export interface Payable {
  documentId: string;
  part: number;
  account: string;
  invoice: string;
  voucher: string;
  entryKey: string | undefined;
  /** As the subledger has it: negative. Undefined where the proof did not say. */
  amount: Decimal | undefined;
}

/** A payable with its vendor entry as it is now. */
export interface Entry<Row extends VendTrans = VendTrans> {
  payable: Payable;
  row: Row;
}

/** One company's vendor subledger, read with the columns that are asked for. */
export interface SubledgerScope<Row extends VendTrans = VendTrans> {
  odata: ODataClient;
  company: string;
  select: readonly string[];
  row: z.ZodType<Row>;
  signal: AbortSignal;
}

/** What is owed for a posted document; nothing for one that is not proven or owes nobody. */
export function payableOf({ documentId, document, proof }: TrackedErpDocument): Payable[] {
  if (document.payable === undefined || proof === undefined) return [];
  const { vendorAccount: account, invoiceNumber: invoice } = document.payable;
  const { documentNumber: voucher, vendorEntryKey: entryKey, vendorAmount } = proof;
  const amount = vendorAmount === undefined ? undefined : new Decimal(vendorAmount).negated();
  return [{ documentId, part: document.part, account, invoice, voucher, entryKey, amount }];
}

/** Vendor entries of a company that changed lately, matched in memory: one query for all open documents. */
export async function changedEntries<Row extends VendTrans>(
  scope: SubledgerScope<Row>,
  payables: readonly Payable[],
  changedSince: string,
): Promise<Entry<Row>[]> {
  return matched(payables, await readVendTrans(scope, { filter: since('SysModifiedDateTime', changedSince) }));
}

/**
 * Vendor entries by their keys. Keys change when an environment is restored or copied (trap 25), so an entry that is
 * another one's now is looked for again by account and invoice number.
 */
export async function entriesOf<Row extends VendTrans>(
  scope: SubledgerScope<Row>,
  payables: readonly Payable[],
): Promise<Entry<Row>[]> {
  const keys = payables.flatMap(({ entryKey }) =>
    entryKey === undefined ? [] : [numberEquals('SourceKey', entryKey)],
  );
  const byKey = matched(payables, await readVendTrans(scope, { anyOf: keys }));
  const found = new Set(byKey.map(({ payable }) => payable));
  const lost = payables.filter((payable) => !found.has(payable));
  const pairs = lost.map(
    ({ account, invoice }) => `(${allOf(textEquals('AccountNum', account), textEquals('Invoice', invoice))})`,
  );
  return [...byKey, ...matched(lost, await readVendTrans(scope, { anyOf: pairs }))];
}

/** Reads vendor entries of one company. */
export function readVendTrans<Row extends VendTrans>(
  { odata, company, select, row, signal }: SubledgerScope<Row>,
  which: { filter: string } | { anyOf: readonly string[] },
): Promise<Row[]> {
  return odata.read({ set: 'VendTransBiEntities', company, ...which, select, orderBy: 'SourceKey', row, signal });
}

/**
 * The entry of each payable among the rows. One that reverses it may carry the same account, invoice number and voucher (F&O spec
 * 9), so that the amount has to be the posted one. A person may have taken a posting under another invoice number: then the key tells.
 */
function matched<Row extends VendTrans>(payables: readonly Payable[], rows: readonly Row[]): Entry<Row>[] {
  const byIdentity = groupedBy(rows, (row) => identity(row.AccountNum, row.Voucher));
  return payables.flatMap((payable) => {
    const { account, invoice, voucher, entryKey, amount } = payable;
    const candidates = (byIdentity.get(identity(account, voucher)) ?? []).filter(({ AmountCur }) =>
      amount === undefined ? AmountCur.startsWith('-') : amount.equals(AmountCur),
    );
    const row =
      candidates.find(({ SourceKey }) => SourceKey === entryKey) ??
      candidates.find(({ Invoice }) => sameCode(Invoice, invoice));
    return row === undefined ? [] : [{ payable, row }];
  });
}

function identity(account: string, voucher: string): string {
  return JSON.stringify([account, voucher].map(foldCode));
}
