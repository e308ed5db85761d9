import type { NavService, NavSetUpService } from '../options.js';
import { usesRoute, type NavCompanyUse } from './nav-set-up.js';

/** A published page, and what the connector wants of it (NAV spec 19). */
export interface PageNeed {
  service: NavService | NavSetUpService;
  /** Number of the object in Web Services. */
  page: number;
  /** What it is read or written for. */
  purpose: string;
  /** Fields without which the connector cannot work. */
  fields: readonly string[];
  /** Fields that it reads where they are shown. */
  wished?: readonly string[];
  /** Permission set that brings the right. */
  permissionSet: string;
  isNeeded: (use: NavCompanyUse) => boolean;
}

const always = (): boolean => true;
const byJournal = (use: NavCompanyUse): boolean => usesRoute(use, 'bc-general-journal');
const byPurchase = (use: NavCompanyUse): boolean => usesRoute(use, 'bc-purchase-invoice');
const paymentsByPages = ({ paymentSource }: NavCompanyUse): boolean => paymentSource === 'pages';

const words = (text: string): string[] => text.split(/\s+/);
const draftFields = 'No Buy_from_Vendor_No Posting_Date Document_Date Currency_Code Status';
const draftLineFields = 'Document_Type Document_No Line_No Type No Description Quantity Direct_Unit_Cost Line_Amount';

/** The pages that have to be published, in the order of docs/nav.md. */
export const requiredPages: readonly PageNeed[] = [
  {
    ...{ service: 'vendorList', page: 27, purpose: 'vendors are checked', permissionSet: 'P&P-VENDOR' },
    ...{ fields: words('No Blocked Vendor_Posting_Group'), isNeeded: always },
  },
  {
    ...{ service: 'vendorCard', page: 26, purpose: 'vendors are told to Concur', permissionSet: 'P&P-VENDOR' },
    fields: words('No Name Blocked'),
    wished: words(
      'Address City Post_Code Country_Region_Code E_Mail VAT_Registration_No Currency_Code Payment_Terms_Code Vendor_Posting_Group',
    ),
    isNeeded: ({ tellsVendors }) => tellsVendors,
  },
  {
    ...{ service: 'accounts', page: 16, purpose: 'accounts are checked', permissionSet: 'G/L-ACCOUNT' },
    ...{ fields: words('No Account_Type Direct_Posting'), isNeeded: always },
  },
  {
    ...{ service: 'dimensionValues', page: 537, purpose: 'dimensions are checked', permissionSet: 'BASIC' },
    fields: words('Dimension_Code Code Blocked Dimension_Value_Type'),
    isNeeded: ({ dimensions }) => dimensions.length > 0,
  },
  {
    ...{ service: 'ledgerSetup', page: 118, purpose: 'currency, dates and dimensions', permissionSet: 'BASIC' },
    fields: words('LCY_Code Allow_Posting_From Allow_Posting_To Shortcut_Dimension_1_Code Shortcut_Dimension_2_Code'),
    isNeeded: always,
  },
  {
    ...{ service: 'accountingPeriods', page: 100, purpose: 'fiscal years are named', permissionSet: 'BASIC' },
    ...{ fields: words('Starting_Date New_Fiscal_Year'), isNeeded: () => false },
  },
  {
    ...{ service: 'purchaseInvoice', page: 51, purpose: 'invoices are written', permissionSet: 'P&P-Q/O/I/R/C' },
    ...{ fields: words(`${draftFields} Due_Date Vendor_Invoice_No Posting_Description`), isNeeded: byPurchase },
  },
  {
    ...{ service: 'purchaseInvoiceLines', page: 55, purpose: 'invoices are written', permissionSet: 'P&P-Q/O/I/R/C' },
    ...{ fields: words(draftLineFields), isNeeded: byPurchase },
  },
  {
    ...{ service: 'postedPurchaseInvoices', page: 146, purpose: 'postings are proven' },
    ...{ permissionSet: 'P&P-Q/O/I/R/C', fields: words('No Buy_from_Vendor_No'), wished: ['Cancelled'] },
    isNeeded: byPurchase,
  },
  {
    ...{ service: 'purchaseCreditMemo', page: 52, purpose: 'credit memos are written', permissionSet: 'P&P-Q/O/I/R/C' },
    ...{ fields: words(`${draftFields} Vendor_Cr_Memo_No`), isNeeded: byPurchase },
  },
  {
    ...{ service: 'purchaseCreditMemoLines', page: 98, purpose: 'credit memos are written' },
    ...{ permissionSet: 'P&P-Q/O/I/R/C', fields: words(draftLineFields), isNeeded: byPurchase },
  },
  {
    ...{ service: 'postedPurchaseCreditMemos', page: 147, purpose: 'postings are proven' },
    ...{ permissionSet: 'P&P-Q/O/I/R/C', fields: words('No Buy_from_Vendor_No'), wished: ['Cancelled'] },
    isNeeded: byPurchase,
  },
  {
    ...{ service: 'journalBatches', page: 251, purpose: 'journals are written', permissionSet: 'G/L-JOURNAL' },
    fields: words('Journal_Template_Name Name Description No_Series Posting_No_Series'),
    isNeeded: byJournal,
  },
  {
    ...{ service: 'journal', page: 39, purpose: 'journals are written', permissionSet: 'G/L-JOURNAL' },
    fields: words(
      `Journal_Template_Name Journal_Batch_Name Line_No Posting_Date Document_Date Document_No External_Document_No
      Account_Type Account_No Description Currency_Code Amount Gen_Posting_Type Gen_Bus_Posting_Group
      Gen_Prod_Posting_Group VAT_Bus_Posting_Group VAT_Prod_Posting_Group`,
    ),
    isNeeded: byJournal,
  },
  {
    ...{ service: 'ledgerEntries', page: 20, purpose: 'postings are proven', permissionSet: 'G/L-ACCOUNT' },
    fields: words('Posting_Date Document_No External_Document_No G_L_Account_No Debit_Amount Credit_Amount Reversed'),
    isNeeded: always,
  },
  {
    ...{ service: 'vendorLedgerEntries', page: 29, purpose: 'postings and payments', permissionSet: 'P&P-VENDOR' },
    fields: words(
      `Entry_No Posting_Date Document_Date Document_Type Document_No External_Document_No Vendor_No Description
      Currency_Code Original_Amount Reversed`,
    ),
    isNeeded: always,
  },
  {
    ...{ service: 'detailedVendorLedgerEntries', page: 574, purpose: 'payments', permissionSet: 'P&P-VENDOR' },
    fields: words('Entry_No Vendor_Ledger_Entry_No Entry_Type Document_Type Document_No Posting_Date Amount'),
    isNeeded: paymentsByPages,
  },
];

/** Pages whose lines carry shortcut dimensions. */
export const dimensionPages: readonly { service: NavService; isNeeded: (use: NavCompanyUse) => boolean }[] = [
  { service: 'journal', isNeeded: byJournal },
  { service: 'purchaseInvoiceLines', isNeeded: byPurchase },
  { service: 'purchaseCreditMemoLines', isNeeded: byPurchase },
];

/** Pages and fields that show options: by them it is seen how the server writes them. */
export const optionFields: readonly { service: NavService; field: string }[] = [
  { service: 'accounts', field: 'Account_Type' },
  { service: 'vendorLedgerEntries', field: 'Document_Type' },
];
