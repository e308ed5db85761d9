import { businessError, fieldError } from './errors.js';
import type { AccountRow, VendorRow } from './records.js';
import { EMPTY_DATE, type Company } from './world.js';

/** Refuses accounts that cannot be posted to directly. */
export function checkAccount(account: AccountRow): void {
  const where = `in G/L Account: No.=${account.number}`;
  if (account.accountType !== 'Posting') {
    throw fieldError(`Account Type must be equal to 'Posting'  ${where}. Current value is '${account.accountType}'.`);
  }
  if (account.blocked) throw fieldError(`Blocked must be equal to 'No'  ${where}. Current value is 'Yes'.`);
  if (!account.directPosting) {
    throw fieldError(`Direct Posting must be equal to 'Yes'  ${where}. Current value is 'No'.`);
  }
}

/** Refuses vendors blocked for everything; vendors blocked for payment may be invoiced. */
export function checkVendor(vendor: VendorRow, verb: 'create' | 'post'): void {
  if (vendor.blocked === 'All') {
    throw businessError(
      `You cannot ${verb} this type of document when Vendor ${vendor.number} is blocked with type ${vendor.blocked}`,
    );
  }
}

/** Refuses posting dates before the company's window. */
export function checkPostingDate(company: Company, postingDate: string): void {
  const open = company.allowPostingFrom === EMPTY_DATE || postingDate >= company.allowPostingFrom;
  if (!open || postingDate === EMPTY_DATE) {
    throw businessError('Posting Date is not within your range of allowed posting dates.');
  }
}
