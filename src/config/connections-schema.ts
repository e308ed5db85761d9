import { z } from 'zod';
import { docTypes } from '../contracts/documents.js';
import { bcSchema } from './bc-schema.js';
import { eventsSchema, receiverSchema } from './events-schema.js';
import { foSchema } from './fo-schema.js';
import { navSchema } from './nav-schema.js';
import { pollAtSchema } from './poll-schema.js';
import { returnToConcurSchema } from './return-schema.js';
import {
  docTypeSchema,
  nameSchema,
  patternSchema,
  secondsSchema,
  secretRefSchema,
  urlSchema,
} from './setting-schemas.js';

const operationSchema = z
  .strictObject({
    stateFolder: z.string().default('./state').describe('Folder for logs and local state, relative to this file.'),
    databaseUrl: z
      .union([z.string().min(1), secretRefSchema], { error: 'write the URL, or { env: NAME } or { file: PATH }' })
      .optional()
      .describe('PostgreSQL of the connector; DATABASE_URL in the environment wins.'),
    temporalAddress: z
      .string()
      .optional()
      .describe('TEMPORAL_ADDRESS in the environment wins; 127.0.0.1:7233 where neither is set.'),
    namespace: z.string().default('default'),
    queuePrefix: z
      .string()
      .default('')
      .describe('Put before every task-queue name, so that two installations can share a server.'),
    encryptionKey: secretRefSchema.describe('32 random bytes in base64: encrypts the Concur tokens in PostgreSQL.'),
    alertWebhookUrl: z
      .union([urlSchema, secretRefSchema], { error: 'write the URL, or { env: NAME } or { file: PATH }' })
      .optional()
      .describe('Receives alerts as JSON by POST. Many services count the URL itself as the secret.'),
    healthPort: z.number().int().min(0).max(65535).optional().describe('Port of /healthz and /readyz on 127.0.0.1.'),
    receiver: receiverSchema.optional().describe('Where the receiver of events listens.'),
  })
  .describe('Where the connector itself lives.');

/** Methods by which Concur would pay again are not accepted (decisions 22). */
const invoiceMethodSchema = z.enum(['CLIENT', 'WIRE', 'CARD']);

const concurSchema = z.strictObject({
  name: nameSchema,
  tokenUrl: urlSchema.describe('Host of the first token exchange, for production the GLZ host of SAP Concur.'),
  companyUuid: z.string().min(1),
  clientId: z.string().min(1),
  clientSecret: secretRefSchema,
  nextClientSecret: secretRefSchema
    .optional()
    .describe('Second client secret, while it is being changed: tried when Concur refuses the first one (code 64).'),
  geolocationAllow: z
    .array(patternSchema)
    .default([
      String.raw`^https://(www-)?[a-z0-9-]+\.api\.concursolutions\.com$`,
      String.raw`^https://[a-z0-9-]+\.api\.concurcdc\.cn$`,
    ])
    .describe('Regular expressions: a secret goes only to origins that match one (loopback is always allowed).'),
  systemId: z
    .string()
    .min(1)
    .max(50)
    .describe('Our constant name towards FIS; never change it while documents are open.'),
  documentTypes: z
    .array(docTypeSchema)
    .min(1)
    .default([...docTypes]),
  pollAt: pollAtSchema,
  pageLimit: z.number().int().min(1).max(100).default(50),
  maximumPages: z.number().int().min(1).default(200),
  shareCallsMilliseconds: z
    .number()
    .int()
    .min(0)
    .max(10_000)
    .default(500)
    .describe('How long a document waits for others with which it can share a call to Concur; 0 shares no calls.'),
  invoicePaymentMethods: z
    .array(invoiceMethodSchema)
    .min(1)
    .default([...invoiceMethodSchema.options])
    .describe("Suppliers' payment methods in Concur under which a payment may be confirmed; Concur pays the others."),
  invoicePaymentMethod: invoiceMethodSchema
    .optional()
    .describe('Method sent where Concur does not tell that of the supplier; without it such an invoice is held.'),
  paymentReversals: z
    .enum(['alert', 'confirm'])
    .default('alert')
    .describe('Whether Concur is told by itself (RE, VOID) when the ERP takes back a payment, or a person is.'),
  paidStatuses: z
    .array(z.string())
    .min(1)
    .default(['Paid'])
    .describe("Payment statuses of the invoice record that mean paid, in the company's own wording."),
  vendorsVersion: z
    .string()
    .regex(/^v\d+\.\d+$/, 'write the version as in v3.1')
    .default('v3.1')
    .describe("Version of Concur's vendor service (C24)."),
  parallelism: z.number().int().min(1).default(8),
  events: eventsSchema.optional(),
  returnToConcur: returnToConcurSchema,
});
export type ConcurConnection = z.infer<typeof concurSchema>;

