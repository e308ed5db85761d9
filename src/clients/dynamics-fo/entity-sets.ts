/**
 * Entity sets the adapter uses, under the names that a live environment publishes (F&O spec 5). No document promises the
 * `*BiEntities`, and customers may publish entities of their own with the same columns, so each name is configurable.
 */
export const entitySetNames = [
  'LedgerJournalHeaders',
  'LedgerJournalLines',
  'VendInvoiceJournalHeaders',
  'VendInvoiceJournalLines',
  'VendorInvoiceHeaders',
  'VendorInvoiceLines',
  'LedgerJournalTableBiEntities',
  'VendInvoiceInfoTableBiEntities',
  'VendInvoiceJourBiEntities',
  'VendTransBiEntities',
  'VendSettlementBiEntities',
  'JournalNames',
  'VendorsV3',
  'VendorsV2',
  'Ledgers',
  'MainAccounts',
  'FinancialDimensionValues',
  'DimensionIntegrationFormats',
  'DimensionParameters',
  'DimensionAttributes',
  'LegalEntities',
  'VendorParameters',
  'FiscalPeriods',
  'LedgerFiscalPeriods',
  'BatchJobs',
  'VendorPaymentJournalLines',
  'GeneralJournalEntryBiEntities',
  'GeneralJournalAccountEntryBiEntities',
  'PurchaseOrderHeadersV2',
] as const;

/** The connector's own name of an entity set: its usual wire name. */
export type LogicalSet = (typeof entitySetNames)[number];

/** The only sets that are ever written: a method that touches posted entries does not exist (S9). */
export type WritableSet = Extract<
  LogicalSet,
  `${'LedgerJournal' | 'VendInvoiceJournal' | 'VendorInvoice'}${'Headers' | 'Lines'}`
>;

/** Wire names that differ from the usual ones. */
export type EntitySetOverrides = Partial<Record<LogicalSet, string>>;

/** The wire name of a set in one environment. */
export const wireName = (set: LogicalSet, overrides: EntitySetOverrides): string => overrides[set] ?? set;
