import { BcError, businessError, fieldError } from './errors.js';
import type { AccountRow, VendorRow } from './records.js';
import { EMPTY_DATE, type Company, type World } from './world.js';

/** Refuses accounts that cannot be posted to directly. */
export function checkAccount(world: World, account: AccountRow): void {
  const where = `in G/L Account: No.=${account.number}`;
  if (account.accountType !== 'Posting') {
    throw fieldError(`Account Type must be equal to 'Posting'  ${where}. Current value is '${account.accountType}'.`);
  }
  if (isBlocked(world, account)) throw fieldError(`Blocked must be equal to 'No'  ${where}. Current value is 'Yes'.`);
  if (!account.directPosting) {
    throw fieldError(`Direct Posting must be equal to 'Yes'  ${where}. Current value is 'No'.`);
  }
}

/** True for accounts that nothing can be posted to any more. */
export function isBlocked(world: World, account: AccountRow): boolean {
  return account.blocked || world.setUpFaults['account-blocked'] === account.number;
}

/** Refuses vendors blocked for everything; vendors blocked for payment may be invoiced. */
export function checkVendor(vendor: VendorRow, verb: 'create' | 'post'): void {
  if (vendor.blocked === 'All') {
    throw businessError(
      `You cannot ${verb} this type of document when Vendor ${vendor.number} is blocked with type ${vendor.blocked}`,
    );
  }
}

/** Refuses vendors that posting has no accounts for: the API can create them, and does not show what they lack. */
export function checkPostingGroup(world: World, vendor: VendorRow): void {
  const isMissing = vendor.withoutPostingGroup === true;
  if (!isMissing && world.setUpFaults['vendor-posting-group-missing'] !== vendor.number) return;
  throw fieldError(
    `Vendor Posting Group must have a value in Vendor: No.=${vendor.number}. It cannot be zero or empty.`,
  );
}

/** First day that can be posted to, `0001-01-01` without limit. */
export function firstOpenDay(world: World, company: Company): string {
  if (world.setUpFaults['period-closed'] !== true || world.companies[0] !== company) return company.allowPostingFrom;
  const today = world.desk.now();
  return new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + 1, 1)).toISOString().slice(0, 10);
}

/** Refuses posting dates outside the company's window. */
export function checkPostingDate(world: World, company: Company, postingDate: string): void {
  const [from, to] = [firstOpenDay(world, company), company.allowPostingTo ?? EMPTY_DATE];
  const isOpen = (from === EMPTY_DATE || postingDate >= from) && (to === EMPTY_DATE || postingDate <= to);
  if (!isOpen || postingDate === EMPTY_DATE) {
    throw businessError('Posting Date is not within your range of allowed posting dates.');
  }
}

/** What the set-up of the tenant holds against posting a purchase document. */
export function checkPostingSetUp(world: World, document: { name: string; number: string }): void {
  const faults = world.setUpFaults;
  if (faults['approval-workflow'] === true) {
    const where = `in Purchase Header: Document Type=${document.name.replace('Purchase ', '')}, No.=${document.number}`;
    throw fieldError(`Status must be equal to 'Open' ${where}. Current value is 'Pending Approval'.`);
  }
  if (faults['no-posting-number-series'] === true) {
    const where = 'in Purchases & Payables Setup: Primary Key=. It cannot be zero or empty.';
    throw fieldError(`Posted ${document.name.replace('Purchase ', '')} Nos. must have a value ${where}`);
  }
  checkDialogs(world);
}

/** Code that asks a person while a service calls it is broken off. */
export function checkDialogs(world: World): void {
  if (world.setUpFaults['confirm-dialog'] !== true) return;
  const message =
    'Microsoft Dynamics 365 Business Central Server attempted to issue a client callback to show a confirmation dialog box.';
  throw new BcError(400, 'Application_CallbackNotAllowed', message);
}
