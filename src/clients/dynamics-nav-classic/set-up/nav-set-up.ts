import type { DocType } from '../../../contracts/documents.js';
import type { ErpRoute } from '../../../contracts/erp-documents.js';
import type { NavAdapterOptions } from '../options.js';

/** How one company shall be used. */
export interface NavCompanyUse {
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
  paymentSource: 'pages' | 'status-only';
  journalTemplate: string;
  /** Concur is told of its vendors. */
  tellsVendors: boolean;
}

/** What a set-up check has to know of a connection to classic NAV. */
export type NavUse = Pick<NavAdapterOptions, 'name' | 'odataPath' | 'codeunit' | 'serverTenant' | 'services'> & {
  companies: readonly NavCompanyUse[];
  /** What this kind of connection can do and what it cannot, in sentences. */
  capabilities: readonly string[];
};

/** Where things are set up: pages under the names by which NAV's search finds them, and the server's own tool. */
export const places = {
  webServices: 'Web Services',
  companies: 'Companies',
  users: 'Users',
  ledgerSetup: 'General Ledger Setup',
  purchasesSetup: 'Purchases & Payables Setup',
  periods: 'Accounting Periods',
  templates: 'General Journal Templates',
  batches: 'General Journal Batches',
  server: 'NAV Server Administration',
} as const;

/** Whether documents of this use go to general journals, or to purchase invoices and credit memos. */
export const usesRoute = ({ routes }: NavCompanyUse, route: ErpRoute): boolean => Object.values(routes).includes(route);
