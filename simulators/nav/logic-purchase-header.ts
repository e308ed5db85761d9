import type { Call } from './calls.js';
import { checkVendor, defaultsOf } from './checks.js';
import type { Company, World } from './company.js';
import { putShortcut, setIdOf } from './dimensions.js';
import { fieldError, missingValue, businessError, notInTable, wantsConfirmation } from './errors.js';
import type { Change, TableLogic } from './table-logic-types.js';
import { linesOf, purchaseHeaders, purchaseLines } from './tables-documents.js';
import { paymentTerms, vendors } from './tables-master.js';
import { dayAfter, text, type Row } from './values.js';

/** Field in which each kind of document keeps the other side's number. */
export const referenceFields: Record<string, string> = {
  Invoice: 'Vendor_Invoice_No',
  'Credit Memo': 'Vendor_Cr_Memo_No',
  Order: 'Vendor_Order_No',
};

/** Series of draft numbers, with the first number of each. */
const series: Record<string, [name: string, first: number]> = {
  Invoice: ['P-INV', 1001],
  'Credit Memo': ['P-CR', 1001],
  Order: ['P-ORD', 106_001],
};

/** The set-up of purchases: the number series of drafts and of posted documents. */
export function purchasesSetupRows(_company: Company, { faults }: World): Row[] {
  const named = (name: string): string => (faults['no-number-series'] === true ? '' : name);
  return [
    {
      ...{ Primary_Key: '', Invoice_Nos: named('P-INV'), Credit_Memo_Nos: named('P-CR') },
      ...{ Posted_Invoice_Nos: 'P-INV+', Posted_Credit_Memo_Nos: 'P-CR+' },
    },
  ];
}

/** The document as messages name it. */
export function nameOfHeader(row: Row): string {
  return `Purchase Header: Document Type=${text(row, 'Document_Type')}, No.=${text(row, 'No')}`;
}

/** Company, vendor and the other side's number; a document without a number goes by its own. */
export function keyOfHeader(call: Pick<Call, 'company'>, row: Row): string {
  const reference = text(row, referenceFields[text(row, 'Document_Type')] ?? '') || text(row, 'Your_Reference');
  const own = `${text(row, 'Document_Type')} ${text(row, 'No')}`;
  return `${call.company.head.name}/${reference === '' ? own : `${text(row, 'Buy_from_Vendor_No')}/${reference}`}`;
}

/** Purchase headers: the vendor sets everything else, so he comes first, then the dates, then his number (section 19). */
export const purchaseHeaderLogic: TableLogic = {
  begin: (call, given) => {
    const { world, company } = call;
    const type = text(given, 'Document_Type');
    const [name, first] = series[type] ?? ['P', 1];
    const setup = 'Purchases & Payables Setup: Primary Key=';
    if (world.faults['no-number-series'] === true) throw missingValue(`${type} Nos.`, setup);
    const chosen = text(given, 'No');
    if (chosen !== '' && !company.head.manualNumbers) {
      throw businessError(
        `You may not enter numbers manually. If you want to enter numbers manually, please activate Manual Nos. in No. Series ${name}.`,
      );
    }
    const today = world.today();
    call.key = `${company.head.name}/${type} ${chosen}`;
    const dates = { Order_Date: today, Posting_Date: today, Document_Date: today, Due_Date: today };
    const number = chosen === '' ? String(company.next(name, first)) : chosen;
    return { ...dates, Document_Type: type, No: number, Status: 'Open', Dimension_Set_ID: 0 };
  },
  beforeInsert: (call, row, values) => {
    call.key = keyOfHeader(call, row);
    // The number is given when the record is inserted, and fields are validated before: only the vendor may come along.
    const early = values.find(([field]) => field !== 'Buy_from_Vendor_No');
    if (early !== undefined) throw missingValue('No.', nameOfHeader({ ...row, No: '' }));
  },
  validate: {
    Buy_from_Vendor_No: vendorChosen,
    Posting_Date: (call, row) => {
      row['Document_Date'] = text(row, 'Posting_Date');
      setDueDate(call, row);
    },
    Document_Date: setDueDate,
    Payment_Terms_Code: setDueDate,
    Currency_Code: (call, row, { value, before = '' }) => {
      if (value !== before && linesOf(call.company, row).length > 0) {
        throw wantsConfirmation('The currency has changed. Do you want to update the lines?');
      }
    },
    Shortcut_Dimension_1_Code: (call, row, change) => shortcutChosen(call, row, 'Shortcut_Dimension_1_Code', change),
    Shortcut_Dimension_2_Code: (call, row, change) => shortcutChosen(call, row, 'Shortcut_Dimension_2_Code', change),
    Vendor_Invoice_No: needsVendor,
    Vendor_Cr_Memo_No: needsVendor,
    Vendor_Order_No: needsVendor,
  },
  written: (call, row) => {
    call.key = keyOfHeader(call, row);
    const field = referenceFields[text(row, 'Document_Type')] ?? '';
    if (text(row, field) === '') return;
    const isTwin = (other: Row): boolean =>
      other !== row && ['Document_Type', 'Buy_from_Vendor_No', field].every((name) => other[name] === row[name]);
    if (call.company.table(purchaseHeaders).find(isTwin) === undefined) return;
    call.repeatMessage = `a second ${text(row, 'Document_Type')} ${text(row, field)} of vendor ${text(row, 'Buy_from_Vendor_No')} was drafted`;
  },
  removed: (call, row) => {
    if (row['Document_Type'] === 'Order') {
      call.world.desk.violation(call.operation, `purchase order ${text(row, 'No')} was deleted`);
    }
    for (const line of linesOf(call.company, row)) call.company.table(purchaseLines).remove(line);
  },
  deskKey: keyOfHeader,
};

