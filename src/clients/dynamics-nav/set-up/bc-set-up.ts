import type { DocType } from '../../../contracts/documents.js';
import type { ErpRoute } from '../../../contracts/erp-documents.js';
import type { BcAddress, LedgerPageNames } from '../options.js';

/** How one company shall be used. */
export interface BcCompanyUse {
  /** Company name as the connections file writes it. */
  company: string;
  /** ISO 4217: the local currency that the connections file names. */
  currency: string;
  /** Today in the company's time zone, `YYYY-MM-DD`. */
  today: string;
  /** Routes of the document types that are polled. */
  routes: Readonly<Partial<Record<DocType, ErpRoute>>>;
  /** Codes of the mapped dimensions. */
  dimensions: readonly string[];
  paymentSource: 'analytics' | 'pages' | 'status-only';
  /** Published pages, looked at with `paymentSource: pages`. */
  ledgerPages: LedgerPageNames;
  journalTemplate?: string;
  /** Purchase orders are written to it. */
  takesOrders?: true;
}

/** What a set-up check has to know of a connection. */
export type BcUse = BcAddress & {
  name: string;
  companies: readonly BcCompanyUse[];
  /** What this kind of connection can do and what it cannot, in sentences. */
  capabilities: readonly string[];
};

/** Where things are set up in Business Central: pages under the names by which its search (Tell Me) finds them. */
export const pages = {
  applications: 'Microsoft Entra Applications',
  companies: 'Companies',
  ledgerSetup: 'General Ledger Setup',
  dimensions: 'Dimensions',
  templates: 'General Journal Templates',
  extensions: 'Extension Management',
  webServices: 'Web Services',
} as const;

/** Whether documents of this use go to general journals, or to purchase invoices and credit memos. */
export const usesRoute = ({ routes }: BcCompanyUse, route: ErpRoute): boolean => Object.values(routes).includes(route);
