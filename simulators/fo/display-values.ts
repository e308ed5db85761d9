import type { FoMasterData } from '../harness/master-data.js';

/** Delimiters that F&O offers, by the member of DimensionSegmentDelimiter (section 11). */
const delimiterTexts: Record<string, string> = {
  Hyphen: '-',
  Period: '.',
  Underscore: '_',
  Bar: '|',
  DoubleHyphen: '--',
  DoublePeriod: '..',
  DoubleUnderscore: '__',
  DoubleBar: '||',
  Tilde: '~',
  DoubleTilde: '~~',
};

/** Delimiter of the master data as text; it may be given as text or as member name. Hyphen if not given. */
export function delimiterOf(master: FoMasterData): string {
  const given = master.delimiter ?? '-';
  return delimiterTexts[given] ?? given;
}

/** Member of DimensionSegmentDelimiter. */
export function delimiterMember(master: FoMasterData): string {
  const wanted = delimiterOf(master);
  const found = Object.entries(delimiterTexts).find(([, delimiter]) => delimiter === wanted);
  if (found === undefined) throw new Error(`F&O has no segment delimiter "${wanted}"`);
  return found[0];
}

/** Splits a display value at the delimiter; a backslash takes the next character literally. */
export function splitDisplayValue(value: string, delimiter: string): string[] {
  const segments: string[] = [];
  let current = '';
  for (let at = 0; at < value.length;) {
    if (value[at] === '\\' && at + 1 < value.length) {
      current += value[at + 1] ?? '';
      at += 2;
    } else if (value.startsWith(delimiter, at)) {
      segments.push(current);
      current = '';
      at += delimiter.length;
    } else {
      current += value[at] ?? '';
      at += 1;
    }
  }
  return [...segments, current];
}

/** Escapes the delimiter and the backslash inside one value. */
export function escapeSegment(value: string, delimiter: string): string {
  const escaped = value.replaceAll('\\', '\\\\');
  return escaped.replaceAll(delimiter, [...delimiter].map((character) => `\\${character}`).join(''));
}

/** Joins segments; unused positions stay empty and keep their delimiters (section 11). */
export function joinDisplayValue(segments: readonly string[], delimiter: string): string {
  return segments.map((segment) => escapeSegment(segment, delimiter)).join(delimiter);
}
