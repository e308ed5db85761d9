import { z } from 'zod';

const on = z.boolean().optional();
const named = z.union([z.string().min(1), z.literal(false)]).optional();
const postable = z
  .union([z.enum(['journals', 'purchaseInvoices', 'purchaseCreditMemos']), z.literal(false)])
  .optional();

/**
 * What is wrong with the set-up of the tenant (sections 3, 6, 7 and 12). Flags are true; the others name what is missing or
 * wrong. `false` switches off. Faults of one company hit the first one of the master data.
 */
export const setUpFaultsSchema = z.strictObject({
  /** The company is in no list and cannot be addressed. */
  'company-missing': on,
  /** The route `api/v2.0` is not there; 405 is the answer of a server whose API services are switched off. */
  'api-missing': z.union([z.boolean(), z.literal(405)]).optional(),
  /** 503 to everything. */
  'environment-upgrading': on,
  /** 401 to everything. */
  'user-disabled': on,
  /** Entity set whose table the user has no right to: a 400 that only its text tells apart. */
  'permission-missing': named,
  'entity-set-missing': named,
  /** Set whose action `Microsoft.NAV.post` is not there. */
  'post-action-missing': postable,
  /** The app with the analytics queries is not installed. */
  'analytics-missing': on,
  'webhooks-off': on,
  /** The API page of credit memos waits for its data upgrade. */
  'credit-memo-upgrade-needed': on,
  'no-posting-number-series': on,
  /** A Posting No. Series on journal batches replaces the document number. */
  'journal-number-series': on,
  /** Vendors take the next number of their series and no other. */
  'no-manual-vendor-numbers': on,
  /** Nothing can be posted before the first day of the next month. */
  'period-closed': on,
  /** Number of a vendor, in any company. */
  'vendor-posting-group-missing': named,
  /** Number of an account that asks for the first dimension of its company. */
  'dimension-mandatory': named,
  'account-blocked': named,
  /** Documents have to be released by a workflow before they are posted. */
  'approval-workflow': on,
  /** Code of the customer asks a person for confirmation while it posts. */
  'confirm-dialog': on,
});

/** Faults that are switched on, by name. */
export type SetUpFaults = z.output<typeof setUpFaultsSchema>;

/** The faults after a change: what is not named stays, `false` is gone. Throws ZodError for unknown names and values. */
export function mergeFaults(before: SetUpFaults, changes: unknown): SetUpFaults {
  const merged = { ...before, ...setUpFaultsSchema.parse(changes) };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== false && value !== undefined));
}
