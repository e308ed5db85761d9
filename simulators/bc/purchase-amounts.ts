import { Decimal } from 'decimal.js';
import type { PurchaseLineRow } from './records.js';
import { cents } from './wire.js';

/** Net, tax and gross of a line or an invoice, document currency. */
export interface Amounts {
  net: Decimal;
  tax: Decimal;
  gross: Decimal;
}

/** Tax rate of a tax code: its trailing digits (`VAT21` is 21 %); no digits or no code is 0 %. */
export function taxPercent(taxCode: string): number {
  return Number(/(\d{1,2})$/.exec(taxCode)?.[1] ?? 0);
}

/** Amounts of one line, rounded to cents. */
export function lineAmounts(line: PurchaseLineRow): Amounts {
  const net = cents(new Decimal(line.unitCost).times(line.quantity));
  const tax = cents(net.times(taxPercent(line.taxCode)).div(100));
  return { net, tax, gross: net.plus(tax) };
}

/** Sums over lines. */
export function documentAmounts(lines: readonly PurchaseLineRow[]): Amounts {
  const each = lines.map(lineAmounts);
  const net = Decimal.sum(0, ...each.map((amounts) => amounts.net));
  const tax = Decimal.sum(0, ...each.map((amounts) => amounts.tax));
  return { net, tax, gross: net.plus(tax) };
}
