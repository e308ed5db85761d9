import type { DocType } from './documents.js';
import type { ErpKind } from './erp-capabilities.js';
import type { ErpRoute } from './erp-documents.js';
import type { OpenSpan } from './posting-periods.js';

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

/**
 * The document's own date, that of its final approval, or today; `next-open` is the document's own and `approval-next-open` that
 * of the approval, each moved to the next open day where the ERP takes no postings on it (decisions 19, B10).
 */
export type PostingDatePolicy = 'document' | 'approval' | 'today' | 'next-open' | 'approval-next-open';

/** Account of a party that is no employee vendor: a ledger account or a vendor account. */
export type LiabilityTarget = { ledger: string } | { vendor: string };

/** Days of documents for which a row or a rule holds, both included, `YYYY-MM-DD`; open where left out. */
export interface EffectiveDays {
  from?: string;
  to?: string;
}

/** Where a row or a rule stands. Never part of the mapping version. */
export interface MappingPlace {
  /** Relative to the connections file. */
  file: string;
  line: number;
}

/** What tables of codes have besides the rows that always hold; `Value` is what a code of Concur is translated into. */
export interface TableExtras<Value = string> {
  /** Rows for documents of certain days. A code stands either here or among the rows that always hold. */
  dated?: (EffectiveDays & { concur: string; erp: Value; place?: MappingPlace })[];
  /** Counts for what has no row (a dimension: for empty fields); only where a person has declared it. */
  default?: Value;
  /** Where the rows that always hold stand, by their code of Concur. */
  places?: Record<string, MappingPlace>;
}

/** Liabilities by a code of Concur. */
export type LiabilityTable = TableExtras<LiabilityTarget> & { byCode: Record<string, LiabilityTarget> };

/** One of the listed values, or a beginning. */
export type RuleCondition = { in: string[] } | { prefix: string };

/** The first rule in declared order whose conditions all hold decides what it sets; it comes before the tables. */
export interface MappingRule extends EffectiveDays {
  name: string;
  /** Conditions by the names of `contracts/mapping-conditions.ts`; what a document does not tell meets none. */
  when: Record<string, RuleCondition>;
  set: {
    account?: string;
    /** Vendor account of the payee. */
    vendor?: string;
    /** Account of a party that is no employee vendor. */
    liability?: LiabilityTarget;
    taxAccount?: string;
    /** Value by dimension. */
    dimensions?: Record<string, string>;
  };
  place?: MappingPlace;
}

/** Ledger accounts of a company for its dealings with another one (decisions 14). */
export interface IntercompanyAccounts {
  /** The other company. */
  partner: ErpTarget;
  /** What the other company owes this one. */
  dueFrom: string;
  /** What this company owes the other one. */
  dueTo: string;
}

