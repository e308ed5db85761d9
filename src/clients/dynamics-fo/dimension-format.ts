import type { DimensionValue } from '../../contracts/erp-documents.js';
import { Rejected } from '../http/errors.js';
import { foldCode, sameCode } from './odata-literals.js';

/** How this environment writes accounts and dimensions as one string (F&O spec 11). */
export interface DimensionFormat {
  /** Name of the connection, for errors. */
  system: string;
  delimiter: string;
  /** Segment names of the active ledger format in order, the main account among them. */
  ledger: string[];
  /** Segment names of the active format for default dimensions; undefined where none is active. */
  defaults: string[] | undefined;
}

/** Name of the segment that every ledger format has. */
export const MAIN_ACCOUNT = 'MainAccount';

/** Everything that decides how a display string is read; two formats with the same text read every string alike. */
export function formatInWords({ delimiter, ledger, defaults }: DimensionFormat): string {
  const names = (segments: readonly string[] | undefined): string => segments?.join(', ') ?? 'none';
  return `ledger format ${names(ledger)}; default dimension format ${names(defaults)}; delimiter "${delimiter}"`;
}

const delimiters: Record<string, string> = {
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

/** The characters of `DimensionSegmentDelimiter`; undefined for a member that is not known. */
export const delimiterOf = (member: string): string | undefined => delimiters[member];

/** Tells whether a segment name is the main account. */
export const isMainAccount = (segment: string): boolean => sameCode(segment, MAIN_ACCOUNT);

/**
 * Segment names of a format text. They stand in order with the environment's delimiter between them; a text without it
 * is tried with the hyphen, in which the set-up form displays them.
 */
export function segmentNames(formatText: string, delimiter: string): string[] {
  const names = formatText.split(delimiter).map((name) => name.trim());
  const segments = names.length > 1 ? names : formatText.split('-').map((name) => name.trim());
  return segments.filter((name) => name !== '');
}

/** The mapped dimensions that the active ledger format lacks: F&O would lose them (S42). */
export function dimensionsMissingFrom(format: DimensionFormat, dimensions: readonly string[]): string[] {
  const known = new Set(format.ledger.map(foldCode));
  return [...new Set(dimensions)].filter((dimension) => !known.has(foldCode(dimension)));
}

/**
 * `AccountDisplayValue` of a ledger line: main account and dimension values in the order of the format, with every
 * position kept (S41). Throws `Rejected` before any write where a value has no place or cannot be written.
 */
export function ledgerDisplay(format: DimensionFormat, account: string, dimensions: readonly DimensionValue[]): string {
  return display(format, format.ledger, [{ dimension: MAIN_ACCOUNT, value: account }, ...dimensions]);
}

/** `DefaultDimensionDisplayValue` of a vendor line. Throws `Rejected` where no format for it is active. */
export function defaultDimensionDisplay(format: DimensionFormat, dimensions: readonly DimensionValue[]): string {
  if (format.defaults === undefined) {
    throw unusable(
      format,
      'No dimension format for default dimensions is active; set one up for integrating applications.',
    );
  }
  return display(format, format.defaults, dimensions);
}

/** A vendor account as display value: unescaped, its hyphens would be read as segments (trap 7). */
export const accountDisplay = (format: DimensionFormat, account: string): string => escapeSegment(format, account);

function display(format: DimensionFormat, segments: readonly string[], values: readonly DimensionValue[]): string {
  const bySegment = new Map<string, string>();
  for (const { dimension, value } of values) {
    const segment = foldCode(dimension);
    if (!segments.some((name) => foldCode(name) === segment)) {
      throw unusable(format, `The active dimension format does not contain ${dimension}; its value would be lost.`);
    }
    if (bySegment.has(segment)) throw unusable(format, `A line carries two values of the dimension ${dimension}.`);
    bySegment.set(segment, escapeSegment(format, value));
  }
  return segments.map((name) => bySegment.get(foldCode(name)) ?? '').join(format.delimiter);
}

function escapeSegment(format: DimensionFormat, value: string): string {
  const { delimiter } = format;
  if (value.includes('\\')) {
    throw unusable(format, `The value "${value}" holds a backslash, which Finance & Operations uses to escape.`);
  }
  const mark = delimiter.charAt(0);
  if (delimiter.length > 1 && (value.startsWith(mark) || value.endsWith(mark))) {
    throw unusable(
      format,
      `The value "${value}" begins or ends with "${mark}", so that "${delimiter}" beside it is ambiguous.`,
    );
  }
  return value.replaceAll(delimiter, `\\${delimiter}`);
}

/** Values of a display string without escapes; the inverse of the builders above. */
export function segmentsOf(format: DimensionFormat, displayed: string): string[] {
  const { delimiter } = format;
  const segments: string[] = [];
  let current = '';
  for (let at = 0; at < displayed.length;) {
    if (displayed.startsWith(`\\${delimiter}`, at)) {
      current += delimiter;
      at += delimiter.length + 1;
    } else if (displayed.startsWith(delimiter, at)) {
      segments.push(current);
      current = '';
      at += delimiter.length;
    } else {
      current += displayed.charAt(at);
      at += 1;
    }
  }
  return [...segments, current];
}

/** A segment in which two display strings differ, with its values unescaped. */
export interface DifferingSegment {
  segment: string;
  meant: string;
  found: string;
}

/**
 * The first segment in which two display strings differ; undefined where they mean the same. Positions that one string leaves
 * out at its end count as empty.
 */
export function differingSegment(
  format: DimensionFormat,
  names: readonly string[],
  meant: string,
  found: string,
): DifferingSegment | undefined {
  const [left, right] = [segmentsOf(format, meant), segmentsOf(format, found)];
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const [one = '', other = ''] = [left[at], right[at]];
    if (!sameCode(one, other)) return { segment: names[at] ?? `segment ${at + 1}`, meant: one, found: other };
  }
  return undefined;
}

function unusable(format: DimensionFormat, message: string): Rejected {
  return new Rejected(message, { system: format.system, operation: 'dimension-format' }, 'dimension-unusable');
}
