import { defineEntity, type EntityDefinition } from './entity-definition.js';

/** Read-only sets besides the master data of postings: reference lists, the catalogue of business events, batch jobs. */
export const referenceEntities: readonly EntityDefinition[] = [
  defineEntity({
    set: 'VendorGroups',
    entityType: 'VendorGroup',
    keys: 'dataAreaId VendorGroupId',
    strings: 'Description',
  }),
  defineEntity({
    set: 'VendorBankAccounts',
    entityType: 'VendorBankAccount',
    keys: 'dataAreaId VendorAccountNumber VendorBankAccountId',
    strings: 'BankName IBAN SWIFTCode RoutingNumber BankAccountNumber CurrentCurrencyCode',
    datetimes: 'ActiveDate ExpirationDate',
    enums: { IsDefaultBankAccount: 'NoYes' },
  }),
  defineEntity({
    set: 'VendorPaymentMethods',
    entityType: 'VendorPaymentMethod',
    keys: 'dataAreaId Name',
    enums: {
      PaymentStatus: 'CustVendPaymStatus',
      BridgingPostingEnabled: 'NoYes',
      PaymentType: 'PaymentType',
      AccountType: 'LedgerJournalAcType',
    },
  }),
  defineEntity({
    set: 'FiscalPeriods',
    entityType: 'FiscalPeriod',
    keys: 'Calendar FiscalYear StartDate EndDate PeriodName',
    dates: 'StartDate EndDate',
    enums: { Type: 'FiscalPeriodType' },
  }),
  defineEntity({ set: 'Currencies', entityType: 'Currency', keys: 'CurrencyCode', strings: 'Name' }),
  defineEntity({
    set: 'BusinessEventsCatalogs',
    entityType: 'BusinessEventsCatalog',
    keys: 'BusinessEventId',
    strings: 'Name Contract Description',
    enums: { Module: 'ModuleAxapta' },
  }),
  defineEntity({
    set: 'BatchJobs',
    entityType: 'BatchJob',
    keys: 'BatchJobRecId',
    strings: 'JobDescription ExecutingBy CompanyAccounts',
    int64s: 'BatchJobRecId',
    enums: { Status: 'BatchStatus' },
  }),
];
