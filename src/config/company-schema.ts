import { z } from 'zod';
import { codeMapSchema } from './setting-schemas.js';
import { timeZoneSchema } from './time-zone-schema.js';
import { vendorSyncSchema } from './vendor-sync-schema.js';

const liabilitySchema = z.union([z.strictObject({ ledger: z.string() }), z.strictObject({ vendor: z.string() })], {
  error: 'write { ledger: ACCOUNT } or { vendor: ACCOUNT }',
});
const tableSchema = z
  .strictObject({
    sameCode: z.boolean().default(false).describe('A code without a row counts as its own ERP code.'),
    table: z
      .string()
      .optional()
      .describe('CSV file with a header line and the columns `concur,erp`, relative to this file.'),
    codes: codeMapSchema.describe('Rows written in place.'),
  })
  .default({ sameCode: false, codes: {} });

/** Codes of Concur to codes of one ERP company. */
export const mappingSchema = z.strictObject({
  vendors: tableSchema,
  employees: tableSchema,
  accounts: tableSchema,
  cardLiabilities: z.partialRecord(z.enum(['COPD', 'IBCP', 'CBCP']), liabilitySchema).default({}),
  inputTax: z
    .array(z.strictObject({ authority: z.string(), code: z.string().default('*'), account: z.string() }))
    .default([]),
  advance: codeMapSchema.describe('Cash advance clearing: Concur account code to ledger account.'),
  payrollClearing: z.string().optional(),
  expensePayClearing: z.string().optional(),
  invoicePayClearing: z.string().optional(),
  dimensions: z
    .array(
      z.strictObject({
        dimension: z.string(),
        from: z.array(z.string().regex(/^(?!employee)/, 'cost objects never come from employee fields')).min(1),
        required: z.boolean().default(false),
        values: tableSchema,
      }),
    )
    .default([]),
});
export type MappingSection = z.infer<typeof mappingSchema>;

/** What the companies of all kinds of ERP have in common. */
export const companyBase = {
  currency: z.string().regex(/^[A-Z]{3}$/, 'use the three letters of ISO 4217, for example EUR'),
  timeZone: timeZoneSchema.default('UTC'),
  isTest: z.boolean().default(false).describe('Only companies marked as test accept documents of Concur test users.'),
  postingDate: z.enum(['document', 'today', 'next-open']).default('document'),
  openFrom: z.iso.date().optional().describe('First open posting day; used by `next-open`.'),
  vendorSync: vendorSyncSchema,
  mapping: mappingSchema,
};
