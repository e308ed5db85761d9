import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { ProcessDocumentResult } from '../../src/contracts/steps.js';

const namespace = 'default';
const resultLimitMs = 60_000;

/** Event ids of the completed workflow tasks of one run: the points to which a run can be reset. */
export async function workflowTasksOf(client: Client, workflowId: string, runId: string): Promise<number[]> {
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  return (events ?? [])
    .filter((event) => event.workflowTaskCompletedEventAttributes != null)
    .map((event) => Number(event.eventId));
}

/** Resets the run as the Temporal UI does, and waits for the result of the new run. */
export async function resetTo(
  client: Client,
  { workflowId, runId, eventId }: { workflowId: string; runId: string; eventId: number },
): Promise<ProcessDocumentResult> {
  const reset = await client.workflowService.resetWorkflowExecution({
    namespace,
    workflowExecution: { workflowId, runId },
    reason: `test: reset to event ${eventId}`,
    requestId: randomUUID(),
    workflowTaskFinishEventId: eventId as unknown as Long,
  });
  const result = client.workflow.getHandle(workflowId, reset.runId).result() as Promise<ProcessDocumentResult>;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const message = `${workflowId} did not end again after the reset to event ${eventId}`;
    timer = setTimeout(() => reject(new Error(message)), resultLimitMs);
  });
  try {
    return await Promise.race([result, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** How the generated API types spell a 64-bit number. */
type Long = NonNullable<
  NonNullable<Parameters<Client['workflowService']['resetWorkflowExecution']>[0]['workflowTaskFinishEventId']>
>;
