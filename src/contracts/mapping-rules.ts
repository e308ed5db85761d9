import type { DocType } from './documents.js';
import type { ErpKind } from './erp-capabilities.js';
import type { ErpRoute } from './erp-documents.js';

/** Where a document goes: the first rule whose path yields a listed code wins; none resolvable holds (decisions 18). */
export interface LegalEntityRule {
  /** Dotted path into the FIS document, for example `report.ledgerCode`; `expenseEntry.allocation.X` is read per allocation. */
  path: string;
  docTypes?: DocType[];
  codes: Record<string, ErpTarget>;
}

export interface ErpTarget {
  erp: string;
  company: string;
}

export type PostingDatePolicy = 'document' | 'today' | 'next-open';

/** Account of a party that is no employee vendor: a ledger account or a vendor account. */
export type LiabilityTarget = { ledger: string } | { vendor: string };

/** Mapping of one ERP company; codes of Concur on the left, codes of the ERP on the right. */
export interface CompanyMapping {
  erp: string;
  company: string;
  kind: ErpKind;
  currency: string;
  isTest: boolean;
  postingDate: PostingDatePolicy;
  routes: Partial<Record<DocType, ErpRoute>>;
  /** F&O journal name per document type. */
  journalNames: Partial<Record<DocType, string>>;
  /** Supplier code → vendor account; where `sameCode` is on, a code without a row is its own vendor account. */
  vendors: { sameCode: boolean; byCode: Record<string, string> };
  employees: { sameCode: boolean; byId: Record<string, string> };
  accounts: { sameCode: boolean; byCode: Record<string, string> };
  /** F&O pending invoices: Concur account code → procurement category, all of one hierarchy. */
  procurementCategories?: { hierarchy: string; unit: string; byCode: Record<string, string> };
  cardLiabilities: Partial<Record<'COPD' | 'IBCP' | 'CBCP', LiabilityTarget>>;
  /** Reclaimable input tax by authority and reclaim code (or tax code); `*` matches any code. */
  inputTax: { authority: string; code: string; account: string }[];
  /** Cash advance clearing: Concur account code → ledger account. Falls back to `accounts`. */
  advance: Record<string, string>;
  payrollClearing?: string;
  expensePayClearing?: string;
  invoicePayClearing?: string;
  /** In the ERP's order. `from`: field names tried in order, allocation first, never employee fields (FIS spec 9.4). */
  dimensions: {
    dimension: string;
    from: string[];
    required: boolean;
    sameCode: boolean;
    byCode: Record<string, string>;
  }[];
}

/** Everything the mapping needs to know, resolved from the connections file and its tables. */
export interface MappingRules {
  /** Digest of all rules and tables: stamped on each posting. */
  version: string;
  legalEntity: LegalEntityRule[];
  companies: CompanyMapping[];
}

/** Facts from outside that the pure mapping needs. */
export interface PlanFacts {
  fiId: string;
  /** Today in the company's time zone, `YYYY-MM-DD`, by `erp/company`. */
  today: Record<string, string>;
  /** First day of the ERP company's open period if known, by `erp/company`. */
  openFrom: Record<string, string>;
  /** Manual vendor resolutions by vendor key (see {@link vendorKey}). */
  resolvedVendors: Record<string, string>;
}

/** Key of one unresolved vendor question: what operators resolve and what waiting documents share. */
export const vendorKey = (erp: string, company: string, kind: 'employee' | 'supplier', code: string): string =>
  `${erp}/${company}/${kind}/${code}`;
