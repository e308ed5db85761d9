import { z } from 'zod';
import { intercompanySchema } from './intercompany-schema.js';
import { approvalSchema } from './mapping-approval.js';
import { codeMapSchema } from './setting-schemas.js';

/** A field of Concur that holds cost objects; names are judged with the mapping, editors complete them. */
export const costFieldSchema = z.string();
/** A field of Concur that tells of the employee. */
export const employeeFieldSchema = z.string();

const days = {
  from: z.iso.date().optional().describe('First day of documents for which it holds.'),
  to: z.iso.date().optional().describe('Last day of documents for which it holds.'),
};
const tableText = (columns: string): z.ZodOptional<z.ZodString> =>
  z
    .string()
    .optional()
    .describe(`CSV file with a header line and the columns \`${columns}\`, relative to the file in which this stands.`);
const rowsSchema = z
  .array(
    z.strictObject({
      concur: z.string().describe('Code of Concur.'),
      erp: z.string().describe('Code of the ERP.'),
      ...days,
    }),
  )
  .default([])
  .describe('Rows written in place that hold for certain days only: `{ concur, erp, from, to }`.');
const rows = {
  table: tableText('concur,erp[,from,to,note]'),
  codes: codeMapSchema.describe('Rows written in place.'),
  rows: rowsSchema,
};
const sameCode = z.boolean().default(false).describe('A code without a row counts as its own ERP code.');

const codesSchema = z.strictObject({ sameCode, ...rows }).prefault({});
const accountsSchema = z
  .strictObject({
    sameCode,
    ...rows,
    default: z
      .string()
      .optional()
      .describe('Account of costs whose code has no row. Left out, such documents are held, as they should be.'),
  })
  .prefault({});

/** YAML reads a code of digits as a number; that no form fits then is not what a person has to be told. */
const orQuotes =
  (otherwise: string) =>
  ({ input }: { input?: unknown }): string =>
    holdsNumber(input) ? 'put the value in quotes' : otherwise;

function holdsNumber(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some(holdsNumber);
  return typeof value === 'number' || typeof value === 'boolean';
}

const liabilitySchema = z.union([z.strictObject({ ledger: z.string() }), z.strictObject({ vendor: z.string() })], {
  error: orQuotes('write { ledger: ACCOUNT } or { vendor: ACCOUNT }'),
});
const liabilitiesSchema = z
  .strictObject({
    table: tableText('concur,erp,as[,from,to,note]'),
    codes: z
      .record(z.string(), liabilitySchema)
      .default({})
      .describe('Rows written in place: `{ ledger: ACCOUNT }` or `{ vendor: ACCOUNT }` by code.'),
  })
  .optional();

const conditionSchema = z.union(
  [z.string(), z.array(z.string()).min(1), z.strictObject({ prefix: z.string().min(1) })],
  { error: orQuotes('write a value, a list of values, or { prefix: BEGINNING }') },
);
/** The conditions of a rule by their names; an editor completes the names from the schema. */
export const conditionsSchema = z.record(z.string(), conditionSchema);

const ruleSchema = z.strictObject({
  name: z.string().min(1).describe('Told wherever the rule has decided something.'),
  ...days,
  when: conditionsSchema
    .default({})
    .describe('All of them must hold: a value, a list of values, or `{ prefix: BEGINNING }` by name of the condition.'),
  set: z
    .strictObject({
      account: z.string().optional().describe('Ledger account of costs.'),
      vendor: z.string().optional().describe('Vendor account of the payee; the rule needs a condition on him.'),
      liability: liabilitySchema.optional().describe('Account of a card party: `{ ledger: … }` or `{ vendor: … }`.'),
      taxAccount: z.string().optional().describe('Account of reclaimable tax.'),
      dimensions: z.record(z.string(), z.string()).optional().describe('Value by dimension.'),
    })
    .refine(
      (set) => Object.values(set).some((value) => value !== undefined),
      'say at least one thing that the rule sets',
    ),
});
export type RuleSection = z.infer<typeof ruleSchema>;

const dimensionSchema = z
  .strictObject({
    dimension: z.string(),
    from: z.array(costFieldSchema).default([]),
    fromEmployee: z
      .array(employeeFieldSchema)
      .default([])
      .describe(
        'Fields of the employee for a dimension of his own, such as his department; what `from` yields comes before them.',
      ),
    required: z.boolean().default(false),
    default: z
      .string()
      .optional()
      .describe('Value where all these fields are empty; a filled code without a row is held all the same.'),
    values: codesSchema,
  })
  .refine(({ from, fromEmployee }) => from.length + fromEmployee.length > 0, 'name at least one field in from');

/** Codes of Concur to codes of one ERP company. */
export const mappingSchema = z.strictObject({
  file: z
    .string()
    .optional()
    .describe('YAML file that holds this mapping, relative to this file; nothing else stands beside it then.'),
  approval: approvalSchema.describe('Who has written this mapping and who has approved it; stands on each posting.'),
  vendors: codesSchema,
  employees: codesSchema,
  accounts: accountsSchema,
  expenseTypes: z
    .strictObject(rows)
    .optional()
    .describe('Ledger account of costs by expense type; comes before `accounts`.'),
  cardPrograms: liabilitiesSchema.describe('Accounts of card parties by card program; come before `paymentTypes`.'),
  paymentTypes: liabilitiesSchema.describe('Accounts of card parties by payment type; come before `cardLiabilities`.'),
  cardLiabilities: z.partialRecord(z.enum(['COPD', 'IBCP', 'CBCP']), liabilitySchema).default({}),
  inputTax: z
    .array(z.strictObject({ authority: z.string(), code: z.string().default('*'), account: z.string(), ...days }))
    .default([]),
  inputTaxTable: tableText('authority,code,erp[,from,to,note]'),
  advance: codeMapSchema.describe('Cash advance clearing: Concur account code to ledger account.'),
  intercompany: intercompanySchema.describe(
    'Accounts for documents that this company shares with another one; one entry per other company.',
  ),
  payrollClearing: z.string().optional(),
  expensePayClearing: z.string().optional(),
  invoicePayClearing: z.string().optional(),
  dimensions: z.array(dimensionSchema).default([]),
  rules: z
    .array(ruleSchema)
    .default([])
    .describe('The first rule whose conditions hold decides; rules come before the tables.'),
});
export type MappingSection = z.infer<typeof mappingSchema>;
