import type { BcGeneralJournal } from '../../contracts/erp-documents.js';
import type { ErpWriteContext, PostingProof, WriteResult } from '../../contracts/erp-port.js';
import { Conflict, OutcomeUnknown, Rejected, Unavailable } from '../http/errors.js';
import { ensureBatch, findBatch, type BatchRef, type JournalWrite } from './journal-batches.js';
import { completeBatch, readBatch, type BatchContents } from './journal-lines.js';
import { requirePostable } from './journal-rules.js';
import { journalEvidence, readLedger, type JournalEvidence } from './ledger-entries.js';
import type { BcCompany } from './options.js';
import { tryFindOwedEntries } from './owed-entries.js';
import type { BcParts } from './parts.js';
import { alone, askRepeatedly, callPost } from './posting.js';
import { journalProof } from './proofs.js';
import { isRefusal } from './refusals.js';
import { postedElsewhere } from './renumbered-journals.js';

type Ours = Extract<JournalEvidence, { is: 'ours' }>;

/**
 * Route A (NAV spec 10): a batch of its own with its lines, post, proof from the general ledger, tidying. Every write looks
 * first; posted entries are looked for before anything is written and again whenever the batch is empty, because a batch
 * without lines is what both a fresh and a posted journal look like.
 */
export async function writeJournal(
  parts: BcParts,
  company: BcCompany,
  document: BcGeneralJournal,
  context: ErpWriteContext,
): Promise<WriteResult> {
  const write: JournalWrite = { parts, company, document, context };
  // In this order: what has left its batch by posting shows in the ledger from then on.
  const standing = await findBatch(write);
  const earlier = await postedEntries(write);
  if (earlier !== undefined) {
    await ensurePosted(write, undefined, earlier);
    return finish(write, earlier, undefined, true);
  }
  await requirePostable(parts, company, document, context.signal);
  const { value: journal } = await ensureBatch(write, standing);
  const wasThere = !journal.isFilled && (await ensureLines(write, journal.id)).adopted;
  const post = await ensurePosted(write, journal, undefined);
  const evidence = await askRepeatedly(parts, company, context, () => postedEntries(write, true));
  return finish(write, evidence, journal.id, wasThere || post.adopted);
}

async function finish(
  write: JournalWrite,
  evidence: Ours | undefined,
  id: string | undefined,
  adopted: boolean,
): Promise<WriteResult> {
  const { parts, company, document, context } = write;
  const keys = { journal: document.batchCode, ...(id === undefined ? {} : { id }) };
  if (evidence === undefined) {
    const reason = 'Business Central accepted the posting but shows no ledger entries yet.';
    return { keys, adopted, posting: { state: 'waiting', part: document.part, reason } };
  }
  const [proof] = await Promise.all([proofOf(write, evidence), parts.tidy(company, document, context.signal)]);
  return { keys, adopted, posting: { state: 'posted', part: document.part, proof } };
}

async function proofOf({ parts, company, document, context }: JournalWrite, evidence: Ours): Promise<PostingProof> {
  const owed = { documentNumber: document.documentNumber, document };
  const entries = await tryFindOwedEntries(parts, company, [owed], context.signal, true);
  return journalProof(parts, company, document, evidence, entries.get(owed), context.signal);
}

/** Our posted entries; undefined where there are none at all. Throws where the number is taken by anything else. */
async function postedEntries(
  { parts, company, document, context }: JournalWrite,
  isPatient = false,
): Promise<Ours | undefined> {
  const { documentNumber } = document;
  const rows = [...(await readLedger(parts, company, [documentNumber], context.signal, isPatient)).values()].flat();
  const evidence = journalEvidence(document, rows);
  if (evidence.is === 'none') return undefined;
  if (evidence.is === 'ours') return evidence;
  const facts = { system: parts.odata.system, operation: 'bc.ledger.read' };
  if (evidence.is === 'reversed') {
    throw new Rejected(`Journal ${documentNumber} was posted and then reversed.`, facts, 'erp-document-changed');
  }
  const message = `The ledger of ${company.name} holds other entries under document number ${documentNumber}.`;
  throw new Conflict(message, facts);
}

