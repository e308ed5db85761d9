import { BcError, businessError } from './errors.js';
import type { EntitySet } from './odata-fields.js';
import type { World } from './world.js';

/** Tables behind the sets, as a missing right names them. */
const tables: Record<string, string> = {
  accounts: 'G/L Account',
  dimensions: 'Dimension',
  employees: 'Employee',
  generalLedgerEntries: 'G/L Entry',
  generalLedgerSetup: 'General Ledger Setup',
  journalLines: 'Gen. Journal Line',
  journals: 'Gen. Journal Batch',
  purchaseCreditMemos: 'Purch. Cr. Memo Entity Buffer',
  purchaseInvoices: 'Purch. Inv. Entity Aggregate',
  purchaseOrders: 'Purchase Order Entity Buffer',
  vendors: 'Vendor',
};

/** Refuses sets that the user has no right to, which is a 400 like any other, and pages that wait for an upgrade. */
export function checkAccess(world: World, set: EntitySet, right: 'Read' | 'Insert' | 'Modify'): void {
  const faults = world.setUpFaults;
  if (faults['permission-missing'] === set.name) {
    const table = tables[set.name] ?? set.type;
    const message = `You do not have the following permissions on TableData ${table}: ${right}`;
    throw new BcError(400, 'Internal_ServerError', message);
  }
  if (faults['credit-memo-upgrade-needed'] === true && set.name === 'purchaseCreditMemos') {
    throw businessError(
      'You must run the data upgrade for this API page before using it. You can run the data upgrade by navigating to API Data Upgrade page and scheduling upgrade for Purchase Credit Memos.',
    );
  }
}
