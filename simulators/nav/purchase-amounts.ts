import { Decimal } from 'decimal.js';
import type { Company } from './company.js';
import { vatSetup } from './tables-master.js';
import { cents, decimal, text, type Row } from './values.js';

/** Net, tax and gross of a line or a document, document currency. */
export interface Amounts {
  net: Decimal;
  tax: Decimal;
  gross: Decimal;
}

/** Rate and account of two VAT groups; undefined where nobody has set them up. */
export function vatOf(company: Company, business: string, product: string): Row | undefined {
  return company.table(vatSetup).get(business, product);
}

/** Amounts of one line, rounded to cents; the line amount holds the tax where the document says so. */
export function lineAmounts(company: Company, header: Row, line: Row): Amounts {
  const product = text(line, 'VAT_Prod_Posting_Group');
  const percent = decimal(vatOf(company, text(header, '$vatBusiness'), product) ?? {}, 'VAT_Percent');
  const amount = cents(decimal(line, 'Line_Amount'));
  if (header['Prices_Including_VAT'] === true) {
    const net = cents(amount.times(100).div(percent.plus(100)));
    return { net, tax: amount.minus(net), gross: amount };
  }
  const tax = cents(amount.times(percent).div(100));
  return { net: amount, tax, gross: amount.plus(tax) };
}

/** Sums over the lines of a document. */
export function documentAmounts(company: Company, header: Row, lines: readonly Row[]): Amounts {
  const each = lines.map((line) => lineAmounts(company, header, line));
  const net = Decimal.sum(0, ...each.map((amounts) => amounts.net));
  const tax = Decimal.sum(0, ...each.map((amounts) => amounts.tax));
  return { net, tax, gross: net.plus(tax) };
}
