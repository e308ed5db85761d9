import type { DocType } from '../contracts/documents.js';
import type { HoldReason } from '../contracts/hold-reasons.js';
import type { CompanyMapping, ErpTarget, LegalEntityRule } from '../contracts/mapping-rules.js';

/** What to invent for the documents. */
export interface SandboxOrder {
  erp: SandboxErps;
  /**
   * Reports of every second company of Business Central or NAV go by purchase invoices, where those that owe their employee
   * nothing have no place; all of them are journals unless true.
   */
  reportsAsInvoices?: boolean;
}

/** Which ERPs a sandbox has; `classic` is classic NAV, with both F&O and Business Central take turns. */
export type SandboxErps = 'fo' | 'nav' | 'classic' | 'both';

/** A document that the sandbox runs with: generated or loaded from a file. */
export interface SandboxDocument {
  id: string;
  docType: DocType;
  document: unknown;
  /** JSON text with the original number literals; `document` is written out where it is missing. */
  documentText?: string;
  planted?: HoldReason;
  correction?: SandboxCorrection;
  /** Made for the sandbox, not loaded from a file. */
  isGenerated?: true;
}

/** Why a document comes back corrected: its posting was confirmed as failed, or it was recalled before the acknowledgement. */
export type CorrectionKind = 'returned-and-corrected' | 'recalled-and-corrected';

/** The document that takes the place of another one in Concur, under the same business id. */
export interface SandboxCorrection {
  kind: CorrectionKind;
  /** Its own FI document id, 32 hex. */
  id: string;
  documentText: string;
}

/** What the checker sums by: an account is one of these in the sandbox's chart. */
export type AccountRole = 'cost' | 'tax' | 'advance' | 'liability';

/** Master data in the form that the simulated F&O environment takes. */
export interface FoSandboxData {
  companies: {
    company: string;
    name: string;
    currency: string;
    manualJournalNumbers: boolean;
    journalNames: { name: string; type: 'Daily' | 'VendInvoiceRecording' | 'Payment' }[];
    vendors: {
      account: string;
      name: string;
      group: string;
      onHold?: string;
      /** Three letters of the country, and two. */
      address: { street: string; city: string; zip: string; country: string; countryIso: string };
    }[];
  }[];
  mainAccounts: { account: string; name: string; role: AccountRole }[];
  procurementCategories: { hierarchy: string; name: string; account: string }[];
  dimensions: { name: string; values: { value: string }[] }[];
}

/** Master data in the form that the simulated Business Central takes, and the simulated classic NAV as well. */
export interface BcSandboxData {
  companies: {
    name: string;
    currency: string;
    vendors: { number: string; displayName: string; blocked?: 'All' | 'Payment' }[];
    accounts: { number: string; displayName: string; role: AccountRole }[];
    dimensions: { code: string; values: { code: string }[] }[];
  }[];
}

/** `mapping` of a company as it stands in the connections file. */
export interface MappingFragment extends Pick<CompanyMapping, 'cardLiabilities' | 'inputTax' | 'advance'> {
  vendors: TableFragment;
  employees: TableFragment;
  accounts: TableFragment;
  payrollClearing?: string;
  expensePayClearing?: string;
  invoicePayClearing?: string;
  procurementCategories?: { hierarchy: string; unit: string; codes: Record<string, string> };
  dimensions: { dimension: string; from: string[]; required: boolean; values: TableFragment }[];
}

export interface TableFragment {
  sameCode: boolean;
  codes: Record<string, string>;
}

/** One entry of `erp[].companies` in the connections file. */
export interface CompanyFragment {
  company: string;
  currency: string;
  timeZone: string;
  isTest: boolean;
  postingDate: 'today';
  mapping: MappingFragment;
}

export interface FoCompanyFragment extends CompanyFragment {
  mode: 'strong' | 'recovery';
  routes: CompanyMapping['routes'];
  journalNames: Record<DocType, string>;
}

/** A company of Business Central or classic NAV; they have the same routes. */
export interface BcCompanyFragment extends CompanyFragment {
  routes: CompanyMapping['routes'];
}

/** Pieces to be put into a connections file: companies of the ERP connections `fo`, `bc` and `nav`, and the rules. */
export interface ConnectionFragments {
  fo: FoCompanyFragment[];
  bc: BcCompanyFragment[];
  nav: BcCompanyFragment[];
  legalEntity: { path: string; documentTypes: DocType[]; codes: Record<string, ErpTarget> }[];
}

/** Where Concur's codes lead in one company, in the form that the checker takes. */
export interface CheckerCodes {
  /** `erp/company`. */
  legalEntity: string;
  accounts: Record<string, string>;
  advances: Record<string, string>;
  inputTax: { authority: string; code: string; account: string }[];
  cards: Record<string, string>;
  clearing: Record<string, string>;
  /** Vendor account by employee id or supplier code; payees who are to be missing in the ERP stand in neither. */
  employees: Record<string, string>;
  suppliers: Record<string, string>;
  dimensions: { dimension: string; from: string; values: Record<string, string> }[];
}

export interface SandboxPlan {
  rules: ConnectionFragments;
  masterData: { fo: FoSandboxData; bc: BcSandboxData; nav: BcSandboxData };
  /** One entry per company. */
  codes: CheckerCodes[];
  /** `erp/company` by FI document id; absent for documents that cannot be read. */
  expected: Record<string, string>;
  /** The hold that a document is meant to run into, or what becomes of it in Concur, by FI document id. */
  planted: Record<string, HoldReason | CorrectionKind>;
  mapping: CompanyMapping[];
  legalEntity: LegalEntityRule[];
}
