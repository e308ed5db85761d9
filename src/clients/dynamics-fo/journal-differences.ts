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
  /** Whether it changes who gets how much; only that still matters once a journal is posted. */
  concernsMoney: boolean;
}

/**
 * Compares a journal with the plan: number of lines, accounts, dimensions, amounts, currency, dates, references, texts,
 * and that all lines share one voucher (F&O spec 10; S43). An empty list means "exactly what was meant".
 */
export function journalDifferences(pairing: Pairing, format: DimensionFormat): Difference[] {
  const vouchers = new Set(pairing.pairs.map(({ written }) => written.voucher));
  return [
    ...pairing.missing.map((line) => changed(`line ${line.number}, which is not there`, true)),
    ...pairing.extra.map((line) => changed(`an additional line (number ${line.lineNumber})`, true)),
    ...pairing.pairs.flatMap(({ planned, written }) => lineDifferences(planned, written, format)),
    ...(vouchers.size > 1 ? [changed('the voucher, of which there are several', true)] : []),
  ];
}

/** Differences of one pair, used before a half-written journal is completed too. */
export function lineDifferences(planned: PlannedLine, written: WrittenLine, format: DimensionFormat): Difference[] {
  const of = `of line ${planned.number}`;
  const plain: [field: string, same: boolean, concernsMoney: boolean][] = [
    ['account type', written.accountType === planned.accountType, true],
    ['debit', new Decimal(written.debit).equals(planned.debit), true],
    ['credit', new Decimal(written.credit).equals(planned.credit), true],
    ['currency', sameCode(written.currency, planned.currency), true],
    ['invoice number', planned.invoice === undefined || sameCode(written.invoice, planned.invoice), true],
    ['posting date', dayOf(written.postingOn) === planned.postingOn, false],
    ['document date', planned.documentOn === undefined || dayOf(written.documentOn) === planned.documentOn, false],
    ['due date', planned.dueOn === undefined || dayOf(written.dueOn) === planned.dueOn, false],
    ['document reference', written.document.trimEnd() === planned.document.trimEnd(), false],
    ['text', written.text.trimEnd() === planned.text.trimEnd(), false],
  ];
  return [
    ...accountDifference(planned, written, format, of),
    ...plain.filter(([, same]) => !same).map(([field, , concernsMoney]) => changed(`${field} ${of}`, concernsMoney)),
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
  const segment = differingSegment(format, names, planned.account, written.account);
  if (segment === undefined) return [];
  if (isVendor) return [changed(`vendor account ${of}`, true)];
  return isMainAccount(segment) ? [changed(`main account ${of}`, false)] : [lost(segment, of)];
}

function defaultDimensionDifference(
  planned: PlannedLine,
  written: WrittenLine,
  format: DimensionFormat,
  of: string,
): Difference[] {
  if (planned.defaultDimensions === undefined) return [];
  const segment = differingSegment(format, format.defaults ?? [], planned.defaultDimensions, written.defaultDimensions);
  return segment === undefined ? [] : [lost(segment, of)];
}

function changed(field: string, concernsMoney: boolean): Difference {
  return { code: 'erp-document-changed', field, concernsMoney };
}

function lost(dimension: string, of: string): Difference {
  return { code: 'dimension-lost', field: `dimension ${dimension} ${of}`, concernsMoney: false };
}
