import { z } from 'zod';
import type { ErpVendor, UnreadableVendor, VendorReading } from '../contracts/vendor-master.js';

/** A text of a vendor row: trimmed; unset ones come as an empty text or as null. */
export const vendorText = z
  .string()
  .nullish()
  .transform((value) => value?.trim() ?? '');

/** The number of a vendor, without which nobody can say which vendor it is. */
export const vendorNumber = z.string().trim().min(1);

/** Leaves out what is empty in the ERP. */
export function filled<Name extends string>(texts: Record<Name, string>): Partial<Record<Name, string>> {
  const entries = Object.entries<string>(texts).filter(([, value]) => value !== '');
  return Object.fromEntries(entries) as Partial<Record<Name, string>>;
}

/**
 * Judges each row by itself, so that one that cannot be read does not hide all the others. `vendorOf` answers undefined for
 * what is no vendor to Concur.
 * @param at.numberField field of the vendor's number, by which people find an unreadable row
 */
export function readVendorRows<T>(
  rows: readonly Record<string, unknown>[],
  at: { schema: z.ZodType<T>; numberField: string; company: string; erp: string },
  vendorOf: (row: T) => ErpVendor | undefined,
): VendorReading {
  const reading: VendorReading = { vendors: [], unreadable: [] };
  for (const row of rows) {
    const parsed = at.schema.safeParse(row);
    if (!parsed.success) {
      reading.unreadable.push(unreadableVendor(row[at.numberField], at, parsed.error));
      continue;
    }
    const vendor = vendorOf(parsed.data);
    if (vendor !== undefined) reading.vendors.push(vendor);
  }
  return reading;
}

function unreadableVendor(
  number: unknown,
  { company, erp }: { company: string; erp: string },
  error: z.ZodError,
): UnreadableVendor {
  const fields = [...new Set(error.issues.map(({ path }) => path.join('.')))].join(', ');
  const account = vendorNumber.safeParse(number).data;
  const who = account === undefined ? `A vendor of ${company}` : `Vendor ${account} of ${company}`;
  const message = `${who} could not be read from ${erp}: unexpected values in ${fields}.`;
  return { ...(account === undefined ? {} : { account }), message };
}
