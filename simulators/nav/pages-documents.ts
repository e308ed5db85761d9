import { everything, page, type Page } from './page-definition.js';
import * as documents from './tables-documents.js';

const lineFields = `Type No Description Quantity Unit_of_Measure_Code Direct_Unit_Cost Line_Amount Line_Discount_Percent
  VAT_Prod_Posting_Group Gen_Prod_Posting_Group Tax_Group_Code Shortcut_Dimension_1_Code Shortcut_Dimension_2_Code
  ShortcutDimCode3 ShortcutDimCode4 ShortcutDimCode5 ShortcutDimCode6 ShortcutDimCode7 ShortcutDimCode8
  Document_No Line_No`;

/** Pages of purchase documents, posted and not (section 19). */
export const documentPages: Page[] = [
  page(
    51,
    'PurchaseInvoice',
    documents.purchaseHeaders,
    `No Buy_from_Vendor_No Buy_from_Vendor_Name Posting_Date Document_Date Due_Date Vendor_Invoice_No Currency_Code Status
    Payment_Terms_Code Payment_Reference Posting_Description Shortcut_Dimension_1_Code Shortcut_Dimension_2_Code On_Hold
    Purchaser_Code Responsibility_Center Prices_Including_VAT`,
    {
      view: { Document_Type: 'Invoice' },
      writes: everything,
      readOnly: 'Status Buy_from_Vendor_Name',
      part: { name: 'PurchLines', service: 'PurchInvLines' },
    },
  ),
  page(55, 'PurchInvLines', documents.purchaseLines, lineFields, {
    view: { Document_Type: 'Invoice' },
    writes: everything,
  }),
  page(
    138,
    'PostedPurchaseInvoice',
    documents.postedInvoices,
    `No Buy_from_Vendor_No Posting_Date Document_Date Due_Date Vendor_Invoice_No Vendor_Order_No Pre_Assigned_No
    Currency_Code Order_No Cancelled Corrective Payment_Reference Shortcut_Dimension_1_Code Shortcut_Dimension_2_Code`,
    { part: { name: 'PurchInvLines', service: 'PostedPurchInvLines' } },
  ),
  page(
    139,
    'PostedPurchInvLines',
    documents.postedInvoiceLines,
    `Type No Description Quantity Direct_Unit_Cost Line_Amount Shortcut_Dimension_1_Code Shortcut_Dimension_2_Code`,
  ),
  page(
    146,
    'PostedPurchaseInvoices',
    documents.postedInvoices,
    `No Vendor_Invoice_No Buy_from_Vendor_No Currency_Code Amount Amount_Including_VAT Posting_Date Document_Date Due_Date
    Remaining_Amount Closed Cancelled Corrective Payment_Terms_Code Order_No`,
  ),
  page(
    50,
    'PurchaseOrder',
    documents.purchaseHeaders,
    `No Buy_from_Vendor_No Order_Date Document_Date Posting_Date Vendor_Order_No Vendor_Invoice_No Your_Reference Status
    Currency_Code Requested_Receipt_Date Payment_Terms_Code Shortcut_Dimension_1_Code Shortcut_Dimension_2_Code
    Purchaser_Code Posting_Description`,
    {
      view: { Document_Type: 'Order' },
      writes: everything,
      readOnly: 'Status',
      part: { name: 'PurchLines', service: 'PurchaseOrderLines' },
    },
  ),
  page(
    54,
    'PurchaseOrderLines',
    documents.purchaseLines,
    `Type No Description Quantity Unit_of_Measure_Code Direct_Unit_Cost Line_Amount Quantity_Received Quantity_Invoiced
    Qty_to_Receive Qty_to_Invoice Expected_Receipt_Date Shortcut_Dimension_1_Code Shortcut_Dimension_2_Code Document_No
    Line_No VAT_Prod_Posting_Group`,
    { view: { Document_Type: 'Order' }, writes: everything, readOnly: 'Quantity_Received Quantity_Invoiced' },
  ),
  page(
    9307,
    'PurchaseOrderList',
    documents.purchaseHeaders,
    `No Buy_from_Vendor_No Vendor_Authorization_No Status Document_Date Posting_Date Amount Amount_Including_VAT
    Vendor_Order_No`,
    { view: { Document_Type: 'Order' } },
  ),
  page(
    52,
    'PurchaseCreditMemo',
    documents.purchaseHeaders,
    `No Buy_from_Vendor_No Posting_Date Document_Date Vendor_Cr_Memo_No Applies_to_Doc_Type Applies_to_Doc_No Status
    Currency_Code`,
    {
      view: { Document_Type: 'Credit Memo' },
      writes: everything,
      readOnly: 'Status',
      part: { name: 'PurchLines', service: 'PurchCrMemoLines' },
    },
  ),
  page(98, 'PurchCrMemoLines', documents.purchaseLines, lineFields, {
    view: { Document_Type: 'Credit Memo' },
    writes: everything,
  }),
  page(
    147,
    'PostedPurchaseCreditMemos',
    documents.postedCreditMemos,
    'No Buy_from_Vendor_No Amount Amount_Including_VAT Remaining_Amount Paid Cancelled Corrective',
  ),
  page(145, 'PostedPurchaseReceipts', documents.postedReceipts, 'No Buy_from_Vendor_No Posting_Date Document_Date'),
];
