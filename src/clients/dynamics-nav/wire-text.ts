import { Decimal } from 'decimal.js';

/** Longest values of the fields we filter by; longer ones answer 400 instead of nothing (NAV spec 4, trap 16). */
export const fieldLengths = {
  number: 20,
  dimensionCode: 20,
  documentNumber: 20,
  vendorInvoiceNumber: 35,
} as const;

/** Values per or-chain: keeps the URL far below the limits of proxies. */
export const chainSize = 20;

/** OData string literal: quotes doubled. Percent-encoding belongs to the HTTP core. */
export function quoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** `field eq 'a' or field eq 'b'`: one field only, Business Central refuses chains over several (NAV spec 4). */
export function equalsAny(
  field: string,
  values: readonly string[],
  literal: (value: string) => string = quoted,
): string {
  return values.map((value) => `${field} eq ${literal(value)}`).join(' or ');
}

/** Cuts a list into pieces of at most `size`. */
export function inChunks<T>(values: readonly T[], size: number = chainSize): T[][] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, index) =>
    values.slice(index * size, (index + 1) * size),
  );
}

/** A `Code` as the server keeps it: trimmed and upper case, letter by letter, so that `ß` stays one. */
export function asCode(value: string): string {
  return value.trim().replaceAll(/\p{L}/gu, (letter) => {
    const upper = letter.toUpperCase();
    return upper.length === letter.length ? upper : letter;
  });
}

/** True where a filter by this value can find something at all. */
export function canExist(value: string, maxLength: number): boolean {
  const length = value.trim().length;
  return length > 0 && length <= maxLength;
}

/** Decodes XML-name encoded enum members: `G_x002F_L_x0020_Account` → `G/L Account`; blank becomes an empty string. */
export function decodeName(text: string): string {
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))).trim();
}

/** Sum of decimal strings, or of one side of them, without floats. */
export function sumOf(amounts: Iterable<string>): Decimal {
  let sum = new Decimal(0);
  for (const amount of amounts) sum = sum.plus(amount);
  return sum;
}

/** Plain decimal string, at least two places, never an exponent. */
export function moneyText(amount: Decimal): string {
  return amount.decimalPlaces() <= 2 ? amount.toFixed(2) : amount.toFixed();
}
