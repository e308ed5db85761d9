import type { DocType } from './documents.js';
import type { ErpTarget } from './mapping-rules.js';

/** Who is credited besides the company (FIS spec 9.1 journal, decisions 16). */
export type Party = 'EMPL' | 'IBCP' | 'CBCP' | 'COPD' | 'VENDOR';

/** Who will settle a party's claim; only `erp` is paid by the ERP and awaited (FIS spec 10.1, party legs). */
export type SettledBy = 'erp' | 'expense-pay' | 'payroll' | 'concur-invoice-pay';

/** Where a leg stands in its document, both from 0: the entry or invoice line, and the allocation of it. */
export interface LegPosition {
  item: number;
  allocation: number;
}

/** One leg of the neutral ledger before summing: signed, debit positive, in the ledger's currency. */
export type LedgerLeg = {
  amount: string;
  text: string;
  entryId?: string;
  /** Absent on what belongs to no allocation, for example an applied cash advance. */
  at?: LegPosition;
  /** What rules of the mapping may ask for besides the codes, for example `expenseType` (see `mapping-conditions.ts`). */
  traits?: Record<string, string>;
} & (
  | {
      leg: 'expense' | 'personal';
      account: string;
      /** Filled `allocationCustomNCode` fields only (decisions 16). */
      costObjects: Record<string, string>;
      /** Every filled custom and org-unit code by field name: allocation, then entry/line, then report/request. */
      fields: Record<string, string>;
      /** The line of a purchase order that an invoice line names. */
      order?: OrderReference;
    }
  | { leg: 'inputTax'; authority: string; reclaimCode: string; taxCode: string | null }
  | { leg: 'advance'; account: string; cashAdvanceId?: string }
  | { leg: 'party'; party: Party; id?: string; settledBy: SettledBy; clearingAccount?: string; cardProgram?: string }
  /** What another company owes this one (debit) or is owed by it (credit); only after the split by legal entity (decisions 14). */
  | { leg: 'intercompany'; partner: ErpTarget }
);

/** What an invoice line says of the purchase order that it belongs to (FIS spec 9.2). */
export interface OrderReference {
  /** Position of the invoice line, from 1: the allocations of one line share it. */
  item: number;
  purchaseOrder: string;
  /** Line of the order; Concur may leave it out. */
  line?: string;
  /** Quantity and price of the whole invoice line, as delivered. */
  quantity?: string;
  unitPrice?: string;
}

/** A published ledger line: the form of EXPECTED-LEDGERS.json (issue 3, `preview`). */
export interface LedgerLine {
  leg: LedgerLeg['leg'];
  account?: string;
  costObjects?: Record<string, string>;
  party?: Party;
  id?: string;
  cashAdvanceId?: string;
  authority?: string;
  reclaimCode?: string;
  taxCode?: string | null;
  /** `erp/company` of the other company; only in the ledger of one legal entity. */
  partner?: string;
  amount: string;
}

export interface PublishedLedger {
  currency: string;
  lines: LedgerLine[];
}

/** Something that an accountant must know: what, which field, what to do. Safe to show and to log. */
export interface Finding {
  /** Stable code, for example `E3` (FIS spec 10.7) or `vendor-unmapped`. */
  code: string;
  message: string;
  field?: string;
  remedy?: string;
}

/** The neutral reading of one Concur document, before any ERP is chosen. */
export interface NeutralDocument {
  docType: DocType;
  /** Report id, payment request id or cash advance id. */
  businessId: string;
  /** The number that a person knows: report number or id, supplier's invoice number, cash advance id. */
  humanNumber: string;
  title: string;
  revision: string;
  isTest: boolean;
  currency: string;
  /** Decimal string, the document's own total (approved amount, request total, advance); may be zero or negative. */
  total: string;
  /** `YYYY-MM-DD`, cut from the document, never converted between time zones. */
  documentOn: string;
  dueOn?: string;
  /** Posting date that Concur delivers (invoices only); counts under the posting date policy `document` (FIS spec 9.4). */
  postingOn?: string;
  /** Day of the final approval; expense reports only (FIS spec 9.4). */
  approvedOn?: string;
  payee: { kind: 'employee' | 'supplier'; id: string; name: string };
  /** Filled custom and org-unit codes of the employee by field name; never cost objects (decisions 17). */
  employeeFields?: Record<string, string>;
  /** Supplier's invoice number; invoices only. */
  vendorInvoiceNumber?: string;
  /** Sales tax that an invoice states; it is part of the amounts of its legs (decisions 16). Absent where there is none. */
  salesTax?: string;
  /** Purchase order that an invoice names as a whole. */
  purchaseOrder?: string;
  legs: LedgerLeg[];
  warnings: Finding[];
  /** Broken invariants that forbid posting (FIS spec 10.7, decisions 15). */
  refusals: Finding[];
}
