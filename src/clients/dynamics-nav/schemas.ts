import { z } from 'zod';
import { decodeName } from './wire-text.js';

/** JSON number literals arrive as strings from the lossless parse of the HTTP core. */
const decimal = z.string().regex(/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/);
const integer = z.string().regex(/^\d+$/);
const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
/** An empty date is `0001-01-01` on the wire (NAV spec 4). */
const openDate = date
  .optional()
  .transform((value) => (value === undefined || value === '0001-01-01' ? undefined : value));
const name = z.string().transform(decodeName);
const text = z.string().default('');

export const companySchema = z.object({ id: z.string().min(1), name: z.string() });

export const generalLedgerSetupSchema = z.object({
  localCurrencyCode: text,
  /** `0001-01-01` stands for open. */
  allowPostingFrom: openDate,
  allowPostingTo: openDate,
  shortcutDimension1Code: text,
  shortcutDimension2Code: text,
});

export const accountingPeriodSchema = z.object({ startingDate: date, newFiscalYear: z.boolean().optional() });

/** A default dimension of an account or a vendor, and whether postings must carry it (NAV spec 9). */
export const defaultDimensionSchema = z.object({
  parentId: text,
  dimensionCode: text,
  dimensionValueCode: text,
  postingValidation: name.default(''),
});
export type DefaultDimension = z.infer<typeof defaultDimensionSchema>;

export const vendorSchema = z.object({
  number: z.string(),
  blocked: name.default(''),
  currencyCode: text,
  /** Present where the read expanded them. */
  defaultDimensions: z.array(defaultDimensionSchema).optional(),
});

export const accountSchema = z.object({
  id: z.string(),
  number: z.string(),
  accountType: name.default('Posting'),
  directPosting: z.boolean().default(true),
  blocked: z.boolean().default(false),
});
export type Account = z.infer<typeof accountSchema>;

export const dimensionSchema = z.object({ id: z.string(), code: z.string() });
export const dimensionValueSchema = z.object({ code: z.string() });

/** `id` is the dimension's id, the same on every parent (NAV spec trap 13). */
export const dimensionSetLineSchema = z.object({ id: z.string(), code: z.string(), valueCode: text });
export type DimensionSetLine = z.infer<typeof dimensionSetLineSchema>;

const journal = { '@odata.etag': z.string().optional(), id: z.string(), code: z.string(), displayName: text };
export const journalSchema = z.object(journal);
export type Journal = z.infer<typeof journalSchema>;

export const journalTemplateSchema = z.object({ templateDisplayName: text });

export const journalLineSchema = z.object({
  '@odata.etag': z.string().optional(),
  id: z.string(),
  lineNumber: integer,
  accountType: name.default(''),
  accountNumber: text,
  postingDate: z.string().default(''),
  documentNumber: text,
  amount: decimal.default('0'),
  dimensionSetLines: z.array(dimensionSetLineSchema).optional(),
});
export type JournalLine = z.infer<typeof journalLineSchema>;

/** A batch with its lines; `journalLines` is absent where the read did not expand all of them. */
export const filledJournalSchema = z
  .object({
    ...journal,
    journalLines: z.array(journalLineSchema).optional(),
    'journalLines@odata.nextLink': z.string().optional(),
  })
  .transform(({ 'journalLines@odata.nextLink': more, journalLines, ...batch }) => ({
    ...batch,
    ...(more === undefined && journalLines !== undefined ? { journalLines } : {}),
  }));
export type FilledJournal = z.infer<typeof filledJournalSchema>;

export const generalLedgerEntrySchema = z.object({
  postingDate: date,
  documentNumber: z.string(),
  documentType: name.default(''),
  accountNumber: text,
  debitAmount: decimal.default('0'),
  creditAmount: decimal.default('0'),
});
export type GeneralLedgerEntry = z.infer<typeof generalLedgerEntrySchema>;

const purchaseLineSchema = z.object({
  id: z.string(),
  sequence: integer.default('0'),
  lineType: name.default(''),
  lineObjectNumber: text,
  description: text,
  amountExcludingTax: decimal.optional(),
  unitCost: decimal.default('0'),
  quantity: decimal.default('0'),
  dimensionSetLines: z.array(dimensionSetLineSchema).optional(),
});
export type PurchaseLine = z.infer<typeof purchaseLineSchema>;

const purchaseHeader = {
  '@odata.etag': z.string().optional(),
  id: z.string(),
  number: text,
  vendorNumber: text,
  payToVendorNumber: text,
  status: name,
  postingDate: z.string().default(''),
  dueDate: z.string().default(''),
  currencyCode: text,
  totalAmountIncludingTax: decimal,
};

/** A purchase invoice or credit memo, with the same names for what both have. */
export interface PurchaseRecord {
  '@odata.etag'?: string | undefined;
  id: string;
  /** Of the draft; posting gives another one. */
  number: string;
  vendorNumber: string;
  payToVendorNumber: string;
  /** The supplier's own number. */
  supplierNumber: string;
  status: string;
  documentDate: string;
  postingDate: string;
  dueDate: string;
  currencyCode: string;
  totalAmountIncludingTax: string;
  /** Present where the read expanded them. */
  lines?: PurchaseLine[] | undefined;
}

export const purchaseInvoiceSchema = z
  .object({
    ...purchaseHeader,
    vendorInvoiceNumber: text,
    invoiceDate: z.string().default(''),
    purchaseInvoiceLines: z.array(purchaseLineSchema).optional(),
  })
  .transform(({ vendorInvoiceNumber, invoiceDate, purchaseInvoiceLines, ...header }): PurchaseRecord => ({
    ...header,
    supplierNumber: vendorInvoiceNumber,
    documentDate: invoiceDate,
    lines: purchaseInvoiceLines,
  }));

export const purchaseCreditMemoSchema = z
  .object({
    ...purchaseHeader,
    vendorCreditMemoNumber: text,
    creditMemoDate: z.string().default(''),
    purchaseCreditMemoLines: z.array(purchaseLineSchema).optional(),
  })
  .transform(({ vendorCreditMemoNumber, creditMemoDate, purchaseCreditMemoLines, ...header }): PurchaseRecord => ({
    ...header,
    supplierNumber: vendorCreditMemoNumber,
    documentDate: creditMemoDate,
    lines: purchaseCreditMemoLines,
  }));

/** What a create answers, as far as we use it. */
export const createdSchema = z.object({ id: z.string() });

/** One row per detailed vendor ledger entry (NAV spec 15, source 2). */
export const vendorEntrySchema = z.object({
  vleEntryNo: integer,
  vleOpen: z.boolean().optional(),
  dvleEntryNo: integer.optional(),
  dvleEntryType: name,
  dvlePostingDate: date,
  dvleDocumentType: name.default(''),
  dvleDocumentNo: text,
  dvleAmountLCY: decimal,
  dvleVendorNo: text,
  dvleApplicationNo: integer.default('0'),
  dvleAppliedVendLedgerEntryNo: integer.default('0'),
});
export type VendorEntry = z.infer<typeof vendorEntrySchema>;

export const batchAnswerSchema = z.object({
  responses: z.array(z.object({ status: integer, body: z.unknown().optional() })),
});

export const errorBodySchema = z.union([
  z.object({ error: z.object({ code: text, message: text }) }).transform((body) => body.error),
  z
    .object({ 'odata.error': z.object({ code: text, message: z.object({ value: text }) }) })
    .transform(({ 'odata.error': error }) => ({ code: error.code, message: error.message.value })),
]);
