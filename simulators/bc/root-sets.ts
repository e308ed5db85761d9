import type { EntitySet, View } from './odata-fields.js';
import type { Stored } from './records.js';
import { dimensionSetLines } from './sets-dimensions.js';
import {
  purchaseCreditMemoLines,
  purchaseCreditMemos,
  purchaseInvoiceLines,
  purchaseInvoices,
} from './sets-invoices.js';
import { journalLines, journals } from './sets-journals.js';
import { purchaseOrderLines, purchaseOrders, purchaseReceiptLines, purchaseReceipts } from './sets-orders.js';
import { paymentMethodRows, paymentMethods, paymentTerms, paymentTermsRows } from './sets-payment.js';
import { analyticsRows, generalLedgerEntries, vendorLedgerEntries } from './sets-ledger.js';
import { webhookSupportedResources, type SupportedRow } from './sets-subscriptions.js';
import { supportedSets } from './webhook-state.js';
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
  defaultDimensions: { set: defaultDimensions, rows: (view) => view.company.defaultDimensions.all() },
  employees: { set: employees, rows: (view) => view.company.employees.all() },
  paymentTerms: { set: paymentTerms, rows: (view) => paymentTermsRows(view.company) },
  paymentMethods: { set: paymentMethods, rows: (view) => paymentMethodRows(view.company) },
  journals: { set: journals, rows: (view) => view.company.journals.all() },
  journalLines: { set: journalLines, rows: (view) => view.company.journals.all().flatMap((journal) => journal.lines) },
  purchaseInvoices: { set: purchaseInvoices, rows: (view) => view.company.invoices.all() },
  purchaseInvoiceLines: {
    set: purchaseInvoiceLines,
    rows: (view) => view.company.invoices.all().flatMap((invoice) => invoice.lines),
  },
  purchaseCreditMemos: { set: purchaseCreditMemos, rows: (view) => view.company.creditMemos.all() },
  purchaseCreditMemoLines: {
    set: purchaseCreditMemoLines,
    rows: (view) => view.company.creditMemos.all().flatMap((creditMemo) => creditMemo.lines),
  },
  purchaseOrders: { set: purchaseOrders, rows: (view) => view.company.orders.all() },
  purchaseOrderLines: {
    set: purchaseOrderLines,
    rows: (view) => view.company.orders.all().flatMap((order) => order.lines),
  },
  purchaseReceipts: { set: purchaseReceipts, rows: (view) => view.company.receipts.all() },
  purchaseReceiptLines: {
    set: purchaseReceiptLines,
    rows: (view) => view.company.receipts.all().flatMap((receipt) => receipt.lines),
  },
  generalLedgerEntries: { set: generalLedgerEntries, rows: (view) => view.company.glEntries.all() },
};

/** Sets of the runtime API below `companies({id})`. */
export const runtimeSets: Record<string, RootSet> = {
  webhookSupportedResources: {
    set: webhookSupportedResources,
    rows: ({ world, company: { id, version, createdAt, modifiedAt } }): SupportedRow[] =>
      world.hasWebhooks
        ? supportedSets.map((set) => ({
            ...{ id: `${id}/${set}`, version, createdAt, modifiedAt },
            resource: `v2.0/${set}`,
          }))
        : [],
  },
};

/** Sets of the analytics API below `companies({id})`; replica only. */
export const analyticsSets: Record<string, RootSet> = {
  vendorLedgerEntries: { set: vendorLedgerEntries, rows: (view) => analyticsRows(view.company) },
};
