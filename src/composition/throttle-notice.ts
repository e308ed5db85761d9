import type { SharedDependencies } from '../activities/dependencies.js';
import { alert } from '../activities/run-step.js';
import type { CallGate, CallObserver } from '../clients/http/types.js';
import { clearAlertCause } from '../store/alert-store.js';

/** Throttling that holds calls back for less is everyday business. */
const worthNoticeMs = 5 * 60_000;

/**
 * Tells people once when a connection has let no call through for five minutes, or has asked for so long a pause: documents are
 * late then, and none has failed (S120). The notice ends with the first call that goes through.
 * @param subject the connection, for people, for example `concur connection acme`
 */
export function withThrottleNotice(
  shared: SharedDependencies,
  subject: string,
  given: { gate: CallGate; observe: CallObserver },
): { gate: CallGate; observe: CallObserver } {
  const cause = `slow: ${subject}`;
  let since: number | undefined;
  // A notice of a process that has died is ended by its successor's first call.
  let mayStand = true;
  let isRaised = false;

  async function refused(until: Date): Promise<void> {
    since ??= shared.now().getTime();
    if (isRaised || until.getTime() - since < worthNoticeMs) return;
    mayStand = true;
    const message = `The ${subject} has asked for fewer calls since ${new Date(since).toISOString()}. Documents are late, none has failed; they go on by themselves as soon as calls are taken again.`;
    await alert(shared, cause, message, undefined);
    isRaised = true;
  }

  async function wentThrough(): Promise<void> {
    since = undefined;
    isRaised = false;
    if (!mayStand) return;
    mayStand = false;
    await clearAlertCause(shared.db, cause);
  }

  return {
    gate: {
      enter: (signal) => given.gate.enter(signal),
      pauseUntil: async (at) => {
        await given.gate.pauseUntil(at);
        await refused(at);
      },
    },
    observe: async (record) => {
      await given.observe(record);
      if (record.outcome === 'ok' || record.outcome === 'rejected') await wentThrough();
    },
  };
}
