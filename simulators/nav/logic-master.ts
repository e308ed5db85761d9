import type { Call } from './calls.js';
import { businessError, missingValue } from './errors.js';
import type { TableLogic } from './table-logic-types.js';
import { text, type Row } from './values.js';

/** Vendors. Only the day of a change is kept (`Last_Date_Modified`), and a new vendor has no posting groups of its own. */
export const vendorLogic: TableLogic = {
  begin: (call, given) => {
    const { company, world } = call;
    const chosen = text(given, 'No');
    call.key = `${company.head.name}/${chosen}`;
    if (chosen !== '' && !company.head.manualNumbers) {
      throw businessError(
        'You may not enter numbers manually. If you want to, activate Manual Nos. in No. Series VEND.',
      );
    }
    const number = chosen === '' ? `V${String(company.next('VEND')).padStart(5, '0')}` : chosen;
    return { No: number, Blocked: ' ', Last_Date_Modified: world.today() };
  },
  validate: {},
  written: (call, row) => {
    call.key = keyOfVendor(call, row);
    row['Last_Date_Modified'] = call.world.today();
  },
  deskKey: keyOfVendor,
};

function keyOfVendor({ company }: Call, row: Row): string {
  return `${company.head.name}/${text(row, 'No')}`;
}

/** Dimension values, which pages can write (page 537). */
export const dimensionValueLogic: TableLogic = {
  begin: (call, given) => {
    const row: Row = { ...given, Dimension_Value_Type: 'Standard' };
    call.key = keyOfValue(call, row);
    const where = `Dimension Value: Dimension Code=${text(given, 'Dimension_Code')}`;
    if (text(given, 'Dimension_Code') === '') throw missingValue('Dimension Code', where);
    if (text(given, 'Code') === '') throw missingValue('Code', where);
    return row;
  },
  validate: {},
  deskKey: keyOfValue,
};

function keyOfValue({ company }: Call, row: Row): string {
  return `${company.head.name}/${text(row, 'Dimension_Code')}/${text(row, 'Code')}`;
}
