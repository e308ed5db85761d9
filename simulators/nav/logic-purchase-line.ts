import { Decimal } from 'decimal.js';
import type { Call } from './calls.js';
import { checkAccount, checkVatSetup, defaultsOf } from './checks.js';
import { dimensionsOf, putShortcut, setIdOf, shortcutFields } from './dimensions.js';
import { businessError, missingValue, notInTable } from './errors.js';
import { keyOfHeader } from './logic-purchase-header.js';
import type { Change, TableLogic } from './table-logic-types.js';
import { linesOf, purchaseHeaders } from './tables-documents.js';
import { accounts } from './tables-master.js';
import { cents, decimal, integer, plain, text, type Row } from './values.js';

/** Purchase lines: the type clears the line, the number fills it, so both come before anything else. */
export const purchaseLineLogic: TableLogic = {
  begin: (call, given) => {
    const header = headerOf(call, given);
    call.key = keyOfHeader(call, header);
    const highest = Math.max(0, ...linesOf(call.company, header).map((line) => integer(line, 'Line_No')));
    const number = integer(given, 'Line_No') === 0 ? highest + 10_000 : integer(given, 'Line_No');
    call.key = `${call.key}/${number}`;
    const key = { Document_Type: text(header, 'Document_Type'), Document_No: text(header, 'No'), Line_No: number };
    return { ...key, Type: ' ', Dimension_Set_ID: 0 };
  },
  validate: {
    Type: (_call, row) => {
      Object.assign(row, { No: '', Description: '', Quantity: '0', Direct_Unit_Cost: '0', Line_Amount: '0' });
      Object.assign(row, { VAT_Prod_Posting_Group: '', Gen_Prod_Posting_Group: '', Dimension_Set_ID: 0 });
    },
    No: numberChosen,
    Quantity: (call, row) => {
      needsNumber(row);
      if (row['Document_Type'] === 'Order') {
        Object.assign(row, { Qty_to_Receive: text(row, 'Quantity'), Qty_to_Invoice: text(row, 'Quantity') });
      }
      setLineAmount(call, row);
    },
    Direct_Unit_Cost: setLineAmount,
    Line_Discount_Percent: setLineAmount,
    Line_Amount: (_call, row) => {
      needsNumber(row);
      row['Line_Amount'] = plain(cents(decimal(row, 'Line_Amount')));
    },
    VAT_Prod_Posting_Group: (call, row) => {
      const business = text(headerOf(call, row), '$vatBusiness');
      checkVatSetup(call.company, business, text(row, 'VAT_Prod_Posting_Group'));
    },
    ...Object.fromEntries(Object.values(shortcutFields).map((field) => [field, shortcutChosen(field)])),
  },
  written: (call, row) => {
    call.key = purchaseLineLogic.deskKey(call, row);
  },
  deskKey: (call, row) => `${keyOfHeader(call, headerOf(call, row))}/${integer(row, 'Line_No')}`,
};

/** The document of a line. Throws NavError if there is none. */
function headerOf({ company }: Call, line: Row): Row {
  const [type, number] = [text(line, 'Document_Type'), text(line, 'Document_No')];
  if (number === '') throw missingValue('Document No.', `Purchase Line: Document Type=${type}`);
  const header = company.table(purchaseHeaders).get(type, number);
  if (header === undefined) {
    const values = `Document Type='${type}',No.='${number}'`;
    throw businessError(`The Purchase Header does not exist. Identification fields and values: ${values}`);
  }
  return header;
}

/** Takes name, groups and default dimensions from the account; the header's dimensions win over the account's. */
function numberChosen(call: Call, row: Row, { value }: Change): void {
  const { company } = call;
  if (value === '') return;
  if (row['Type'] === ' ') throw missingValue('Type', nameOfLine(row));
  const account = row['Type'] === 'G/L Account' ? company.table(accounts).get(value) : undefined;
  if (account === undefined) throw notInTable('No.', 'Purchase Line', String(value), text(row, 'Type'));
  checkAccount(account);
  const header = headerOf(call, row);
  const inherited = dimensionsOf(company, integer(header, 'Dimension_Set_ID'));
  const own = defaultsOf(company, { table: 15, number: text(account, 'No') });
  Object.assign(row, {
    Description: text(account, 'Name'),
    VAT_Prod_Posting_Group: text(account, '$vatProduct'),
    Gen_Prod_Posting_Group: text(account, '$productGroup'),
    Dimension_Set_ID: setIdOf(company, { ...own, ...inherited }),
  });
}

function needsNumber(row: Row): void {
  if (row['Type'] === ' ') throw missingValue('Type', nameOfLine(row));
  if (text(row, 'No') === '') throw missingValue('No.', nameOfLine(row));
}

function nameOfLine(row: Row): string {
  return `Purchase Line: Document Type=${text(row, 'Document_Type')}, Document No.=${text(row, 'Document_No')}, Line No.=${integer(row, 'Line_No')}`;
}

function setLineAmount(_call: Call, row: Row): void {
  needsNumber(row);
  const whole = decimal(row, 'Quantity').times(decimal(row, 'Direct_Unit_Cost'));
  const share = new Decimal(100).minus(decimal(row, 'Line_Discount_Percent')).div(100);
  row['Line_Amount'] = plain(cents(whole.times(share)));
}

function shortcutChosen(field: string) {
  return (call: Call, row: Row, { value }: Change): void => {
    const isLost = call.world.orderedFaultsOnly && call.world.desk.itemFault('item-missing', call.operation);
    if (!isLost) putShortcut(call.company, row, { field, table: 'Purchase Line', value: String(value) });
  };
}
