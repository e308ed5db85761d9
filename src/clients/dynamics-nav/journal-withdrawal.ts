import type { ErpWriteContext, Withdrawal } from '../../contracts/erp-port.js';
import type { Rejected } from '../http/errors.js';
import { isBlank, readJournalLines } from './journal-lines.js';
import { findJournalPostings, type TrackedJournal } from './journal-postings.js';
import { journalEvidence, netsToZero, readLedger } from './ledger-entries.js';
import type { BcCompany } from './options.js';
import type { BcParts } from './parts.js';
import { journalLineSchema, type JournalLine } from './schemas.js';
import {
  isMarked,
  isOwnLine,
  lookForBatches,
  readJournal,
  type JournalWithdrawal,
  type StandingBatch,
} from './standing-journals.js';
import {
  blocked,
  ChangedMeanwhile,
  deleteUnder,
  gone,
  lookingAgain,
  refusalIn,
  requiredEtag,
  type Gone,
} from './withdrawing.js';

/**
 * Takes the lines of an unposted journal and its batch out of Business Central again, and reads back that nothing is left (FIS
 * spec 5.1). What is posted, and lines of others, stay as they are; a journal that a person has reversed counts as taken out. May
 * be repeated after any failure.
 */
export function withdrawJournal(
  parts: BcParts,
  company: BcCompany,
  tracked: TrackedJournal,
  context: ErpWriteContext,
): Promise<Withdrawal> {
  const withdrawal: JournalWithdrawal = { parts, company, tracked, context };
  return lookingAgain(async () => {
    const before = await lookForBatches(withdrawal);
    const forbidden = await whatForbids(withdrawal, before);
    if (forbidden !== undefined) return forbidden;
    const refusal = await refusalIn(() => takeOut(withdrawal, before));
    const left = await lookForBatches(withdrawal);
    return (await whatForbids(withdrawal, left)) ?? remainder(left, refusal);
  });
}

/**
 * Why nothing may be deleted. The ledger is asked after the batches, because whatever leaves a batch by posting shows in the
 * ledger from then on.
 */
async function whatForbids(
  withdrawal: JournalWithdrawal,
  batches: readonly StandingBatch[],
): Promise<Withdrawal | undefined> {
  const { parts, company, tracked, context } = withdrawal;
  const { documentNumber } = tracked.document;
  const rows = [...(await readLedger(parts, company, [documentNumber], context.signal)).values()].flat();
  const isOurs = journalEvidence(tracked.document, rows).is === 'ours';
  if (isOurs) return postedAs(withdrawal);
  if (rows.length > 0 && !netsToZero(rows)) {
    return blocked(
      `The ledger holds entries under document number ${documentNumber} that are not what the connector wrote; somebody changed ` +
        'the journal before it was posted. Reverse these entries.',
    );
  }
  const taken = batches.find((batch) => !batch.isMarked && batch.own.length > 0);
  if (taken !== undefined) {
    return blocked(
      `Journal batch ${taken.journal.code} holds ${taken.own.length} of its lines (document number ${documentNumber}), but its name ` +
        'does not say that it is a batch of the connector. Delete these lines.',
    );
  }
  const emptied = batches.find((batch) => batch.isMarked && isPostedEmpty(batch));
  if (emptied === undefined || rows.length > 0) return undefined;
  // The empty line is what a posting leaves: without entries nobody knows what became of the money (NAV spec 16).
  return blocked(
    `Journal batch ${emptied.journal.code} looks posted, but no ledger entry carries document number ${documentNumber}. Find out ` +
      'where it was posted; if nowhere, delete the batch.',
  );
}

const isPostedEmpty = ({ own, foreign, hasBlankLine }: StandingBatch): boolean =>
  hasBlankLine && own.length + foreign.length === 0;

/** The same proof that the posting watch finds. */
async function postedAs({ parts, company, tracked, context }: JournalWithdrawal): Promise<Withdrawal> {
  const [state] = await findJournalPostings(parts, company, [tracked], context.signal);
  if (state?.state === 'posted') return { state: 'posted', proof: state.proof };
  return blocked(`Journal ${tracked.document.documentNumber} is posted.`);
}

async function takeOut(withdrawal: JournalWithdrawal, batches: readonly StandingBatch[]): Promise<void> {
  for (const { journal, own, foreign } of batches.filter((batch) => batch.isMarked)) {
    for (const { id } of own) await deleteLine(withdrawal, id);
    if (foreign.length === 0) await deleteBatch(withdrawal, journal.id);
  }
}

async function deleteLine(withdrawal: JournalWithdrawal, id: string): Promise<void> {
  const { parts, company, tracked, context } = withdrawal;
  const { signal } = context;
  const path = `${company.path}/journalLines(${id})`;
  let etag = '';
  await context.writes.create<Gone>({
    operation: 'bc.withdraw-line',
    key: id,
    payload: { documentNumber: tracked.document.documentNumber, line: id },
    look: async () => {
      const call = { operation: 'bc.journal-lines.read', path, fresh: true, signal };
      const line: JournalLine | undefined = await parts.odata.find(call, journalLineSchema);
      if (line === undefined || !isOwnLine(withdrawal, line)) return gone;
      etag = requiredEtag(parts, line, call.operation);
      return undefined;
    },
    create: () => deleteUnder(parts, etag, { operation: 'bc.journal-lines.withdraw', path, signal }),
  });
  context.heartbeat();
}

/** Deleting a batch deletes every line in it, so it must hold none but the empty one of a posting. */
async function deleteBatch(withdrawal: JournalWithdrawal, id: string): Promise<void> {
  const { parts, company, tracked, context } = withdrawal;
  const { signal } = context;
  const path = `${company.path}/journals(${id})`;
  let etag = '';
  await context.writes.create<Gone>({
    operation: 'bc.withdraw-batch',
    key: id,
    payload: { batch: tracked.document.batchCode, displayName: tracked.document.batchDisplayName },
    look: async () => {
      const journal = await readJournal(withdrawal, id);
      if (journal === undefined || !isMarked(tracked.document, journal)) return gone;
      etag = requiredEtag(parts, journal, 'bc.journals.read');
      return undefined;
    },
    create: async () => {
      const lines = await readJournalLines(parts, company, id, signal);
      if (!lines.every(isBlank)) {
        const message = 'The journal batch got a line while it was withdrawn.';
        throw new ChangedMeanwhile(message, { system: parts.odata.system, operation: 'bc.journals.withdraw' });
      }
      return deleteUnder(parts, etag, { operation: 'bc.journals.withdraw', path, signal });
    },
  });
  context.heartbeat();
}

/** What the last look says. A batch that lines of others have been added to is no longer ours alone and stays. */
function remainder(batches: readonly StandingBatch[], refusal: Rejected | undefined): Withdrawal {
  const standing = batches.find((batch) => batch.isMarked);
  if (standing === undefined) return { state: 'gone' };
  const { journal, own, foreign } = standing;
  if (own.length === 0 && foreign.length > 0) {
    const lines = foreign.length === 1 ? 'a line' : `${foreign.length} lines`;
    return blocked(
      `Journal batch ${journal.code} also holds ${lines} that the connector did not write. The connector's own lines are out of it. ` +
        'Delete the batch, or change its description if the other lines are to be posted.',
    );
  }
  return blocked(
    refusal === undefined
      ? `Journal batch ${journal.code} is still there although Business Central accepted its deletion. Delete it there.`
      : `Journal batch ${journal.code} cannot be deleted. ${refusal.message} Delete the batch there.`,
  );
}
