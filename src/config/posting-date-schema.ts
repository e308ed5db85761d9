import { z } from 'zod';

const policySchema = z.enum(['document', 'approval', 'today', 'next-open', 'approval-next-open']);
/** Concur delivers no day of approval with invoices and cash advances. */
const withoutApproval = z.enum(['document', 'today', 'next-open']);

/** The date as of which documents are posted, for all types or per type (decisions 19, B10). */
export const postingDateSchema = z
  .union(
    [
      policySchema,
      z.strictObject({
        expense: policySchema.optional(),
        invoice: withoutApproval.optional(),
        cashadvance: withoutApproval.optional(),
      }),
    ],
    {
      error:
        'write document, approval, today, next-open or approval-next-open, or one of them per document type: { expense: …, invoice: …, cashadvance: … }; invoices and cash advances have no day of approval, for them write document, today or next-open',
    },
  )
  .default('document')
  .describe(
    'Posting date: `document` (its own date), `approval` (expense reports: the day of the final approval), `today`, `next-open` (its own date, or the next open day where the period is closed) or `approval-next-open`. One for all types, or one per type; a type that is not named is posted on its own date. `approval` for all types counts for expense reports, the others are posted on their own date. A closed period that is not moved holds the document; `returnToConcur.reasons` sends it back instead.',
  );