/** Mapping of one ERP company; codes of Concur on the left, codes of the ERP on the right. */
export interface CompanyMapping {
  erp: string;
  company: string;
  kind: ErpKind;
  currency: string;
  isTest: boolean;
  /** One for all document types, or one per type; a type that is not named is posted on the document's own date. */
  postingDate: PostingDatePolicy | Partial<Record<DocType, PostingDatePolicy>>;
  routes: Partial<Record<DocType, ErpRoute>>;
  /** F&O journal name per document type, and for costs that another company pays. */
  journalNames: Partial<Record<DocType | 'general', string>>;
  /** Supplier code → vendor account; where `sameCode` is on, a code without a row is its own vendor account. */
  vendors: { sameCode: boolean; byCode: Record<string, string> } & TableExtras;
  employees: { sameCode: boolean; byId: Record<string, string> } & TableExtras;
  accounts: { sameCode: boolean; byCode: Record<string, string> } & TableExtras;
  /** Expense type → ledger account of costs; comes before `accounts`. */
  expenseTypes?: { byCode: Record<string, string> } & TableExtras;
  /** F&O pending invoices: Concur account code → procurement category, all of one hierarchy. */
  procurementCategories?: { hierarchy: string; unit: string; byCode: Record<string, string> } & TableExtras;
  /** Liability by card program, else by payment type, else by party. */
  cardPrograms?: LiabilityTable;
  paymentTypes?: LiabilityTable;
  cardLiabilities: Partial<Record<'COPD' | 'IBCP' | 'CBCP', LiabilityTarget>>;
  /** Reclaimable input tax by authority and reclaim code (or tax code); `*` matches any code. */
  inputTax: (EffectiveDays & { authority: string; code: string; account: string; place?: MappingPlace })[];
  /** Cash advance clearing: Concur account code → ledger account. Falls back to `accounts`. */
  advance: Record<string, string>;
  /** Accounts of this company for what other companies owe it and it owes them. */
  intercompany?: IntercompanyAccounts[];
  payrollClearing?: string;
  expensePayClearing?: string;
  invoicePayClearing?: string;
  /** In the ERP's order. `from`: field names tried in order, allocation first, never employee fields (FIS spec 9.4). */
  dimensions: ({
    dimension: string;
    from: string[];
    /** A dimension of the employee's own, his department: these fields feed it where `from` is empty (decisions 17). */
    fromEmployee?: string[];
    required: boolean;
    sameCode: boolean;
    /** Concur has the values as list items of ours: their codes are written as `listItemCode` writes them. */
    listCodes?: true;
    byCode: Record<string, string>;
  } & TableExtras)[];
  /** In declared order. */
  rules?: MappingRule[];
  /** Where single settings stand, by their path inside the mapping, for example `advance.1620`. */
  places?: Record<string, MappingPlace>;
  /** For people: the files that made this mapping, a digest over what decides in this company, and who answers for it. */
  source?: { files: string[]; digest: string; approval?: { author: string; approver: string } };
}

export type InputTaxCompany = 'allocation' | 'paying';

/** `confirm`: Concur is told that the document is posted, with no ERP document; `hold`: a person decides. */
export type ZeroDocuments = 'hold' | 'confirm';

/** Everything the mapping needs to know, resolved from the connections file and its tables. */
export interface MappingRules {
  /** Digest of all rules and tables: stamped on each posting. */
  version: string;
  legalEntity: LegalEntityRule[];
  /**
   * Which company owes employee, supplier or card, read from the header; needed where the allocations of one document lead to
   * several companies, or to another one than the employee's. Where rules apply to a type of document, one of them must answer.
   */
  payingEntity?: LegalEntityRule[];
  /** Which company reclaims the input tax of an allocation; its own where left out. */
  inputTaxIn?: InputTaxCompany;
  /** What becomes of documents without any amount; they hold where left out. */
  zeroDocuments?: ZeroDocuments;
  companies: CompanyMapping[];
}

/**
 * The mapping version as a posting keeps it: the digest over everything, and for people the files of the company, their author
 * and their approver (B8).
 */
export function mappingVersionOf({ version, companies }: MappingRules, target: ErpTarget | undefined): string {
  const mapping = companies.find(({ erp, company }) => erp === target?.erp && company === target.company);
  const { source } = mapping ?? {};
  if (source === undefined) return version;
  const { files, digest, approval } = source;
  const people = approval === undefined ? '' : `, by ${approval.author}, approved by ${approval.approver}`;
  return `${version} (${files.join(', ')} @ ${digest}${people})`;
}

/** Facts from outside that the pure mapping needs. */
export interface PlanFacts {
  fiId: string;
  /** Today in the company's time zone, `YYYY-MM-DD`, by `erp/company`. */
  today: Record<string, string>;
  /** First day of the ERP company's open period if known, by `erp/company`. */
  openFrom: Record<string, string>;
  /** Days on which the ERP said that it takes postings, by `erp/company`; absent where that is not known. */
  openSpans?: Record<string, OpenSpan[]>;
  /** Manual vendor resolutions by vendor key (see {@link vendorKey}). */
  resolvedVendors: Record<string, string>;
  /** Who has given these resolutions, where it is known; told where a line says why. */
  resolvedBy?: Record<string, string>;
}

/** Key of one unresolved vendor question: what operators resolve and what waiting documents share. */
export const vendorKey = (erp: string, company: string, kind: 'employee' | 'supplier', code: string): string =>
  `${erp}/${company}/${kind}/${code}`;
