import { ContractViolation, OutcomeUnknown } from '../clients/http/errors.js';
import type { Database } from '../store/database.js';
import { earlierWrites, isWriteDone, recordResult, settleWrites } from '../store/remote-write-store.js';
import { beginWrite, recordFailure, waitBeforeNextLook } from './guarded-writes.js';

/**
 * One write to Concur with intent and result rows. After an unknown outcome Concur is asked first, by `look`; a repetition is
 * sent only when the look-again waits have passed (FIS spec 2.1, 7.3 step 3). `look` answers what the write has brought about,
 * or undefined if nothing; it is not called when no earlier attempt is open, which saves a call per document.
 * @param write.onceDone what a write recorded as done has brought about: with it, such a write is never sent again
 */
export async function writeToConcur<T>(write: {
  db: Database;
  documentId: string;
  operation: string;
  key: string;
  payload: unknown;
  lookAgainSeconds: readonly number[];
  look: () => Promise<T | undefined>;
  send: () => Promise<T>;
  onceDone?: T;
}): Promise<{ value: T; repeated: boolean }> {
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
    const value = await write.send();
    await recordResult(db, intent, 'done');
    return { value, repeated: earlier.open !== undefined };
  } catch (error) {
    await recordFailure(db, intent, error);
    // An answer that cannot be read is as good as none: the write may have happened.
    const isLost = error instanceof OutcomeUnknown && error.retryAfterMs === undefined;
    if (isLost || error instanceof ContractViolation) {
      throw lostAnswer(operation, waitBeforeNextLook(write.lookAgainSeconds, 0), error);
    }
    throw error;
  }
}

function lostAnswer(operation: string, waitMs: number, cause?: unknown): OutcomeUnknown {
  return new OutcomeUnknown(
    `Concur's answer to ${operation} was lost or cannot be read; Concur is asked before anything is repeated.`,
    { system: 'concur', operation, cause },
    waitMs,
  );
}
