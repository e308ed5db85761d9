import { z } from 'zod';
import type { FoMasterData } from '../harness/types.js';
import { enumerations } from './enumerations.js';

/** A vendor as master data and the control API give it. */
export const vendorSchema = z.object({
  account: z.string().min(1),
  name: z.string(),
  group: z.string().optional(),
  onHold: z.enum(enumerations.CustVendorBlocked).optional(),
  currency: z.string().optional(),
});

const companySchema = z.object({
  company: z.string().min(1),
  name: z.string(),
  currency: z.string(),
  manualJournalNumbers: z.boolean(),
  journalNames: z.array(z.object({ name: z.string(), type: z.enum(['Daily', 'VendInvoiceRecording', 'Payment']) })),
  vendors: z.array(vendorSchema),
  openFrom: z.iso.date().optional(),
});

const masterDataSchema = z.object({
  companies: z.array(companySchema),
  mainAccounts: z.array(
    z.object({
      account: z.string(),
      name: z.string(),
      role: z.enum(['cost', 'tax', 'advance', 'liability']),
      suspended: z.boolean().optional(),
    }),
  ),
  dimensions: z.array(
    z.object({
      name: z.string(),
      values: z.array(z.object({ value: z.string(), suspended: z.boolean().optional() })),
    }),
  ),
  delimiter: z.string().optional(),
});

/** Vendor of the master data. */
export type MasterVendor = FoMasterData['companies'][number]['vendors'][number];

/** Checks master data that came over the control API. Throws ZodError naming the fields. */
export function parseMasterData(data: unknown): FoMasterData {
  // The schema says "may be undefined" where the type says "may be absent"; JSON knows no difference.
  return masterDataSchema.parse(data) as FoMasterData;
}

/** Checks one vendor that came over the control API. Throws ZodError naming the fields. */
export function parseVendor(vendor: unknown): MasterVendor {
  return vendorSchema.parse(vendor) as MasterVendor;
}
