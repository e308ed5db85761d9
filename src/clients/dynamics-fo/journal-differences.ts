import { Decimal } from 'decimal.js';
import { differingSegment, isMainAccount, type DimensionFormat } from './dimension-format.js';
import type { Pairing, PlannedLine } from './journal-lines.js';
import { dayOf, sameCode } from './odata-literals.js';
import type { WrittenLine } from './schemas.js';

/** One way in which a written journal is not what was meant. */
export interface Difference {
  code: 'erp-document-changed' | 'dimension-lost';
  /** What differs, in words: `currency of line 2`, `dimension CostCenter of line 3`. */
  field: string;
  /** What was meant and what stands in F&O, where both can be named. */
  values?: { meant: string; found: string };
  /** Whether it still matters once the journal is posted: texts, references and due dates are F&O's own business then. */
  countsOncePosted: boolean;
}

/** A difference in words for an accountant: place, what was meant, what stands there. */
export function inWords({ field, values }: Difference): string {
  if (values === undefined) return field;
  const shown = (value: string): string => (value === '' ? 'nothing' : value);
  return `${field} (${shown(values.meant)} was meant, ${shown(values.found)} stands there)`;
}

/**
 * Compares a journal with the plan: number of lines, accounts, dimensions, amounts, currency, dates, references, texts,
 * and that all lines share one voucher (F&O spec 10; S43). An empty list means "exactly what was meant".
 */
export function journalDifferences(pairing: Pairing, format: DimensionFormat): Difference[] {
  const vouchers = new Set(pairing.pairs.map(({ written }) => written.voucher));
  return [
    ...pairing.missing.map((line) => changed(`line ${line.number}, which is not there`)),
    ...pairing.extra.map((line) => changed(`an additional line (number ${line.lineNumber})`)),
    ...pairing.pairs.flatMap(({ planned, written }) => lineDifferences(planned, written, format)),
    ...(vouchers.size > 1 ? [changed('the voucher, of which there are several')] : []),
  ];
}

/** One value of a line beside its plan, which is `undefined` where anything will do. */
type Compared = [
  field: string,
  meant: string | undefined,
  found: string,
  isSame: (meant: string, found: string) => boolean,
  countsOncePosted: boolean,
];

const sameAmount = (meant: string, found: string): boolean => new Decimal(found).equals(meant);
const same = (meant: string, found: string): boolean => meant === found;
const sameText = (meant: string, found: string): boolean => meant.trimEnd() === found.trimEnd();

/** Differences of one pair, used before a half-written journal is completed too. */
export function lineDifferences(planned: PlannedLine, written: WrittenLine, format: DimensionFormat): Difference[] {
  const of = `of line ${planned.number}`;
  const day = (wire: string): string => dayOf(wire) ?? '';
  const [counts, passes] = [true, false];
  const compared: Compared[] = [
    ['account type', planned.accountType, written.accountType, same, counts],
    ['debit', planned.debit, written.debit, sameAmount, counts],
    ['credit', planned.credit, written.credit, sameAmount, counts],
    ['currency', planned.currency, written.currency, sameCode, counts],
    ['invoice number', planned.invoice, written.invoice, sameCode, counts],
    ['posting date', planned.postingOn, day(written.postingOn), same, counts],
    ['document date', planned.documentOn, day(written.documentOn), same, passes],
    ['due date', planned.dueOn, day(written.dueOn), same, passes],
    ['document reference', planned.document, written.document, sameText, passes],
    ['text', planned.text, written.text, sameText, passes],
  ];
  return [
    ...accountDifference(planned, written, format, of),
    ...compared.flatMap(([field, meant, found, isSame, countsOncePosted]): Difference[] =>
      meant === undefined || isSame(meant, found)
        ? []
        : [{ code: 'erp-document-changed', field: `${field} ${of}`, values: { meant, found }, countsOncePosted }],
    ),
    ...defaultDimensionDifference(planned, written, format, of),
  ];
}

function accountDifference(
  planned: PlannedLine,
  written: WrittenLine,
  format: DimensionFormat,
  of: string,
): Difference[] {
  const isVendor = planned.accountType === 'Vend';
  const names = isVendor ? ['vendor account'] : format.ledger;
  const differing = differingSegment(format, names, planned.account, written.account);
  if (differing === undefined) return [];
  const { segment, ...values } = differing;
  if (isVendor) return [changed(`vendor account ${of}`, values)];
  return isMainAccount(segment) ? [changed(`main account ${of}`, values)] : [lost(segment, of, values)];
}

function defaultDimensionDifference(
  planned: PlannedLine,
  written: WrittenLine,
  format: DimensionFormat,
  of: string,
): Difference[] {
  if (planned.defaultDimensions === undefined) return [];
  // The default format, never the ledger one: the two may order the same dimensions differently (F&O spec 11).
  const names = format.defaults ?? [];
  const differing = differingSegment(format, names, planned.defaultDimensions, written.defaultDimensions);
  if (differing === undefined) return [];
  const { segment, ...values } = differing;
  return [lost(segment, of, values)];
}

type Values = NonNullable<Difference['values']>;

function changed(field: string, values?: Values): Difference {
  return {
    code: 'erp-document-changed',
    field,
    ...(values === undefined ? {} : { values }),
    countsOncePosted: true,
  };
}

function lost(dimension: string, of: string, values: Values): Difference {
  return { code: 'dimension-lost', field: `dimension ${dimension} ${of}`, values, countsOncePosted: true };
}
