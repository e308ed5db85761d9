import { openAlerts } from '../../store/alert-store.js';
import type { Database } from '../../store/database.js';
import { currentPauses, pendingMigrations } from '../../store/installation-reports.js';
import type { Finding } from './findings.js';
import { fail, ok, warn } from './findings.js';

/** Whether the database answers and knows this version; it is not migrated here. */
export async function databaseFinding(db: Database): Promise<Finding> {
  const pending = await pendingMigrations(db);
  if (pending.length === 0) return ok('database', 'Reachable and up to date.');
  return fail('database', `Reachable, but without ${pending.join(', ')}.`, {
    switchesOff: 'everything',
    remedy: 'Start a worker, or run `node dist/schedule.js`: both bring the database up to date.',
  });
}

/** How many alerts are open, by kind: their texts name documents and people. */
export async function alertsFinding(db: Database): Promise<Finding> {
  const open = await openAlerts(db);
  if (open.length === 0) return ok('alerts', 'None is open.');
  const counts = new Map<string, number>();
  for (const { cause } of open) {
    const kind = cause.split(/[:/]/)[0] ?? cause;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const kinds = [...counts].map(([kind, count]) => `${kind} (${count})`).join(', ');
  return warn('alerts', `${open.length} open: ${kinds}.`, { remedy: 'See them with `concur-dynamics alerts list`.' });
}

/** Connections that rest because a service has asked for it; the limit is theirs, not ours. */
export async function pausesFinding(db: Database): Promise<Finding> {
  const pauses = await currentPauses(db);
  if (pauses.length === 0) return ok('pauses', 'No connection has been asked to pause.');
  const named = pauses.map(({ name, notBefore }) => `${name} until ${notBefore.toISOString()}`).join(', ');
  return warn('pauses', `${named}.`, {
    switchesOff: 'calls of these connections until then; documents are late and none is lost',
    remedy: 'None now; lower `parallelism` of the connection if it happens all day.',
  });
}
