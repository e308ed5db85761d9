import { shortcutValue } from './dimensions.js';
import { amount, code, computed, date, flag, free, option, whole, type Field, type TableDefinition } from './fields.js';
import { detailTypes, ledgerTypes, sourceTypes } from './options.js';

function dimension(position: number): Field {
  return computed(code(20), (row, company) => shortcutValue(company, row, position));
}

/** What became of an entry that was reversed, and what it reverses. */
const reversal = { Reversed: flag, Reversed_by_Entry_No: whole, Reversed_Entry_No: whole };

/** Posted G/L entries in local currency. */
export const ledgerEntries: TableDefinition = {
  name: 'G/L Entry',
  keys: ['Entry_No'],
  fields: {
    Entry_No: whole,
    Posting_Date: date,
    Document_Type: option(ledgerTypes),
    Document_No: code(20),
    External_Document_No: code(35),
    G_L_Account_No: code(20),
    Description: free(50),
    Amount: amount,
    Debit_Amount: amount,
    Credit_Amount: amount,
    VAT_Amount: amount,
    ...reversal,
    Dimension_Set_ID: whole,
    Global_Dimension_1_Code: dimension(1),
    Global_Dimension_2_Code: dimension(2),
    Source_Type: option(sourceTypes),
    Source_No: code(20),
    User_ID: code(50),
    Shortcut_Dimension_3_Code: dimension(3),
  },
};

const partyEntry: Record<string, Field> = {
  Entry_No: whole,
  Posting_Date: date,
  Document_Date: date,
  Document_Type: option(ledgerTypes),
  Document_No: code(20),
  External_Document_No: code(35),
  Description: free(50),
  Currency_Code: code(10),
  Original_Amount: amount,
  Amount: amount,
  Remaining_Amount: amount,
  Amount_LCY: amount,
  Remaining_Amt_LCY: amount,
  Due_Date: date,
  Open: flag,
  On_Hold: code(3),
  Payment_Reference: free(50),
  Payment_Method_Code: code(10),
  ...reversal,
  Exported_to_Payment_File: flag,
  Message_to_Recipient: free(140),
  Creditor_No: code(20),
  Dimension_Set_ID: whole,
  Closed_at_Date: date,
};

const detail: Record<string, Field> = {
  Entry_No: whole,
  Posting_Date: date,
  Entry_Type: option(detailTypes),
  Document_Type: option(ledgerTypes),
  Document_No: code(20),
  Currency_Code: code(10),
  Amount: amount,
  Amount_LCY: amount,
  Initial_Entry_Due_Date: date,
  User_ID: code(50),
  Source_Code: code(10),
  Reason_Code: code(10),
  Unapplied: flag,
  Unapplied_by_Entry_No: whole,
};

/** Vendor ledger entries; what is owed is negative. */
export const vendorEntries: TableDefinition = {
  name: 'Vendor Ledger Entry',
  keys: ['Entry_No'],
  fields: { ...partyEntry, Vendor_No: code(20), Vendor_Name: free(50) },
};

/** Detailed entries: the initial entry, and one side of each application. */
export const vendorDetails: TableDefinition = {
  name: 'Detailed Vendor Ledg. Entry',
  keys: ['Entry_No'],
  fields: { ...detail, Vendor_No: code(20), Vendor_Ledger_Entry_No: whole },
};

export const employeeEntries: TableDefinition = {
  name: 'Employee Ledger Entry',
  keys: ['Entry_No'],
  fields: { ...partyEntry, Employee_No: code(20) },
};

export const employeeDetails: TableDefinition = {
  name: 'Detailed Employee Ledger Entry',
  keys: ['Entry_No'],
  fields: { ...detail, Employee_No: code(20), Employee_Ledger_Entry_No: whole },
};

/** One posted document as the checker is told of it; published by no page. */
export const postedDocuments: TableDefinition = {
  name: 'Posted Document',
  keys: ['Transaction'],
  fields: { Transaction: whole },
};

/** The two subledgers of creditors. */
export interface Subledger {
  party: 'Vendor' | 'Employee';
  entries: TableDefinition;
  details: TableDefinition;
  /** Field of the party's number in both tables. */
  number: string;
  /** Field of the detailed entry that names its entry. */
  entryNumber: string;
}

const [vendor, employee]: [Subledger, Subledger] = [
  {
    party: 'Vendor',
    entries: vendorEntries,
    details: vendorDetails,
    number: 'Vendor_No',
    entryNumber: 'Vendor_Ledger_Entry_No',
  },
  {
    party: 'Employee',
    entries: employeeEntries,
    details: employeeDetails,
    number: 'Employee_No',
    entryNumber: 'Employee_Ledger_Entry_No',
  },
];

/** The subledgers by the kind of party. */
export function subledgerOf(party: Subledger['party']): Subledger {
  return party === 'Vendor' ? vendor : employee;
}
