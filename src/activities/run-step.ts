import { activityInfo } from '@temporalio/activity';
import {
  Conflict,
  ContractViolation,
  ExternalSystemError,
  GrantRevoked,
  RateLimited,
  Rejected,
  Unauthorized,
} from '../clients/http/errors.js';
import type { HoldReason } from '../contracts/hold-reasons.js';
import { holdReasons } from '../contracts/hold-reasons.js';
import type { Hold, StepResult } from '../contracts/steps.js';
import { clearAlertCause, clearAlerts, raiseAlert } from '../store/alert-store.js';
import { closeDocument } from '../store/document-store.js';
import { endHold, putOnHold } from '../store/hold-store.js';
import { callContext } from '../clients/http/call-context.js';
import type { SharedDependencies } from './dependencies.js';
import { toApplicationFailure } from './to-application-failure.js';

/**
 * Runs one step of a document. A business refusal becomes a hold, recorded and alerted once per cause; a business end closes
 * the document; everything else is rethrown as a typed failure that Temporal repeats (requirements B5, S119).
 * @param fallback hold reason of a refusal whose code is not on the published list
 */
export async function runStep<T extends object>(
  deps: SharedDependencies,
  documentId: string,
  fallback: HoldReason,
  work: () => Promise<StepResult<T>>,
): Promise<StepResult<T>> {
  return callContext.run([{ documentId, attempt: activityInfo().attempt }], async () => {
    try {
      const result = await work();
      if (result.status === 'hold') await recordHold(deps, documentId, result.hold);
      else await recordRelease(deps, documentId);
      if (result.status === 'ended') await closeDocument(deps.db, documentId, result.outcome, result.detail);
      return result;
    } catch (error) {
      const hold = holdOf(error, fallback);
      if (!hold) {
        await alertCredentials(deps, documentId, error);
        await alertIfStuck(deps, `document ${documentId}`, error, documentId);
        throw toApplicationFailure(error);
      }
      await recordHold(deps, documentId, hold);
      return { status: 'hold', hold };
    }
  });
}

/**
 * Runs an activity that serves no single document: a poll or a watch. Errors become typed failures that Temporal repeats; one
 * that keeps failing is told to people, since nobody looks at schedules every day, and refused credentials at once (S30).
 * @param subject what fails, for people: a Concur connection or an ERP company
 */
export async function runUnattended<T>(deps: SharedDependencies, subject: string, work: () => Promise<T>): Promise<T> {
  try {
    const result = await work();
    if (activityInfo().attempt > stuckAfterAttempts) await clearAlertCause(deps.db, stuckCause(subject));
    if (activityInfo().attempt > 1) await clearAlertCause(deps.db, refusedCause(subject));
    return result;
  } catch (error) {
    if (areCredentialsRefused(error)) await alert(deps, refusedCause(subject), error.message, undefined);
    await alertIfStuck(deps, subject, error, undefined);
    throw toApplicationFailure(error);
  }
}

/** A step that fails this often in a row is told to people; Temporal goes on trying. */
const stuckAfterAttempts = 10;

const refusedCause = (subject: string): string => `credentials: ${activityInfo().activityType} for ${subject}`;

const areCredentialsRefused = (error: unknown): error is Unauthorized | GrantRevoked =>
  error instanceof Unauthorized || error instanceof GrantRevoked;

const stuckCause = (subject: string): string => `step-failing: ${activityInfo().activityType} for ${subject}`;

/** Tells people of a step that has failed often in a row. */
export async function alertIfStuck(
  deps: SharedDependencies,
  subject: string,
  error: unknown,
  documentId: string | undefined,
): Promise<void> {
  // Throttling is never an error (S120).
  if (activityInfo().attempt < stuckAfterAttempts || error instanceof RateLimited) return;
  const reason =
    error instanceof ExternalSystemError ? error.message : 'an unexpected error; see the log of the worker';
  const message = `${activityInfo().activityType} for ${subject} has failed ${activityInfo().attempt} times and is tried again: ${reason}`;
  await alert(deps, stuckCause(subject), message, documentId);
}

/** Credentials that a remote side refuses need a person; the alert ends with the first step that succeeds again (S30). */
export async function alertCredentials(deps: SharedDependencies, documentId: string, error: unknown): Promise<void> {
  if (!areCredentialsRefused(error)) return;
  await alert(deps, `credentials: ${error.call.system}`, error.message, documentId);
}

/** The hold that a refusal stands for; undefined for a failure that Temporal repeats. */
export function holdOf(error: unknown, fallback: HoldReason): Hold | undefined {
  if (error instanceof Conflict) return hold('possible-duplicate', error.message);
  if (error instanceof ContractViolation) return hold('contract-violation', error.message);
  if (!(error instanceof Rejected)) return undefined;
  // Named by the adapter for what happened; on the published list it is a dimension that cannot be used (S43).
  if (error.code === 'dimension-lost') return hold('dimension-unusable', error.message);
  return hold(isHoldReason(error.code) ? error.code : fallback, error.message);
}

export function hold(reason: HoldReason, message: string, vendorKeys: string[] = []): Hold {
  return { reason, message, vendorKeys };
}

function isHoldReason(code: string): code is HoldReason {
  return Object.hasOwn(holdReasons, code);
}

async function recordHold(deps: SharedDependencies, documentId: string, held: Hold): Promise<void> {
  await putOnHold(deps.db, 'documents', documentId, held.reason, held.message);
  const causes = held.vendorKeys.length > 0 ? held.vendorKeys : [held.cause ?? held.message];
  for (const cause of causes) {
    await alert(deps, `${held.reason}: ${cause}`, held.message, documentId);
  }
}

async function recordRelease(deps: SharedDependencies, documentId: string): Promise<void> {
  await endHold(deps.db, 'documents', documentId);
  await clearAlerts(deps.db, documentId);
}

/** Raises an alert; people are told when the cause is new, and only then (S87). */
export async function alert(
  deps: SharedDependencies,
  cause: string,
  message: string,
  documentId: string | undefined,
): Promise<void> {
  const fresh = await raiseAlert(deps.db, { cause, message, ...(documentId === undefined ? {} : { documentId }) });
  if (fresh) await deps.alerts.notify({ cause, message, documentId });
}
