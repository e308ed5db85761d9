import { createHash } from 'node:crypto';
import type { VendorRecord } from '../../contracts/vendor-master.js';

/** Digest of a record: equal for equal records, whatever the order of their properties. */
export function vendorDigest(record: VendorRecord): string {
  const entries = Object.entries(record)
    .filter(([, value]) => value !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(entries)).digest('hex');
}

/** Properties that differ between what Concur was told and what it shall know; for a new vendor all that it has. */
export function changedProperties(told: VendorRecord | undefined, record: VendorRecord): string[] {
  const before: Partial<Record<string, unknown>> = { ...told };
  const after: Partial<Record<string, unknown>> = { ...record };
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => before[name] !== after[name]).sort();
}
