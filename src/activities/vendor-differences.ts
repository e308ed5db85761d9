import { mergedForUpdate, type ConcurVendor, type VendorChanges } from '../clients/concur/vendor-client.js';
import type { PendingVendorChange, VendorRecord } from '../contracts/vendor-master.js';

/** Values that Concur held and that the ERP's replace, by property (S19). A side that holds nothing is left out. */
export type Overwritten = Record<string, { old?: string; new?: string }>;

/** Texts of which the ERP is the authority. The payment method is not among them: Concur pays by it. */
const texts = [
  ...(['vendorName', 'countryCode', 'currencyCode', 'taxId', 'address1', 'city', 'state', 'postalCode'] as const),
  ...(['contactEmail', 'paymentTerms'] as const),
] satisfies (keyof VendorRecord & keyof VendorChanges)[];

/**
 * What has to change so that the record in Concur says what the ERP says; empty where it does. A vendor that is blocked keeps
 * its other values, so that nothing about them can keep it from being blocked. What the ERP does not say stays as people entered
 * it in Concur; only a value that it has dropped, and that still stands in Concur as it was told last, is cleared.
 */
export function vendorDifferences({ kind, record, told }: PendingVendorChange, current: ConcurVendor): VendorChanges {
  const approval = record.approved === current.approved ? {} : { approved: record.approved };
  if (kind === 'block') return approval;
  const differences: { -readonly [Name in keyof VendorChanges]: VendorChanges[Name] } = approval;
  // Only a record that an employee's request has made stands under other codes than it was looked for.
  for (const name of ['vendorCode', 'addressCode'] as const) {
    if (record[name] !== current[name]) differences[name] = record[name];
  }
  for (const name of texts) {
    const standing = current[name] ?? '';
    const wanted = record[name] ?? (standing === told?.[name] ? '' : undefined);
    if (wanted !== undefined && wanted !== standing) differences[name] = wanted;
  }
  return differences;
}

/** The record of a vendor that Concur does not hold. */
export function newVendor({ group: _group, ...record }: VendorRecord): ConcurVendor {
  return record;
}

/** The whole record for an update: the payment method and everything that the connector does not know stay (trap 15). */
export const changedVendor = (change: PendingVendorChange, current: ConcurVendor): ConcurVendor =>
  mergedForUpdate(current, vendorDifferences(change, current));

/** The differences as the audit trail keeps them. */
export function overwrittenBy(change: PendingVendorChange, current: ConcurVendor): Overwritten {
  const differences = vendorDifferences(change, current);
  const names = Object.keys(differences) as (keyof VendorChanges)[];
  return Object.fromEntries(
    names.map((name) => [name, { ...side('old', current[name]), ...side('new', differences[name]) }]),
  );
}

function side<Side extends 'old' | 'new'>(name: Side, value: string | boolean | undefined): { [S in Side]?: string } {
  if (value === undefined || value === '') return {};
  return { [name]: typeof value === 'boolean' ? (value ? 'Y' : 'N') : value } as { [S in Side]?: string };
}

/** What has to happen to the vendor group of an address; undefined where it is as it should be, or none is configured. */
export function groupChange(
  { kind, record }: PendingVendorChange,
  groups: readonly string[],
): { verb: 'add' | 'remove'; group: string } | undefined {
  const { group } = record;
  if (group === undefined) return undefined;
  const isWanted = kind !== 'block' && record.approved;
  if (isWanted === groups.includes(group)) return undefined;
  return { verb: isWanted ? 'add' : 'remove', group };
}
