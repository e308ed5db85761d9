/** Who settles a party's claim. */
export type SettledBy = 'erp' | 'expense-pay' | 'payroll' | 'concur-invoice-pay';

/** One line of the journal that a financial document stands for, in Concur's codes. Signed, debit positive. */
export type ConcurLedgerLine = { amount: string } & (
  | { kind: 'cost'; code: string; customs: Record<string, string> }
  | { kind: 'advance'; code: string }
  /** Reclaim code and tax code, as far as filled. */
  | { kind: 'tax'; authority: string; codes: string[] }
  | { kind: 'party'; party: string; id?: string; settledBy: SettledBy; account?: string }
);

/** Where Concur's codes lead in one ERP company: the tables of the sandbox, for the checker's own reckoning. */
export interface CompanyCodes {
  /** `erp/company`. */
  legalEntity: string;
  accounts: Record<string, string>;
  advances: Record<string, string>;
  /** `*` stands for any code of the authority. */
  inputTax: { authority: string; code: string; account: string }[];
  /** Ledger account by card party. */
  cards: Record<string, string>;
  /** Ledger account of what others than the ERP pay. */
  clearing: Partial<Record<SettledBy, string>>;
  /** Vendor account by code of an employee or supplier; who stands in neither was resolved by a person. */
  employees: Record<string, string>;
  suppliers: Record<string, string>;
  dimensions: { dimension: string; from: string; values: Record<string, string> }[];
}
