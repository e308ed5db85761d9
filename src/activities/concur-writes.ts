import { ContractViolation, OutcomeUnknown, Rejected, Unavailable } from '../clients/http/errors.js';
import type { FailedCall } from '../clients/http/errors.js';
import type { Database } from '../store/database.js';
import {
  earlierWrites,
  isWriteDone,
  recordResult,
  refusalsWithinHour,
  settleWrites,
} from '../store/remote-write-store.js';
import { beginWrite, recordFailure, waitBeforeNextLook } from './guarded-writes.js';

/** A 400 of Concur may mean "over the limit" or a deadlock (FIS spec 2.1): only so many within an hour are believed. */
const badRequestTries = 5;
const firstPassingWaitMs = 5_000;
const longestPassingWaitMs = 60_000;

/** A refusal that may pass by itself: it is believed when it has come `tries` times within an hour. */
export class PassingRefusal extends Rejected {
  constructor(
    message: string,
    call: FailedCall,
    code: string,
    readonly tries: number,
  ) {
    super(message, call, code);
  }
}

/** One write to Concur. */
export interface ConcurWrite<T> {
  db: Database;
  documentId: string;
  operation: string;
  key: string;
  payload: unknown;
  lookAgainSeconds: readonly number[];
  /** What the write has brought about, or undefined if nothing. */
  look: () => Promise<T | undefined>;
  send: (facts: SendFacts) => Promise<T>;
  /** Says of an answer that Concur has refused the write for good. */
  isRefused?: (value: T) => boolean;
  /** What a write recorded as done has brought about: with it, such a write is never sent again. */
  onceDone?: T;
}

export interface SendFacts {
  /** Whether our ledger knows of an earlier attempt of the same write that was not refused. */
  attemptedBefore: boolean;
}

/**
 * One write to Concur with intent and result rows. After an unknown outcome Concur is asked first, by `look`; a repetition is
 * sent only when the look-again waits have passed (FIS spec 2.1, 7.3 step 3). Nothing is asked when no earlier attempt is open,
 * which saves a call per document. A refusal that may pass is repeated for a while, and Concur is asked before it is believed.
 * @throws Rejected a refusal that is meant; a 400 with the code `concur-refused`
 */
export async function writeToConcur<T>(write: ConcurWrite<T>): Promise<{ value: T; repeated: boolean }> {
  const { db, operation, key } = write;
  if (write.onceDone !== undefined && (await isWriteDone(db, operation, key))) {
    return { value: write.onceDone, repeated: true };
  }
  const earlier = await earlierWrites(db, operation, key);
  if (earlier.open) {
    const found = await write.look();
    if (found !== undefined) {
      await settleWrites(db, operation, key, 'found');
      return { value: found, repeated: true };
    }
    const waitMs = waitBeforeNextLook(write.lookAgainSeconds, earlier.open.ageMs);
    if (waitMs > 0) throw lostAnswer(operation, waitMs);
    await settleWrites(db, operation, key, 'not-executed');
  }
  const { documentId, payload } = write;
  const intent = await beginWrite(db, { documentId, operation, key, payload, newestId: earlier.newestId });
  try {
    const value = await write.send({ attemptedBefore: earlier.mayHaveWorked });
    await recordResult(db, intent, write.isRefused?.(value) === true ? 'rejected' : 'done');
    return { value, repeated: earlier.open !== undefined };
  } catch (error) {
    // Our own check of the content, before anything was sent: repeating it changes nothing.
    if (error instanceof RangeError) {
      await recordResult(db, intent, 'rejected');
      throw new Rejected(
        `Nothing was sent, since Concur does not take it: ${error.message}.`,
        { system: 'concur', operation },
        'concur-refused',
      );
    }
    await recordFailure(db, intent, error);
    // An answer that cannot be read is as good as none: the write may have happened.
    const isLost = error instanceof OutcomeUnknown && error.retryAfterMs === undefined;
    if (isLost || error instanceof ContractViolation) {
      throw lostAnswer(operation, waitBeforeNextLook(write.lookAgainSeconds, 0), error);
    }
    if (!(error instanceof Rejected)) throw error;
    return { value: await believe(write, error), repeated: true };
  }
}

/** Lets a refusal that may pass be repeated; once it is to be believed, Concur says whether the write was needed at all. */
async function believe<T>(write: ConcurWrite<T>, refusal: Rejected): Promise<T> {
  const isBadRequest = refusal.call.status === 400;
  const tries = refusal instanceof PassingRefusal ? refusal.tries : isBadRequest ? badRequestTries : 0;
  if (tries === 0) throw refusal;
  const refusals = await refusalsWithinHour(write.db, write.operation, write.key);
  if (refusals < tries) {
    const waitMs = Math.min(firstPassingWaitMs * 2 ** (refusals - 1), longestPassingWaitMs);
    throw new Unavailable(refusal.message, refusal.call, waitMs);
  }
  const found = await write.look();
  if (found !== undefined) return found;
  if (!isBadRequest) throw refusal;
  throw new Rejected(`${refusal.message} It was repeated ${refusals} times.`, refusal.call, 'concur-refused');
}

function lostAnswer(operation: string, waitMs: number, cause?: unknown): OutcomeUnknown {
  return new OutcomeUnknown(
    `Concur's answer to ${operation} was lost or cannot be read; Concur is asked before anything is repeated.`,
    { system: 'concur', operation, cause },
    waitMs,
  );
}
