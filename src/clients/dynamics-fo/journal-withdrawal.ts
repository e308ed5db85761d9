import type { ErpWriteContext, Withdrawal } from '../../contracts/erp-port.js';
import { Rejected } from '../http/errors.js';
import { createJournalAccess } from './journal-access.js';
import { ChangedMeanwhile } from './odata-errors.js';
import type { WrittenLine } from './schemas.js';
import {
  isMarked,
  isOwnLine,
  lookForJournals,
  type Standing,
  type StandingJournal,
  type TrackedJournal,
  type WithdrawalSession,
} from './standing-journals.js';
import { whatForbids } from './withdrawal-limits.js';

/** What a guarded delete brings about. */
interface Gone {
  gone: true;
}
const gone: Gone = { gone: true };

/** How often journals may change under our hands before the caller has to try again. */
const ATTEMPTS = 3;

/**
 * Takes an unposted journal of ours out of F&O: our lines one by one, then the header, and reads back that nothing is left (F&O
 * spec 9). Looks by number, by mark and by reference, so that a journal whose create was lost is found too. A posted journal, one
 * that is locked, and lines of others stay as they are. May be repeated after any failure.
 */
export async function withdrawJournal(
  parts: WithdrawalSession['parts'],
  tracked: TrackedJournal,
  context: ErpWriteContext,
): Promise<Withdrawal> {
  const access = createJournalAccess(parts.odata, tracked.document, context.signal);
  const session: WithdrawalSession = { parts, tracked, access, context };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await withdrawOnce(session);
    } catch (error) {
      if (!(error instanceof ChangedMeanwhile) || attempt === ATTEMPTS) throw error;
    }
  }
}

async function withdrawOnce(session: WithdrawalSession): Promise<Withdrawal> {
  const before = await lookForJournals(session);
  const forbidden = await whatForbids(session, before);
  if (forbidden !== undefined) return forbidden;
  const refusal = await takeOut(session, before.marked);
  const left = await lookForJournals(session);
  return (await whatForbids(session, left)) ?? remainder(left, refusal);
}

/** The refusal that ended it, if there was one; what then became of the journal is asked, not concluded from the refusal. */
async function takeOut(
  session: WithdrawalSession,
  journals: readonly StandingJournal[],
): Promise<Rejected | undefined> {
  try {
    for (const { header, own, foreign } of journals) {
      // Strictly one after the other: each line changes the header row (trap 11).
      for (const line of own) await deleteLine(session, line);
      if (foreign.length === 0) await deleteHeader(session, header.journal);
    }
    return undefined;
  } catch (error) {
    if (error instanceof Rejected) return error;
    throw error;
  }
}

async function deleteLine(session: WithdrawalSession, line: WrittenLine): Promise<void> {
  const { parts, tracked, access, context } = session;
  const { document } = tracked;
  const { journal, lineNumber } = line;
  await context.writes.create<Gone>({
    operation: 'fo.withdraw-line',
    key: `${document.keySeed}/${journal}/${lineNumber}`,
    payload: { journal, lineNumber, debit: line.debit, credit: line.credit, text: line.text },
    look: async () => {
      const now = await access.line(journal, lineNumber);
      return now !== undefined && isOwnLine(document, now) ? undefined : gone;
    },
    create: async () => {
      await requireUnposted(session, journal);
      await parts.odata.remove(access.kind.lines, { company: document.company, journal, lineNumber }, context.signal);
      return gone;
    },
  });
  context.heartbeat();
}

async function deleteHeader(session: WithdrawalSession, journal: string): Promise<void> {
  const { parts, tracked, access, context } = session;
  const { document } = tracked;
  await context.writes.create<Gone>({
    operation: 'fo.withdraw-journal',
    key: `${document.keySeed}/${journal}`,
    payload: { journal, description: document.description },
    look: async () => {
      const header = await access.header(journal);
      return header !== undefined && isMarked(document, header) ? undefined : gone;
    },
    create: async () => {
      await requireUnposted(session, journal);
      const lines = await access.lines([journal]);
      if (lines.length > 0) throw changed(session, `Journal ${journal} got a line while it was withdrawn.`);
      await parts.odata.remove(access.kind.headers, { company: document.company, journal }, context.signal);
      return gone;
    },
  });
  context.heartbeat();
}

/** Asked again right before each delete, because anybody may post the journal in between (F&O spec 9, trap 24). */
async function requireUnposted(session: WithdrawalSession, journal: string): Promise<void> {
  const header = await session.access.header(journal);
  if (header?.posted === false) return;
  throw changed(session, `Journal ${journal} was ${header ? 'posted' : 'removed'} while it was withdrawn.`);
}

function changed({ parts }: WithdrawalSession, message: string): ChangedMeanwhile {
  return new ChangedMeanwhile(message, { system: parts.odata.system, operation: 'withdraw' });
}

/** What the last look says. A journal that lines of others have been added to is no longer ours alone and stays. */
function remainder({ marked }: Standing, refusal: Rejected | undefined): Withdrawal {
  const [first] = marked;
  if (first === undefined) return { state: 'gone' };
  const { journal } = first.header;
  if (first.own.length === 0 && first.foreign.length > 0) {
    const reason =
      `Journal ${journal} also holds ${countOf(first.foreign)} that the connector did not write. The connector's own lines are ` +
      'out of it. Delete the journal, or change its description if the other lines are to be posted.';
    return { state: 'blocked', reason };
  }
  const reason =
    refusal === undefined
      ? `Journal ${journal} is still there although Finance & Operations accepted its deletion. Delete it there.`
      : `Finance & Operations refuses to delete journal ${journal}: ${refusal.message} Delete the journal there.`;
  return { state: 'blocked', reason };
}

const countOf = (lines: readonly WrittenLine[]): string => (lines.length === 1 ? 'a line' : `${lines.length} lines`);
