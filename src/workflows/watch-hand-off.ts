import { proxyActivities } from '@temporalio/workflow';
import type { createDocumentActivities } from '../activities/index.js';
import type { HandOffInput } from '../contracts/steps.js';
import { documentsQueue } from '../contracts/task-queues.js';
import { internal } from './activity-options.js';

/** Looks whether documents of one Concur connection reach their posting within the target (S105). */
export async function watchHandOff(input: HandOffInput): Promise<{ late: number }> {
  const { checkHandOff } = proxyActivities<ReturnType<typeof createDocumentActivities>>(
    internal(documentsQueue(input.queuePrefix)),
  );
  return checkHandOff({ connection: input.connection, targetSeconds: input.targetSeconds });
}
