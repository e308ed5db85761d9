import type { PostingState } from '../../contracts/erp-port.js';
import { accountantsSentence } from './odata-errors.js';
import type { JournalDetail } from './schemas.js';

/**
 * Says why a journal is not posted. It is refused where its own log complains, and where the approval workflow has given it back:
 * both need a person. A workflow under way, and locks, are reasons to wait, because those who have it in hand end them (F&O
 * spec 7). `toldBefore` is what a posting on call has answered; it stands until the journal is posted or says something else.
 * `earlierLog` is what the log said of the half-filled journal: F&O gives no time for a log, so the same words are no refusal yet.
 */
export function unpostedState(
  part: number,
  journal: string,
  detail: JournalDetail | undefined,
  toldBefore?: string,
  earlierLog?: string,
): PostingState {
  const isEarlier = detail !== undefined && detail.Log === earlierLog;
  const refusal = detail && refusalOf(journal, isEarlier ? { ...detail, Log: '' } : detail);
  if (refusal !== undefined) return { state: 'refused', part, reason: refusal };
  if (toldBefore !== undefined) return { state: 'refused', part, reason: toldBefore };
  const reasons = [detail && waitingReason(journal, detail), isEarlier ? earlierComplaint(journal, detail) : undefined];
  const reason = reasons.filter((each) => each !== undefined).join(' ');
  return { state: 'waiting', part, ...(reason === '' ? {} : { reason }) };
}

function earlierComplaint(journal: string, { Log }: JournalDetail): string | undefined {
  const complaint = complaintIn(Log);
  return (
    complaint &&
    `The log of journal ${journal} still says what it said before the journal was complete, and Finance & Operations has not tried again since, or with the same result: ${complaint}`
  );
}

/** Ends of the approval workflow after which nothing happens until somebody submits the journal again. */
const givenBack: Readonly<Record<string, string>> = {
  Rejected: 'was rejected in its approval workflow',
  ChangeRequested: 'came back from its approval workflow with the request for a change',
};

function refusalOf(journal: string, { Log, WorkflowApprovalStatus }: JournalDetail): string | undefined {
  const complaint = complaintIn(Log);
  const end = givenBack[WorkflowApprovalStatus];
  if (end === undefined) return complaint && `Journal ${journal}: ${complaint}`;
  const log = complaint === undefined ? '' : ` Its log says: ${complaint}`;
  return `Journal ${journal} ${end}; see its workflow history for the reason, and submit it again when it is mended.${log}`;
}

/** The complaint of a log; a log that only informs, or says that the journal is in order, is none. */
function complaintIn(log: string): string | undefined {
  const entries = log
    .split(/\r?\n|;\s+(?=(?:Info|Warning|Error):)/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '' && !entry.startsWith('Info:') && !/\bjournal is ok\b/i.test(entry));
  return entries.length === 0 ? undefined : accountantsSentence(entries.join('; '));
}

const atWorkflow: Readonly<Record<string, string>> = {
  NotSubmitted: 'is not submitted to its approval workflow yet',
  Submitted: 'is submitted to its approval workflow',
  PendingApproval: 'waits for an approval in its workflow',
  Approved: 'is approved, and the batch has not posted it yet',
};

function waitingReason(
  journal: string,
  { WorkflowApprovalStatus, SystemBlocked, InUseBy }: JournalDetail,
): string | undefined {
  if (SystemBlocked) return `Journal ${journal} is blocked by the system, as it is while it is being posted.`;
  if (InUseBy !== '') return `A person has journal ${journal} open.`;
  if (WorkflowApprovalStatus === '' || WorkflowApprovalStatus === 'None') return undefined;
  const where = atWorkflow[WorkflowApprovalStatus];
  return where === undefined
    ? `The approval workflow of journal ${journal} is at ${WorkflowApprovalStatus}.`
    : `Journal ${journal} ${where}.`;
}
