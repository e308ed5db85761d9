import { createHash } from 'node:crypto';
import { Decimal } from 'decimal.js';
import { LosslessNumber } from 'lossless-json';
import type { Field, Scalar } from './odata-fields.js';
import type { Stored } from './records.js';

/** XML-name encoding of an option member: `G/L Account` becomes `G_x002F_L_x0020_Account`. */
export function encodeMember(name: string): string {
  return name.replace(
    /[^A-Za-z0-9_]/g,
    (character) => `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`,
  );
}

/** Plain name of an option member; a plain name stays as it is. */
export function decodeMember(text: string): string {
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** Value as it goes into JSON: decimals as exact numeric literals, option members encoded. */
export function toWire(field: Pick<Field<never>, 'kind'>, value: Scalar): unknown {
  if (field.kind === 'decimal') return new LosslessNumber(new Decimal(String(value)).plus(0).toFixed());
  if (field.kind === 'option') return encodeMember(String(value));
  return value;
}

/** The weak etag of this version of a record. */
export function etagOf(row: Stored): string {
  const stamp = createHash('sha256').update(row.id).digest().readUInt32BE(0) * 100_000 + row.version;
  return `W/"${Buffer.from(`'19;${stamp};00;'`).toString('base64')}"`;
}

/** Decimal string without an exponent or a negative zero. */
export function plain(value: Decimal): string {
  return value.plus(0).toFixed();
}

/** Rounded to cents, half away from zero, as the application rounds amounts. */
export function cents(value: Decimal): Decimal {
  return value.toDecimalPlaces(2, Decimal.ROUND_HALF_UP);
}
