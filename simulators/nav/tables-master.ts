import { amount, code, computed, date, flag, free, option, whole, type TableDefinition } from './fields.js';
import { firstOpenDay } from './posting-window.js';
import { blockedMembers, chartTypes, postingTypes, valuePostings, valueTypes } from './options.js';

export const paymentTerms: TableDefinition = {
  name: 'Payment Terms',
  keys: ['Code'],
  fields: {
    Code: code(10),
    Due_Date_Calculation: free(32),
    Discount_Date_Calculation: free(32),
    Discount_Percent: amount,
    Description: free(50),
  },
};

export const currencies: TableDefinition = {
  name: 'Currency',
  keys: ['Code'],
  fields: { Code: code(10), Description: free(30), Amount_Rounding_Precision: amount, ISO_Code: code(3) },
};

export const paymentMethods: TableDefinition = {
  name: 'Payment Method',
  keys: ['Code'],
  fields: {
    Code: code(10),
    Description: free(50),
    Bal_Account_Type: option(['G/L Account', 'Bank Account']),
    Bal_Account_No: code(20),
  },
};

export const vendors: TableDefinition = {
  name: 'Vendor',
  keys: ['No'],
  fields: {
    No: code(20),
    Name: free(50),
    Name_2: free(50),
    Address: free(50),
    Address_2: free(50),
    Post_Code: code(20),
    City: free(30),
    Country_Region_Code: code(10),
    Phone_No: free(30),
    E_Mail: free(80),
    VAT_Registration_No: free(20),
    Blocked: option(blockedMembers),
    Privacy_Blocked: flag,
    Currency_Code: code(10, () => currencies),
    Payment_Terms_Code: code(10, () => paymentTerms),
    Payment_Method_Code: code(10, () => paymentMethods),
    Vendor_Posting_Group: code(20),
    Gen_Bus_Posting_Group: code(20),
    VAT_Bus_Posting_Group: code(20),
    Last_Date_Modified: date,
    Pay_to_Vendor_No: code(20, () => vendors),
  },
};

export const employees: TableDefinition = {
  name: 'Employee',
  keys: ['No'],
  fields: {
    No: code(20),
    FullName: {
      ...free(100),
      read: (row) => `${String(row['First_Name'] ?? '')} ${String(row['Last_Name'] ?? '')}`.trim(),
    },
    First_Name: free(30),
    Last_Name: free(30),
    Company_E_Mail: free(80),
    Status: option(['Active', 'Inactive', 'Terminated']),
    Employee_Posting_Group: code(20),
    Bank_Account_No: free(30),
    IBAN: code(50),
    Privacy_Blocked: flag,
  },
};

export const accounts: TableDefinition = {
  name: 'G/L Account',
  keys: ['No'],
  fields: {
    No: code(20),
    Name: free(50),
    Account_Type: option(chartTypes),
    Direct_Posting: flag,
    Income_Balance: option(['Income Statement', 'Balance Sheet']),
    Gen_Posting_Type: option(postingTypes),
  },
};

/** Rate and account of each combination of VAT groups; published by no page. */
export const vatSetup: TableDefinition = {
  name: 'VAT Posting Setup',
  keys: ['VAT_Bus_Posting_Group', 'VAT_Prod_Posting_Group'],
  fields: {
    VAT_Bus_Posting_Group: code(20),
    VAT_Prod_Posting_Group: code(20),
    VAT_Percent: amount,
    Purchase_VAT_Account: code(20),
  },
};

export const dimensions: TableDefinition = {
  name: 'Dimension',
  keys: ['Code'],
  fields: { Code: code(20), Name: free(30), Code_Caption: free(80), Blocked: flag },
};

export const dimensionValues: TableDefinition = {
  name: 'Dimension Value',
  keys: ['Dimension_Code', 'Code'],
  fields: {
    Dimension_Code: code(20, () => dimensions),
    Code: code(20),
    Name: free(50),
    Dimension_Value_Type: option(valueTypes),
    Totaling: free(250),
    Blocked: flag,
    Consolidation_Code: code(20),
  },
};

/** Dimension values that accounts, vendors and employees bring along or ask for; `Table_ID` is 15, 23 or 5200. */
export const defaultDimensions: TableDefinition = {
  name: 'Default Dimension',
  keys: ['Table_ID', 'No', 'Dimension_Code'],
  fields: {
    Table_ID: whole,
    No: code(20),
    Dimension_Code: code(20, () => dimensions),
    Dimension_Value_Code: code(20),
    Value_Posting: option(valuePostings),
  },
};

/** A view of the dimension sets of the company. */
export const dimensionSetEntries: TableDefinition = {
  name: 'Dimension Set Entry',
  keys: ['Dimension_Set_ID', 'Dimension_Code'],
  fields: {
    Dimension_Set_ID: whole,
    Dimension_Code: code(20),
    Dimension_Name: free(30),
    DimensionValueCode: code(20),
    Dimension_Value_Name: free(50),
  },
};

const shortcuts = Object.fromEntries(
  [1, 2, 3, 4, 5, 6, 7, 8].map((position) => [`Shortcut_Dimension_${position}_Code`, code(20, () => dimensions)]),
);

/** The one record of the general ledger set-up. */
export const ledgerSetup: TableDefinition = {
  name: 'General Ledger Setup',
  keys: ['Primary_Key'],
  fields: {
    Primary_Key: code(10),
    Allow_Posting_From: computed(date, (_row, company) => firstOpenDay(company)),
    Allow_Posting_To: computed(date, (_row, { head }) => head.allowPostingTo),
    LCY_Code: code(10),
    Global_Dimension_1_Code: code(20, () => dimensions),
    Global_Dimension_2_Code: code(20, () => dimensions),
    ...shortcuts,
  },
};

export const accountingPeriods: TableDefinition = {
  name: 'Accounting Period',
  keys: ['Starting_Date'],
  fields: { Starting_Date: date, Name: free(10), New_Fiscal_Year: flag, Closed: flag, Date_Locked: flag },
};

const templateTypes = ['General', 'Sales', 'Purchases', 'Cash Receipts', 'Payments', 'Assets', 'Intercompany', 'Jobs'];

/** Templates of general journals, of which the batches are made. */
export const journalTemplates: TableDefinition = {
  name: 'Gen. Journal Template',
  keys: ['Name'],
  fields: {
    Name: code(10),
    Description: free(80),
    Type: option(templateTypes),
    Recurring: flag,
    No_Series: code(20),
    Posting_No_Series: code(20),
  },
};

/** The one record that says from which series purchase documents take their numbers. */
export const purchasesSetup: TableDefinition = {
  name: 'Purchases & Payables Setup',
  keys: ['Primary_Key'],
  fields: {
    Primary_Key: code(10),
    Invoice_Nos: code(20),
    Credit_Memo_Nos: code(20),
    Posted_Invoice_Nos: code(20),
    Posted_Credit_Memo_Nos: code(20),
  },
};
