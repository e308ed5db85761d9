import { z } from 'zod';

/**
 * What must be there to post a document, per FIS spec 9 (column "must"); everything else may be missing, null, blank or new, and
 * a list may be null, empty or its only element. Whether the figures hang together is for the invariants to say (10.7), which
 * name the line. Numbers arrive as their literals (strings). Lengths are not checked: Concur exceeds its own documentation.
 */
const amountSchema = z
  .string()
  .trim()
  .regex(/^[-+]?(\d{1,30}(\.\d{0,20})?|\.\d{1,20})([eE][-+]?\d{1,2})?$/, 'not an amount');
const isBlank = (value: unknown): boolean => typeof value === 'string' && value.trim() === '';
const figureSchema = z.preprocess((value) => (isBlank(value) ? null : value), amountSchema.nullish());
const mustSchema = z.string().trim().min(1, 'empty');
const textSchema = z.string().nullish();
/** Codes of Concur's own that decide something here; their case does not. */
const mustCodeSchema = z.string().trim().toUpperCase().min(1, 'empty');
const codeSchema = z.string().trim().toUpperCase().nullish();
const flagSchema = z.union([z.string(), z.boolean()]).nullish();
const yesNoSchema = z.preprocess(
  (value) => (typeof value === 'boolean' ? (value ? 'Y' : 'N') : value),
  z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^[YN]$/, 'neither Y nor N'),
);
const currencySchema = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z]{3}$/, 'not an ISO currency code');

const oneOrMany = (value: unknown): unknown =>
  value === null || value === undefined || Array.isArray(value) ? value : [value];
const listOf = <T extends z.ZodType>(row: T) => z.preprocess((value) => oneOrMany(value) ?? [], z.array(row));

/** Keys of tax rows: a blank text names none, as null does; an empty list says that there are none (trap 42). */
const taxKeysSchema = z.preprocess((value) => {
  if (isBlank(value)) return null;
  const keys = oneOrMany(value);
  return Array.isArray(keys) ? keys.filter((key: unknown) => key !== null && !isBlank(key)) : keys;
}, z.array(z.string().trim()).nullish());

const journalLineSchema = z.looseObject({
  journalPayer: mustCodeSchema,
  journalPayee: mustCodeSchema,
  journalAccountCode: textSchema,
  amountGross: amountSchema,
  amountNetOfTax: figureSchema,
  amountNetOfReclaim: amountSchema,
  amountGrossCard: figureSchema,
  taxGuid: taxKeysSchema,
});

const taxRowSchema = z.looseObject({
  taxGuid: textSchema,
  amountTax: amountSchema,
  amountReclaim: amountSchema,
  taxReclaimCode: textSchema,
  taxCode: textSchema,
  taxAuthorityLabel: textSchema,
});

const allocationSchema = z.looseObject({
  allocationId: textSchema,
  allocationPercentage: figureSchema,
  journal: listOf(journalLineSchema),
  tax: listOf(taxRowSchema),
});

const entrySchema = z.looseObject({
  entryId: mustSchema,
  entryApprovedAmount: amountSchema,
  entryIsPersonal: yesNoSchema,
  entryDate: textSchema,
  expenseTypeCode: textSchema,
  expenseTypeName: textSchema,
  reportEntryTransactionAmount: figureSchema,
  entryCurrAlphaCode: codeSchema,
  entryExchangeRate: figureSchema,
  entryExchangeRateDirection: codeSchema,
  clearingAccountCode: textSchema,
  liabilityAccountCode: textSchema,
  expensePayIndicator: flagSchema,
  cardProgramTypeCode: textSchema,
  cardTransactionID: textSchema,
  cardTransactionPostedAmount: figureSchema,
  allocation: listOf(allocationSchema),
});

const applicationSchema = z.looseObject({
  cashAdvanceId: mustSchema,
  cashAdvanceApplicationAmount: amountSchema,
  cashAdvanceClearingAccountCode: textSchema,
  cashAdvanceTransactionType: textSchema,
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
    totalApprovedAmount: figureSchema,
    employeeCurrencyAlphaCode: currencySchema,
    cashAdvanceReturnsAmount: figureSchema,
    isTest: flagSchema,
    payrollPayIndicator: flagSchema,
    payrollPaymentClearingAccountCode: textSchema,
    reportUserDefinedDate: textSchema,
    reportPaymentProcessingDate: textSchema,
    reportSubmitDate: textSchema,
    revisionNumber: textSchema,
  }),
  expenseEntry: z.preprocess(oneOrMany, z.array(entrySchema)),
  cashAdvanceApplication: listOf(applicationSchema),
});

const invoiceTaxSchema = z.looseObject({ amountTax: figureSchema });

const invoiceAllocationSchema = z.looseObject({
  allocationAccountCode: textSchema,
  journal: listOf(
    z.looseObject({
      accountCode: textSchema,
      amountGross: amountSchema,
      amountNet: figureSchema,
      amountShipping: figureSchema,
      tax: listOf(invoiceTaxSchema),
    }),
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
    amountNetInvoice: figureSchema,
    amountShippingTotal: figureSchema,
    amountTax: figureSchema,
    amountVAT1: figureSchema,
    amountVAT2: figureSchema,
    amountVAT3: figureSchema,
    amountVAT4: figureSchema,
    poNumber: textSchema,
    payMethodType: codeSchema,
    invoicePayIndicator: flagSchema,
    isTest: flagSchema,
    requestTitle: textSchema,
    revisionNumber: textSchema,
  }),
  vendor: z.looseObject({ vendorCode: mustSchema, vendorName: textSchema }),
  lineItem: z.preprocess(
    oneOrMany,
    z.array(
      z.looseObject({
        lineItemDescription: textSchema,
        lineItemSequenceOrder: textSchema,
        expenseTypeName: textSchema,
        lineItemQuantity: textSchema,
        lineItemUnitPrice: textSchema,
        lineItemPurchaseOrderNumber: textSchema,
        poLineNumber: textSchema,
        allocation: listOf(invoiceAllocationSchema),
      }),
    ),
  ),
});

/** FIS spec 9.3. */
export const cashAdvanceSchema = z.looseObject({
  employeeData: employeeSchema,
  cashAdvanceData: z.looseObject({
    cashAdvanceId: mustSchema,
    name: textSchema,
    requestAmount: figureSchema,
    currencyAlphaCode: codeSchema,
    employeeCurrencyAlphaCode: currencySchema,
    exchangeRate: figureSchema,
    issuedDate: textSchema,
    requestDate: textSchema,
    transactionType: textSchema,
    paymentMethod: textSchema,
    expensePayIndicator: flagSchema,
    isTest: flagSchema,
  }),
  journalData: z.preprocess(
    oneOrMany,
    z
      .array(
        z.looseObject({
          accountCode: mustSchema,
          amount: amountSchema,
          debitOrCredit: z
            .string()
            .trim()
            .toUpperCase()
            .regex(/^(DR|CR)$/, 'neither DR nor CR'),
          payer: codeSchema,
          payee: codeSchema,
        }),
      )
      .min(1),
  ),
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
