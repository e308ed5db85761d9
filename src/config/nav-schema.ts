import { z } from 'zod';
import { bcRoutesSchema } from './bc-schema.js';
import { companyBase } from './company-schema.js';
import { purchaseRequestsSchema } from './purchase-requests-schema.js';
import { nameSchema, patternSchema, releaseSchema, secretRefSchema, urlSchema } from './setting-schemas.js';

const serviceSchema = z.string().regex(/^[A-Za-z]\w*$/, 'write the service name as it stands on the page Web Services');

/** Pages that an administrator publishes, under the names of NAV spec 19; a page under another name is named here. */
const servicesSchema = z
  .strictObject({
    vendorList: serviceSchema.default('VendorList').describe('Page 27.'),
    vendorCard: serviceSchema.default('VendorCard').describe('Page 26.'),
    accounts: serviceSchema.default('ChartOfAccounts').describe('Page 16 or 18.'),
    dimensionValues: serviceSchema.default('DimensionValues').describe('Page 537.'),
    ledgerSetup: serviceSchema.default('GeneralLedgerSetup').describe('Page 118.'),
    accountingPeriods: serviceSchema.default('AccountingPeriods').describe('Page 100.'),
    purchaseInvoice: serviceSchema.default('PurchaseInvoice').describe('Page 51.'),
    purchaseInvoiceLines: serviceSchema.default('PurchInvLines').describe('Page 55.'),
    postedPurchaseInvoices: serviceSchema.default('PostedPurchaseInvoices').describe('Page 146.'),
    purchaseCreditMemo: serviceSchema.default('PurchaseCreditMemo').describe('Page 52.'),
    purchaseCreditMemoLines: serviceSchema.default('PurchCrMemoLines').describe('Page 98.'),
    postedPurchaseCreditMemos: serviceSchema.default('PostedPurchaseCreditMemos').describe('Page 147.'),
    journal: serviceSchema.default('GeneralJournal').describe('Page 39.'),
    journalBatches: serviceSchema.default('GeneralJournalBatches').describe('Page 251.'),
    ledgerEntries: serviceSchema.default('GLEntries').describe('Page 20.'),
    vendorLedgerEntries: serviceSchema.default('VendorLedgerEntries').describe('Page 29.'),
    detailedVendorLedgerEntries: serviceSchema.default('DetailedVendorLedgerEntries').describe('Page 574.'),
    journalTemplates: serviceSchema
      .default('GeneralJournalTemplates')
      .describe('Page 101; only the doctor reads it, and it need not be published.'),
    purchasesSetup: serviceSchema
      .default('PurchasesPayablesSetup')
      .describe('Page 460; only the doctor reads it, and it need not be published.'),
  })
  .prefault({});

const navCompanySchema = z.strictObject({
  company: z.string().min(1).describe('Company name, any characters.'),
  routes: bcRoutesSchema,
  paymentSource: z.enum(['pages', 'status-only']).default('pages'),
  purchaseRequests: purchaseRequestsSchema,
  journalTemplate: z
    .string()
    .min(1)
    .max(10)
    .default('GENERAL')
    .describe('General journal template in which the connector makes its batches.'),
  ...companyBase,
});

/** Only OData V4 is spoken, which NAV 2016 was the first to have. */
function isODataV4(url: string): boolean {
  return /\/\w[^/?]*\/ODataV4\/?$/i.test(url);
}

/**
 * Classic NAV (2016 to 2018), or an older Business Central server without the API: published OData pages, and SOAP for the
 * posting codeunit (NAV spec 19). Signs in by user and web service access key; Windows sign-in is not supported.
 */
export const navSchema = z
  .strictObject({
    name: nameSchema,
    kind: z.literal('dynamics-nav'),
    odataUrl: urlSchema
      .refine(
        isODataV4,
        'needs server instance and ODataV4 at its end; OData V3 of NAV 2015 and older is not supported',
      )
      .describe(
        'Address of the OData service with instance and version, for example `https://nav.example.com:7048/DynamicsNAV110/ODataV4`.',
      ),
    soapUrl: urlSchema
      .optional()
      .describe('Address of the SOAP service, for example `https://nav.example.com:7047/DynamicsNAV110/WS`.'),
    hostAllow: z.array(patternSchema).default([]),
    serverTenant: z
      .string()
      .min(1)
      .optional()
      .describe('Tenant of a server that is set up for several; sent with every call.'),
    auth: z.strictObject({
      type: z.enum(['basic']).default('basic').describe('User and key; the server must be set to NavUserPassword.'),
      user: z.string().min(1).describe('Name of the user in NAV.'),
      key: secretRefSchema.describe('Web service access key of the user card, or his password.'),
    }),
    services: servicesSchema,
    codeunit: serviceSchema
      .optional()
      .describe(
        'Service name of the posting codeunit, for example `ConcurConnector`; without it the connector writes drafts and a person posts.',
      ),
    parallelism: z.number().int().min(1).max(5).default(2),
    release: releaseSchema,
    postingDeadlineHours: z.number().positive().default(72),
    companies: z.array(navCompanySchema).min(1),
  })
  .superRefine(({ codeunit, soapUrl }, context) => {
    if (codeunit === undefined || soapUrl !== undefined) return;
    context.addIssue({ code: 'custom', path: ['soapUrl'], message: 'is needed to call the codeunit' });
  });
export type NavConnection = z.infer<typeof navSchema>;
