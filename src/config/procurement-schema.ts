import { z } from 'zod';

/** Where account codes lead on the route of pending vendor invoices (F&O spec 6.4); Business Central has none. */
export const procurementCategoriesSchema = z.strictObject({
  hierarchy: z.string().min(1).describe('Name of the procurement category hierarchy in F&O.'),
  unit: z
    .string()
    .min(1)
    .default('ea')
    .describe('Unit of measure of lines without a purchase order; it must exist in F&O.'),
  table: z
    .string()
    .optional()
    .describe('CSV file with a header line and the columns `concur,erp`: account code and name of the category.'),
  codes: z
    .record(z.string(), z.string())
    .default({})
    .describe('Rows written in place: account code of Concur to name of the category.'),
});
