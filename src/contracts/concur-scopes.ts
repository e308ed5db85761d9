/** What the connector does in Concur; each needs scopes of the company token (`concur-platform.md` 0). */
export type ConcurFeature =
  | 'documents'
  | 'invoice-payments'
  | 'vendors'
  | 'lists'
  | 'purchase-requests'
  | 'purchase-orders'
  | 'report-state'
  | 'reconciliation'
  | 'employees'
  | 'employee-settings'
  | 'images';

/** One scope that SAP Concur registers for an app. It cannot be asked for at run time, only be granted or missing (S31). */
export interface ConcurScope {
  scope: string;
  /** The calls that Concur refuses, or answers incompletely, without it. */
  operations: string;
  feature: ConcurFeature;
  /** What people miss without it; completes the sentence "Without it …". */
  switchesOff: string;
}

/** The one table of scopes: `credentials concur`, the token keeper, the doctor and the documentation read it. */
export const concurScopes: readonly ConcurScope[] = [
  {
    scope: 'FISVC',
    operations: 'Financial Integration v4: list, acknowledge, posting confirmation, payment confirmation',
    feature: 'documents',
    switchesOff: 'no document can be read, posted or confirmed: the connection cannot be used',
  },
  {
    scope: 'INVPMT',
    operations: 'Payment Request v3 and its digests: read the state of an invoice',
    feature: 'invoice-payments',
    switchesOff:
      'the connector cannot see whether an invoice is Extracted or Paid, so no payment of an invoice is confirmed',
  },
  {
    scope: 'invoice.paymentconfirmation.write',
    operations: 'Invoice Payment Confirmation v4: bulkUpdate',
    feature: 'invoice-payments',
    switchesOff: 'invoices that the ERP has paid never become Paid in Concur',
  },
  {
    scope: 'INVVEN',
    operations: 'Vendors v3.1: read, create, change, bank accounts, groups',
    feature: 'vendors',
    switchesOff: 'vendors of the ERP cannot be sent to Concur, and those of Concur cannot be read',
  },
  {
    scope: 'spend.listitem.read',
    operations: 'List items v4: read the items of a list',
    feature: 'lists',
    switchesOff: 'list items cannot be compared with the dimensions of the ERP',
  },
  {
    scope: 'spend.listitem.write',
    operations: 'List items v4: create, change, remove',
    feature: 'lists',
    switchesOff: 'dimension values of the ERP cannot be sent to lists of Concur',
  },
  {
    scope: 'purchaserequest.write',
    operations: 'Purchase Request v4: create',
    feature: 'purchase-requests',
    switchesOff: 'purchase requests cannot be created in Concur',
  },
  {
    scope: 'purchaserequest.read',
    operations: 'Purchase Request v4: read a request by its id',
    feature: 'purchase-orders',
    switchesOff: 'the state of a purchase request stays unknown, so that its orders never reach the ERP',
  },
  {
    scope: 'INVPO',
    operations: 'Purchase Order v3 and Purchase Order Receipt v3',
    feature: 'purchase-orders',
    switchesOff:
      'purchase orders of Concur can be neither read nor closed, so that none reaches the ERP; orders and receipts of the ERP cannot be sent either',
  },
  {
    scope: 'expense.report.read',
    operations: 'Expense Report v4: read a report',
    feature: 'report-state',
    switchesOff: 'approval and payment state of an expense report cannot be shown',
  },
  {
    scope: 'user.read',
    operations: 'Expense Report v4: read a report of any employee',
    feature: 'report-state',
    switchesOff: 'approval and payment state of an expense report cannot be shown',
  },
  {
    scope: 'EXPRPT',
    operations: 'Expense Reports v3: list reports by payment state',
    feature: 'reconciliation',
    switchesOff: 'expense reports of Concur cannot be compared with the ledger of the connector',
  },
  {
    scope: 'identity.user.ids.read',
    operations: 'Identity v4.1: ids of employees',
    feature: 'employees',
    switchesOff: 'employees cannot be found in Concur',
  },
  {
    scope: 'identity.user.core.read',
    operations: 'Identity v4.1: user name and whether the employee is active',
    feature: 'employees',
    switchesOff: 'user name and active flag of employees are missing from the answers, without any error',
  },
  {
    scope: 'identity.user.enterprise.read',
    operations: 'Identity v4.1: employee number and cost centre',
    feature: 'employees',
    switchesOff:
      'employee numbers are missing from the answers, without any error: no employee finds its vendor account',
  },
  {
    scope: 'identity.user.coresensitive.read',
    operations: 'Identity v4.1: e-mail addresses',
    feature: 'employees',
    switchesOff: 'e-mail addresses of employees are missing from the answers, without any error',
  },
  {
    scope: 'spend.user.general.read',
    operations: 'Spend Profile v4.1: ledger and reimbursement currency of employees',
    feature: 'employee-settings',
    switchesOff: 'ledger code and reimbursement currency of employees stay unknown',
  },
  {
    scope: 'IMAGE',
    operations: 'Image v1: receipt images',
    feature: 'images',
    switchesOff: 'receipt images cannot be fetched',
  },
];

/** A scope that was not granted, judged against what the connection is configured to do. */
export interface MissingScope extends ConcurScope {
  /** Whether something that is configured depends on it. */
  isRequired: boolean;
}

/**
 * Scopes of the table that were not granted, required ones first.
 * @param granted scopes of the token answer; none at all means that Concur did not tell, and nothing is missing
 * @param used what the configuration switches on
 */
export function missingScopes(granted: readonly string[], used: ReadonlySet<ConcurFeature>): MissingScope[] {
  if (granted.length === 0) return [];
  const missing = concurScopes
    .filter(({ scope }) => !granted.includes(scope))
    .map((row) => ({ ...row, isRequired: used.has(row.feature) }));
  return [...missing.filter(({ isRequired }) => isRequired), ...missing.filter(({ isRequired }) => !isRequired)];
}

/** Whether documents can flow at all with these scopes: without `FISVC` a stored connection is of no use. */
export const isUsable = (missing: readonly { scope: string }[]): boolean =>
  missing.every(({ scope }) => scope !== 'FISVC');

/** One missing scope in a sentence for people; unknown names, for example of an older version, pass as they are. */
export function describeMissingScope(scope: string): string {
  const row = concurScopes.find((candidate) => candidate.scope === scope);
  return row === undefined ? scope : `${scope}: ${row.switchesOff}.`;
}
