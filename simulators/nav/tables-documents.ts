import type { Company } from './company.js';
import { shortcutFields, shortcutValue } from './dimensions.js';
import { amount, code, computed, date, flag, free, option, whole, type Field, type TableDefinition } from './fields.js';
import { ledgerTypes, lineTypes, purchaseTypes, statusMembers } from './options.js';
import { documentAmounts, type Amounts } from './purchase-amounts.js';
import { vendorEntries } from './tables-ledger.js';
import { currencies, paymentTerms, vendors } from './tables-master.js';
import { decimal, integer, plain, type Row } from './values.js';

/** Shortcut dimensions up to a position, read from the record's dimension set. */
export function shortcuts(last: number): Record<string, Field> {
  const positions = [1, 2, 3, 4, 5, 6, 7, 8].filter((position) => position <= last);
  return Object.fromEntries(
    positions.map((position) => [
      shortcutFields[position] ?? '',
      computed(code(20), (row, company) => shortcutValue(company, row, position)),
    ]),
  );
}

/** Purchase documents that are not posted: the document type is part of the key. */
export const purchaseHeaders: TableDefinition = {
  name: 'Purchase Header',
  keys: ['Document_Type', 'No'],
  fields: {
    Document_Type: option(purchaseTypes),
    No: code(20),
    Buy_from_Vendor_No: code(20),
    Buy_from_Vendor_Name: free(50),
    Order_Date: date,
    Posting_Date: date,
    Document_Date: date,
    Due_Date: date,
    Requested_Receipt_Date: date,
    Vendor_Invoice_No: code(35),
    Vendor_Order_No: code(35),
    Vendor_Cr_Memo_No: code(35),
    Vendor_Authorization_No: code(35),
    Your_Reference: free(35),
    Currency_Code: code(10, () => currencies),
    Status: option(statusMembers),
    Payment_Terms_Code: code(10, () => paymentTerms),
    Payment_Reference: free(50),
    Posting_Description: free(50),
    ...shortcuts(2),
    On_Hold: code(3),
    Purchaser_Code: code(20),
    Responsibility_Center: code(10),
    Prices_Including_VAT: flag,
    Applies_to_Doc_Type: option(ledgerTypes),
    Applies_to_Doc_No: code(20),
    Amount: computed(amount, (row, company) => plain(amountsOf(row, company).net)),
    Amount_Including_VAT: computed(amount, (row, company) => plain(amountsOf(row, company).gross)),
  },
};

/** Lines of purchase documents that are not posted. */
export const purchaseLines: TableDefinition = {
  name: 'Purchase Line',
  keys: ['Document_Type', 'Document_No', 'Line_No'],
  fields: {
    Document_Type: option(purchaseTypes),
    Document_No: code(20),
    Line_No: whole,
    Type: option(lineTypes),
    No: code(20),
    Description: free(50),
    Quantity: amount,
    Unit_of_Measure_Code: code(10),
    Direct_Unit_Cost: amount,
    Line_Amount: amount,
    Line_Discount_Percent: amount,
    VAT_Prod_Posting_Group: code(20),
    Gen_Prod_Posting_Group: code(20),
    Tax_Group_Code: code(20),
    ...shortcuts(8),
    Quantity_Received: amount,
    Quantity_Invoiced: amount,
    Qty_to_Receive: amount,
    Qty_to_Invoice: amount,
    Expected_Receipt_Date: date,
  },
};

/** The lines of a purchase document, in their order. */
export function linesOf(company: Company, header: Row): Row[] {
  const { Document_Type: type, No: number } = header;
  return company
    .table(purchaseLines)
    .filter((line) => line['Document_Type'] === type && line['Document_No'] === number)
    .sort((left, right) => integer(left, 'Line_No') - integer(right, 'Line_No'));
}

function amountsOf(header: Row, company: Company): Amounts {
  return documentAmounts(company, header, linesOf(company, header));
}

function entryOf(row: Row, company: Company): Row {
  return company.table(vendorEntries).get(integer(row, '$entryNo')) ?? {};
}

/** What a posted document shows of its vendor ledger entry: what is still open, positive. */
const settlement: Record<string, Field> = {
  Amount: amount,
  Amount_Including_VAT: amount,
  Remaining_Amount: computed(amount, (row, company) => plain(decimal(entryOf(row, company), 'Remaining_Amount').abs())),
};

/** Posted invoices; immutable. `Pre_Assigned_No` is the only link to the draft. */
export const postedInvoices: TableDefinition = {
  name: 'Purch. Inv. Header',
  keys: ['No'],
  fields: {
    No: code(20),
    Buy_from_Vendor_No: code(20, () => vendors),
    Posting_Date: date,
    Document_Date: date,
    Due_Date: date,
    Vendor_Invoice_No: code(35),
    Vendor_Order_No: code(35),
    Pre_Assigned_No: code(20),
    Currency_Code: code(10),
    Order_No: code(20),
    Cancelled: flag,
    Corrective: flag,
    Payment_Reference: free(50),
    Payment_Terms_Code: code(10),
    ...shortcuts(2),
    ...settlement,
    Closed: computed(flag, (row, company) => entryOf(row, company)['Open'] === false),
  },
};

/** Lines of posted invoices. */
export const postedInvoiceLines: TableDefinition = {
  name: 'Purch. Inv. Line',
  keys: ['Document_No', 'Line_No'],
  fields: {
    Document_No: code(20),
    Line_No: whole,
    Type: option(lineTypes),
    No: code(20),
    Description: free(50),
    Quantity: amount,
    Direct_Unit_Cost: amount,
    Line_Amount: amount,
    ...shortcuts(2),
  },
};

/** Posted credit memos; immutable. */
export const postedCreditMemos: TableDefinition = {
  name: 'Purch. Cr. Memo Hdr.',
  keys: ['No'],
  fields: {
    No: code(20),
    Buy_from_Vendor_No: code(20, () => vendors),
    ...settlement,
    Paid: computed(flag, (row, company) => entryOf(row, company)['Open'] === false),
    Cancelled: flag,
    Corrective: flag,
  },
};

/** Receipts that people have posted. */
export const postedReceipts: TableDefinition = {
  name: 'Purch. Rcpt. Header',
  keys: ['No'],
  fields: { No: code(20), Buy_from_Vendor_No: code(20), Posting_Date: date, Document_Date: date },
};
