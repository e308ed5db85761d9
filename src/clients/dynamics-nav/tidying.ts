import type { BcGeneralJournal } from '../../contracts/erp-documents.js';
import { shareCalls, type Sharing } from '../http/shared-calls.js';
import { isBlank, readJournalLines } from './journal-lines.js';
import type { BcOData } from './odata.js';
import type { BcCompany } from './options.js';
import { batchAnswerSchema, filledJournalSchema, type FilledJournal } from './schemas.js';
import type { ReadChain } from './shared-reads.js';
import { batchesByCode, isMarked } from './standing-journals.js';
import { asCode } from './wire-text.js';

/** Deletes the batch of a posted journal if it holds no real line. Never throws: a batch left behind is harmless. */
export type Tidy = (company: BcCompany, document: BcGeneralJournal, signal: AbortSignal) => Promise<void>;

const operation = 'bc.journals.tidy';
/** One chain of batch codes. */
const batchesTogether = 20;
/** Nobody waits for it, so that many go together. */
const patience = 20;

/**
 * Tidies after several documents together: one read, and one envelope of deletions, each under its own etag and each on its own, so
 * that a refused one keeps none of the others back (NAV spec 4). What the envelope answers is not read.
 * @param sharing left out, or with a wait of 0, each batch is tidied at once; else in the background, at the latest when the process is
 * told to end
 */
export function createTidying(odata: BcOData, readChain: ReadChain, sharing: Sharing | undefined): Tidy {
  const together = (company: BcCompany) => async (documents: readonly BcGeneralJournal[], signal: AbortSignal) => {
    const codes = documents.map(({ batchCode }) => batchCode);
    const call = batchesByCode(company, codes, signal);
    const rows = await readChain({
      ...call,
      query: { $expand: 'journalLines' },
      row: filledJournalSchema,
      valueOf: ({ code }) => code,
    });
    const empty: FilledJournal[] = [];
    for (const row of rows) {
      const document = documents.find(({ batchCode }) => asCode(batchCode) === asCode(row.code));
      if (document === undefined || !isMarked(document, row)) continue;
      const lines = row.journalLines ?? (await readJournalLines({ odata }, company, row.id, signal));
      if (lines.every(isBlank)) empty.push(row);
    }
    await deleteBatches(odata, company, empty, signal);
    return [];
  };

  const quietly = async (tidying: Promise<unknown>): Promise<void> => {
    try {
      await tidying;
    } catch {
      // The posting is proved; a person may delete a batch that is left.
    }
  };

  if (sharing === undefined || sharing.waitMilliseconds === 0) {
    return (company, document, signal) => quietly(together(company)([document], signal));
  }
  const { waitMilliseconds, stopping } = sharing;
  const askers = new Map<string, (document: BcGeneralJournal, signal: undefined) => Promise<never[]>>();
  return (company, document) => {
    const ask =
      askers.get(company.path) ??
      shareCalls<BcGeneralJournal, never>(
        {
          operation,
          maximumItems: batchesTogether,
          keyOf: keyOfBatch,
          send: together(company),
          isAnswerTo: () => false,
        },
        { waitMilliseconds: waitMilliseconds * patience, stopping },
      );
    askers.set(company.path, ask);
    void quietly(ask(document, undefined));
    return Promise.resolve();
  };
}

const keyOfBatch = ({ batchCode }: BcGeneralJournal): string => batchCode;

async function deleteBatches(
  odata: BcOData,
  company: BcCompany,
  batches: readonly FilledJournal[],
  signal: AbortSignal,
): Promise<void> {
  const deletions = batches.flatMap(({ id, '@odata.etag': etag }) =>
    etag === undefined || etag === '' ? [] : [{ path: `${company.path}/journals(${id})`, etag }],
  );
  const [first, ...others] = deletions;
  if (first === undefined) return;
  if (others.length === 0) {
    return odata.act('DELETE', { operation, path: first.path, ifMatch: first.etag, signal });
  }
  const requests = deletions.map(({ path, etag }, index) => ({
    method: 'DELETE',
    id: String(index + 1),
    url: path,
    headers: { 'If-Match': etag },
  }));
  const headers = { Prefer: 'odata.continue-on-error' };
  await odata.create({ operation, path: '$batch', headers, json: { requests }, signal }, batchAnswerSchema);
}
