import { activityInfo } from '@temporalio/activity';
import type { HoldReason } from '../contracts/hold-reasons.js';
import type { Hold, StepResult } from '../contracts/steps.js';
import { clearAlerts } from '../store/alert-store.js';
import { endHold, putOnHold } from '../store/hold-store.js';
import { callContext } from '../clients/http/call-context.js';
import type { SharedDependencies } from './dependencies.js';
import { alert, alertCredentials, alertIfStuck, holdOf } from './run-step.js';
import { toApplicationFailure } from './to-application-failure.js';

/**
 * Runs one step of a purchase request. A business refusal becomes a hold, recorded and alerted once per cause; everything else
 * is a typed failure that Temporal repeats (requirements B5). A round has several steps, so that a hold ends with the round and
 * not with the next step that succeeds: see {@link recordPurchaseRelease}.
 * @param fallback hold reason of a refusal whose code is not on the published list
 */
export async function runPurchaseStep<T extends object>(
  deps: SharedDependencies,
  id: string,
  fallback: HoldReason,
  work: () => Promise<StepResult<T>>,
): Promise<StepResult<T>> {
  return callContext.run([{ documentId: id, attempt: activityInfo().attempt }], async () => {
    try {
      const result = await work();
      if (result.status === 'hold') await recordHold(deps, id, result.hold);
      return result;
    } catch (error) {
      const hold = holdOf(error, fallback);
      if (!hold) {
        await alertCredentials(deps, id, error);
        await alertIfStuck(deps, `purchase request ${id}`, error, id);
        throw toApplicationFailure(error);
      }
      await recordHold(deps, id, hold);
      return { status: 'hold', hold };
    }
  });
}

/** The same causes as those of documents: whoever waits for one vendor shares one alert (S87). */
async function recordHold(deps: SharedDependencies, id: string, { reason, message, vendorKeys }: Hold): Promise<void> {
  await putOnHold(deps.db, 'purchase_requests', id, reason, message);
  for (const cause of vendorKeys.length > 0 ? vendorKeys : [message]) {
    await alert(deps, `${reason}: ${cause}`, message, id);
  }
}

/** A whole round has met no refusal: hold and alerts end, save those that only a person ends. */
export async function recordPurchaseRelease({ db }: SharedDependencies, id: string): Promise<void> {
  await endHold(db, 'purchase_requests', id);
  await clearAlerts(db, id);
}

/** Cause of the alert about an open change of one order: it stays until a person has decided. */
export const changeCause = (id: string, orderNumber: string): string => `purchase-order-changed: ${id}/${orderNumber}`;
