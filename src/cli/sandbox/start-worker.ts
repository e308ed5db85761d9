import type { Connections } from '../../config/load-connections.js';
import { documentsQueue } from '../../contracts/task-queues.js';
import type { Ready } from '../installation.js';
import { recordChild } from './earlier-run.js';
import { explain } from './explain.js';
import type { Running } from './running.js';
import { untilPolling } from './until-polling.js';
import type { SupervisedWorker } from './worker-supervisor.js';
import { superviseWorker } from './worker-supervisor.js';

/**
 * Starts the worker and, once it asks for work, tells people and scripts that everything runs; scripts again at every
 * restart of the worker. Undefined when stopped before that.
 * @throws LauncherError when the worker does not come up
 */
export async function startWorker(start: {
  running: Running;
  stateFolder: string;
  environment: NodeJS.ProcessEnv;
  connections: Connections;
  stop: AbortSignal;
  tellReady: () => Ready;
}): Promise<SupervisedWorker | undefined> {
  const { running, stateFolder, environment, connections, stop, tellReady } = start;
  let isReady = false;
  const worker = await superviseWorker({
    stateFolder,
    environment,
    onStart: (pid) => {
      recordChild(stateFolder, 'worker', pid, 'worker.js');
      if (isReady) tellReady();
    },
  });
  running.worker = worker;
  const { namespace, queuePrefix } = connections.file.operation;
  isReady = await untilPolling({
    temporalAddress: connections.temporalAddress,
    namespace,
    queue: documentsQueue(queuePrefix),
    pid: () => worker.pid,
    stop: AbortSignal.any([stop, worker.gaveUp]),
  });
  worker.gaveUp.throwIfAborted();
  if (!isReady) return undefined;
  explain(tellReady(), stateFolder);
  return worker;
}