const legalEntityRuleSchema = z.strictObject({
  path: z.string().min(1).describe('Dotted path into the FIS document, for example `report.ledgerCode`.'),
  documentTypes: z.array(docTypeSchema).optional(),
  codes: z.record(z.string(), z.strictObject({ erp: z.string(), company: z.string() })),
});

const timingsSchema = z
  .strictObject({
    pollSeconds: secondsSchema.default(300),
    postingWatchSeconds: secondsSchema.default(300),
    paymentWatchSeconds: secondsSchema.default(900),
    paymentOverlapSeconds: secondsSchema.default(900),
    vendorRecheckSeconds: secondsSchema.default(600),
    selfCheckSeconds: secondsSchema.default(7 * 86_400),
    handOffTargetSeconds: secondsSchema
      .default(86_400)
      .describe('A document that is not posted so long after its discovery counts as late and raises an alert.'),
    holdReminderSeconds: secondsSchema.default(86_400).describe('A held document tries again by itself this often.'),
    holdLimitSeconds: secondsSchema.default(14 * 86_400).describe('After this an alert asks a person to decide.'),
    foLookAgainSeconds: z.array(secondsSchema).min(1).default([30, 120, 600]),
    bcLookAgainSeconds: z.array(secondsSchema).min(1).default([30, 120, 540]),
    concurLookAgainSeconds: z.array(secondsSchema).min(1).default([300]),
    webhookCheckSeconds: secondsSchema
      .default(3_600)
      .describe('How often the webhooks of Business Central are looked after: one that was deleted is made again.'),
    throttledWaitSeconds: secondsSchema
      .default(30)
      .describe('How long a connection rests after a 429 that names no time; doubled while it is refused again.'),
    retryMaximumSeconds: secondsSchema.default(600).describe('Longest wait between attempts of one step.'),
  })
  .prefault({});
export type Timings = z.infer<typeof timingsSchema>;

/** The connections file: any number of Concur companies and ERP companies, rules and timings (issue 3). */
export const connectionsFileSchema = z.strictObject({
  operation: operationSchema,
  concur: z.array(concurSchema).min(1),
  erp: z.array(z.discriminatedUnion('kind', [foSchema, bcSchema, navSchema])).min(1),
  rules: z.strictObject({
    legalEntity: z.array(legalEntityRuleSchema).min(1),
    payingEntity: z
      .array(legalEntityRuleSchema)
      .default([])
      .describe(
        'Which company owes employee, supplier or card: a field of the header. Needed where parts of a document lead to several companies; where rules apply to a type of document, one must answer.',
      ),
    inputTaxIn: z
      .enum(['allocation', 'paying'])
      .default('allocation')
      .describe('Which company reclaims the input tax of costs that another company pays.'),
    zeroDocuments: z
      .enum(['hold', 'confirm'])
      .default('hold')
      .describe(
        'What becomes of documents without any amount: a person decides, or Concur is told that they are posted, with no ERP document.',
      ),
    requireApproval: z
      .boolean()
      .default(false)
      .describe(
        'No worker starts while the mapping of a company names no approval, or one of another content; companies for tests need none.',
      ),
  }),
  timings: timingsSchema,
});
export type ConnectionsFile = z.infer<typeof connectionsFileSchema>;
export type ErpConnection = ConnectionsFile['erp'][number];
