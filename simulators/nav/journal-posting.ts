import { Decimal } from 'decimal.js';
import { applyNamed } from './applications.js';
import type { Company, World } from './company.js';
import { checkDimensions, checkPostingDate } from './checks.js';
import { businessError } from './errors.js';
import { journalLegs, type LineLeg } from './journal-legs.js';
import { checkJournalLine, nameOfJournalLine } from './journal-checks.js';
import { postDocument } from './ledger.js';
import { batchLines } from './logic-journal-batch.js';
import { dimensionOwnersOf } from './logic-journal-line.js';
import { journalBatches, journalLines } from './tables-journals.js';
import { decimal, integer, plain, text, type Row } from './values.js';

/** Lines of a batch that hold anything; posting leaves a blank one behind. */
export function realLines(company: Company, batch: Row): Row[] {
  return batchLines(company, batch).filter(
    (line) => text(line, 'Account_No') !== '' || !decimal(line, 'Amount').isZero(),
  );
}

/**
 * Posts every line of a batch, whoever wrote it, one document for each date, type and number. Gives the posted number by the
 * number of the lines. Throws NavError, and then nothing has happened.
 */
export function postBatch(world: World, company: Company, batch: Row): Map<string, string> {
  const lines = realLines(company, batch);
  const [first] = lines;
  if (first === undefined) throw businessError('There is nothing to post.');
  for (const line of lines) checkLine(company, line);
  const numbers = new Map<string, string>();
  for (const members of documentsOf(lines)) {
    const number = text(members[0] ?? {}, 'Document_No');
    numbers.set(number, postMembers(world, company, batch, members));
  }
  const table = company.table(journalLines);
  for (const line of batchLines(company, batch)) table.remove(line);
  table.insert(blankLine(first));
  company.table(journalBatches).note(batch, { $log: '' });
  return numbers;
}

function checkLine(company: Company, line: Row): void {
  checkJournalLine(company, line);
  checkPostingDate(company, text(line, 'Posting_Date'));
  checkDimensions(company, integer(line, 'Dimension_Set_ID'), nameOfJournalLine(line), dimensionOwnersOf(line));
}

function documentsOf(lines: readonly Row[]): Row[][] {
  const groups = new Map<string, Row[]>();
  for (const line of lines) {
    const key = ['Posting_Date', 'Document_Type', 'Document_No'].map((field) => text(line, field)).join('\n');
    groups.set(key, [...(groups.get(key) ?? []), line]);
  }
  return [...groups.values()];
}

function postMembers(world: World, company: Company, batch: Row, members: readonly Row[]): string {
  const [first = {}] = members;
  const own = text(first, 'Document_No');
  const currency = commonCurrency(members);
  const legs = balanced(
    own,
    members.flatMap((line) => journalLegs(company, line, currency)),
    currency,
  );
  const series = text(batch, 'Posting_No_Series');
  const number = series === '' ? own : `${series}${String(company.next(series)).padStart(6, '0')}`;
  const posted = postDocument(world, company, {
    ...{ documentNumber: number, documentType: text(first, 'Document_Type') },
    ...{ postingDate: text(first, 'Posting_Date'), documentDate: text(first, 'Document_Date') },
    legs,
    told: { mark: own, currency: currency === undefined || currency === '' ? company.head.currency : currency },
  });
  const sources = legs.filter(({ party }) => party !== undefined).map(({ line }) => line);
  for (const [index, { kind, entry }] of posted.entries.entries()) {
    applyNamed(world, company, { kind, entry }, sources[index] ?? {});
  }
  return number;
}

/** The currency of all lines, blank for local currency; undefined where they differ. */
function commonCurrency(lines: readonly Row[]): string | undefined {
  const codes = new Set(lines.map((line) => text(line, 'Currency_Code')));
  return codes.size === 1 ? [...codes][0] : undefined;
}

/**
 * A document balances in its currency; the cents that come from converting each line alone go to the last leg, as the
 * application posts them to its rounding account.
 */
function balanced(number: string, legs: readonly LineLeg[], currency: string | undefined): LineLeg[] {
  const sum = (field: 'documentAmount' | 'amountLcy'): Decimal => Decimal.sum(0, ...legs.map((leg) => leg[field]));
  const difference = currency === undefined ? sum('amountLcy') : sum('documentAmount');
  if (!difference.isZero()) {
    throw businessError(
      `Document No. ${number} is out of balance by ${plain(difference)}. Please check that Posting Date, Document Type, Document No. and Amount are correct for each line.`,
    );
  }
  const residual = sum('amountLcy');
  const last = legs.findLastIndex((leg) => leg.party === undefined);
  return legs.map((leg: LineLeg, index): LineLeg => {
    return index === last && !residual.isZero() ? { ...leg, amountLcy: leg.amountLcy.minus(residual) } : leg;
  });
}

/** The empty line that stays behind. */
function blankLine(template: Row): Row {
  const { Journal_Template_Name = '', Journal_Batch_Name = '', Posting_Date = '' } = template;
  return {
    ...{ Journal_Template_Name, Journal_Batch_Name, Line_No: 10_000, Posting_Date, Document_Date: Posting_Date },
    ...{ Amount: '0', Dimension_Set_ID: 0, Account_Type: 'G/L Account', Bal_Account_Type: 'G/L Account' },
  };
}
