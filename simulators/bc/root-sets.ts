import type { EntitySet, View } from './odata-fields.js';
import type { Stored } from './records.js';
import { dimensionSetLines } from './sets-dimensions.js';
import { purchaseInvoiceLines, purchaseInvoices } from './sets-invoices.js';
import { journalLines, journals } from './sets-journals.js';
import { analyticsRows, generalLedgerEntries, vendorLedgerEntries } from './sets-ledger.js';
import {
  accountingPeriods,
  accounts,
  defaultDimensions,
  dimensions,
  dimensionValues,
  employees,
  generalLedgerSetup,
  periodRows,
  vendors,
} from './sets-master.js';

/** An entity set below a company with its rows. */
export interface RootSet {
  set: EntitySet;
  rows: (view: View) => Stored[];
}

/** Sets of the standard API below `companies({id})`. */
export const standardSets: Record<string, RootSet> = {
  generalLedgerSetup: { set: generalLedgerSetup, rows: (view) => [view.company] },
  accountingPeriods: { set: accountingPeriods, rows: (view) => periodRows(view.world, view.company) },
  accounts: { set: accounts, rows: (view) => view.company.accounts.all() },
  vendors: { set: vendors, rows: (view) => view.company.vendors.all() },
  dimensions: { set: dimensions, rows: (view) => view.company.dimensions.all() },
  dimensionValues: { set: dimensionValues, rows: (view) => view.company.dimensionValues.all() },
  dimensionSetLines: { set: dimensionSetLines, rows: () => [] },
  defaultDimensions: { set: defaultDimensions, rows: () => [] },
  employees: { set: employees, rows: () => [] },
  journals: { set: journals, rows: (view) => view.company.journals.all() },
  journalLines: { set: journalLines, rows: (view) => view.company.journals.all().flatMap((journal) => journal.lines) },
  purchaseInvoices: { set: purchaseInvoices, rows: (view) => view.company.invoices.all() },
  purchaseInvoiceLines: {
    set: purchaseInvoiceLines,
    rows: (view) => view.company.invoices.all().flatMap((invoice) => invoice.lines),
  },
  generalLedgerEntries: { set: generalLedgerEntries, rows: (view) => view.company.glEntries.all() },
};

/** Sets of the analytics API below `companies({id})`; replica only. */
export const analyticsSets: Record<string, RootSet> = {
  vendorLedgerEntries: { set: vendorLedgerEntries, rows: (view) => analyticsRows(view.company) },
};
