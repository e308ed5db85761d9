import { LosslessNumber } from 'lossless-json';
import { Decimal } from 'decimal.js';
import { Rejected } from '../http/errors.js';

/** F&O reads an asterisk inside an equality as a wildcard (F&O spec 2), so such a value cannot be looked up. */
export const holdsWildcard = (value: string): boolean => value.includes('*');

/**
 * Quotes a text for a filter. Throws `Rejected` for a value with an asterisk: it would match more than is meant, and a
 * document that cannot be looked for must not be written.
 */
export function textLiteral(value: string): string {
  if (holdsWildcard(value)) {
    throw new Rejected(
      `The value "${value}" holds an asterisk, which Finance & Operations reads as a wildcard; use another number.`,
      { system: 'dynamics-fo', operation: 'odata.filter' },
      'erp-refused',
    );
  }
  return `'${value.replaceAll("'", "''")}'`;
}

/** `field eq 'text'`. */
export const textEquals = (field: string, value: string): string => `${field} eq ${textLiteral(value)}`;

/** `field eq 123` for RecIds, which stay digits from end to end. */
export const numberEquals = (field: string, digits: string): string => `${field} eq ${digits}`;

/** `field ge 2026-01-01T00:00:00Z`; fractions of a second are cut, which widens the window. */
export const since = (field: string, instant: string): string =>
  `${field} ge ${new Date(instant).toISOString().slice(0, 19)}Z`;

/** The key of a journal, or of one of its lines. */
export interface JournalKey {
  company: string;
  journal: string;
  /** Digits as F&O gave them; absent for the header. */
  lineNumber?: string;
}

/** The key of a pending vendor invoice, or of one of its lines. */
export interface InvoiceKey {
  company: string;
  reference: string;
  lineNumber?: string;
}

/** The key of any row that may be deleted while it is not posted. */
export type RowKey = JournalKey | InvoiceKey;

/** `(dataAreaId='usmf',JournalBatchNumber='00712',LineNumber=1)`, percent-encoded: every key field by name (F&O spec 2). */
export function keyPredicate(key: RowKey): string {
  const { company, lineNumber } = key;
  const isJournal = 'journal' in key;
  const [field, line] = isJournal ? ['JournalBatchNumber', 'LineNumber'] : ['HeaderReference', 'InvoiceLineNumber'];
  const fields = [
    `dataAreaId=${encodeURIComponent(textLiteral(company))}`,
    `${field}=${encodeURIComponent(textLiteral(isJournal ? key.journal : key.reference))}`,
    ...(lineNumber === undefined ? [] : [`${line}=${new Decimal(lineNumber).toFixed()}`]),
  ];
  return `(${fields.join(',')})`;
}

/** A company as `dataAreaId` has it: lower case (F&O spec 2). */
export const companyId = (company: string): string => company.toLowerCase();

/** Joins terms with `and`; `or` chains among them must be bracketed already. */
export const allOf = (...terms: string[]): string => terms.join(' and ');

/** A bracketed `or` chain: the service knows no `in` (F&O spec 2). */
export const anyOf = (terms: readonly string[]): string => `(${terms.join(' or ')})`;

/** Terms per `or` chain: 20 to 40 fit into a URL and into the service's patience (F&O spec 2). */
export const TERMS_PER_READ = 25;

/** Cuts a list into pieces of at most `size`. */
export function inChunks<T>(values: readonly T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let start = 0; start < values.length; start += size) chunks.push(values.slice(start, start + size));
  return chunks;
}

/** Codes compare without case and outer blanks, as the database of F&O does. */
export const sameCode = (left: string, right: string): boolean => foldCode(left) === foldCode(right);

/** The form in which codes are compared and used as map keys. */
export const foldCode = (code: string): string => code.trim().toUpperCase();

/** A date-only field on the wire: noon, because midnight slips a day for users west of UTC (F&O spec 2). */
export const noon = (date: string): string => `${date}T12:00:00Z`;

/** The day of a date field; undefined for the empty date, which is some moment of 1900. */
export function dayOf(wire: string): string | undefined {
  const day = wire.slice(0, 10);
  return day === '' || day <= '1900-12-31' ? undefined : day;
}

/** A decimal string as a JSON number that never was a float. */
export const decimalNumber = (amount: string): LosslessNumber => new LosslessNumber(new Decimal(amount).toFixed());
