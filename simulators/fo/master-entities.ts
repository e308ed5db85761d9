import { defineEntity, type EntityDefinition } from './entity-definition.js';

/** Vendors (section 12); only the fields of the required surface. */
const vendorsV3 = defineEntity({
  set: 'VendorsV3',
  entityType: 'VendorV3',
  aotName: 'VendVendorV3Entity',
  keys: 'dataAreaId VendorAccountNumber',
  strings: `VendorOrganizationName VendorSearchName VendorGroupId VendorPartyType VendorPartyNumber CurrencyCode
    DefaultPaymentTermsName DefaultVendorPaymentMethodName InvoiceVendorAccountNumber CashDiscountCode TaxExemptNumber
    SalesTaxGroupCode Tax1099BoxId Tax1099FederalTaxId BankAccountId PrimaryEmailAddress AddressStreet AddressCity
    AddressStateId AddressZipCode AddressCountryRegionId AddressCountryRegionISOCode DefaultLedgerDimensionDisplayValue`,
  datetimes: 'VendorHoldReleaseDate',
  enums: {
    OnHoldStatus: 'CustVendorBlocked',
    IsOneTimeVendor: 'NoYes',
    IsReportingTax1099: 'NoYes',
    IsW9Received: 'NoYes',
  },
  indexes: 'VendorAccountNumber VendorGroupId',
});

const vendorParameters = defineEntity({
  set: 'VendorParameters',
  entityType: 'VendorParameter',
  keys: 'dataAreaId',
  enums: {
    IsCheckInvoiceNumberUsed: 'ReuseVoucher',
    VendInvoiceInUseRecoverEnable: 'NoYes',
    AutomationWorkflowSubmission: 'NoYes',
    AutomationTotalsReqForWorkflowSubmission: 'NoYes',
    AutomationMatchingPriorToWorkflow: 'NoYes',
    RequireDocumentDateOnVendorInvoice: 'VendInvoiceDocDate',
    CreditNoteAsCorrection: 'NoYes',
    IsAutomaticSettlement: 'NoYes',
    ChangeProposalIsEnabled: 'NoYes',
    ChangeProposalDataEntityBehavior: 'VendTableChangeProposalDataEntityBehavior',
  },
});

const journalNames = defineEntity({
  set: 'JournalNames',
  entityType: 'JournalName',
  keys: 'dataAreaId Name',
  strings:
    'Description VoucherSeriesCode WorkflowId Currency PrivateForUserGroup OffsetAccountDisplayValue ApprovalUserGroup',
  int32s: 'PostingLineLimit',
  enums: {
    Type: 'LedgerJournalType',
    NewVoucher: 'NewVoucher',
    VoucherAllocationAtPosting: 'NoYes',
    DeleteLinesAfterPosting: 'NoYes',
    DetailLevel: 'DetailSummary',
    AmountsIncludeSalesTax: 'NoYes',
    IsWorkflowApprovalActive: 'NoYes',
    IsApprovalActive: 'NoYes',
    OffsetAccountType: 'LedgerJournalAcType',
  },
});

const mainAccountFields = {
  dates: 'ActiveFrom ActiveTo',
  enums: { IsSuspended: 'NoYes', DoNotAllowManualEntry: 'NoYes' },
} as const;

const mainAccounts = defineEntity({
  ...mainAccountFields,
  set: 'MainAccounts',
  entityType: 'MainAccount',
  keys: 'ChartOfAccounts MainAccountId',
  strings: 'Name MainAccountCategory DefaultCurrency',
  int64s: 'MainAccountRecId ChartOfAccountsRecId',
  enums: {
    ...mainAccountFields.enums,
    MainAccountType: 'DimensionLedgerAccountType',
    ValidateCurrency: 'FieldControl',
    PostingType: 'LedgerPostingType',
  },
  indexes: 'MainAccountId',
});

const mainAccountLegalEntities = defineEntity({
  ...mainAccountFields,
  set: 'MainAccountLegalEntities',
  entityType: 'MainAccountLegalEntity',
  keys: 'MainAccountId ChartOfAccounts LegalEntityId',
  strings: 'FixedDimensionsDisplayValue DefaultDimensionDisplayValue',
});

const dimensionAttributes = defineEntity({
  set: 'DimensionAttributes',
  entityType: 'DimensionAttribute',
  keys: 'DimensionName',
  strings: 'ReportColumnName UseValuesFrom',
});

const financialDimensionValues = defineEntity({
  set: 'FinancialDimensionValues',
  entityType: 'FinancialDimensionValue',
  keys: 'FinancialDimension LegalEntityId DimensionValue',
  strings: 'GroupDimension Description Owner',
  dates: 'ActiveFrom ActiveTo',
  enums: { IsSuspended: 'NoYes', IsBlockedForManualEntry: 'NoYes', IsTotal: 'NoYes' },
  indexes: 'FinancialDimension DimensionValue',
});

/** Always empty here: master data knows no overrides per company. */
const financialDimensionValueOverrides = defineEntity({
  set: 'FinancialDimensionValueLegalEntityOverridesV2',
  entityType: 'FinancialDimensionValueLegalEntityOverrideV2',
  keys: 'FinancialDimension DimensionValue LegalEntityId',
  dates: 'ActiveFrom ActiveTo',
  enums: { IsSuspended: 'NoYes' },
});

const dimensionIntegrationFormats = defineEntity({
  set: 'DimensionIntegrationFormats',
  entityType: 'DimensionIntegrationFormat',
  keys: 'DimensionFormatName DimensionFormatType',
  strings: 'FinancialDimensionFormat',
  enums: { DimensionFormatType: 'DimensionHierarchyType', IsActive: 'NoYes' },
});

const dimensionParameters = defineEntity({
  set: 'DimensionParameters',
  entityType: 'DimensionParameter',
  keys: 'Key',
  int32s: 'Key',
  enums: { DimensionSegmentDelimiter: 'DimensionSegmentDelimiter' },
});

const legalEntities = defineEntity({
  set: 'LegalEntities',
  entityType: 'LegalEntity',
  keys: 'LegalEntityId',
  strings: 'Name CompanyName LanguageId',
});

const ledgers = defineEntity({
  set: 'Ledgers',
  entityType: 'Ledger',
  keys: 'LegalEntityId',
  strings: 'Name Description ChartOfAccounts AccountingCurrency ReportingCurrency FiscalCalendar ExchangeRateType',
  int64s: 'LedgerRecId ChartOfAccountsRecId',
});

const ledgerFiscalPeriods = defineEntity({
  set: 'LedgerFiscalPeriods',
  entityType: 'LedgerFiscalPeriod',
  keys: 'LedgerName Calendar YearName PeriodName',
  strings: 'LegalEntityId',
  enums: {
    PeriodStatus: 'FiscalPeriodStatus',
    LedgerAccessLevel: 'ModulePeriodStat',
    VendAccessLevel: 'ModulePeriodStat',
  },
});

/** Read-only sets whose rows follow from the loaded master data. */
export const masterEntities: readonly EntityDefinition[] = [
  vendorsV3,
  vendorParameters,
  journalNames,
  mainAccounts,
  mainAccountLegalEntities,
  dimensionAttributes,
  financialDimensionValues,
  financialDimensionValueOverrides,
  dimensionIntegrationFormats,
  dimensionParameters,
  legalEntities,
  ledgers,
  ledgerFiscalPeriods,
];
