import { Decimal } from 'decimal.js';
import type { Company } from './company.js';
import type { Call } from './calls.js';
import { checkAccount, checkVatSetup, checkVendor, defaultsOf, type DimensionOwner } from './checks.js';
import { rateOf } from './currency.js';
import { putShortcut, setIdOf, shortcutFields } from './dimensions.js';
import { notInTable } from './errors.js';
import { batchLines } from './logic-journal-batch.js';
import type { Change, TableLogic } from './table-logic-types.js';
import { journalBatches } from './tables-journals.js';
import { accounts, employees, vendors } from './tables-master.js';
import { cents, decimal, integer, plain, text, type Row } from './values.js';

/** Journal lines: the account fills the line, so its type and number come before anything else. */
export const journalLineLogic: TableLogic = {
  begin: (call, given) => {
    const [template, name] = [text(given, 'Journal_Template_Name'), text(given, 'Journal_Batch_Name')];
    const batch = call.company.table(journalBatches).get(template, name);
    if (batch === undefined) {
      throw notInTable('Journal Batch Name', 'Gen. Journal Line', `${template},${name}`, 'Gen. Journal Batch');
    }
    const highest = Math.max(0, ...batchLines(call.company, batch).map((line) => integer(line, 'Line_No')));
    const number = integer(given, 'Line_No') === 0 ? highest + 10_000 : integer(given, 'Line_No');
    const row = {
      ...{ Journal_Template_Name: template, Journal_Batch_Name: name, Line_No: number },
      ...{ Posting_Date: call.world.today(), Document_Date: call.world.today(), Amount: '0', Dimension_Set_ID: 0 },
      ...{ Account_Type: 'G/L Account', Bal_Account_Type: text(batch, 'Bal_Account_Type') },
      Bal_Account_No: text(batch, 'Bal_Account_No'),
    };
    call.key = journalLineLogic.deskKey(call, row);
    return row;
  },
  validate: {
    Posting_Date: (_call, row) => {
      row['Document_Date'] = text(row, 'Posting_Date');
    },
    Account_Type: (_call, row) => {
      Object.assign(row, { Account_No: '', Description: '', Currency_Code: '', Dimension_Set_ID: 0 });
    },
    Account_No: accountChosen,
    Bal_Account_No: (call, row) => void partyOf(call.company, row, 'Bal_Account'),
    Currency_Code: setLocalAmount,
    Amount: setLocalAmount,
    Debit_Amount: (call, row, { value }) => setAmount(call, row, plain(new Decimal(String(value)))),
    Credit_Amount: (call, row, { value }) => setAmount(call, row, plain(new Decimal(String(value)).neg())),
    Gen_Posting_Type: checkGroups,
    VAT_Bus_Posting_Group: checkGroups,
    VAT_Prod_Posting_Group: checkGroups,
    ...Object.fromEntries(Object.values(shortcutFields).map((field) => [field, shortcutChosen(field)])),
  },
  deskKey: (call, row) => `${call.company.head.name}/${text(row, 'Journal_Batch_Name')}/${integer(row, 'Line_No')}`,
};

/** The record behind an account number of a line; undefined for none. Throws NavError for a number that leads nowhere. */
export function partyOf(company: Company, row: Row, side: 'Account' | 'Bal_Account'): Row | undefined {
  const [type, number] = [text(row, `${side}_Type`), text(row, `${side}_No`)];
  if (number === '') return undefined;
  const table = { 'G/L Account': accounts, Vendor: vendors, Employee: employees }[type];
  const found = table === undefined ? undefined : company.table(table).get(number);
  if (found === undefined) {
    throw notInTable(side === 'Account' ? 'Account No.' : 'Bal. Account No.', 'Gen. Journal Line', number, type);
  }
  if (type === 'G/L Account') checkAccount(found);
  if (type === 'Vendor') checkVendor(found, 'create');
  return found;
}

/** The records whose default dimensions a line has to follow. */
export function dimensionOwnersOf(row: Row): DimensionOwner[] {
  return (['Account', 'Bal_Account'] as const).flatMap((side) => {
    const number = text(row, `${side}_No`);
    const table = ({ 'G/L Account': 15, Vendor: 23, Employee: 5200 } as const)[text(row, `${side}_Type`)];
    return number === '' || table === undefined ? [] : [{ table, number }];
  });
}

/** Takes name, currency, VAT set-up and default dimensions from the account. */
function accountChosen(call: Call, row: Row): void {
  const { company } = call;
  const party = partyOf(company, row, 'Account') ?? {};
  const isLedger = row['Account_Type'] === 'G/L Account';
  const [owner] = dimensionOwnersOf(row);
  Object.assign(row, {
    Description: text(party, 'Name') || `${text(party, 'First_Name')} ${text(party, 'Last_Name')}`.trim(),
    Gen_Posting_Type: isLedger ? text(party, 'Gen_Posting_Type') || ' ' : ' ',
    VAT_Bus_Posting_Group: isLedger ? text(party, '$vatBusiness') : '',
    VAT_Prod_Posting_Group: isLedger ? text(party, '$vatProduct') : '',
    Currency_Code: row['Account_Type'] === 'Vendor' ? text(party, 'Currency_Code') : text(row, 'Currency_Code'),
    Dimension_Set_ID: owner === undefined ? 0 : setIdOf(company, defaultsOf(company, owner)),
  });
  setLocalAmount(call, row);
}

function setAmount(call: Call, row: Row, amount: string): void {
  row['Amount'] = amount;
  setLocalAmount(call, row);
}

/** Amounts are rounded to cents without a word. */
function setLocalAmount({ company }: Call, row: Row): void {
  const amount = cents(decimal(row, 'Amount'));
  row['Amount'] = plain(amount);
  row['Amount_LCY'] = plain(cents(amount.times(rateOf(company, text(row, 'Currency_Code')))));
}

function checkGroups({ company }: Call, row: Row): void {
  if (text(row, 'Gen_Posting_Type').trim() === '') return;
  checkVatSetup(company, text(row, 'VAT_Bus_Posting_Group'), text(row, 'VAT_Prod_Posting_Group'));
}

function shortcutChosen(field: string) {
  return (call: Call, row: Row, { value }: Change): void => {
    const isLost = call.world.orderedFaultsOnly && call.world.desk.itemFault('item-missing', call.operation);
    if (!isLost) putShortcut(call.company, row, { field, table: 'Gen. Journal Line', value: String(value) });
  };
}
