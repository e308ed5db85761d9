import type { BcGeneralJournal } from '../../contracts/erp-documents.js';
import type { ErpWriteContext } from '../../contracts/erp-port.js';
import { isBlank, readJournalLines } from './journal-lines.js';
import type { TrackedJournal } from './journal-postings.js';
import type { BcCompany } from './options.js';
import type { BcParts } from './parts.js';
import { journalSchema, type Journal, type JournalLine } from './schemas.js';
import type { ChainRead } from './shared-reads.js';
import { asCode, quoted } from './wire-text.js';

/** One withdrawal of a journal: what all steps share. */
export interface JournalWithdrawal {
  parts: BcParts;
  company: BcCompany;
  tracked: TrackedJournal;
  context: ErpWriteContext;
}

/** A journal batch with its lines, ours and those of others. */
export interface StandingBatch {
  journal: Journal;
  isMarked: boolean;
  own: JournalLine[];
  foreign: JournalLine[];
  /** The empty line that a posting leaves behind (NAV spec 10, step 9). */
  hasBlankLine: boolean;
}

/** The question for batches by code; under the template of the connection where one is configured (NAV spec 10). */
export function batchesByCode(
  { path, settings }: BcCompany,
  values: readonly string[],
  signal: AbortSignal,
): Omit<ChainRead<Journal>, 'row' | 'valueOf'> {
  const { journalTemplate } = settings;
  return {
    operation: 'bc.journals.find',
    path: `${path}/journals`,
    field: 'code',
    values,
    ...(journalTemplate === undefined
      ? {}
      : { condition: `templateDisplayName eq ${quoted(asCode(journalTemplate))}` }),
    fresh: true,
    signal,
  };
}

/** The batch is ours where its display name is the planned one or carries our document number. */
export function isMarked({ batchDisplayName, documentNumber }: BcGeneralJournal, { displayName }: Journal): boolean {
  return (
    displayName.trim() === batchDisplayName.trim() || displayName.toUpperCase().includes(documentNumber.toUpperCase())
  );
}

/** The connector's lines carry the document number that was made for them alone. */
export function isOwnLine({ tracked }: JournalWithdrawal, { documentNumber }: JournalLine): boolean {
  return asCode(documentNumber) === asCode(tracked.document.documentNumber);
}

/** Batches that are, or may be, the document's: by code, and by id where a person has renamed it. */
export async function lookForBatches(withdrawal: JournalWithdrawal): Promise<StandingBatch[]> {
  const { parts, company, tracked, context } = withdrawal;
  const journals = await parts.readChain({
    ...batchesByCode(company, [tracked.document.batchCode], context.signal),
    row: journalSchema,
    valueOf: ({ code }) => code,
  });
  const { id } = tracked.keys;
  const renamed =
    id === undefined || journals.some((one) => one.id === id) ? undefined : await readJournal(withdrawal, id);
  const batches: StandingBatch[] = [];
  for (const journal of renamed === undefined ? journals : [...journals, renamed]) {
    const lines = await readJournalLines(parts, company, journal.id, context.signal);
    const real = lines.filter((line) => !isBlank(line));
    batches.push({
      journal,
      isMarked: isMarked(tracked.document, journal),
      own: real.filter((line) => isOwnLine(withdrawal, line)),
      foreign: real.filter((line) => !isOwnLine(withdrawal, line)),
      hasBlankLine: real.length < lines.length,
    });
  }
  return batches;
}

/** A journal batch by id, from the primary database; undefined where it does not exist. */
export function readJournal({ parts, company, context }: JournalWithdrawal, id: string): Promise<Journal | undefined> {
  const path = `${company.path}/journals(${id})`;
  return parts.odata.find({ operation: 'bc.journals.read', path, fresh: true, signal: context.signal }, journalSchema);
}
