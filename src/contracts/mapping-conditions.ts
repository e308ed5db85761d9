/** What a rule of the mapping can set. */
export type RuleTarget = 'account' | 'dimensions' | 'taxAccount' | 'vendor' | 'liability';

/** Fields of codes by their beginning, with the highest number that Concur has (FIS spec 9). */
const costFieldRanges: Record<string, number> = {
  allocationCustom: 20,
  entryCustom: 40,
  entryOrgUnit: 6,
  lineItemCustom: 20,
  reportCustom: 20,
  reportOrgUnit: 20,
  requestCustom: 24,
  requestOrgUnit: 6,
};

const fieldsOf = (ranges: Record<string, number>): string[] =>
  Object.entries(ranges).flatMap(([name, highest]) =>
    Array.from({ length: highest }, (_, index) => `${name}${index + 1}Code`),
  );

/** Fields of Concur whose codes are cost objects. */
export const costFields: readonly string[] = fieldsOf(costFieldRanges);

/** Fields of the employee: they feed a dimension of their own where declared, and nothing else (decisions 17). */
export const employeeFields: readonly string[] = fieldsOf({ employeeOrgUnit: 6, employeeCustom: 21 });

const ofDocument = ['documentType', 'documentCurrency', 'employee', 'supplier'] as const;
const ofSpending = ['expenseType', 'paymentType', 'country', 'currency'] as const;

/** Names of all conditions that are no fields of codes, with what they compare. */
export const conditionMeanings = {
  documentType: 'expense, invoice or cashadvance',
  documentCurrency: 'currency of the document, ISO 4217',
  employee: 'employee id; expense reports and cash advances',
  supplier: 'supplier code; invoices',
  expenseType: 'code of the expense type',
  paymentType: 'payment type of the entry: CASH, IBCP, CBCP, COPD or a number of your own',
  country: 'country of the spending, two letters',
  currency: 'currency of the spending, ISO 4217',
  billable: 'Y or N',
  account: 'account code of Concur',
  authority: 'tax authority',
  reclaimCode: 'tax reclaim code',
  taxCode: 'tax code',
  party: 'who is owed: IBCP, CBCP or COPD',
  cardProgram: 'code of the card program',
} as const;
export type ConditionName = keyof typeof conditionMeanings;

const ofCosts = [...ofDocument, ...ofSpending, 'cardProgram', 'billable', 'account', ...costFields] as const;

/** What a rule may ask for, by what it sets. A line of an ERP document tells nothing else at that point. */
export const conditionsOf: Record<RuleTarget, readonly string[]> = {
  account: ofCosts,
  dimensions: ofCosts,
  taxAccount: [...ofDocument, ...ofSpending, 'authority', 'reclaimCode', 'taxCode'],
  vendor: ofDocument,
  liability: ['documentType', 'documentCurrency', 'employee', 'party', 'cardProgram', 'paymentType'],
};
