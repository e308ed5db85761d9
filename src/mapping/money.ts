import { Decimal } from 'decimal.js';
import { remembered } from './remembered.js';

/** Decimals with room for 23 digits times a rate: nothing is ever rounded behind our back (FIS spec 9, common rules). */
export const Money = Decimal.clone({ precision: 80, toExpNeg: -40, toExpPos: 40 });
export type Amount = Decimal;

type CurrencyDecimals = 0 | 2 | 3 | 4;

const currenciesWith = (decimals: CurrencyDecimals, currencies: string): [string, CurrencyDecimals][] =>
  currencies.split(' ').map((currency) => [currency, decimals]);

const otherThanTwo = new Map<string, CurrencyDecimals>([
  ...currenciesWith(0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'),
  ...currenciesWith(3, 'BHD IQD JOD KWD LYD OMR TND'),
  ...currenciesWith(4, 'CLF UYW'),
]);

/** Digits after the point of an ISO 4217 currency: 0, 2, 3 or 4. */
export function currencyDecimals(currency: string): CurrencyDecimals {
  return otherThanTwo.get(currency) ?? 2;
}

/** Reads a JSON number literal such as `50.00000000` or `0E-8`; to do so is the dearest step of all. */
export const amountOf: (literal: string) => Amount = remembered(5_000, (literal) => new Money(literal));

/** Says whether a text that Concur may leave free is a number at all. */
export const isDecimal = (text: string): boolean => /^-?\d{1,30}(\.\d{1,20})?([eE][-+]?\d{1,2})?$/.test(text);

/** Plain decimal string without exponent and without trailing zeros: `96.46`, `100`, `-15`, `0`. */
export function plain(amount: Amount): string {
  return amount.isZero() ? '0' : amount.toFixed();
}

/** Exact sum of decimal strings or amounts. */
export function sumOf(amounts: Iterable<string | Amount>): Amount {
  let sum: Amount | undefined;
  for (const summand of amounts) {
    const amount = typeof summand === 'string' ? amountOf(summand) : summand;
    sum = sum === undefined ? amount : sum.plus(amount);
  }
  // A sum of nothing but `-0` is no negative amount.
  return sum === undefined || sum.isZero() ? zero : sum;
}

const zero: Amount = new Money(0);

/** Rounds half away from zero to what the currency can express. */
export function roundedTo(amount: Amount, currency: string): Amount {
  return amount.toDecimalPlaces(currencyDecimals(currency), Decimal.ROUND_HALF_UP);
}

/**
 * Divides an amount in proportion to weights, each share rounded to what the currency can express. What rounding leaves over is
 * added to the greatest share, of equal ones to the first by key, so that the order of rows decides nothing.
 */
export function divided(total: Amount, rows: { key: string; weight: Amount }[], currency: string): Amount[] {
  const whole = sumOf(rows.map(({ weight }) => weight));
  const shares = rows.map(({ weight }) =>
    roundedTo(whole.isZero() ? total.div(rows.length) : total.times(weight).div(whole), currency),
  );
  const rest = total.minus(sumOf(shares));
  const [greatest] = rows
    .map(({ key }, index) => ({ key, index, size: (shares[index] ?? whole).abs() }))
    .sort((left, right) => right.size.comparedTo(left.size) || left.key.localeCompare(right.key, 'en'));
  return shares.map((share, index) => (index === greatest?.index ? share.plus(rest) : share));
}

/** Says whether the amount can be posted in the currency without rounding. */
export function fitsCurrency(amount: Amount, currency: string): boolean {
  return amount.decimalPlaces() <= currencyDecimals(currency);
}

/** Smallest amount of the currency, for example 0.01. */
export function smallestUnit(currency: string): Amount {
  return amountOf(`1e-${currencyDecimals(currency)}`);
}
