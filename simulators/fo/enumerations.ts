/**
 * Members of the F&O enumerations that the simulated sets use, in the spelling of a live environment. The order carries
 * no ordinal; the first member is the default of an unset field.
 */
export const enumerations = {
  NoYes: ['No', 'Yes'],
  LedgerJournalAcType: ['Ledger', 'Cust', 'Vend', 'Project', 'FixedAssets', 'Bank'],
  LedgerJournalType: [
    'Daily',
    'Periodic',
    'PurchaseLedger',
    'Approval',
    'Payment',
    'CustPayment',
    'VendInvoiceRegister',
  ],
  LedgerJournalWFApprovalStatus: [
    'None',
    'NotSubmitted',
    'Submitted',
    'PendingApproval',
    'ChangeRequested',
    'Approved',
    'Rejected',
  ],
  LedgerTransType: [
    'None',
    'Transfer',
    'Purch',
    'Vend',
    'Payment',
    'Tax',
    'Bank',
    'Settlement',
    'CashDiscount',
    'PennyDifference',
    'CrossCompanySettlement',
    'GeneralJournal',
  ],
  LedgerPostingType: ['None', 'Tax', 'LedgerJournal', 'VendBalance'],
  NewVoucher: ['BalanceSheet', 'Manually', 'OneVoucher'],
  DetailSummary: ['Detail', 'Summary'],
  CurrentOperationsTax: ['Current', 'Operations', 'Tax', 'None'],
  CustVendorBlocked: ['No', 'Invoice', 'All', 'Payment', 'Requisition', 'Never', 'PurchOrder'],
  DimensionSegmentDelimiter: [
    'Hyphen',
    'Period',
    'Underscore',
    'Bar',
    'DoubleHyphen',
    'DoublePeriod',
    'DoubleUnderscore',
    'DoubleBar',
    'Tilde',
    'DoubleTilde',
  ],
  DimensionHierarchyType: ['AccountStructure', 'DataEntityDefaultDimensionFormat', 'DataEntityLedgerDimensionFormat'],
  DimensionLedgerAccountType: [
    'ProfitAndLoss',
    'Revenue',
    'Expense',
    'BalanceSheet',
    'Asset',
    'Liability',
    'Equity',
    'Total',
    'Reporting',
  ],
  FieldControl: ['Optional', 'FillIn', 'Table', 'List'],
  FiscalPeriodStatus: ['OnHold', 'Open', 'Closed'],
  ModulePeriodStat: ['All', 'None', 'User'],
  ReuseVoucher: ['NoDuplicate', 'NoDuplicateInYear', 'AcceptDuplicate', 'WarnDuplicate'],
  VendInvoiceDocDate: ['None', 'Require'],
  VendTableChangeProposalDataEntityBehavior: ['AllowWithoutApproval', 'RejectChanges', 'CreateChangeProposal'],
} as const satisfies Record<string, readonly [string, ...string[]]>;

/** Name of a simulated enumeration, without the namespace. */
export type EnumerationName = keyof typeof enumerations;

/** Namespace of every F&O type in literals and `$metadata`. */
export const dataEntitiesNamespace = 'Microsoft.Dynamics.DataEntities';

/** Whether the enumeration has this member; case counts, as on the wire. */
export function hasMember(name: EnumerationName, member: string): boolean {
  return (enumerations[name] as readonly string[]).includes(member);
}
