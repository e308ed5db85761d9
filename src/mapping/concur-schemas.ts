import { z } from 'zod';

/**
 * What must be there to post a document, per FIS spec 9 (column "must"); everything else may be missing, null or new.
 * Numbers arrive as their literals (strings). Lengths are not checked here: Concur exceeds its own documentation.
 */
const amountSchema = z.string().regex(/^-?\d{1,30}(\.\d{1,20})?([eE][-+]?\d{1,2})?$/, 'not an amount');
const mustSchema = z.string().trim().min(1, 'empty');
const textSchema = z.string().nullish();
const flagSchema = z.union([z.string(), z.boolean()]).nullish();
const currencySchema = z
  .string()
  .trim()
  .regex(/^[A-Z]{3}$/, 'not an ISO currency code');

const orEmpty = (value: unknown): unknown => value ?? [];
const oneOrMany = (value: unknown): unknown =>
  value === null || value === undefined || Array.isArray(value) ? value : [value];

const journalLineSchema = z.looseObject({
  journalPayer: mustSchema,
  journalPayee: mustSchema,
  journalAccountCode: textSchema,
  amountGross: amountSchema,
  amountNetOfTax: amountSchema.nullish(),
  amountNetOfReclaim: amountSchema,
  amountGrossCard: amountSchema.nullish(),
  taxGuid: z.preprocess(oneOrMany, z.array(z.string()).nullish()),
});

const taxRowSchema = z.looseObject({
  taxGuid: mustSchema,
  amountTax: amountSchema,
  amountReclaim: amountSchema,
  taxReclaimCode: textSchema,
  taxCode: textSchema,
  taxAuthorityLabel: textSchema,
});

const allocationSchema = z.looseObject({
  allocationId: textSchema,
  allocationPercentage: amountSchema.nullish(),
  journal: z.preprocess(oneOrMany, z.array(journalLineSchema).min(1)),
  tax: z.preprocess(orEmpty, z.array(taxRowSchema)),
});

const entrySchema = z.looseObject({
  entryId: mustSchema,
  entryApprovedAmount: amountSchema,
  entryIsPersonal: z.string().regex(/^[YN]$/, 'neither Y nor N'),
  entryDate: textSchema,
  expenseTypeCode: textSchema,
  expenseTypeName: textSchema,
  reportEntryTransactionAmount: amountSchema.nullish(),
  entryCurrAlphaCode: textSchema,
  entryExchangeRate: amountSchema.nullish(),
  entryExchangeRateDirection: textSchema,
  clearingAccountCode: textSchema,
  liabilityAccountCode: textSchema,
  expensePayIndicator: flagSchema,
  cardProgramTypeCode: textSchema,
  cardTransactionID: textSchema,
  cardTransactionPostedAmount: amountSchema.nullish(),
  allocation: z.preprocess(oneOrMany, z.array(allocationSchema).min(1)),
});

const applicationSchema = z.looseObject({
  cashAdvanceId: mustSchema,
  cashAdvanceApplicationAmount: amountSchema,
  cashAdvanceClearingAccountCode: textSchema,
  cashAdvanceTransactionType: z.string().nullish(),
});

const employeeSchema = z.looseObject({
  employeeId: mustSchema,
  employeeFirstName: textSchema,
  employeeLastName: textSchema,
});

/** FIS spec 9.1. */
export const expenseSchema = z.looseObject({
  employee: employeeSchema,
  report: z.looseObject({
    reportId: mustSchema,
    reportNumber: textSchema,
    reportName: textSchema,
    totalApprovedAmount: amountSchema.nullish(),
    employeeCurrencyAlphaCode: currencySchema,
    cashAdvanceReturnsAmount: amountSchema.nullish(),
    isTest: flagSchema,
    payrollPayIndicator: flagSchema,
    payrollPaymentClearingAccountCode: textSchema,
    reportUserDefinedDate: textSchema,
    reportPaymentProcessingDate: textSchema,
    reportSubmitDate: textSchema,
    revisionNumber: textSchema,
  }),
  expenseEntry: z.array(entrySchema),
  cashAdvanceApplication: z.preprocess(orEmpty, z.array(applicationSchema)),
});

