import { dimensionSetRows } from './dimensions.js';
import { page, type Page } from './page-definition.js';
import { journalTemplateRows } from './logic-journal-batch.js';
import { purchasesSetupRows } from './logic-purchase-header.js';
import { accountingPeriodRows } from './periods.js';
import * as master from './tables-master.js';

const accountFields = 'No Name Account_Type Direct_Posting Income_Balance Gen_Posting_Type';

/** Pages of master data and set-up (section 19). */
export const masterPages: Page[] = [
  page(
    26,
    'VendorCard',
    master.vendors,
    `No Name Name_2 Address Address_2 Post_Code City Country_Region_Code Phone_No E_Mail VAT_Registration_No Blocked
    Privacy_Blocked Currency_Code Payment_Terms_Code Payment_Method_Code Vendor_Posting_Group Gen_Bus_Posting_Group
    VAT_Bus_Posting_Group Last_Date_Modified Pay_to_Vendor_No`,
    { writes: ['create', 'update'], readOnly: 'Last_Date_Modified' },
  ),
  page(
    27,
    'VendorList',
    master.vendors,
    `No Name Blocked Post_Code Country_Region_Code Phone_No Currency_Code Payment_Terms_Code Vendor_Posting_Group
    Gen_Bus_Posting_Group VAT_Bus_Posting_Group Last_Date_Modified`,
  ),
  page(16, 'ChartOfAccounts', master.accounts, accountFields),
  page(18, 'GLAccountList', master.accounts, accountFields),
  page(536, 'Dimensions', master.dimensions, 'Code Name Code_Caption Blocked'),
  page(
    537,
    'DimensionValues',
    master.dimensionValues,
    'Code Name Dimension_Value_Type Totaling Blocked Consolidation_Code Dimension_Code',
    { writes: ['create', 'update'] },
  ),
  page(560, 'DimensionValueList', master.dimensionValues, 'Code Name Dimension_Value_Type Blocked'),
  page(540, 'DefaultDimensions', master.defaultDimensions, 'Dimension_Code Dimension_Value_Code Value_Posting'),
  page(
    479,
    'DimensionSetEntries',
    master.dimensionSetEntries,
    'Dimension_Code Dimension_Name DimensionValueCode Dimension_Value_Name',
    { rows: dimensionSetRows },
  ),
  page(
    118,
    'GeneralLedgerSetup',
    master.ledgerSetup,
    `Allow_Posting_From Allow_Posting_To LCY_Code Global_Dimension_1_Code Global_Dimension_2_Code
    ${[1, 2, 3, 4, 5, 6, 7, 8].map((position) => `Shortcut_Dimension_${position}_Code`).join(' ')}`,
  ),
  page(100, 'AccountingPeriods', master.accountingPeriods, 'Starting_Date Name New_Fiscal_Year Closed Date_Locked', {
    rows: accountingPeriodRows,
  }),
  page(
    101,
    'GeneralJournalTemplates',
    master.journalTemplates,
    'Name Description Type Recurring No_Series Posting_No_Series',
    { rows: journalTemplateRows },
  ),
  page(
    460,
    'PurchasesPayablesSetup',
    master.purchasesSetup,
    'Invoice_Nos Credit_Memo_Nos Posted_Invoice_Nos Posted_Credit_Memo_Nos',
    { rows: purchasesSetupRows },
  ),
  page(
    4,
    'PaymentTerms',
    master.paymentTerms,
    'Code Due_Date_Calculation Discount_Date_Calculation Discount_Percent Description',
  ),
  page(5, 'Currencies', master.currencies, 'Code Description Amount_Rounding_Precision ISO_Code'),
  page(427, 'PaymentMethods', master.paymentMethods, 'Code Description Bal_Account_Type Bal_Account_No'),
  page(
    5200,
    'EmployeeCard',
    master.employees,
    'No First_Name Last_Name Company_E_Mail Status Employee_Posting_Group Bank_Account_No IBAN Privacy_Blocked',
  ),
  page(5201, 'EmployeeList', master.employees, 'No FullName First_Name Last_Name'),
];
