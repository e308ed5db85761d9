import { Connection } from '@temporalio/client';
import { LauncherError } from '../../launcher/launcher-error.js';
import { waitUntil } from '../../launcher/wait-until.js';

const limitMs = 60_000;
/** Workflow tasks, in the enumeration `TaskQueueType` of Temporal's API. */
const workflowQueue = 1;

/** The call that is used; the SDK's type wants its own enumeration, which is not exported. */
interface QueueService {
  describeTaskQueue(request: {
    namespace: string;
    taskQueue: { name: string };
    taskQueueType: number;
  }): Promise<{ pollers?: { identity?: string | null }[] | null }>;
}

/**
 * Waits until the worker of this moment asks Temporal for work, which is the end of its start.
 * @returns false when `stop` was aborted meanwhile
 * @throws LauncherError after 60 s
 */
export async function untilPolling(options: {
  temporalAddress: string;
  namespace: string;
  queue: string;
  pid: () => number;
  stop: AbortSignal;
}): Promise<boolean> {
  const { temporalAddress: address, namespace, queue, pid, stop } = options;
  const connection = await Connection.connect({ address });
  const { workflowService } = connection as unknown as { workflowService: QueueService };
  try {
    return await waitUntil(
      async () => {
        if (stop.aborted) return false;
        const { pollers } = await workflowService.describeTaskQueue({
          namespace,
          taskQueue: { name: queue },
          taskQueueType: workflowQueue,
        });
        // A worker's identity is pid@host; Temporal remembers pollers of earlier processes for some minutes.
        return pollers?.some(({ identity }) => identity?.startsWith(`${pid()}@`)) ? true : undefined;
      },
      {
        limitMs,
        everyMs: 200,
        onLimit: () =>
          new LauncherError('The worker does not ask Temporal for work; see worker.log in the state folder.'),
      },
    );
  } finally {
    await connection.close();
  }
}
