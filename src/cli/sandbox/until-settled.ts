import { z } from 'zod';
import type { Connections } from '../../config/load-connections.js';
import type { Database } from '../../store/database.js';
import { withDatabase } from '../installation.js';
import type { DocumentFeed } from './document-feed.js';
import { everyRunFinished } from './finished-runs.js';
import type { SandboxOptions } from './options.js';
import type { Tally } from './progress.js';
import { progressLine, tally } from './progress.js';
import type { Chaos } from './running.js';
import type { Simulators } from './simulators.js';
import { allSubscribed } from './webhook-watch.js';
import type { SupervisedWorker } from './worker-supervisor.js';

const lookEveryMs = 500;
/** So long must nothing change before the run counts as settled. */
const quietMs = 3_000;
/** With remote services: so many polls of each document type without a new document. */
const emptyPolls = 3;
/** With simulators: so many looks at payments after the last one was made or taken back. */
const paymentLooks = 2;
/** A run that makes no progress at all for this long is given up; with remote services after that many polls as well. */
const stuckMs = 5 * 60_000;
const stuckPolls = 3 * emptyPolls;

interface Watched {
  options: SandboxOptions;
  connections: Connections;
  running: { simulators?: Simulators; worker?: SupervisedWorker; feed?: DocumentFeed; chaos?: Chaos; navChaos?: Chaos };
  stop: AbortSignal;
  expected: number | undefined;
}

/**
 * Shows progress, kills the worker as ordered, and returns true once every document has reached an end or a hold (with
 * `--until-settled`), or false when stopped or when nothing moves any more.
 */
export async function untilSettledOrStopped(watched: Watched): Promise<boolean> {
  const line = progressLine();
  try {
    return await withDatabase(watched.connections, (db) => watch(watched, db, line));
  } finally {
    line.end();
  }
}

async function watch(watched: Watched, db: Database, line: ReturnType<typeof progressLine>): Promise<boolean> {
  const { options, stop, expected } = watched;
  const patienceMs = Math.max(stuckMs, stuckPolls * watched.connections.file.timings.pollSeconds * 1_000);
  let changedAt = Date.now();
  let before = '';
  while (!stop.aborted) {
    const now = await tally(db).catch(() => undefined);
    if (now) {
      line.show(now, expected ?? now.total);
      const shape = JSON.stringify(now);
      if (shape !== before) changedAt = Date.now();
      before = shape;
      await killIfDue(watched, now);
      if (options.untilSettled) {
        const still = Date.now() - changedAt;
        const settled = isSettled(watched, now) && still >= quietMs;
        if (settled && (await nothingComes(watched, now, changedAt))) return true;
        if (still > patienceMs) return false;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  return false;
}

function isSettled(watched: Watched, now: Tally): boolean {
  const killed = watched.running.worker?.kills ?? 0;
  const { chaos, navChaos, feed } = watched.running;
  const isCalm = [chaos, navChaos, feed].every((each) => each?.isDone() ?? true);
  return now.settled === now.total && killed >= watched.options.killWorker && isCalm;
}

const queueSchema = z.object({
  documents: z.number(),
  byStatus: z.record(z.string(), z.number()),
  toCome: z.number(),
});

const paymentsSchema = z.object({ open: z.number(), toReverse: z.number(), changedAt: z.string().optional() });

/**
 * The simulated Concur knows what it has to give: no document is READY, no correction is due, and all are known here but for
 * those that were recalled before anybody saw them. The simulated ERPs know whether they will pay anything or take it back, also
 * of documents that are closed, and all webhooks that were deleted have to stand again. Remote services may have more to give after any number of polls.
 */
async function nothingComes(watched: Watched, now: Tally, changedAt: number): Promise<boolean> {
  const { simulators } = watched.running;
  if (simulators === undefined) {
    return everyRunFinished(watched.connections, 'pollDocuments', new Date(changedAt), emptyPolls);
  }
  const { documents, byStatus, toCome } = queueSchema.parse(await simulators.get('/control/concur/documents'));
  const isQueueEmpty = (byStatus['READY'] ?? 0) === 0 && toCome === 0;
  if (!isQueueEmpty || now.total < documents - (byStatus['RECALLED'] ?? 0)) return false;
  if (!(await allSubscribed(watched.connections, simulators))) return false;
  let paidAt: string | undefined;
  for (const erp of ['fo', 'bc', 'nav']) {
    const { open, toReverse, changedAt } = paymentsSchema.parse(await simulators.get(`/control/${erp}/payments`));
    if (open > 0 || toReverse > 0) return false;
    if (changedAt !== undefined && changedAt > (paidAt ?? '')) paidAt = changedAt;
  }
  return paidAt === undefined || everyRunFinished(watched.connections, 'watchPayments', new Date(paidAt), paymentLooks);
}

/** Kills are spread over the run: one each time another share of the documents has settled. */
async function killIfDue({ options, running, expected }: Watched, now: Tally): Promise<void> {
  const { worker, simulators } = running;
  if (!worker || worker.kills >= options.killWorker || now.total === 0) return;
  const share = now.settled / Math.max(expected ?? 0, now.total);
  if (share < (worker.kills + 1) / (options.killWorker + 2)) return;
  const at = await worker.kill();
  await simulators?.post('/control/kills', { at });
}
