import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Connections } from '../../config/load-connections.js';
import { progressToStderr } from '../../launcher/launcher-error.js';
import type { Database } from '../../store/database.js';
import { withDatabase } from '../installation.js';
import { connectPatiently } from './connect-concur.js';
import type { Chaos } from './running.js';
import type { Simulators } from './simulators.js';

export interface ChaosOrder {
  connections: Connections;
  simulators: Simulators;
  /** Name of the Concur connection. */
  connection: string;
  /** Documents that the run begins with. */
  documents: number;
}

const lookEveryMs = 1_000;
/** A token younger than a minute is not renewed: more often than this, Concur would be away most of the time. */
const revokeEveryMs = 150_000;
/** Shares of the documents that Concur has an answer for, at which the grant ends and the company moves. */
const endGrantAt = 1 / 3;
const moveAt = 1 / 2;
const tokens = '/control/concur/tokens';

/** What of the chaos lies behind. */
interface Progress {
  revokedAt: number;
  grantEnded: boolean;
  reconnected: boolean;
  moved: boolean;
}

/**
 * Revokes access tokens all the time, revokes the refresh token once, answers a parked connection with a new request token
 * once the connector has raised its alert, and moves the company to another data center once (platform spec 1.3, 1.4). It is done
 * once the connector is connected again.
 */
export function startConcurChaos(order: ChaosOrder): Chaos {
  const stopping = new AbortController();
  const progress: Progress = { revokedAt: Date.now(), grantEnded: false, reconnected: false, moved: false };
  const running = withDatabase(order.connections, async (db) => {
    while (!stopping.signal.aborted) {
      await round(order, db, progress).catch((error: unknown) => {
        progressToStderr(`The sandbox could not disturb Concur: ${error instanceof Error ? error.message : 'unknown'}`);
      });
      await delay(lookEveryMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  });
  // Told by `stop`; until then nobody waits for it.
  running.catch(() => undefined);
  return {
    isDone: () => progress.reconnected && progress.moved,
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

async function round(order: ChaosOrder, db: Database, progress: Progress): Promise<void> {
  const { simulators, connections, connection } = order;
  const now = await lookAt(db, order);
  if (now.parked) {
    // A person acts on the alert, not on what he cannot see.
    if (!now.alerted) return;
    const { requestToken } = requestTokenSchema.parse(await simulators.post(`${tokens}/request-token`, {}));
    const result = await connectPatiently(connections, connection, requestToken);
    progress.reconnected = progress.grantEnded && result.status === 'connected';
    return;
  }
  if (progress.grantEnded && !progress.reconnected) return;
  if (!progress.grantEnded && now.share >= endGrantAt) {
    progress.grantEnded = true;
    await simulators.post(`${tokens}/revoke-refresh`, {});
    await revokeAccess(simulators, progress);
  } else if (progress.reconnected && !progress.moved && now.share >= moveAt) {
    progress.moved = true;
    await simulators.post(`${tokens}/move`, {});
  } else if (Date.now() - progress.revokedAt >= revokeEveryMs) {
    await revokeAccess(simulators, progress);
  }
}

const requestTokenSchema = z.object({ requestToken: z.string() });

async function revokeAccess(simulators: Simulators, progress: Progress): Promise<void> {
  progress.revokedAt = Date.now();
  await simulators.post(`${tokens}/revoke-access`, {});
}

interface Sight {
  /** Documents that are confirmed, closed or held, of those that the run began with; more than 1 with corrections. */
  share: number;
  parked: boolean;
  alerted: boolean;
}

async function lookAt(db: Database, { connection, documents }: ChaosOrder): Promise<Sight> {
  const { rows } = await db.query<{ done: string; parked: boolean; alerted: boolean }>(
    `select count(*) filter (where posting_confirmed_at is not null or outcome is not null or hold_reason is not null) as done,
       exists (select 1 from concur_tokens where connection = $1 and parked_reason is not null) as parked,
       exists (select 1 from alerts where cause = $2 and cleared_at is null) as alerted
     from documents`,
    [connection, `concur-credentials: ${connection}`],
  );
  const [row] = rows;
  return {
    share: Number(row?.done ?? 0) / Math.max(1, documents),
    parked: row?.parked ?? false,
    alerted: row?.alerted ?? false,
  };
}
