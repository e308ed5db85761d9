import { z } from 'zod';
import { companyBase } from './company-schema.js';
import { businessEventsSchema } from './business-events-schema.js';
import { foMappingSchema } from './mapping-file-schema.js';
import { postingServiceSchema } from './posting-service-schema.js';
import { nameSchema, patternSchema, releaseSchema, secretRefSchema, urlSchema } from './setting-schemas.js';

const foCompanySchema = z.strictObject({
  company: z.string().min(1).max(4).describe('Legal entity (dataAreaId).'),
  mode: z.enum(['strong', 'recovery']).default('recovery').describe('strong needs a manual journal number sequence.'),
  routes: z
    .strictObject({
      expense: z.enum(['fo-general-journal', 'fo-vendor-invoice-journal']).default('fo-general-journal'),
      cashadvance: z.enum(['fo-general-journal']).default('fo-general-journal'),
      invoice: z
        .enum(['fo-vendor-invoice-journal', 'fo-general-journal', 'fo-pending-invoice'])
        .default('fo-vendor-invoice-journal'),
    })
    .prefault({}),
  journalNames: z.strictObject({
    expense: z.string(),
    cashadvance: z.string(),
    invoice: z.string().optional(),
    general: z
      .string()
      .optional()
      .describe(
        'Journal of type Daily for what cannot take the route of its type: costs that another company pays, and documents by which F&O owes nobody anything, such as invoices that Concur pays. Without it such documents hold.',
      ),
  }),
  ...companyBase,
  mapping: foMappingSchema,
  postingService: postingServiceSchema.optional(),
});

/** A Finance & Operations environment. */
export const foSchema = z.strictObject({
  name: nameSchema,
  kind: z.literal('dynamics-fo'),
  baseUrl: urlSchema.describe('Environment URL; treated as part of the credential and masked in output.'),
  hostAllow: z
    .array(patternSchema)
    .default([String.raw`^https://[a-z0-9.-]+\.(operations(\.[a-z]+)?|cloudax)\.dynamics\.com$`]),
  authority: urlSchema.default('https://login.microsoftonline.com'),
  tenant: z.string().min(1),
  clientId: z.string().min(1),
  clientSecret: secretRefSchema,
  entitySets: z
    .record(z.string(), z.string().regex(/^[A-Za-z]\w*$/, 'write the public collection name of the data entity'))
    .default({})
    .describe("Replacements of entity set names, for a customer's own entities."),
  businessEvents: businessEventsSchema,
  shareCallsMilliseconds: z
    .number()
    .int()
    .min(0)
    .max(10_000)
    .default(250)
    .describe('How long a read waits for those of other documents with which it can be joined; 0 joins none.'),
  parallelism: z.number().int().min(1).default(4),
  release: releaseSchema,
  postingDeadlineHours: z.number().positive().default(24),
  companies: z.array(foCompanySchema).min(1),
});
export type FoConnection = z.infer<typeof foSchema>;
