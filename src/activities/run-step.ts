import { activityInfo } from '@temporalio/activity';
import { Conflict, ContractViolation, Rejected } from '../clients/http/errors.js';
import type { HoldReason } from '../contracts/hold-reasons.js';
import { holdReasons } from '../contracts/hold-reasons.js';
import type { Hold, StepResult } from '../contracts/steps.js';
import { clearAlerts, raiseAlert } from '../store/alert-store.js';
import { clearHold, closeDocument, holdDocument } from '../store/document-store.js';
import { callContext } from './call-context.js';
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
  return callContext.run({ documentId, attempt: activityInfo().attempt }, async () => {
    try {
      const result = await work();
      if (result.status === 'hold') await recordHold(deps, documentId, result.hold);
      else await recordRelease(deps, documentId);
      if (result.status === 'ended') await closeDocument(deps.db, documentId, result.outcome, result.detail);
      return result;
    } catch (error) {
      const hold = holdOf(error, fallback);
      if (!hold) throw toApplicationFailure(error);
      await recordHold(deps, documentId, hold);
      return { status: 'hold', hold };
    }
  });
}

function holdOf(error: unknown, fallback: HoldReason): Hold | undefined {
  if (error instanceof Conflict) return hold('possible-duplicate', error.message);
  if (error instanceof ContractViolation) return hold('contract-violation', error.message);
  if (!(error instanceof Rejected)) return undefined;
  return hold(isHoldReason(error.code) ? error.code : fallback, error.message);
}

export function hold(reason: HoldReason, message: string, vendorKeys: string[] = []): Hold {
  return { reason, message, vendorKeys };
}

function isHoldReason(code: string): code is HoldReason {
  return Object.hasOwn(holdReasons, code);
}

async function recordHold(deps: SharedDependencies, documentId: string, held: Hold): Promise<void> {
  await holdDocument(deps.db, documentId, held.reason, held.message);
  const causes = held.vendorKeys.length > 0 ? held.vendorKeys : [held.message];
  for (const cause of causes) {
    await alert(deps, `${held.reason}: ${cause}`, held.message, documentId);
  }
}

async function recordRelease(deps: SharedDependencies, documentId: string): Promise<void> {
  await clearHold(deps.db, documentId);
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
