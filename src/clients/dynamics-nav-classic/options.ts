import type { PostingLease } from '../dynamics-nav/options.js';

/** Names of the published pages that the adapter calls (NAV spec 19). */
export type NavService =
  | 'vendorList'
  | 'vendorCard'
  | 'accounts'
  | 'dimensionValues'
  | 'ledgerSetup'
  | 'accountingPeriods'
  | 'purchaseInvoice'
  | 'purchaseInvoiceLines'
  | 'postedPurchaseInvoices'
  | 'purchaseCreditMemo'
  | 'purchaseCreditMemoLines'
  | 'postedPurchaseCreditMemos'
  | 'journal'
  | 'journalBatches'
  | 'ledgerEntries'
  | 'vendorLedgerEntries'
  | 'detailedVendorLedgerEntries';

/** Pages that only the set-up check reads, where they are published. */
export type NavSetUpService = 'journalTemplates' | 'purchasesSetup';

export interface NavCompanyOptions {
  /** Currency of the books, where the page General Ledger Setup leaves it blank. */
  currency: string;
  /** `status-only` never reports a settlement (decisions 21). */
  paymentSource: 'pages' | 'status-only';
  /** Template in which the connector makes its journal batches. */
  journalTemplate: string;
  /** Absent where a single worker posts, for example in tests. */
  postingLease?: PostingLease;
}

export interface NavAdapterOptions {
  /** Name of the ERP connection; `system` in failures and audit. */
  name: string;
  /** Path of the OData service below the host, for example `/DynamicsNAV110/ODataV4`. */
  odataPath: string;
  /** The posting codeunit; without it a person posts (draft mode). `path`: for example `/DynamicsNAV110/WS`. */
  codeunit?: { service: string; path: string };
  /** Only where the server has several tenants. */
  serverTenant?: string;
  services: Record<NavService | NavSetUpService, string>;
  /** By company name as NAV spells it. A company that is not listed is never called (S50). */
  companies: Record<string, NavCompanyOptions>;
  /** Milliseconds since the epoch. @default the system clock */
  now?: () => number;
}

/** One company of the connection. */
export interface NavCompany {
  name: string;
  settings: NavCompanyOptions;
}
