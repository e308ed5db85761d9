import { z } from 'zod';
import { findPage } from './pages.js';

const on = z.boolean().optional();
const named = z.union([z.string().min(1), z.literal(false)]).optional();
const known = (value: string | false | undefined): boolean =>
  value === undefined || value === false || value === 'ConcurConnector' || findPage(value) !== undefined;
const service = named.refine(known, 'is no simulated service');
const property = named.refine(
  (value) => value === undefined || value === false || (/^\w+\.\w+$/.test(value) && known(value.split('.')[0])),
  'is no Service.Property',
);

/**
 * What is wrong with, or peculiar about, the set-up of the server (dynamics-nav.md sections 1, 4, 6 and 19). Flags are true; the
 * others name what is missing. `false` switches off. Faults of one company hit the first one of the master data.
 */
export const setUpFaultsSchema = z.strictObject({
  /** The administrator has not published this page or codeunit. */
  'service-unpublished': service,
  /** The customer has not installed the codeunit: a person posts what is written. */
  'codeunit-missing': on,
  /** The user may do nothing with the records of this page, or may not run the codeunit. */
  'user-without-permission': service,
  /** The month of today is outside the range of allowed posting dates. */
  'period-closed': on,
  'company-missing': on,
  /** Nobody has chosen a number series for purchase documents. */
  'no-number-series': on,
  /** Code of a general journal template that is not there. */
  'journal-template-missing': named,
  /** The general journal templates have a posting number series, which new batches take over. */
  'journal-number-series': on,
  /** Nobody has made accounting periods. */
  'no-accounting-periods': on,
  /** Another release of the codeunit, by what it says of itself. */
  'codeunit-version': named,
  /** `Service.Property`: the page does not show it. */
  'field-missing': property,
  /** `Service.Property`: the page refuses to be written with it. */
  'property-refused': property,
  /** Option fields are numbers instead of captions (`ServicesOptionFormat`). */
  'options-as-ordinals': on,
  /** The service speaks German: captions of options are German, names of fields stay. */
  'captions-in-german': on,
  /** Error codes of the first builds of NAV 2018. */
  'legacy-error-codes': on,
});

/** Faults that are switched on, by name. */
export type SetUpFaults = z.output<typeof setUpFaultsSchema>;

/** The faults after a change: what is not named stays, `false` is gone. Throws ZodError for unknown names and values. */
export function mergeFaults(before: SetUpFaults, changes: unknown): SetUpFaults {
  const merged = { ...before, ...setUpFaultsSchema.parse(changes) };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== false && value !== undefined));
}
