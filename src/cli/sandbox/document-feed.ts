import { setTimeout as delay } from 'node:timers/promises';
import type { Connections } from '../../config/load-connections.js';
import { progressToStderr } from '../../launcher/launcher-error.js';
import { withDatabase } from '../installation.js';
import type { Simulators } from './simulators.js';

/** The rest of the documents, approved in Concur while the connector runs, so that events announce them. */
export interface DocumentFeed {
  isDone: () => boolean;
  stop: () => Promise<void>;
}

const lookEveryMs = 3_000;
const firstShare = 0.5;
const laterWaves = 5;
/** A wave is no larger, and the next one waits until the connector has worked the ones before down to this. */
const mostUnderWay = 200;

/** Half of a few documents are ready before the connector starts, of many only as many as may be under way at once. */
export function inWaves<T>(documents: readonly T[]): T[][] {
  const first = Math.min(mostUnderWay, Math.ceil(documents.length * firstShare));
  const size = Math.min(mostUnderWay / 2, Math.max(1, Math.ceil((documents.length - first) / laterWaves)));
  const waves = [documents.slice(0, first)];
  for (let at = first; at < documents.length; at += size) waves.push(documents.slice(at, at + size));
  return waves;
}

/**
 * Hands the waves over one after the other: employees do not stop, but a server for development on a small machine has limits.
 * @param bodies bodies of `POST /control/concur/documents`
 */
export function startFeed(
  simulators: Pick<Simulators, 'post'>,
  bodies: readonly string[],
  underWay: () => Promise<number>,
): DocumentFeed {
  const stopping = new AbortController();
  let left = bodies.length;
  const running = (async () => {
    for (const body of bodies) {
      do {
        await delay(lookEveryMs, undefined, { signal: stopping.signal }).catch(() => undefined);
        if (stopping.signal.aborted) return;
      } while ((await underWay()) > mostUnderWay);
      await simulators.post('/control/concur/documents', body);
      left -= 1;
    }
  })().catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : 'unknown';
    progressToStderr(`The sandbox could not hand over all documents: ${reason}`);
  });
  return {
    isDone: () => left === 0,
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

/** Documents that the connector works at: neither held, nor confirmed, nor at an end. */
export async function documentsUnderWay(connections: Connections): Promise<number> {
  return withDatabase(connections, async (db) => {
    const { rows } = await db.query<{ count: number }>(
      `select count(*)::int as count from documents
       where outcome is null and hold_reason is null and posting_confirmed_at is null`,
    );
    return rows[0]?.count ?? 0;
  });
}
