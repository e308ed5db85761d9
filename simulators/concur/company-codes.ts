/** A status of Concur: `code` in services that speak in codes, `name` where users see it. */
export interface StatusName {
  code: string;
  name: string;
}

/** Codes that a company may configure, by the type that `localizeddata` is asked for (concur-platform.md 4.2). */
export const companyCodes: Record<string, readonly StatusName[]> = {
  approvalStatus: [
    { code: 'A_NOTF', name: 'Not Submitted' },
    { code: 'A_PEND', name: 'Submitted & Pending Approval' },
    { code: 'A_RESU', name: 'Sent Back to Employee' },
    { code: 'A_APPR', name: 'Approved' },
  ],
  paymentStatus: [
    { code: 'P_NOTP', name: 'Not Paid' },
    { code: 'P_PEND', name: 'Pending Payment' },
    { code: 'P_FPFD', name: 'Financial Posting Failed' },
    { code: 'P_EXTR', name: 'Extracted' },
    { code: 'P_PAID', name: 'Paid' },
  ],
  expenseType: [
    { code: 'OFFIC', name: 'Office Supplies' },
    { code: 'CONSL', name: 'Consulting' },
  ],
  ledgerCode: [{ code: 'DEFAULT', name: 'Default Ledger' }],
  dataSourceCode: [
    { code: 'WEB', name: 'Entered by a user' },
    { code: 'API', name: 'Web service' },
  ],
  payMethod: [
    { code: 'ACH', name: 'ACH' },
    { code: 'CARD', name: 'Purchasing Card' },
    { code: 'CHECK', name: 'Check' },
    { code: 'CLIENT', name: 'Client' },
    { code: 'PAYPVD', name: 'Payment Provider' },
    { code: 'VCHER', name: 'Virtual Card' },
    { code: 'WIRE', name: 'Wire' },
  ],
  receiptConfirmation: [{ code: 'NONE', name: 'None' }],
  unitOfMeasure: [
    { code: 'EA', name: 'Each' },
    { code: 'DA', name: 'Day' },
  ],
};

/** The code of a payment status of invoices. */
export function paymentStatusCode(name: string): string {
  return companyCodes['paymentStatus']?.find((status) => status.name === name)?.code ?? '';
}