function ensureLines(write: JournalWrite, journalId: string): Promise<{ value: object; adopted: boolean }> {
  const { parts, company, document, context } = write;
  return context.writes.create<object>({
    operation: 'bc.journal-lines',
    key: document.documentNumber,
    payload: { postingOn: document.postingOn, documentNumber: document.documentNumber, lines: document.lines },
    look: async () => {
      const contents = await readBatch(parts, company, journalId, document, context.signal);
      refuseStrangers(write, contents);
      if (contents.isEmpty) {
        if ((await postedEntries(write)) !== undefined) return { posted: true };
        if (contents.hasBlankLine) throw await vanished(write);
        return undefined;
      }
      return contents.missing.length + contents.undimensioned.length === 0 ? { posted: false } : undefined;
    },
    create: async () => {
      try {
        await completeBatch(parts, company, journalId, document, context.signal);
      } catch (error) {
        if (!isRefusal(error, 'already-exists')) throw error;
        const { missing } = await readBatch(parts, company, journalId, document, context.signal);
        if (missing.length > 0) throw error;
      }
      return { posted: false };
    },
  });
}

/** Goes through the guard even where the entries were seen already, so that a lost attempt is settled in its books. */
function ensurePosted(
  write: JournalWrite,
  journal: BatchRef | undefined,
  seen: Ours | undefined,
): Promise<{ value: object; adopted: boolean }> {
  const { company, document, context } = write;
  return context.writes.create<object>({
    operation: 'bc.journal-post',
    key: document.documentNumber,
    payload: { batch: document.batchCode, lines: document.lines.length, debitTotal: document.debitTotal },
    look: async () => {
      // What this call has created a moment ago is not posted yet.
      if (journal?.isFilled === true) return undefined;
      return (seen ?? (await postedEntries(write))) === undefined ? undefined : { posted: true };
    },
    create: async () => {
      if (journal === undefined) throw await vanished(write);
      return alone(company, () => postBatch(write, journal.id));
    },
  });
}

/** Verifies and posts in one breath, so that no line can slip in between (NAV spec 10, steps 6 and 7). */
async function postBatch(write: JournalWrite, journalId: string): Promise<object> {
  const { parts, company, document, context } = write;
  const contents = await readBatch(parts, company, journalId, document, context.signal);
  if (contents.isEmpty) {
    if ((await postedEntries(write)) !== undefined) return { posted: true };
    throw await vanished(write);
  }
  refuseStrangers(write, contents);
  refuseIncomplete(write, contents);
  try {
    await callPost(parts, 'bc.journals.post', `${company.path}/journals(${journalId})`, context);
  } catch (error) {
    if (!(error instanceof Rejected) && !(error instanceof Unavailable)) throw error;
    if ((await postedEntries(write)) !== undefined) return { posted: true };
    if (isRefusal(error, 'nothing-to-post', 'not-found')) throw await vanished(write);
    if (isRefusal(error, 'posting-uncertain')) throw new OutcomeUnknown(error.message, { ...error.call, cause: error });
    throw error;
  }
  return { requested: true };
}

function refusal({ parts }: JournalWrite, message: string, code: string): Rejected {
  return new Rejected(message, { system: parts.odata.system, operation: 'bc.journal-lines.list' }, code);
}

/** Neither lines nor entries: nothing may be repeated on a guess (NAV spec 16). */
async function vanished(write: JournalWrite): Promise<Rejected> {
  const { parts, company, document, context } = write;
  const { batchCode, documentNumber } = document;
  const elsewhere = await postedElsewhere(parts, company, document, context.signal);
  const message = `The lines of journal batch ${batchCode} are gone and no entries carry ${documentNumber}; ${elsewhere ?? 'a person must look.'}`;
  return refusal(write, message, 'erp-document-changed');
}

/** `post` takes every line of the batch, so one line too many stops it; nothing of others is deleted. */
function refuseStrangers(write: JournalWrite, { strangers }: BatchContents): void {
  if (strangers.length === 0) return;
  const message = `Journal batch ${write.document.batchCode} differs from what was meant: ${strangers.join('; ')}.`;
  throw refusal(write, message, 'erp-document-changed');
}

function refuseIncomplete(write: JournalWrite, { missing, undimensioned }: BatchContents): void {
  const { batchCode } = write.document;
  if (missing.length > 0) {
    const message = `Journal batch ${batchCode} lacks ${missing.length} of ${write.document.lines.length} lines.`;
    throw refusal(write, message, 'erp-document-changed');
  }
  if (undimensioned.length === 0) return;
  const lines = undimensioned.map(({ line }) => line.lineNumber).join(', ');
  throw refusal(
    write,
    `Business Central lost dimensions of journal batch ${batchCode}, lines ${lines}.`,
    'dimension-unusable',
  );
}
