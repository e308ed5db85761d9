import { createHash } from 'node:crypto';
import { OutcomeUnknown } from '../clients/http/errors.js';
import type { Database } from '../store/database.js';
import { pendingWrite, recordIntent, recordResult, settleWrites } from '../store/remote-write-store.js';
import { recordFailure, waitBeforeNextLook } from './guarded-writes.js';

/**
 * One write to Concur with intent and result rows. After an unknown outcome Concur is asked first, by `look`; a repetition is
 * sent only when the look-again waits have passed (FIS spec 2.1, 7.3 step 3). `look` answers what the write has brought about,
 * or undefined if nothing; it is not called when no earlier attempt is open, which saves a call per document.
 */
export async function writeToConcur<T>(write: {
  db: Database;
  documentId: string;
  operation: string;
  key: string;
  payload: unknown;
  lookAgainSeconds: readonly number[];
  now: () => Date;
  look: () => Promise<T | undefined>;
  send: () => Promise<T>;
}): Promise<{ value: T; repeated: boolean }> {
  const { db, operation, key } = write;
  const pending = await pendingWrite(db, operation, key);
  if (pending) {
    const found = await write.look();
    if (found !== undefined) {
      await settleWrites(db, operation, key, 'found');
      return { value: found, repeated: true };
    }
    const waitMs = waitBeforeNextLook(write.lookAgainSeconds, write.now().getTime() - pending.startedAt.getTime());
    if (waitMs > 0) throw lostAnswer(operation, waitMs);
    await settleWrites(db, operation, key, 'not-executed');
  }
  const payloadSha256 = createHash('sha256').update(JSON.stringify(write.payload)).digest('hex');
  const intent = await recordIntent(db, { documentId: write.documentId, operation, key, payloadSha256 });
  try {
    const value = await write.send();
    await recordResult(db, intent, 'done');
    return { value, repeated: pending !== undefined };
  } catch (error) {
    await recordFailure(db, intent, error);
    if (error instanceof OutcomeUnknown && error.retryAfterMs === undefined) {
      throw lostAnswer(operation, waitBeforeNextLook(write.lookAgainSeconds, 0), error);
    }
    throw error;
  }
}

function lostAnswer(operation: string, waitMs: number, cause?: unknown): OutcomeUnknown {
  return new OutcomeUnknown(
    `Concur's answer to ${operation} was lost; Concur is asked again before anything is repeated.`,
    { system: 'concur', operation, cause },
    waitMs,
  );
}
