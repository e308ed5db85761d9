import { z } from 'zod';
import type { FoMasterData } from '../harness/master-data.js';
import { enumerations } from './enumerations.js';

/** A vendor as master data and the control API give it. */
export const vendorSchema = z.object({
  account: z.string().min(1),
  name: z.string(),
  group: z.string().optional(),
  onHold: z.enum(enumerations.CustVendorBlocked).optional(),
  holdUntil: z.iso.date().optional(),
  currency: z.string().optional(),
  paymentTerms: z.string().optional(),
  paymentMethod: z.string().optional(),
  taxId: z.string().optional(),
  email: z.string().optional(),
  isPerson: z.boolean().optional(),
  isOneTime: z.boolean().optional(),
  address: z
    .object({
      street: z.string(),
      city: z.string(),
      state: z.string(),
      zip: z.string(),
      country: z.string().regex(/^[A-Z]{3}$/),
      countryIso: z.string().regex(/^[A-Z]{2}$/),
    })
    .partial()
    .optional(),
});

const companySchema = z.object({
  company: z.string().min(1),
  name: z.string(),
  currency: z.string(),
  manualJournalNumbers: z.boolean(),
  journalNames: z.array(z.object({ name: z.string(), type: z.enum(['Daily', 'VendInvoiceRecording', 'Payment']) })),
  vendors: z.array(vendorSchema),
  openFrom: z.iso.date().optional(),
  closedMonth: z
    .string()
    .regex(/^\d{4}-\d{2}$/)
    .optional(),
  invoiceNumberCheck: z.enum(enumerations.ReuseVoucher).optional(),
  invoiceAutomation: z.boolean().optional(),
  postingService: z.boolean().optional(),
});

const decimal = z.string().regex(/^-?\d+(?:\.\d+)?$/);

const purchaseOrderSchema = z.object({
  company: z.string().min(1),
  number: z.string().min(1),
  vendor: z.string().min(1),
  lines: z.array(
    z
      .object({
        line: z.int().min(1),
        category: z.string().optional(),
        item: z.string().optional(),
        quantity: decimal,
        unitPrice: decimal,
        received: decimal.optional(),
      })
      .refine(({ category, item }) => (category === undefined) !== (item === undefined), 'category or item'),
  ),
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
  procurementCategories: z.array(z.object({ hierarchy: z.string(), name: z.string(), account: z.string() })).optional(),
  items: z.array(z.object({ number: z.string(), account: z.string(), stocked: z.boolean().optional() })).optional(),
  purchaseOrders: z.array(purchaseOrderSchema).optional(),
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
