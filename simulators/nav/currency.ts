import { Decimal } from 'decimal.js';
import type { Company } from './company.js';
import { currencies } from './tables-master.js';
import { decimal } from './values.js';

/** Local currency per unit of the currency; a blank code is local currency. */
export function rateOf(company: Company, code: string): Decimal {
  const row = code === '' ? undefined : company.table(currencies).get(code);
  return row === undefined ? new Decimal(1) : decimal(row, '$rate');
}
