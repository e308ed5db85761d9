import { z } from 'zod';
import { groupedBy } from './grouped.js';
import { RoleMissing, UnknownField, UnknownSet } from './odata-errors.js';
import { foldCode, sameCode, textEquals } from './odata-literals.js';
import { text, type VendTrans } from './schemas.js';
import type { SubledgerScope } from './vendor-entries.js';

/** What is read of the lines of payment journals. */
export const paymentLineColumns = ['dataAreaId', 'Voucher', 'AccountDisplayValue', 'CheckNumber'] as const;
const paymentLineSchema = z.object({ Voucher: text, AccountDisplayValue: text, CheckNumber: text });
type PaymentLine = z.infer<typeof paymentLineSchema>;

/**
 * Numbers of the cheques by which payments of one company were made, by the `SourceKey` of the payment. Only the lines of the payment
 * journal tell them (F&O spec 8). They are no proof of anything, so that an environment that does not show those lines has none.
 */
export async function readCheques(
  { odata, company, signal }: SubledgerScope,
  payments: readonly VendTrans[],
): Promise<Map<string, string>> {
  const lines = await odata
    .read({
      set: 'VendorPaymentJournalLines',
      company,
      anyOf: payments.map(({ Voucher }) => textEquals('Voucher', Voucher)),
      select: paymentLineColumns,
      row: paymentLineSchema,
      signal,
    })
    .catch((error: unknown): PaymentLine[] => {
      if (error instanceof UnknownSet || error instanceof UnknownField || error instanceof RoleMissing) return [];
      throw error;
    });
  const byVoucher = groupedBy(lines, ({ Voucher }) => foldCode(Voucher));
  return new Map(
    payments.flatMap(({ SourceKey, Voucher, AccountNum }) => {
      // One voucher may pay several vendors.
      const own = (byVoucher.get(foldCode(Voucher)) ?? []).filter((line) => sameCode(accountOf(line), AccountNum));
      const cheque = own.map(({ CheckNumber }) => CheckNumber.trim()).find((number) => number !== '');
      return cheque === undefined ? [] : [[SourceKey, cheque] as const];
    }),
  );
}

/** A delimiter inside an account number is escaped (F&O spec 11). */
const accountOf = ({ AccountDisplayValue }: PaymentLine): string => AccountDisplayValue.replace(/\\(.)/g, '$1');
