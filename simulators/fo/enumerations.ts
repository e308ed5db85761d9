/**
 * Members of the F&O enumerations that the simulated sets use, in the spelling of a live environment. The first member is
 * the default of an unset field; ordinals are those of `ordinalOf`.
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
  FiscalPeriodType: ['Opening', 'Operating', 'Closing'],
  ModulePeriodStat: ['All', 'None', 'User'],
  ReuseVoucher: ['NoDuplicate', 'NoDuplicateInYear', 'AcceptDuplicate', 'WarnDuplicate'],
  VendInvoiceRequestStatus: ['Draft', 'InReview', 'Approved', 'Rejected', 'Cancelled'],
  VendInvoiceAutomationStatus: ['NotApplicable', 'Included', 'Paused', 'InWorkflow', 'WorkflowCompleted', 'Completed'],
  VendInvoiceMatchStatus: ['NotWaiting', 'Waiting'],
  VendInvoiceSaveStatus: ['New', 'Pending'],
  ParmJobStatus: ['Executed', 'ContainErrors', 'Waiting'],
  DocumentOrigin: ['Manual', 'Service', 'EnterprisePortal', 'VendorPortal', 'CaptureService'],
  DocuRestriction: ['Internal', 'External'],
  Tax1099Type: ['F1099DIV', 'F1099INT', 'F1099MISC', 'F1099OID', 'F1099G', 'F1099S', 'F1099NEC'],
  VendInvoiceDocDate: ['None', 'Error', 'Warning'],
  VendTableChangeProposalDataEntityBehavior: ['AllowWithoutApproval', 'RejectChanges', 'CreateChangeProposal'],
  CustVendPaymStatus: ['None', 'Sent', 'Confirmed', 'Rejected', 'Recieved'],
  PaymentType: ['Blank', 'Check', 'ElectronicPayment', 'PromissoryNote'],
  SettlementType: ['None', 'OpenTransact', 'SelectedTransact'],
  ModuleAxapta: ['Ledger', 'AccountsPayable'],
  BatchStatus: ['Hold', 'Waiting', 'Executing', 'Error', 'Finished'],
} as const satisfies Record<string, readonly [string, ...string[]]>;

/** Name of a simulated enumeration, without the namespace. */
export type EnumerationName = keyof typeof enumerations;

/** Ordinals where a member's is not its position: live enumerations have gaps and members that no simulated set needs. */
const ordinals: Partial<Record<EnumerationName, Readonly<Record<string, number>>>> = {
  LedgerJournalAcType: { FixedAssets: 5, Bank: 6 },
  LedgerJournalType: { CustPayment: 7, VendInvoiceRegister: 10 },
  LedgerTransType: {
    Purch: 3,
    Vend: 14,
    Payment: 15,
    Tax: 16,
    Bank: 17,
    Settlement: 24,
    CashDiscount: 27,
    PennyDifference: 29,
    CrossCompanySettlement: 30,
    GeneralJournal: 36,
  },
  LedgerPostingType: { Tax: 4, LedgerJournal: 14, VendBalance: 41 },
  CurrentOperationsTax: { None: 25 },
  DimensionHierarchyType: { DataEntityDefaultDimensionFormat: 17, DataEntityLedgerDimensionFormat: 18 },
  DimensionLedgerAccountType: { Total: 8, Reporting: 9 },
  Tax1099Type: { F1099DIV: 7, F1099INT: 10, F1099MISC: 12, F1099OID: 27, F1099G: 13, F1099S: 14, F1099NEC: 29 },
  CustVendPaymStatus: { Sent: 2, Confirmed: 3, Rejected: 4, Recieved: 5 },
  PaymentType: { Check: 3, ElectronicPayment: 6, PromissoryNote: 9 },
  ModuleAxapta: { AccountsPayable: 66 },
};

/** Ordinal of a member, as `$metadata` shows it. */
export function ordinalOf(name: EnumerationName, member: string): number {
  return ordinals[name]?.[member] ?? (enumerations[name] as readonly string[]).indexOf(member);
}

/** Namespace of every F&O type in literals and `$metadata`. */
export const dataEntitiesNamespace = 'Microsoft.Dynamics.DataEntities';

/** Whether the enumeration has this member; case counts, as on the wire. */
export function hasMember(name: EnumerationName, member: string): boolean {
  return (enumerations[name] as readonly string[]).includes(member);
}
