import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
import { z } from 'zod';
import type { Connections } from '../../config/load-connections.js';
import { startChild } from '../../launcher/child-process.js';
import type { LaunchedChild } from '../../launcher/child-process.js';
import { freePort } from '../../launcher/free-port.js';
import { LauncherError, progressToStderr } from '../../launcher/launcher-error.js';
import { projectRoot } from '../../launcher/project-root.js';
import { waitUntil } from '../../launcher/wait-until.js';
import { Unreachable } from '../failure.js';
import { subscribeToEvents } from '../events-commands.js';
import { recordChild } from './earlier-run.js';
import type { Simulators } from './simulators.js';
import { foEventIds, sandboxNames } from './write-connections.js';

/** What the connections file of the sandbox says about events. */
export interface SandboxEvents {
  receiver: { port: number };
  section: { endpoint: string; dataCenter: string; mode: 'enforce'; keys: string[] };
}

const keysSchema = z.looseObject({ current: z.string() });
const startLimitMs = 30_000;
const stopLimitMs = 15_000;
const patienceMs = 30_000;
const pauseMs = 1_000;

/** Chooses a port for the receiver and takes over the key by which the simulated Concur signs now. */
export async function prepareEvents(
  stateFolder: string,
  simulators: Simulators,
  connection: string,
): Promise<SandboxEvents> {
  const { current } = keysSchema.parse(await simulators.get('/control/concur/event-keys'));
  mkdirSync(join(stateFolder, 'keys'), { recursive: true });
  writeFileSync(join(stateFolder, 'keys', 'concur-events.pem'), current);
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}/concur/events/${connection}`;
  return {
    receiver: { port },
    section: { endpoint, dataCenter: simulators.urls.concur, mode: 'enforce', keys: ['keys/concur-events.pem'] },
  };
}

/**
 * Starts the receiver where the connections file has one, and subscribes to the events of its connections. That must have been
 * done when the company is connected, since Concur adds a company only to subscriptions that stand (platform spec 2.1).
 * @throws LauncherError when the receiver does not come up
 */
export async function startReceiver(start: {
  stateFolder: string;
  environment: NodeJS.ProcessEnv;
  connections: Connections;
}): Promise<LaunchedChild | undefined> {
  const { stateFolder, environment, connections } = start;
  const { receiver } = connections.file.operation;
  if (!receiver) return undefined;
  const child = await startChild({
    name: 'the receiver',
    command: process.execPath,
    args: [join(projectRoot(), 'dist', 'receiver.js')],
    logFile: join(stateFolder, 'receiver.log'),
    env: environment,
    stopLimitMs,
  });
  recordChild(stateFolder, 'receiver', child.pid, 'receiver.js');
  try {
    await untilListening(child, receiver);
    for (const { name, events } of connections.file.concur) if (events) await subscribePatiently(connections, name);
    return child;
  } catch (error) {
    await child.stop();
    throw error;
  }
}

/** Saves the receiver as endpoint of the simulated F&O where the connections file takes business events. */
export async function activateBusinessEvents(simulators: Simulators, connections: Connections): Promise<void> {
  const { receiver } = connections.file.operation;
  const secret = connections.businessEventSecrets[sandboxNames.fo];
  if (!receiver || !secret) return;
  const url = `http://127.0.0.1:${receiver.port}/dynamics/fo/events/${sandboxNames.fo}/${secret.reveal()}`;
  await simulators.put('/control/fo/business-events', {
    url,
    events: [...foEventIds.postings, ...foEventIds.payments],
  });
}

async function untilListening(child: LaunchedChild, { host, port }: { host: string; port: number }): Promise<void> {
  const failure = () => new LauncherError(`The receiver does not come up. Its log ends with:\n${child.logTail()}`);
  await waitUntil(
    async () => {
      if (!child.isRunning()) throw failure();
      const address = host === '0.0.0.0' ? '127.0.0.1' : host;
      const answer = await request(`http://${address}:${port}/healthz`).catch(() => undefined);
      await answer?.body.dump();
      return answer?.statusCode === 200 ? true : undefined;
    },
    { limitMs: startLimitMs, onLimit: failure },
  );
}

/** Concur may refuse now and then. Without events nothing is lost: the poll goes on, and the Schedule tries again each day. */
async function subscribePatiently(connections: Connections, name: string): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    try {
      await subscribeToEvents(connections, name);
      return;
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      if (Date.now() >= deadline) {
        progressToStderr(`No events of ${name} for now: ${error.message}`);
        return;
      }
      await delay(pauseMs);
    }
  }
}
