import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { ProcessDocumentResult } from '../../src/contracts/steps.js';
import { limited } from './sandbox-process.js';

const resultLimitMs = 90_000;

/** Event id as Temporal's API spells it: a 64-bit number. */
type EventId = NonNullable<
  NonNullable<Parameters<Client['workflowService']['resetWorkflowExecution']>[0]['workflowTaskFinishEventId']>
>;

/** Event ids of the completed workflow tasks of one run: the points to which the run can be reset. */
export async function workflowTasksOf(client: Client, workflowId: string, runId: string): Promise<EventId[]> {
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  return (events ?? []).flatMap(({ eventId, workflowTaskCompletedEventAttributes }) =>
    eventId == null || workflowTaskCompletedEventAttributes == null ? [] : [eventId],
  );
}

/** Resets the run as the Temporal UI does, and waits for the result of the new run. */
export async function resetTo(
  client: Client,
  { workflowId, runId, eventId }: { workflowId: string; runId: string; eventId: EventId },
): Promise<ProcessDocumentResult> {
  const reset = await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId, runId },
    reason: `test: reset to event ${eventId.toString()}`,
    requestId: randomUUID(),
    workflowTaskFinishEventId: eventId,
  });
  const result = client.workflow.getHandle(workflowId, reset.runId).result() as Promise<ProcessDocumentResult>;
  return limited(result, resultLimitMs, `${workflowId} did not end after the reset to event ${eventId.toString()}`);
}
