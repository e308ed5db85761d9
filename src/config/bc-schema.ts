import { z } from 'zod';
import { companyBase } from './company-schema.js';
import { purchaseRequestsSchema } from './purchase-requests-schema.js';
import { nameSchema, patternSchema, releaseSchema, secretRefSchema, urlSchema } from './setting-schemas.js';
import { webhooksSchema } from './webhooks-schema.js';

/** Routes of Business Central and classic NAV alike: one family (NAV spec 10, 12). */
export const bcRoutesSchema = z
  .strictObject({
    expense: z.enum(['bc-general-journal', 'bc-purchase-invoice']).default('bc-general-journal'),
    cashadvance: z.enum(['bc-general-journal']).default('bc-general-journal'),
    invoice: z.enum(['bc-purchase-invoice']).default('bc-purchase-invoice'),
  })
  .prefault({});

const bcCompanySchema = z.strictObject({
  company: z.string().min(1).describe('Company name, any characters.'),
  routes: bcRoutesSchema,
  paymentSource: z
    .enum(['analytics', 'pages', 'status-only'])
    .default('analytics')
    .describe(
      'Where payments are read: `analytics`, the API of the app Power BI Reports; `pages`, the published pages of `ledgerPages`; `status-only` tells Concur nothing about payment.',
    ),
  purchaseRequests: purchaseRequestsSchema,
  journalTemplate: z
    .string()
    .min(1)
    .max(10)
    .optional()
    .describe(
      'General journal template in which the connector makes its batches; without it Business Central takes its first general one.',
    ),
  ...companyBase,
});

const serviceSchema = z.string().regex(/^[A-Za-z]\w*$/, 'write the service name as it stands on the page Web Services');

const ledgerPagesSchema = z
  .strictObject({
    entries: serviceSchema.default('VendorLedgerEntries').describe('Service name of page 29, Vendor Ledger Entries.'),
    details: serviceSchema
      .default('DetailedVendorLedgerEntries')
      .describe('Service name of page 574, Detailed Vendor Ledger Entries.'),
  })
  .prefault({})
  .describe('Published pages of the vendor ledger, read for companies with `paymentSource: pages`.');

const onlineUrl = 'https://api.businesscentral.dynamics.com';
const entraSettings = ['tenant', 'clientId', 'clientSecret'] as const;

/**
 * Business Central online, or on a server of the customer's own. Online is always signed in by Entra ID; on-premises also by a
 * user and his web service access key (NAV spec 2, 3).
 */
export const bcSchema = z
  .strictObject({
    name: nameSchema,
    kind: z.literal('business-central'),
    deployment: z.enum(['online', 'on-premises']).default('online').describe('Where Business Central runs.'),
    baseUrl: urlSchema
      .default(onlineUrl)
      .describe(
        'Online: host of the API. On-premises: address of the OData service with its server instance, for example `https://bc.example.com:7048/BC`.',
      ),
    hostAllow: z.array(patternSchema).default([String.raw`^https://api\.businesscentral\.dynamics\.com$`]),
    serverTenant: z
      .string()
      .min(1)
      .optional()
      .describe('On-premises: tenant of a server that is set up for several; sent with every call.'),
    auth: z
      .strictObject({
        type: z
          .enum(['entra', 'web-service-key'])
          .default('entra')
          .describe('How the connector signs in; `web-service-key` is for on-premises only.'),
        user: z.string().min(1).optional().describe('With `web-service-key`: name of the user in Business Central.'),
        key: secretRefSchema
          .optional()
          .describe('With `web-service-key`: the web service access key of the user card.'),
      })
      .prefault({}),
    authority: urlSchema.default('https://login.microsoftonline.com'),
    scope: z.string().default('https://api.businesscentral.dynamics.com/.default'),
    tenant: z.string().min(1).optional(),
    environment: z.string().min(1).optional(),
    clientId: z.string().min(1).optional(),
    clientSecret: secretRefSchema.optional(),
    parallelism: z.number().int().min(1).max(5).default(4),
    release: releaseSchema,
    postingDeadlineHours: z.number().positive().default(24),
    webhooks: webhooksSchema.optional(),
    ledgerPages: ledgerPagesSchema,
    shareCallsMilliseconds: z
      .number()
      .int()
      .min(0)
      .max(10_000)
      .default(250)
      .describe('How long a read waits for those of other documents with which it can be joined; 0 joins none.'),
    companies: z.array(bcCompanySchema).min(1),
  })
  .superRefine((bc, context) => {
    const fault = (path: string[], message: string): void => {
      context.addIssue({ code: 'custom', path, message });
    };
    const isOnline = bc.deployment === 'online';
    if (isOnline && bc.environment === undefined)
      fault(['environment'], 'name the environment, for example production');
    if (isOnline && bc.serverTenant !== undefined) fault(['serverTenant'], 'belongs to deployment: on-premises');
    if (!isOnline && bc.environment !== undefined) fault(['environment'], 'belongs to deployment: online; remove it');
    if (!isOnline && new URL(bc.baseUrl).pathname === '/') {
      fault(['baseUrl'], 'needs host, port and server instance, for example https://bc.example.com:7048/BC');
    }
    if (bc.auth.type === 'entra') {
      for (const setting of entraSettings.filter((each) => bc[each] === undefined)) {
        fault([setting], 'is needed to sign in by Entra ID');
      }
      if (bc.auth.user !== undefined || bc.auth.key !== undefined) {
        fault(['auth'], 'user and key belong to type: web-service-key');
      }
      return;
    }
    if (isOnline) fault(['auth', 'type'], 'Business Central online takes no user and key; sign in by entra');
    if (bc.auth.user === undefined) fault(['auth', 'user'], 'is needed to sign in by a web service access key');
    if (bc.auth.key === undefined) fault(['auth', 'key'], 'is needed to sign in by a web service access key');
    for (const setting of entraSettings.filter((each) => bc[each] !== undefined)) {
      fault([setting], 'belongs to auth type entra; remove it');
    }
  });
export type BcConnection = z.infer<typeof bcSchema>;
