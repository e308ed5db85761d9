import { createHash } from 'node:crypto';
import { ContractViolation, ExternalSystemError, OutcomeUnknown } from '../clients/http/errors.js';
import { RateLimited, Unauthorized, Unavailable } from '../clients/http/errors.js';
import type { GuardedWrites } from '../contracts/erp-port.js';
import type { Database } from '../store/database.js';
import { pendingWrite, recordIntent, recordResult, settleWrites } from '../store/remote-write-store.js';

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
  now: () => Date;
}): GuardedWrites {
  const { db, documentId, lookAgainSeconds, now } = deps;
  return {
    create: async ({ operation, key, payload, look, create }) => {
      const pending = await pendingWrite(db, operation, key);
      const found = await look();
      if (found !== undefined) {
        if (pending) await settleWrites(db, operation, key, 'found');
        return { value: found, adopted: true };
      }
      if (pending) {
        const waitMs = waitBeforeNextLook(lookAgainSeconds, now().getTime() - pending.startedAt.getTime());
        if (waitMs > 0) {
          throw new OutcomeUnknown(
            `The answer to ${operation} was lost and the record is not there yet; it will be looked for again before anything is written.`,
            { system: 'erp', operation },
            waitMs,
          );
        }
        await settleWrites(db, operation, key, 'not-executed');
      }
      const payloadSha256 = createHash('sha256').update(JSON.stringify(payload)).digest('hex');
      const intent = await recordIntent(db, { documentId, operation, key, payloadSha256 });
      const value = await create().catch(async (error: unknown) => {
        await recordFailure(db, intent, error);
        throw isUnknown(error) ? unknownOutcome(error, operation, lookAgainSeconds) : error;
      });
      await recordResult(db, intent, 'done');
      return { value, adopted: false };
    },
  };
}

/** A lost answer, or one that cannot be read: the write may have happened. */
function isUnknown(error: unknown): boolean {
  return error instanceof OutcomeUnknown || error instanceof ContractViolation || !(error instanceof ExternalSystemError);
}

/** Records what is known about a failed write; an unknown outcome leaves the intent open on purpose. */
export async function recordFailure(db: Database, intent: string, error: unknown): Promise<void> {
  if (isUnknown(error)) return;
  const notExecuted = error instanceof RateLimited || error instanceof Unauthorized || error instanceof Unavailable;
  await recordResult(db, intent, notExecuted ? 'not-executed' : 'rejected');
}

function unknownOutcome(error: unknown, operation: string, lookAgainSeconds: readonly number[]): unknown {
  if (error instanceof OutcomeUnknown) {
    return new OutcomeUnknown(error.message, error.call, waitBeforeNextLook(lookAgainSeconds, 0));
  }
  if (error instanceof ContractViolation) {
    return new OutcomeUnknown(error.message, { system: 'erp', operation, cause: error }, waitBeforeNextLook(lookAgainSeconds, 0));
  }
  return error;
}
