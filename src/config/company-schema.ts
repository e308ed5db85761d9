import { z } from 'zod';
import { dimensionSyncSchema } from './dimension-sync-schema.js';
import { mappingSchema } from './mapping-schema.js';
import { postingDateSchema } from './posting-date-schema.js';
import { timeZoneSchema } from './time-zone-schema.js';
import { vendorSyncSchema } from './vendor-sync-schema.js';

/** What the companies of all kinds of ERP have in common. */
export const companyBase = {
  currency: z.string().regex(/^[A-Z]{3}$/, 'use the three letters of ISO 4217, for example EUR'),
  timeZone: timeZoneSchema.default('UTC'),
  isTest: z.boolean().default(false).describe('Only companies marked as test accept documents of Concur test users.'),
  postingDate: postingDateSchema,
  openFrom: z.iso
    .date()
    .optional()
    .describe(
      'First day on which this company takes postings. Only needed where the ERP does not tell its open periods, or earlier.',
    ),
  vendorSync: vendorSyncSchema,
  dimensionSync: dimensionSyncSchema,
  mapping: mappingSchema,
};
