import type { BcGeneralJournal } from '../../contracts/erp-documents.js';
import type { PostingProof, PostingState, TrackedErpDocument } from '../../contracts/erp-port.js';
import { asCode, moneyText } from '../dynamics-nav/wire-text.js';
import { Decimal } from 'decimal.js';
import { isBlank, isOwnLine, readLines } from './journal-batches.js';
import { journalEvidence, plannedDebit, readLedger, readVendorEntries, type JournalEvidence } from './ledger.js';
import type { NavCompany } from './options.js';
import { currencyCode, type NavParts } from './parts.js';

/** A journal that was written, with what the caller knows about it. */
export type TrackedJournal = TrackedErpDocument & { document: BcGeneralJournal };
type Ours = Extract<JournalEvidence, { is: 'ours' }>;

/** Whether journals are posted: entries by document number in bulk, then what became of the others. */
export async function findJournalPostings(
  parts: NavParts,
  company: NavCompany,
  journals: readonly TrackedJournal[],
  signal: AbortSignal,
): Promise<(PostingState & { documentId: string })[]> {
  if (journals.length === 0) return [];
  const codes = journals.map(({ document }) => document.batchCode);
  // The batches before the ledger: whatever leaves a batch by posting shows in the ledger from then on.
  const lines = (await readLines(parts, company, codes, signal)).filter((line) => !isBlank(line));
  const documents = journals.map(({ document }) => document);
  const evidence = await judgeJournals(parts, company, documents, signal);
  const states: (PostingState & { documentId: string })[] = [];
  for (const { documentId, document } of journals) {
    const found = evidence.get(document) ?? { is: 'none' };
    const { part } = document;
    if (found.is === 'ours') {
      const proof = await journalProof(parts, company, document, found, signal);
      states.push({ documentId, state: 'posted', part, proof });
    } else {
      const hasLines = lines.some((line) => isOwnLine(document, line));
      const state = unposted(found.is, hasLines);
      const isGone = found.is === 'none' && !hasLines;
      const elsewhere = isGone ? await postedElsewhere(parts, company, document, signal) : undefined;
      states.push({ documentId, part, ...state, reason: elsewhere ?? state.reason });
    }
  }
  return states;
}

/** What the ledger says about each of these journals. */
export async function judgeJournals(
  parts: NavParts,
  company: NavCompany,
  documents: readonly BcGeneralJournal[],
  signal: AbortSignal,
): Promise<Map<BcGeneralJournal, JournalEvidence>> {
  const numbers = documents.map(({ documentNumber }) => documentNumber);
  const ledger = await readLedger(parts, company, 'Document_No', numbers, signal);
  const vendors = ledger.length === 0 ? [] : await readVendorEntries(parts, company, 'Document_No', numbers, signal);
  const setup = await parts.facts.setup(company, signal);
  return new Map(
    documents.map((document) => {
      const isOwn = (row: { Document_No: string }): boolean =>
        asCode(row.Document_No) === asCode(document.documentNumber);
      const isLocal = currencyCode(setup, document.currency) === '';
      return [document, journalEvidence(document, isLocal, ledger.filter(isOwn), vendors.filter(isOwn))];
    }),
  );
}

/** The proof of a journal posting, in the document's currency, in which it was recognised (S100). */
export async function journalProof(
  { facts }: NavParts,
  company: NavCompany,
  document: BcGeneralJournal,
  { documentNumber, postedOn, differences, vendorEntry }: Ours,
  signal: AbortSignal,
): Promise<PostingProof> {
  return {
    part: document.part,
    documentNumber,
    postedOn,
    fiscalYear: await facts.fiscalYear(company, postedOn, signal),
    debitTotal: moneyText(plannedDebit(document)),
    currency: document.currency,
    ...(differences.length === 0 ? {} : { differences }),
    ...(vendorEntry === undefined
      ? {}
      : {
          vendorEntryKey: vendorEntry.Entry_No,
          vendorAmount: moneyText(new Decimal(vendorEntry.Original_Amount).abs()),
        }),
  };
}

function unposted(
  is: Exclude<JournalEvidence['is'], 'ours'>,
  hasLines: boolean,
): { state: 'waiting' | 'refused' | 'missing'; reason: string } {
  if (is === 'foreign') {
    return { state: 'refused', reason: 'The ledger holds other entries under the document number.' };
  }
  if (is === 'reversed') return { state: 'missing', reason: 'The journal was posted and then reversed.' };
  return hasLines
    ? { state: 'waiting', reason: 'The journal lines stand in their batch and are not posted.' }
    : { state: 'missing', reason: 'Neither journal lines nor ledger entries exist.' };
}

/**
 * Where a journal that left its batch stands under another number: a posting number series replaces it (NAV spec trap 9). Found
 * by the number beside it; told to a person and never adopted.
 */
export async function postedElsewhere(
  parts: NavParts,
  company: NavCompany,
  document: BcGeneralJournal,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { externalDocumentNumber } = document;
  if (externalDocumentNumber.trim() === '') return undefined;
  const rows = await readLedger(parts, company, 'External_Document_No', [externalDocumentNumber], signal);
  const numbers = [...new Set(rows.map((row) => row.Document_No))].filter((number) => !/^CX[A-Z2-7]{13}$/.test(number));
  const alike = numbers.filter((number) => {
    const under = rows.filter((row) => row.Document_No === number);
    const evidence = journalEvidence(document, true, under, []);
    return evidence.is === 'ours' && evidence.differences.length === 0;
  });
  if (alike.length === 0) return undefined;
  return (
    `Entries with the same accounts and amounts stand under document number ${alike.join(', ')}: a posting number series of ` +
    'the journal batch has replaced the number. What is posted stays posted; remove the series from the template.'
  );
}
