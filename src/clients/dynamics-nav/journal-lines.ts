import { Decimal } from 'decimal.js';
import { LosslessNumber } from 'lossless-json';
import type { BcGeneralJournal, BcJournalLine } from '../../contracts/erp-documents.js';
import { ContractViolation, type FailedCall } from '../http/errors.js';
import { dimensionsJson, dimensionsOf, lostDimensions, settleDimensions } from './dimensions.js';
import type { BcCompany } from './options.js';
import type { BcParts } from './parts.js';
import { isRefusal, refusalOf } from './refusals.js';
import { batchAnswerSchema, journalLineSchema, type JournalLine } from './schemas.js';
import { asCode, inChunks } from './wire-text.js';

/** The 101st request of an envelope turns the whole of it into a 500 (NAV spec 4). */
const batchLimit = 100;

/** What stands in our batch, against the plan. */
export interface BatchContents {
  missing: BcJournalLine[];
  /** Planned lines that are there, with dimensions that are not (yet) as planned. */
  undimensioned: { line: BcJournalLine; id: string }[];
  /** Sentences about lines that are not ours or no longer as meant. */
  strangers: string[];
  /** A blank line is what a posting leaves behind (NAV spec 10, step 9). */
  hasBlankLine: boolean;
  isEmpty: boolean;
}

/** Reads the batch from the primary database and compares it with the plan, line by line. */
export async function readBatch(
  parts: BcParts,
  company: BcCompany,
  journalId: string,
  document: BcGeneralJournal,
  signal: AbortSignal,
): Promise<BatchContents> {
  const rows = await readJournalLines(parts, company, journalId, signal);
  const real = rows.filter((row) => !isBlank(row));
  const byNumber = new Map(document.lines.map((line) => [String(line.lineNumber), line]));
  const contents: BatchContents = {
    missing: document.lines.filter((line) => real.every((row) => row.lineNumber !== String(line.lineNumber))),
    undimensioned: [],
    strangers: [],
    hasBlankLine: real.length < rows.length,
    isEmpty: real.length === 0,
  };
  for (const row of real) {
    const line = byNumber.get(row.lineNumber);
    const difference = line === undefined ? 'is not ours' : differenceOf(document, line, row);
    if (difference !== undefined) contents.strangers.push(`line ${row.lineNumber} ${difference}`);
    else if (line !== undefined && line.dimensions.length > 0) {
      const actual = await dimensionsOf(parts.odata, company, { set: 'journalLines', ...row }, signal);
      if (lostDimensions(line.dimensions, actual).length > 0) contents.undimensioned.push({ line, id: row.id });
    }
  }
  return contents;
}

/** All lines of a batch with their dimensions. Employee lines are not listed by the API (NAV spec 10). */
export async function readJournalLines(
  { odata }: Pick<BcParts, 'odata'>,
  company: BcCompany,
  journalId: string,
  signal: AbortSignal,
): Promise<JournalLine[]> {
  const path = `${company.path}/journals(${journalId})/journalLines`;
  const query = { $expand: 'dimensionSetLines' };
  return odata.list({ operation: 'bc.journal-lines.list', path, query, fresh: true, signal }, journalLineSchema);
}

/** True for the blank line that remains after a posting. */
export function isBlank(row: JournalLine): boolean {
  return row.accountNumber.trim() === '' && new Decimal(row.amount).isZero();
}

/**
 * Brings the batch to the plan: missing lines in one transaction with their dimensions, and the safe order where that
 * is refused or where lines stood there before without them (NAV spec 9).
 */
export async function completeBatch(
  parts: BcParts,
  company: BcCompany,
  journalId: string,
  document: BcGeneralJournal,
  signal: AbortSignal,
): Promise<void> {
  const { missing, undimensioned } = await readBatch(parts, company, journalId, document, signal);
  let unsettled = undimensioned;
  try {
    await insertLines(parts, company, journalId, document, missing, true, signal);
  } catch (error) {
    if (!isRefusal(error, 'dimension-exists')) throw error;
    const left = await readBatch(parts, company, journalId, document, signal);
    await insertLines(parts, company, journalId, document, left.missing, false, signal);
    unsettled = (await readBatch(parts, company, journalId, document, signal)).undimensioned;
  }
  for (const { line, id } of unsettled) {
    await settleDimensions(parts.odata, company, { set: 'journalLines', id }, line.dimensions, signal);
  }
}

/**
 * Transactional envelopes: where one part failed, all parts are void although they report 201 with ids (NAV spec 4), so
 * no id of the answer is ever used.
 */
async function insertLines(
  { odata }: BcParts,
  company: BcCompany,
  journalId: string,
  document: BcGeneralJournal,
  lines: readonly BcJournalLine[],
  withDimensions: boolean,
  signal: AbortSignal,
): Promise<void> {
  const url = `${company.path}/journals(${journalId})/journalLines`;
  for (const chunk of inChunks(lines, batchLimit)) {
    const requests = chunk.map((line, index) => ({
      method: 'POST',
      id: String(index + 1),
      url,
      headers: { 'Content-Type': 'application/json' },
      body: lineJson(document, line, withDimensions),
    }));
    const call = { operation: 'bc.journal-lines.insert', path: '$batch', json: { requests }, signal };
    const headers = { Isolation: 'snapshot' };
    const { responses } = await odata.create({ ...call, headers }, batchAnswerSchema);
    const facts: FailedCall = { system: odata.system, operation: call.operation };
    const failed = responses.find(({ status }) => Number(status) >= 400);
    if (failed !== undefined) throw refusalOf(Number(failed.status), failed.body, facts);
    if (responses.length !== chunk.length) {
      throw new ContractViolation('Business Central answered only a part of a batch without naming an error.', facts);
    }
  }
}

/** Body of one line, with its dimensions or without. */
export function lineJson(document: BcGeneralJournal, line: BcJournalLine, withDimensions: boolean): object {
  return {
    lineNumber: line.lineNumber,
    accountType: line.accountType,
    accountNumber: line.accountNumber,
    postingDate: document.postingOn,
    documentNumber: document.documentNumber,
    externalDocumentNumber: document.externalDocumentNumber,
    amount: new LosslessNumber(new Decimal(line.amount).toFixed()),
    description: line.description,
    ...(withDimensions ? dimensionsJson(line.dimensions) : {}),
  };
}

/** Texts may be edited by a person; what decides where the money goes may not. */
function differenceOf(document: BcGeneralJournal, line: BcJournalLine, row: JournalLine): string | undefined {
  if (asCode(row.documentNumber) !== asCode(document.documentNumber)) return 'has another document number';
  if (row.accountType !== line.accountType) return 'has another account type';
  if (asCode(row.accountNumber) !== asCode(line.accountNumber)) return 'has another account';
  if (!new Decimal(row.amount).eq(line.amount)) return 'has another amount';
  return row.postingDate === document.postingOn ? undefined : 'has another posting date';
}
