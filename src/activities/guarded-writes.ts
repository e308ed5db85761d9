import { createHash } from 'node:crypto';
import { ContractViolation, ExternalSystemError, OutcomeUnknown } from '../clients/http/errors.js';
import { RateLimited, Unauthorized, Unavailable } from '../clients/http/errors.js';
import type { GuardedWrites } from '../contracts/erp-port.js';
import type { Database } from '../store/database.js';
import { earlierWrites, recordIntent, recordLost, recordResult, settleWrites } from '../store/remote-write-store.js';

/**
 * Milliseconds until the next look after an unknown outcome; 0 once every wait of the schedule has passed, so that "not there"
 * may be believed (decisions 7).
 */
export function waitBeforeNextLook(lookAgainSeconds: readonly number[], ageMs: number): number {
  const next = lookAgainSeconds.find((seconds) => seconds * 1_000 > ageMs);
  return next === undefined ? 0 : next * 1_000 - ageMs;
}

/**
 * Guarded writes of one document: look, adopt or create, with an intent row before and a result row after each remote write.
 * An intent without a result means "unknown", also after a kill between the remote commit and our own record.
 */
export function createGuardedWrites(deps: {
  db: Database;
  documentId: string;
  lookAgainSeconds: readonly number[];
}): GuardedWrites {
  const { db, documentId, lookAgainSeconds } = deps;
  return {
    create: async ({ operation, key, payload, look, create }) => {
      const earlier = await earlierWrites(db, operation, key);
      const found = await look();
      if (found !== undefined) {
        if (earlier.open) await settleWrites(db, operation, key, 'found');
        return { value: found, adopted: true };
      }
      if (earlier.open) {
        const waitMs = waitBeforeNextLook(lookAgainSeconds, earlier.open.ageMs);
        if (waitMs > 0) {
          throw new OutcomeUnknown(
            `The answer to ${operation} was lost and the record is not there yet; it will be looked for again before anything is written.`,
            { system: 'erp', operation },
            waitMs,
          );
        }
        await settleWrites(db, operation, key, 'not-executed');
      }
      const intent = await beginWrite(db, { documentId, operation, key, payload, newestId: earlier.newestId });
      const value = await create().catch(async (error: unknown) => {
        await recordFailure(db, intent, error);
        throw isUnknown(error) ? unknownOutcome(error, operation, lookAgainSeconds) : error;
      });
      await recordResult(db, intent, 'done');
      return { value, adopted: false };
    },
  };
}

/**
 * Writes the intent row.
 * @throws Unavailable when another attempt has begun a write since the look, or the document goes another way now: look again
 */
export async function beginWrite(
  db: Database,
  write: { documentId: string; operation: string; key: string; payload: unknown; newestId: string },
): Promise<string> {
  const { payload, ...facts } = write;
  const payloadSha256 = createHash('sha256').update(JSON.stringify(payload)).digest('hex');
  const intent = await recordIntent(db, { ...facts, payloadSha256 });
  if (intent === undefined) {
    const call = { system: 'connector', operation: write.operation };
    throw new Unavailable('Another attempt of this step has written meanwhile; it is looked for again.', call, 2_000);
  }
  return intent;
}

/** A lost answer, or one that cannot be read: the write may have happened. */
function isUnknown(error: unknown): boolean {
  return (
    error instanceof OutcomeUnknown || error instanceof ContractViolation || !(error instanceof ExternalSystemError)
  );
}

/** Records what is known about a failed write; an unknown outcome leaves the intent open, and the waits count from now. */
export async function recordFailure(db: Database, intent: string, error: unknown): Promise<void> {
  if (isUnknown(error)) return recordLost(db, intent);
  const notExecuted = error instanceof RateLimited || error instanceof Unauthorized || error instanceof Unavailable;
  await recordResult(db, intent, notExecuted ? 'not-executed' : 'rejected');
}

function unknownOutcome(error: unknown, operation: string, lookAgainSeconds: readonly number[]): unknown {
  if (error instanceof OutcomeUnknown) {
    return new OutcomeUnknown(error.message, error.call, waitBeforeNextLook(lookAgainSeconds, 0));
  }
  if (error instanceof ContractViolation) {
    return new OutcomeUnknown(
      error.message,
      { system: 'erp', operation, cause: error },
      waitBeforeNextLook(lookAgainSeconds, 0),
    );
  }
  return error;
}
