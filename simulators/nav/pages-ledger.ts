import { everything, page, type Page } from './page-definition.js';
import * as journals from './tables-journals.js';
import * as ledger from './tables-ledger.js';

/** Pages of general journals and of what they and documents become (section 19). */
export const ledgerPages: Page[] = [
  page(
    39,
    'GeneralJournal',
    journals.journalLines,
    `Posting_Date Document_Date Document_Type Document_No External_Document_No Account_Type Account_No Description
    Currency_Code Gen_Posting_Type Gen_Bus_Posting_Group Gen_Prod_Posting_Group VAT_Bus_Posting_Group
    VAT_Prod_Posting_Group Amount Amount_LCY Debit_Amount Credit_Amount Bal_Account_Type Bal_Account_No
    Bal_Gen_Posting_Type Applies_to_Doc_Type Applies_to_Doc_No Shortcut_Dimension_1_Code Shortcut_Dimension_2_Code
    ShortcutDimCode3 ShortcutDimCode4 ShortcutDimCode5 ShortcutDimCode6 ShortcutDimCode7 ShortcutDimCode8 Comment
    Incoming_Document_Entry_No Correction`,
    { writes: everything, readOnly: 'Amount_LCY' },
  ),
  page(
    251,
    'GeneralJournalBatches',
    journals.journalBatches,
    'Name Description Bal_Account_Type Bal_Account_No No_Series Posting_No_Series Reason_Code Allow_Payment_Export',
    { writes: everything },
  ),
  page(
    20,
    'GLEntries',
    ledger.ledgerEntries,
    `Posting_Date Document_Type Document_No External_Document_No G_L_Account_No Description Amount Debit_Amount
    Credit_Amount VAT_Amount Reversed Reversed_by_Entry_No Reversed_Entry_No Entry_No Dimension_Set_ID
    Global_Dimension_1_Code Global_Dimension_2_Code Source_Type Source_No User_ID Shortcut_Dimension_3_Code`,
  ),
  page(
    29,
    'VendorLedgerEntries',
    ledger.vendorEntries,
    `Posting_Date Document_Date Document_Type Document_No External_Document_No Vendor_No Vendor_Name Description
    Currency_Code Original_Amount Amount Remaining_Amount Amount_LCY Remaining_Amt_LCY Due_Date Open On_Hold
    Payment_Reference Payment_Method_Code Entry_No Reversed Reversed_by_Entry_No Reversed_Entry_No
    Exported_to_Payment_File Message_to_Recipient Creditor_No Dimension_Set_ID Closed_at_Date`,
  ),
  page(
    574,
    'DetailedVendorLedgerEntries',
    ledger.vendorDetails,
    `Posting_Date Entry_Type Document_Type Document_No Vendor_No Currency_Code Amount Amount_LCY Initial_Entry_Due_Date
    User_ID Source_Code Reason_Code Unapplied Unapplied_by_Entry_No Vendor_Ledger_Entry_No Entry_No`,
  ),
  page(
    5237,
    'EmployeeLedgerEntries',
    ledger.employeeEntries,
    `Posting_Date Document_Type Document_No Employee_No Description Currency_Code Amount Remaining_Amount Open Entry_No
    Payment_Reference Payment_Method_Code`,
  ),
  page(
    5238,
    'DetailedEmployeeLedgerEntries',
    ledger.employeeDetails,
    `Posting_Date Entry_Type Document_Type Document_No Employee_No Amount Unapplied Employee_Ledger_Entry_No Entry_No`,
  ),
];
