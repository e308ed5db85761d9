import { z } from 'zod';
import { findEntity } from './entity-catalogue.js';

const on = z.boolean().optional();
const named = z.union([z.string().min(1), z.literal(false)]).optional();

const knownSet = named.refine(
  (set) => set === undefined || set === false || findEntity(set) !== undefined,
  'is no simulated set',
);

const knownField = named.refine((place) => {
  if (place === undefined || place === false) return true;
  const [set = '', field = ''] = place.split('.');
  const definition = findEntity(set);
  return definition !== undefined && field in definition.fields && !definition.keys.includes(field);
}, 'is no Set.Field of a simulated set, or a key');

/**
 * What is wrong with the set-up of the environment (sections 1, 11 and 14). Flags are true; the others name what is missing
 * or wrong. `false` switches off. Faults of one company hit the first one of the master data.
 */
export const setUpFaultsSchema = z.strictObject({
  /** No row maps the client id to a user: every call gets 401, or 403 where that is the value. */
  'no-entra-application': z.union([z.boolean(), z.literal(403)]).optional(),
  'company-missing': on,
  'no-ledger': on,
  'entity-set-missing': knownSet,
  /** `Set.Field`. */
  'field-missing': knownField,
  /** The set answers reads with 403. */
  'role-missing': knownSet,
  'no-ledger-format': on,
  'no-default-format': on,
  'dimension-not-in-format': named,
  'dimension-not-activated': named,
  'journal-name-missing': named,
  'journal-name-wrong-type': named,
  'manual-voucher': on,
  'voucher-at-posting': on,
  'lines-deleted-after-posting': on,
  'summary-detail-level': on,
  'workflow-on-journal': on,
  'amounts-include-tax': on,
  'no-voucher-series': on,
  'duplicates-accepted': on,
  /** The period of today is closed. */
  'period-closed': on,
  'automation-off': on,
  'batch-off': on,
});

/** Faults that are switched on, by name. */
export type SetUpFaults = z.output<typeof setUpFaultsSchema>;

/** The faults after a change: what is not named stays, `false` is gone. Throws ZodError for unknown names and values. */
export function mergeFaults(before: SetUpFaults, changes: unknown): SetUpFaults {
  const merged = { ...before, ...setUpFaultsSchema.parse(changes) };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== false && value !== undefined));
}

/** Value of a fault that names something; undefined while it is off. */
export function namedBy(value: string | false | undefined): string | undefined {
  return value === false ? undefined : value;
}
