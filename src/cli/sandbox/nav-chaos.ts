import { setTimeout as delay } from 'node:timers/promises';
import type { Connections } from '../../config/load-connections.js';
import { progressToStderr } from '../../launcher/launcher-error.js';
import { withDatabase } from '../installation.js';
import { tally } from './progress.js';
import type { Chaos } from './running.js';
import type { Simulators } from './simulators.js';
import { allSubscribed } from './webhook-watch.js';

const lookEveryMs = 1_000;
/** What an administrator deletes, one after the other: everything, or the subscriptions of one entity set. */
const deletions = [{}, { set: 'purchaseInvoices' }, { set: 'vendors' }, {}, { set: 'purchaseInvoices' }] as const;

/**
 * Deletes webhook subscriptions of Business Central five times while the documents settle, each time once all stand again: the
 * keeper has to notice by itself (NAV spec 18).
 */
export function startNavChaos(order: { connections: Connections; simulators: Simulators; documents: number }): Chaos {
  const { connections, simulators, documents } = order;
  const stopping = new AbortController();
  let done = 0;
  const running = withDatabase(connections, async (db) => {
    while (!stopping.signal.aborted && done < deletions.length) {
      try {
        const { settled } = await tally(db);
        const isTime = settled >= (documents * (done + 1)) / (deletions.length + 1);
        if (isTime && (await allSubscribed(connections, simulators))) {
          await simulators.post('/control/bc/subscriptions/delete', deletions[done]);
          done += 1;
        }
      } catch (error) {
        progressToStderr(
          `The sandbox could not delete webhooks: ${error instanceof Error ? error.message : 'unknown'}`,
        );
      }
      await delay(lookEveryMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  });
  // Told by `stop`; until then nobody waits for it.
  running.catch(() => undefined);
  return {
    isDone: () => done >= deletions.length,
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
