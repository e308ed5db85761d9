import type { LedgerLeg } from '../contracts/ledger.js';
import type { CompanyMapping } from '../contracts/mapping-rules.js';
import type { Decided } from './code-lookup.js';
import { holdsOn, placeText } from './code-lookup.js';

type TaxLeg = Extract<LedgerLeg, { leg: 'inputTax' }>;

/** Account of reclaimable tax: the row of the reclaim code, else of the tax code, else the row for any code (`*`). */
export function taxAccount(mapping: CompanyMapping, leg: TaxLeg, day: string): Decided | undefined {
  const rows = mapping.inputTax.filter((row) => row.authority === leg.authority && holdsOn(row, day));
  const candidates = [leg.reclaimCode, leg.taxCode, '*'].filter((code) => code !== null && code !== '');
  const row = candidates
    .map((code) => rows.find((each) => each.code === code))
    .find((found) => found?.account !== undefined);
  if (row === undefined) return undefined;
  const name = row.place?.file.endsWith('.csv') ? `table ${row.place.file} row ${row.place.line}` : undefined;
  const which = `${row.authority}/${row.code === '*' ? 'any code' : row.code}`;
  return { value: row.account, why: `${name ?? `inputTax${placeText(row.place)}`}: ${which} → ${row.account}` };
}
