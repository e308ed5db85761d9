import type { Company } from './company.js';
import { documentAmounts } from './purchase-amounts.js';
import {
  linesOf,
  postedCreditMemos,
  postedInvoiceLines,
  postedInvoices,
  purchaseHeaders,
  purchaseLines,
} from './tables-documents.js';
import { integer, plain, text, type Row } from './values.js';

const copied = [
  ...['Buy_from_Vendor_No', 'Posting_Date', 'Document_Date', 'Due_Date', 'Vendor_Invoice_No', 'Vendor_Order_No'],
  ...['Currency_Code', 'Payment_Reference', 'Payment_Terms_Code', 'Dimension_Set_ID'],
];
const copiedOfLine = ['Type', 'No', 'Description', 'Quantity', 'Direct_Unit_Cost', 'Line_Amount', 'Dimension_Set_ID'];

/** Turns a draft into the posted document: the draft is gone, and `Pre_Assigned_No` is what is left of its number. */
export function recordPosted(
  company: Company,
  header: Row,
  lines: readonly Row[],
  { number, entryNumber }: { number: string; entryNumber: number },
): void {
  const { net, gross } = documentAmounts(company, header, lines);
  const amounts = { Amount: plain(net), Amount_Including_VAT: plain(gross), Cancelled: false, Corrective: false };
  const own = { No: number, Pre_Assigned_No: text(header, 'No'), $entryNo: entryNumber, ...amounts };
  if (header['Document_Type'] === 'Invoice') {
    company.table(postedInvoices).insert({ ...picked(header, copied), ...own, Order_No: '' });
    for (const line of lines) {
      const key = { Document_No: number, Line_No: integer(line, 'Line_No') };
      company.table(postedInvoiceLines).insert({ ...picked(line, copiedOfLine), ...key });
    }
  } else {
    const reference = text(header, 'Vendor_Cr_Memo_No');
    company.table(postedCreditMemos).insert({ ...picked(header, copied), ...own, Vendor_Cr_Memo_No: reference });
  }
  for (const line of linesOf(company, header)) company.table(purchaseLines).remove(line);
  company.table(purchaseHeaders).remove(header);
}

function picked(row: Row, names: readonly string[]): Row {
  return Object.fromEntries(names.flatMap((name) => (row[name] === undefined ? [] : [[name, row[name]]])));
}