/** Begins the document anew for this vendor: what was entered before is gone. */
function vendorChosen(call: Call, row: Row, { value, before = '' }: Change): void {
  const { company, world } = call;
  const vendor = company.table(vendors).get(value);
  if (vendor === undefined) throw notInTable('Buy-from Vendor No.', 'Purchase Header', String(value), 'Vendor');
  checkVendor(vendor, 'create');
  if (value !== before && linesOf(company, row).length > 0) {
    throw wantsConfirmation('Do you want to change Buy-from Vendor No.?');
  }
  const today = world.today();
  const references = Object.fromEntries(Object.values(referenceFields).map((field) => [field, '']));
  const owner = { table: 23, number: text(vendor, 'No') } as const;
  Object.assign(row, references, {
    Buy_from_Vendor_Name: text(vendor, 'Name'),
    $payTo: text(vendor, 'Pay_to_Vendor_No') || text(vendor, 'No'),
    $vatBusiness: text(vendor, 'VAT_Bus_Posting_Group'),
    Currency_Code: text(vendor, 'Currency_Code'),
    Payment_Terms_Code: text(vendor, 'Payment_Terms_Code'),
    Posting_Date: today,
    Document_Date: today,
    Posting_Description: `${text(row, 'Document_Type')} ${text(row, 'No')}`,
    Dimension_Set_ID: setIdOf(company, defaultsOf(company, owner)),
  });
  setDueDate(call, row);
}

function setDueDate({ company }: Call, row: Row): void {
  const terms = company.table(paymentTerms).get(text(row, 'Payment_Terms_Code')) ?? {};
  row['Due_Date'] = dayAfter(text(row, 'Document_Date'), text(terms, 'Due_Date_Calculation'));
}

function needsVendor(_call: Call, row: Row): void {
  if (text(row, 'Buy_from_Vendor_No') === '') throw missingValue('Buy-from Vendor No.', nameOfHeader(row));
  if (row['Status'] !== 'Open') throw fieldError(`Status must be equal to 'Open' in ${nameOfHeader(row)}.`);
}

function shortcutChosen(call: Call, row: Row, field: string, { value }: Change): void {
  const before = row['Dimension_Set_ID'];
  putShortcut(call.company, row, { field, table: 'Purchase Header', value: String(value) });
  if (row['Dimension_Set_ID'] !== before && linesOf(call.company, row).length > 0) {
    throw wantsConfirmation('You may have changed a dimension. Do you want to update the lines?');
  }
}
