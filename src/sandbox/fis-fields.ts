/**
 * The members of FIS documents that a generated document does not care about, with the values they arrive with: null for
 * what is there but empty (FIS spec 9, marks `A`, `N` and `O`). Only members that no published document has are left out.
 */
type Fields = Record<string, unknown>;

/** Names without a value. */
function empty(names: string): Fields {
  return Object.fromEntries(names.split(/\s+/).map((name) => [name, null]));
}

/** `…1Code`, `…1Value` to `…nCode`, `…nValue`, all null: what a customer has not set up. */
function coded(prefix: string, count: number): Fields {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  return Object.fromEntries(
    numbers.flatMap((number) => [
      [`${prefix}${number}Code`, null],
      [`${prefix}${number}Value`, null],
    ]),
  );
}

/** `employee`, `employeeData` and `ownerEmployee`. */
export const employeeFields: Fields = {
  ...empty('employeeMI loginId employeeReimbursementMethodCode'),
  ...coded('employeeCustom', 21),
  ...coded('employeeOrgUnit', 6),
};

/** `report`. The number of revisions and the version are texts (trap 35). */
export const reportFields: Fields = {
  ...empty('payrollPaymentClearingAccountCode policyId reportStartDate reportEndDate'),
  requestId: [],
  isTest: 'N',
  payrollPayIndicator: 'N',
  revisionNumber: '1',
  versionId: '4',
  ...coded('reportCustom', 20),
  ...coded('reportOrgUnit', 6),
};

/** `expenseEntry[]`. */
export const entryFields: Fields = {
  ...empty('entryDescription entryVendorCode entryVendorDescription entryReceiptId entryElectronicReceiptId'),
  ...empty('entryCountryCode entryCountrySubCode entryLocationName entryLocationCityName'),
  ...empty('clearingAccountCode liabilityAccountCode reportEntryPaymentTypeCode reportEntryPaymentTypeName'),
  ...empty('cardAccountID cardProgramTypeCode cardTransactionID cardTransactionAmount cardTransactionCurrency'),
  ...empty('cardTransactionPostedAmount cardTransactionPostedCurrency cardBillingDate'),
  ...empty('cardStatementPeriodStartDate cardStatementPeriodEndDate'),
  ...empty('merchantTaxId supplierInvoiceId govInvoiceId companyTaxId hsnSacCode placeOfSupplyState'),
  ...empty('entrySupplierTaxID entryUuid requestId requestEntryId'),
  entryIsPersonal: 'N',
  entryIsBillable: 'N',
  entryReceiptType: 'R',
  expensePayIndicator: 'N',
  expensePayAccountingIndicator: 'N',
  offsetPayType: 'N',
  reportEntryPatKey: 'CASH',
  entryExchangeRate: 1,
  entryExchangeRateDirection: 'M',
  ...coded('entryCustom', 40),
  ...coded('entryOrgUnit', 6),
};

/** `expenseEntry[].allocation[]`; there are no organisational units on allocations. */
export const allocationFields: Fields = coded('allocationCustom', 20);

/** `journal[]` of an expense allocation. */
export const journalFields: Fields = empty('amountGrossCard cardTransactionReferenceNumber accountingTransactionType');

/** `cashAdvanceData`. */
export const advanceFields: Fields = {
  ...empty('purpose requestedDisbursementDate travelStartDate travelEndDate clearingAccountCode'),
  ...empty('countryCode countrySubCode locationName cardAccountID cardTransactionID cardTransactionAmount'),
  ...empty('cardTransactionCurrency cardTransactionPostedAmount cardTransactionPostedCurrency'),
  transactionType: 1,
  paymentMethod: 0,
  expensePayIndicator: 'N',
  isTest: 'N',
};

/** `requestHeader` of an invoice. */
export const requestFields: Fields = {
  ...empty('postingDate processCompleteDate invoiceReceivedDate clearingAccountCode discountTermsDays'),
  ...empty('discountPercentage poNumber deliverySlipNumber requestDescription vendorTaxId'),
  multiplePurchaseOrder: 'N',
  invoicePayIndicator: 'N',
  payMethodType: 'CLIENT',
  isTest: 'N',
  netPaymentTermDays: '30',
  policyName: 'Supplier invoices',
  externalPolicyId: 'POLICY-AP-1',
  revisionNumber: '1',
  versionId: '4',
  ...coded('requestCustom', 24),
  ...coded('requestOrgUnit', 6),
};

/** `vendor` of an invoice. */
export const vendorFields: Fields = {
  ...empty('vendorShipFromAddressCode vendorContactFirstName vendorContactLastName'),
  vendorRemitToAddressCode: '1',
};

/** `lineItem[]` of an invoice. */
export const lineItemFields: Fields = {
  ...empty('lineItemCode lineItemPurchaseOrderNumber poLineNumber externalLineItemId lineItemDeliverySlipNumber'),
  receiptNumbers: [],
  ...coded('lineItemCustom', 20),
};
