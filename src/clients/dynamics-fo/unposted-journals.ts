import type { PostingState } from '../../contracts/erp-port.js';
import { accountantsSentence } from './odata-errors.js';
import type { JournalDetail } from './schemas.js';

/**
 * Says why a journal is not posted. `refused` only where the journal's own log says so; workflow states and locks are
 * reasons to wait, because people end them (F&O spec 7).
 */
export function unpostedState(
  part: number,
  journal: string,
  detail: JournalDetail | undefined,
  isEmpty: boolean,
): PostingState {
  if (isEmpty) {
    return { state: 'missing', part, reason: `A person removed all lines of journal ${journal} before it was posted.` };
  }
  if (detail === undefined) return { state: 'waiting', part };
  const refusal = refusalIn(detail.Log);
  if (refusal !== undefined) return { state: 'refused', part, reason: `Journal ${journal}: ${refusal}` };
  const reason = waitingReason(detail);
  return { state: 'waiting', part, ...(reason === undefined ? {} : { reason }) };
}

/** The complaint of a log; a log that only informs, or says that the journal is in order, is none. */
function refusalIn(log: string): string | undefined {
  const entries = log
    .split(/\r?\n|;\s+(?=(?:Info|Warning|Error):)/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '' && !entry.startsWith('Info:') && !/\bjournal is ok\b/i.test(entry));
  return entries.length === 0 ? undefined : accountantsSentence(entries.join('; '));
}

function waitingReason({ WorkflowApprovalStatus, SystemBlocked, InUseBy }: JournalDetail): string | undefined {
  if (SystemBlocked) return 'The journal is blocked by the system.';
  if (InUseBy !== '') return 'A person has the journal open.';
  if (WorkflowApprovalStatus === '' || WorkflowApprovalStatus === 'None') return undefined;
  return `The approval workflow of the journal is at ${WorkflowApprovalStatus}.`;
}
