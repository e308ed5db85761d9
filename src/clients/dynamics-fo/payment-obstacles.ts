import type { TrackedErpDocument } from '../../contracts/erp-port.js';
import type { ODataClient } from './odata.js';
import { dayOf, foldCode, textEquals } from './odata-literals.js';
import { payableEntryColumns, payableEntrySchema, vendorColumns, vendorSchema, type PayableEntry } from './schemas.js';
import { entriesOf, payableOf, type SubledgerScope } from './vendor-entries.js';
import { readVendorSet } from './vendor-set.js';

/** Why one document will not be paid as things stand. */
export interface PaymentObstacle {
  documentId: string;
  part: number;
  reason: string;
}

/** Holds under which F&O pays nothing to a vendor (F&O spec 12). */
const UNPAID_HOLDS: ReadonlySet<string> = new Set(['Payment', 'All']);

/**
 * Why posted documents will not be paid as things stand: an invoice that is not approved or not released yet, a vendor on hold (trap
 * 17). One sentence per document; a document that is settled, or that nothing keeps from being paid, has none.
 */
export async function findPaymentObstacles(
  { odata, now }: { odata: ODataClient; now: () => number },
  company: string,
  documents: readonly TrackedErpDocument[],
  signal: AbortSignal,
): Promise<PaymentObstacle[]> {
  const payables = documents.flatMap(payableOf);
  if (payables.length === 0) return [];
  const scope: SubledgerScope<PayableEntry> = {
    ...{ odata, company, signal },
    select: payableEntryColumns,
    row: payableEntrySchema,
  };
  const entries = await entriesOf(scope, payables);
  const open = entries.filter(({ row }) => dayOf(row.Closed) === undefined);
  const holds = await holdsOf(
    scope,
    open.map(({ payable }) => payable.account),
  );
  const today = new Date(now()).toISOString().slice(0, 10);
  return open.flatMap(({ payable: { documentId, part, account }, row }) => {
    const reasons = [...entryObstacles(row, today), ...holdObstacle(account, holds.get(foldCode(account)) ?? '')];
    return reasons.length === 0 ? [] : [{ documentId, part, reason: reasons.join(' ') }];
  });
}

async function holdsOf(
  { odata, company, signal }: SubledgerScope<PayableEntry>,
  accounts: readonly string[],
): Promise<Map<string, string>> {
  const vendors = await readVendorSet(odata, {
    company,
    anyOf: accounts.map((account) => textEquals('VendorAccountNumber', account)),
    select: vendorColumns,
    row: vendorSchema,
    signal,
  });
  return new Map(vendors.map((row) => [foldCode(row.VendorAccountNumber), row.OnHoldStatus]));
}

function entryObstacles({ Approved, InvoiceReleaseDate, Invoice, Voucher }: PayableEntry, today: string): string[] {
  const invoice = `Invoice ${Invoice} (voucher ${Voucher})`;
  const release = dayOf(InvoiceReleaseDate);
  return [
    // Only a plain "No" counts: an environment that leaves the field empty says nothing.
    ...(Approved === 'No'
      ? [`${invoice} is not approved, so that no payment takes it. Approve it in Finance & Operations.`]
      : []),
    ...(release !== undefined && release > today ? [`${invoice} is released for payment on ${release} only.`] : []),
  ];
}

const holdObstacle = (account: string, hold: string): string[] =>
  UNPAID_HOLDS.has(hold) ? [`Vendor ${account} is on hold (${hold}), so that nothing is paid to it.`] : [];
