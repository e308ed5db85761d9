import { clearAlertCause } from '../store/alert-store.js';
import { lateHandOffs } from '../store/hand-off-store.js';
import type { DocumentDependencies } from './dependencies.js';
import { alert, runUnattended } from './run-step.js';

/** Tells people once, and again each day, while documents of a Concur connection are not posted within the target (S105). */
export async function checkHandOff(
  deps: DocumentDependencies,
  { connection, targetSeconds }: { connection: string; targetSeconds: number },
): Promise<{ late: number }> {
  return runUnattended(deps, `Concur connection ${connection}`, async () => {
    const { count, oldest, since } = await lateHandOffs(deps.db, connection, targetSeconds);
    const cause = `hand-off-late: ${connection}`;
    if (count === 0) {
      await clearAlertCause(deps.db, cause);
    } else {
      const waited = `the oldest, ${oldest ?? ''}, since ${since?.toISOString().slice(0, 16).replace('T', ' ') ?? ''} UTC`;
      const message = `${count} document(s) of Concur connection ${connection} are not posted within ${hours(targetSeconds)} of their discovery; ${waited}. \`concur-dynamics documents list\` shows what each waits for.`;
      await alert(deps, cause, message, undefined);
    }
    return { late: count };
  });
}

const hours = (seconds: number): string =>
  seconds < 7_200 ? `${Math.round(seconds / 60)} minutes` : `${Math.round(seconds / 3_600)} hours`;
