import { setTimeout as delay } from 'node:timers/promises';
import { progressToStderr } from '../../launcher/launcher-error.js';
import type { Simulators } from './simulators.js';

/** The rest of the documents, approved in Concur while the connector runs, so that events announce them. */
export interface DocumentFeed {
  isDone: () => boolean;
  stop: () => Promise<void>;
}

const waveEveryMs = 3_000;
const firstShare = 0.5;
const laterWaves = 5;

/** Half of the documents are ready before the connector starts, the others come in waves; none is in two of them. */
export function inWaves<T>(documents: readonly T[]): T[][] {
  const first = Math.ceil(documents.length * firstShare);
  const size = Math.max(1, Math.ceil((documents.length - first) / laterWaves));
  const waves = [documents.slice(0, first)];
  for (let at = first; at < documents.length; at += size) waves.push(documents.slice(at, at + size));
  return waves;
}

/** Hands the waves over one after the other. @param bodies bodies of `POST /control/concur/documents` */
export function startFeed(simulators: Pick<Simulators, 'post'>, bodies: readonly string[]): DocumentFeed {
  const stopping = new AbortController();
  let left = bodies.length;
  const running = (async () => {
    for (const body of bodies) {
      await delay(waveEveryMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
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
