import { Decimal } from 'decimal.js';
import { amount, code, computed, date, flag, free, option, whole, type TableDefinition } from './fields.js';
import { accountTypes, ledgerTypes, postingTypes } from './options.js';
import { shortcuts } from './tables-documents.js';
import { currencies } from './tables-master.js';
import { decimal, plain } from './values.js';

/** Batches of general journals. */
export const journalBatches: TableDefinition = {
  name: 'Gen. Journal Batch',
  keys: ['Journal_Template_Name', 'Name'],
  fields: {
    Journal_Template_Name: code(10),
    Name: code(10),
    Description: free(50),
    Bal_Account_Type: option(accountTypes),
    Bal_Account_No: code(20),
    No_Series: code(20),
    Posting_No_Series: code(20),
    Reason_Code: code(10),
    Allow_Payment_Export: flag,
  },
};

/** Lines of general journals; a positive amount is a debit. */
export const journalLines: TableDefinition = {
  name: 'Gen. Journal Line',
  keys: ['Journal_Template_Name', 'Journal_Batch_Name', 'Line_No'],
  fields: {
    Journal_Template_Name: code(10),
    Journal_Batch_Name: code(10),
    Line_No: whole,
    Posting_Date: date,
    Document_Date: date,
    Document_Type: option(ledgerTypes),
    Document_No: code(20),
    External_Document_No: code(35),
    Account_Type: option(accountTypes),
    Account_No: code(20),
    Description: free(50),
    Currency_Code: code(10, () => currencies),
    Gen_Posting_Type: option(postingTypes),
    Gen_Bus_Posting_Group: code(20),
    Gen_Prod_Posting_Group: code(20),
    VAT_Bus_Posting_Group: code(20),
    VAT_Prod_Posting_Group: code(20),
    Amount: amount,
    Amount_LCY: amount,
    Debit_Amount: computed(amount, (row) => plain(Decimal.max(decimal(row, 'Amount'), 0))),
    Credit_Amount: computed(amount, (row) => plain(Decimal.max(decimal(row, 'Amount').neg(), 0))),
    Bal_Account_Type: option(accountTypes),
    Bal_Account_No: code(20),
    Bal_Gen_Posting_Type: option(postingTypes),
    Applies_to_Doc_Type: option(ledgerTypes),
    Applies_to_Doc_No: code(20),
    ...shortcuts(8),
    Comment: free(250),
    Incoming_Document_Entry_No: whole,
    Correction: flag,
  },
};
