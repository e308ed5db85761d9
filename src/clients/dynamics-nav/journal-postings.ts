import type { BcGeneralJournal } from '../../contracts/erp-documents.js';
import type { PostingState, TrackedErpDocument } from '../../contracts/erp-port.js';
import { isBlank, readJournalLines } from './journal-lines.js';
import { journalEvidence, readLedger, type JournalEvidence } from './ledger-entries.js';
import type { BcCompany } from './options.js';
import { tryFindOwedEntries } from './owed-entries.js';
import type { BcParts } from './parts.js';
import { journalProof } from './proofs.js';
import { postedElsewhere } from './renumbered-journals.js';
import { filledJournalSchema } from './schemas.js';
import { batchesByCode } from './standing-journals.js';
import { asCode } from './wire-text.js';

/** A journal that was written, with what the caller knows about it. */
export type TrackedJournal = TrackedErpDocument & { document: BcGeneralJournal };

/** Whether journals are posted: ledger entries by document number in bulk, then what became of the others. */
export async function findJournalPostings(
  parts: BcParts,
  company: BcCompany,
  journals: readonly TrackedJournal[],
  signal: AbortSignal,
): Promise<(PostingState & { documentId: string })[]> {
  const first = await judgeJournals(parts, company, journals, signal);
  const open = journals.filter((journal) => first.get(journal)?.is === 'none');
  const withLines = await journalsWithLines(parts, company, open, signal);
  // Whoever has no lines may have been posted between the two questions.
  const second = await judgeJournals(
    parts,
    company,
    open.filter((journal) => !withLines.has(journal)),
    signal,
  );
  const evidence = new Map([...first, ...second]);
  const posted = journals.filter((journal) => evidence.get(journal)?.is === 'ours');
  const owed = posted.map((tracked) => ({
    documentNumber: tracked.document.documentNumber,
    document: tracked.document,
    tracked,
  }));
  const entries = new Map(
    [...(await tryFindOwedEntries(parts, company, owed, signal))].map(([{ tracked }, row]) => [tracked, row]),
  );
  const states: (PostingState & { documentId: string })[] = [];
  for (const journal of journals) {
    const { documentId, document } = journal;
    const judged = evidence.get(journal) ?? { is: 'none' };
    if (judged.is === 'ours') {
      const proof = await journalProof(parts, company, document, judged, entries.get(journal), signal);
      states.push({ documentId, state: 'posted', part: document.part, proof });
    } else {
      const state = unposted(judged.is, withLines.has(journal));
      const isGone = judged.is === 'none' && state.state === 'missing';
      const elsewhere = isGone ? await postedElsewhere(parts, company, document, signal) : undefined;
      const reason = elsewhere === undefined ? state.reason : `${state.reason} ${sentence(elsewhere)}`;
      states.push({ documentId, part: document.part, ...state, reason });
    }
  }
  return states;
}

const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}`;

async function judgeJournals(
  parts: BcParts,
  company: BcCompany,
  journals: readonly TrackedJournal[],
  signal: AbortSignal,
): Promise<Map<TrackedJournal, JournalEvidence>> {
  const numbers = journals.map(({ document }) => document.documentNumber);
  const ledger = await readLedger(parts, company, numbers, signal);
  return new Map(
    journals.map((journal) => {
      const rows = ledger.get(asCode(journal.document.documentNumber)) ?? [];
      return [journal, journalEvidence(journal.document, rows)];
    }),
  );
}

function unposted(
  is: Exclude<JournalEvidence['is'], 'ours'>,
  hasLines: boolean,
): { state: 'waiting' | 'refused' | 'missing'; reason: string } {
  if (is === 'foreign')
    return { state: 'refused', reason: 'The ledger holds other entries under the document number.' };
  if (is === 'reversed') return { state: 'missing', reason: 'The journal was posted and then reversed.' };
  return hasLines
    ? { state: 'waiting', reason: 'The journal lines stand in their batch and are not posted.' }
    : { state: 'missing', reason: 'Neither journal lines nor ledger entries exist.' };
}

/** Those whose batch still holds real lines. */
async function journalsWithLines(
  parts: BcParts,
  company: BcCompany,
  journals: readonly TrackedJournal[],
  signal: AbortSignal,
): Promise<Set<TrackedJournal>> {
  const codes = journals.map(({ document }) => document.batchCode);
  const rows = await parts.readChain({
    ...batchesByCode(company, codes, signal),
    query: { $expand: 'journalLines' },
    row: filledJournalSchema,
    valueOf: ({ code }) => code,
  });
  const batches = new Map(rows.map((row) => [asCode(row.code), row]));
  const withLines = new Set<TrackedJournal>();
  for (const journal of journals) {
    const batch = batches.get(asCode(journal.document.batchCode));
    if (batch === undefined) continue;
    const lines = batch.journalLines ?? (await readJournalLines(parts, company, batch.id, signal));
    if (!lines.every(isBlank)) withLines.add(journal);
  }
  return withLines;
}
