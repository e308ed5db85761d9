import type { ToldVendor, VendorElsewhere, VendorRecord } from '../../contracts/vendor-master.js';
import { foldAccount } from './change-cap.js';
import { oneLine } from './vendor-record.js';

/** Vendors of other companies by vendor code: in Concur they share it, and with it the name (platform spec 3). */
export function byVendorCode(elsewhere: readonly VendorElsewhere[]): Map<string, VendorElsewhere[]> {
  const found = new Map<string, VendorElsewhere[]>();
  for (const other of elsewhere) {
    const code = foldAccount(other.vendorCode);
    const others = found.get(code);
    if (others === undefined) found.set(code, [other]);
    else others.push(other);
  }
  return found;
}

/**
 * Says why a record cannot stand in Concur beside those of other companies. What Concur has taken already is not asked again; a
 * name that changes in every company waits until the others have been read with it, so that neither waits for the other.
 */
export function sharedCodeProblem(
  company: string,
  record: VendorRecord,
  told: ToldVendor | undefined,
  others: readonly VendorElsewhere[],
): string | undefined {
  if (told?.record?.approved === true && told.record.vendorName === record.vendorName) return undefined;
  const same = others.find((other) => foldAccount(other.addressCode) === foldAccount(record.addressCode));
  if (same !== undefined) {
    return `It would have the address code "${record.addressCode}" of the same vendor code in ${same.company}; configure addressCode with {COMPANY}.`;
  }
  const different = others.find((other) => other.approved && oneLine(other.name) !== record.vendorName);
  if (different === undefined) return undefined;
  return `It is called "${record.vendorName}" in ${company} and "${oneLine(different.name)}" in ${different.company}, but Concur has one name per vendor code. Give both the same name, or different accounts.`;
}