const invoiceTaxSchema = z.looseObject({ amountTax: amountSchema.nullish() });

const invoiceAllocationSchema = z.looseObject({
  allocationAccountCode: textSchema,
  journal: z.preprocess(
    oneOrMany,
    z
      .array(
        z.looseObject({
          accountCode: textSchema,
          amountGross: amountSchema,
          amountNet: amountSchema.nullish(),
          amountShipping: amountSchema.nullish(),
          tax: z.preprocess((value) => oneOrMany(orEmpty(value)), z.array(invoiceTaxSchema)),
        }),
      )
      .min(1),
  ),
});

/** FIS spec 9.2. */
export const invoiceSchema = z.looseObject({
  requestHeader: z.looseObject({
    requestId: mustSchema,
    vendorInvoiceNumber: mustSchema,
    invoiceDate: mustSchema,
    paymentDueDate: textSchema,
    postingDate: textSchema,
    currencyAlphaCode: currencySchema,
    requestTotal: amountSchema,
    amountNetInvoice: amountSchema.nullish(),
    amountShippingTotal: amountSchema.nullish(),
    amountTax: textSchema,
    poNumber: textSchema,
    payMethodType: textSchema,
    invoicePayIndicator: flagSchema,
    isTest: flagSchema,
    requestTitle: textSchema,
    revisionNumber: textSchema,
  }),
  vendor: z.looseObject({ vendorCode: mustSchema, vendorName: textSchema }),
  lineItem: z
    .array(
      z.looseObject({
        lineItemDescription: textSchema,
        lineItemSequenceOrder: z.string().nullish(),
        expenseTypeName: textSchema,
        lineItemQuantity: textSchema,
        lineItemUnitPrice: textSchema,
        lineItemPurchaseOrderNumber: textSchema,
        poLineNumber: textSchema,
        allocation: z.preprocess(oneOrMany, z.array(invoiceAllocationSchema).min(1)),
      }),
    )
    .min(1),
});

/** FIS spec 9.3. */
export const cashAdvanceSchema = z.looseObject({
  employeeData: employeeSchema,
  cashAdvanceData: z.looseObject({
    cashAdvanceId: mustSchema,
    name: textSchema,
    requestAmount: amountSchema.nullish(),
    currencyAlphaCode: textSchema,
    employeeCurrencyAlphaCode: currencySchema,
    exchangeRate: amountSchema.nullish(),
    issuedDate: textSchema,
    requestDate: textSchema,
    paymentMethod: z.string().nullish(),
    expensePayIndicator: flagSchema,
    isTest: flagSchema,
  }),
  journalData: z
    .array(
      z.looseObject({
        accountCode: mustSchema,
        amount: amountSchema,
        debitOrCredit: z
          .string()
          .trim()
          .regex(/^(DR|CR)$/, 'neither DR nor CR'),
        payer: textSchema,
        payee: textSchema,
      }),
    )
    .min(1),
});

export type ExpenseReport = z.infer<typeof expenseSchema>;
export type ExpenseEntry = ExpenseReport['expenseEntry'][number];
export type ExpenseAllocation = ExpenseEntry['allocation'][number];
export type ExpenseJournalLine = ExpenseAllocation['journal'][number];
export type ConcurInvoice = z.infer<typeof invoiceSchema>;
export type CashAdvance = z.infer<typeof cashAdvanceSchema>;

/** `Y`, true or (2022 documents) `1`. */
export function isYes(flag: string | boolean | null | undefined): boolean {
  return flag === true || (typeof flag === 'string' && /^(y|1|true)$/i.test(flag.trim()));
}
